"""Natural keys of SDTM datasets, read from the guide's structure texts.

SDTMIG has no machine-readable keys: these are defaults, a study's spec may state its own.
"""

from __future__ import annotations

from collections.abc import Collection

from .classes import EVENTS, INTERVENTIONS
from .general import general_name
from .variables import GuideDataset

_STATED = {
    "DM": "STUDYID USUBJID",
    "CO": "STUDYID USUBJID COSEQ",
    "SE": "STUDYID USUBJID ETCD SESTDTC",
    "SM": "STUDYID USUBJID MIDS",
    "SV": "STUDYID USUBJID VISITNUM",
    "TA": "STUDYID ARMCD TAETORD",
    "TD": "STUDYID TDORDER",
    "TE": "STUDYID ETCD",
    "TI": "STUDYID IETESTCD TIVERS",
    "TM": "STUDYID MIDSTYPE",
    "TS": "STUDYID TSPARMCD TSSEQ",
    "TV": "STUDYID VISITNUM ARMCD",
    "OI": "STUDYID NHOID OISEQ",
    "RELREC": "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL RELID",
    "RELSPEC": "STUDYID USUBJID REFID",
    "RELSUB": "STUDYID USUBJID RSUBJID SREL",
}
_SUPPLEMENTAL = "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM"

# Words after "per" in a structure text, and the variables that tell such records apart.
_PHRASES = (
    ("object", ("--OBJ",)),
    ("location", ("--LOC",)),
    ("method", ("--METHOD",)),
    ("specimen", ("--SPEC", "--REFID")),
    ("mood", ("--MOOD",)),
    ("visit", ("VISITNUM",)),
    ("time point", ("--TPTREF", "--TPTNUM")),
    ("timepoint", ("--TPTREF", "--TPTNUM")),
    ("time-point", ("--TPTREF", "--TPTNUM")),
    ("replicate", ("--REPNUM",)),
    ("beat", ("--BEATNO",)),
    ("assessor", ("--EVAL",)),
    ("evaluator", ("--EVALID",)),
)


def natural_keys(dataset: GuideDataset, present: Collection[str] | None = None) -> tuple[str, ...]:
    """Default key variables, in order: study, subject, topic, then what the structure text names.

    Events and interventions are told apart by their start (or, without one, by the date of collection).
    ``present`` are the variables that the study's dataset has; without it every variable of the guide counts.
    """
    names = set(dataset.by_name if present is None else present)
    wanted = _STATED.get(dataset.name, _SUPPLEMENTAL if dataset.name.startswith("SUPP") else "").split()
    return tuple(n for n in wanted or _structure_keys(dataset, names) if n in names)


def _structure_keys(dataset: GuideDataset, names: Collection[str]) -> list[str]:
    prefixed = {general_name(v.name, dataset.domain): v.name for v in dataset.variables}
    topic = [v.name for v in dataset.variables if v.role == "Topic"]
    general = [g for phrase, found in _PHRASES if phrase in dataset.structure.lower() for g in found]
    if dataset.class_name in (EVENTS, INTERVENTIONS):
        started = prefixed.get("--STDTC") in names
        general.append("--STDTC" if started else "--DTC")
    rest = [prefixed[g] for g in general if g in prefixed]
    return list(dict.fromkeys(["STUDYID", "USUBJID", *topic, *rest]))
