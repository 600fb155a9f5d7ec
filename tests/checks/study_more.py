"""What the made-up study has beyond what its first datasets need; every value is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Cells = Sequence[str | None] | Sequence[float]

NAN = float("nan")
S1, S2, S3 = (f"STUDY-01-00{n}" for n in (1, 2, 3))

DATASETS: dict[str, dict[str, Cells]] = {
    "DS": {
        "USUBJID": [S1, S1, S1, S2, S2, S2, S3, S3],
        "DSSEQ": [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0],
        "DSTERM": ["Consent", "COMPLETED", "All visits", "Consent", "Died", "DEATH", "Consent", "Pregnant"],
        "DSDECOD": [
            *("INFORMED CONSENT OBTAINED", "COMPLETED", "COMPLETED"),
            *("INFORMED CONSENT OBTAINED", "DEATH", "DEATH"),
            *("INFORMED CONSENT OBTAINED", "SCREEN FAILURE"),
        ],
        "DSCAT": [
            *("PROTOCOL MILESTONE", "DISPOSITION EVENT", "DISPOSITION EVENT"),
            *("PROTOCOL MILESTONE", "DISPOSITION EVENT", "DISPOSITION EVENT"),
            *("PROTOCOL MILESTONE", "DISPOSITION EVENT"),
        ],
        "DSSCAT": [
            *(None, "STUDY TREATMENT", "STUDY PARTICIPATION"),
            *(None, "STUDY TREATMENT", "STUDY PARTICIPATION"),
            *(None, "STUDY PARTICIPATION"),
        ],
        "EPOCH": [*("SCREENING", "TREATMENT", "TREATMENT") * 2, "SCREENING", "SCREENING"],
        "DSSTDTC": [
            *("2022-03-02", "2022-04-05", "2022-09-07"),
            *("2022-03-03", "2022-05-20", "2022-05-20"),
            *("2022-03-04", "2022-03-05"),
        ],
        "DSSTDY": [-7.0, 28.0, 183.0, -7.0, 72.0, 72.0, NAN, NAN],
    },
    "MH": {
        "USUBJID": [S1, S2],
        "MHSEQ": [1.0, 1.0],
        "MHTERM": ["HYPERTENSION", "APPENDICITIS"],
        "MHSTDTC": ["2019", "2010-06"],
        "MHENDTC": [None, "2010-07"],
        "MHSTDY": [NAN, NAN],
        "MHENDY": [NAN, NAN],
        "MHENRTPT": ["ONGOING", None],
        "MHENTPT": ["2022-03-05", None],
    },
    "CE": {
        "USUBJID": [S1, S2],
        "CESEQ": [1.0, 1.0],
        "CETERM": ["HEADACHE", "BRUISE"],
        "CESTDTC": ["2022-03", "2022-05-18"],
        "CESTDY": [NAN, 70.0],
    },
    "VS": {
        "USUBJID": [S1] * 3,
        "VSSEQ": [1.0, 2.0, 3.0],
        "VSTESTCD": ["PULSE"] * 3,
        "VSTEST": ["Pulse Rate"] * 3,
        "VSORRES": ["70", "72", "64"],
        "VSORRESU": ["beats/min"] * 3,
        "VSSTRESC": ["70", "72", "64"],
        "VSSTRESN": [70.0, 72.0, 64.0],
        "VSSTRESU": ["beats/min"] * 3,
        "VSLOBXFL": [None, None, "Y"],
        "VISITNUM": [3.0, 3.0, 2.0],
        "VISIT": ["WEEK 4", "WEEK 4", "DAY 1"],
        "VISITDY": [28.0, 28.0, 1.0],
        "VSDTC": ["2022-04-05T08:00", "2022-04-05T10:00", "2022-03-09"],
        "VSDY": [28.0, 28.0, 1.0],
        "VSTPT": ["BEFORE THE DOSE", "2 HOURS AFTER", "BEFORE THE DOSE"],
        "VSTPTNUM": [1.0, 2.0, 1.0],
        "VSELTM": [None, "PT2H", None],
        "VSTPTREF": ["MORNING DOSE"] * 3,
    },
}

VARIABLES: dict[str, dict[str, Cells]] = {
    "AE": {"AESDTH": ["N", "N", "Y"], "AETOXGR": ["1", "2", "5"]},
    "IE": {"IEDY": [NAN]},
}
"""Further variables of datasets that the study has."""

PARAMETERS: dict[str, str | float | None] = {
    "TSSEQ": 1.0,
    "TSPARMCD": "DCUTDTC",
    "TSPARM": "Data Cutoff Date",
    "TSVAL": "2022-09-30",
}
"""A further record of TS; what it does not name has no value."""

KEYS = {
    "DS": ("STUDYID", "USUBJID", "DSTERM"),
    "CE": ("STUDYID", "USUBJID", "CETERM"),
    "MH": ("STUDYID", "USUBJID", "MHTERM"),
    "VS": ("STUDYID", "USUBJID", "VSTESTCD", "VISITNUM", "VSTPTNUM"),
}


def completed(data: Mapping[str, Mapping[str, Cells]]) -> dict[str, dict[str, Cells]]:
    """The datasets with what is said here added to them."""
    out = {name: {**cells, **VARIABLES.get(name, {})} for name, cells in data.items()}
    out["TS"] = {n: [*cells, PARAMETERS.get(n)] for n, cells in out["TS"].items()}  # type: ignore[assignment]
    return {**out, **DATASETS}
