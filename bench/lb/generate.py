"""The raw files of the laboratory bench, with invented numbers: ``lb.csv`` (9 columns) and ``dm.csv`` (3 columns).

Each subject has 20 visits three weeks apart and 5 tests a visit. Shapes:

=====  ================================================================================================
two    results of two decimals: few distinct values
four   results of four decimals: about as many distinct values as half of the rows
times  as ``four``, and each visit has a clock time: as many distinct moments as visits
dirty  as ``two``, with what exports hold: unknown units, tests and visits, days that do not exist, partial dates,
       results that are words or limits, empty cells, exact duplicates, subjects that DM lacks
=====  ================================================================================================

Limits are whole numbers or end in a digit that counts: a tool that reads them as numbers writes the same text.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

SHAPES = ("two", "four", "times", "dirty")
VISITS, MONTHS = 20, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
TESTS = {
    "ALT": ("U/L", "5", "60"),
    "AST": ("U/L", "5", "60"),
    "GLUC": ("mg/dL", "70", "110"),
    "CREAT": ("mg/dL", "0.5", "1.3"),
    "HGB": ("g/dL", "11", "17"),
}
PER_SUBJECT = VISITS * len(TESTS)
Text = npt.NDArray[np.object_]


def generate(folder: Path, rows: int, shape: str, seed: int = 20261122) -> int:
    """Write both files of about ``rows`` rows (whole subjects); the number of rows of ``lb.csv``."""
    random = np.random.default_rng(seed)
    subjects = max(1, rows // PER_SUBJECT)
    number = np.arange(subjects)
    ids = np.char.zfill((number + 1).astype(str), 6).astype(object)
    sites = np.char.zfill((number % 60 + 1).astype(str), 3).astype(object)
    first = random.integers(0, 400, subjects)
    lb = pd.DataFrame(build_lb(random, ids, sites, first, shape))
    dm = pd.DataFrame(
        {"STUDYID": "DEMO", "USUBJID": "DEMO-" + sites + "-" + ids, "RFSTDTC": days().astype(str).astype(object)[first]}
    )
    if shape == "dirty":
        lb, dm = spoil(random, lb), dm[random.random(subjects) >= 0.01]
    folder.mkdir(parents=True, exist_ok=True)
    lb.to_csv(folder / "lb.csv", index=False, lineterminator="\n")
    dm.to_csv(folder / "dm.csv", index=False, lineterminator="\n")
    return len(lb)


def days() -> npt.NDArray[np.datetime64]:
    """The calendar of the study."""
    return np.arange("2024-01-01", "2026-06-19", dtype="datetime64[D]")


def build_lb(random: np.random.Generator, ids: Text, sites: Text, first: Any, shape: str) -> dict[str, Any]:
    """The columns of lb.csv, clean."""
    subject = np.repeat(np.arange(len(ids)), PER_SUBJECT)
    visit = np.tile(np.repeat(np.arange(VISITS), len(TESTS)), len(ids))
    test = np.tile(np.arange(len(TESTS)), len(ids) * VISITS)
    units, lows, highs = (np.array(c, object) for c in zip(*TESTS.values(), strict=True))
    return {
        "SITEID": sites[subject],
        "SUBJID": ids[subject],
        "VISIT": np.array([f"Week {i}" for i in range(VISITS)], object)[visit],
        "LBDAT": written_dates(random, first[subject] + visit * 21 - 5, shape),
        "TEST": np.array(list(TESTS), object)[test],
        "RESULT": written_results(random, highs.astype(float)[test], 4 if shape in ("four", "times") else 2),
        "UNIT": units[test],
        "NRLO": lows[test],
        "NRHI": highs[test],
    }


def written_dates(random: np.random.Generator, day: Any, shape: str) -> Text:
    """03JUL2024, or with a clock time 2024-07-03T08:15."""
    day = np.clip(day, 0, len(days()) - 1)
    if shape != "times":
        texts = [f"{d.day:02}{MONTHS[d.month - 1]}{d.year}" for d in days().astype(object)]
        dates: Text = np.array(texts, object)[day]
        return dates
    minute = np.repeat(random.integers(6 * 60, 21 * 60, len(day) // len(TESTS)), len(TESTS))
    moments, at = np.unique(days()[day].astype("datetime64[m]") + minute, return_inverse=True)
    written: Text = np.datetime_as_string(moments, unit="m").astype(object)
    return written[at]


def written_results(random: np.random.Generator, high: Any, decimals: int) -> Text:
    """0.7 to 1.3 times the upper limit, as decimal text without trailing zeros; one in a hundred is empty."""
    value = np.round(random.uniform(0.7, 1.3, len(high)) * high, decimals)
    distinct, at = np.unique(value, return_inverse=True)
    texts = np.array([f"{v:.{decimals}f}".rstrip("0").rstrip(".") for v in distinct.tolist()], object)[at]
    texts[random.random(len(texts)) < 0.01] = ""
    return texts


def spoil(random: np.random.Generator, lb: pd.DataFrame) -> pd.DataFrame:
    """What real exports hold, in 1 to 3 of a hundred rows each."""
    wrong = {
        "UNIT": (0.03, ("IU", "mg%", "mmol/l?", "")),
        "LBDAT": (0.03, ("31FEB2025", "UNMAR2025", "2025-03", "soon", "")),
        "TEST": (0.01, ("WBCX", "ALT2", "")),
        "VISIT": (0.01, ("Week 99", "Unplanned")),
        "RESULT": (0.03, ("<5.0", ">150", "HEMOLYZED", "ND", "5,2", " 12.5 ")),
        "NRLO": (0.01, ("", "n/a")),
        "SUBJID": (0.001, ("",)),
    }
    out = {}
    for name, column in lb.items():
        share, texts = wrong.get(str(name), (0.0, ("",)))
        values = column.to_numpy(dtype=object).copy()
        at = np.flatnonzero(random.random(len(values)) < share)
        values[at] = np.array(texts, object)[random.integers(0, len(texts), len(at))]
        out[str(name)] = values
    again = np.sort(random.choice(len(lb), max(1, len(lb) // 100), replace=False))
    order = np.sort(np.concatenate([np.arange(len(lb)), again]), kind="stable")
    return pd.DataFrame(out).iloc[order]


def main() -> None:
    """Write the files of one shape."""
    parser = argparse.ArgumentParser(prog="python -m bench.lb.generate", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--shape", choices=SHAPES, default="two")
    arguments = parser.parse_args()
    print(json.dumps({"rows": generate(arguments.folder, arguments.rows, arguments.shape)}))


if __name__ == "__main__":
    main()
