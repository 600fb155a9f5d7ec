"""Tables of maps/: recoding a text by a row of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .registry import Table


def rows_for(table: Table, source: str | None) -> dict[str, int]:
    """Raw text -> row of the table; a row that names the source wins over a general one.

    The raw text is the table's first column that is not ``source``.
    """
    key = next(c for c in table.columns if c != "source")
    scopes = table.column("source") if "source" in table.columns else [None] * len(table)
    general, own = {}, {}
    for i, (raw, scope) in enumerate(zip(table.column(key), scopes, strict=True)):
        if raw is not None and not scope:
            general[raw] = i
        elif raw is not None and scope == source:
            own[raw] = i
    return {**general, **own}


def recode(values: pa.Array, table: Table, to: str, source: str | None) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """What the table says for each text (null where it says nothing), and which texts it lacks.

    A text is looked up as it is, then without outer blanks and in any case.
    """
    rows = rows_for(table, source)
    loose = {raw.strip().casefold(): i for raw, i in reversed(rows.items())}
    terms = table.column(to)
    texts = values.to_pylist()
    found = [_row(t, rows, loose) for t in texts]
    out = [None if i is None else terms[i] for i in found]
    unknown = np.array([t is not None and i is None for t, i in zip(texts, found, strict=True)], bool)
    return pa.array(out, pa.string()), unknown


def _row(text: str | None, rows: dict[str, int], loose: dict[str, int]) -> int | None:
    if text is None:
        return None
    exact = rows.get(text)
    return loose.get(text.strip().casefold()) if exact is None else exact


def null_where(values: Any, mask: Any) -> Any:
    """The array without the entries at a mask."""
    return pc.if_else(pa.array(np.asarray(mask)), None, values)
