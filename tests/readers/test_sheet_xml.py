"""The two ways to find a sheet's facts, by patterns and by parsing, find the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cdisc_itp.readers.sheet_xml import (
    MAIN_NAMESPACES,
    SheetFacts,
    column_letters,
    is_usual,
    parse_facts,
    parse_reference,
    read_sheet_facts,
    search_facts,
)

MAIN = MAIN_NAMESPACES[0]
TIMED = frozenset({2, 13})

values = st.sampled_from(
    [
        "",
        "<v/>",
        "<v></v>",
        "<v>1</v>",
        "<v>#N/A</v>",
        "<v>-1.5</v>",
        "<v>60</v>",
        "<v>60.25</v>",
        "<v>600</v>",
        "<is><t>x</t></is>",
        "\n<v>2</v>\n",
    ]
)
formulas = st.sampled_from(["", "<f>A1+1</f>", '<f t="shared" si="0"/>', "<f/>", '<f t="array" ref="A1">B1&lt;2</f>'])
attributes = st.sampled_from(["", ' s="2"', ' s="1" t="n"', ' s="13" t="e"', ' t="e"', ' t="str"', ' t="s" s="12"'])


@st.composite
def sheets(draw: st.DrawFn) -> str:
    rows = ""
    for number in draw(st.lists(st.integers(1, 1200), unique=True, max_size=5).map(sorted)):
        hidden = draw(st.sampled_from(["", ' hidden="1"', ' spans="1:3" hidden="true"', ' hidden="0"']))
        cells = ""
        for column in draw(st.lists(st.integers(1, 800), unique=True, max_size=4).map(sorted)):
            inner = draw(formulas) + draw(values)
            start = f'<c r="{column_letters(column)}{number}"{draw(attributes)}'
            cells += f"{start}>{inner}</c>" if inner else f"{start}/>"
        rows += f'<row r="{number}"{hidden}>{cells}</row>' if cells else f'<row r="{number}"{hidden}/>'
    columns = draw(st.sampled_from(["", '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/></cols>']))
    merged = draw(st.sampled_from(["", '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="D4"/></mergeCells>']))
    return f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{rows}</sheetData>{merged}</worksheet>'


@settings(max_examples=200, deadline=None)
@given(sheets())
def test_patterns_find_what_a_parser_finds(xml: str) -> None:
    assert is_usual(xml.encode())
    searched, parsed = search_facts(xml.encode(), TIMED), parse_facts(xml.encode(), TIMED)
    filled = re.findall(r'<c r="([A-Z]+)(\d+)"[^>]*>\s*<[vif]', xml)
    assert replace(searched, span=None) == replace(parsed, span=None)
    assert searched.span in (None, parsed.span)
    assert searched.span is not None or all(len(letters) == 1 for letters, _ in filled)


@settings(max_examples=100, deadline=None)
@given(sheets())
def test_a_sheet_written_in_another_way_is_parsed(xml: str) -> None:
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=").encode()
    quoted = xml.replace("'", "").replace('"', "'").encode()
    wide = xml.encode("utf-16")
    for other in (prefixed, quoted, wide):
        assert not is_usual(other)
        assert read_sheet_facts(other, TIMED) == parse_facts(xml.encode(), TIMED)


def test_facts_of_a_sheet() -> None:
    xml = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
    <worksheet xmlns="{MAIN}"><cols><col min="2" max="3" hidden="1"/></cols><sheetData>
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="2"><v>44747</v></c></row>
    <row r="2" hidden="1"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2"><f>A1</f></c></row>
    </sheetData><mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells></worksheet>"""
    assert read_sheet_facts(xml.encode(), TIMED) == SheetFacts(
        hidden_rows=(2,),
        hidden_columns=((2, 3),),
        merged=((1, 1, 2, 1),),
        errors={(2, 1): "#DIV/0!"},
        pending=((2, 2),),
        formulas=2,
        styled={2: {1: 2}},
        span=None,
    )


def test_cells_without_references_follow_each_other() -> None:
    rows = '<row><c/><c t="e"><v>#N/A</v></c></row><row><c><f>1</f></c></row>'
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    facts = read_sheet_facts(xml.encode(), TIMED)
    assert (facts.errors, facts.pending, facts.span) == ({(1, 2): "#N/A"}, ((2, 1),), (2, 2))


@pytest.mark.parametrize("reference", ["", "A", "1", "A0B", "ABCD1", "A12345678", "A-1"])
def test_a_reference_that_is_none(reference: str) -> None:
    with pytest.raises(ValueError, match=f"^{reference}$"):
        parse_reference(reference)


@given(st.integers(1, 16384), st.integers(1, 1048576))
def test_letters_and_numbers_of_columns(column: int, row: int) -> None:
    assert parse_reference(f"{column_letters(column)}{row}") == (row, column)
