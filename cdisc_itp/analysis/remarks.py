"""Sentences about an item: what was computed beside the comparison, and, kept apart, what is only inferred."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..spec.published_types import ItemSpec, Rounding, Status
from .methods import METHODS, Method
from .results import AnalysisResult, Data, Reading
from .rounding import decimals_of, exchanged, round_text
from .samples import Sample
from .two_by_two import TwoByTwo

SHOWN = 6
ODDS_RATIO = "odds ratio"


def computed_remarks(item: ItemSpec, sample: Sample | None, readings: Sequence[Reading]) -> Iterator[str]:
    """What the tables that are possible say of a number that no method gives; how wide a range is."""
    for reading in readings:
        if not reading.agrees and sample is not None:
            yield from _attainable(item, sample, reading)
    for reading in readings:
        if item.within:
            yield from _spans(item, reading)


def _attainable(item: ItemSpec, sample: Sample, reading: Reading) -> Iterator[str]:
    for c in (c for c in reading.compared if c.statistic == "estimate" and not c.agrees):
        shown = METHODS[c.method]
        for word in item.methods:
            method = METHODS[word]
            if method.closed is not None and method.measure == shown.measure:
                yield _tables_sentence(method, sample.table, c.reported, item.rounding)


def _tables_sentence(method: Method, table: TwoByTwo, reported: str, rule: Rounding) -> str:
    values = possible_values(method, table)
    giving = [t for t, v in values.items() if round_text(v, decimals_of(reported), rule) == reported]
    tried = f"{len(values):,} two by two tables with {table.n1} and {table.n2} subjects"
    if giving:
        shown = "; ".join(map(str, giving[:SHOWN])) + ("; ..." if len(giving) > SHOWN else "")
        own = "the observed one is among them" if table in giving else f"the observed one, {table}, is not among them"
        return f"{method.label}: of all {tried}, {len(giving)} give {reported} ({shown}); {own}."
    near = sorted(values.items(), key=lambda pair: (abs(pair[1] - float(reported)), str(pair[0])))[:2]
    nearest = " and ".join(f"{round_text(v, 4)} ({t})" for t, v in near)
    return f"{method.label}: of all {tried}, none gives {reported}; the nearest values are {nearest}."


def possible_values(method: Method, table: TwoByTwo) -> dict[TwoByTwo, float]:
    """What a formula gives for every table with the same sizes of groups."""
    formula = method.closed
    if formula is None:
        raise ValueError(f"{method.word} is no formula of a table")
    every = (TwoByTwo(x1, table.n1, x2, table.n2) for x1 in range(table.n1 + 1) for x2 in range(table.n2 + 1))
    return {t: v for t in every if not math.isnan(v := formula(t))}


def _spans(item: ItemSpec, reading: Reading) -> Iterator[str]:
    """How much of what is eligible the ends of a reading span, for each group."""
    low, high = item.within
    ends = {c.statistic: float(c.reported) for c in reading.compared}
    for lower, upper, what in (("minimum", "maximum", "range"), ("first quartile", "third quartile", "quartiles")):
        for group in [s.removeprefix(f"{lower} ") for s in ends if s.startswith(f"{lower} ")]:
            start, end = ends[f"{lower} {group}"], ends[f"{upper} {group}"]
            agrees = "as" if reading.agrees else "not as"
            yield (
                f"Read as {what}: {start:g} to {end:g} ({group}) span {end - start:g} of the {high - low} years from "
                f"{low} to {high} that are eligible; {agrees} in the data at hand."
            )


def counts_remark(data: Data, status: Status | None) -> Iterator[str]:
    """Where the data at hand count otherwise than the report."""
    if status is not None:
        here, there = (", ".join(f"{g.label} {g.events}/{g.n}" for g in gs) for gs in (data.groups, data.published))
        yield f"The data at hand give {here}; the report counts {there}: with its counts the item would be {status}."


def inferred_remarks(item: ItemSpec, status: Status, readings: Sequence[Reading]) -> Iterator[str]:
    """What follows from the comparison as a likely cause only, and what the study's spec infers."""
    for c in (c for r in readings if not r.agrees for c in r.compared if not c.agrees):
        if status == "NOT_REPRODUCED" and exchanged(c.reported, c.rounded):
            yield (
                f"{c.reported} is {c.rounded} with two neighbouring digits exchanged: a transposition is the likely "
                "cause."
            )
    if status == "REPRODUCED_BY_METHOD":
        agreeing = next(r.agreeing for r in readings if r.agrees)
        labels = " or ".join(METHODS[m].label for m in agreeing)
        yield f"The report does not name its method; that it is {labels} follows from the agreement alone."
    yield from item.inference


def evenness_remark(results: Sequence[AnalysisResult]) -> Iterator[str]:
    """How uneven the intervals of all methods lie about the sample odds ratio, as a report's own figures are judged."""
    estimate = next((r.statistics[0].value for r in results if r.kind == "estimate" and r.measure == ODDS_RATIO), None)
    if not estimate or not math.isfinite(estimate):
        return
    found = [(_asymmetry(estimate, r), r.label) for r in results if r.kind == "interval" and r.measure == ODDS_RATIO]
    known = [(a, label) for a, label in found if a is not None]
    if known:
        most, label = max(known)
        yield (
            f"About the sample odds ratio of the data at hand, {estimate:.4f}, none of {len(known)} intervals is less "
            f"even than {most:.4f} ({label})."
        )


def _asymmetry(estimate: float, interval: AnalysisResult) -> float | None:
    """The difference of the distances over their sum, in logarithms; None where a limit is 0 or infinite."""
    lower, upper = (s.value for s in interval.statistics)
    if not lower or not upper or not math.isfinite(upper):
        return None
    below, above = math.log(estimate / lower), math.log(upper / estimate)
    return abs(above - below) / (above + below)
