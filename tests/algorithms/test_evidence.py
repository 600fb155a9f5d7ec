"""Which record decided a value: SRCDOM, SRCVAR, SRCSEQ."""

from __future__ import annotations

from cdisc_itp.algorithms.evidence import SourceOf, sequence_of
from cdisc_itp.algorithms.registry import Ref
from tests.sample import Sample, made

VARIABLES = (Ref("ADLB.AVAL"), Ref("CM.CMSTDTC"), Ref("ADSL.RESCDT"))
OTHERS = {
    "ADLB": Sample({"ASEQ": [4.0, 7.0]}),
    "CM": Sample({"CMSEQ": [1.0, 3.0]}),
    "ADSL": Sample({"RESCDT": [1.0, 3.0]}),
}


def records() -> Sample:
    """Decided by ADLB, by CM, by both, by none, by ADSL, by a dataset that is not named, by it and CM."""
    decided = {
        "ADLB": [1, -1, 0, -1, -1, -1, -1],
        "CM": [-1, 1, 1, -1, -1, -1, 1],
        "ADSL": [-1, -1, -1, -1, 1, -1, -1],
        "DS": [-1, -1, -1, -1, -1, 0, 0],
    }
    return Sample({"ADT": [1.0] * 7}, others=OTHERS, decided={"ADT": decided})


def test_the_one_record_that_decided() -> None:
    at = records()
    assert made(SourceOf(Ref("ADT"), VARIABLES, "domain"), at) == ["ADLB", "CM", None, None, "ADSL", None, None]
    assert at.links["CM"] == [-1, 1, -1, -1, -1, -1, -1]
    assert made(SourceOf(Ref("ADT"), VARIABLES, "variable"), at) == [
        "AVAL",
        "CMSTDTC",
        None,
        None,
        "RESCDT",
        None,
        None,
    ]
    assert made(SourceOf(Ref("ADT"), VARIABLES, "sequence"), at) == [7.0, 3.0, None, None, None, None, None]


def test_nothing_was_taken() -> None:
    empty = Sample({"ADT": [1.0, 2.0]}, others=OTHERS)
    for part in ("domain", "variable", "sequence"):
        assert made(SourceOf(Ref("ADT"), VARIABLES, part), empty) == [None, None]  # type: ignore[arg-type]


def test_what_is_read() -> None:
    assert SourceOf(Ref("ADT"), VARIABLES, "sequence").reads == ("ADT", "ADLB.ASEQ", "CM.CMSEQ")
    assert SourceOf(Ref("ADT"), VARIABLES, "domain").reads == ("ADT",)
    assert SourceOf(Ref("ADT"), (Ref("AVAL"),), "domain").contradiction() == "'AVAL' names no other dataset"
    twice = SourceOf(Ref("ADT"), (Ref("CM.CMSTDTC"), Ref("CM.CMENDTC")), "domain")
    assert twice.contradiction() == "names a dataset twice"
    assert sequence_of("FACE") == "FACE.FASEQ"
