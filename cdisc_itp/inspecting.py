"""What `inspect` shows of one file: its variables and first records, without what identifies a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from .model.issue import UserError
from .terminal import make_console

if TYPE_CHECKING:
    from .model.column import Column
    from .model.raw import RawTable
    from .readers.xpt import XptFile

HIDDEN = "(hidden)"
_OTHERS = "what a study's text files and workbooks hold is shown by `cdisc-itp sites`, for a new study after `init`"


class Shown(Struct, frozen=True):
    """Records as they may be shown, by column, and what is said of the cells that may not."""

    records: list[dict[str, str]]
    notes: tuple[str, ...]


def hide_persons(cells: Mapping[str, Sequence[str]], columns: Mapping[str, Column], labels: Mapping[str, str]) -> Shown:
    """Records of ``cells`` (the first ones of ``columns``) without what identifies a person.

    Hidden are the columns whose name or label speaks of a person, cells that repeat what those hold, and cells with
    the shape of an identity number, a mobile number or an e-mail address. A guess: what neither a name nor a shape
    tells is shown.
    """
    import pyarrow as pa

    from .model.column import values_of
    from .readers.personal import find_personal, prepare_identifiers

    persons = {name: word for name in cells if (word := _person_word(name, labels.get(name, "")))}
    known = prepare_identifiers(str(v) for name in persons for v in values_of(columns[name]))
    out, notes = dict[str, list[str]](), list[str]()
    for name, texts in cells.items():
        if name in persons:
            out[name] = [HIDDEN if text else "" for text in texts]
            notes.append(f"{name}: hidden, its name or label speaks of a person's {persons[name]}")
            continue
        found = find_personal(pa.array(texts, pa.large_string()), known)
        out[name] = [HIDDEN if any(m[i] for m in found.values()) else text for i, text in enumerate(texts)]
        notes += (f"{name}: hidden where a cell holds a person's number or name ({kind})" for kind in found)
    records = [dict(zip(out, record, strict=True)) for record in zip(*out.values(), strict=True)]
    return Shown(records, tuple(notes))


def _person_word(name: str, label: str) -> str | None:
    """Which direct identifier a column's name or label speaks of; a cell may be one of blood in a label."""
    from .profile.words import header_words, person_word

    words = [w for w in header_words(label) if w not in ("cell", "cells", "initial")]
    return person_word(name) or person_word(" ".join(words))


def print_file(file: Path, rows: int, encoding: str | None, item_group: str | None, as_json: bool) -> int:
    """A transport file (version 5), or an ODM, SPSS or SAS file by its suffix."""
    if file.suffix.lower() == ".xml":
        return print_odm(file, rows, encoding, item_group, as_json)
    if file.suffix.lower() in (".sav", ".zsav", ".sas7bdat"):
        return print_stat(file, rows, encoding, as_json)
    if file.suffix.lower() in (".csv", ".tsv", ".txt", ".xlsx"):
        raise UserError(f"{file.name}: inspect shows .xpt, .xml (ODM), .sav, .zsav and .sas7bdat files - {_OTHERS}")
    return print_xpt(file, rows, encoding, as_json)


def print_xpt(file: Path, rows: int, encoding: str | None, as_json: bool) -> int:
    """Header, variables and first records of a transport file."""
    from .model.column import decoded
    from .readers.xpt import read_xpt

    found = read_xpt(file, encoding)
    columns = {v.name: found.columns[v.name] for v in found.variables}
    cells = {name: [_text(v) for v in decoded(column)[:rows]] for name, column in columns.items()}
    shown = hide_persons(cells, columns, {v.name: v.label for v in found.variables})
    if as_json:
        print(json.dumps(_xpt_document(found, shown), ensure_ascii=False, indent=2))
        return 0
    console = make_console()
    console.print(f"{found.name}: {found.label}", highlight=False)
    console.print(f"{found.records:,} records, created {found.created}, text {found.encoding}", highlight=False)
    table = Table("#", "variable", "label", "type", "length", "format")
    for number, v in enumerate(found.variables, 1):
        table.add_row(
            str(number), v.name, v.label, "Num" if v.numeric else "Char", str(v.length), v.display_format or ""
        )
    console.print(table)
    for number, record in enumerate(shown.records, 1):
        console.print(f"{number}: {_said(record)}", highlight=False, markup=False, soft_wrap=True)
    _print_notes(console, shown.notes)
    return 0


