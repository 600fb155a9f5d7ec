"""Tables of maps/: recoding a text by a row of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from .registry import Table
from .values import TEXT, Mask, as_text

SEVERAL = "\0"


def folded(text: str) -> str:
    """Text without outer blanks and without regard to case."""
    return text.strip().casefold()


def by_folded(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    """What each text means without regard to case and outer blanks; ``SEVERAL`` where spellings disagree.

    >>> by_folded([("Yes", "Y"), ("YES", "Y"), ("u", "U"), ("U", "NA")]) == {"yes": "Y", "u": SEVERAL}
    True
    """
    out: dict[str, str | None] = {}
    for text, meaning in pairs:
        key = folded(text)
        out[key] = meaning if out.get(key, meaning) == meaning else SEVERAL
    return out


def key_column(columns: tuple[str, ...]) -> str:
    """The column with the raw text: the first that is not ``source``."""
    return next(c for c in columns if c != "source")


def recode(values: Any, table: Table, to: str, source: str | None) -> tuple[Any, Mask]:
    """What column ``to`` says for each text (k,), null where it says nothing, and which texts the table lacks.

    A text is looked up as it is, then without regard to case and outer blanks; where rows that differ in nothing
    else disagree, the text is lacking. A row that names the source wins over a general one.
    """
    exact, loose = _rows_for(table, to, source)
    texts = as_text(values).to_pylist()
    found = [None if t is None else exact[t] if t in exact else loose.get(folded(t), SEVERAL) for t in texts]
    unknown = np.array([f == SEVERAL for f in found], bool)
    return pa.array([None if f == SEVERAL else f for f in found], TEXT), unknown


def _rows_for(table: Table, to: str, source: str | None) -> tuple[dict[str, str | None], dict[str, str | None]]:
    raw, terms = table.column(key_column(table.columns)), table.column(to)
    scopes = table.column("source") if "source" in table.columns else [None] * len(table)
    rows = [(r, t, s) for r, t, s in zip(raw, terms, scopes, strict=True) if r is not None]
    general = [(r, t) for r, t, s in rows if s is None]
    own = [(r, t) for r, t, s in rows if s is not None and s == source]
    return {**dict(general), **dict(own)}, {**by_folded(general), **by_folded(own)}
