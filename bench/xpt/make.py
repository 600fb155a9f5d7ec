"""The table of the transport file bench: 24 variables, 18 of text and 6 of numbers, 389 bytes a record, invented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc_itp.model.column import Column, number_column, text_column

# Name: bytes, distinct values (a share of the records where it is below 1, else a number).
TEXT: dict[str, tuple[int, float]] = {
    "STUDYID": (12, 1),
    "DOMAIN": (2, 1),
    "USUBJID": (22, 0.01),
    "LBREFID": (16, 0.5),
    "LBTESTCD": (8, 40),
    "LBTEST": (40, 40),
    "LBCAT": (20, 5),
    "LBSCAT": (24, 12),
    "LBORRES": (12, 0.4),
    "LBORRESU": (10, 30),
    "LBORNRLO": (8, 60),
    "LBORNRHI": (8, 60),
    "LBSTRESC": (12, 0.4),
    "LBSTRESU": (10, 25),
    "LBSPEC": (20, 4),
    "LBMETHOD": (36, 15),
    "LBDTC": (16, 0.2),
    "LBCOM": (65, 0.05),
}
NUMBERS: dict[str, float] = {
    "LBSEQ": 500,
    "LBSTRESN": 0.4,
    "VISITNUM": 20,
    "LBDY": 900,
    "LBSTNRLO": 60,
    "LBSTNRHI": 60,
}
RECORD = sum(width for width, _ in TEXT.values()) + 8 * len(NUMBERS)
LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8)


def make_columns(rows: int, seed: int = 20261122) -> dict[str, Column]:
    """The engine's own columns. A value is missing in 95 of 100 records of LBCOM and in 5 of LBSTRESC and LBSTRESN."""
    random = np.random.default_rng(seed)
    out: dict[str, Column] = {}
    for name, (width, share) in TEXT.items():
        values = _texts(random, width, _count(share, rows))
        out[name] = text_column(_codes(random, name, rows, len(values)), values)
    for name, share in NUMBERS.items():
        numbers = np.unique(np.round(random.uniform(0, 2000, _count(share, rows)), 3))
        out[name] = number_column(_codes(random, name, rows, len(numbers)), numbers)
    return out


def _count(share: float, rows: int) -> int:
    return max(1, int(share * rows) if share < 1 else int(share))


def _texts(random: np.random.Generator, width: int, count: int) -> list[str]:
    """Distinct texts, the longest of them ``width`` bytes."""
    letters = LETTERS[random.integers(0, len(LETTERS), (count, width))]
    lengths = random.integers((width + 1) // 2, width + 1, count)
    lengths[0] = width
    texts = {bytes(row[:n]).decode("ascii"): None for row, n in zip(letters, lengths.tolist(), strict=True)}
    return list(texts)


def _codes(random: np.random.Generator, name: str, rows: int, count: int) -> Any:
    codes = random.integers(0, count, rows)
    codes[0] = 0
    missing = {"LBCOM": 0.95, "LBSTRESC": 0.05, "LBSTRESN": 0.05}.get(name, 0.0)
    codes[1:][random.random(rows - 1) < missing] = -1
    return codes


def as_frame(columns: dict[str, Column]) -> pd.DataFrame:
    """The table as pandas users have it: ``str`` and ``float64``."""
    out = {}
    for name, column in columns.items():
        series = pd.Series(column)
        out[name] = series.astype("float64" if name in NUMBERS else "str")
    return pd.DataFrame(out)
