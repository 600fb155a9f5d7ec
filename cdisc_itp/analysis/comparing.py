"""What was reported beside what was computed, and the status that follows by rule."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model.where import Comparison
from ..spec.published import read_numbers
from ..spec.published_types import ItemSpec, Rounding, Status
from .results import AnalysisResult, Assertion, Compared, Reading, RegistryFigure, Statistic
from .rounding import decimals_of, round_text

OWN_FIGURES = "published figures"
NO_EVIDENCE = "synthetic data"


def read_item(item: ItemSpec, results: Sequence[AnalysisResult]) -> tuple[Reading, ...]:
    """Each way to read what is reported, compared with every method that gives one of its numbers.

    A method agrees where it gives every number of the reading that it speaks of, rounded as written; the reading
    agrees where each of its numbers has such a method.
    """
    if item.reported is None or item.basis == OWN_FIGURES:
        return ()
    return tuple(_reading(p, read_numbers(p, item.reported) or {}, item.rounding, results) for p in item.reads)


def _reading(pattern: str, said: dict[str, str], rule: Rounding, results: Sequence[AnalysisResult]) -> Reading:
    made = {r.method: _compared(said, r, rule) for r in results}
    speaking = {m: found for m, found in made.items() if found}
    agreeing = tuple(m for m, found in speaking.items() if all(c.agrees for some in found.values() for c in some))
    shown: list[Compared] = []
    agrees = True
    for key in said:
        having = [m for m, found in speaking.items() if key in found]
        best = next((m for m in having if m in agreeing), having[0])
        agrees &= best in agreeing
        shown += speaking[best][key]
    return Reading(pattern, tuple(shown), agreeing, tuple(m for m in speaking if m not in agreeing), agrees)


def _compared(said: dict[str, str], result: AnalysisResult, rule: Rounding) -> dict[str, list[Compared]]:
    """The numbers of a reading that a method gives; one said without a group is said of every group."""
    out: dict[str, list[Compared]] = {}
    for key, text in said.items():
        for s in _named(key, result):
            rounded = round_text(s.value, decimals_of(text), rule)
            out.setdefault(key, []).append(Compared(s.key, text, s.value, rounded, result.method, rounded == text))
    return out


def _named(key: str, result: AnalysisResult) -> list[Statistic]:
    exact = [s for s in result.statistics if s.key == key]
    return exact or [s for s in result.statistics if s.name == key]


def assert_item(item: ItemSpec, results: Sequence[AnalysisResult]) -> tuple[Assertion, ...]:
    """What the report says in words: each comparison, and whether the statistics fulfil it."""
    out = []
    for clause in item.asserts.clauses if item.asserts is not None else ():
        for comparison in clause.comparisons:
            found = [s for r in results for s in _named(comparison.ref, r)]
            out += [Assertion(_said(s.key, comparison), s.value, _holds(s.value, comparison)) for s in found]
    return tuple(out)


def _said(key: str, comparison: Comparison) -> str:
    return str(Comparison(key, comparison.comparator, comparison.values))


def _holds(value: float | None, comparison: Comparison) -> bool:
    if value is None or math.isnan(value):
        return False
    right = [float(v) for v in comparison.values]
    tests = {
        "EQ": value == right[0],
        "NE": value != right[0],
        "LT": value < right[0],
        "LE": value <= right[0],
        "GT": value > right[0],
        "GE": value >= right[0],
        "IN": value in right,
        "NOTIN": value not in right,
    }
    return tests[comparison.comparator]


def compare_registry(item: ItemSpec, results: Sequence[AnalysisResult]) -> tuple[RegistryFigure, ...]:
    """What the registry says beside the same statistic as computed."""
    out = []
    for figure in item.registry:
        found = next((s for r in results for s in _named(figure.computed, r)), None)
        computed = round_text(None if found is None else found.value, decimals_of(figure.registered), item.rounding)
        out.append(RegistryFigure(figure.what, figure.registered, computed, computed == figure.registered))
    return tuple(out)


def derive_status(
    item: ItemSpec,
    readings: Sequence[Reading],
    assertions: Sequence[Assertion],
    registry: Sequence[RegistryFigure],
) -> Status:
    """The status, by rule, from the comparisons alone; what the study expects plays no part.

    NOT_REPORTED: no number and no statement to compare. INCONSISTENT: the report's own figures do not fit
    together. NOT_REPRODUCED: no reading agrees, or a statement does not hold. AMBIGUOUS: there are several readings,
    and several agree or the data are no evidence. DISCREPANCY_WITH_REGISTRY: the registry says otherwise.
    REPRODUCED_BY_METHOD: some of the methods that were tried agree, others do not. Else REPRODUCED.
    """
    if not readings and not assertions:
        return "NOT_REPORTED"
    hold = all(a.holds for a in assertions)
    if item.basis == OWN_FIGURES:
        return "REPRODUCED" if hold else "INCONSISTENT"
    agreeing = [r for r in readings if r.agrees]
    if not hold or (readings and not agreeing):
        return "NOT_REPRODUCED"
    if len(readings) > 1 and (len(agreeing) > 1 or item.basis == NO_EVIDENCE):
        return "AMBIGUOUS"
    if not all(r.agrees for r in registry):
        return "DISCREPANCY_WITH_REGISTRY"
    return "REPRODUCED_BY_METHOD" if agreeing and agreeing[0].disagreeing else "REPRODUCED"
