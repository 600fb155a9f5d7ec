"""Date styles: expected values by hand from the written texts, and laws against the words that convert."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.iso8601 import compute_iso
from cdisc_itp.profile.dates import DateStyle, find_date_styles, serial_dates


def styles(*texts: str) -> dict[str, DateStyle]:
    found, _ = find_date_styles(pa.array(texts, pa.string()), np.ones(len(texts), np.int64))
    return {s.format: s for s in found}


@pytest.mark.parametrize(
    ("texts", "format"),
    [
        (("2022-07-05", "2022-12-31"), "yyyy-MM-dd"),
        (("2022-7-5", "2022-12-31"), "yyyy-M-d"),
        (("2022/07/05",), "yyyy/MM/dd"),
        (("2022.7.5", "2022.12.31"), "yyyy.M.d"),
        (("2022.07.05", "2022.12.31"), "yyyy.MM.dd"),
        (("2022年7月5日", "2022年12月31日"), "yyyy年M月d日"),
        (("2022年07月05日",), "yyyy年MM月dd日"),
        (("20220705", "20221231"), "yyyyMMdd"),
        (("05 JUL 2022", "31 Dec 2022"), "dd MMM yyyy"),
        (("5-Jul-2022",), "d-MMM-yyyy"),
        (("05JUL2022",), "ddMMMyyyy"),
        (("5 May 2022", "31 July 2022"), "d MMMM yyyy"),
        (("July 5, 2022",), "MMMM d, yyyy"),
        (("2022-07",), "yyyy-MM"),
        (("2022年7月",), "yyyy年M月"),
        (("JUL 2022",), "MMM yyyy"),
        (("08:30", "23:59"), "HH:mm"),
        (("8:30", "23:59"), "H:mm"),
        (("08:30:15",), "HH:mm:ss"),
        (("2022-07-05T08:30",), "yyyy-MM-ddTHH:mm"),
        (("2022-07-05 8:30",), "yyyy-MM-dd H:mm"),
        (("05 JUL 2022 08:30",), "dd MMM yyyy HH:mm"),
        (("2022/7/5 08:30:00",), "yyyy/M/d HH:mm:ss"),
        (("202207050830",), "yyyyMMddHHmm"),
        (("2022-07-05T00:00:00", "2022-12-31T00:00:00"), "yyyy-MM-ddT00:00:00"),
        (("13/07/2022 00:00", "05/07/2022 00:00"), "dd/MM/yyyy 00:00"),
        (("2022-07-05T00:00:00", "2022-12-31T08:30:00"), "yyyy-MM-ddTHH:mm:ss"),
        (("13/07/2022", "05/07/2022"), "dd/MM/yyyy"),
        (("07/13/2022", "07/05/2022"), "MM/dd/yyyy"),
        (("13/7/2022 08:30",), "d/M/yyyy HH:mm"),
    ],
)
def test_one_style_is_found_alone(texts: tuple[str, ...], format: str) -> None:
    found = styles(*texts)
    assert {f: s.count for f, s in found.items()} == {format: len(texts)}


def test_day_and_month_exchanged_are_counted_and_not_decided() -> None:
    (only,) = styles("05/07/2022", "06/07/2022").values()
    assert (only.format, only.count, only.ambiguous, only.other) == ("dd/MM/yyyy", 2, 2, "MM/dd/yyyy")
    assert only.undecided


def test_a_certain_day_first_text_decides_but_the_count_stays() -> None:
    (only,) = styles("05/07/2022", "13/07/2022", "07/07/2022").values()
    # 07/07 is the same day either way; 05/07 is not.
    assert (only.format, only.count, only.ambiguous, only.certain) == ("dd/MM/yyyy", 3, 1, 1)
    assert not only.undecided


def test_both_orders_in_one_column_are_both_told() -> None:
    found = styles("13/07/2022", "07/14/2022", "05/06/2022")
    assert {f: (s.count, s.ambiguous) for f, s in found.items()} == {"dd/MM/yyyy": (2, 1), "MM/dd/yyyy": (1, 0)}


def test_partial_and_impossible_dates_are_counted() -> None:
    (only,) = styles("05 JUL 2022", "UN JUL 2022", "UN UNK 2022", "30 FEB 2022").values()
    assert (only.count, only.partial, only.impossible) == (4, 2, 1)


def test_partial_dates_beside_whole_ones_are_styles_of_their_own() -> None:
    found = styles("2022年7月5日", "2022年7月", "2022年")
    assert {f: (s.count, s.partial) for f, s in found.items()} == {
        "yyyy年M月d日": (1, 0),
        "yyyy年M月": (1, 1),
        "yyyy年": (1, 1),
    }


def test_six_digits_are_months_only_beside_dates_of_eight() -> None:
    assert {f: (s.count, s.partial) for f, s in styles("19731020", "197107").items()} == {
        "yyyyMMdd": (1, 0),
        "yyyyMM": (1, 1),
    }
    assert styles("197107", "197212") == {}


def test_a_month_with_a_point_is_one_beside_days_with_points_only() -> None:
    assert {f: (s.count, s.partial) for f, s in styles("19.03.2024", "04.2024").items()} == {
        "dd.MM.yyyy": (1, 0),
        "MM.yyyy": (1, 1),
    }
    assert styles("04.2024", "11.2023") == {}


@pytest.mark.parametrize("texts", [("1.5", "2022.7"), ("2022", "1999"), ("99/99/2022",), ("low",), ("13000000401",)])
def test_numbers_and_texts_are_no_dates(texts: tuple[str, ...]) -> None:
    assert styles(*texts) == {}


def test_counts_are_rows_and_the_commonest_style_comes_first() -> None:
    texts = pa.array(["2022-07-05", "5 JUL 2022", "x"])
    found, dated = find_date_styles(texts, np.array([2, 5, 9]))
    assert [(s.format, s.count) for s in found] == [("d MMM yyyy", 5), ("yyyy-MM-dd", 2)]
    assert dated.tolist() == [True, True, False]


def test_serial_numbers_are_days_between_1900_and_2099() -> None:
    style, fits = serial_dates(pa.array(["44747", "44747.5", "12", "73050", "x"]), np.array([1, 2, 4, 8, 16]))
    assert style is not None
    assert (style.format, style.count, style.kind) == ("excel_serial", 3, "datetime")
    assert fits.tolist() == [True, True, False, False, False]


days = st.dates(datetime.date(1901, 1, 1), datetime.date(2099, 12, 31))
PYTHON = {"yyyy-MM-dd": "%Y-%m-%d", "dd/MM/yyyy": "%d/%m/%Y", "MM.dd.yyyy": "%m.%d.%Y", "dd MMM yyyy": "%d %b %Y"}


@given(st.lists(days, min_size=1, max_size=12, unique=True), st.sampled_from(sorted(PYTHON)))
def test_what_is_found_reads_every_text_that_it_counts(dates: list[datetime.date], form: str) -> None:
    texts = [d.strftime(PYTHON[form]) for d in dates]
    found = styles(*texts)
    assert sum(s.count for s in found.values()) == len(texts)
    formats = tuple(f for s in found.values() for f in (s.format, s.other) if f)
    assert form in formats
    right = compute_iso(pa.array(texts), (form,))[0].to_pylist()
    assert right == [d.isoformat() for d in dates]
