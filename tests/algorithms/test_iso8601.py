"""Written dates to ISO 8601: expected values are the standard's and the calendar's."""

from __future__ import annotations

import datetime
import itertools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.iso8601 import (
    ISO_DATES,
    ISO_DATETIMES,
    NO_DAY,
    compute_days,
    compute_iso,
    format_kind,
    format_pattern,
    part_of_datetime,
)

GOOD = "good"


def read(text: str, *formats: str) -> tuple[str | None, str]:
    """The ISO 8601 text and the code of the problem."""
    iso, problems = compute_iso(pa.array([text]), formats)
    codes = [code for code, mask in problems.items() if mask[0]]
    return iso[0].as_py(), "+".join(codes) or GOOD


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("2022-07-05", "yyyy-MM-dd", "2022-07-05"),
        ("05/07/2022", "dd/MM/yyyy", "2022-07-05"),
        ("07/05/2022", "MM/dd/yyyy", "2022-07-05"),
        ("5.7.2022", "d.M.yyyy", "2022-07-05"),
        ("15.12.2022", "d.M.yyyy", "2022-12-15"),
        ("20220705", "yyyyMMdd", "2022-07-05"),
        ("2022年7月5日", "yyyy年M月d日", "2022-07-05"),
        ("2022年12月31日", "yyyy年M月d日", "2022-12-31"),
        ("05-JUL-2022", "dd-MMM-yyyy", "2022-07-05"),
        ("05jul2022", "ddMMMyyyy", "2022-07-05"),
        ("5 July 2022", "d MMMM yyyy", "2022-07-05"),
        ("July 5, 2022", "MMMM d, yyyy", "2022-07-05"),
        ("MAY 2022", "MMMM yyyy", "2022-05"),
        ("2022-07", "yyyy-MM", "2022-07"),
        ("2022", "yyyy", "2022"),
        ("05JUL2022:14:30", "ddMMMyyyy:HH:mm", "2022-07-05T14:30"),
        ("2022-07-05 8:05:09", "yyyy-MM-dd H:mm:ss", "2022-07-05T08:05:09"),
        ("2022-07-05T14:30:00", "yyyy-MM-ddTHH:mm:ss", "2022-07-05T14:30:00"),
        ("2022/07/05 14", "yyyy/MM/dd HH", "2022-07-05T14"),
        ("14:30", "HH:mm", "14:30"),
        ("8:05", "H:mm", "08:05"),
        ("23:59:59", "HH:mm:ss", "23:59:59"),
        ("29/02/2020", "dd/MM/yyyy", "2020-02-29"),
        ("29/02/2000", "dd/MM/yyyy", "2000-02-29"),
        ("44747", "excel_serial", "2022-07-05"),
        ("44747.0", "excel_serial", "2022-07-05"),
        ("44747.5", "excel_serial", "2022-07-05T12:00:00"),
        ("44747.604166666664", "excel_serial", "2022-07-05T14:30:00"),
        ("61", "excel_serial", "1900-03-01"),
        ("2958465", "excel_serial", "9999-12-31"),
        ("43285", "excel_serial_1904", "2022-07-05"),
        ("0", "excel_serial_1904", "1904-01-01"),
    ],
)
def test_written_forms(text: str, form: str, iso: str) -> None:
    assert read(text, form) == (iso, GOOD)


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("UN/07/2022", "dd/MM/yyyy", "2022-07"),
        ("un-UNK-2022", "dd-MMM-yyyy", "2022"),
        ("UK JUL 2022", "dd MMM yyyy", "2022-07"),
        ("XX/XX/2022", "d/M/yyyy", "2022"),
        ("NK July 2022", "d MMMM yyyy", "2022-07"),
    ],
)
def test_a_partial_date_stays_partial(text: str, form: str, iso: str) -> None:
    assert read(text, form) == (iso, GOOD)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2020-02-60", "yyyy-MM-dd"),
        ("29/02/2022", "dd/MM/yyyy"),
        ("29/02/1900", "dd/MM/yyyy"),
        ("31/04/2022", "dd/MM/yyyy"),
        ("00/07/2022", "dd/MM/yyyy"),
        ("05/00/2022", "dd/MM/yyyy"),
        ("07/13/2022", "dd/MM/yyyy"),
        ("0000-07-05", "yyyy-MM-dd"),
        ("05/UN/2022", "dd/MM/yyyy"),
        ("24:00", "HH:mm"),
        ("12:60", "HH:mm"),
        ("12:00:60", "HH:mm:ss"),
        ("2022-07-05 25:00", "yyyy-MM-dd HH:mm"),
        ("60", "excel_serial"),
        ("0.5", "excel_serial"),
        ("2958466", "excel_serial"),
        ("2957004", "excel_serial_1904"),
    ],
)
def test_no_such_day_or_time(text: str, form: str) -> None:
    assert read(text, form) == (None, "DATA011")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("5/7/22", "d/M/yyyy"),
        ("5/7/2022", "dd/MM/yyyy"),
        ("05-JUN", "dd-MMM-yyyy"),
        ("05-JUX-2022", "dd-MMM-yyyy"),
        ("05-Marble-2022", "dd-MMMM-yyyy"),
        ("05-JULY-2022", "dd-MMM-yyyy"),
        ("2022-07-05T10:30", "yyyy-MM-dd"),
        ("2022-07-05 ", "yyyy-MM-dd"),
        ("2022-07-05\n", "yyyy-MM-dd"),
        ("２０２２-07-05", "yyyy-MM-dd"),
        ("-5", "excel_serial"),
        ("44.747,5", "excel_serial"),
        ("unknown", "yyyy-MM-dd"),
    ],
)
def test_unreadable(text: str, form: str) -> None:
    assert read(text, form) == (None, "DATA010")


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("7/5/2022 2:30 PM", "M/d/yyyy h:mm a", "2022-07-05T14:30"),
        ("7/5/2022 2:30 am", "M/d/yyyy h:mm a", "2022-07-05T02:30"),
        ("12:05 a.m.", "h:mm a", "00:05"),
        ("12:05 P.M.", "hh:mm a", "12:05"),
        ("11:59:58 PM", "hh:mm:ss a", "23:59:58"),
        ("2022年7月5日 上午9:05", "yyyy年M月d日 ah:mm", "2022-07-05T09:05"),
        ("2022年7月5日 下午9:05", "yyyy年M月d日 ah:mm", "2022-07-05T21:05"),
        ("2022年7月5日 下午12:05", "yyyy年M月d日 ah:mm", "2022-07-05T12:05"),
        ("0:30 AM", "h:mm a", "DATA011"),
        ("13:30 PM", "h:mm a", "DATA011"),
        ("2:60 PM", "h:mm a", "DATA011"),
        ("2:30", "h:mm a", "DATA010"),
        ("2:30 XM", "h:mm a", "DATA010"),
        ("UN/07/2022 2:30 PM", "d/M/yyyy h:mm a", "DATA012"),
    ],
)
def test_hours_of_half_a_day(text: str, form: str, iso: str) -> None:
    found, code = read(text, form)
    assert (found if code == GOOD else code) == iso


