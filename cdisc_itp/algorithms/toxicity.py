"""Toxicity grades of laboratory results, by a table of criteria such as CTCAE's.

A row of the table is one criterion: a grade begins where the result is below or above a bound. The grade is the
highest whose criterion holds. A criterion holds, does not hold, or is not known (no limit, no baseline, another unit,
``<2.0`` around the bound); where one of a higher grade is not known, there is no grade.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from ..model.column import Column, Rows, arrow_values, distinct_tuples, take, text_column
from .change import flagged_rows
from .numbers import LIMITED
from .registry import Algorithm, MapName, Records, Ref, Table, algorithm
from .values import ANY_NUMBER, PLAIN_NUMBER, Mask, as_text, fits, kept, matching

CRITERIA = ("test", "direction", "grade", "relation", "bound", "basis", "baseline", "unit", "term")
DIRECTIONS = ("LOW", "HIGH")
RELATIONS = ("LT", "LE", "GT", "GE")
BASES = ("value", "x ULN", "x LLN", "x baseline", "ULN +", "LLN +", "baseline +")
_ABNORMAL = {"NORMAL": False, "ABNORMAL": True}
_PLACES = 9
_UNKNOWN = -1

Floats = npt.NDArray[np.float64]
Grades = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ToxicityWord(Algorithm):
    """Common to the words that grade: what they read."""

    result: Ref
    test: Ref
    unit: Ref
    low: Ref
    high: Ref
    baseline: Ref
    indicator: Ref
    table: MapName
    by: tuple[Ref, ...] = ()
    direction: Literal["LOW", "HIGH"] | None = None
    scope = "dataset"

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The criteria."""
        return {self.table: CRITERIA}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Criteria that cannot be used, and grades that are said twice in one way."""
        bounds: dict[tuple[str, ...], dict[int, float]] = {}
        terms: dict[tuple[str, str], str] = {}
        for i, cells in enumerate(zip(*(table.column(c) for c in CRITERIA), strict=True)):
            row = dict(zip(CRITERIA, (c or "" for c in cells), strict=True))
            flaw = _flaw(row)
            if not flaw:
                others = bounds.setdefault(tuple(row[k] for k in ("test", "direction", "basis", "baseline")), {})
                flaw = _disordered(row, others) or _renamed(row, terms)
            if flaw:
                yield i, flaw

    def baselines(self, records: Records) -> Rows:
        """The one flagged record of each record's subject, test and ``by`` (n,), -1 where there is none or several."""
        return flagged_rows(records, self.baseline, (self.test, *self.by))[0]

    def graded(self, records: Records) -> tuple[Rows, Grades, Grades, Criteria]:
        """Number of each record's distinct case (n,), then grade and criterion of each case (k,), -1 without one."""
        at = self.baselines(records)
        names = (self.test, self.unit, self.result, self.low, self.high)
        columns = [*(records[n] for n in names), take(records[self.result], at), take(records[self.indicator], at)]
        group, parts = distinct_tuples(columns)
        distinct = [_distinct(c, p) for c, p in zip(columns, parts, strict=True)]
        criteria = Criteria(records.table(self.table))
        grade, row = criteria.grade(self.direction, *distinct)
        return group.astype(np.int64), grade, row, criteria

    def _by(self) -> str:
        by = "".join(f", {b}" for b in self.by)
        low_or_high = f" {self.direction}" if self.direction else ""
        return (
            f"the{low_or_high} criteria of {self.test} in table {self.table}: {self.result} in {self.unit} against "
            f"fixed values, {self.low}, {self.high} and the subject's baseline (the {self.result} and "
            f"{self.indicator} of the record with {self.baseline} Y, by {self.test}{by})"
        )


