"""Expected kinds follow ECMA-376 part 1, 18.8.30 and 18.8.31."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.readers.number_formats import parse_format, read_number_formats, zeros_text
from cdisc_itp.readers.sheet_xml import MAIN_NAMESPACES

MAIN = MAIN_NAMESPACES[0]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", None),
        ("@", None),
        ("0", None),
        ("0.00", None),
        ("#,##0.00", None),
        ("0.00E+00", None),
        ("0_);[Red]\\(0\\)", None),
        ("[$¥-804]#,##0", None),
        ("yyyy-mm-dd", "date"),
        ("[$-804]yyyy/m/d;@", "date"),
        ('yyyy"年"m"月"d"日"', "date"),
        ('e"年"m"月"d"日"', "date"),
        ("[$-F800]dddd, mmmm dd, yyyy", "date"),
        ("[Red]yyyy/m/d", "date"),
        ("yyyy-mm-dd hh:mm", "datetime"),
        ("[$-804]yyyy/m/d h:mm AM/PM;@", "datetime"),
        ("d [hh]:mm", "datetime"),
        (r"yyyy\-mm\-dd\ss", "datetime"),
        ('yyyy"年"m"月"', "month"),
        ("mmm-yy", "month"),
        ('yyyy"年"', "year"),
        (r"yyyy\h", "year"),
        ('m"月"d"日"', "no year"),
        ("d-mmm", "no year"),
        ("hh:mm", "time"),
        ("[h]:mm:ss", "time"),
        ("mm:ss.0", "time"),
        ("000", "zeros"),
        ("0000;-0000", "zeros"),
        ('"04-"000', "zeros"),
        ("00-000", "zeros"),
        (r"\S000", "zeros"),
        ("0.000", None),
        ('000"岁"', "beside"),
        ('0"天"', "beside"),
        ('General"日"', "beside"),
        ("0%", "beside"),
        ("0,", "beside"),
        ('[=1]"男";[=2]"女"', "beside"),
    ],
)
def test_kind_of_a_format(code: str, kind: str | None) -> None:
    found = parse_format(code)
    assert (found and found.kind) == kind


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("000", 7, "007"),
        ("000", 0, "000"),
        ("000", 1234, "1234"),
        ('"04-"000', 1, "04-001"),
        ("00-000", 1023, "01-023"),
        ("00-000", 123456, "123-456"),
        ('"0"00', 7, "007"),
        (r"\S00", 7, "S07"),
    ],
)
def test_zeros_are_given_as_shown(code: str, number: int, text: str) -> None:
    found = parse_format(code)
    assert found is not None
    assert zeros_text(number, found.pieces) == text


@given(st.integers(0, 10**12), st.integers(2, 15))
def test_a_run_of_zeros_fills_up(number: int, n: int) -> None:
    found = parse_format("0" * n)
    assert found is not None
    assert zeros_text(number, found.pieces) == str(number).zfill(n)


def styles(numbers: list[int], codes: dict[int, str], charset: str = "") -> bytes:
    made = "".join(f"<numFmt numFmtId='{i}' formatCode={quoteattr(code)}/>" for i, code in codes.items())
    shown = "".join(f"<xf numFmtId='{i}'/>" for i in numbers)
    fonts = f"<fonts><font><charset val='{charset}'/></font></fonts>" if charset else ""
    return (
        f"<styleSheet xmlns='{MAIN}'><numFmts>{made}</numFmts>{fonts}<cellXfs>{shown}</cellXfs></styleSheet>".encode()
    )


def test_styles_that_show_the_number_are_left_out() -> None:
    found = read_number_formats(styles([0, 1, 2, 14, 22, 164, 165], {164: "000", 165: "0.0"}))
    assert {i: form.kind for i, form in found.items()} == {3: "date", 4: "datetime", 5: "zeros"}
    assert read_number_formats(None) == {}


def test_a_written_code_counts_more_than_the_built_in_one() -> None:
    assert read_number_formats(styles([14, 57], {14: "0.0", 57: "yyyy-mm-dd"}))[1].kind == "date"


def test_built_in_formats_of_a_language_are_known_where_the_fonts_tell_it() -> None:
    chinese = read_number_formats(styles([57, 58, 31], {}, "134"))
    assert [form.kind for form in chinese.values()] == ["month", "no year", "date"]
    for charset in ("", "128"):
        found = read_number_formats(styles([57], {}, charset))
        assert (found[0].kind, found[0].code) == ("no year", "built-in format 57 of the program's language")
