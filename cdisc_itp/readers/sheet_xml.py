"""What a worksheet's XML says that its values do not: hidden rows, merged cells, errors, formulas not computed.

Building a tree of a large sheet (90 MB for 2 million cells) costs more than reading its values. So a sheet that
is written the usual way (UTF-8, one default namespace, the reference as first attribute of each row and cell)
is searched by patterns; any other is parsed as a tree, with the same result.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from .workbook import Element, parse_part

MAIN_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
BUILT_IN_DATETIME = 22
"""ECMA-376 part 1, 18.8.30: of the built-in formats only "m/d/yy h:mm" shows date and time."""

Place = tuple[int, int]
"""Sheet row and column, both 1-based."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, 1-based."""


@dataclass(frozen=True)
class SheetFacts:
    """Facts of one sheet; rows and columns are 1-based.

    ``errors`` gives the text of error cells (#N/A), ``pending`` the places of formulas without a stored value,
    ``timed`` the rows, by column, of cells whose format shows date and time; ``span`` is the last row and the
    last column that hold something, None where it is certain to be small.
    """

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Range, ...] = ()
    errors: dict[Place, str] = field(default_factory=dict)
    pending: tuple[Place, ...] = ()
    timed: dict[int, frozenset[int]] = field(default_factory=dict)
    span: Place | None = None


