"""earliest_of and latest_of against a loop over every record."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.across import EarliestOf, LatestOf
from cdisc_itp.algorithms.registry import DateRef
from cdisc_itp.model.column import Column, collect_text, decoded

SUBJECTS = ["01", "02", "03"]
Rows = list[tuple[str, str | None, str | None]]


@dataclass
class Place:
    """A dataset with a start and an end; its order is the order of its rows."""

    rows: Rows

    @property
    def n(self) -> int:
        return len(self.rows)

    def __getitem__(self, ref: str) -> Column:
        return collect_text([r[("START", "END").index(ref) + 1] for r in self.rows])

    def subjects(self) -> Column:
        return collect_text([r[0] for r in self.rows])

    def order(self) -> np.ndarray:
        return np.arange(self.n)


@dataclass
class Subjects:
    """One record a subject."""

    places: dict[str, Place]
    n: int = 3
    links: dict[str, list[int]] = field(default_factory=dict)

    def subjects(self) -> Column:
        return collect_text(SUBJECTS)

    def other(self, name: str) -> Place:
        return self.places[name]

    def link(self, name: str, rows: np.ndarray) -> None:
        self.links[name] = rows.tolist()


REFS = tuple(DateRef(f"{place}.{column}") for place in ("EX", "AE") for column in ("START", "END"))
dates = st.none() | st.sampled_from(["2013", "2013-02", "2013-02-28", "2013-02-28T09:00", "2014-01-01"])
tables = st.lists(st.tuples(st.sampled_from([*SUBJECTS, "04"]), dates, dates), max_size=6)


@given(tables, tables)
def test_equals_the_loop(exposure: Rows, events: Rows) -> None:
    for word, choose in ((LatestOf, max), (EarliestOf, min)):
        records = Subjects({"EX": Place(exposure), "AE": Place(events)})
        made = decoded(word(REFS).apply(records)).tolist()  # type: ignore[arg-type]
        for subject, value in zip(SUBJECTS, made, strict=True):
            every = [d for row in (*exposure, *events) if row[0] == subject for d in row[1:] if d is not None]
            assert value == (choose(every) if every else None)


@given(tables, tables)
def test_each_place_links_the_record_with_its_own_choice(exposure: Rows, events: Rows) -> None:
    records = Subjects({"EX": Place(exposure), "AE": Place(events)})
    LatestOf(REFS).apply(records)  # type: ignore[arg-type]
    assert set(records.links) == {"EX", "AE"}
    for name, rows in (("EX", exposure), ("AE", events)):
        for subject, row in zip(SUBJECTS, records.links[name], strict=True):
            every = [d for r in rows if r[0] == subject for d in r[1:] if d is not None]
            assert (row == -1) == (not every)
            if every:
                assert rows[row][0] == subject
                assert max(every) in rows[row][1:]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (("EX.START",), "compares several dates, and has one"),
        (("EX.START", "RFSTDTC"), "'RFSTDTC' names no other form or dataset"),
        (("EX.START", "AE.START"), ""),
    ],
)
def test_contradictions(sources: tuple[str, ...], said: str) -> None:
    assert LatestOf(tuple(map(DateRef, sources))).contradiction() == said


def test_every_source_changes_the_method() -> None:
    said = {word(refs).describe() for word in (LatestOf, EarliestOf) for refs in (REFS[:2], REFS[:3], REFS)}
    assert len(said) == 6
