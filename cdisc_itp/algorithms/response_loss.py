"""Responses that are lost, and those that last."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..model.column import Column, take, text_column
from .assessments import Assessed, Assessments, Confirmation, Rows
from .registry import MapName, Records, Ref, algorithm
from .response import flagged
from .responses import Rule, RuleTable, read_rules
from .values import Mask


@algorithm
class LossOfResponse(RuleTable, Assessed):
    """Whether and when the subject's best response was lost, by a table of rules.

    The response is the first row of the table with ``loss`` that an assessment makes (``counts``, ``confirm_days``,
    ``confirmed_by``, ``between``, as for ``best_overall_response``). It is lost at the first later assessment with
    one of the levels of ``loss`` that another such assessment follows at least ``loss_days`` days later, with no
    assessment of the table's other levels in between. One assessment is enough where its flag ``at_once`` is Y
    (bleeding). ``to`` is flag (Y or N; no value without a response), date, level (of the assessment that lost it),
    response (the level that was lost or kept) or start (the date of the response).

    >>> word = LossOfResponse(Ref("ADLB.MCRIT1ML"), MapName("iwg2009"), Ref("ADLB.BLEEDFL"), date=Ref("ADLB.ADT"))
    >>> word.describe()[:75]
    'Y where the response (the first of table iwg2009 with a loss, by ADLB.MCRIT'
    """

    table: MapName
    at_once: Ref | None = None
    to: Literal["flag", "date", "level", "response", "start"] = "flag"

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The rules, with what loses a response."""
        return {self.table: ("level", "loss", "loss_days")}

    @property
    def reads(self) -> tuple[str, ...]:
        """What assessments say, and the flag."""
        return tuple(dict.fromkeys([*super().reads, *((self.at_once,) if self.at_once else ())]))

    def contradiction(self) -> str:
        """The flag is one of the assessments."""
        other = self.at_once is not None and self.at_once.rpartition(".")[0] != self.place[0]
        return f"'{self.at_once}' is no variable of {self.place[0]}" if other else super().contradiction()

    def apply(self, records: Records) -> Column:
        """One value a record: what ``to`` asks."""
        at, rules = self.gather(records), read_rules(records.table(self.table))
        number, start = np.full(at.cases, -1, np.int64), np.full(at.cases, -1, np.int64)
        for i in [i for i, r in enumerate(rules) if r.loss]:
            first = np.where(number < 0, at.first(rules[i].met(at, None)), -1)
            number, start = np.where(first >= 0, i, number), np.where(first >= 0, first, start)
        lost = self._lost(records, at, rules, number, start)
        rows = self.taken(records, at, start if self.to in ("response", "start") else lost)
        if self.to == "flag":
            state = np.where(start < 0, -1, np.where(lost >= 0, 0, 1))
            return text_column(state[at.of_record], ["Y", "N"])
        if self.to == "response":
            names = list(dict.fromkeys(r.level for r in rules))
            code = np.array([*(names.index(r.level) for r in rules), -1], np.int64)
            return text_column(code[number][at.of_record], names)
        if self.to == "level":
            return take(records.other(self.place[0])[self.place[1]], rows)
        return self.dates(records, rows)

    def _lost(self, records: Records, at: Assessments, rules: tuple[Rule, ...], number: Rows, start: Rows) -> Rows:
        """The assessment that lost the response of each case (cases,), -1 where none did."""
        here = start[at.case]
        later = (here >= 0) & (at.day > at.day[np.maximum(here, 0)] if len(at.day) else here >= 0)
        once = np.zeros(len(at.case), bool)
        if self.at_once is not None:
            flag = records.other(self.place[0])[self.at_once.rpartition(".")[2]]
            once = flagged(flag)[at.row]
        mask = later & once
        for i, rule in enumerate(rules):
            if rule.loss:
                mask |= later & (number[at.case] == i) & _confirmed_loss(at, rule, rules)
        return at.first(mask)

    def describe(self) -> str:
        """The method in a sentence."""
        once = f", or one where {self.at_once} is Y" if self.at_once else ""
        response = f"the response (the first of table {self.table} with a loss, by {self.described_values()})"
        if self.to == "start":
            return f"Date of {response}."
        if self.to == "response":
            return f"Level of {response}."
        what = {"flag": "Y where", "date": "Date on which", "level": "Level by which"}[self.to]
        none = "; N where it was not, no value without a response" if self.to == "flag" else ""
        return f"{what} {response} was lost: two later assessments of its loss, loss_days apart{once}{none}."


def _confirmed_loss(at: Assessments, rule: Rule, rules: tuple[Rule, ...]) -> Mask:
    """Which assessments are of a loss and are followed by another one."""
    known = {v for r in rules for v in (r.level, *r.counts)} - set(rule.loss)
    between = tuple((v, None) for v in at.values if v not in known)
    return at.among(rule.loss) & (Confirmation(rule.loss, rule.loss_days or 0, between=between).find(at) >= 0)


@algorithm
class SustainedResponse(Assessed):
    """Y where all assessments from the subject's first one of some levels on have one of them, else N.

    Assessments of ``ignored`` levels are passed over. ``by``, ``after``, ``on_or_after``, ``before`` and
    ``on_or_before`` narrow the assessments that count, as for ``first``. Without an assessment of ``level``: N. ``to``
    is flag, date (of the first assessment of the level) or broken (that of the first later one of another level).

    >>> word = SustainedResponse(Ref("ADLB.CRIT1FL"), ("Y",), date=Ref("ADLB.ADT"))
    >>> word.describe()
    'Y where ADLB.CRIT1FL by ADLB.ADT is Y once and remains so, else N.'
    """

    level: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    to: Literal["flag", "date", "broken"] = "flag"

    def apply(self, records: Records) -> Column:
        """One value a record: what ``to`` asks."""
        at = self.gather(records)
        first = at.first(at.among(self.level))
        start = np.where(first < 0, len(at.case), first)[at.case]
        wrong = ~at.among((*self.level, *self.ignored)) & (np.arange(len(at.case)) > start)
        failed = at.first(wrong)
        chosen = first if self.to == "date" else np.where(failed >= 0, failed, first) if self.to == "flag" else failed
        rows = self.taken(records, at, chosen)
        if self.to == "flag":
            return text_column(np.where((first >= 0) & (failed < 0), 0, 1)[at.of_record], ["Y", "N"])
        return self.dates(records, rows)

    def describe(self) -> str:
        """The method in a sentence."""
        passed = f" ({' and '.join(self.ignored)} passed over)" if self.ignored else ""
        met = f"{self.described_values()} is {' or '.join(self.level)} once"
        if self.to == "flag":
            return f"Y where {met} and remains so{passed}, else N."
        if self.to == "date":
            return f"Date on which {met}{passed}."
        return f"Date on which it fails to remain so after {met}{passed}."
