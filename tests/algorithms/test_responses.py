"""Confirmed and best overall responses, by the published rules and against loops."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MapName, MomentRef, Ref
from cdisc_itp.algorithms.responses import BestOverallResponse, ConfirmedResponse
from tests.algorithms.response_tables import IWG_2009, RECIST_1_1
from tests.sample import Sample, Table, made, table

LEVEL, DATE = Ref("O.LEVEL"), MomentRef("O.ADT")
TABLES = {"iwg": IWG_2009, "recist": RECIST_1_1}
Rows = list[tuple[int, str]]


def sample(rows: Rows, tables: dict[str, Table] | None = None, **own: list[float | str | None]) -> Sample:
    """One subject with assessments (day, level); ``own`` are values of its one record."""
    other = Sample({"USUBJID": ["1"] * len(rows), "LEVEL": [r[1] for r in rows], "ADT": [float(r[0]) for r in rows]})
    return Sample({"USUBJID": ["1"], **own}, tables or TABLES, others={"O": other})


def confirmed(rows: Rows, **said: object) -> object:
    word = ConfirmedResponse(LEVEL, **{"level": ("CR",), "date": DATE, **said})  # type: ignore[arg-type]
    return made(word, sample(rows))[0]


def test_confirmed_at_least_seven_days_apart() -> None:
    assert confirmed([(8, "CR"), (15, "CR")], days=7) == "Y"
    assert confirmed([(8, "CR"), (14, "CR")], days=7) == "N"
    assert confirmed([(8, "CR"), (14, "CR"), (21, "CR")], days=7, to="date") == 8.0
    assert confirmed([(8, "CR"), (14, "CR"), (21, "CR")], days=7, to="confirmed") == 21.0
    assert confirmed([(8, "R"), (15, "CR")], days=7) == "N"
    assert confirmed([(8, "R"), (15, "CR")], days=7, level=("CR", "R")) == "Y"
    assert confirmed([(8, "R"), (15, "CR")], days=7, level=("CR", "R"), to="level") == "R"
    assert confirmed([(8, "CR")], days=0) == "Y"
    assert confirmed([], days=7) == "N"
    assert confirmed([], days=7, to="date") is None


def test_by_the_row_of_a_table() -> None:
    said = {"table": MapName("iwg"), "level": ("R",)}
    assert confirmed([(8, "R"), (15, "CR")], **said) == "Y"
    assert confirmed([(8, "R"), (14, "CR")], **said) == "N"
    assert confirmed([(8, "CR"), (15, "R")], **said, to="level") == "CR"
    assert confirmed([(8, "CR"), (15, "R")], **{**said, "level": ("CR",)}) == "N"


def test_what_lies_between() -> None:
    rows = [(8, "CR"), (10, "NR"), (15, "CR")]
    assert confirmed(rows, days=7) == "Y"
    assert confirmed(rows, days=7, between="all") == "N"
    assert confirmed([(8, "CR"), (10, "NE"), (15, "CR")], days=7, between="all") == "N"
    assert confirmed([(8, "CR"), (10, "NE"), (15, "CR")], days=7, between="all", ignored=("NE",)) == "Y"


def test_days_that_count() -> None:
    rows = [(1, "CR"), (8, "CR"), (15, "CR"), (22, "CR")]

    def day(**own: list[float | str | None]) -> object:
        said = {name: Ref(name) for name in own}
        word = ConfirmedResponse(LEVEL, ("CR",), 7, date=DATE, to="date", **said)  # type: ignore[arg-type]
        return made(word, sample(rows, **own))[0]

    assert day(after=[1.0]) == 8.0
    assert day(after=[8.0], before=[22.0]) is None
    assert day(after=[8.0], on_or_before=[22.0]) == 15.0
    assert day(before=[None]) == 1.0
    assert day(after=[None]) == 1.0
    # Dates in ISO 8601 are days since 1970; day 0 of numeric dates is 1960-01-01.
    assert day(after=["1960-01-02"]) == 8.0
    assert day(before=["1960-01"]) == 1.0


def test_several_records_of_one_subject_with_bounds_of_their_own() -> None:
    other = Sample({"USUBJID": ["2", "1", "1", "2"], "LEVEL": ["CR"] * 4, "ADT": [10.0, 9.0, 1.0, 3.0]})
    records = Sample({"USUBJID": ["1", "2", "1", None, "3"], "after": [0.0, 0.0, 5.0, 0.0, 0.0]}, others={"O": other})
    word = ConfirmedResponse(LEVEL, ("CR",), 7, date=DATE, to="date", after=Ref("after"))
    assert made(word, records) == [1.0, 3.0, None, None, None]
    assert records.links == {"O": [2, 3, -1, -1, -1]}


def test_contradictions() -> None:
    assert ConfirmedResponse(LEVEL, ("CR",), date=DATE).contradiction() == "needs one of 'table' and 'days'"
    both = ConfirmedResponse(LEVEL, ("CR", "R"), date=DATE, table=MapName("iwg"))
    assert both.contradiction() == "with a table there is one level, and what may lie between is said there"
    assert ConfirmedResponse(LEVEL, ("CR",), 7, date=Ref("P.ADT")).contradiction() == (
        "'O.LEVEL' and 'P.ADT' are of two datasets"
    )
    assert ConfirmedResponse(Ref("LEVEL"), ("CR",), 7, date=DATE).contradiction() == (
        "'LEVEL' names no other form or dataset"
    )
    assert BestOverallResponse(LEVEL, MapName("iwg"), date=DATE, to="flag").contradiction() == (
        "'to: flag' and 'levels' need each other"
    )


def best(rows: Rows, name: str = "recist", **said: object) -> list[object]:
    """Best overall response and the day that made it; treatment starts on day 0."""
    out: list[object] = []
    for to in ("level", "date"):
        word = BestOverallResponse(LEVEL, MapName(name), date=DATE, to=to, **said)  # type: ignore[arg-type]
        out += made(word, sample(rows, start=[0.0]))
    return out


RECIST = {"since": MomentRef("start"), "ends": ("PD",)}


@pytest.mark.parametrize(
    ("first", "then", "enough", "else_"),
    [
        ("CR", "CR", "CR", "CR"),
        ("CR", "SD", "SD", None),
        ("CR", "PD", "SD", "PD"),
        ("CR", "NE", "SD", "NE"),
        ("PR", "CR", "PR", "PR"),
        ("PR", "PR", "PR", "PR"),
        ("PR", "SD", "SD", None),
        ("PR", "PD", "SD", "PD"),
        ("PR", "NE", "SD", "NE"),
        ("NE", "NE", "NE", "NE"),
        ("SD", "PD", "SD", "PD"),
        ("PD", "CR", "PD", "PD"),
    ],
)
def test_recist_1_1_with_confirmation(first: str, then: str, enough: str, else_: str | None) -> None:
    """Table 3 of RECIST 1.1; six weeks of stable disease are asked for, four weeks of a response."""
    assert best([(56, first), (84, then)], **RECIST)[0] == enough
    if else_ is not None:
        assert (
            best([(28, first), (56, then)] if first == then or then == "CR" else [(28, first), (40, then)], **RECIST)[0]
            == else_
        )


def test_recist_1_1_details() -> None:
    assert best([(56, "CR"), (83, "CR")], **RECIST) == ["SD", 56.0]
    assert best([(56, "CR"), (70, "NE"), (84, "CR")], **RECIST) == ["CR", 56.0]
    assert best([(56, "CR"), (63, "NE"), (70, "NE"), (84, "CR")], **RECIST) == ["SD", 56.0]
    assert best([(56, "PR"), (84, "SD"), (112, "PR")], **RECIST) == ["SD", 56.0]
    assert best([(28, "PR"), (56, "CR"), (84, "CR")], **RECIST) == ["CR", 56.0]
    assert best([(56, "SD"), (84, "PD"), (112, "CR"), (140, "CR")], **RECIST) == ["SD", 56.0]
    assert best([(20, "SD"), (84, "PD")], **RECIST) == ["PD", 84.0]
    assert best([], otherwise="MISSING", **RECIST) == ["MISSING", None]
    assert best([(41, "SD")], **RECIST) == ["NE", 41.0]
    assert best([(42, "SD")], **RECIST) == ["SD", 42.0]


CASES = {
    # Subjects of the public tests of an R package for oncology (admiralonco), whose results follow by hand: stable
    # disease after 28 days, confirmation after 28 days.
    "1": ("2020-01-01", "2020-01-01 PR, 2020-02-01 CR, 2020-02-16 NE, 2020-03-01 CR, 2020-04-01 SD", "CR"),
    "3": ("2019-11-11", "2019-11-12 CR, 2019-12-02 CR, 2020-01-01 SD", "SD"),
    "4": ("2019-12-30", "2020-01-01 PR, 2020-03-01 SD, 2020-04-01 SD, 2020-05-01 PR, 2020-05-15 NON-CR/NON-PD", "SD"),
    "5": ("2020-01-01", "2020-01-01 PR, 2020-01-10 SD, 2020-01-20 PR, 2020-05-15 NON-CR/NON-PD", "NON-CR/NON-PD"),
    "6": ("2020-02-02", "2020-02-06 PR, 2020-02-16 CR, 2020-03-30 PR", "PR"),
    "7": ("2020-02-02", "2020-02-06 PR, 2020-02-16 CR, 2020-04-01 NE", "NE"),
    "9": ("2020-02-01", "2020-02-16 PD, 2020-03-06 SD", "PD"),
}
WITH_NON_TARGET = table("""
level,counts,confirm_days,confirmed_by,between,from_day,before_day
CR,,28,,CR; NE<=1,,
PR,,28,CR; PR,CR; PR; NE<=1,,
SD,CR; PR; SD,,,,28,
NON-CR/NON-PD,,,,,28,
PD,,,,,,
NE,CR; PR; SD; NE; NON-CR/NON-PD,,,,,
""")


@pytest.mark.parametrize("subject", CASES)
def test_subjects_of_a_public_test(subject: str) -> None:
    start, said, expected = CASES[subject]
    day = [row.split() for row in said.split(", ")]
    rows = [((date.fromisoformat(d) - date(1960, 1, 1)).days, level) for d, level in day]
    word = BestOverallResponse(LEVEL, MapName("t"), since=MomentRef("start"), ends=("PD",), date=DATE)
    assert made(word, sample(rows, {"t": WITH_NON_TARGET}, start=[start])) == [expected]


def test_iwg_2009_and_what_else_it_tells() -> None:
    rows = [(8, "R"), (15, "CR"), (22, "R"), (29, "CR"), (30, "NR"), (31, "NR")]
    assert best(rows, "iwg") == ["CR", 15.0]
    assert best([(8, "R"), (14, "CR"), (20, "NR")], "iwg") == ["NE", None]
    assert best([(8, "R"), (14, "NR"), (15, "NR")], "iwg") == ["NR", 14.0]
    said = {"date": DATE, "table": MapName("iwg")}
    assert made(BestOverallResponse(LEVEL, to="confirmed", **said), sample(rows)) == [29.0]  # type: ignore[arg-type]
    for response, flag in ((("CR", "R"), "Y"), (("R",), "N"), (("XX",), "N")):
        word = BestOverallResponse(LEVEL, to="flag", levels=response, **said)  # type: ignore[arg-type]
        assert made(word, sample(rows)) == [flag]


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (",7,,,,", "a row needs a level"),
        ("CR,week,,,,", "confirm_days 'week' is no number of days"),
        ("CR,7,,NE<=one,,", "between 'NE<=one' is none of LEVEL and LEVEL<=NUMBER"),
        ("CR,,CR,,,", "confirmed_by needs confirm_days"),
        ("CR,,,NE,,", "between needs confirm_days"),
        ("CR,7,,,NR,", "loss and loss_days need each other"),
    ],
)
def test_rows_that_cannot_be_used(row: str, flaw: str) -> None:
    word = BestOverallResponse(LEVEL, MapName("t"), date=DATE)
    found = table(f"level,confirm_days,confirmed_by,between,loss,loss_days\nNR,,,,,\n{row}")
    assert list(word.flaws(found)) == [(1, flaw)]
    assert [*word.flaws(IWG_2009), *word.flaws(RECIST_1_1)] == []
    assert word.tables == {"t": ("level",)}


def test_what_is_said() -> None:
    word = BestOverallResponse(
        LEVEL, MapName("t"), date=DATE, since=Ref("ADSL.TRTSDT"), ends=("PD",), before=Ref("ADSL.RESCDT")
    )
    for said in ("table t", "O.LEVEL by O.ADT", "days since ADSL.TRTSDT", "first of PD", "NE where none", "RESCDT"):
        assert said in word.describe()
    assert word.reads == ("O.LEVEL", "O.ADT", "ADSL.RESCDT", "ADSL.TRTSDT")
    other = ConfirmedResponse(LEVEL, ("CR", "R"), 7, "all", ("NE",), date=DATE, to="date")
    assert "with nothing but CR or R in between (NE passed over)" in other.describe()
    ignored = ConfirmedResponse(LEVEL, ("CR",), 7, ignored=("NE",), date=DATE)
    assert ignored.contradiction() == "'ignored' needs 'between: all'"
    assert "at least 7 days later" in other.describe()


LEVELS = st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["CR", "R", "NR", "NE"])), max_size=9)


@given(LEVELS, st.integers(0, 12), st.sampled_from(["any", "all"]))
def test_confirmation_is_equal_to_a_loop(rows: Rows, days: int, between: str) -> None:
    ordered = sorted(rows, key=lambda r: r[0])
    first = None
    for i, (day, level) in enumerate(ordered):
        later = [
            j
            for j in range(i + 1, len(ordered))
            if ordered[j][1] in ("CR", "R")
            and ordered[j][0] - day >= days
            and (between == "any" or all(v in ("CR", "R", "NE") for _, v in ordered[i + 1 : j]))
        ]
        if first is None and level in ("CR", "R") and (later or days == 0):
            first = float(day)
    assert confirmed(rows, days=days, level=("CR", "R"), between=between, ignored=("NE",), to="date") == first


@given(LEVELS)
def test_best_response_is_equal_to_a_loop(rows: Rows) -> None:
    ordered = sorted(rows, key=lambda r: r[0])

    def made_by(counts: tuple[str, ...], days: int) -> bool:
        good = [d for d, v in ordered if v in counts]
        pairs = [(a, b) for i, a in enumerate(good) for b in good[i + 1 :]]
        return any(b - a >= days for a, b in pairs)

    rules = [("CR", ("CR",), 7), ("R", ("R", "CR"), 7), ("NR", ("NR",), 1)]
    expected = next((level for level, counts, days in rules if made_by(counts, days)), "NE")
    assert best(rows, "iwg")[0] == expected