@pytest.mark.parametrize(
    ("text", "years_from", "iso"),
    [
        ("05.07.22", 1950, "2022-07-05"),
        ("05.07.50", 1950, "1950-07-05"),
        ("05.07.49", 1950, "2049-07-05"),
        ("05.07.00", 1901, "2000-07-05"),
        ("05.07.01", 1901, "1901-07-05"),
        ("29.02.00", 1900, None),
        ("29.02.00", 2000, "2000-02-29"),
    ],
)
def test_a_year_of_two_digits_lies_in_the_hundred_years_that_are_declared(
    text: str, years_from: int, iso: str | None
) -> None:
    found, problems = compute_iso(pa.array([text]), ("dd.MM.yy",), years_from)
    assert found[0].as_py() == iso
    assert [c for c, mask in problems.items() if mask[0]] == ([] if iso else ["DATA011"])


@given(st.integers(1900, 2099), st.integers(1, 9900))
def test_no_year_of_two_digits_leaves_its_hundred_years(year: int, years_from: int) -> None:
    found, _ = compute_iso(pa.array([f"{year % 100:02}"]), ("yy",), years_from)
    read_as = int(found[0].as_py())
    assert years_from <= read_as < years_from + 100 and read_as % 100 == year % 100


def test_a_time_of_a_day_that_is_not_known_is_reported() -> None:
    assert read("UN/07/2022 14:30", "dd/MM/yyyy HH:mm") == ("2022-07", "DATA012")


