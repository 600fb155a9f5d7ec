"""Strict YAML: every scalar stays the text that was written, every mapping knows its lines.

YAML's own guesses (``NO`` is false, ``12:30`` is 750, ``010`` is 8, the last of two equal keys wins) do not
happen here: the parameter that takes a value decides its type.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import yaml

from ..model.issue import SpecProblem

Node: TypeAlias = "str | None | list[Node] | Map"
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


def line_of(node: Node, default: int) -> int:
    """The line where a mapping starts; ``default`` for a scalar."""
    return node.line if isinstance(node, Map) else default


def read_yaml(path: Path, name: str, problems: list[SpecProblem]) -> Map:
    """The mapping that a file holds; an empty one where it cannot be read, with the problems appended.

    ``name`` stands for the file in messages. Problems: SPEC001 to SPEC007.
    """
    text = _text(path, name, problems)
    if text is None:
        return Map(1)
    try:
        return _compose(text, name, problems)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(SpecProblem(name, line, "SPEC001", f"not YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        problems.append(SpecProblem(name, 1, "SPEC001", f"not YAML: {error}"))
    return Map(1)


def _text(path: Path, name: str, problems: list[SpecProblem]) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(SpecProblem(name, 1, "SPEC002", f"cannot be read: {error.strerror}"))
        return None
    if len(data) > MAX_BYTES:
        problems.append(SpecProblem(name, 1, "SPEC002", f"has {len(data)} bytes; a spec has at most {MAX_BYTES}"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.end].hex(" ")
        problems.append(SpecProblem(name, line, "SPEC002", f"is not UTF-8: bytes {found}", "save it as UTF-8"))
        return None


def _compose(text: str, name: str, problems: list[SpecProblem]) -> Map:
    for event in yaml.parse(text, yaml.CSafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problems.append(SpecProblem(name, line, "SPEC004", "anchors and aliases are not used here"))
            return Map(1)
        if getattr(event, "tag", None):
            problems.append(SpecProblem(name, line, "SPEC004", f"the tag {event.tag} is not used here"))
            return Map(1)
    root = yaml.compose(text, yaml.CSafeLoader)
    if root is None:
        problems.append(SpecProblem(name, 1, "SPEC005", "the file is empty"))
        return Map(1)
    built = _build(root, name, problems, 0)
    if not isinstance(built, Map):
        problems.append(SpecProblem(name, 1, "SPEC006", "expected 'key: value' lines"))
        return Map(1)
    return built


def _build(node: yaml.Node, name: str, problems: list[SpecProblem], depth: int) -> Node:
    if depth > MAX_DEPTH:
        problems.append(SpecProblem(name, node.start_mark.line + 1, "SPEC007", "nested too deeply"))
        return None
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in ("", "null", "~") else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items = Sequence()
        for item in node.value:
            items.append(_build(item, name, problems, depth + 1))
            items.lines.append(item.start_mark.line + 1)
        return items
    return _build_map(node, name, problems, depth)


def _build_map(node: yaml.Node, name: str, problems: list[SpecProblem], depth: int) -> Map:
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
        out[word] = _build(value, name, problems, depth + 1)
        out.lines[word] = line
    return out
