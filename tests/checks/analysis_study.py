"""A made-up study's analysis datasets with the tabulation datasets beside them; every value is written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from cdisc_itp.build.observe import observe
from cdisc_itp.model.codelist import Codelist, Term
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.define import DefineStudy, Standard
from cdisc_itp.model.metadata import DatasetPlan, Origin, ValueLevelPlan, VariablePlan
from cdisc_itp.standards.adam import adam_guide
from cdisc_itp.standards.classes import ADSL, BDS, OCCDS
from cdisc_itp.standards.terminology import terminology
from cdisc_itp.writers.define_xml import write_define
from cdisc_itp.writers.xpt import XptVariable, write_xpt

Value = str | float | None
CREATED = datetime(2023, 7, 31)
ADAM, SDTM = terminology("adam", "2025-09-26"), terminology("sdtm", "2025-03-28")
NAME = "STUDY-01"
S1, S2, S3, S4, S5 = (f"{NAME}-00{n}" for n in range(1, 6))
DATASETS = Path("m5/datasets/study-01/analysis/adam/datasets")
TABULATIONS = Path("m5/datasets/study-01/tabulations/sdtm")
PARAMETERS = {
    "ADLB": (("ALT", "Alanine Aminotransferase (U/L)"), ("PLAT", "Platelets (10^9/L)")),
    "ADRS": (("OVRLRSP", "Overall Response"), ("RSPVIS", "Response by Visit")),
    "ADTTE": (("TTADD", "Time to Additional Therapy (days)"), ("TTRESP", "Time to Response (days)")),
}


def day(text: str | None) -> float | None:
    """Days from 1960-01-01."""
    return None if text is None else float((date.fromisoformat(text) - date(1960, 1, 1)).days)


def at(text: str) -> float:
    """Seconds from 1960-01-01."""
    return (datetime.fromisoformat(text) - datetime(1960, 1, 1)).total_seconds()


def days(*texts: str | None) -> list[Value]:
    return [day(t) for t in texts]


SOURCES: dict[str, tuple[str, dict[str, tuple[str, Sequence[Value]]]]] = {
    "DM": (
        "Demographics",
        {
            "USUBJID": ("Unique Subject Identifier", [S1, S2, S3, S4, S5]),
            "SUBJID": ("Subject Identifier for the Study", ["001", "002", "003", "004", "005"]),
            "RFXSTDTC": (
                "Date/Time of First Study Treatment",
                ["2022-03-09", "2022-03-10T08:00", "2022-03", None, None],
            ),
            "RFXENDTC": ("Date/Time of Last Study Treatment", ["2022-05-31", "2022-05-05", "2022-04-30", None, None]),
            "SITEID": ("Study Site Identifier", ["01", "01", "02", "02", "02"]),
            "AGE": ("Age", [30.0, 42.0, 61.0, 70.0, 33.0]),
            "AGEU": ("Age Units", ["YEARS"] * 5),
            "SEX": ("Sex", ["F", "M", "F", "M", "F"]),
            "RACE": ("Race", ["ASIAN"] * 5),
            "ARMCD": ("Planned Arm Code", ["DRUG", "PBO", "DRUG", "PBO", None]),
            "ARM": ("Description of Planned Arm", ["Drug 5 mg", "Placebo", "Drug 5 mg", "Placebo", None]),
        },
    ),
    "AE": (
        "Adverse Events",
        {
            "USUBJID": ("Unique Subject Identifier", [S1, S1, S1, S2]),
            "AESEQ": ("Sequence Number", [1.0, 2.0, 3.0, 1.0]),
            "AETERM": ("Reported Term for the Adverse Event", ["HEADACHE", "NAUSEA", "HEADACHE", "BLEEDING"]),
            "AEDECOD": ("Dictionary-Derived Term", ["Headache", "Nausea", "Headache", "Haemorrhage"]),
            "AEBODSYS": ("Body System or Organ Class", ["Nervous", "Gut", "Nervous", "Vessels"]),
            "AESEV": ("Severity/Intensity", ["MILD", "MODERATE", "MILD", "SEVERE"]),
            "AESTDTC": (
                "Start Date/Time of Adverse Event",
                ["2022-03-12", "2022-04", "2022-03-01", "2022-03-11T10:00"],
            ),
            "AEENDTC": ("End Date/Time of Adverse Event", ["2022-03-14", "2022-04-20", "2022-03-02", None]),
        },
    ),
    "LB": (
        "Laboratory Test Results",
        {
            "USUBJID": ("Unique Subject Identifier", [S1] * 5 + [S2] * 2),
            "LBSEQ": ("Sequence Number", [1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 2.0]),
            "LBTESTCD": ("Lab Test or Examination Short Name", ["ALT", "ALT", "PLAT", "PLAT", "PLAT", "PLAT", "PLAT"]),
            "LBSTRESC": ("Character Result/Finding in Std Format", ["25", "50", "20", "40", "60", "10", "5"]),
            "LBSTRESN": ("Numeric Result/Finding in Standard Units", [25.0, 50.0, 20.0, 40.0, 60.0, 10.0, 5.0]),
            "LBDTC": (
                "Date/Time of Specimen Collection",
                [
                    *("2022-03-09", "2022-04-06", "2022-03-09", "2022-04-06", "2022-05-04"),
                    *("2022-03-10", "2022-04-07"),
                ],
            ),
            "VISIT": ("Visit Name", ["DAY 1", "WEEK 4", "DAY 1", "WEEK 4", "WEEK 8", "DAY 1", "WEEK 4"]),
        },
    ),
    "TS": (
        "Trial Summary",
        {
            "TSSEQ": ("Sequence Number", [1.0]),
            "TSPARMCD": ("Trial Summary Parameter Short Name", ["SSTDTC"]),
            "TSVAL": ("Parameter Value", ["2022-03-01"]),
        },
    ),
}

_CRIT = "AVAL > 50"
# S1 ALT twice, S1 PLAT three times and the peak, S2 PLAT twice.
_LB = {
    "USUBJID": [S1] * 6 + [S2] * 2,
    "TRTSDT": days(*["2022-03-09"] * 6, *["2022-03-10"] * 2),
    "SAFFL": ["Y"] * 8,
    "TRTP": ["Drug 5 mg"] * 6 + ["Placebo"] * 2,
    "TRTPN": [1.0] * 6 + [2.0] * 2,
    "PARAM": ["Alanine Aminotransferase (U/L)"] * 2 + ["Platelets (10^9/L)"] * 6,
    "PARAMCD": ["ALT"] * 2 + ["PLAT"] * 6,
    "PARAMN": [2.0] * 2 + [1.0] * 6,
    "PARCAT1": ["CHEMISTRY"] * 2 + ["HEMATOLOGY"] * 6,
    "ADT": days(
        *("2022-03-09", "2022-04-06", "2022-03-09", "2022-04-06", "2022-05-04", "2022-05-04"),
        *("2022-03-10", "2022-04-07"),
    ),
    "ADY": [1.0, 29.0, 1.0, 29.0, 57.0, 57.0, 1.0, 29.0],
    "AVISIT": ["Baseline", "Week 4", "Baseline", "Week 4", "Week 8", "Peak", "Baseline", "Week 4"],
    "AVISITN": [0.0, 4.0, 0.0, 4.0, 8.0, 99.0, 0.0, 4.0],
    "AVAL": [25.0, 50.0, 20.0, 40.0, 60.0, 60.0, 10.0, 5.0],
    "AVALC": ["25", "50", "20", "40", "60", "60", "10", "5"],
    "AVALCAT1": ["<= 40", "> 40", "<= 40", "<= 40", "> 40", "> 40", "<= 40", "<= 40"],
    "AVALCA1N": [1.0, 2.0, 1.0, 1.0, 2.0, 2.0, 1.0, 1.0],
    "BASE": [25.0, 25.0, 20.0, 20.0, 20.0, 20.0, 10.0, 10.0],
    "BASEC": ["25", "25", "20", "20", "20", "20", "10", "10"],
    "BASECAT1": ["<= 40"] * 8,
    "BASETYPE": ["DAY 1"] * 8,
    "CHG": [None, 25.0, None, 20.0, 40.0, 40.0, None, -5.0],
    "PCHG": [None, 100.0, None, 100.0, 200.0, 200.0, None, -50.0],
    "R2BASE": [None, 2.0, None, 2.0, 3.0, 3.0, None, 0.5],
    "BCHG": [None, -25.0, None, -20.0, -40.0, -40.0, None, 5.0],
    "PBCHG": [None, -50.0, None, -50.0, -66.7, -66.7, None, 100.0],
    "A1LO": [10.0, 10.0, 30.0, 30.0, 30.0, 30.0, 30.0, 30.0],
    "A1HI": [40.0, 40.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0],
    "R2A1HI": [0.625, 1.25, 0.2, 0.4, 0.6, 0.6, 0.1, 0.05],
    "ANRLO": [10.0, 10.0, 30.0, 30.0, 30.0, 30.0, 30.0, 30.0],
    "ANRHI": [40.0, 40.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0],
    "ANRIND": ["NORMAL", "HIGH", "LOW", "NORMAL", "NORMAL", "NORMAL", "LOW", "LOW"],
    "BNRIND": ["NORMAL", "NORMAL", "LOW", "LOW", "LOW", "LOW", "LOW", "LOW"],
    "SHIFT1": [
        *(None, "NORMAL to HIGH", None, "LOW to NORMAL", "LOW to NORMAL", "LOW to NORMAL"),
        *(None, "LOW to LOW"),
    ],
    "CRIT1": [None, None, *[_CRIT] * 6],
    "CRIT1FL": [None, None, "N", "N", "Y", "Y", "N", "N"],
    "CRIT1FN": [None, None, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0],
    "DTYPE": [None] * 5 + ["MAXIMUM"] + [None] * 2,
    "AWTARGET": [1.0, 29.0, 1.0, 29.0, 57.0, None, 1.0, 29.0],
    "AWTDIFF": [0.0, 0.0, 0.0, 0.0, 0.0, None, 0.0, 0.0],
    "AWLO": [-7.0, 15.0, -7.0, 15.0, 43.0, None, -7.0, 15.0],
    "AWHI": [1.0, 42.0, 1.0, 42.0, 70.0, None, 1.0, 42.0],
    "AWU": ["DAYS"] * 5 + [None] + ["DAYS"] * 2,
    "ABLFL": ["Y", None, "Y", None, None, None, "Y", None],
    "ANL01FL": ["Y"] * 5 + [None] + ["Y"] * 2,
    "ONTRTFL": ["Y"] * 8,
    "LVOTFL": [None, "Y", None, None, "Y", None, None, "Y"],
    "VISIT": ["DAY 1", "WEEK 4", "DAY 1", "WEEK 4", "WEEK 8", "WEEK 8", "DAY 1", "WEEK 4"],
    "LBDTC": [
        *("2022-03-09", "2022-04-06", "2022-03-09", "2022-04-06", "2022-05-04", "2022-05-04"),
        *("2022-03-10", "2022-04-07"),
    ],
    "LBSEQ": [1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 1.0, 2.0],
    "ASEQ": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1.0, 2.0],
}
_COPIED = {"TRTSDT": "ADSL", "SAFFL": "ADSL", "VISIT": "LB", "LBDTC": "LB", "LBSEQ": "LB"}

CLASSES = {"ADSL": ADSL, "ADLB": BDS, "ADAE": OCCDS, "ADTTE": BDS, "ADRS": BDS}
LABELS = {
    "ADSL": "Subject-Level Analysis Dataset",
    "ADLB": "Laboratory Analysis",
    "ADAE": "Adverse Event Analysis",
    "ADTTE": "Time-to-Event Analysis",
    "ADRS": "Response Analysis",
}
KEYS = {
    "ADSL": ("STUDYID", "USUBJID"),
    "ADLB": ("STUDYID", "USUBJID", "PARAMCD", "ADT", "ASEQ"),
    "ADAE": ("STUDYID", "USUBJID", "ASTDT", "AESEQ"),
    "ADTTE": ("STUDYID", "USUBJID", "PARAMCD"),
    "ADRS": ("STUDYID", "USUBJID", "PARAMCD", "ADT"),
}
DATA: dict[str, dict[str, Sequence[Value]]] = {
    "ADSL": {
        "USUBJID": [S1, S2, S3, S4],
        "SUBJID": ["001", "002", "003", "004"],
        "SITEID": ["01", "01", "02", "02"],
        "SITEGR1": ["01", "01", "02", "02"],
        "AGE": [30.0, 42.0, 61.0, 70.0],
        "AGEU": ["YEARS"] * 4,
        "AGEGR1": ["< 60", "< 60", ">= 60", ">= 60"],
        "AGEGR1N": [1.0, 1.0, 2.0, 2.0],
        "SEX": ["F", "M", "F", "M"],
        "RACE": ["ASIAN"] * 4,
        "SAFFL": ["Y", "Y", "Y", "N"],
        "ITTFL": ["Y"] * 4,
        "RANDFL": ["Y"] * 4,
        "ARM": ["Drug 5 mg", "Placebo", "Drug 5 mg", "Placebo"],
        "TRT01P": ["Drug 5 mg", "Placebo", "Drug 5 mg", "Placebo"],
        "TRT01PN": [1.0, 2.0, 1.0, 2.0],
        "TRT01A": ["Drug 5 mg", "Placebo", "Drug 5 mg", None],
        "TRT01AN": [1.0, 2.0, 1.0, None],
        "TRTSDT": days("2022-03-09", "2022-03-10", "2022-03-01", None),
        "TRTSTM": [None, 28_800.0, None, None],
        "TRTSDTM": [None, at("2022-03-10T08:00"), None, None],
        "TRTSDTF": [None, None, "D", None],
        "TRTEDT": days("2022-05-31", "2022-05-05", "2022-04-30", None),
        "TRTDURD": [84.0, 57.0, 61.0, None],
        "EOTSTT": ["COMPLETED", "DISCONTINUED", "COMPLETED", None],
        "DCTREAS": [None, "ADVERSE EVENT", None, None],
        "EOSSTT": ["COMPLETED", "DISCONTINUED", "COMPLETED", "DISCONTINUED"],
        "DCSREAS": [None, "DEATH", None, "WITHDRAWAL BY SUBJECT"],
        "RANDDT": days("2022-03-08", "2022-03-09", "2022-03-01", "2022-03-12"),
        "DTHDT": days(None, "2022-05-20", None, None),
        "DTHFL": [None, "Y", None, None],
    },
    "ADLB": _LB,
    "ADAE": {
        "USUBJID": [S1, S1, S1, S2],
        "TRTA": ["Drug 5 mg"] * 3 + ["Placebo"],
        "TRTAN": [1.0] * 3 + [2.0],
        "AETERM": ["HEADACHE", "HEADACHE", "NAUSEA", "BLEEDING"],
        "AEDECOD": ["Headache", "Headache", "Nausea", "Haemorrhage"],
        "AEBODSYS": ["Nervous", "Nervous", "Gut", "Vessels"],
        "AESEV": ["MILD", "MILD", "MODERATE", "SEVERE"],
        "AESTDTC": ["2022-03-01", "2022-03-12", "2022-04", "2022-03-11T10:00"],
        "AEENDTC": ["2022-03-02", "2022-03-14", "2022-04-20", None],
        "ASTDT": days("2022-03-01", "2022-03-12", "2022-04-01", "2022-03-11"),
        "ASTDTF": [None, None, "D", None],
        "ASTDY": [-8.0, 4.0, 24.0, 2.0],
        "AENDT": days("2022-03-02", "2022-03-14", "2022-04-20", None),
        "AENDY": [-7.0, 6.0, 43.0, None],
        "ADURN": [2.0, 3.0, 20.0, None],
        "ADURU": ["DAYS", "DAYS", "DAYS", None],
        "PREFL": ["Y", None, None, None],
        "TRTEMFL": [None, "Y", "Y", "Y"],
        "AOCCFL": [None, "Y", None, "Y"],
        "AOCCSFL": [None, "Y", "Y", "Y"],
        "AOCCPFL": [None, "Y", "Y", "Y"],
        "ATOXGR": ["1", "1", "2", "3"],
        "AESEQ": [3.0, 1.0, 2.0, 1.0],
    },
    "ADTTE": {
        "USUBJID": [S1, S1, S2, S2],
        "PARAM": ["Time to Additional Therapy (days)", "Time to Response (days)"] * 2,
        "PARAMCD": ["TTADD", "TTRESP"] * 2,
        "ADT": days("2022-05-31", "2022-05-04", "2022-04-07", "2022-05-05"),
        "AVAL": [84.0, 57.0, 29.0, 57.0],
        "STARTDT": days("2022-03-09", "2022-03-09", "2022-03-10", "2022-03-10"),
        "CNSR": [1.0, 0.0, 0.0, 1.0],
        "EVNTDESC": ["No additional therapy", "Response", "Additional therapy", "No response"],
        "CNSDTDSC": ["Last dose", None, None, "Last dose"],
        "SRCDOM": ["ADSL", "ADLB", "LB", "ADSL"],
        "SRCVAR": ["TRTEDT", "ADT", "LBDTC", "TRTEDT"],
        "SRCSEQ": [None, 5.0, 2.0, None],
    },
    "ADRS": {
        "USUBJID": [S1, S1, S2],
        "PARAM": ["Overall Response", "Response by Visit", "Overall Response"],
        "PARAMCD": ["OVRLRSP", "RSPVIS", "OVRLRSP"],
        "ADT": days("2022-05-04", "2022-04-06", "2022-04-07"),
        "AVAL": [1.0, 0.0, 0.0],
        "AVALC": ["Y", "N", "N"],
        "CRIT1": ["Platelets > 50", None, "Platelets > 50"],
        "CRIT1FL": ["Y", None, "N"],
        "MCRIT1": ["Way of response", None, "Way of response"],
        "MCRIT1ML": ["Whole", None, "None"],
        "MCRIT1MN": [2.0, None, 0.0],
        "SRCDOM": ["ADLB", "LB", "LB"],
        "SRCVAR": ["AVAL", "LBSTRESN", "LBDTC"],
        "SRCSEQ": [5.0, 4.0, 2.0],
    },
}
OWN_LABELS = {
    "TRTEMFL": "Treatment Emergent Analysis Flag",
    "AOCCFL": "1st Occurrence within Subject Flag",
    "AOCCSFL": "1st Occurrence of SOC Flag",
    "AOCCPFL": "1st Occurrence of Preferred Term Flag",
    "PREFL": "Pre-Treatment Flag",
    "ADURN": "Analysis Duration (N)",
    "ADURU": "Analysis Duration Units",
    "DTHFL": "Subject Death Flag",
}
FROM = {"ADSL": "DM", "ADAE": "AE", "ADLB": "LB"}
OWN_LISTS = {"DTYPE": "DTYPE", "EOSSTT": "SBJTSTAT", "EOTSTT": "SBJTSTAT", "SEX": "SEX", "AESEV": "AESEV"}
STUDY = DefineStudy(
    name=NAME,
    description="A made-up study",
    protocol=NAME,
    created=CREATED,
    standards=(
        Standard("ADaMIG", "IG", "1.3"),
        Standard("CDISC/NCI", "CT", "2025-09-26", publishing_set="ADaM"),
        Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
    ),
)


def is_number(values: Sequence[Value]) -> bool:
    return any(isinstance(v, float) for v in values)


def source_label(name: str) -> str:
    known = {n: label for _, cells in SOURCES.values() for n, (label, _) in cells.items()}
    return known.get(name, OWN_LABELS.get(name, ""))


def label_of(dataset: str, name: str) -> str:
    try:
        label = adam_guide("1.3").variable(CLASSES[dataset], name).label
    except KeyError:
        label = ""
    return label or source_label(name) or name


def plan_of(name: str, cells: dict[str, Sequence[Value]]) -> DatasetPlan:
    variables = []
    for n, values in cells.items():
        of = _COPIED.get(n, "") if name == "ADLB" else FROM.get(name, "")
        copied = of and (of == "ADSL" or n in SOURCES.get(of, ("", {}))[1] or n == "STUDYID")
        origin = Origin("Predecessor", None, f"{of}.{n}") if copied else Origin("Derived", "Sponsor")
        shown = "DATE9." if n.endswith("DT") else "DATETIME20." if n.endswith("DTM") else None
        kind = "integer" if shown else "float" if is_number(values) else "text"
        codelist = f"PARAMCD_{name}" if n == "PARAMCD" else OWN_LISTS.get(n)
        method = None if copied else f"{n} is made up."
        variables.append(
            VariablePlan(
                n, label_of(name, n), is_number(values), kind, None, None, codelist, origin, method,
                display_format="TIME8." if n.endswith("STM") else shown,
            )
        )  # fmt: skip
    levels = (ValueLevelPlan("AVAL", ("PARAMCD",)),) if "AVAL" in cells else ()
    return DatasetPlan(
        name, LABELS[name], name, CLASSES[name], "One record per subject" if name == "ADSL" else "Several records",
        KEYS[name], tuple(variables), "ADaMIG 1.3", levels, repeating=name != "ADSL",
    )  # fmt: skip


def codelists() -> dict[str, Codelist]:
    found = {n: ADAM.by_name(n) for n in ("DTYPE", "SBJTSTAT")} | {n: SDTM.by_name(n) for n in ("SEX", "AESEV")}
    for name, terms in PARAMETERS.items():
        listed = tuple(Term(code, decode, None) for code, decode in terms)
        found[f"PARAMCD_{name}"] = Codelist(f"PARAMCD_{name}", f"Parameters of {name}", None, False, listed)
    return found


def columns_of(cells: dict[str, Sequence[Value]]) -> dict[str, pd.Categorical]:
    out = {}
    for n, values in cells.items():
        if is_number(values):
            out[n] = collect_numbers([float("nan") if v is None else float(v) for v in values])
        else:
            out[n] = collect_text([None if v is None else str(v) for v in values])
    return out


def with_study(cells: dict[str, Sequence[Value]]) -> dict[str, Sequence[Value]]:
    return {"STUDYID": [NAME] * len(next(iter(cells.values()))), **cells}


def write_files(
    folder: Path, name: str, label: str, cells: dict[str, Sequence[Value]], plan: DatasetPlan | None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    labels = {n: label_of(name, n) if plan else source_label(n) for n in cells} | {"STUDYID": "Study Identifier"}
    formats = {v.name: v.display_format for v in plan.variables} if plan else {}
    variables = []
    for n, values in cells.items():
        size = (
            None
            if is_number(values)
            else max(
                *(
                    max(
                        map(
                            len,
                            (str(x) for x in c[n] if x),
                        )
                    )
                    for c in shared(n)
                ),
                1,
            )
        )
        variables.append(XptVariable(n, labels[n], is_number(values), size, formats.get(n)))
    write_xpt(folder / f"{name.lower()}.xpt", name, label, variables, columns_of(cells), CREATED)


def shared(name: str) -> list[dict[str, Sequence[Value]]]:
    """The analysis datasets that have a variable: its length is that of its longest value in any of them."""
    everywhere = [with_study(c) for c in DATA.values()]
    mine = [c for c in everywhere if name in c]
    return mine or [{name: [x for _, cs in SOURCES.values() if name in cs for x in cs[name][1]]}]


def write_analysis(root: Path) -> Path:
    """Write both packages in the submission's folders; the folder of the analysis datasets."""
    for name, (label, cells) in SOURCES.items():
        write_files(root / TABULATIONS, name, label, with_study({n: v for n, (_, v) in cells.items()}), None)
    datasets, lengths = [], {}
    for name, cells in DATA.items():
        plan = plan_of(name, with_study(cells))
        write_files(root / DATASETS, name, LABELS[name], with_study(cells), plan)
        made: Dataset = observe(plan, pd.DataFrame(columns_of(with_study(cells))), "ascii")
        datasets.append(made)
        for n, values in with_study(cells).items():
            if not is_number(values):
                lengths[name, n] = max(len(str(x)) for c in shared(n) for x in c[n] if x)
    define = root / DATASETS / "define.xml"
    write_define(define, STUDY, datasets, codelists(), lengths=lengths)
    add_results(define)
    return root / DATASETS


