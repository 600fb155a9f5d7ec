"""Words of dates: date and time joined, durations, ages, study days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.column import Column, collect_numbers
from .iso8601 import NO_DAY, Days, compute_days, day_numbers, with_time
from .registry import Algorithm, DateRef, Problems, Records, TimeRef, algorithm
from .values import TEXT, as_text, join_texts, kept


@algorithm
class AssignDatetime(Algorithm):
    """ISO 8601 date, with the time where one was collected; what is missing stays missing.

    The form columns hold ISO 8601 already. Issue DATA012: a time without a complete date (the time is left out).

    >>> AssignDatetime(DateRef("date"), TimeRef("time")).describe()
    'date and time in ISO 8601 format.'
    """

    date: DateRef
    time: TimeRef | None = None
    origin = "Collected"

    def apply(self, records: Records) -> Column:
        """Date, or date and time."""
        if self.time is None:
            return records[self.date]

        def kernel(date: Any, clock: Any) -> tuple[Any, Problems]:
            out, lost = with_time(as_text(date), as_text(clock))
            return out, {("DATA012", 1): lost}

        return records.each(kernel, self.date, self.time)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date}{f' and {self.time}' if self.time else ''} in ISO 8601 format."


@algorithm
class Duration(Algorithm):
    """Whole days from one date to another, both days counted, as an ISO 8601 duration (P5D).

    No value where one of the days is not known. Issue DATA013: the end lies before the start.

    >>> Duration(DateRef("AESTDTC"), DateRef("AEENDTC")).describe()
    'Number of days from AESTDTC to AEENDTC, both counted, as an ISO 8601 duration.'
    """

    start: DateRef
    end: DateRef

    def apply(self, records: Records) -> Column:
        """Durations as text."""

        def kernel(start: Any, end: Any) -> tuple[Any, Problems]:
            a, b = compute_days(start), compute_days(end)
            known = (a != NO_DAY) & (b != NO_DAY)
            length = np.where(known, b - a + 1, 0)
            text = join_texts("P", pc.cast(pa.array(length), TEXT), "D")
            return kept(text, known & (length > 0)), {("DATA013", 0, 1): known & (length < 1)}

        return records.each(kernel, self.start, self.end)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Number of days from {self.start} to {self.end}, both counted, as an ISO 8601 duration."


@algorithm
class AgeInYears(Algorithm):
    """Completed years from a date of birth to another date; both must be complete.

    Issue DATA014: the date of birth lies after the other date.

    >>> AgeInYears(DateRef("birth"), DateRef("RFICDTC")).describe()
    'Completed years from birth to RFICDTC.'
    """

    birth: DateRef
    at: DateRef
    numeric = True

    def apply(self, records: Records) -> Column:
        """Whole years."""
        return records.each(_completed_years, self.birth, self.at)

    def describe(self) -> str:
        """The method in a sentence."""
        return f"Completed years from {self.birth} to {self.at}."


def _completed_years(birth: Any, at: Any) -> tuple[Any, Problems]:
    a, b = compute_days(birth), compute_days(at)
    known = (a != NO_DAY) & (b != NO_DAY)
    ay, am, ad = _calendar(np.where(known, a, 0))
    by, bm, bd = _calendar(np.where(known, b, 0))
    years = by - ay - ((bm < am) | ((bm == am) & (bd < ad)))
    text = pc.cast(pa.array(years), TEXT)
    return kept(text, known & (b >= a)), {("DATA014", 0, 1): known & (b < a)}


def _calendar(days: Days) -> tuple[Days, Days, Days]:
    date = days.astype("datetime64[D]")
    year, month = date.astype("datetime64[Y]"), date.astype("datetime64[M]")
    return year.astype(np.int64) + 1970, month.astype(np.int64) % 12 + 1, (date - month).astype(np.int64) + 1


@algorithm
class StudyDay(Algorithm):
    """Days from the reference date; there is no day 0 (SDTMIG 3.4, 4.4.4).

    >>> StudyDay(DateRef("LBDTC")).describe()
    'LBDTC minus DM.RFSTDTC in days, plus 1 on and after DM.RFSTDTC; there is no day 0.'
    """

    date: DateRef
    reference: DateRef = DateRef("DM.RFSTDTC")
    scope = "dataset"
    numeric = True

    def apply(self, records: Records) -> Column:
        """Study days; none where a day is not known."""
        date, start = day_numbers(records[self.date], self.date), day_numbers(records[self.reference], self.reference)
        known = (date != NO_DAY) & (start != NO_DAY)
        day = np.where(known, date - np.where(known, start, 0), 0)
        return collect_numbers(np.where(known, day + (day >= 0), np.nan))

    def describe(self) -> str:
        """The method in a sentence."""
        return f"{self.date} minus {self.reference} in days, plus 1 on and after {self.reference}; there is no day 0."
