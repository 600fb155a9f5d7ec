"""A value rebuilt from raw files and maps by what its story says: an evaluator written apart from the engine.

It reads raw cells by programs of its own, tables with the csv module, and
knows of each word only what the specification says of it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from cdisc_itp.build.replay import Replay
from cdisc_itp.build.trace import Member, RawCell, RowNote, TraceStep
from cdisc_itp.model.where import Comparison, Condition
from tests.build.raw_files import RawFiles

Word = Callable[["Retelling", TraceStep], "str | None"]
WORDS: dict[str, Word] = {}
NOTES: dict[str, Callable[[Retelling, RowNote], None]] = {}


class UntoldError(AssertionError):
    """The story does not say enough, or not the same as the files."""


def word(function: Word) -> Word:
    """Register how a word is evaluated, under the function's name."""
    WORDS[function.__name__] = function
    return function


@lru_cache(maxsize=64)
def table(path: Path) -> tuple[dict[str, str], ...]:
    """The rows of a table of the spec, cells without outer blanks."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.reader(file) if any(c.strip() for c in r) and not r[0].startswith("#")]
    header = [c.strip() for c in rows[0]]
    return tuple(dict(zip(header, (c.strip() for c in r), strict=True)) for r in rows[1:])


@dataclass
class Retelling:
    """Rebuilds values; ``numeric`` are the variables (dataset, name) that the files hold as numbers."""

    replay: Replay
    raw: Path
    spec: Path
    numeric: set[tuple[str, str]]
    done: dict[int, tuple[TraceStep, str | None]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.files = RawFiles(self.raw, self.spec)
        self.forms = yaml.load((self.spec / "forms.yaml").read_text("utf-8"), yaml.BaseLoader)
        self.notes: dict[int, RowNote] = {}

    def value(self, step: TraceStep) -> str | None:
        """The value that the story leads to; UntoldError where the story itself says another."""
        if id(step) not in self.done:
            found = self._stored(step, self._first(step))
            if found != step.value:
                raise UntoldError(f"{step.name}: the story says {step.value!r}, its steps lead to {found!r}")
            self.done[id(step)] = (step, found)
            for said in step.row_notes:
                self._check_note(said)
        return self.done[id(step)][1]

    def _check_note(self, said: RowNote) -> None:
        if id(said) not in self.notes:
            self.notes[id(said)] = said
            NOTES[said.word](self, said)

    def columns(self, form: str) -> dict[str, str]:
        """The columns of a form and their kinds."""
        return dict(self.forms[form]["columns"])

    def has_subject(self, member: Member) -> bool:
        """Whether a member is of a form that has subjects."""
        return "subject" in self.columns(str(member.dataset))

    def _first(self, step: TraceStep) -> str | None:
        lines = [*step.tried, *([step] if step.word else [])]
        if not lines:
            return self.value(step.sources[0]) if step.sources and not step.note else None
        for line in lines:
            if line.when is not None and not self.holds(line.when, line):
                continue
            assert line.word is not None
            self.words.add(line.word)
            value = WORDS[line.word](self, line)
            if value is not None:
                return value
        return None

    def _stored(self, step: TraceStep, value: str | None) -> str | None:
        dataset, _, name = step.name.partition(".")
        return number(value) if (dataset, name) in self.numeric else value

    def read(self, step: TraceStep, ref: object) -> str | None:
        """The value that a line read under a name."""
        for source in step.sources:
            if source.ref == ref:
                return self.value(source)
        raise UntoldError(f"{step.name}: {step.word} reads {ref}, which its story does not tell")

    def member(self, member: Member, name: str) -> str | None:
        """A value of a member, rebuilt by its own story."""
        found = self.value(self.replay.of_member(member, name))
        if found != member.values[name]:
            raise UntoldError(f"{member.place}: {name} is {found!r}, the story says {member.values[name]!r}")
        return found

    def cell(self, cell: RawCell, patterns: Iterable[str] = ()) -> str | None:
        """The raw text, read from the file itself; None where it is blank. A part of a name is found by a pattern."""
        text = self.files.text(cell.file, cell.sheet, cell.row, cell.column)
        if cell.part is not None:
            if cell.text not in _parts(cell.column, cell.part, patterns):
                raise UntoldError(f"{cell}: {list(patterns)} find no such part")
            return cell.text
        if cell.withheld and text is not None and cell.text is None:
            return None
        if text != (cell.text and cell.text.strip()):
            raise UntoldError(f"{cell}: the file says {text!r}")
        return text

    def rows(self, name: object) -> tuple[dict[str, str], ...]:
        """A table of the spec by name."""
        for path in (
            self.spec / "maps" / f"{name}.csv",
            self.spec / f"{name}.csv",
            self.spec / "trial" / f"{name}.csv",
        ):
            if path.is_file():
                return table(path)
        raise UntoldError(f"there is no table {name}")

    def holds(self, condition: Condition, step: TraceStep) -> bool:
        """Whether a condition holds for what the line read."""
        return any(all(self._compared(c, step) for c in clause.comparisons) for clause in condition.clauses)

    def _compared(self, c: Comparison, step: TraceStep) -> bool:
        return compared(c, self.read(step, c.ref))


def _parts(column: str, part: str, patterns: Iterable[str]) -> set[str]:
    """What stands for a {part} of a pattern in a column's name, by each pattern that fits; the name itself is one."""
    if part == "column":
        return {column}
    named = [re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(p)) for p in patterns]
    return {found[part] for p in named if (found := re.fullmatch(p, column)) and part in found.groupdict()}


def compared(c: Comparison, value: str | None) -> bool:
    """One comparison; a missing value is unequal to every value."""
    if c.comparator == "IS":
        return (value is not None) == (c.values[0] == "PRESENT")
    if c.comparator in ("EQ", "IN"):
        return value is not None and any(same(value, v) for v in c.values)
    if c.comparator in ("NE", "NOTIN"):
        return value is None or not any(same(value, v) for v in c.values)
    if value is None or number(value) is None:
        return False
    a, b = float(value), float(c.values[0])
    return {"LT": a < b, "LE": a <= b, "GT": a > b, "GE": a >= b}[c.comparator]


def same(a: str, b: str) -> bool:
    """Equal as texts, or as numbers where both are."""
    return a == b or (number(a) is not None and number(a) == number(b) and a == number(a))


def number(text: str | None) -> str | None:
    """The shortest text of a number; None where it is none."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return f"{value:.0f}" if value.is_integer() else repr(value)


def looked_up(rows: Any, text: str, to: Any, source: str | None = None) -> tuple[bool, str | None]:
    """Whether a table has a text (as it is, else without case), and what it says; a source's own row wins."""
    key = next(k for k in rows[0] if k != "source")
    for wanted in (lambda r: r[key] == text, lambda r: r[key].strip().casefold() == text.strip().casefold()):
        for scope in [source, ""] if source else [""]:
            hits = {r[to] or None for r in rows if wanted(r) and r.get("source", "") == scope}
            if len(hits) == 1:
                return True, hits.pop()
    return False, None
