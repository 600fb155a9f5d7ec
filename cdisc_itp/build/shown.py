"""Values as a story shows them."""

from __future__ import annotations

from typing import Any

from ..model.column import Column, decoded


def shown(column: Column, i: int) -> str | None:
    """One value as text; whole numbers without decimals."""
    code = int(column.codes[i])
    return None if code < 0 else number_text(column.categories[code])


def shown_values(column: Column) -> list[str | None]:
    """One text a record."""
    return [None if v is None else number_text(v) for v in decoded(column).tolist()]


def number_text(value: Any) -> str:
    """A number as text, whole numbers without decimals; text as it is.

    >>> number_text(12.0), number_text(0.1), number_text("007")
    ('12', '0.1', '007')
    """
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if float(value).is_integer() else repr(float(value))
