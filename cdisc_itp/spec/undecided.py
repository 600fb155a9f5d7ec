"""What a drafted spec leaves open: texts that say DECIDE, and rows of maps that are marked so and still lack a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from .load import FOLDERS, StudyFiles
from .maps import CsvTable
from .yaml import Map, Node, Sequence, read_yaml

MARK = "draft"
"""The column of a drafted map that says what its rows rest on."""
OPEN = re.compile(r"DECIDE(?::.*)?", re.DOTALL)


class Undecided(Struct, frozen=True, order=True):
    """A place of the spec that a person must still decide: file, line, what stands there under which name."""

    file: str
    line: int
    name: str
    text: str


def find_undecided(files: StudyFiles) -> list[Undecided]:
    """Every place of a study's files that is still open, by file and line."""
    names = ["study.yaml", "forms.yaml"]
    names += [f"{f}/{p.name}" for f in FOLDERS for p in sorted((files.folder / f).glob("*.yaml"))]
    out = [u for name in names for u in _of_file(files, name)]
    for stem, table in files.tables.items():
        out += _of_table(table, files.places[f"map {stem}"][0])
    return sorted(set(out))


def _of_file(files: StudyFiles, name: str) -> Iterator[Undecided]:
    path = files.folder / name
    # A file without the word is not parsed again; within quotes a sign may be written as its number (\x44).
    said = path.is_file() and any(sign in path.read_bytes() for sign in (b"DECIDE", b"\\"))
    root = read_yaml(path, name, []) if said else None
    if root is not None:
        yield from _of_node(root, name, "", 1)


def _of_node(node: Node, file: str, name: str, line: int) -> Iterator[Undecided]:
    if isinstance(node, Map):
        for key, value in node.items():
            yield from _of_node(value, file, key, node.lines[key])
    elif isinstance(node, Sequence):
        for at, value in zip(node.lines, node, strict=True):
            yield from _of_node(value, file, name, at)
    elif isinstance(node, str) and OPEN.fullmatch(node):
        yield Undecided(file, line, name, node)


def _of_table(table: CsvTable, file: str) -> Iterator[Undecided]:
    """Rows whose mark is ``decide: ...`` and of which a cell is empty (``source`` may be)."""
    if MARK not in table.columns:
        return
    at = table.columns.index(MARK)
    told = [i for i, c in enumerate(table.columns) if c not in (MARK, "source")]
    for row, line in zip(table.rows, table.lines, strict=True):
        mark = row[at] or ""
        if mark.startswith("decide") and any(row[i] is None for i in told):
            yield Undecided(file, line, next((row[i] or "" for i in told), ""), mark)