def parse_reference(reference: str) -> Place:
    """Row and column of a cell reference.

    >>> parse_reference("AB12")
    (12, 28)
    """
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", reference)
    if not match:
        raise ValueError(reference)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def column_letters(column: int) -> str:
    """Letters of a 1-based column.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def datetime_styles(styles: bytes | None) -> frozenset[int]:
    """Numbers of the cell formats that show date and time."""
    if styles is None:
        return frozenset()
    root = parse_part(styles)
    codes = {n.get("numFmtId"): n.get("formatCode") or "" for n in root.iterfind("{*}numFmts/{*}numFmt")}
    shown = [xf.get("numFmtId", "0") for xf in root.iterfind("{*}cellXfs/{*}xf")]
    wanted = {number for number, code in codes.items() if _shows_datetime(code)} | {str(BUILT_IN_DATETIME)}
    return frozenset(i for i, number in enumerate(shown) if number in wanted)


def _shows_datetime(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", code.split(";")[0].lower())
    return bool(re.search("[yd]", bare)) and bool(re.search("[hs]", bare))


def read_sheet_facts(xml: bytes, with_time: frozenset[int]) -> SheetFacts:
    """Facts of a sheet from its XML; ``with_time`` are the cell formats that show date and time.

    Raises ValueError or lxml's XMLSyntaxError where the XML is no worksheet.
    """
    facts = search_facts(xml, with_time) if is_usual(xml) else parse_facts(xml, with_time)
    if facts.span and max(facts.span) > 1_048_576:
        raise ValueError("a cell beyond the last row or column of a sheet")
    return facts


def is_usual(xml: bytes) -> bool:
    """Whether the patterns find what a parser would find."""
    start = xml[:400]
    declared = re.search(rb'<\?xml[^>]*encoding="([^"]*)"', start)
    return (
        b"<worksheet" in start
        and (declared is None or declared[1].lower() in (b"utf-8", b"us-ascii"))
        and b"<!" not in xml
        and sum(xml.count(namespace.encode()) for namespace in MAIN_NAMESPACES) == 1
        and any(f'xmlns="{namespace}"'.encode() in start for namespace in MAIN_NAMESPACES)
        and xml.count(b"<sheetData") == 1
        and xml.count(b"<row") == xml.count(b'<row r="') + xml.count(b"<rowBreaks")
        and xml.count(b"<c ") + xml.count(b"<c>") + xml.count(b"<c/>") == xml.count(b'<c r="')
    )


def search_facts(xml: bytes, with_time: frozenset[int]) -> SheetFacts:
    """Facts of a sheet that is written the usual way, by patterns."""
    hidden = re.findall(rb'<row r="(\d+)"(?=[^<>]* hidden="(?:1|true)")', xml) if b"hidden=" in xml else []
    columns, merged = _frame_facts(_without_rows(xml))
    errors = re.finditer(ERROR_CELL, xml) if b't="e"' in xml else ()
    pending = re.finditer(PENDING_CELL, xml) if b"<f" in xml else ()
    styles = b"|".join(str(i).encode() for i in sorted(with_time))
    timed = re.finditer(rb'<c r="(\w+)"(?=[^<>]* s="(?:' + styles + rb')")', xml) if with_time else ()
    return SheetFacts(
        tuple(map(int, hidden)),
        tuple(columns),
        tuple(merged),
        {_place(match): match[2].decode() for match in errors},
        tuple(map(_place, pending)),
        _by_column(map(_place, timed)),
        _search_span(xml),
    )


# In these patterns [^<>] ends at the next tag, so that no input makes them scan the sheet again and again.
FORMULA = rb"<f(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*"
ERROR_CELL = rb'<c r="(\w+)"(?=[^<>]* t="e")[^<>]*>\s*(?:' + FORMULA + rb")?<v>\s*([^<]+?)\s*</v>"
PENDING_CELL = rb'<c r="(\w+)"(?![^<>]* t="str")[^<>]*>\s*' + FORMULA + rb"(?:<v>\s*</v>|<v\s*/>)?\s*</c>"


def _place(match: re.Match[bytes]) -> Place:
    return parse_reference(match[1].decode())


def _search_span(xml: bytes) -> Place | None:
    """Last row and column; None where no cell is beyond column Z or row 999,999."""
    if not re.search(rb'<c r="(?:[A-Z]{2}|[A-Z]\d{7}|[^A-Z])', xml):
        return None
    places = [parse_reference(r.decode()) for r in re.findall(rb'<c r="([^"]*)"[^<>]*>\s*<[vif]', xml)]
    return max((r for r, _ in places), default=0), max((c for _, c in places), default=0)


def _by_column(places: Iterable[Place]) -> dict[int, frozenset[int]]:
    rows: dict[int, set[int]] = {}
    for row, column in places:
        rows.setdefault(column, set()).add(row)
    return {column: frozenset(numbers) for column, numbers in rows.items()}


def _without_rows(xml: bytes) -> bytes:
    """The sheet without what stands between the tags of sheetData."""
    start = xml.index(b">", xml.index(b"<sheetData")) + 1
    end = xml.find(b"</sheetData>", start)
    return xml if end < 0 else xml[:start] + xml[end:]


def _frame_facts(xml: bytes) -> tuple[list[tuple[int, int]], list[Range]]:
    """Ranges of hidden columns and merged ranges."""
    root = parse_part(xml)
    columns = [_column_range(c) for c in root.iterfind("{*}cols/{*}col") if _is_true(c.get("hidden"))]
    return columns, [_range(m) for m in root.iterfind("{*}mergeCells/{*}mergeCell")]


def parse_facts(xml: bytes, with_time: frozenset[int]) -> SheetFacts:
    """Facts of any sheet, by parsing it as a tree, row by row."""
    hidden, columns, merged = list[int](), list[tuple[int, int]](), list[Range]()
    errors, pending, timed, filled = dict[Place, str](), list[Place](), list[Place](), (0, 0)
    number = 0
    tags = ("{*}row", "{*}col", "{*}mergeCell")
    for _, element in etree.iterparse(io.BytesIO(xml), tag=tags, resolve_entities=False, no_network=True):
        kind = etree.QName(element).localname
        if kind == "mergeCell":
            merged.append(_range(element))
        elif kind == "col":
            columns += [_column_range(element)] * _is_true(element.get("hidden"))
        else:
            number = int(element.get("r") or number + 1)
            hidden += [number] * _is_true(element.get("hidden"))
            for place, cell in _cells(number, element):
                filled = (max(filled[0], place[0]), max(filled[1], place[1])) if len(cell) else filled
                timed += [place] * (int(cell.get("s") or 0) in with_time)
                pending += [place] * _is_pending(cell)
                if cell.get("t") == "e" and (text := (cell.findtext("{*}v") or "").strip()):
                    errors[place] = text
            element.clear()
    return SheetFacts(tuple(hidden), tuple(columns), tuple(merged), errors, tuple(pending), _by_column(timed), filled)


def _cells(row: int, element: Element) -> Iterator[tuple[Place, Element]]:
    """Cells of a row with their places; a cell without reference follows the one before it."""
    column = 0
    for cell in element.iterfind("{*}c"):
        place = parse_reference(cell.get("r") or f"{column_letters(column + 1)}{row}")
        column = place[1]
        yield place, cell


def _is_pending(cell: Element) -> bool:
    """A formula without stored value; the stored value may be the empty text."""
    if cell.find("{*}f") is None or cell.find("{*}is") is not None or cell.get("t") == "str":
        return False
    return not (cell.findtext("{*}v") or "").strip()


def _is_true(value: str | None) -> bool:
    return value in ("1", "true")


def _column_range(element: Element) -> tuple[int, int]:
    return int(element.get("min") or 0), int(element.get("max") or 0)


def _range(element: Element) -> Range:
    first, _, last = (element.get("ref") or "").partition(":")
    return (*parse_reference(first), *parse_reference(last or first))
