"""Responses over time: confirmed, best overall, lost, sustained.

A rule of response is a row of a table (the best first), or said where it is used. An assessment counts where its
level is among ``counts``; where ``confirm_days`` is given, a later one with a level of ``confirmed_by`` must follow.
Lists in a cell are divided by ``;``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from msgspec import Struct

from ..model.column import Column, take, text_column
from .assessments import Assessed, Assessments, Confirmation, Days
from .reading import day_column
from .registry import MapName, MomentRef, Records, Table, algorithm
from .values import Mask

RULES = ("counts", "confirm_days", "confirmed_by", "between", "from_day", "before_day", "loss", "loss_days")
# A table with these columns may have several rows of a level.
COUNTED = ("level", "counts")
_DAYS = ("confirm_days", "from_day", "before_day", "loss_days")
Part = Literal["flag", "date", "level", "confirmed"]


class Rule(Struct, frozen=True):
    """What makes a level of response: a row of a table.

    ``from_day`` and ``before_day`` bound the days since the reference (a stable disease that has lasted), ``loss``
    are the levels that end it when two of them are ``loss_days`` apart.
    """

    level: str
    counts: tuple[str, ...]
    confirmation: Confirmation | None = None
    from_day: int | None = None
    before_day: int | None = None
    loss: tuple[str, ...] = ()
    loss_days: int | None = None

    def met(self, at: Assessments, start: Days | None) -> Mask:
        """Which assessments (m,) make the level; ``start`` (cases,) is the reference of the days."""
        fits = at.among(self.counts)
        if self.from_day is not None:
            fits &= since(at, start) >= self.from_day
        if self.before_day is not None:
            fits &= since(at, start) < self.before_day
        return fits & (self.confirmation.find(at) >= 0) if self.confirmation is not None else fits


def since(at: Assessments, start: Days | None) -> Days:
    """Days of each assessment from the reference of its case (m,), NaN where that is not known."""
    return at.day - (np.full(at.cases, np.nan) if start is None else start)[at.case]


def read_rules(table: Table) -> tuple[Rule, ...]:
    """The rules of a table; columns that it lacks ask for nothing.

    >>> from types import SimpleNamespace as Made
    >>> cells = {"level": ["PR"], "counts": ["CR; PR"], "confirm_days": ["28"], "between": ["CR; PR; NE<=1"]}
    >>> rule, = read_rules(Made(columns=tuple(cells), column=cells.__getitem__))
    >>> rule.confirmation.by, rule.confirmation.between
    (('CR', 'PR'), (('CR', None), ('PR', None), ('NE', 1)))
    """
    names = [c for c in ("level", *RULES) if c in table.columns]
    rows = zip(*(table.column(c) for c in names), strict=True)
    return tuple(_rule({c: cell for c, cell in zip(names, row, strict=True) if cell}) for row in rows)


def _rule(row: dict[str, str]) -> Rule:
    counts = listed(row.get("counts")) or (row["level"],)
    day = {name: int(row[name]) if name in row else None for name in _DAYS}
    found = None
    if day["confirm_days"] is not None:
        between = tuple(map(_at_most, listed(row.get("between")))) or None
        found = Confirmation(listed(row.get("confirmed_by")) or counts, day["confirm_days"], between=between)
    loss = listed(row.get("loss"))
    return Rule(row["level"], counts, found, day["from_day"], day["before_day"], loss, day["loss_days"])


def listed(cell: str | None) -> tuple[str, ...]:
    """The parts of a cell that holds a list."""
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())


def _at_most(text: str) -> tuple[str, int | None]:
    value, _, most = text.partition("<=")
    return value.strip(), int(most) if most.strip() else None


def rule_flaw(row: dict[str, str | None]) -> str:
    """What is wrong with a row of a table of rules, or nothing.

    >>> rule_flaw({"level": "CR", "confirm_days": "four weeks"})
    "confirm_days 'four weeks' is no number of days"
    """
    wrong = next((c for c in _DAYS if row.get(c) and not str(row[c]).isdecimal()), None)
    most = next(
        (t for t in listed(row.get("between")) if "<=" in t and not t.partition("<=")[2].strip().isdecimal()), ""
    )
    if not row.get("level"):
        return "a row needs a level"
    if wrong:
        return f"{wrong} '{row[wrong]}' is no number of days"
    if most:
        return f"between '{most}' is none of LEVEL and LEVEL<=NUMBER"
    lone = next((c for c in ("confirmed_by", "between") if row.get(c) and not row.get("confirm_days")), None)
    if lone:
        return f"{lone} needs confirm_days"
    return "" if bool(row.get("loss")) == bool(row.get("loss_days")) else "loss and loss_days need each other"


class RuleTable:
    """Common to the words that read a table of rules."""

    table: MapName | None

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The rules; other columns than the level are optional."""
        return {self.table: ("level",)} if self.table is not None else {}

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Rows that cannot be used."""
        names = [c for c in ("level", *RULES) if c in table.columns]
        for i in range(len(table)):
            if flaw := rule_flaw({c: table.column(c)[i] for c in names}):
                yield i, flaw


@algorithm
class ConfirmedResponse(RuleTable, Assessed):
    """The subject's first assessment with a level that a later one confirms.

    ``level`` is one level or several. What confirms is said by a ``table`` (its row of the one level: ``counts``,
    ``confirm_days``, ``confirmed_by``, ``between``), or here: another assessment with one of the levels at least
    ``days`` days later (0: none is asked for). With ``between: all`` every assessment in between has one of the
    levels, those of ``ignored`` apart. ``by``, ``after``, ``on_or_after``, ``before`` and ``on_or_before`` narrow the
    assessments that count, as for ``first``. ``to`` is flag (Y or N), date, level, or confirmed (the date of
    the assessment that confirms).

    >>> word = ConfirmedResponse(MomentRef("ADLB.MCRIT1ML"), ("CR",), date=MomentRef("ADLB.ADT"), days=7)
    >>> word.describe()
    'Y where ADLB.MCRIT1ML by ADLB.ADT is CR, confirmed by CR at least 7 days later, else N.'
    """

    level: tuple[str, ...]
    days: int | None = None
    between: Literal["any", "all"] = "any"
    ignored: tuple[str, ...] = ()
    table: MapName | None = None
    to: Part = "flag"

    def contradiction(self) -> str:
        """Either a table with one level, or days."""
        if (self.table is None) == (self.days is None):
            return "needs one of 'table' and 'days'"
        if self.ignored and self.between == "any":
            return "'ignored' needs 'between: all'"
        several = self.table is not None and (len(self.level) > 1 or self.between != "any")
        return (
            "with a table there is one level, and what may lie between is said there"
            if several
            else super().contradiction()
        )

    def rule(self, records: Records) -> Rule:
        """What makes the response."""
        if self.table is not None:
            rules = {r.level: r for r in read_rules(records.table(self.table))}
            return rules.get(self.level[0], Rule(self.level[0], ()))
        between = tuple((v, None) for v in (*self.level, *self.ignored)) if self.between == "all" else None
        found = Confirmation(self.level, self.days, between=between) if self.days else None
        return Rule(self.level[0], self.level, found)

    def apply(self, records: Records) -> Column:
        """One value a record: what ``to`` asks."""
        at, rule = self.gather(records), self.rule(records)
        chosen = at.first(rule.met(at, None))
        rows = self.taken(records, at, chosen)
        if self.to == "flag":
            return text_column(np.where(rows >= 0, 0, 1), ["Y", "N"])
        if self.to == "level":
            return take(records.other(self.place[0])[self.place[1]], rows)
        if self.to == "confirmed" and rule.confirmation is not None:
            chosen = np.append(rule.confirmation.find(at), -1)[chosen]
            rows = at.rows_at(chosen)[at.of_record]
        return self.dates(records, rows)

    def describe(self) -> str:
        """The method in a sentence."""
        levels = " or ".join(self.level)
        how = f", confirmed as table {self.table} says of {levels}" if self.table is not None else ""
        how += f", confirmed by {levels} at least {self.days} days later" if self.days else ""
        how += f", with nothing but {levels} in between" if self.between == "all" else ""
        how += f" ({' and '.join(self.ignored)} passed over)" if self.ignored else ""
        met = f"{self.described_values()} is {levels}{how}"
        if self.to == "flag":
            return f"Y where {met}, else N."
        what = {"date": "Date", "level": "Level", "confirmed": "Date of the confirmation"}[self.to]
        return f"{what} of the first assessment where {met}."


@algorithm
class BestOverallResponse(RuleTable, Assessed):
    """The first level of a table of rules that an assessment of the subject makes: the best response.

    Columns of the table, the best level first: ``level``; ``counts``, the levels of assessments that make it (the
    level itself where empty); ``confirm_days``, ``confirmed_by`` (those of ``counts`` where empty) and ``between``
    (levels that may lie in between, ``NE<=1``: one of them; any where empty); ``from_day`` and ``before_day``, days
    since ``since`` (an assessment on that day or later; before it). An assessment of a level of ``ends`` is the last
    that counts. Where no rule is met the response is ``otherwise``. ``to`` is level, date (of the first assessment
    that makes it), flag (Y where the level is one of ``levels``, else N) or confirmed (the date of the assessment
    that confirms).

    >>> word = BestOverallResponse(MomentRef("RS.RSSTRESC"), MapName("recist"), date=MomentRef("RS.RSDTC"))
    >>> word.describe()[:66]
    'First level of table recist that RS.RSSTRESC by RS.RSDTC makes, of'
    """

    table: MapName
    since: MomentRef | None = None
    ends: tuple[str, ...] = ()
    otherwise: str = "NE"
    levels: tuple[str, ...] = ()
    to: Part = "level"

    @property
    def known(self) -> tuple[MomentRef, ...]:
        """Names of our records that make a case of a subject: the bounds and the reference."""
        return (*super().known, self.since) if self.since is not None else super().known

    def contradiction(self) -> str:
        """A flag says whether the level is a response."""
        wrong = (self.to == "flag") != bool(self.levels)
        return "'to: flag' and 'levels' need each other" if wrong else super().contradiction()

    def apply(self, records: Records) -> Column:
        """One value a record: what ``to`` asks."""
        at, rules = self.gather(records), read_rules(records.table(self.table))
        start = self._start(records, at)
        stop = at.first(at.among(self.ends))
        at = at.kept(np.arange(len(at.case)) <= np.where(stop < 0, len(at.case), stop)[at.case])
        number, chosen = np.full(at.cases, len(rules), np.int64), np.full(at.cases, -1, np.int64)
        confirmed = np.full(at.cases, -1, np.int64)
        for i in range(len(rules) - 1, -1, -1):
            first = at.first(rules[i].met(at, start))
            found = rules[i].confirmation
            number, chosen = np.where(first >= 0, i, number), np.where(first >= 0, first, chosen)
            by = first if found is None else np.append(found.find(at), -1)[first]
            confirmed = np.where(first >= 0, by, confirmed)
        self.taken(records, at, chosen)
        if self.to in ("date", "confirmed"):
            last = chosen if self.to == "date" else confirmed
            return self.dates(records, at.rows_at(last)[at.of_record])
        names = list(dict.fromkeys([*(r.level for r in rules), self.otherwise]))
        level = np.array([names.index(v) for v in (*(r.level for r in rules), self.otherwise)])[number][at.of_record]
        if self.to == "level":
            return text_column(level, names)
        return text_column(np.where(np.isin(level, [names.index(r) for r in self.levels if r in names]), 0, 1), "YN")

    def _start(self, records: Records, at: Assessments) -> Days | None:
        """The reference of each case (cases,)."""
        if self.since is None:
            return None
        out = np.full(at.cases, np.nan)
        out[at.of_record] = day_column(records[self.since], self.since)
        return out

    def describe(self) -> str:
        """The method in a sentence."""
        since_ = f" (days since {self.since})" if self.since else ""
        ends = f", through the first of {' or '.join(self.ends)}" if self.ends else ""
        what = {
            "level": "First level",
            "date": "Date of the first assessment that makes the first level",
            "confirmed": "Date of the confirmation of the first level",
            "flag": f"Y where {' or '.join(self.levels)} is the first level",
        }[self.to]
        none = f"{'; else N, ' if self.to == 'flag' else '; '}{self.otherwise} where none is made"
        return (
            f"{what} of table {self.table} that {self.described_values()} makes, of the best first{since_}{ends}{none}."
        )
