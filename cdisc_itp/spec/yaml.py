"""Strict YAML: every scalar stays the text that was written, every mapping knows its lines.

YAML's own guesses (``NO`` is false, ``12:30`` is 750, ``010`` is 8, the last of two equal keys wins) do not
happen here: the parameter that takes a value decides its type.
"""

from __future__ import annotations

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
        problems.append(SpecProblem(name, line, "SPEC001", f"not YAML: {error.problem or error.context}"))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.append(SpecProblem(name, line, "SPEC001", f"not YAML: {error.reason}"))
    return None


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
    flaw = _flaw(text)
    if flaw is not None:
        line, code, message = flaw
        problems.append(SpecProblem(name, line, code, message))
        return None
    root = yaml.compose(text, yaml.CSafeLoader)
    if root is None:
        problems.append(SpecProblem(name, 1, "SPEC005", "the file is empty"))
        return None
    built = _build(root, name, problems)
    if not isinstance(built, Map):
        problems.append(SpecProblem(name, root.start_mark.line + 1, "SPEC006", "expected 'key: value' lines"))
        return None
    return built


def _flaw(text: str) -> tuple[int, str, str] | None:
    """The first thing that is not used here, found before anything is built: line, code, message."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return line, "SPEC004", "anchors and aliases are not used here"
        if tag:
            return line, "SPEC004", f"the tag {tag} is not used here (every value is text)"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return line, "SPEC007", "nested too deeply"
    return None


def _build(node: yaml.Node, name: str, problems: list[SpecProblem]) -> Node:
    if isinstance(node, yaml.ScalarNode):
        plain = not node.style
        return None if plain and node.value in ("", "null", "~") else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items = Sequence()
        for item in node.value:
            items.append(_build(item, name, problems))
            items.lines.append(item.start_mark.line + 1)
        return items
    return _build_map(node, name, problems)


def _build_map(node: yaml.Node, name: str, problems: list[SpecProblem]) -> Map:
    out = Map(node.start_mark.line + 1)
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(SpecProblem(name, line, "SPEC006", "a key must be a plain word"))
            continue
        word = str(key.value)
        if word in out:
            hint = f"first written on line {out.lines[word]}"
            problems.append(SpecProblem(name, line, "SPEC003", f"key '{word}' is written twice", hint))
            continue
        out[word] = _build(value, name, problems)
        out.lines[word] = line
    return out
