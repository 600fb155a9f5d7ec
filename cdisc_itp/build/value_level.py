"""Value level items: what a variable holds for each value of the variables that it is described by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace

from ..model.column import Codes, Column, codes_of, distinct_tuples, present
from ..model.metadata import Observed, ValueLevelItem, ValueLevelPlan, VariablePlan
from ..model.where import Comparison, WhereClause
from .sizes import Indices, Sizes, are_numbers, observed_of, texts_of


class Groups(Struct, frozen=True):
    """The records of each distinct value of the ``by`` variables: number (n,), and where clause of each."""

    codes: Codes
    where: list[WhereClause]


def groups_by(columns: Mapping[str, Column], by: tuple[str, ...]) -> Groups:
    """Groups of the records by the variables ``by``."""
    codes, parts = distinct_tuples([columns[name] for name in by])
    texts = [texts_of(columns[name], part) for name, part in zip(by, parts, strict=True)]
    where = [
        WhereClause(tuple(Comparison(name, "EQ", (value,)) for name, value in zip(by, values, strict=True)))
        for values in zip(*texts, strict=True)
    ]
    return Groups(codes, where)


def observe_items(
    variable: VariablePlan, level: ValueLevelPlan, column: Column, sizes: Sizes, groups: Groups
) -> list[ValueLevelItem]:
    """One item for each group in which the variable has a value, in the order of the ``by`` values."""
    own = {item.name: item for item in level.items} if len(level.by) == 1 else {}
    with_terms = any(v.codelist for v in (variable, *own.values()))
    no_terms = are_numbers(column) if with_terms and is_result(variable) else None
    items = []
    for group, observed in _observed_by_group(column, sizes, groups, with_terms, no_terms).items():
        where = groups.where[group]
        special = own.get(compared_values(where)[0])
        codelist = special.codelist if special else variable.codelist
        if no_terms is not None and not observed.terms:
            codelist = None
        seen = observed if codelist else replace(observed, terms=())
        data_type = item_type(special, codelist, seen)
        items.append(ValueLevelItem(variable.name, where, seen, variable.numeric, data_type, codelist, special))
    return sorted(items, key=lambda i: compared_values(i.where))


def is_result(variable: VariablePlan) -> bool:
    """Whether the variable holds results as text: its codelist is for those that are words, a number is no term."""
    return not variable.numeric and variable.name.endswith(("ORRES", "STRESC"))


def item_type(plan: VariablePlan | None, codelist: str | None, observed: Observed) -> str:
    """Define-XML's data type of an item: a codelist's terms are text, and so is what the spec calls text."""
    is_text = codelist is not None or (plan is not None and plan.data_type == "text")
    return "text" if is_text else observed.data_type or "text"


def compared_values(where: WhereClause) -> tuple[str, ...]:
    """The values that a where clause compares with."""
    return tuple(v for c in where.comparisons for v in c.values)


def _observed_by_group(
    column: Column, sizes: Sizes, groups: Groups, with_terms: bool, no_terms: npt.NDArray[np.bool_] | None
) -> dict[int, Observed]:
    """Observed of each group that has a value; ``no_terms`` are the distinct values that are none (k,).

    Distinct values of equal length, digits and type stand for each other, so that there are few pairs to look at.
    """
    here = present(column)
    group, code = groups.codes[here], codes_of(column)[here]
    counts = np.bincount(group, minlength=len(groups.where))
    profile, first = _profiles(sizes)
    values = {g: first[p] for g, p in _split(*_pairs(group, profile[code], len(first))).items()}
    terms: dict[int, list[str]] = {}
    if with_terms:
        words = slice(None) if no_terms is None else ~no_terms[code]
        found = _split(*_pairs(group[words], code[words], len(column.categories)))
        terms = {g: texts_of(column, which) for g, which in found.items()}
    return {g: observed_of(sizes, which, int(counts[g]), terms.get(g, ())) for g, which in values.items()}


def _profiles(sizes: Sizes) -> tuple[Indices, Indices]:
    """Number of each distinct value's profile (k,), and one value of each profile."""
    key = (sizes.length * (sizes.digits.max(initial=0) + 1) + sizes.digits) * 16 + sizes.kind
    profile, distinct = pd.factorize(key)
    first = np.zeros(len(distinct), np.int64)
    first[profile] = np.arange(len(profile))
    return profile, first


def _pairs(left: Indices, right: Indices, size: int) -> tuple[Indices, Indices]:
    """The distinct pairs of codes; ``size`` is the number of right codes, -1 not counted."""
    pairs = pd.unique(left.astype(np.int64) * (size + 1) + right + 1)
    return pairs // (size + 1), pairs % (size + 1) - 1


def _split(groups: Indices, values: Indices) -> dict[int, Indices]:
    """The values of each group."""
    order = np.argsort(groups, kind="stable")
    numbers, starts = np.unique(groups[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(values[order], starts[1:]), strict=True)) if len(order) else {}
