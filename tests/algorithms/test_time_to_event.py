"""Time to event: what ends the observation, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import Ref
from cdisc_itp.algorithms.time_to_event import DatedReason, Part, TimeToEvent
from cdisc_itp.model.column import Column, collect_numbers, collect_text
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from cdisc_itp.spec.time_to_event import PARTS, TimeToEventSpec, expand_time_to_event
from tests.sample import Sample, made

PD = Condition((WhereClause((Comparison("AVALC", "EQ", ("PD",)),)),))
# Progression-free survival as it is mostly defined: progression or death, whichever comes first, censored at the
# last assessment before another therapy, at the start without one.
PFS = (
    (
        DatedReason(Ref("ADRS.ADT"), "Progression", where=PD, before=Ref("ADSL.NACTDT")),
        DatedReason(Ref("ADSL.DTHDT"), "Death"),
    ),
    (),
    (
        DatedReason(Ref("ADRS.ADT"), "Censored", "Last assessment", before=Ref("ADSL.NACTDT")),
        DatedReason(Ref("ADSL.RANDDT"), "Censored", "Randomization", cnsr=2),
    ),
)
# Time to response: other therapy ends the observation.
TTR = (
    (DatedReason(Ref("ADRS.ADT"), "Response", where=PD),),
    (DatedReason(Ref("ADSL.NACTDT"), "Other therapy", cnsr=2),),
    (DatedReason(Ref("ADSL.LSTDT"), "No response", "Last contact"),),
)


def told(
    reasons: tuple[tuple[DatedReason, ...], ...],
    assessments: list[tuple[float, str]],
    more: dict[str, float | None],
    *parts: Part,
    unit: str = "days",
    add_one: bool = True,
) -> list[object]:
    own = {"RANDDT": 100.0, "NACTDT": None, "DTHDT": None, "LSTDT": None} | more
    values = {name: [v, 0.0] for name, v in own.items()}
    n = len(assessments)
    adrs = Sample(
        {
            "USUBJID": ["1"] * n + ["9"],
            "ADT": [*(a[0] for a in assessments), 0.0],
            "AVALC": [*(a[1] for a in assessments), "PD"],
            "ASEQ": [float(i + 1) for i in range(n + 1)],
        }
    )
    adsl = Sample({"USUBJID": ["1", "9"], **values})
    records = Sample(
        {"USUBJID": ["1", "2"], **{f"ADSL.{k}": [v, None] for k, v in own.items()}},
        others={"ADRS": adrs, "ADSL": adsl},
    )
    return [
        made(TimeToEvent(Ref("ADSL.RANDDT"), *reasons, unit, add_one, part), records)[0]  # type: ignore[arg-type]
        for part in parts
    ]


WHO: tuple[Part, ...] = ("ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")


class Steady(Sample):
    """Records whose columns stay the same objects, as those of a dataset do."""

    def __getitem__(self, ref: str) -> Column:
        known: dict[str, Column] = self.__dict__.setdefault("known", {})
        return known.setdefault(ref, super().__getitem__(ref))


def test_what_was_found_is_found_again_where_something_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    find = TimeToEvent._find
    monkeypatch.setattr(TimeToEvent, "_find", lambda self, records: searched.append(self.part) or find(self, records))
    adrs = Steady({"USUBJID": ["1"], "ADT": [140.0], "AVALC": ["PD"], "ASEQ": [1.0]})
    days: dict[str, list[float | None]] = {f"ADSL.{n}": [None] for n in ("NACTDT", "DTHDT", "LSTDT")}
    records = Steady({"USUBJID": ["1"], "ADSL.RANDDT": [100.0], **days}, others={"ADRS": adrs, "ADSL": adrs})

    def tell(part: Part) -> object:
        word = TimeToEvent(Ref("ADSL.RANDDT"), (PFS[0][0],), (), (), "days", True, part)
        return made(word, records)[0]

    assert [tell("ADT"), tell("AVAL"), tell("EVNTDESC")] == [140.0, 41.0, "Progression"]
    assert searched == ["ADT"]
    records.known["ADSL.NACTDT"] = collect_numbers([130.0])
    assert [tell("ADT"), tell("AVAL")] == [None, None]
    records.known["ADSL.NACTDT"] = collect_numbers([float("nan")])
    adrs.known["ADT"] = collect_numbers([150.0])
    assert [tell("ADT"), tell("AVAL")] == [150.0, 51.0]
    adrs.values, adrs.known["AVALC"] = {**adrs.values, "AVALC": ["SD"]}, collect_text(["SD"])
    assert tell("EVNTDESC") is None
    assert len(searched) == 4


def test_the_earliest_event_wins() -> None:
    visits = [(140.0, "SD"), (180.0, "PD")]
    assert told(PFS, visits, {"DTHDT": 200.0}, *WHO) == [180.0, 81.0, 0.0, "Progression", None, "ADRS", "ADT", 2.0]
    assert told(PFS, visits, {"DTHDT": 160.0}, *WHO) == [160.0, 61.0, 0.0, "Death", None, "ADSL", "DTHDT", None]
    assert told(PFS, visits, {"DTHDT": 180.0}, "EVNTDESC") == ["Progression"]


def test_censored_at_the_last_of_several_dates() -> None:
    visits = [(140.0, "SD"), (180.0, "SD")]
    assert told(PFS, visits, {}, *WHO) == [180.0, 81.0, 1.0, "Censored", "Last assessment", "ADRS", "ADT", 2.0]
    assert told(PFS, [], {}, *WHO) == [100.0, 1.0, 2.0, "Censored", "Randomization", "ADSL", "RANDDT", None]


def test_only_what_lies_before_a_day_counts() -> None:
    visits = [(140.0, "SD"), (180.0, "PD")]
    assert told(PFS, visits, {"NACTDT": 180.0}, "ADT", "CNSR", "CNSDTDSC") == [140.0, 1.0, "Last assessment"]
    assert told(PFS, visits, {"NACTDT": 181.0}, "ADT", "CNSR") == [180.0, 0.0]


def test_a_reason_that_comes_before_the_event_censors() -> None:
    visits = [(140.0, "SD"), (180.0, "PD")]
    said: tuple[Part, ...] = ("ADT", "CNSR", "EVNTDESC", "CNSDTDSC")
    assert told(TTR, visits, {"NACTDT": 150.0, "LSTDT": 400.0}, *said) == [150.0, 2.0, "Other therapy", "Other therapy"]
    assert told(TTR, visits, {"NACTDT": 180.0}, *said) == [180.0, 0.0, "Response", None]
    assert told(TTR, visits, {"NACTDT": 190.0}, *said) == [180.0, 0.0, "Response", None]
    assert told(TTR, visits[:1], {"NACTDT": 150.0, "LSTDT": 120.0}, *said)[:2] == [150.0, 2.0]
    assert told(TTR, visits[:1], {"LSTDT": 400.0}, *said) == [400.0, 1.0, "No response", "Last contact"]


def test_what_lies_before_the_start_does_not_count() -> None:
    assert told(TTR, [(99.0, "PD"), (120.0, "PD")], {}, "ADT") == [120.0]
    assert told(TTR, [(100.0, "PD")], {}, "AVAL") == [1.0]
    assert told(TTR, [(99.0, "PD")], {"LSTDT": 90.0}, *WHO) == [None] * 8
    assert told(TTR, [(120.0, "PD")], {"RANDDT": None}, "STARTDT", *WHO) == [None] * 9


def test_units() -> None:
    visits = [(170.0, "PD")]
    assert told(TTR, visits, {}, "AVAL", add_one=False) == [70.0]
    assert told(TTR, visits, {}, "AVAL", unit="weeks", add_one=False) == [10.0]
    assert told(TTR, visits, {}, "AVAL", unit="months") == [71 / (365.25 / 12)]
    assert told(TTR, visits, {}, "AVAL", unit="years") == [71 / 365.25]
    assert told(TTR, visits, {}, "STARTDT") == [100.0]


def test_a_competing_event() -> None:
    events = (TTR[0][0], DatedReason(Ref("ADSL.DTHDT"), "Death", cnsr=2))
    said: tuple[Part, ...] = ("CNSR", "EVNTDESC", "CNSDTDSC")
    assert told((events, (), ()), [(180.0, "PD")], {"DTHDT": 150.0}, *said) == [2.0, "Death", None]


def test_what_is_read_and_said() -> None:
    spec = TimeToEventSpec(Ref("ADSL.RANDDT"), *TTR)
    lines = expand_time_to_event(spec, "adam/adtte.yaml", 7)
    assert tuple(lines) == PARTS
    words = {part: line.steps[0].algorithm for part, line in lines.items()}
    assert words["ADT"].reads == ("ADSL.RANDDT", "ADRS.ADT", "ADRS.AVALC", "ADSL.NACTDT", "ADSL.LSTDT")
    assert words["STARTDT"].reads == ("ADSL.RANDDT",)
    assert "ADRS.ASEQ" in words["SRCSEQ"].reads and "ADRS.ASEQ" not in words["ADT"].reads
    said = words["AVAL"].describe()
    for text in ("both days counted", "Response: ADRS.ADT where AVALC EQ PD", "Other therapy", "ADSL.LSTDT"):
        assert text in said
    assert len({w.describe() for w in words.values()}) == len(PARTS)
    assert list(expand_time_to_event(spec, "a", 1, ("AVAL", "CNSR"))) == ["AVAL", "CNSR"]


def test_lineage() -> None:
    adrs = Sample({"USUBJID": ["1", "1"], "ADT": [140.0, 180.0], "AVALC": ["SD", "PD"]})
    adsl = Sample({"USUBJID": ["1"], "NACTDT": [None], "LSTDT": [300.0]})
    records = Sample({"USUBJID": ["1"], "ADSL.RANDDT": [100.0]}, others={"ADRS": adrs, "ADSL": adsl})
    made(TimeToEvent(Ref("ADSL.RANDDT"), *TTR, "days", True, "AVAL"), records)
    assert records.links == {"ADRS": [1], "ADSL": [-1]}


DAY = st.none() | st.integers(90, 130)


@given(st.lists(st.tuples(st.integers(90, 130), st.sampled_from(["PD", "SD"])), max_size=5), DAY, DAY)
def test_equal_to_a_loop(visits: list[tuple[int, str]], therapy: int | None, contact: int | None) -> None:
    def from_start(days: list[int | None]) -> list[int]:
        return [d for d in days if d is not None and d >= 100]

    event = min(from_start([d for d, v in visits if v == "PD"]), default=None)
    stop, last = (next(iter(from_start([d])), None) for d in (therapy, contact))
    if stop is not None and (event is None or stop < event):
        expected: tuple[int | None, int | None] = (stop, 2)
    elif event is not None:
        expected = (event, 0)
    else:
        expected = (last, None if last is None else 1)
    more = {"NACTDT": therapy, "LSTDT": contact}
    found = told(TTR, [(float(d), v) for d, v in visits], more, "ADT", "CNSR")  # type: ignore[arg-type]
    assert tuple(found) == expected


@pytest.mark.parametrize("part", PARTS)
def test_no_subject_at_all(part: Part) -> None:
    empty = {"USUBJID": [], "ADT": [], "AVALC": [], "ASEQ": [], "NACTDT": [], "LSTDT": []}
    other = Sample(empty)
    records = Sample({"USUBJID": [], "ADSL.RANDDT": []}, others={"ADRS": other, "ADSL": other})
    assert made(TimeToEvent(Ref("ADSL.RANDDT"), *TTR, "days", True, part), records) == []
