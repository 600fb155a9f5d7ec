"""Text in a variable of numeric dates: complete ISO 8601 dates become their number, others are told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from cdisc_itp.algorithms.moments import complete_moments
from tests.algorithms.test_analysis_dates import day, second


@pytest.mark.parametrize(
    ("ref", "texts", "expected"),
    [
        ("RANDDT", ["2022-07-05", "2022-07-05T10:30", "2022-07", "x"], ["2022-07-05", "2022-07-05", None, None]),
        ("ADTM", ["2022-07-05T10:30", "2022-07-05T10", "2022-07-05"], ["2022-07-05T10:30", None, None]),
    ],
)
def test_complete_dates_have_a_number(ref: str, texts: list[str], expected: list[str | None]) -> None:
    number = day if ref == "RANDDT" else second
    wanted = [np.nan if e is None else number(e) for e in expected]
    np.testing.assert_array_equal(complete_moments(pa.array(texts), ref), np.array(wanted, float))
