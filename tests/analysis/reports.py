"""Analysis datasets written from the answer sheet of the synthetic subjects, small but of the same shape."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from cdisc_itp.model.column import collect_numbers, collect_text, is_numeric
from cdisc_itp.writers.xpt import XptVariable, write_xpt

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "specs" / "nct05471050"
TRUTH = ROOT / "fixtures" / "nct05471050" / "truth" / "subjects.csv"
ARMS = {"TACDAN": "Tacrolimus + danazol", "DAN": "Danazol"}


def subjects() -> pd.DataFrame:
    """The randomized subjects, of whom the answer sheet holds every baseline value but the bleeding score."""
    every = pd.read_csv(TRUTH, dtype=str, keep_default_na=False, comment="#")
    return every[every["arm"] != ""].reset_index(drop=True)


def datasets(truth: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """ADSL, ADRS, ADLB, ADTTE and ADAE with the variables that are read, as plain frames."""
    ids = "NCT05471050-" + truth["subject"]
    ones = pd.Series("Y", index=truth.index)
    adsl = pd.DataFrame({"USUBJID": ids, "SITEID": truth["site"], "ITTFL": ones, "SEX": truth["sex"]})
    adsl["TRT01P"] = truth["arm"].map(ARMS)
    for name, column in (("AGE", "age"), ("ITPDUR", "itp_months")):
        adsl[name] = truth[column].astype(float)
    adsl["BLDBL"] = 1.0
    response = pd.DataFrame({"USUBJID": ids, "PARAMCD": "SUSTRSP6", "AVALC": truth["sr6"]})
    initial = pd.DataFrame({"USUBJID": ids, "PARAMCD": "INITRSP4", "AVALC": "N"})
    peak = pd.DataFrame({"USUBJID": ids, "PARAMCD": "PLAT", "DTYPE": "MAXIMUM"})
    peak["AVAL"] = truth["peak"].astype(float)
    single = peak.assign(DTYPE="", AVAL=peak["AVAL"] / 2)
    reached = truth["crossing_day"] != ""
    days = truth["crossing_day"].where(reached, "180").astype(float)
    times = [
        pd.DataFrame({"USUBJID": ids, "PARAMCD": p, "AVAL": days, "CNSR": 1.0 - reached}) for p in ("TTRESP", "DURRESP")
    ]
    events = pd.DataFrame({"USUBJID": ids[:30], "AETOXGR": "1", "TRTEMFL": "Y"})
    made = {"ADSL": adsl, "ADRS": pd.concat([response, initial]), "ADLB": pd.concat([peak, single])}
    return made | {"ADTTE": pd.concat(times), "ADAE": events}


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as readers give it: Categoricals, empty text is no value."""
    made = {
        name: collect_numbers(frame[name])
        if pd.api.types.is_numeric_dtype(frame[name])
        else collect_text([t or None for t in frame[name]])
        for name in frame
    }
    return pd.DataFrame(made)


def write_output(out: Path, frames: dict[str, pd.DataFrame]) -> Path:
    """An output with these analysis datasets."""
    folder = out / "m5" / "datasets" / "nct05471050" / "analysis" / "adam" / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        cells = columns(frame)
        variables = [XptVariable(str(v), str(v), is_numeric(cells[v].array)) for v in cells]
        write_xpt(
            folder / f"{name.lower()}.xpt",
            name,
            name,
            variables,
            {str(v): cells[v].array for v in cells},
            datetime(2023, 7, 31),
        )
    return out
