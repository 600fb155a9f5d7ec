"""A define.xml beside the data: which definition is of which variable of which file, and what its type lets in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from msgspec import Struct

from ..model.column import Column, is_numeric
from ..model.define import ItemDef, ItemGroupDef, ItemRef
from ..model.kept import once
from .columns import arrow_texts, matches, needed_define
from .dates import Dates, parse_dates
from .findings import NUMBER
from .iso8601 import DURATION
from .package import DatasetFile, Package, once_a_package
from .registry import NotApplicableError

NUMERIC = ("integer", "float")
SIZED = ("text", "integer", "float")
_CLOCK = r"([01]\d|2[0-3])"
_PLAIN = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_TIME = rf"{_CLOCK}(:[0-5]\d(:[0-5]\d(\.\d+)?)?)?(Z|[+-]\d{{2}}:\d{{2}})?"
_PATTERNS = {
    "integer": r"[+-]?\d+",
    "float": NUMBER,
    "time": rf"{_CLOCK}:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{{2}}:\d{{2}})?",
    "partialTime": _TIME,
    "durationDatetime": DURATION,
    "intervalDatetime": "[^/]+/[^/]+",
}


class Described(Struct, frozen=True):
    """A variable of a file with its definition: ItemRef of the dataset and ItemDef."""

    dataset: DatasetFile
    group: ItemGroupDef
    ref: ItemRef
    item: ItemDef

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.item.name or ""

    @property
    def cells(self) -> Column:
        """The variable's column."""
        return self.dataset.columns[self.name]


def described_datasets(package: Package) -> Iterator[tuple[DatasetFile, ItemGroupDef]]:
    """Files with their ItemGroupDef; NotApplicableError where none has one."""
    groups = {g.name: g for g in reversed(needed_define(package).item_groups)}
    found = [(d, groups[d.name]) for d in package.datasets if d.name in groups]
    if not found:
        raise NotApplicableError("define.xml describes none of the datasets")
    yield from found


@once_a_package
def described_variables(package: Package) -> tuple[Described, ...]:
    """Variables of files with their definitions."""
    define = needed_define(package)
    return tuple(
        Described(d, group, ref, item)
        for d, group in described_datasets(package)
        for ref in group.items
        if (item := define.item.get(ref.item or "")) is not None and item.name in d.columns
    )


def fits_type(cells: Column, data_type: str | None, dates: Dates | None = None) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) are of a data type of ODM 1.3.2, 2.13; unknown types let everything in.

    ``dates`` are the values as dates, where they are parsed already.
    """
    everything = np.ones(len(cells.categories), bool)
    if is_numeric(cells):
        values = cells.categories.to_numpy(dtype=np.float64)
        return np.floor(values) == values if data_type == "integer" else everything
    if data_type in _PATTERNS:
        return matches(cells, _PATTERNS[data_type])
    if data_type not in ("date", "datetime", "partialDate", "partialDatetime", "incompleteDatetime"):
        return everything
    dates = dates or parse_dates(cells)
    timeless = dates.parts[:, 3] < 0
    truncated = dates.valid & ((dates.parts >= 0).sum(axis=1) == dates.known)
    fits: dict[str, npt.NDArray[np.bool_]] = {
        "date": dates.valid & (dates.known == 3),
        "datetime": dates.valid & (dates.known == 6),
        "partialDate": truncated & timeless,
        "partialDatetime": truncated,
        "incompleteDatetime": dates.valid,
    }
    return fits[data_type]


@once
def decimals(cells: Column) -> npt.NDArray[np.int64]:
    """Decimal places of each distinct value (k,) that is a number, 0 of others."""
    array = arrow_texts(cells)
    dot = np.array(pc.find_substring(array, "."), np.int64)
    out = np.where(dot < 0, 0, np.array(pc.binary_length(array), np.int64) - dot - 1)
    odd = np.array(pc.match_substring(array, "e"), bool) if is_numeric(cells) else ~matches(cells, _PLAIN)
    for i in np.flatnonzero(odd).tolist():
        out[i] = _decimals(array[i].as_py())
    return out


def _decimals(text: str) -> int:
    """Places after the point.

    >>> _decimals("31.50"), _decimals("1e-07"), _decimals("90"), _decimals("<2.0")
    (2, 7, 0, 0)
    """
    head, _, tail = text.partition(".")
    if tail.isdigit() and head.lstrip("+-").isdigit():
        return len(tail)
    if "e" in text and text.replace("e", "").replace(".", "").replace("-", "").replace("+", "").isdigit():
        return max(0, -int(Decimal(text).as_tuple().exponent))
    return 0
