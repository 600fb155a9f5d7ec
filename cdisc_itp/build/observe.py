"""What the data hold: lengths, digits, types, terms of each variable and of each value level item.

Everything is computed on distinct values, and what partitions hold merges into what the whole holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from msgspec.structs import replace

from ..model.column import Column, distinct_tuples, present
from ..model.dataset import Dataset
from ..model.metadata import DatasetPlan, Observed, ValueLevelItem, VariablePlan
from ..model.where import WhereClause
from .sizes import DATES, NUMBERS, Indices, Sizes, are_numbers, compute_sizes, join_types, observed_of, texts_of
from .value_level import Groups, compared_values, groups_by, is_result, item_type, observe_items

# ISO 8601 in the order of how often a form occurs; a value counts for the first that fits.
_DATE_TYPES = (
    *("date", "datetime", "partialDatetime", "partialDate", "time", "partialTime"),
    *("durationDatetime", "intervalDatetime", "incompleteDatetime"),
)


def observe(plan: DatasetPlan, frame: pd.DataFrame, encoding: str = "utf-8") -> Dataset:
    """The dataset with what was observed: Observed by variable, value level items by ``plan.value_level``.

    ``frame`` holds the plan's variables as Categoricals (a variable that it does not hold has no Observed);
    lengths are in bytes of ``encoding``. A value level item is made for each distinct value of the ``by``
    variables for which the variable has a value; where a ``by`` variable is missing, its comparison is with the
    empty text. Text that is all numbers makes an item "integer" or "float", unless it has a codelist; the codelist
    of a result (--ORRES, --STRESC) is for words only, numbers and limits such as "<2.0" are none of its terms.
    """
    every: dict[str, Column] = {str(name): cells.array for name, cells in frame.items()}
    columns = {v.name: every[v.name] for v in plan.variables if v.name in every}
    levels = [x for x in plan.value_level if {x.variable, *x.by} <= columns.keys()]
    by_value = {x.variable for x in levels}
    sizes = {
        name: compute_sizes(column, encoding, _types(plan.variable(name), name in by_value))
        for name, column in columns.items()
    }
    observed = {
        name: _observe_variable(plan.variable(name), columns[name], s, _decode(plan, columns, name))
        for name, s in sizes.items()
    }
    groups: dict[tuple[str, ...], Groups] = {by: groups_by(columns, by) for by in {x.by for x in levels}}
    items = [
        item
        for x in levels
        for item in observe_items(plan.variable(x.variable), x, columns[x.variable], sizes[x.variable], groups[x.by])
    ]
    return Dataset(plan, every, observed, tuple(items))


def merge_observed(a: Observed, b: Observed) -> Observed:
    """What two partitions hold together.

    >>> merge_observed(Observed(length=2, n=3, data_type="integer"), Observed(4, 1, False, 2, (), "float"))
    Observed(length=4, digits=1, integer=False, n=5, terms=(), data_type='float', decodes=())
    """
    data_type = join_types((a.data_type, b.data_type))
    return Observed(
        length=max(a.length, b.length),
        digits=max(a.digits, b.digits) if data_type == "float" else 0,
        integer=a.integer and b.integer,
        n=a.n + b.n,
        terms=tuple(sorted({*a.terms, *b.terms})),
        data_type=data_type,
        decodes=tuple(sorted({*a.decodes, *b.decodes})),
    )


def merge_value_level(plan: DatasetPlan, *parts: Sequence[ValueLevelItem]) -> tuple[ValueLevelItem, ...]:
    """The value level items of all partitions together, in the order that ``observe`` gives them."""
    merged: dict[tuple[str, WhereClause], ValueLevelItem] = {}
    for item in (item for part in parts for item in part):
        known = merged.get((item.variable, item.where))
        merged[item.variable, item.where] = item if known is None else _merge_items(known, item)
    order = {level.variable: i for i, level in enumerate(plan.value_level)}
    return tuple(sorted(merged.values(), key=lambda i: (order[i.variable], compared_values(i.where))))


def _merge_items(a: ValueLevelItem, b: ValueLevelItem) -> ValueLevelItem:
    observed = merge_observed(a.observed, b.observed)
    codelist = a.codelist or b.codelist
    return replace(a, observed=observed, codelist=codelist, data_type=item_type(a.plan, codelist, observed))


def _types(plan: VariablePlan, by_value: bool) -> tuple[str, ...]:
    """The types to look for in a variable's text."""
    if plan.data_type in DATES:
        return _DATE_TYPES
    return NUMBERS if by_value and (is_result(plan) or not plan.codelist) else ()


def _decode(plan: DatasetPlan, columns: Mapping[str, Column], name: str) -> Column | None:
    """The column that decodes a variable, if any."""
    return next((columns[v.name] for v in plan.variables if v.decode_of == name and v.name in columns), None)


def _observe_variable(plan: VariablePlan, column: Column, sizes: Sizes, decode: Column | None) -> Observed:
    here = np.flatnonzero(sizes.used)
    observed = observed_of(sizes, here, int(present(column).sum()), _terms(plan, column, here))
    if decode is not None:
        coded, decoded = distinct_tuples([column, decode])[1]
        both = (coded >= 0) & (decoded >= 0)
        pairs = zip(texts_of(column, coded[both]), texts_of(decode, decoded[both]), strict=True)
        observed = replace(observed, decodes=tuple(sorted(pairs)))
    if plan.numeric or plan.data_type in DATES or not observed.n:
        return observed
    return replace(observed, data_type="text", digits=0, integer=False)


def _terms(plan: VariablePlan, column: Column, here: Indices) -> list[str]:
    """The distinct values that are terms of the variable's codelist."""
    if not plan.codelist:
        return []
    return texts_of(column, here[~are_numbers(column)[here]] if is_result(plan) else here)
