"""A release as a compact table in a file: written, and read with every row checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..model.issue import Place, ReadError, ReadProblem
from .terminology import COLUMNS, HEADER, Terminology, group_rows

_CODE = re.compile(r"C\d+")


def write_compact(release: Terminology, path: Path) -> None:
    """Write a release as a compact table, for a study's own ``ct`` folder; same release, same bytes."""
    lines = [f"# {release.release}. Source: NCI EVS, CDISC controlled terminology", HEADER]
    lines += [row for rows in release.rows.values() for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_compact(path: Path) -> Terminology:
    """Read a compact table, checking every row; ReadError (READ040-READ044) with file and line."""
    lines = decode_text(path.read_bytes(), path.name).split("\n")
    found = group_rows(lines, path)
    problems = list(_check_rows(lines, path.name))
    if problems:
        raise ReadError(problems)
    return found


def decode_text(content: bytes, name: str) -> str:
    """UTF-8 text with ``\\n`` line ends; READ040 with the line where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        problem = ReadProblem("READ040", "not UTF-8 text", Place(name, row=row), "save it as UTF-8")
        raise ReadError([problem]) from error


def _check_rows(lines: list[str], name: str) -> Iterator[ReadProblem]:
    """READ041 number of columns, READ042 cells, READ043 a term outside its codelist, READ044 duplicates."""
    seen: set[tuple[str, str]] = set()
    opened = ""
    for number, line in enumerate(lines[2:], start=3):
        if not line:
            continue
        place, cells = Place(name, row=number), line.split("\t")
        if len(cells) != len(COLUMNS):
            yield ReadProblem("READ041", f"{len(cells)} columns where {len(COLUMNS)} are due", place)
            continue
        codelist, extensible, code, value, _, _ = cells
        opened = codelist if extensible else opened
        if codelist != opened:
            yield ReadProblem("READ043", f"a term of codelist {codelist} stands outside it", place)
        yield from check_cells(codelist if extensible else code, value, extensible, place)
        yield from check_twice(codelist, None if extensible else (code, value), seen, place)


def check_cells(code: str, value: str, extensible: str, place: Place) -> Iterator[ReadProblem]:
    """READ042 for what a cell may not hold: no C-code, no submission value, neither Yes nor No."""
    if not _CODE.fullmatch(code):
        yield ReadProblem("READ042", f"'{code}' is no NCI C-code", place)
    if not value.strip():
        yield ReadProblem("READ042", "no submission value", place)
    if extensible not in ("", "Yes", "No"):
        yield ReadProblem("READ042", f"extensible is '{extensible}', neither Yes nor No", place)


def check_twice(
    codelist: str, term: tuple[str, str] | None, seen: set[tuple[str, str]], place: Place
) -> Iterator[ReadProblem]:
    """READ044 for what ``seen`` has: a codelist (no term), or a term's code or submission value in it."""
    keys = [f"code {term[0]}", f"submission value {term[1]}"] if term else [""]
    for key in keys:
        if (codelist, key) in seen:
            message = f"{key} stands twice in codelist {codelist}" if key else f"codelist {codelist} stands twice"
            yield ReadProblem("READ044", message, place)
        seen.add((codelist, key))
