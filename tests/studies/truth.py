"""The answer sheet of the synthetic exports, and built records in the same words: text, no value is "" or absent."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from tests.studies.comparison import built_records

COMMITTED = Path(__file__).parents[2] / "fixtures" / "nct05471050"
Row = dict[str, str]
Facts = tuple[tuple[str, str], ...]


def read_csv(path: Path) -> list[Row]:
    """Rows of a CSV whose first line is a comment."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def read_sheet(path: Path) -> list[Row]:
    """Rows of the first sheet of a workbook whose first row is a comment, as text."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    header, *data = ([str(cell) for cell in row] for row in rows[1:])
    return [dict(zip(header, row, strict=True)) for row in data]


def facts(record: Mapping[str, str]) -> Facts:
    """What a record says, in an order of its own: variables that have a value."""
    return tuple(sorted((k, v) for k, v in record.items() if v != ""))


@dataclass(frozen=True)
class Answers:
    """The answer sheet of a build below a folder, beside its raw files."""

    folder: Path

    @property
    def raw(self) -> Path:
        """The raw files."""
        return self.folder / "raw"

    def table(self, name: str) -> list[Row]:
        """A table of the answer sheet."""
        return read_csv(self.folder / "truth" / f"{name}.csv")

    @cached_property
    def forms(self) -> dict[str, list[Row]]:
        """The true values by form."""
        return {p.stem: read_csv(p) for p in sorted((self.folder / "truth" / "forms").glob("*.csv"))}

    @cached_property
    def subjects(self) -> dict[str, Row]:
        """The facts of each subject whose site is exported."""
        return {row["subject"]: row for row in self.table("subjects")}

    @cached_property
    def planted(self) -> list[Row]:
        """The planted cases."""
        return self.table("planted")

    @cached_property
    def visits(self) -> dict[str, tuple[str, str, str]]:
        """VISITNUM, VISIT and VISITDY by the short name of a visit, from the central schedule."""
        rows = read_csv(self.raw / "central" / "visit_schedule.csv")
        return {r["VISIT"]: (r["VISITNUM"], r["LABEL"].upper(), r["DAY"]) for r in rows}

    def visit_of(self, row: Row) -> tuple[str, str, str]:
        """VISITNUM, VISIT and VISITDY of a row; an unscheduled visit is numbered by its day.

        As printed in a calendar: the last planned date before it, and a thousandth for each day that has passed.
        """
        if row["visit"] != "UNS":
            return self.visits.get(row["visit"], ("", "", ""))
        start = self.subjects[row["subject"]]["first_dose"]
        if not start:
            return ("", "UNSCHEDULED", "")
        first, at = date.fromisoformat(start), date.fromisoformat(row["date"])
        planned = {
            first + timedelta(int(day) - (1 if int(day) > 0 else 0)): number
            for number, _, day in self.visits.values()
            if day
        }
        since = next(n for n in range(1, 10_000) if at - timedelta(n) in planned)
        number = f"{planned[at - timedelta(since)]}.{since:03d}".rstrip("0")
        return (number, f"UNSCHEDULED {number}", "")

    def records(self, form: str, day: str = "") -> Counter[Facts]:
        """Records of a form whose items are variables; ``day`` names the variable that holds the study day."""
        out: dict[tuple[str, str], Row] = defaultdict(dict)
        for row in self.forms[form]:
            record = out[(row["subject"], row["record"])]
            record["SUBJID"] = row["subject"]
            record[row["item"]] = row["value"]
            if day:
                record[day] = row["day"]
        return Counter(facts(r) for r in out.values())

    def study_day(self, row: Row) -> str:
        """The true day; who was never treated has no reference date and so no study day (SDTMIG 4.4.4)."""
        return row["day"] if self.subjects[row["subject"]]["first_dose"] else ""


@dataclass(frozen=True)
class Built:
    """Built datasets as text."""

    frames: dict[str, pd.DataFrame]

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """Records by dataset; each has the subject's number as SUBJID."""
        return {name: [_as_text(r) for r in built_records(frame)] for name, frame in self.frames.items()}

    def of(self, dataset: str, **where: str) -> list[Row]:
        """The records whose variables have these values."""
        return [r for r in self.records[dataset] if all(r[k] == v for k, v in where.items())]

    def one(self, dataset: str, **where: str) -> Row:
        """The one record whose variables have these values."""
        found = self.of(dataset, **where)
        assert len(found) == 1, f"{dataset} has {len(found)} records with {where}"
        return found[0]

    def said(self, records: Iterable[Row], variables: Iterable[str]) -> Counter[Facts]:
        """What records say of some variables."""
        wanted = ("SUBJID", *variables)
        return Counter(facts({v: r[v] for v in wanted if v in r}) for r in records)

    def with_supplemental(self, dataset: str) -> list[Row]:
        """Records with their supplemental variables beside, and the comment on them as REMARK."""
        out = [dict(r) for r in self.records[dataset]]
        by_key = {(r["SUBJID"], r[f"{dataset}SEQ"]): r for r in out}
        for q in self.records[f"SUPP{dataset}"]:
            by_key[(q["SUBJID"], q["IDVARVAL"])][q["QNAM"]] = q["QVAL"]
        for c in (c for c in self.records.get("CO", ()) if c["RDOMAIN"] == dataset):
            by_key[(c["SUBJID"], c["IDVARVAL"])]["REMARK"] = c["COVAL"]
        return out


def _as_text(record: Mapping[str, object]) -> Row:
    out = {k: _text(v) for k, v in record.items()}
    if "USUBJID" not in out:
        return out  # A record of the trial's design.
    study, _, subject = out["USUBJID"].partition("-")
    assert study == "NCT05471050"
    return {**out, "SUBJID": subject}


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