@algorithm
class ToxicityGrade(ToxicityWord):
    """The toxicity grade of a laboratory result: the highest of a table's criteria that it meets, 0 where none.

    ``table`` has the columns test, direction (LOW, HIGH), grade (1 to 5), relation (LT, LE, GT, GE) and bound: the
    grade begins where the result is below (above) the bound; basis says of what the bound is: ``value`` in unit,
    ``x ULN``, ``x LLN``, ``x baseline``, or ``ULN +``, ``LLN +``, ``baseline +`` and the bound in unit; baseline
    (NORMAL, ABNORMAL or empty) says for which ``indicator`` of the baseline the criterion is meant (abnormal is an
    indicator of the row's own direction), and term is the toxicity. ``baseline`` is the variable that flags the
    baseline record. No grade where the table lacks the test, and where it is not certain: a limit or a baseline that
    is not known, another unit, or a ``<2.0`` around a bound, as long as a higher grade hangs on it.

    >>> word = ToxicityGrade(*map(Ref, ("EGSTRESC", "EGTESTCD", "U", "LO", "HI", "FL", "IND")), MapName("ctcae"))
    >>> word.describe().partition(" in table")[0]
    'Highest grade that is met of the criteria of EGTESTCD'
    """

    def apply(self, records: Records) -> Column:
        """Grades as text."""
        group, grade, _, _ = self.graded(records)
        return text_column(grade[group], [str(g) for g in range(6)])

    def describe(self) -> str:
        """The method in a sentence."""
        return (
            f"Highest grade that is met of {self._by()}; 0 where none is met; no grade where a limit, the baseline or "
            f"the result is not known well enough to tell."
        )


@algorithm
class ToxicityTerm(ToxicityWord):
    """The term of the toxicity whose grade ``toxicity_grade`` gives; none where the grade is 0 or missing.

    The parameters are those of ``toxicity_grade``.

    >>> word = ToxicityTerm(*map(Ref, ("EGSTRESC", "EGTESTCD", "U", "LO", "HI", "FL", "IND")), MapName("ctcae"))
    >>> word.describe().partition(" in table")[0]
    'Term of the highest grade above 0 that is met of the criteria of EGTESTCD'
    """

    def apply(self, records: Records) -> Column:
        """Terms of the table."""
        group, _, row, criteria = self.graded(records)
        terms = list(dict.fromkeys(criteria.terms))
        number = np.array([*(terms.index(t) for t in criteria.terms), -1], np.int64)
        return text_column(number[row][group], terms)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Term of the highest grade above 0 that is met of {self._by()}."


class _Interval(Struct, frozen=True):
    """Numbers that are known to lie between two ends, both included; NaN: nothing is known."""

    first: Floats
    last: Floats

    def at(self, rows: Rows) -> _Interval:
        return _Interval(self.first[rows], self.last[rows])

    def scaled(self, factor: float, plus: float) -> _Interval:
        ends = [_exact(end * factor + plus) for end in (self.first, self.last)]
        return _Interval(np.minimum(*ends), np.maximum(*ends))


class _Case(Struct, frozen=True):
    """The distinct cases (k,) of one test."""

    unit: npt.NDArray[np.object_]
    value: _Interval
    low: _Interval
    high: _Interval
    baseline: _Interval
    indicator: npt.NDArray[np.object_]


