"""Time to event (ADaM BDS for time-to-event analyses): which event or censoring ended a subject's observation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from msgspec import Struct

from ..model.column import Column, collect_numbers, text_column
from ..model.where import Condition
from .across import Across
from .assessments import Assessed, Days, Rows
from .evidence import sequence_of, take_sequence
from .merge import First, Last
from .reading import day_column
from .registry import MomentRef, Records, described, inside

Part = Literal["STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ"]
PARTS: tuple[Part, ...] = (
    "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ"
)  # fmt: skip
# Day and record of the reasons, with what was read for them, for as long as the records live.
_FOUND: WeakKeyDictionary[Records, dict[object, tuple[list[object], tuple[Days, Rows]]]] = WeakKeyDictionary()
Unit = Literal["days", "weeks", "months", "years"]
# Days in a unit; a month is a twelfth of a year of 365.25 days.
DAYS_IN = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


def _are_same(before: list[object], now: list[object]) -> bool:
    """Whether what was read is what is there now: the same columns, and equal days."""
    return len(before) == len(now) and all(
        a is b or (isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and _are_equal(a, b))
        for a, b in zip(before, now, strict=True)
    )


def _are_equal(a: Days, b: Days) -> bool:
    return np.array_equal(a, b, equal_nan=True)


class DatedReason(Struct, frozen=True):
    """A date that may end the observation: the subject's first (or last) one that meets ``where``, and what it means.

    ``description`` goes to EVNTDESC, ``date_description`` to CNSDTDSC of a censored record (without it, the
    description of a censoring). ``cnsr`` is the censoring number: 0 for events (another number: a competing event),
    1 for the rest where it is not said. ``before`` and ``after`` name days: only dates before (after) it count; a
    missing one bounds nothing.
    """

    date: MomentRef
    description: str
    date_description: str | None = None
    where: Condition | None = None
    cnsr: int | None = None
    take: Literal["first", "last"] | None = None
    before: MomentRef | None = None
    after: MomentRef | None = None

    @property
    def place(self) -> str:
        """The dataset."""
        return self.date.rpartition(".")[0]

    def describe(self) -> str:
        """The reason as words of a method."""
        bounds = [f" after {self.after}"] if self.after else []
        bounds += [f" before {self.before}"] if self.before else []
        take = f"{self.take} " if self.take else ""
        number = f" (CNSR {self.cnsr})" if self.cnsr is not None else ""
        return f"{self.description}: {take}{self.date}{described(self.where)}{''.join(bounds)}{number}"


@dataclass(frozen=True)
class Dated(Assessed):
    """The dates of a reason as assessments, from the start on."""

    start: MomentRef

    @property
    def known(self) -> tuple[MomentRef, ...]:
        """The bounds and the start."""
        return (*super().known, self.start)

    def find(self, records: Records, latest: bool) -> tuple[Days, Rows]:
        """The first or last day on or after the start (n,), NaN where there is none, and its record."""
        at = self.gather(records)
        start = np.full(at.cases, np.nan)
        start[at.of_record] = day_column(records[self.start], self.start)
        counts = at.day >= start[at.case]
        chosen = at.last(counts) if latest else at.first(counts)
        return np.append(at.day.astype(float), np.nan)[chosen][at.of_record], at.rows_at(chosen)[at.of_record]


@dataclass(frozen=True)
class TimeToEvent(Across):
    """What is said of the time from a start to an event or to censoring.

    The earliest of the events decides, the first listed of one day. A reason of ``stops`` (additional therapy) that
    lies before it, or without an event, censors on its day. Without either the latest of ``censors`` does. Dates
    before the start do not count, nor do those of which the day is not known. AVAL is the time between the two days,
    with the day of the event itself where ``add_one`` is yes.
    """

    start: MomentRef
    events: tuple[DatedReason, ...]
    stops: tuple[DatedReason, ...]
    censors: tuple[DatedReason, ...]
    unit: Unit
    add_one: bool
    part: Part
    scope = "dataset"

    @property
    def reasons(self) -> tuple[DatedReason, ...]:
        """Everything that may end the observation."""
        return (*self.events, *self.stops, *self.censors)

    @property
    def places(self) -> tuple[str, ...]:
        """Datasets of the reasons, each once."""
        return tuple(dict.fromkeys(r.place for r in self.reasons)) if self.part != "STARTDT" else ()

    @property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """The conditions of the reasons."""
        return tuple((r.place, r.where) for r in self.reasons if r.where is not None)

    def single(self) -> tuple[First | Last, ...]:
        """The word that reads the dates of one reason, for each."""
        return tuple(
            (Last if self._latest(i) else First)(
                r.date, r.where, date=r.date, on_or_after=self.start, before=r.before, after=r.after
            )
            for i, r in enumerate(self.reasons)
        )

    def _latest(self, i: int) -> bool:
        """Whether the last date of a reason is meant."""
        take = self.reasons[i].take
        return take == "last" if take else i >= len(self.events) + len(self.stops)

    @property
    def reads(self) -> tuple[str, ...]:
        """The start, the dates, what conditions and bounds read, sequence numbers where they are asked for."""
        if self.part == "STARTDT":
            return (self.start,)
        out: list[str] = [self.start]
        for r in self.reasons:
            out += [r.date, *(inside(r.place, c) for c in (r.where.reads if r.where else ()))]
            out += [b for b in (r.before, r.after) if b is not None]
            sequence = sequence_of(r.place) if self.part == "SRCSEQ" else None
            out += [sequence] if sequence else []
        return tuple(dict.fromkeys(out))

    def apply(self, records: Records) -> Column:
        """One value a record: what ``part`` asks."""
        start = day_column(records[self.start], self.start)
        if self.part == "STARTDT":
            return collect_numbers(start)
        day, rows = self._found(records)
        which = self._decide(day)
        for place in self.places:
            own = [np.where(which == i, rows[i], -1) for i, r in enumerate(self.reasons) if r.place == place]
            records.link(place, np.max(own, axis=0))
        if self.part == "SRCSEQ":
            return take_sequence(records, tuple(r.place for r in self.reasons), rows, which)
        at = np.append(day, np.full((1, records.n), np.nan), axis=0)[which, np.arange(records.n)]
        return self._told(which, at, start)

    def _found(self, records: Records) -> tuple[Days, Rows]:
        """Day and record of each reason (k, n); computed once for all the variables that the same reasons make."""
        reasons, read = (self.start, self.events, self.stops, self.censors), self._read(records)
        known = _FOUND.setdefault(records, {})
        if reasons not in known or not _are_same(known[reasons][0], read):
            known[reasons] = read, self._find(records)
        return known[reasons][1]

    def _read(self, records: Records) -> list[object]:
        """What the days and records of the reasons depend on, as it is now."""
        moments = dict.fromkeys(m for r in self.reasons for m in (self.start, r.before, r.after) if m is not None)
        read: list[object] = [records.subjects(), *(day_column(records[m], m) for m in moments)]
        for r in self.reasons:
            other = records.other(r.place)
            names = (r.date.rpartition(".")[2], *(r.where.reads if r.where else ()))
            read += [other.subjects(), np.asarray(other.order()), *(other[str(n)] for n in names)]
        return read

    def _find(self, records: Records) -> tuple[Days, Rows]:
        days, rows = [], []
        for i, r in enumerate(self.reasons):
            dated = Dated(r.date, self.start, date=r.date, where=r.where, before=r.before, after=r.after)
            day, row = dated.find(records, self._latest(i))
            days.append(day)
            rows.append(row)
        return np.stack(days), np.stack(rows)

    def _decide(self, day: Days) -> Rows:
        """The reason that ends each record's observation (n,), -1 where none does."""
        e, s = len(self.events), len(self.events) + len(self.stops)
        event, first_event = _extreme(day[:e], earliest=True)
        stop, first_stop = _extreme(day[e:s], earliest=True)
        censor, _ = _extreme(day[s:], earliest=False)
        stopped = (stop >= 0) & ~(first_event <= first_stop)
        out = np.where(stopped, stop + e, np.where(event >= 0, event, np.where(censor >= 0, censor + s, -1)))
        return out.astype(np.int64)

    def _told(self, which: Rows, at: Days, start: Days) -> Column:
        if self.part == "ADT":
            return collect_numbers(at)
        if self.part == "AVAL":
            return collect_numbers((at - start + (1 if self.add_one else 0)) / DAYS_IN[self.unit])
        if self.part == "CNSR":
            return collect_numbers(np.array([*map(self._cnsr, range(len(self.reasons))), np.nan])[which])
        texts = [self._text(i) for i in range(len(self.reasons))]
        distinct = list(dict.fromkeys(t for t in texts if t is not None))
        code = [-1 if t is None else distinct.index(t) for t in texts]
        return text_column(np.array([*code, -1], np.int64)[which], distinct)

    def _cnsr(self, i: int) -> float:
        said = self.reasons[i].cnsr
        return float(i >= len(self.events)) if said is None else float(said)

    def _text(self, i: int) -> str | None:
        reason = self.reasons[i]
        if self.part in ("SRCDOM", "SRCVAR"):
            return reason.place if self.part == "SRCDOM" else str(reason.date.rpartition(".")[2])
        if self.part == "EVNTDESC":
            return reason.description
        censoring = reason.description if i >= len(self.events) else None
        return (reason.date_description or censoring) if self._cnsr(i) else None

    def describe(self) -> str:
        """The method in a sentence."""
        if self.part == "STARTDT":
            return f"{self.start}, the start of the time to event."
        both = ", both days counted" if self.add_one else ""
        numbers = ", ".join(f"{r.description} {self._cnsr(i):g}" for i, r in enumerate(self.reasons))
        return {
            "ADT": f"Date of the event or censoring. {self._rules()}",
            "AVAL": f"Time in {self.unit} from {self.start} to the event or censoring{both}. {self._rules()}",
            "CNSR": f"The number of what decided ADT: {numbers}.",
            "EVNTDESC": "Description of the event or of the reason for censoring that decided ADT.",
            "CNSDTDSC": "What the date of the censoring that decided ADT is.",
            "SRCDOM": "Dataset of the record that decided ADT.",
            "SRCVAR": "Variable whose date decided ADT.",
            "SRCSEQ": "Sequence number of the record that decided ADT.",
        }[self.part]

    def _rules(self) -> str:
        said = [f"The earliest event on or after {self.start} decides ({'; '.join(r.describe() for r in self.events)})"]
        if self.stops:
            said.append(f"unless one of these lies before it ({'; '.join(r.describe() for r in self.stops)})")
        if self.censors:
            said.append(f"without either, the latest of these ({'; '.join(r.describe() for r in self.censors)})")
        return f"{', '.join(said)}."


def _extreme(day: Days, earliest: bool) -> tuple[Rows, Days]:
    """Which of several days (k, n) is the earliest or latest, the first of equals; -1 and NaN where there is none."""
    n = day.shape[1]
    if not len(day):
        return np.full(n, -1, np.int64), np.full(n, np.nan)
    value = np.where(np.isnan(day), np.inf, day if earliest else -day)
    best = value.argmin(axis=0)
    none = np.isinf(value[best, np.arange(n)])
    return np.where(none, -1, best), np.where(none, np.nan, day[best, np.arange(n)])


TimeToEvent.word = "time_to_event"