RESULTS = """
    <arm:AnalysisResultDisplays>
      <arm:ResultDisplay OID="RD.1" Name="Table 1">
        <Description><TranslatedText xml:lang="en">Platelets at week 8</TranslatedText></Description>
        <arm:AnalysisResult OID="AR.1" ParameterOID="IT.ADLB.PARAMCD" AnalysisReason="SPECIFIED IN SAP"
          AnalysisPurpose="PRIMARY OUTCOME MEASURE">
          <Description><TranslatedText xml:lang="en">Mean of the change</TranslatedText></Description>
          <arm:AnalysisDatasets>
            <arm:AnalysisDataset ItemGroupOID="IG.ADLB">
              <def:WhereClauseRef WhereClauseOID="{where}"/>
              <arm:AnalysisVariable ItemOID="IT.ADLB.CHG"/>
            </arm:AnalysisDataset>
          </arm:AnalysisDatasets>
          <arm:Documentation>
            <Description><TranslatedText xml:lang="en">The mean.</TranslatedText></Description>
          </arm:Documentation>
        </arm:AnalysisResult>
      </arm:ResultDisplay>
    </arm:AnalysisResultDisplays>
"""


def add_results(define: Path) -> None:
    """Analysis results metadata by hand, at the end of define.xml."""
    text = define.read_text("utf-8")
    where = next(w.split('"')[0] for w in text.split('<def:WhereClauseDef OID="')[1:] if "ADLB" in w.split('"')[0])
    text = text.replace("<ODM ", '<ODM xmlns:arm="http://www.cdisc.org/ns/arm/v1.0" ', 1)
    text = text.replace("  </MetaDataVersion>", RESULTS.format(where=where).lstrip("\n") + "  </MetaDataVersion>")
    define.write_text(text, "utf-8")
