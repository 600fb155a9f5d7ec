"""Loss of response by IWG 2009, and responses that last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.registry import MapName, Ref
from cdisc_itp.algorithms.response_loss import LossOfResponse, SustainedResponse
from tests.algorithms.response_tables import IWG_2009
from tests.algorithms.test_responses import DATE, LEVEL, Rows
from tests.sample import Sample, made


def lost(rows: Rows, bleeding: tuple[int, ...] = (), to: str = "date", once: bool = True) -> object:
    other = Sample(
        {
            "USUBJID": ["1"] * len(rows),
            "LEVEL": [r[1] for r in rows],
            "ADT": [float(r[0]) for r in rows],
            "BLEEDFL": ["Y" if r[0] in bleeding else None for r in rows],
        }
    )
    word = LossOfResponse(LEVEL, MapName("iwg"), Ref("O.BLEEDFL") if once else None, date=DATE, to=to)  # type: ignore[arg-type]
    return made(word, Sample({"USUBJID": ["1"]}, {"iwg": IWG_2009}, others={"O": other}))[0]


CR = [(8, "CR"), (15, "CR")]
R = [(8, "R"), (15, "R")]


def test_two_counts_at_least_a_day_apart() -> None:
    assert lost([*R, (22, "NR"), (23, "NR")]) == 22.0
    assert lost([*R, (22, "NR"), (22, "NR")]) is None
    assert lost([*R, (22, "NR")], to="flag") == "N"
    assert lost([*R, (22, "NR"), (29, "R"), (36, "NR"), (43, "R")], to="flag") == "N"
    assert lost([*R, (22, "NR"), (29, "NE"), (36, "NR")]) == 22.0


def test_a_complete_response_is_lost_below_it_a_response_is_not() -> None:
    assert lost([*CR, (22, "R"), (29, "R")]) == 22.0
    assert lost([*CR, (22, "R"), (29, "R")], to="response") == "CR"
    assert lost([*CR, (22, "R"), (29, "NR")], to="level") == "R"
    assert lost([*R, (22, "R"), (29, "R")], to="flag") == "N"
    assert lost([(8, "R"), (15, "CR"), (22, "R")], to="response") == "R"
    assert lost([(8, "R"), (15, "CR"), (22, "CR"), (29, "R"), (36, "R")], to="start") == 15.0


def test_bleeding_is_a_loss_at_once() -> None:
    assert lost([*R, (22, "NR"), (29, "R")], bleeding=(22,)) == 22.0
    assert lost([*R, (22, "NR"), (29, "R")], bleeding=(22,), once=False) is None
    assert lost([*R, (29, "R")], bleeding=(8,), to="flag") == "N"


def test_nothing_without_a_response() -> None:
    for to in ("flag", "date", "level", "response", "start"):
        assert lost([(8, "R"), (14, "R"), (20, "NR"), (21, "NR")], to=to) is None
        assert lost([], to=to) is None


def test_what_is_said_of_a_loss() -> None:
    word = LossOfResponse(LEVEL, MapName("iwg"), Ref("O.BLEEDFL"), date=DATE)
    assert word.reads == ("O.LEVEL", "O.ADT", "O.BLEEDFL")
    assert word.tables == {"iwg": ("level", "loss", "loss_days")}
    assert "or one where O.BLEEDFL is Y" in word.describe()
    assert LossOfResponse(LEVEL, MapName("iwg"), Ref("BLEEDFL"), date=DATE).contradiction() == (
        "'BLEEDFL' is no variable of O"
    )


def sustained(rows: Rows, **said: object) -> object:
    other = Sample({"USUBJID": ["1"] * len(rows), "LEVEL": [r[1] for r in rows], "ADT": [float(r[0]) for r in rows]})
    word = SustainedResponse(LEVEL, ("Y",), date=DATE, **said)  # type: ignore[arg-type]
    return made(word, Sample({"USUBJID": ["1"], "until": [180.0]}, others={"O": other}))[0]


def test_sustained() -> None:
    rows = [(8, "N"), (15, "Y"), (22, "Y"), (180, "Y"), (200, "N")]
    assert sustained(rows) == "N"
    assert sustained(rows, to="broken") == 200.0
    assert sustained(rows, on_or_before=Ref("until")) == "Y"
    assert sustained(rows, before=Ref("until"), to="date") == 15.0
    assert sustained([(15, "Y"), (22, "NE"), (29, "Y")]) == "N"
    assert sustained([(15, "Y"), (22, "NE"), (29, "Y")], ignored=("NE",)) == "Y"
    assert sustained([(8, "N")]) == "N"
    assert sustained([]) == "N"
    assert sustained([], to="date") is None


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["CR", "R", "NR", "NE"])), max_size=10))
def test_loss_is_equal_to_a_loop(rows: Rows) -> None:
    ordered = sorted(rows, key=lambda r: r[0])

    def response(counts: tuple[str, ...]) -> int | None:
        good = [d for d, v in ordered if v in counts]
        return next((a for i, a in enumerate(good) if any(b - a >= 7 for b in good[i + 1 :])), None)

    def loss(start: int, low: tuple[str, ...]) -> float | None:
        after = [(d, v) for d, v in ordered if d > start and v != "NE"]
        for i, (d, v) in enumerate(after):
            run = []
            for e, w in after[i + 1 :]:
                if w not in low:
                    break
                run.append(e)
            if v in low and any(e - d >= 1 for e in run):
                return float(d)
        return None

    complete, any_ = response(("CR",)), response(("CR", "R"))
    expected = (
        loss(complete, ("R", "NR")) if complete is not None else loss(any_, ("NR",)) if any_ is not None else None
    )
    assert lost(rows) == expected
