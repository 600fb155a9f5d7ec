"""The cells of LB that two tools wrote, by subject and sequence number."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cdisc_itp.model.column import codes_of, joined, numbers, values_of
from cdisc_itp.readers.xpt import read_xpt

COLUMNS = (
    *("STUDYID", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD", "LBTEST", "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI"),
    *("LBSTRESC", "LBSTRESN", "LBSTRESU", "LBNRIND", "LBLOBXFL", "VISITNUM", "VISIT", "LBDTC", "LBDY"),
)


def differences(ours: Path, theirs: Path) -> dict[str, tuple[int, list[str]]]:
    """Of each column the number of cells that differ and the first three of them; empty where all are equal.

    Records are paired by USUBJID and LBSEQ; another number of records is a difference of its own.
    """
    a, b = (read_xpt(p).frame for p in (ours, theirs))
    if len(a) != len(b):
        return {"records": (abs(len(a) - len(b)), [f"{len(a)} / {len(b)}"])}
    subject = codes_of(joined([a["USUBJID"].array, b["USUBJID"].array]))
    rows_a = np.lexsort((numbers(a["LBSEQ"].array), subject[: len(a)]))
    rows_b = np.lexsort((numbers(b["LBSEQ"].array), subject[len(a) :]))
    out = {}
    for name in COLUMNS:
        pairs = differing(a, b, name, rows_a, rows_b)
        if pairs[0]:
            out[name] = pairs
    return out


def differing(
    a: pd.DataFrame, b: pd.DataFrame, name: str, rows_a: npt.NDArray[np.int64], rows_b: npt.NDArray[np.int64]
) -> tuple[int, list[str]]:
    """How many cells of one column differ, and the first of them."""
    both = joined([a[name].array, b[name].array])
    codes, values = codes_of(both), values_of(both)
    left, right = codes[: len(a)][rows_a], codes[len(a) :][rows_b]
    at = np.flatnonzero(left != right)
    shown = [f"{_shown(values, left[i])} / {_shown(values, right[i])}" for i in at[:3].tolist()]
    return len(at), shown


def _shown(values: npt.NDArray[np.object_], code: int) -> str:
    return repr(values[code].item() if isinstance(values[code], np.generic) else values[code]) if code >= 0 else "-"


def main() -> None:
    """Print the differences of two files as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.lb.compare", description=main.__doc__)
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path)
    arguments = parser.parse_args()
    print(json.dumps(differences(arguments.ours, arguments.theirs)))


if __name__ == "__main__":
    main()
