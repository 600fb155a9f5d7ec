"""A second implementation of ADSL, ADRS and ADTTE of NCT05471050, written from the definitions alone.

It reads the written SDTM files and shares no code with the package: loops over subjects, dates of the standard
library. What the trial's document leaves open and the specs decide is said where it is applied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyreadstat

Row = dict[str, Any]
RESPONSES = ("CR", "R")
# The windows of ADLB meet in the middle between planned days: week 4 is day 29, between days 22 and 43.
WEEK_4, WEEK_4_WINDOW = 29, (26, 36)
MONTH_6, MONTH_6_WINDOW = 180, (166, 208)


def read_rows(folder: Path, name: str) -> list[Row]:
    """The records of a transport file; an empty text or number is None."""
    frame, _ = pyreadstat.read_xport(folder / f"{name}.xpt")
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): (None if v == "" else v) for k, v in row.items()} for row in rows]


def day_of(text: str | None) -> date | None:
    """The day of a complete date."""
    return date.fromisoformat(text[:10]) if text and len(text) >= 10 else None


@dataclass(frozen=True)
class Assessment:
    """A platelet count after the first dose; ``count`` is None where none was obtained."""

    sequence: float
    day: date
    study_day: int
    count: float | None
    bleeding: bool

    def iwg(self, baseline: float | None) -> str:
        """The level of IWG 2009."""
        if self.count is None:
            return "NE"
        if self.bleeding or self.count < 30:
            return "NR"
        if self.count >= 100:
            return "CR"
        if baseline is None:
            return "NE"
        return "R" if self.count >= 2 * baseline else "NR"

    def doubled(self, baseline: float | None) -> bool:
        """Thirty or more and at least twice the baseline, bleeding or not (ASH 2019)."""
        return self.count is not None and baseline is not None and self.count >= max(30, 2 * baseline)


@dataclass
class Subject:
    """What the SDTM files say of one randomized subject."""

    dm: Row
    randomized: date
    counts: list[Assessment] = field(default_factory=list)
    baseline: float | None = None
    bleeding_at_baseline: float | None = None
    rescue: date | None = None

    @property
    def start(self) -> date:
        first = day_of(self.dm["RFXSTDTC"])
        assert first is not None
        return first

    def until_rescue(self) -> list[Assessment]:
        """Obtained counts before additional ITP therapy."""
        return [a for a in self.counts if a.count is not None and (self.rescue is None or a.day < self.rescue)]

    @cached_property
    def levels(self) -> list[tuple[date, str, Assessment]]:
        return [(a.day, a.iwg(self.baseline), a) for a in self.until_rescue()]

    def nearest(self, target: int, window: tuple[int, int]) -> Assessment | None:
        """The count nearest to a day: of two days the later, of one day the last."""
        inside = [a for a in self.counts if a.count is not None and window[0] <= a.study_day <= window[1]]
        return min(inside, key=lambda a: (abs(a.study_day - target), -a.study_day, -a.sequence), default=None)

    def untreated(self, day: date) -> bool:
        """No additional therapy up to and on a day."""
        return self.rescue is None or self.rescue > day

    def confirmed(self, wanted: tuple[str, ...]) -> Assessment | None:
        """The first count of some levels with another one 7 days later or more and no other level in between."""
        for i, (day, level, found) in enumerate(self.levels):
            if level not in wanted:
                continue
            for later, again, _ in self.levels[i + 1 :]:
                if again not in (*wanted, "NE"):
                    break
                if again in wanted and (later - day).days >= 7:
                    return found
        return None

    def best(self) -> tuple[str, Assessment | None]:
        """Best overall response and the count that made it; no response needs two counts on two days."""
        for level, wanted in (("CR", ("CR",)), ("R", RESPONSES)):
            found = self.confirmed(wanted)
            if found is not None:
                return level, found
        none = [a for _, level, a in self.levels if level == "NR"]
        if none and none[-1].day > none[0].day:
            return "NR", none[0]
        return "NE", None

    def loss(self) -> Assessment | None:
        """The count at which the best response was lost: by bleeding, or by two counts on two days."""
        level, response = self.best()
        if level not in RESPONSES or response is None:
            return None
        low = ("R", "NR") if level == "CR" else ("NR",)
        after = [(d, v, a) for d, v, a in self.levels if d > response.day and v != "NE"]
        for i, (day, now, found) in enumerate(after):
            if found.bleeding:
                return found
            if now not in low:
                continue
            for later, again, _ in after[i + 1 :]:
                if again not in low:
                    break
                if later > day:
                    return found
        return None


def read_subjects(folder: Path) -> dict[str, Subject]:
    """Every subject who was randomized, by USUBJID."""
    randomized = {r["USUBJID"]: day_of(r["DSSTDTC"]) for r in read_rows(folder, "ds") if r["DSDECOD"] == "RANDOMIZED"}
    out: dict[str, Subject] = {}
    for row in read_rows(folder, "dm"):
        day = randomized.get(row["USUBJID"])
        if day is not None:
            out[row["USUBJID"]] = Subject(row, day)
    _read_counts(folder, out)
    _read_therapy(folder, out)
    return out


def _read_counts(folder: Path, subjects: dict[str, Subject]) -> None:
    bleeding: dict[tuple[str, float], float] = {}
    for row in read_rows(folder, "fa"):
        if row["FACAT"] == "BLEEDING SCORE AT VISIT" and row["FASCAT"] == "TOTAL" and row["FASTRESN"] is not None:
            bleeding[row["USUBJID"], row["VISITNUM"]] = row["FASTRESN"]
            if row["FALOBXFL"] == "Y" and row["USUBJID"] in subjects:
                subjects[row["USUBJID"]].bleeding_at_baseline = row["FASTRESN"]
    for row in read_rows(folder, "lb"):
        subject = subjects.get(row["USUBJID"])
        day = day_of(row["LBDTC"])
        if subject is None or row["LBTESTCD"] != "PLAT":
            continue
        if row["LBLOBXFL"] == "Y":
            subject.baseline = row["LBSTRESN"]
        if day is not None and day > subject.start:
            score = bleeding.get((row["USUBJID"], row["VISITNUM"]), 0)
            elapsed = (day - subject.start).days + 1
            subject.counts.append(Assessment(row["LBSEQ"], day, elapsed, row["LBSTRESN"], score > 0))
    for subject in subjects.values():
        subject.counts.sort(key=lambda a: (a.day, a.sequence))


def _read_therapy(folder: Path, subjects: dict[str, Subject]) -> None:
    """The first day of additional ITP therapy: a new drug, a raised background dose, a transfusion, splenectomy."""
    days: dict[str, list[date]] = {usubjid: [] for usubjid in subjects}
    background: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in read_rows(folder, "cm"):
        begun = day_of(row["CMSTDTC"])
        if row["USUBJID"] not in subjects:
            continue
        if row["CMCAT"] == "ADDITIONAL ITP THERAPY" and begun is not None:
            days[row["USUBJID"]].append(begun)
        if row["CMCAT"] == "BACKGROUND" and row["CMSTDTC"] and row["CMDOSE"] is not None:
            background.setdefault((row["USUBJID"], row["CMTRT"]), []).append((row["CMSTDTC"], row["CMDOSE"]))
    for (usubjid, _), doses in background.items():
        doses.sort()
        for (_, before), (begun_text, dose) in pairwise(doses):
            begun = day_of(begun_text)
            if dose > before and begun is not None:
                days[usubjid].append(begun)
    for row in read_rows(folder, "pr"):
        begun = day_of(row["PRSTDTC"])
        if row["USUBJID"] in subjects and row["PRTRT"] in ("Platelet transfusion", "Splenectomy") and begun is not None:
            days[row["USUBJID"]].append(begun)
    for usubjid, subject in subjects.items():
        subject.rescue = min((d for d in days[usubjid] if d >= subject.start), default=None)


def compute_adsl(subject: Subject) -> Row:
    """What ADSL says of a subject."""
    last = day_of(subject.dm["RFXENDTC"])
    return {
        "RANDDT": subject.randomized,
        "TRTSDT": subject.start,
        "TRTEDT": last,
        "TRTDURD": None if last is None else (last - subject.start).days + 1,
        "TRT01P": subject.dm["ARM"],
        "TRT01PN": {"TACDAN": 1, "DAN": 2}[subject.dm["ARMCD"]],
        "AGE": subject.dm["AGE"],
        "SEX": subject.dm["SEX"],
        "SITEID": subject.dm["SITEID"],
        "ITTFL": "Y",
        "SAFFL": "Y" if subject.dm["RFXSTDTC"] else "N",
        "PLTBL": subject.baseline,
        "BLDBL": subject.bleeding_at_baseline,
        "RESCFL": "Y" if subject.rescue else "N",
        "RESCDT": subject.rescue,
    }


def compute_adrs(subject: Subject) -> dict[str, Row]:
    """One record a parameter: AVALC and the day of the count (or therapy) that decided it."""
    month6 = subject.nearest(MONTH_6, MONTH_6_WINDOW)
    end = subject.start + timedelta(days=MONTH_6_WINDOW[1] - 1)
    untreated = subject.untreated(month6.day if month6 else end)
    above = month6 is not None and (month6.count or 0) > 50
    best, made_by = subject.best()
    lost = subject.loss()
    out = {
        "SUSTRSP6": (above and untreated, month6),
        "SUSRSP6S": (above and untreated and _never_fell(subject, month6), month6),
        "SUSRSP6L": _carried_forward(subject, month6, end),
        "SUSRSP30": (month6 is not None and month6.doubled(subject.baseline) and untreated, month6),
        "INITRSP4": _initial(subject),
    }
    for name, wanted in (("CRSP", ("CR",)), ("OVRLRSP", RESPONSES)):
        found = subject.confirmed(wanted)
        out[name] = (found is not None, found)
    rows = {name: {"AVALC": "Y" if yes else "N", "ADT": at.day if at else None} for name, (yes, at) in out.items()}
    rows["BOR"] = {"AVALC": best, "ADT": made_by.day if made_by else None}
    rows["ADDITP"] = {"AVALC": "Y" if subject.rescue else "N", "ADT": subject.rescue}
    rows["LOSSRSP"] = {"AVALC": "Y" if lost else "N", "ADT": lost.day if lost else None}
    return rows


def _never_fell(subject: Subject, month6: Assessment | None) -> bool:
    """No count of 50 or less from the first one above 50 to month 6."""
    counts = [a for a in subject.counts if a.count is not None and month6 is not None and a.day <= month6.day]
    first = next((i for i, a in enumerate(counts) if (a.count or 0) > 50), None)
    return first is not None and all((a.count or 0) > 50 for a in counts[first:])


def _carried_forward(subject: Subject, month6: Assessment | None, end: date) -> tuple[bool, Assessment | None]:
    """The last count before the window stands for a missing month 6."""
    before = [a for a in subject.counts if a.count is not None and a.study_day < MONTH_6_WINDOW[0]]
    judged = month6 or (before[-1] if before else None)
    untreated = subject.untreated(month6.day if month6 else end)
    return judged is not None and (judged.count or 0) > 50 and untreated, judged


def _initial(subject: Subject) -> tuple[bool, Assessment | None]:
    """Thirty or more, and twice the baseline, at week 4 without additional therapy (ASH 2019)."""
    week4 = subject.nearest(WEEK_4, WEEK_4_WINDOW)
    if week4 is None:
        return False, None
    return week4.doubled(subject.baseline) and subject.untreated(week4.day), week4


def compute_responses_by_visit(subject: Subject) -> dict[float, str]:
    """The level of each obtained count by LBSEQ; from additional therapy on a subject is no responder."""
    return {
        a.sequence: a.iwg(subject.baseline) if subject.rescue is None or a.day < subject.rescue else "NR"
        for a in subject.counts
        if a.count is not None
    }


def compute_adtte(subject: Subject, contact: date) -> dict[str, Row]:
    """Start, end and censoring of each time to event; ``contact`` is the day of the last contact."""
    counted = [a.day for a in subject.counts if a.count is not None]
    last = max(counted, default=None)
    out: dict[str, Row] = {}
    for name, wanted in (("TTRESP", RESPONSES), ("TTCR", ("CR",))):
        found = subject.confirmed(wanted)
        if found is not None:
            out[name] = _timed(subject.start, found.day, 0)
        elif subject.rescue is not None:
            out[name] = _timed(subject.start, subject.rescue, 1)
        elif last is not None:
            out[name] = _timed(subject.start, last, 1)
    out["TTADDITP"] = _timed(subject.start, subject.rescue or contact, 0 if subject.rescue else 1)
    best, response = subject.best()
    if best in RESPONSES and response is not None and last is not None:
        lost = subject.loss()
        ends = [d for d in (lost.day if lost else None, subject.rescue) if d is not None]
        out["DURRESP"] = _timed(response.day, min(ends) if ends else last, 0 if ends else 1)
    return out


def _timed(start: date, end: date, cnsr: int) -> Row:
    return {"STARTDT": start, "ADT": end, "AVAL": (end - start).days + 1, "CNSR": cnsr}
