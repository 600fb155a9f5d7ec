"""From header and cells to a RawTable's columns: names checked, identifiers dropped, blank rows left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from msgspec import Struct, field

from ..model.column import Column, Mask, Rows, present, take
from ..model.raw import TableOptions
from ..standards.identifiers import shape_of
from .problems import Problems, did_you_mean

BLANK = "blank row"
COMMENT = "comment row"
TITLE = "title row"


class Header(Struct, frozen=True):
    """Names of the columns ("" where there is none), their labels, and the row of the names."""

    names: tuple[str, ...]
    labels: tuple[str, ...] = ()
    row: int = 1


class Cells(Struct, frozen=True):
    """What stands below the header: one column of text a name, or a mask of non-empty cells for an identifier.

    ``rows`` (n,) is the line or sheet row of each record, ``skipped`` the rows passed over by reason.
    """

    columns: tuple[Column | Mask, ...]
    rows: Rows
    skipped: dict[str, tuple[int, ...]] = field(default_factory=dict)


class Table(Struct, frozen=True):
    """The parts of a RawTable that header and cells give."""

    columns: dict[str, Column]
    rows: Rows
    labels: dict[str, str]
    skipped: dict[str, tuple[int, ...]]
    dropped: dict[str, int]
    notes: tuple[str, ...]


def make_header(
    rows: Sequence[tuple[int, Sequence[str]]],
    options: TableOptions,
    problems: Problems,
    limit: int,
    naming: Sequence[Sequence[int]] = (),
) -> Header | None:
    """Header from its rows (place and cells); None after noting READ006, READ007, READ008 or READ010.

    A row that identifies a person is no header (READ008): what a header says is shown in messages and reports.
    ``naming`` gives for each column the rows (from 0) that name it, where the caller knows better than the options.
    """
    if not check_header_options(options, problems):
        return None
    if len(rows) < options.header:
        problems.add("READ008", f"there is {_too_few(len(rows), options.header)}")
        return None
    row, first = rows[0]
    if len(first) > limit:
        problems.add("READ007", f"{len(first)} columns are more than the limit of {limit}", row)
        return None
    for number, cells in rows[1:]:
        if len(cells) != len(first):
            note_ragged(problems, number, len(cells), len(first))
            return None
    if _is_of_a_person(rows, problems):
        return None
    texts = [[cell.strip() for cell in cells] for _, cells in rows]
    if options.spread_header:
        texts = _spread(texts, max(name_rows(options)))
    parted = [
        _name_and_label(c, naming[i] if naming else name_rows(options)) for i, c in enumerate(zip(*texts, strict=True))
    ]
    names, labels = (tuple(part[i] for part in parted) for i in (0, 1))
    return Header(names, labels if options.header > 1 else (), row)


def _is_of_a_person(rows: Sequence[tuple[int, Sequence[str]]], problems: Problems) -> bool:
    """Whether a row holds what has the shape of a person's number or address, which is noted without showing it."""
    for row, cells in rows:
        for number, cell in enumerate(cells, 1):
            if (shape := shape_of(cell)) is not None:
                message = f"column {number} of the header has the shape of: {shape}"
                problems.add("READ008", message, row, hint="is this row a record? See `header` and `skip`")
                return True
    return False


def check_header_options(options: TableOptions, problems: Problems) -> bool:
    """Whether `header`, `skip` and `name_rows` can be meant; READ006 where not."""
    if options.header not in (1, 2, 3):
        problems.add("READ006", f"header: {options.header} is not possible", hint="a table has 1 to 3 header rows")
    if options.skip < 0:
        problems.add("READ006", f"skip: {options.skip} is not possible", hint="a number of title rows")
    rows = options.name_rows
    if rows and (len(set(rows)) < len(rows) or min(rows) < 1 or max(rows) > options.header):
        shown = ", ".join(map(str, rows))
        problems.add(
            "READ006", f"name_rows: [{shown}] is not possible", hint="numbers of header rows, from 1 to `header`"
        )
    return not problems.count


