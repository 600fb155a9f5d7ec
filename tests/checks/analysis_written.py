"""A written analysis package with tabulation datasets beside, and the table of its mutations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdisc_itp.checks import Package
from cdisc_itp.judging import read_package

from .analysis_study import TABULATIONS, day
from .written import Draft, Value, Written


@dataclass
class AnalysisWritten(Written):
    """The folder of the analysis datasets; read as `validate` reads it."""

    def package(self) -> Package:
        return read_package(self.folder, "ascii")

    def beside(self, name: str, change: Callable[[Draft], None]) -> None:
        """Change a tabulation dataset."""
        root = self.folder.parents[len(self.folder.parts) - 1 - self.folder.parts.index("m5")]
        Written(root / TABULATIONS).dataset(name, change)


Change = Callable[[AnalysisWritten], None]


@dataclass(frozen=True)
class AnalysisMutation:
    """Changes for which ``rule`` exists; ``relatives`` are the other rules that must see them too, and no more."""

    rule: str
    name: str
    changes: tuple[Change, ...]
    relatives: frozenset[str]


MUTATIONS: list[AnalysisMutation] = []


def mutate(rule: str, name: str, *changes: Change, also: str = "") -> None:
    MUTATIONS.append(AnalysisMutation(rule, name, changes, frozenset(also.split())))


def put(dataset: str, variable: str, *values: Value, row: int = 0) -> Change:
    """Values from a row (0-based) on."""
    return lambda w: w.dataset(dataset, lambda d: d.set(variable, *values, row=row))


def put_day(dataset: str, variable: str, text: str, row: int = 0) -> Change:
    return put(dataset, variable, day(text), row=row)


def put_beside(dataset: str, variable: str, *values: Value, row: int = 0) -> Change:
    return lambda w: w.beside(dataset, lambda d: d.set(variable, *values, row=row))


def twice(dataset: str, row: int, **other: Value) -> Change:
    return lambda w: w.dataset(dataset, lambda d: d.copy_record(row, **other))


def without_record(dataset: str, row: int) -> Change:
    return lambda w: w.dataset(dataset, lambda d: d.delete_record(row))


def without(dataset: str, *names: str) -> Change:
    return lambda w: w.dataset(dataset, lambda d: [d.drop(n) for n in names] and None)


def add(dataset: str, name: str, label: str, *values: Value, numeric: bool = False) -> Change:
    return lambda w: w.dataset(dataset, lambda d: d.add(name, label, list(values), numeric))


def change(dataset: str, variable: str, **new: object) -> Change:
    return lambda w: w.dataset(dataset, lambda d: d.change(variable, **new))


def rename(dataset: str, name: str, new: str) -> Change:
    return change(dataset, name, name=new)


def define(old: str, new: str) -> Change:
    return lambda w: w.define(old, new)


def define_after(place: str, old: str, new: str) -> Change:
    """Replace the first ``old`` after a text that define.xml has once."""

    def edit(w: AnalysisWritten) -> None:
        path = w.folder / "define.xml"
        head, found, tail = path.read_text("utf-8").partition(place)
        assert found and place not in tail and old in tail, (place, old)
        path.write_text(head + found + tail.replace(old, new, 1), "utf-8")

    return edit