class Criteria:
    """A table of criteria, ready for arrays of distinct cases."""

    def __init__(self, table: Table) -> None:
        columns = (table.column(c) for c in CRITERIA)
        self.rows = [dict(zip(CRITERIA, (c or "" for c in row), strict=True)) for row in zip(*columns, strict=True)]
        self.terms = [r["term"] for r in self.rows]

    def grade(
        self,
        direction: str | None,
        tests: Any,
        units: Any,
        results: Any,
        lows: Any,
        highs: Any,
        baselines: Any,
        indicators: Any,
    ) -> tuple[Grades, Grades]:
        """Grade of each case (k,) and the criterion that gives it; -1 where there is none (a grade of 0 has none).

        Of both directions, or of one: a test without criteria of it has no grade.
        """
        names = _objects(tests)
        value, low, high, baseline = (_interval(texts) for texts in (results, lows, highs, baselines))
        case = _Case(_objects(units), value, low, high, baseline, _objects(indicators))
        grade, row = np.full(len(names), _UNKNOWN, np.int64), np.full(len(names), _UNKNOWN, np.int64)
        rows = (r for r in self.rows if direction is None or r["direction"] == direction)
        for test in dict.fromkeys(r["test"] for r in rows):
            at = np.flatnonzero(names == test)
            if len(at):
                grade[at], row[at] = self._of_test(test, _part(case, at), direction)
        return grade, row

    def _of_test(self, test: str, case: _Case, direction: str | None) -> tuple[Grades, Grades]:
        if direction is not None:
            grade, by = self._of_direction(test, direction, case)
            return grade, np.where(grade > 0, by, _UNKNOWN)
        low, high = (self._of_direction(test, d, case) for d in DIRECTIONS)
        # A result is low or high, never both: the direction that is met decides; 0 needs both to be known.
        by_low, by_high = (low[0] > 0) & (high[0] <= 0), (high[0] > 0) & (low[0] <= 0)
        grade = np.select([by_low, by_high, (low[0] == 0) & (high[0] == 0)], [low[0], high[0], 0], _UNKNOWN)
        return grade, np.select([by_low, by_high], [low[1], high[1]], _UNKNOWN)

    def _of_direction(self, test: str, direction: str, case: _Case) -> tuple[Grades, Grades]:
        certain, possible = np.zeros(len(case.unit), np.int64), np.zeros(len(case.unit), np.int64)
        by = np.full(len(case.unit), _UNKNOWN, np.int64)
        for i, row in enumerate(self.rows):
            if (row["test"], row["direction"]) == (test, direction):
                grade, (holds, fails) = int(row["grade"]), _met(row, case)
                higher = holds & (grade > certain)
                certain, by = np.where(higher, grade, certain), np.where(higher, i, by)
                possible = np.where(fails, possible, np.maximum(possible, grade))
        known = (certain == possible) & ~np.isnan(case.value.first)
        return np.where(known, certain, _UNKNOWN), np.where(known, by, _UNKNOWN)


def _met(row: dict[str, str], case: _Case) -> tuple[Mask, Mask]:
    """Where a criterion is sure to hold, and where it is sure not to."""
    bound, basis = float(row["bound"]), row["basis"]
    base = {"ULN": case.high, "LLN": case.low, "baseline": case.baseline}.get(basis.strip("x +"))
    if base is None:
        limit = _Interval(np.full(len(case.unit), bound), np.full(len(case.unit), bound))
    else:
        limit = base.scaled(bound, 0) if basis.startswith("x") else base.scaled(1, bound)
    holds, fails = _compared(row["relation"], case.value, limit)
    if not basis.startswith("x"):
        same_unit = case.unit == row["unit"]
        holds, fails = holds & same_unit, fails & same_unit
    if row["baseline"]:
        known = np.array([i is not None for i in case.indicator], bool)
        meant = known & ((case.indicator == row["direction"]) == _ABNORMAL[row["baseline"]])
        holds, fails = holds & meant, fails | (known & ~meant)
    return holds, fails


def _compared(relation: str, value: _Interval, limit: _Interval) -> tuple[Mask, Mask]:
    """Where value RELATION limit is sure, and where the contrary is; NaN is neither."""
    if relation == "LT":
        return value.last < limit.first, value.first >= limit.last
    if relation == "LE":
        return value.last <= limit.first, value.first > limit.last
    if relation == "GT":
        return value.first > limit.last, value.last <= limit.first
    return value.first >= limit.last, value.last < limit.first


def _interval(texts: Any) -> _Interval:
    """Where each number lies: ``<2.0`` below 2.0, ``>=9`` from 9; NaN where a text is no number."""
    encoded = as_text(texts).dictionary_encode()
    at = np.asarray(encoded.indices.fill_null(-1))
    return _Interval(*(np.append(end, np.nan)[at] for end in _ends(encoded.dictionary)))


