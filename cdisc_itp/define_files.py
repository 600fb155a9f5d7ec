"""A define.xml with what lies beside it: its page, and what is wrong with it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .checks.columns import byte_lengths
from .checks.define_value_level import selected_records
from .checks.package import DatasetFile, Package
from .checks.registry import RULES, run_checks
from .model.column import Column, Mask, codes_of, is_numeric, present, used, values_of
from .model.define import DefineDocument, ItemGroupDef
from .model.define_beside import DatasetBeside, DefineProblem
from .model.issue import ReadError
from .readers.define_xml import read_broken_define, validate_define_xsd
from .readers.xpt import XptFile, read_xpt
from .reports.define_changes import compare_defines, render_changes_json, render_changes_text
from .writers.define_page.links import local_path
from .writers.define_page.page import render_define_page

UNUSED = "DEF102"
_LINE = re.compile(r"line (?P<line>\d+): (?P<text>.*)", re.DOTALL)
# The schema names elements by their namespace, people by its usual prefix.
_PREFIXES = {
    "{http://www.cdisc.org/ns/odm/v1.3}": "",
    "{http://www.cdisc.org/ns/def/v2.0}": "def:",
    "{http://www.cdisc.org/ns/def/v2.1}": "def:",
    "{http://www.cdisc.org/ns/arm/v1.0}": "arm:",
    "{http://www.w3.org/1999/xlink}": "xlink:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}
# Schema, and OIDs: each is defined, used and defined once.
CHECKED = ("DEF100", "DEF101", UNUSED, "DEF103", "DEF146")


def write_define_page(file: Path, out: Path | None = None, data: bool = True) -> int:
    """Write the page of a define.xml, beside it where ``out`` is None, and tell on stderr what is broken.

    Exit code 0. Raises ReadError (exit code 2) where nothing of the file can be read. Without ``data`` the datasets
    beside the file are not read.
    """
    document, broken = read_broken_define(file)
    datasets, unreadable = read_datasets_beside(file.parent, document) if data else ((), [])
    problems = [p for p in (*find_problems(file, document, broken), *unreadable) if p.code != UNUSED]
    package = Package(datasets, document)
    page = render_define_page(
        document, problems, datasets_beside(package, file.parent), files_beside(file.parent, document)
    )
    target = out or file.with_suffix(".html")
    target.write_text(page, encoding="utf-8", newline="\n")
    for p in sorted(problems):
        sys.stderr.write(f"{said_problem(file, p)}\n")
    sys.stdout.write(f"{target}\n")
    return 0


def render_package_page(folder: Path, package: Package) -> str:
    """The page of the define.xml of a package that was read back from its folder."""
    document = package.define
    if document is None:
        raise ValueError("the package has no define.xml")
    problems = _found(Package((), document, schema=package.schema))
    there = files_beside(folder, document) | {"define.xml"}
    shown = [p for p in problems if p.code != UNUSED]
    return render_define_page(document, shown, datasets_beside(package, folder), there)


def print_define_diff(before: Path, after: Path, out: Path | None, form: Literal["text", "json", "html"]) -> int:
    """Print, or write to ``out``, what changed from one define.xml to another; exit code 1 where something did.

    What is broken of either is told on stderr. Raises ReadError (exit code 2) where nothing of one can be read.
    """
    (old, faults), (new, broken) = read_broken_define(before), read_broken_define(after)
    problems = [p for p in find_problems(after, new, broken) if p.code != UNUSED]
    for file, found in ((before, find_problems(before, old, faults)), (after, problems)):
        sys.stderr.writelines(f"{said_problem(file, p)}\n" for p in found if p.code != UNUSED)
    changes = compare_defines(old, new)
    if form == "html":
        text = render_define_page(new, problems, there=files_beside(after.parent, new), changes=changes)
    else:
        text = render_changes_json(changes) if form == "json" else render_changes_text(changes)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{out}\n")
    return int(bool(changes.changes))


def print_define_check(file: Path, report: Literal["text", "json"] = "text") -> int:
    """Print what the schema and the OIDs of a define.xml say against it; exit code 1 where an error is found.

    Raises ReadError (exit code 2) where nothing of the file can be read.
    """
    document, broken = read_broken_define(file)
    problems = find_problems(file, document, broken)
    errors = sum(_severity(p) == "error" for p in problems)
    if report == "json":
        found = [{"line": p.line, "code": p.code, "severity": _severity(p), "message": p.text} for p in problems]
        said: dict[str, Any] = {"file": file.name, "define_version": document.version, "errors": errors}
        sys.stdout.write(json.dumps(said | {"problems": found}, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{said_problem(file, p)}\n" for p in problems)
        counted = f"{errors} errors, {len(problems) - errors} warnings" if problems else "nothing found"
        sys.stdout.write(f"{file.name}: Define-XML {document.version or '?'}, {counted}\n")
    return int(errors > 0)


def said_problem(file: Path, p: DefineProblem) -> str:
    """A problem on a line, as a compiler says it."""
    return f"{file.name}:{p.line}: {p.code} {p.text}" if p.line else f"{file.name}: {p.code} {p.text}"


def _severity(p: DefineProblem) -> str:
    return RULES[p.code].severity if p.code in RULES else "error"


def find_problems(file: Path, document: DefineDocument, broken: list[tuple[int, str]]) -> list[DefineProblem]:
    """What is wrong with a define.xml, by line: ``broken`` is what its reader stumbled over."""
    problems = [DefineProblem(line, "READ050", text) for line, text in broken]
    schema: tuple[tuple[int, str], ...] | None = None
    try:
        schema = tuple(validate_define_xsd(file))
    except ReadError as error:
        problems += (DefineProblem(0, p.code, p.message) for p in error.problems if p.code != "READ050")
    return sorted(set(problems) | set(_found(Package((), document, schema=schema))))


def _found(package: Package) -> list[DefineProblem]:
    """What the rules of the document in itself find."""
    result = run_checks(package, CHECKED)
    said = ((f.rule, _LINE.fullmatch(f.message)) for f in result.findings)
    return [DefineProblem(int(m["line"]), code, _prefixed(m["text"])) for code, m in said if m]


def _prefixed(text: str) -> str:
    for namespace, prefix in _PREFIXES.items():
        text = text.replace(namespace, prefix)
    return text


def files_beside(folder: Path, document: DefineDocument) -> frozenset[str]:
    """The paths, of those that leaves name, at which there is a file."""
    paths = {p.removeprefix("./") for leaf in document.leaf.values() if (p := local_path(leaf.href))}
    return frozenset(p for p in paths if _is_file(folder / p))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def read_datasets_beside(folder: Path, document: DefineDocument) -> tuple[tuple[XptFile, ...], list[DefineProblem]]:
    """The transport files in the folder (or below it) that datasets name, and those that cannot be read."""
    files: list[XptFile] = []
    problems: list[DefineProblem] = []
    for group in document.item_groups:
        leaf = document.leaf.get(group.archive_location or "") or group.leaf
        path = folder / (local_path(leaf.href if leaf else None) or "")
        inside = path.suffix.lower() == ".xpt" and path.resolve().is_relative_to(folder.resolve())
        if not (inside and _is_file(path)):
            continue
        try:
            files.append(read_xpt(path))
        except ReadError as error:
            problems += (DefineProblem(group.line, p.code, f"{path.name}: {p.message}") for p in error.problems)
    return tuple(files), problems


def datasets_beside(package: Package, folder: Path) -> dict[str, DatasetBeside]:
    """What a page tells of the transport files of a package, by dataset."""
    groups = package.define.item_groups if package.define else ()
    out = {}
    for group in groups:
        d = package.by_name.get(group.name or "")
        if isinstance(d, XptFile):
            out[d.name] = _beside(package, group, d, folder)
    return out


def _beside(package: Package, group: ItemGroupDef, d: XptFile, folder: Path) -> DatasetBeside:
    lengths: dict[str, int] = {}
    terms: dict[str, dict[str, int]] = {}
    selected: dict[str, int] = {}
    for key, name, of, codelist, mask in _items(package, group, d):
        column = d.columns[name]
        if not of and not is_numeric(column):
            sizes = byte_lengths(column, d.encoding)[used(column)]
            lengths[name] = int(sizes.max()) if len(sizes) else 0
        if of:
            selected[key] = int(mask.sum())
        if codelist:
            terms[key] = _counted(column, mask)
    subjects = d.columns.get("USUBJID")
    return DatasetBeside(
        file=d.file,
        size=next((p.stat().st_size for p in (folder / d.file,) if p.is_file()), 0),
        sha256=d.sha256,
        records=d.records,
        subjects=None if subjects is None else int(used(subjects).sum()),
        lengths=lengths,
        terms=terms,
        selected=selected,
    )


def _items(package: Package, group: ItemGroupDef, d: DatasetFile) -> Iterator[tuple[str, str, bool, str | None, Mask]]:
    """Key, variable, whether it is value level, codelist, and records with a value: of variables and their items."""
    define = package.define
    assert define is not None
    for ref in group.items:
        item = define.item.get(ref.item or "")
        if item is None or not item.name or item.name not in d.columns:
            continue
        there: Mask = present(d.columns[item.name])
        yield item.name, item.name, False, item.codelist, there
        values = define.value_list.get(item.value_list or "")
        for r in values.items if values else ():
            own, records = define.item.get(r.item or ""), selected_records(package, d, r)
            if own is not None and records is not None:
                yield r.item or "", item.name, True, own.codelist, records & there


def _counted(column: Column, mask: Mask) -> dict[str, int]:
    """How many records hold each value."""
    values = values_of(column)
    counts = np.bincount(codes_of(column)[mask], minlength=len(values))
    return {_shown(values[i]): int(counts[i]) for i in np.flatnonzero(counts)}


def _shown(value: object) -> str:
    return format(value, ".15g") if isinstance(value, float) else str(value)