def print_odm(file: Path, rows: int, encoding: str | None, item_group: str | None, as_json: bool) -> int:
    """Item groups of an ODM file, and columns and first records of one: the one asked for, or the only one."""
    from .model.raw import TableOptions
    from .readers.odm import raw_table_from_odm, read_item_groups

    groups = read_item_groups(file, encoding)
    one = item_group or (groups[0].oid if len(groups) == 1 else None)
    raw = raw_table_from_odm(file, TableOptions(file.name, encoding=encoding, item_group=one)) if one else None
    if as_json:
        listed = [{"oid": g.oid, "name": g.name, "records": g.records} for g in groups]
        print(json.dumps({"item_groups": listed, "table": _odm_document(raw, rows)}, ensure_ascii=False, indent=2))
        return 0
    console = make_console()
    table = Table("item group", "name", "records")
    for group in groups:
        table.add_row(group.oid, group.name, str(group.records))
    console.print(table)
    if raw is None:
        console.print("records of one: --item-group OID", highlight=False, markup=False)
    else:
        _print_records(console, raw, rows)
    return 0


def print_stat(file: Path, rows: int, encoding: str | None, as_json: bool) -> int:
    """Variables and first records of an SPSS or SAS file, as `convert` sees them."""
    from .model.raw import TableOptions
    from .readers.stat_table import raw_table_from_stat_file

    raw = raw_table_from_stat_file(file, TableOptions(file.name, encoding=encoding))
    if as_json:
        print(json.dumps({"records": len(raw), **_raw_document(raw, rows)}, ensure_ascii=False, indent=2))
        return 0
    console = make_console()
    console.print(f"{len(raw):,} records, text {raw.detected[0].value}", highlight=False)
    _print_records(console, raw, rows)
    return 0


def _print_records(console: Console, raw: RawTable, rows: int) -> None:
    """Columns with labels, first records and notes of a raw table."""
    table = Table("#", "column", "label")
    for number, name in enumerate(raw.columns, 1):
        table.add_row(str(number), name, raw.labels.get(name, ""))
    console.print(table)
    shown = _shown(raw, rows)
    for place, record in zip(raw.rows.tolist(), shown.records, strict=False):
        console.print(f"row {place}: {_said(record)}", highlight=False, markup=False, soft_wrap=True)
    _print_notes(console, [*raw.notes, *shown.notes])


def _said(record: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in record.items() if value)


def _print_notes(console: Console, notes: Sequence[str]) -> None:
    for note in notes:
        console.print(f"note: {note}", highlight=False, markup=False, soft_wrap=True)


def _odm_document(raw: RawTable | None, rows: int) -> dict[str, Any] | None:
    return None if raw is None else {"item_group": raw.sheet, **_raw_document(raw, rows)}


def _raw_document(raw: RawTable, rows: int) -> dict[str, Any]:
    columns = [{"name": name, "label": raw.labels.get(name, "")} for name in raw.columns]
    shown = _shown(raw, rows)
    return {"columns": columns, "rows": shown.records, "notes": [*raw.notes, *shown.notes]}


def _shown(raw: RawTable, rows: int) -> Shown:
    """The first records of a raw table, an empty text where a cell has no value."""
    from .model.column import decoded

    columns = raw.columns
    cells = {name: decoded(column, "")[:rows].tolist() for name, column in columns.items()}
    return hide_persons(cells, columns, raw.labels)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value == int(value) else str(value)


def _xpt_document(found: XptFile, shown: Shown) -> dict[str, Any]:
    variables = [
        {"name": v.name, "label": v.label, "type": "Num" if v.numeric else "Char", "length": v.length}
        for v in found.variables
    ]
    said = {"name": found.name, "label": found.label, "records": found.records, "variables": variables}
    return {**said, "rows": shown.records, "notes": list(shown.notes)}
