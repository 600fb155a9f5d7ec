"""Delimited text, every cell the text that was written.

Well-formed files are parsed by Arrow into dictionary columns. What Arrow cannot place (rows with too many or
too few cells, stray quotes) is read row by row, which also finds every problem and where it is.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from pyarrow import csv as arrow_csv

from ..algorithms.values import TEXT, holds_any
from ..model.column import Column, Mask, Rows, text_column
from ..model.raw import RawTable, TableOptions
from .delimited import Row, RowPlaces, choose_delimiter, find_long_line, find_rows, read_rows, starting_with
from .limits import LIMITS, Limits
from .problems import Problems, read_bytes
from .table import (
    BLANK,
    COMMENT,
    TITLE,
    Cells,
    Header,
    assemble,
    check_header,
    check_header_options,
    make_header,
    note_ragged,
)
from .text import LINE_END, DecodedText, decode_text
from .undecodable import name_columns

BLOCK_BYTES = 4 * 1024 * 1024


class _Source(Struct, frozen=True):
    """Decoded text and how it is divided."""

    utf8: bytes
    delimiter: str
    options: TableOptions
    limits: Limits


def raw_table_from_csv(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """Table of a delimited text file; ``rows`` are the 1-based lines on which the records start.

    Raises ReadError with every problem (READ001-READ003, READ006-READ013, READ018, READ019).
    """
    problems = Problems(path.name, limits.problems)
    if not check_header_options(options, problems):
        problems.raise_any()
    data = read_bytes(path, problems, limits)
    text = decode_text(data, options.encoding, problems)
    if text is not None:
        _check_text(text, problems, limits)
    else:
        problems.kept = name_columns(problems.kept, data, options)
    problems.raise_any()
    assert text is not None
    delimiter = choose_delimiter(text.utf8, options, problems)
    problems.raise_any()
    assert delimiter is not None
    source = _Source(text.utf8, delimiter.value, options, limits)
    header, cells = _read_regular(source) or _read_irregular(source, problems)
    check_header(header, options, problems)
    table = assemble(header, cells, options, problems)
    problems.raise_any()
    return RawTable(
        file=path.name,
        sheet=None,
        columns=table.columns,
        rows=table.rows,
        sha256=hashlib.sha256(data).hexdigest(),
        labels=table.labels,
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(text.detected, delimiter),
        notes=(*text.notes, *table.notes),
    )


def _check_text(text: DecodedText, problems: Problems, limits: Limits) -> None:
    """Note an empty file (READ008), NUL bytes (READ012), and a line longer than any table has (READ007)."""
    if not text.utf8:
        problems.add("READ008", "the file is empty")
    if len(text.utf8) > limits.line_bytes and (line := find_long_line(text.utf8, limits.line_bytes)):
        problems.add("READ007", f"the line is longer than the limit of {limits.line_bytes} bytes", line)
    if not (n := text.utf8.count(b"\0")):
        return
    if n > len(text.utf8) // 5:
        problems.add("READ012", f"{n} NUL bytes", hint="if it is UTF-16, declare utf-16-le or utf-16-be")
        return
    line = 1
    for part in text.utf8.split(b"\0")[:-1]:
        line += len(LINE_END.findall(part.decode(errors="ignore")))
        problems.add("READ012", "NUL byte", line)


def _read_regular(source: _Source) -> tuple[Header, Cells] | None:
    """Header and cells by Arrow, or None where the text must be read row by row."""
    places = find_rows(source.utf8, source.delimiter)
    if places is None:
        return None
    full = places.stops > places.starts
    comment = starting_with(source.utf8, places, source.options.comment)
    if any(b'"' in source.utf8[a:b] for a, b in zip(places.starts[comment], places.stops[comment], strict=True)):
        return None
    kept = np.flatnonzero(full & ~comment)
    above = source.options.skip
    title, head, body = np.split(kept, [above, above + source.options.header])
    header = _read_header(source, places, head)
    if header is None:
        return None
    columns = _parse(source, header, _body(source.utf8, places, body, comment), places.multiline, len(body))
    if columns is None:
        return None
    skipped = {COMMENT: places.lines[comment], BLANK: places.lines[~full], TITLE: places.lines[title]}
    return header, Cells(columns, places.lines[body], {k: tuple(v.tolist()) for k, v in skipped.items() if len(v)})


def _read_header(source: _Source, places: RowPlaces, head: Rows) -> Header | None:
    """Header; None where something is wrong with it, which the row by row reading tells."""
    rows = []
    for i in head:
        text = source.utf8[places.starts[i] : places.stops[i]].decode()
        cells = next(read_rows(text, source.delimiter, None, lambda line, flaw: None))[1]
        rows.append((int(places.lines[i]), cells or []))
    silent = Problems("", 0)
    header = make_header(rows, source.options, silent, source.limits.columns)
    return None if silent.count or ([""] in [cells for _, cells in rows]) else header


def _body(utf8: bytes, places: RowPlaces, body: Rows, comment: Mask) -> memoryview | bytes:
    """The text of the records; blank lines stay in (Arrow passes over them), comment rows are cut out."""
    if not len(body):
        return b""
    view = memoryview(utf8)
    start, within = int(places.starts[body[0]]), np.flatnonzero(comment)
    within = within[within > body[0]]
    if not len(within):
        return view[start:]
    after = np.append(places.starts, len(utf8))
    edges = [start, *np.column_stack([places.starts[within], after[within + 1]]).ravel().tolist(), len(utf8)]
    return b"".join(view[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def _parse(
    source: _Source, header: Header, body: memoryview | bytes, multiline: bool, n: int
) -> tuple[Column | Mask, ...] | None:
    """Columns by Arrow; None where it finds other than n rows of the header's width."""
    dropped = [name in source.options.identifiers for name in header.names]
    if not n:
        return tuple(np.zeros(0, bool) if drop else text_column([], []) for drop in dropped)
    if bytes(body[:3]) == b"\xef\xbb\xbf":  # Arrow would take the character for a byte order mark.
        return None
    names = [str(i) for i in range(len(header.names))]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(delimiter=source.delimiter, newlines_in_values=multiline),
            convert_options=arrow_csv.ConvertOptions(
                column_types={i: pa.string() if drop else text for i, drop in zip(names, dropped, strict=True)},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != n:
        return None
    return tuple(_filled(c) if drop else _column(c) for c, drop in zip(table.columns, dropped, strict=True))


def _filled(cells: Any) -> Mask:
    """Which cells of an Arrow text column hold something (n,)."""
    return np.asarray(pc.greater(pc.binary_length(cells), 0).combine_chunks().to_numpy(zero_copy_only=False))


def _column(cells: Any) -> Column:
    """Column from an Arrow dictionary column; the empty text is no value."""
    chunks = cells.chunks if cells.num_chunks == 1 else cells.unify_dictionaries().chunks
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    values = pc.cast(chunks[0].dictionary, TEXT)
    empty = pc.index(values, "").as_py() if holds_any(values, [""]) else -1
    if empty >= 0:
        values = pa.concat_arrays([values[:empty], values[empty + 1 :]])
        new = np.arange(-1, len(values), dtype=np.int32)
        new[: empty + 1], new[empty] = np.arange(empty + 1), -1
        codes = new[codes]
    return text_column(codes, values)


def _read_irregular(source: _Source, problems: Problems) -> tuple[Header, Cells]:
    """Header and cells row by row, noting READ010 and READ011; raises ReadError where there is no header."""

    def note_flaw(line: int, flaw: str) -> None:
        problems.add("READ011", flaw, line)

    skipped: dict[str, list[int]] = {COMMENT: [], BLANK: [], TITLE: []}
    rows = read_rows(source.utf8.decode(), source.delimiter, source.options.comment, note_flaw)
    kept = _kept(rows, skipped)
    skipped[TITLE] += [line for line, _ in islice(kept, source.options.skip)]
    head = list(islice(kept, source.options.header))
    header = make_header(head, source.options, problems, source.limits.columns)
    if header is None:
        problems.raise_any()
    assert header is not None
    fitting = _fitting(kept, len(header.names), skipped[BLANK], problems)
    columns, lines = _collect(fitting, header.names, source.options.identifiers)
    return header, Cells(columns, lines, {k: tuple(sorted(v)) for k, v in skipped.items() if v})


def _kept(rows: Iterable[Row], skipped: dict[str, list[int]]) -> Iterator[tuple[int, list[str]]]:
    for line, cells in rows:
        if cells is None:
            skipped[COMMENT].append(line)
        elif cells == [""]:
            skipped[BLANK].append(line)
        else:
            yield line, cells


def _fitting(
    rows: Iterable[tuple[int, list[str]]], width: int, blank: list[int], problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """The rows that have the header's width; a line of nothing but blanks is a blank row."""
    for line, cells in rows:
        if len(cells) == width:
            yield line, cells
        elif len(cells) == 1 and not cells[0].strip():
            blank.append(line)
        else:
            note_ragged(problems, line, len(cells), width)


def _collect(
    rows: Iterable[tuple[int, list[str]]], names: Sequence[str], identifiers: Sequence[str]
) -> tuple[tuple[Column | Mask, ...], Rows]:
    """Columns of rows given one at a time, coded on the way; of identifiers only whether there is one."""
    lines = array("q")
    codes = [array("i") for _ in names]
    tables: list[dict[str, int]] = [{"": 0} for _ in names]
    hidden = [name in identifiers for name in names]
    for line, cells in rows:
        lines.append(line)
        for column, table, cell, hide in zip(codes, tables, cells, hidden, strict=True):
            column.append(table.setdefault("x" if hide and cell else cell, len(table)))
    numbered = [np.asarray(column, dtype=np.int32) - 1 for column in codes]
    columns = tuple(
        c >= 0 if hide else text_column(c, list(table)[1:])
        for c, table, hide in zip(numbered, tables, hidden, strict=True)
    )
    return columns, np.asarray(lines, dtype=np.int64)