def test_the_first_form_that_fits_decides() -> None:
    assert read("05/07/2022", "dd/MM/yyyy", "MM/dd/yyyy") == ("2022-07-05", GOOD)
    assert read("05/07/2022", "MM/dd/yyyy", "dd/MM/yyyy") == ("2022-05-07", GOOD)
    # A form that fits and gives no such day is not passed over for one that would: that would be a guess.
    assert read("13/07/2022", "MM/dd/yyyy", "dd/MM/yyyy") == (None, "DATA011")
    assert read("05-JUL-2022", "dd/MM/yyyy", "dd-MMM-yyyy") == ("2022-07-05", GOOD)


@pytest.mark.parametrize(
    "form",
    [
        *(
            "DD/MM/YYYY",
            "yy yyyy",
            "HH:mm a",
            "yyyy a",
            "h:mm a HH",
            "dd/MM",
            "dd yyyy",
            "mm:ss",
            "HH:ss",
            "MMM MM yyyy",
            "yyyy yyyy",
            "",
            "-",
            "Q yyyy",
        ),
        *("yyyy-MM-dd HH:mm a", "hh:mm", "ss", "yyyy mm", "yyyy HH:mm", "yyyy-MM HH"),
    ],
)
def test_what_is_no_form(form: str) -> None:
    assert (format_pattern(form), format_kind(form)) == (None, None)


def test_every_month_by_its_name() -> None:
    names = [datetime.date(2022, m, 1).strftime("%B") for m in range(1, 13)]
    for number, name in enumerate(names, 1):
        for written, form in ((name, "MMMM"), (name.upper(), "MMMM"), (name[:3], "MMM"), (name[:3].lower(), "MMM")):
            assert read(f"{written} 2022", f"{form} yyyy") == (f"2022-{number:02}", GOOD)


def test_every_day_of_four_years_is_read_and_no_other() -> None:
    days = {(datetime.date(1999, 1, 1) + datetime.timedelta(i)).isoformat() for i in range(4 * 365 + 1)}
    texts = [f"{y}-{m:02}-{d:02}" for y, m, d in itertools.product(range(1999, 2003), range(14), range(33))]
    iso, problems = compute_iso(pa.array(texts), ISO_DATES)
    assert {t for t in iso.to_pylist() if t} == days
    assert problems["DATA011"].tolist() == [t not in days for t in texts]


@given(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)))
def test_iso_dates_and_times_come_back_as_they_were(moment: datetime.datetime) -> None:
    for text in (moment.date().isoformat(), moment.isoformat()[:16], moment.isoformat()[:19]):
        assert read(text, *ISO_DATETIMES) == (text, GOOD)
    expected = (moment.date() - datetime.date(1970, 1, 1)).days
    assert compute_days(pa.array([moment.isoformat()[:19], moment.date().isoformat()])).tolist() == [expected] * 2


@given(st.dates(datetime.date(1900, 3, 1)))
def test_excel_counts_days(day: datetime.date) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days
    assert read(str(serial), "excel_serial") == (day.isoformat(), GOOD)


@given(st.text(max_size=12))
def test_any_text_is_read_or_reported(text: str) -> None:
    iso, code = read(text, "yyyy-MM-dd", "d/M/yyyy", "HH:mm", "excel_serial")
    assert (iso is None) == (code in ("DATA010", "DATA011"))


@pytest.mark.parametrize("text", ["2022-07", "2022", "2020-02-60", "2022-7-5", "05/07/2022", "10:30", "", None])
def test_no_day(text: str | None) -> None:
    assert compute_days(pa.array([text], pa.string())).tolist() == [NO_DAY]


def test_parts() -> None:
    texts = pa.array(["2022-07-05T10:30:15", "2022-07-05", "2022-07", "10:30", "2022-07-05T14", None])
    assert part_of_datetime(texts, "date").to_pylist() == [
        "2022-07-05",
        "2022-07-05",
        "2022-07",
        None,
        "2022-07-05",
        None,
    ]
    assert part_of_datetime(texts, "time").to_pylist() == ["10:30:15", None, None, "10:30", "14", None]
