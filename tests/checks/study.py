"""A made-up study, written to files by the writers; every value in it is invented. The judges find nothing in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from msgspec.structs import replace

from cdisc_itp.build.observe import observe
from cdisc_itp.model.codelist import Codelist
from cdisc_itp.model.column import Column, collect_numbers, collect_text, is_numeric
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.define import DefineStudy, Document, ExternalCodelist, Standard
from cdisc_itp.model.metadata import DatasetPlan, Origin, ValueLevelPlan, VariablePlan
from cdisc_itp.standards.data_types import data_type
from cdisc_itp.standards.guide import GuideVariable, guide
from cdisc_itp.standards.terminology import terminology
from cdisc_itp.writers.define_xml import write_define
from cdisc_itp.writers.xpt import XptVariable, write_xpt

from . import study_more

Cells = Sequence[str | None] | Sequence[float]

GUIDE = guide("3.4")
RELEASE = terminology("sdtm", "2025-03-28")
CREATED = datetime(2023, 7, 31)
NAN = float("nan")
NAME = "STUDY-01"
S1, S2, S3 = (f"{NAME}-00{n}" for n in (1, 2, 3))

STUDY = DefineStudy(
    name=NAME,
    description="A made-up study",
    protocol=NAME,
    created=CREATED,
    standards=(
        Standard("SDTMIG", "IG", "3.4"),
        Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
    ),
    documents=(Document("csdrg", "Reviewer's Guide", "csdrg.pdf"),),
)

DERIVED = ("SEQ", "DY", "STDY", "ENDY", "STRESC", "STRESN", "NRIND", "LOBXFL", "STNRLO", "STNRHI")
ASSIGNED = ("STUDYID", "DOMAIN", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID", "STRESU", "TESTCD", "DECOD")
RESULTS = ("LBORRES", "LBORRESU", "LBSTRESC", "LBSTRESN", "LBSTRESU")


def text(*values: str | None) -> Sequence[str | None]:
    return values


DATA: dict[str, dict[str, Cells]] = {
    "DM": {
        "USUBJID": [S1, S2, S3],
        "SUBJID": ["001", "002", "003"],
        "RFSTDTC": ["2022-03-09", "2022-03-10", None],
        "RFENDTC": ["2022-04-05", "2022-04-06", None],
        "RFXSTDTC": ["2022-03-09", "2022-03-10", None],
        "RFXENDTC": ["2022-04-05", "2022-04-06", None],
        "RFICDTC": ["2022-03-02", "2022-03-03", "2022-03-04"],
        "RFPENDTC": ["2022-09-07", "2022-05-20", "2022-03-05"],
        "DTHDTC": [None, "2022-05-20", None],
        "DTHFL": [None, "Y", None],
        "SITEID": ["01", "01", "02"],
        "BRTHDTC": ["1971-05", "1980-01-02", "1990"],
        "AGE": [50.0, 42.0, 31.0],
        "AGEU": ["YEARS"] * 3,
        "SEX": ["F", "M", "F"],
        "RACE": ["ASIAN"] * 3,
        "ARMCD": ["DRUG", "PBO", None],
        "ARM": ["Drug 5 mg", "Placebo", None],
        "ACTARMCD": ["DRUG", "PBO", None],
        "ACTARM": ["Drug 5 mg", "Placebo", None],
        "ARMNRS": [None, None, "SCREEN FAILURE"],
        "COUNTRY": ["CHN", "CHN", "JPN"],
    },
    "EX": {
        "USUBJID": [S1, S1, S2],
        "EXSEQ": [1.0, 2.0, 1.0],
        "EXTRT": ["DRUG", "DRUG", "PLACEBO"],
        "EXDOSE": [5.0, 10.0, 0.0],
        "EXDOSU": ["mg"] * 3,
        "EXDOSFRM": ["TABLET"] * 3,
        "EXDOSFRQ": ["BID"] * 3,
        "EXSTDTC": ["2022-03-09", "2022-03-23", "2022-03-10"],
        "EXENDTC": ["2022-03-22", "2022-04-05", "2022-04-06"],
        "EXSTDY": [1.0, 15.0, 1.0],
        "EXENDY": [14.0, 28.0, 28.0],
    },
    "EC": {
        "USUBJID": [S1, S1, S2, S2, S2],
        "ECSEQ": [1.0, 2.0, 1.0, 2.0, 3.0],
        "ECTRT": ["DRUG", "DRUG", "PLACEBO", "PLACEBO", "PLACEBO"],
        "ECPRESP": ["Y"] * 5,
        "ECOCCUR": ["Y", "Y", "Y", "Y", "N"],
        "ECREASOC": [None] * 4 + ["Trial over"],
        "ECDOSE": [5.0, 10.0, 0.0, 0.0, NAN],
        "ECDOSU": ["mg"] * 4 + [None],
        "ECDOSFRM": ["TABLET"] * 5,
        "ECSTDTC": ["2022-03-09", "2022-03-23", "2022-03-10", "2022-03-24", "2022-04-07"],
        "ECENDTC": ["2022-03-22", "2022-04-05", "2022-03-23", "2022-04-06", "2022-04-08"],
        "ECSTDY": [1.0, 15.0, 1.0, 15.0, 29.0],
        "ECENDY": [14.0, 28.0, 14.0, 28.0, 30.0],
    },
    "AE": {
        "USUBJID": [S1, S1, S2],
        "AESEQ": [1.0, 2.0, 1.0],
        "AETERM": ["HEADACHE", "NAUSEA AND VOMITING", "BLEEDING"],
        "AEDECOD": ["Headache", "Nausea", "Haemorrhage"],
        "AESEV": ["MILD", "MODERATE", "SEVERE"],
        "AESER": ["N", "N", "Y"],
        "AEACN": ["DOSE NOT CHANGED", "DOSE NOT CHANGED", "DRUG WITHDRAWN"],
        "AEREL": ["NOT RELATED", "RELATED", "NOT RELATED"],
        "AEOUT": ["RECOVERED/RESOLVED", "RECOVERED/RESOLVED", "FATAL"],
        "AESTDTC": ["2022-03", "2022-03-12T08:30", "2022-05-18"],
        "AEENDTC": ["2022-03-20", "2022-03-14", "2022-05-20"],
        "AESTDY": [NAN, 4.0, 70.0],
        "AEENDY": [12.0, 6.0, 72.0],
        "AEDUR": [None, "P2D", "P2D"],
    },
    "LB": {
        "USUBJID": [S1] * 6 + [S2] * 3,
        "LBSEQ": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1.0, 2.0, 3.0],
        "LBLNKID": [None] * 8 + ["BLEEDING"],
        "LBTESTCD": ["ALT", "ALT", "PLAT", "PLAT", "PLAT", "BILI", "ALT", "PLAT", "PLAT"],
        "LBTEST": [
            *["Alanine Aminotransferase"] * 2,
            *["Platelets"] * 3,
            "Bilirubin",
            "Alanine Aminotransferase",
            *["Platelets"] * 2,
        ],
        "LBCAT": [*["CHEMISTRY"] * 2, *["HEMATOLOGY"] * 3, *["CHEMISTRY"] * 2, *["HEMATOLOGY"] * 2],
        "LBORRES": ["25", "31.5", "<2", "90000", "120000", None, "61.5", "400", "250"],
        "LBORRESU": ["U/L", "U/L", "10^9/L", "10^6/L", "10^6/L", None, "U/L", "10^9/L", "10^9/L"],
        "LBORNRLO": ["7", "7", "125", "125000", "125000", None, "7", "125", "125"],
        "LBORNRHI": ["40", "40", "350", "350000", "350000", None, "40", "350", "350"],
        "LBSTRESC": ["25", "31.5", "<2", "90", "120", None, "61.5", "400", "250"],
        "LBSTRESN": [25.0, 31.5, NAN, 90.0, 120.0, NAN, 61.5, 400.0, 250.0],
        "LBSTRESU": ["U/L", "U/L", "10^9/L", "10^9/L", "10^9/L", None, "U/L", "10^9/L", "10^9/L"],
        "LBSTNRLO": [7.0, 7.0, 125.0, 125.0, 125.0, NAN, 7.0, 125.0, 125.0],
        "LBSTNRHI": [40.0, 40.0, 350.0, 350.0, 350.0, NAN, 40.0, 350.0, 350.0],
        "LBNRIND": ["NORMAL", "NORMAL", "LOW", "LOW", "LOW", None, "HIGH", "HIGH", "NORMAL"],
        "LBSTAT": [None] * 5 + ["NOT DONE"] + [None] * 3,
        "LBREASND": [None] * 5 + ["Sample lost"] + [None] * 3,
        "LBSPEC": ["SERUM", "SERUM", "BLOOD", "BLOOD", "BLOOD", "SERUM", "SERUM", "BLOOD", "BLOOD"],
        "LBLOBXFL": ["Y", None, None, "Y", None, None, "Y", None, "Y"],
        "VISITNUM": [1.0, 3.0, 1.0, 2.0, 3.0, 3.0, 1.0, 1.0, 2.0],
        "VISIT": ["SCREENING", "WEEK 4", "SCREENING", "DAY 1", "WEEK 4", "WEEK 4", "SCREENING", "SCREENING", "DAY 1"],
        "LBDTC": [
            *("2022-03-05", "2022-04-05", "2022-03-05T09:15", "2022-03-09", "2022-04-05", "2022-04-05"),
            *("2022-03-06", "2022-03-06", "2022-03-09"),
        ],
        "VISITDY": [-4.0, 28.0, -4.0, 1.0, 28.0, 28.0, -4.0, -4.0, 1.0],
        "LBDY": [-4.0, 28.0, -4.0, 1.0, 28.0, 28.0, -4.0, -4.0, -1.0],
    },
    "IE": {
        "USUBJID": [S3],
        "IESEQ": [1.0],
        "IETESTCD": ["EXC01"],
        "IETEST": ["Pregnant"],
        "IECAT": ["EXCLUSION"],
        "IEORRES": ["Y"],
        "IESTRESC": ["Y"],
        "IEDTC": ["2022-03-04"],
    },
    "SE": {
        "USUBJID": [S1, S1, S2, S2, S3],
        "SESEQ": [1.0, 2.0, 1.0, 2.0, 1.0],
        "ETCD": ["SCRN", "DRUG", "SCRN", "PBO", "SCRN"],
        "ELEMENT": ["Screening", "Drug 5 mg", "Screening", "Placebo", "Screening"],
        "TAETORD": [1.0, 2.0, 1.0, 2.0, 1.0],
        "EPOCH": ["SCREENING", "TREATMENT", "SCREENING", "TREATMENT", "SCREENING"],
        "SESTDTC": ["2022-03-02", "2022-03-09", "2022-03-03", "2022-03-10", "2022-03-04"],
        "SEENDTC": ["2022-03-09", "2022-09-07", "2022-03-10", "2022-05-20", "2022-03-05"],
    },
    "SV": {
        "USUBJID": [S1, S1, S1, S2, S2, S2],
        "VISITNUM": [1.0, 2.0, 3.0, 1.0, 1.004, 2.0],
        "VISIT": ["SCREENING", "DAY 1", "WEEK 4", "SCREENING", "UNSCHEDULED 1.004", "DAY 1"],
        "SVPRESP": ["Y", "Y", "Y", "Y", None, "Y"],
        "SVOCCUR": ["Y", "Y", "Y", "Y", None, "Y"],
        "VISITDY": [-4.0, 1.0, 28.0, -4.0, NAN, 1.0],
        "SVSTDTC": ["2022-03-05", "2022-03-09", "2022-04-05", "2022-03-06", "2022-03-08", "2022-03-09"],
        "SVENDTC": ["2022-03-05", "2022-03-09", "2022-04-05", "2022-03-06", "2022-03-08", "2022-03-09"],
        "SVUPDES": [None, None, None, None, "Nose bleed", None],
    },
    "TA": {
        "ARMCD": ["DRUG", "DRUG", "PBO", "PBO"],
        "ARM": ["Drug 5 mg", "Drug 5 mg", "Placebo", "Placebo"],
        "TAETORD": [1.0, 2.0, 1.0, 2.0],
        "ETCD": ["SCRN", "DRUG", "SCRN", "PBO"],
        "ELEMENT": ["Screening", "Drug 5 mg", "Screening", "Placebo"],
        "TABRANCH": ["Randomized to Drug", None, "Randomized to Placebo", None],
        "TATRANS": [None, None, None, None],
        "EPOCH": ["SCREENING", "TREATMENT", "SCREENING", "TREATMENT"],
    },
    "TE": {
        "ETCD": ["DRUG", "PBO", "SCRN"],
        "ELEMENT": ["Drug 5 mg", "Placebo", "Screening"],
        "TESTRL": ["First dose of the drug", "First dose of placebo", "Informed consent"],
        "TEENRL": ["Last dose", "Last dose", "Randomization"],
        "TEDUR": ["P4W", "P4W", None],
    },
    "TI": {
        "IETESTCD": ["EXC01", "INC01"],
        "IETEST": ["Pregnant", "Adult"],
        "IECAT": ["EXCLUSION", "INCLUSION"],
    },
    "TS": {
        "TSSEQ": [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0],
        "TSPARMCD": [
            *("SSTDTC", "AGEMIN", "INDIC", "INDIC", "ACTSUB", "AGEMAX", "FCNTRY", "FCNTRY", "NARMS", "SENDTC"),
            "TPHASE",
        ],
        "TSPARM": [
            "Study Start Date",
            "Planned Minimum Age of Subjects",
            *["Trial Disease/Condition Indication"] * 2,
            "Actual Number of Subjects",
            "Planned Maximum Age of Subjects",
            *["Planned Country of Investigational Sites"] * 2,
            "Planned Number of Arms",
            "Study End Date",
            "Trial Phase Classification",
        ],
        "TSVAL": [
            *("2022-03-02", "P18Y", "Thrombocytopenia", "Purpura", "2", None, "CHN", "JPN", "2", "2022-09-07"),
            "PHASE II TRIAL",
        ],
        "TSVALNF": [None] * 5 + ["PINF"] + [None] * 5,
        "TSVALCD": [None] * 10 + ["C15601"],
        "TSVCDREF": [None] * 10 + ["CDISC CT"],
        "TSVCDVER": [None] * 10 + ["2025-03-28"],
    },
    "TV": {
        "VISITNUM": [1.0, 2.0, 3.0],
        "VISIT": ["SCREENING", "DAY 1", "WEEK 4"],
        "VISITDY": [-4.0, 1.0, 28.0],
        "ARMCD": [None, None, None],
        "TVSTRL": ["Study day -14 to -1", "Study day 1", "Study day 26 to 30"],
    },
    "SUPPAE": {
        "RDOMAIN": ["AE"] * 3,
        "USUBJID": [S1, S1, S2],
        "IDVAR": ["AESEQ"] * 3,
        "IDVARVAL": ["1", "2", "1"],
        "QNAM": ["AETRTEM", "AETRTEM", "AESITE"],
        "QLABEL": ["Treatment Emergent Flag", "Treatment Emergent Flag", "Site of Bleeding"],
        "QVAL": ["Y", "Y", "Skin"],
        "QORIG": ["Derived", "Derived", "CRF"],
    },
    "CO": {
        "RDOMAIN": ["AE", "LB"],
        "USUBJID": [S1, S2],
        "COSEQ": [1.0, 1.0],
        "IDVAR": ["AESEQ", "VISITNUM"],
        "IDVARVAL": ["2", "2"],
        "COVAL": ["After the evening meal", "Drawn twice"],
        "COEVAL": ["INVESTIGATOR"] * 2,
    },
    "RELREC": {
        "RDOMAIN": ["AE", "LB", "AE", "LB"],
        "USUBJID": [S2, S2, None, None],
        "IDVAR": ["AESEQ", "LBSEQ", "AESEQ", "VISITNUM"],
        "IDVARVAL": ["1", "3", None, None],
        "RELTYPE": [None, None, "ONE", "MANY"],
        "RELID": ["R1", "R1", "R2", "R2"],
    },
}
DATA = study_more.completed(DATA)

KEYS = {
    "DM": ("STUDYID", "USUBJID"),
    "EX": ("STUDYID", "USUBJID", "EXTRT", "EXSTDTC"),
    "EC": ("STUDYID", "USUBJID", "ECTRT", "ECSTDTC"),
    "AE": ("STUDYID", "USUBJID", "AETERM", "AESTDTC"),
    "LB": ("STUDYID", "USUBJID", "LBTESTCD", "VISITNUM"),
    "IE": ("STUDYID", "USUBJID", "IETESTCD"),
    "SE": ("STUDYID", "USUBJID", "SESTDTC"),
    "SV": ("STUDYID", "USUBJID", "VISITNUM"),
    "TA": ("STUDYID", "ARMCD", "TAETORD"),
    "TE": ("STUDYID", "ETCD"),
    "TI": ("STUDYID", "IETESTCD"),
    "TS": ("STUDYID", "TSPARMCD", "TSSEQ"),
    "TV": ("STUDYID", "VISITNUM", "ARMCD"),
    "SUPPAE": ("STUDYID", "USUBJID", "IDVARVAL", "QNAM"),
    "CO": ("STUDYID", "USUBJID", "COSEQ"),
    "RELREC": ("STUDYID", "RDOMAIN", "USUBJID", "RELID"),
    **study_more.KEYS,
}
# Codelists of the study's own making; the guide's are found by their C-codes.
OWN = {"AEREL": "AEREL", "QNAM": "QNAM"}


def codelists() -> dict[str, Codelist | ExternalCodelist]:
    """Every codelist of the release by short name, and countries."""
    found: dict[str, Codelist | ExternalCodelist] = {n: RELEASE.by_name(n) for n in RELEASE.names}
    found["ISO3166"] = ExternalCodelist("ISO3166", "Country Codes", "ISO 3166", "2020", ref="alpha-3")
    return found


def variable_plan(dataset: str, v: GuideVariable) -> VariablePlan:
    listed = RELEASE.codelists_for(v)
    codelist = "ISO3166" if v.name == "COUNTRY" else listed[0].name if listed and v.name != "LBSTRESC" else None
    general = v.name.removeprefix(dataset[:2])
    method = None
    if general in DERIVED:
        origin, method = Origin("Derived", "Sponsor"), f"{v.name} is derived by the rules of this made-up study."
    elif v.name in ("ACTARM", "ACTARMCD"):
        origin = Origin("Predecessor", None, f"DM.{v.name[3:]}")
    elif v.name in ASSIGNED or general in ASSIGNED or dataset in ("TA", "TE", "TI", "TS", "TV"):
        origin = Origin("Assigned", "Sponsor")
    else:
        origin = Origin("Collected", "Investigator")
    decoded = GUIDE.dataset(dataset).decode_of(v.name)
    return VariablePlan(
        v.name, v.label, v.numeric, data_type(v), v.role, v.core, codelist, origin, method, decode_of=decoded
    )


def dataset_plan(name: str, present: Sequence[str]) -> DatasetPlan:
    """Plan by the guide: its required and expected variables, and those that have values."""
    table = GUIDE.dataset(name)
    wanted = [v.name for v in table.variables if v.core in ("Req", "Exp")]
    variables = tuple(variable_plan(name, v) for v in GUIDE.arrange(name, [*wanted, *present]))
    levels: tuple[ValueLevelPlan, ...] = ()
    if name == "LB":
        levels = tuple(ValueLevelPlan(v, ("LBTESTCD",)) for v in RESULTS)
    return DatasetPlan(
        name=name,
        label=table.label,
        domain=name[4:] if name.startswith("SUPP") else name,
        class_name=table.class_name,
        structure=table.structure,
        keys=KEYS[name],
        variables=variables,
        standard="SDTMIG 3.4",
        value_level=levels,
        repeating=table.repeating,
        reference_data=table.reference_data,
    )


def columns_of(plan: DatasetPlan, cells: Mapping[str, Cells]) -> dict[str, Column]:
    n = len(next(iter(cells.values())))
    fixed: dict[str, Cells] = {"STUDYID": [NAME] * n, "DOMAIN": [plan.name] * n}
    out: dict[str, Column] = {}
    for v in plan.variables:
        own = {**fixed, **cells}.get(v.name, [NAN] * n if v.numeric else [None] * n)
        out[v.name] = collect_numbers(own) if v.numeric else collect_text(own)  # type: ignore[arg-type]
    return out


def built() -> list[Dataset]:
    datasets = []
    for name, cells in DATA.items():
        plan = dataset_plan(name, list(cells))
        datasets.append(observe(plan, pd.DataFrame(columns_of(plan, cells)), "ascii"))
    return datasets


def shared_lengths(datasets: Sequence[Dataset]) -> dict[tuple[str, str], int]:
    """Length of each text variable in bytes: of its longest value in any dataset, in SUPP-- of its own."""
    longest: dict[str, int] = {}
    for d in datasets:
        for name, o in d.observed.items():
            if not d.name.startswith("SUPP"):
                longest[name] = max(longest.get(name, 1), o.length)
    return {
        (d.name, n): max(o.length, 1) if d.name.startswith("SUPP") else longest[n]
        for d in datasets
        for n, o in d.observed.items()
        if not is_numeric(d.frame[n].array)
    }


def write_study(folder: Path) -> None:
    """Write the study's transport files, define.xml and a document."""
    datasets = built()
    lengths = shared_lengths(datasets)
    for d in datasets:
        variables = [XptVariable(v.name, v.label, v.numeric, lengths.get((d.name, v.name))) for v in d.plan.variables]
        columns = {n: d.frame[n].array for n in d.plan.names}
        write_xpt(folder / f"{d.name.lower()}.xpt", d.name, d.plan.label, variables, columns, CREATED)
    write_define(folder / "define.xml", STUDY, datasets, codelists(), lengths=lengths)
    (folder / "csdrg.pdf").write_bytes(b"%PDF-1.4 made up")


def with_label(v: XptVariable, label: str) -> XptVariable:
    return replace(v, label=label)
