"""Rows of delimited text (RFC 4180 quoting): the delimiter, the place of each row, and one row at a time.

A line ends with LF, CR LF or CR. A cell is quoted where its first character is a quote; inside it a quote is
doubled. A quote elsewhere is an ordinary character, as in the csv module.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.column import Mask, Rows
from ..model.raw import Detected, TableOptions
from .problems import Problems
from .text import LINE_END

DELIMITERS: dict[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
NAMES: dict[str, str] = {sign: name for name, sign in DELIMITERS.items()}
SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 200

Row = tuple[int, list[str] | None]
"""1-based line of a row's first line, and its cells: None for a comment row."""
Flaw = Callable[[int, str], None]
Bytes = npt.NDArray[np.uint8]


class RowPlaces(Struct, frozen=True):
    """Byte offsets of each row (n,), line end left out, and the 1-based line on which it starts."""

    starts: Rows
    stops: Rows
    lines: Rows
    multiline: bool


def find_rows(utf8: bytes, delimiter: str) -> RowPlaces | None:
    """Place of every row, or None where quotes are not used as they should be.

    Where each opening quote stands at the start of a cell and each closing one at its end, a line end is
    inside a cell exactly if an odd number of quotes stands before it.
    """
    data = np.frombuffer(utf8, np.uint8)
    line_stops, line_ends = _find_lines(utf8, data)
    quotes = np.flatnonzero(data == ord('"')) if b'"' in utf8 else np.empty(0, np.int64)
    if not _is_regular(data, quotes, delimiter):
        return None
    outside = np.flatnonzero(np.searchsorted(quotes, line_stops) % 2 == 0)
    starts = np.concatenate([np.zeros(min(1, len(outside)), np.int64), line_ends[outside[:-1]]])
    lines = np.concatenate([np.ones(min(1, len(outside)), np.int64), outside[:-1] + 2])
    return RowPlaces(starts, line_stops[outside], lines, len(outside) < len(line_stops))


def _find_lines(utf8: bytes, data: Bytes) -> tuple[Rows, Rows]:
    """Offset of each line's end (n,) and of what follows it (n,); a last line needs no line end."""
    stops = np.flatnonzero(data == ord("\n"))
    ends = stops + 1
    if b"\r" in utf8:
        before = (stops > 0) & (data[stops - 1] == ord("\r"))
        stops = stops - before
        returns = np.flatnonzero(data == ord("\r"))
        alone = returns[data.take(returns + 1, mode="clip") != ord("\n")]
        stops, ends = np.concatenate([stops, alone]), np.concatenate([ends, alone + 1])
        order = np.argsort(ends, kind="stable")
        stops, ends = stops[order], ends[order]
    if len(data) > (ends[-1] if len(ends) else 0):
        stops, ends = np.append(stops, len(data)), np.append(ends, len(data))
    return stops, ends


def find_long_line(utf8: bytes, limit: int) -> int | None:
    """Number (from 1) of the first line of more than ``limit`` bytes."""
    _, ends = _find_lines(utf8, np.frombuffer(utf8, np.uint8))
    long = np.flatnonzero(np.diff(ends, prepend=0) > limit)
    return int(long[0]) + 1 if len(long) else None


def _is_regular(data: Bytes, quotes: Rows, delimiter: str) -> bool:
    """Whether each odd quote starts a cell, each even one ends it, or two of them are a doubled quote."""
    if not len(quotes):
        return True
    beside = np.zeros(256, bool)
    beside[[ord(c) for c in ('"', "\r", "\n", delimiter)]] = True
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    before = beside[data[opening[opening > 0] - 1]]
    after = beside[data[closing[closing < len(data) - 1] + 1]]
    return bool(before.all() and after.all())


def starting_with(utf8: bytes, places: RowPlaces, prefix: str | None) -> Mask:
    """Which rows (n,) start with the prefix, before or after an opening quote."""
    data = np.frombuffer(utf8, np.uint8)
    out = np.zeros(len(places.starts), bool)
    if not prefix:
        return out
    for written in (prefix.encode(), b'"' + prefix.encode()):
        same = places.starts + len(written) <= places.stops
        for i, byte in enumerate(written):
            same[same] = data[places.starts[same] + i] == byte
        out |= same
    return out