def _ends(texts: Any) -> tuple[Floats, Floats]:
    """First and last number of what each text (k,) says."""
    parts = pc.extract_regex(texts, LIMITED)
    sign = np.asarray(pc.fill_null(pc.struct_field(parts, "sign"), "").to_numpy(zero_copy_only=False), object)
    number = pc.struct_field(parts, "number")
    plain = pc.cast(kept(number, matching(number, ANY_NUMBER)), pa.float64())
    value = np.asarray(pc.fill_null(plain, np.nan), np.float64)
    known = ~np.isnan(value)
    first = np.where(known & (sign == ">"), np.nextafter(value, np.inf), value)
    last = np.where(known & (sign == "<"), np.nextafter(value, -np.inf), value)
    first = np.where(known & ((sign == "<") | (sign == "<=")), -np.inf, first)
    return first, np.where(known & ((sign == ">") | (sign == ">=")), np.inf, last)


def _exact(numbers: Floats) -> Floats:
    """The number that was meant: 1.5 x 1.1 is 1.65, as its text would be, not the binary 1.6500000000000001."""
    return np.where(np.abs(numbers) < 1e6, np.round(numbers, _PLACES), numbers)


def _part(case: _Case, at: Rows) -> _Case:
    return _Case(
        case.unit[at],
        case.value.at(at),
        case.low.at(at),
        case.high.at(at),
        case.baseline.at(at),
        case.indicator[at],
    )


def _distinct(column: Column, codes: npt.NDArray[np.int32]) -> Any:
    """The values of distinct cases as an Arrow array (k,)."""
    texts = as_text(arrow_values(column))
    return texts.take(pa.array(codes, pa.int64(), mask=codes < 0))


def _objects(texts: Any) -> npt.NDArray[np.object_]:
    return np.array(as_text(texts).to_pylist(), dtype=object)


def _flaw(row: dict[str, str]) -> str:
    """What is wrong with a criterion, or nothing.

    >>> _flaw(dict(zip(CRITERIA, ["K", "LOW", "1", "GT", "1", "x LLN", "", "", "Hypokalemia"])))
    'relation GT is of the other direction than LOW'
    """
    words = {"direction": DIRECTIONS, "grade": tuple("12345"), "relation": RELATIONS, "basis": BASES}
    for name, known in words.items():
        if row[name] not in known:
            return f"{name} '{row[name]}' is none of {', '.join(known)}"
    if row["baseline"] not in ("", "NORMAL", "ABNORMAL"):
        return f"baseline '{row['baseline']}' is none of NORMAL, ABNORMAL (or empty)"
    if not fits(row["bound"], PLAIN_NUMBER):
        return f"bound '{row['bound']}' is no number such as 2.5"
    if (row["relation"] in ("LT", "LE")) != (row["direction"] == "LOW"):
        return f"relation {row['relation']} is of the other direction than {row['direction']}"
    if not row["test"] or not row["term"]:
        return "a criterion needs a test and a term"
    if row["basis"].startswith("x") == bool(row["unit"]):
        return "a multiple has no unit" if row["unit"] else f"the bound of basis '{row['basis']}' needs a unit"
    return ""


def _disordered(row: dict[str, str], others: dict[int, float]) -> str:
    """A grade that is said twice in one way, or whose bound does not lie beyond those of lower grades."""
    grade, bound, up = int(row["grade"]), float(row["bound"]), row["direction"] == "HIGH"
    if grade in others:
        return f"{row['test']} has grade {grade} of {row['direction']} twice by {row['basis']}"
    worse = bound if up else -bound
    wrong = any((worse > (b if up else -b)) != (grade > g) for g, b in others.items())
    others[grade] = bound
    return f"bound '{row['bound']}' of grade {grade} is out of order with the other grades" if wrong else ""


def _renamed(row: dict[str, str], terms: dict[tuple[str, str], str]) -> str:
    """A second term for one test and direction."""
    known = terms.setdefault((row["test"], row["direction"]), row["term"])
    again = f"{row['test']} {row['direction']} is '{known}' elsewhere, and '{row['term']}' here"
    return "" if known == row["term"] else again
