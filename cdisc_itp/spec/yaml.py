"""Strict YAML: every scalar stays the text that was written, every mapping knows its lines.

YAML's own guesses (``NO`` is false, ``12:30`` is 750, ``010`` is 8, the last of two equal keys wins) do not
happen here: the parameter that takes a value decides its type.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import yaml

from ..model.issue import SpecProblem

Node: TypeAlias = "str | list[Node] | Map | None"
MAX_BYTES = 4_000_000
MAX_DEPTH = 40


class Map(dict[str, "Node"]):
    """A mapping that knows its own line and the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list["Node"]):
    """A list that knows the line of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def read_yaml(path: Path, name: str, problems: list[SpecProblem]) -> Map | None:
    """The mapping that a file holds, without what is wrong in it; None where the file cannot be read at all.

    ``name`` stands for the file in messages. Problems: SPEC001 (not YAML), SPEC002 (cannot be read), SPEC003 (a
    key twice), SPEC004 (anchors, tags), SPEC005 (empty), SPEC006 (not key: value), SPEC007 (nested too deeply).
    """
    text = read_text(path, name, problems, MAX_BYTES)
    if text is None:
        return None
    try:
        return _compose(text, name, problems)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "indent by blanks, not by tabs" if _is_tab(text, error.problem_mark) else ""
        problems.append(SpecProblem(name, line, "SPEC001", f"not YAML: {error.problem or error.context}", hint))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.append(SpecProblem(name, line, "SPEC001", f"not YAML: {error.reason}"))
    return None


def _is_tab(text: str, mark: yaml.Mark | None) -> bool:
    """Whether a tab is what YAML stumbles over: its own words for it do not name the tab."""
    lines = text.splitlines()
    return mark is not None and mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t"


def read_text(path: Path, name: str, problems: list[SpecProblem], limit: int) -> str | None:
    """The text of a spec's file, UTF-8 with or without a byte order mark; None after SPEC002."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        problems.append(SpecProblem(name, 1, "SPEC002", f"cannot be read: {error.strerror}"))
        return None
    if len(data) > limit:
        problems.append(SpecProblem(name, 1, "SPEC002", f"has over {limit:,} bytes, more than a spec needs"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.end].hex(" ")
        problems.append(SpecProblem(name, line, "SPEC002", f"is not UTF-8: bytes {found}", "save it as UTF-8"))
        return None


def _compose(text: str, name: str, problems: list[SpecProblem]) -> Map | None:
    found: list[SpecProblem] = []
    events = _checked(text)
    try:
        first = _content(events)
        if first is None:
            problems.append(SpecProblem(name, 1, "SPEC005", "the file is empty"))
            return None
        built = _Builder(events, name).build(first, found)
        _end(events)
    except _FlawError as flaw:
        problems.append(SpecProblem(name, flaw.line, flaw.code, flaw.message))
        return None
    problems += found
    if not isinstance(built, Map):
        problems.append(SpecProblem(name, _line(first), "SPEC006", "expected 'key: value' lines"))
        return None
    return built


class _FlawError(Exception):
    """Something that is not used here: line, code, message."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(line, code, message)
        self.line, self.code, self.message = line, code, message


def _checked(text: str) -> Iterator[yaml.Event]:
    """The events of a text; _FlawError at the first thing that is not used here: nothing is built of it."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.AliasEvent) or event.anchor:
                raise _FlawError(_line(event), "SPEC004", "anchors and aliases are not used here")
            if tag := getattr(event, "tag", None):
                raise _FlawError(_line(event), "SPEC004", f"the tag {tag} is not used here (every value is text)")
            depth += isinstance(event, yaml.CollectionStartEvent)
            if depth > MAX_DEPTH:
                raise _FlawError(_line(event), "SPEC007", "nested too deeply")
        else:
            depth -= isinstance(event, yaml.CollectionEndEvent)
        yield event


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


def _content(events: Iterator[yaml.Event]) -> yaml.Event | None:
    """The first event of the document's content; None where there is no document."""
    return next((e for e in events if isinstance(e, yaml.NodeEvent)), None)


def _end(events: Iterator[yaml.Event]) -> None:
    """There is nothing behind the document: _FlawError where there is another."""
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise _FlawError(_line(event), "SPEC001", "not YAML: but found another document")


class _Builder:
    """Texts, lists and mappings of the events that follow."""

    def __init__(self, events: Iterator[yaml.Event], name: str) -> None:
        self.events, self.name = events, name

    def build(self, event: yaml.Event, problems: list[SpecProblem]) -> Node:
        """What begins with an event."""
        if isinstance(event, yaml.ScalarEvent):
            return None if not event.style and event.value in ("", "null", "~") else str(event.value)
        return self._sequence(problems) if isinstance(event, yaml.SequenceStartEvent) else self._map(event, problems)

    def _sequence(self, problems: list[SpecProblem]) -> Sequence:
        items = Sequence()
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.build(event, problems))
            items.lines.append(_line(event))
        return items

    def _map(self, start: yaml.Event, problems: list[SpecProblem]) -> Map:
        out = Map(_line(start))
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            self.build(key, [])
            wrong = self._wrong_key(key, out)
            if wrong is not None:
                problems.append(wrong)
            value = self.build(next(self.events), problems if wrong is None else [])
            if wrong is None and isinstance(key, yaml.ScalarEvent):
                out[key.value] = value
                out.lines[key.value] = _line(key)
        return out

    def _wrong_key(self, key: yaml.Event, out: Map) -> SpecProblem | None:
        if not isinstance(key, yaml.ScalarEvent):
            return SpecProblem(self.name, _line(key), "SPEC006", "a key must be a plain word")
        if key.value in out:
            hint = f"first written on line {out.lines[key.value]}"
            return SpecProblem(self.name, _line(key), "SPEC003", f"key '{key.value}' is written twice", hint)
        return None
