"""What a worksheet's XML says that its values do not: hidden rows, merged cells, errors, formulas, cell styles.

Building a tree of a large sheet (90 MB for 2 million cells) costs more than reading its values. So a sheet that
is written the usual way (UTF-8, one default namespace, the reference as first attribute of each row and cell)
is searched by patterns, once it is known to be well-formed; any other is parsed as a tree, with the same result.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator

from lxml import etree
from msgspec import Struct, field

from .workbook import Element, check_well_formed, parse_part

MAIN_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
Place = tuple[int, int]
"""Sheet row and column, both 1-based."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, 1-based."""


class SheetFacts(Struct, frozen=True):
    """Facts of one sheet; rows and columns are 1-based.

    ``errors`` gives the text of error cells (#N/A), ``pending`` the places of formulas without a stored value,
    ``formulas`` counts all; ``styled`` gives the styles that were asked for, by column and row; ``odd`` the styles
    of the numbers below zero and from 60 to 61, where day numbers are no dates; ``span`` is the last row and the
    last column that hold something, None where it is certain to be small.
    """

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Range, ...] = ()
    errors: dict[Place, str] = field(default_factory=dict)
    pending: tuple[Place, ...] = ()
    formulas: int = 0
    styled: dict[int, dict[int, int]] = field(default_factory=dict)
    odd: dict[Place, tuple[int, str]] = field(default_factory=dict)
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


def read_sheet_facts(xml: bytes, wanted: Collection[int]) -> SheetFacts:
    """Facts of a sheet from its XML; ``wanted`` are the numbers of the cell styles that matter.

    Raises ValueError or lxml's XMLSyntaxError where the XML is no worksheet.
    """
    facts = search_facts(xml, wanted) if is_usual(xml) else parse_facts(xml, wanted)
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
        and sum(xml.count(namespace.encode()) for namespace in MAIN_NAMESPACES) == 1
        and any(f'xmlns="{namespace}"'.encode() in start for namespace in MAIN_NAMESPACES)
        and xml.count(b"<sheetData") == 1
        and not re.search(UNUSUAL, xml)
    )


def search_facts(xml: bytes, wanted: Collection[int]) -> SheetFacts:
    """Facts of a sheet that is written the usual way, by patterns, which are no parser: it is checked first."""
    check_well_formed(xml)
    hidden = re.findall(rb'<row r="(\d+)"(?=[^<>]* hidden="(?:1|true)")', xml) if b"hidden=" in xml else []
    columns, merged = _frame_facts(_without_rows(xml))
    errors = re.finditer(ERROR_CELL, xml) if b't="e"' in xml else ()
    pending = re.finditer(PENDING_CELL, xml) if b"<f" in xml else ()
    styles = b"|".join(str(i).encode() for i in sorted(wanted))
    styled = (
        re.findall(rb'<c r="([A-Za-z]+)(\d+)"(?=[^<>]* s="(' + styles + rb')")[^<>]*[^/<>]>', xml) if wanted else ()
    )
    odd = re.finditer(ODD_CELL, xml) if b"<v>-" in xml or b"<v>60" in xml else ()
    return SheetFacts(
        tuple(map(int, hidden)),
        tuple(columns),
        tuple(merged),
        {_place(match): match[2].decode() for match in errors},
        tuple(map(_place, pending)),
        len(re.findall(rb"<f[ />]", xml)),
        _by_column(styled),
        {_place(match): (int(match[2]), match[3].decode()) for match in odd},
        _search_span(xml),
    )


# A declaration or CDATA, a row or a cell that does not begin with its reference.
UNUSUAL = rb'<(?:!|c(?![A-Za-z])(?! r=")|row(?! r="|Breaks))'
# In these patterns [^<>] ends at the next tag, so that no input makes them scan the sheet again and again.
FORMULA = rb"<f(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*"
ERROR_CELL = rb'<c r="(\w+)"(?=[^<>]* t="e")[^<>]*>\s*(?:' + FORMULA + rb")?<v>\s*([^<]+?)\s*</v>"
PENDING_CELL = rb'<c r="(\w+)"(?![^<>]* t="str")[^<>]*>\s*' + FORMULA + rb"(?:<v>\s*</v>|<v\s*/>)?\s*</c>"
ODD_CELL = (
    rb'<c r="(\w+)"(?=[^<>]* s="(\d+)")(?![^<>]* t="[^n])[^<>]*>\s*(?:' + FORMULA + rb")?<v>(-[^<]*|60(?:\.[^<]*)?)</v>"
)


def _place(match: re.Match[bytes]) -> Place:
    return parse_reference(match[1].decode())


def _search_span(xml: bytes) -> Place | None:
    """Last row and column; None where no cell is beyond column Z or row 999,999."""
    if not re.search(rb'<c r="(?:[A-Z]{2}|[A-Z]\d{7}|[^A-Z])', xml):
        return None
    cells = re.findall(rb'<c r="([^"]*?)(\d*)"[^<>]*>\s*<[vif]', xml)
    columns = [parse_reference(f"{letters.decode()}1")[1] for letters in {letters for letters, _ in cells}]
    return max((int(row) for row in {row for _, row in cells}), default=0), max(columns, default=0)


def _by_column(cells: Iterable[tuple[bytes, bytes, bytes]]) -> dict[int, dict[int, int]]:
    """Styles by column and row, of letters, row numbers and styles; made for millions of cells."""
    by_letters: dict[bytes, dict[int, int]] = {}
    for letters, row, style in cells:
        if letters not in by_letters:
            by_letters[letters] = {}
        by_letters[letters][int(row)] = int(style)
    return {parse_reference(f"{letters.decode()}1")[1]: styles for letters, styles in by_letters.items()}


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


def parse_facts(xml: bytes, wanted: Collection[int]) -> SheetFacts:
    """Facts of any sheet, by parsing it as a tree, row by row."""
    hidden, columns, merged, found = list[int](), list[tuple[int, int]](), list[Range](), _Found(wanted)
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
                found.add(place, cell)
            element.clear()
    frame = tuple(hidden), tuple(columns), tuple(merged)
    return SheetFacts(*frame, found.errors, tuple(found.pending), found.formulas, found.styled, found.odd, found.span)


class _Found:
    """Facts of the cells seen so far."""

    def __init__(self, wanted: Collection[int]) -> None:
        self.wanted = wanted
        self.errors: dict[Place, str] = {}
        self.odd: dict[Place, tuple[int, str]] = {}
        self.pending: list[Place] = []
        self.styled: dict[int, dict[int, int]] = {}
        self.formulas = 0
        self.span = (0, 0)

    def add(self, place: Place, cell: Element) -> None:
        """Take in one cell."""
        text, kind, style = (cell.findtext("{*}v") or "").strip(), cell.get("t", "n"), int(cell.get("s") or 0)
        if len(cell):
            self.span = (max(self.span[0], place[0]), max(self.span[1], place[1]))
        if "s" in cell.attrib and style in self.wanted and len(cell):
            self.styled.setdefault(place[1], {})[place[0]] = style
        if "s" in cell.attrib and kind == "n" and re.fullmatch(r"-.*|60(\..*)?", text):
            self.odd[place] = (style, text)
        self.formulas += cell.find("{*}f") is not None
        self.pending += [place] * _is_pending(cell)
        if kind == "e" and text:
            self.errors[place] = text


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
