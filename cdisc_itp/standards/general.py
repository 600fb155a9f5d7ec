"""What the general observation classes share: the variables that the SDTM model lets their datasets have.

Derived from the guide's own tables: a variable of another dataset of the class may be used with the dataset's
own prefix (``--STRTPT``); identifiers and timing variables are common to all general classes (SDTM 2.0, 3.1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from .classes import EVENTS, FINDINGS, FINDINGS_ABOUT, GENERAL, INTERVENTIONS
from .variables import GuideDataset, GuideVariable

_UNPREFIXED = frozenset(
    {"STUDYID", "DOMAIN", "USUBJID", "SPDEVID", "NHOID", "FOCID", "VISITNUM", "VISIT", "VISITDY"}
    | {"TAETORD", "EPOCH", "MIDS", "RELMIDS", "MIDSDTC"}
)
_IDENTIFIER, _TOPIC, _QUALIFIER, _TIMING = range(4)
_GROUPS = {"Identifier": _IDENTIFIER, "Topic": _TOPIC, "Timing": _TIMING}

# The order of identifiers and timing variables that every general class has (SDTM 2.0, 3.1.4 and 3.1.5).
_IDENTIFIERS = (
    *("STUDYID", "DOMAIN", "USUBJID", "SPDEVID", "NHOID", "FOCID", "--SEQ", "--GRPID", "--REFID", "--SPID"),
    *("--LNKID", "--LNKGRP"),
)
_TIMINGS = (
    *("VISITNUM", "VISIT", "VISITDY", "TAETORD", "EPOCH", "--DTC", "--STDTC", "--ENDTC", "--DY", "--STDY"),
    *("--ENDY", "--DUR", "--TPT", "--TPTNUM", "--ELTM", "--TPTREF", "--RFTDTC", "--STRF", "--ENRF"),
    *("--EVLINT", "--EVINTX", "--STRTPT", "--STTPT", "--ENRTPT", "--ENTPT", "MIDS", "RELMIDS", "MIDSDTC"),
    *("--STINT", "--ENINT", "--PTFL", "--PDUR"),
)

# The model's own labels where those of the guide's datasets name their domain ("Duration of Adverse Event").
_LABELS = {
    "--CAT": "Category",
    "--CLAS": "Class",
    "--CLASCD": "Class Code",
    "--DTC": "Date/Time of Collection",
    "--DUR": "Duration",
    "--DY": "Study Day of Visit/Collection/Exam",
    "--ENDTC": "End Date/Time of Observation",
    "--ENDY": "Study Day of End of Observation",
    "--OCCUR": "Occurrence Indicator",
    "--OUT": "Outcome of Event",
    "--PATT": "Pattern of Event",
    "--PRESP": "Pre-Specified",
    "--REASND": "Reason Not Done",
    "--SCAT": "Subcategory",
    "--STDTC": "Start Date/Time of Observation",
    "--STDY": "Study Day of Start of Observation",
    "--TERM": "Reported Term",
    "--TEST": "Name of Measurement, Test or Examination",
    "--TESTCD": "Short Name of Measurement, Test or Exam",
    "--TRT": "Name of Treatment",
}
_CLASS_LABELS = {
    (INTERVENTIONS, "--DECOD"): "Standardized Treatment Name",
    (EVENTS, "--LOC"): "Location of Event",
}
_STRUCTURES = {
    INTERVENTIONS: "One record per recorded intervention occurrence per subject",
    EVENTS: "One record per event per subject",
    FINDINGS: "One record per finding or result per time point per visit per subject",
    FINDINGS_ABOUT: "One record per finding, per object, per time point, per visit per subject",
}


def general_name(name: str, domain: str) -> str:
    """The name with its domain's prefix as ``--``.

    >>> general_name("LBTESTCD", "LB"), general_name("VISITNUM", "VI")
    ('--TESTCD', 'VISITNUM')
    """
    prefixed = name.startswith(domain) and len(name) > 2 and name not in _UNPREFIXED
    return f"--{name[2:]}" if prefixed else name


def build_class_variables(datasets: Sequence[GuideDataset], class_name: str) -> dict[str, GuideVariable]:
    """The variables of a general observation class by general name, in SDTM order, from a guide's datasets.

    ``order`` counts from 1; ``core`` is what a sponsor-defined domain of the class has.
    """
    pool: dict[str, list[GuideVariable]] = {}
    usable = list(_shared(datasets, class_name))
    for name, v in usable:
        pool.setdefault(name, []).append(v)
    own = [d for d in datasets if d.class_name == class_name]
    cores: dict[str, list[str]] = {}
    for dataset in own:
        for v in dataset.variables:
            cores.setdefault(general_name(v.name, dataset.domain), []).append(v.core)
    return {
        name: replace(
            _generalised(name, class_name, pool[name]), order=order, core=_core(cores.get(name, []), len(own))
        )
        for order, name in enumerate(_merged_order(usable), start=1)
    }


def _shared(datasets: Sequence[GuideDataset], class_name: str) -> Iterator[tuple[str, GuideVariable]]:
    """General names and variables that the class may use; those of its own datasets first, the longest first.

    Findings About is Findings with --OBJ (SDTM 2.0, 3.1.3.1); identifiers and timing are every class's.
    """
    for dataset in sorted(datasets, key=lambda d: (d.class_name != class_name, -len(d.variables))):
        same = dataset.class_name == class_name or (dataset.class_name, class_name) == (FINDINGS, FINDINGS_ABOUT)
        if same or dataset.class_name in GENERAL:
            for v in dataset.variables:
                if same or _group(v) in (_IDENTIFIER, _TIMING):
                    yield general_name(v.name, dataset.domain), v


def _group(variable: GuideVariable) -> int:
    """Identifiers, topic, qualifiers, timing: the order of roles in every general dataset."""
    return _GROUPS.get(variable.role or "", _QUALIFIER)


def _merged_order(usable: Iterable[tuple[str, GuideVariable]]) -> list[str]:
    """General names in one order: the model's, then each variable after the one that it follows in a dataset."""
    groups: list[list[str]] = [list(_IDENTIFIERS), [], [], list(_TIMINGS)]
    at = [0, 0, 0, 0]
    for name, v in usable:
        if name == "STUDYID":
            at = [0, 0, 0, 0]
        number = _group(v)
        group = groups[number]
        if name not in group:
            group.insert(at[number], name)
        at[number] = group.index(name) + 1
    return [name for group in groups for name in group]


