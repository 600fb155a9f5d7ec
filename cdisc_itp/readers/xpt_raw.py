"""A SAS transport file as a raw table: every cell the text that a person would see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_itp.model.column import Column, Mask, present, text_column
from cdisc_itp.model.raw import Detected, RawTable, TableOptions

from .limits import LIMITS
from .problems import Problems, did_you_mean
from .table import Cells, Header, assemble, check_header, counted
from .xpt_cells import NumberCells, Part, read_cells
from .xpt_display import Render, render_numbers
from .xpt_records import Member, parse_members
from .xpt_source import hash_of, open_source


def raw_table_from_xpt(path: Path, options: TableOptions) -> RawTable:
    """Raw table of one dataset of an XPT file; ``sheet`` names it where the file holds several.

    Text is as stored, without trailing blanks. Numbers have the fewest digits that give them back (90, not
    90.0); with a date, time or datetime format they are ISO 8601 text. Special missing values are text (".A"),
    "." is no value. Records without any value are passed over as blank rows. ``rows`` are record numbers
    (1-based), ``labels`` the variables' labels. Raises ReadError (READ001, READ006, READ013, READ019 to READ028).
    """
    _check_options(path, options)
    source = open_source(path, options.encoding)
    member = _choose(path, list(parse_members(source)), options)
    problems = Problems(path.name, LIMITS.problems, member.header.name)
    variables = member.header.variables
    header = Header(tuple(v.name for v in variables), tuple(v.label for v in variables))
    check_header(header, options, problems)
    part, notes = Part(source, member.header, 0, member.records), list(member.notes)
    columns: list[Column | Mask] = []
    for variable, cells in read_cells(part, problems):
        name, shown = variable.name, cells
        if isinstance(shown, NumberCells):
            shown = show_numbers(name, variable.display_format, shown, notes)
        columns.append(present(shown) if name in options.identifiers else shown)
    table = assemble(header, Cells(tuple(columns), np.arange(1, member.records + 1)), options, problems)
    problems.raise_any()
    return RawTable(
        file=path.name,
        sheet=options.sheet,
        columns=table.columns,
        rows=table.rows,
        sha256=hash_of(source),
        labels=table.labels,
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(Detected("encoding", source.encoding, 1.0 if options.encoding else 0.99),),
        notes=(*notes, *table.notes),
    )


def _check_options(path: Path, options: TableOptions) -> None:
    problems = Problems(path.name, LIMITS.problems)
    for name, value in (("delimiter", options.delimiter), ("comment", options.comment)):
        if value is not None:
            problems.add("READ006", f"{name}: an XPT file has none")
    if options.header != 1:
        problems.add(
            "READ006", f"header: {options.header} is not possible: an XPT file has names and labels of its own"
        )
    problems.raise_any()


def _choose(path: Path, members: list[Member], options: TableOptions) -> Member:
    """The dataset that ``sheet`` names, or the only one; READ028."""
    names = [m.header.name for m in members]
    problems = Problems(path.name, LIMITS.problems)
    if options.sheet is None and len(members) == 1:
        return members[0]
    if options.sheet is None:
        problems.add("READ028", f"the file holds {len(names)} datasets", hint=f"declare `sheet`: {', '.join(names)}")
    elif names.count(options.sheet) == 1:
        return members[names.index(options.sheet)]
    else:
        found = "is not in the file" if options.sheet not in names else "is more than once in the file"
        problems.add("READ028", f"dataset '{options.sheet}' {found}", hint=did_you_mean(options.sheet, names))
    problems.raise_any()
    raise AssertionError("unreachable")


def show_numbers(
    name: str, display_format: str, cells: NumberCells, notes: list[str], render: Render = render_numbers
) -> Column:
    """Column of the texts that a person would see; notes say what does not fit the format, and special missings."""
    numbers = cells.letters == 0
    texts, wrong = render(np.where(numbers, cells.values, 0.0), display_format)
    texts[~numbers] = [f".{chr(letter)}" for letter in cells.letters[~numbers]]
    wrong &= numbers
    if wrong.any():
        count = int(np.append(wrong, False)[cells.codes].sum())
        cells_not = f"does not fit {counted(count, 'cell')}, shown as plain numbers"
        notes.append(f"{name}: {display_format} {cells_not}")
    if special := cells.special():
        counts = ", ".join(f"{n} x {letter}" for letter, n in special.items())
        notes.append(f"{name}: special missing values kept as text: {counts}")
    again, distinct = pd.factorize(texts)
    return text_column(np.append(again, -1)[cells.codes], distinct)