def read_rows(text: str, delimiter: str, comment: str | None, flaw: Flaw) -> Iterator[Row]:
    """Rows one at a time, however they are quoted; wrong quoting is told to ``flaw`` and read as it stands."""
    at, line = 0, 1
    cells: list[str] | None
    while at < len(text):
        end = LINE_END.search(text, at)
        stop, after, height = (end.start(), end.end(), 1) if end else (len(text), len(text), 1)
        if comment and text.startswith(comment, at):
            cells = None
        elif text.find('"', at, stop) < 0:
            cells = text[at:stop].split(delimiter)
        else:
            cells, after, height = _read_row(text, at, line, delimiter, flaw)
            cells = None if comment and cells[0].startswith(comment) else cells
        yield line, cells
        at, line = after, line + height


def _read_row(text: str, at: int, line: int, delimiter: str, flaw: Flaw) -> tuple[list[str], int, int]:
    """Cells, the offset of the next row, and the number of lines."""
    pattern, cells, height = _cell_pattern(delimiter), [], 1
    while True:
        match = pattern.match(text, at)
        assert match is not None  # An empty cell matches, too.
        quoted, at = match[1], match.end()
        if quoted is None:
            cells.append(match[2])
            if match[2].startswith('"'):
                flaw(line, _flaw_of(text, match.start()))
        else:
            cells.append(quoted.replace('""', '"'))
            height += len(LINE_END.findall(quoted))
        if text[at : at + 1] != delimiter:
            end = LINE_END.match(text, at)
            return cells, end.end() if end else at, height
        at += 1


@functools.cache
def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    """A quoted cell up to the next delimiter or line end, else whatever stands before those."""
    ends = re.escape(delimiter) + r"\r\n"
    return re.compile(rf'"([^"]*+(?:""[^"]*+)*+)"(?=[{ends}]|\Z)|([^{ends}]*+)')


def _flaw_of(text: str, at: int) -> str:
    closed = re.compile(r'"[^"]*+(?:""[^"]*+)*+"').match(text, at)
    return "text follows the closing quote of a cell" if closed else "a quoted cell is never closed"


def choose_delimiter(utf8: bytes, options: TableOptions, problems: Problems) -> Detected | None:
    """The delimiter declared by name or sign, or detected; None after noting READ006 or READ018."""
    declared = options.delimiter
    if declared is None:
        return _detect_delimiter(utf8, options, problems)
    sign = DELIMITERS.get(declared, declared)
    if len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign not in '"\r\n\0':
        return Detected("delimiter", sign, 1.0)
    known = ", ".join(DELIMITERS)
    problems.add("READ006", f"'{declared}' is no delimiter", hint=f"one sign beyond letters and digits, or: {known}")
    return None


def _detect_delimiter(utf8: bytes, options: TableOptions, problems: Problems) -> Detected | None:
    """Of the delimiters in the header the one that gives most rows the header's number of cells."""
    sample = utf8[:SAMPLE_BYTES].decode(errors="ignore")
    complete = len(sample.encode()) == len(utf8)
    shares = {sign: share for sign in NAMES if (share := _share_of_rows(sample, complete, sign, options)) >= 0}
    if not shares:
        return Detected("delimiter", ",", 1.0)
    best = max(shares.values())
    winners = [sign for sign, share in shares.items() if share == best]
    if len(winners) == 1:
        return Detected("delimiter", winners[0], round(best, 2))
    names = " or ".join(NAMES[sign] for sign in winners)
    problems.add("READ018", f"the delimiter may be {names}", hint="declare `delimiter`")
    return None


def _share_of_rows(sample: str, complete: bool, delimiter: str, options: TableOptions) -> float:
    """Share of rows as wide as the header and rightly quoted; -1 where the header has one cell or wrong quotes."""
    widths: list[int] = []
    flawed: set[int] = set()
    for line, cells in read_rows(sample, delimiter, options.comment, lambda line, flaw: flawed.add(line)):
        if cells is not None and cells != [""]:
            widths.append(0 if line in flawed else len(cells))
            if len(widths) == options.skip + 1 and widths[-1] <= 1:
                return -1.0
        if len(widths) == SAMPLE_ROWS:
            break
    whole = complete or len(widths) == SAMPLE_ROWS
    widths = widths[options.skip :]
    rows = widths[1:] if whole else widths[1:-1]
    if not widths:
        return -1.0
    return sum(n == widths[0] for n in rows) / len(rows) if rows else 1.0