def name_rows(options: TableOptions) -> tuple[int, ...]:
    """The header rows (from 0) that name the columns: those declared, else the first."""
    return tuple(number - 1 for number in options.name_rows) or (0,)


def _too_few(found: int, wanted: int) -> str:
    if not found:
        return "no header row"
    shown = "only one row" if found == 1 else f"only {found} rows"
    return f"{shown}, but {['', '', 'two', 'three'][wanted]} are declared as header"


def _spread(texts: list[list[str]], last: int) -> list[list[str]]:
    """Rows above the last one that names: an empty cell takes the text to its left."""
    out = [list(row) for row in texts]
    for row in out[:last]:
        for i in range(1, len(row)):
            row[i] = row[i] or row[i - 1]
    return out


def _name_and_label(cells: Sequence[str], naming: Sequence[int]) -> tuple[str, str]:
    """Texts of the rows that name a column, joined by a blank, and those of the other rows."""
    name = " ".join(cells[i] for i in naming if cells[i])
    return name, " ".join(cell for i, cell in enumerate(cells) if cell and i not in naming)


def note_ragged(problems: Problems, row: int, found: int, expected: int) -> None:
    """Note READ010, without showing a cell of the row."""
    hint = "declare the `delimiter` that the file has" if expected == 1 else ""
    problems.add("READ010", f"the row has {counted(found, 'cell')}, the header {expected}", row, hint=hint)


def counted(n: int, noun: str) -> str:
    """Number and noun.

    >>> counted(1, "cell"), counted(2, "cell")
    ('1 cell', '2 cells')
    """
    return f"{n} {noun}" + ("" if n == 1 else "s")


def check_header(header: Header, options: TableOptions, problems: Problems) -> None:
    """Note names used twice (READ009) and missing identifier columns (READ013)."""
    for name, n in Counter(header.names).items():
        if name and n > 1:
            at = ", ".join(str(i) for i, other in enumerate(header.names, 1) if other == name)
            problems.add("READ009", f"the name is used {n} times: columns {at}", header.row, name)
    for name in options.identifiers:
        if name not in header.names:
            message = f"identifier column '{name}' is not in the table"
            problems.add("READ013", message, hint=did_you_mean(name, header.names))


def assemble(header: Header, cells: Cells, options: TableOptions, problems: Problems) -> Table:
    """Table without rows in which every cell is empty; READ009 for values in a column without a name."""
    filled = [c if isinstance(c, np.ndarray) else present(c) for c in cells.columns]
    some = np.logical_or.reduce(filled) if filled else np.zeros(0, bool)
    blank = cells.rows[~some].tolist()
    blanks = tuple(sorted((*cells.skipped.get(BLANK, ()), *blank)))
    skipped = {**cells.skipped, BLANK: blanks} if blanks else cells.skipped
    notes = _check_unnamed(header, filled, cells.rows, problems)
    columns = {n: c for n, c in zip(header.names, cells.columns, strict=True) if n and not isinstance(c, np.ndarray)}
    if blank:
        columns = {name: take(column, np.flatnonzero(some)) for name, column in columns.items()}
    dropped = {n: int(m.sum()) for n, m in zip(header.names, filled, strict=True) if n in options.identifiers}
    labels = {n: label for n, label in zip(header.names, header.labels, strict=False) if n in columns and label}
    rows = cells.rows[some]
    return Table(columns, rows, labels, skipped, dropped, notes)


def _check_unnamed(header: Header, filled: list[Mask], rows: Rows, problems: Problems) -> tuple[str, ...]:
    """An unnamed column without a value is left out with a note, one with values is READ009."""
    notes = []
    for number, (name, mask) in enumerate(zip(header.names, filled, strict=True), 1):
        if not name and mask.any():
            message = f"column {number} has no name, but {counted(int(mask.sum()), 'value')}"
            problems.add("READ009", f"{message}, first in row {rows[mask.argmax()]}", header.row)
        elif not name:
            notes.append(f"column {number} has no name and no value: left out")
    return tuple(notes)