def _generalised(name: str, class_name: str, donors: Sequence[GuideVariable]) -> GuideVariable:
    """One variable from those of the datasets: the commonest label; a codelist that most of them have."""
    label = Counter(v.label for v in donors).most_common(1)[0][0]
    label = _CLASS_LABELS.get((class_name, name), _LABELS.get(name, label))
    (codelists, n) = Counter(v.codelists for v in donors).most_common(1)[0]
    shared = codelists if 2 * n > len(donors) else ()
    return replace(donors[0], name=name, label=label, codelists=shared, value_list=())


def _core(cores: Sequence[str], n: int) -> str:
    """Req where each of the class's ``n`` datasets requires it, Exp where most expect it, else Perm."""
    if cores.count("Req") == n:
        return "Req"
    return "Exp" if 2 * sum(c in ("Req", "Exp") for c in cores) > n else "Perm"


# Text over 200 bytes goes on in further variables of its own (SDTMIG 3.4, 4.5.3.2 and TS).
_CONTINUED = re.compile(r"(TSVAL|COVAL)([1-9][0-9]?)")


def find_continuation(dataset: GuideDataset, name: str) -> GuideVariable | None:
    """TSVAL1 to TSVAL99 beside TSVAL, and the like: what the text of the dataset's variable goes on in.

    >>> ts = GuideDataset("TS", "", "", "", (GuideVariable("TSVAL", "Parameter Value", False, 7, None, "Exp"),), "TS")
    >>> find_continuation(ts, "TSVAL2").label, find_continuation(ts, "COVAL2")
    ('Parameter Value 2', None)
    """
    continued = _CONTINUED.fullmatch(name)
    base = dataset.by_name.get(continued[1]) if continued else None
    return replace(base, name=name, label=f"{base.label} {continued[2]}", core="Perm") if base and continued else None


def find_addition(shared: Mapping[str, GuideVariable], dataset: GuideDataset, name: str) -> GuideVariable:
    """A variable of the class that the dataset's own table does not have, core Perm; KeyError where none."""
    general = shared.get(general_name(name, dataset.domain))
    if general is None or name.startswith("--") or _group(general) == _TOPIC:
        raise KeyError(f"{dataset.name} has no variable {name}, and its class has none that it could be")
    return replace(general, name=name, order=_followed(shared, dataset, general), core="Perm")


def _followed(shared: Mapping[str, GuideVariable], dataset: GuideDataset, variable: GuideVariable) -> int:
    """Order of the dataset's variable before it: the class's nearest of its role group, else the last above."""
    group = [v for v in dataset.variables if _group(v) == _group(variable)]
    before = [
        (shared[general_name(v.name, dataset.domain)].order, v.order)
        for v in group
        if shared[general_name(v.name, dataset.domain)].order < variable.order
    ]
    above = [v.order for v in dataset.variables if _group(v) < _group(variable)]
    return max(before)[1] if before else max(above, default=0)


def place(shared: Mapping[str, GuideVariable], dataset: GuideDataset, variable: GuideVariable) -> tuple[int, int]:
    """Sort key of SDTM order: the guide's order, additions after the variable that they follow."""
    if variable.name in dataset.by_name:
        return variable.order, 0
    if continued := _CONTINUED.fullmatch(variable.name):
        return variable.order, int(continued[2])
    return variable.order, shared[general_name(variable.name, dataset.domain)].order


def build_sponsor_dataset(
    shared: Mapping[str, GuideVariable], name: str, class_name: str, label: str, structure: str | None
) -> GuideDataset:
    """A dataset of every variable of the class with the domain's prefix; see `Guide.sponsor_dataset`."""
    variables = tuple(
        replace(v, name=general.replace("--", name), value_list=(name,) if general == "DOMAIN" else v.value_list)
        for general, v in shared.items()
    )
    text = structure or _STRUCTURES[class_name]
    return GuideDataset(name, label, class_name, text, variables, domain=name)
