"""STA101-STA106: what was asked, what happened, and why not (SDTMIG 3.4, 4.1.8, 4.2.6 and 4.5.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.column import present
from .columns import column, datasets_with, has, is_value, named
from .package import Package
from .registry import Found, NotApplicableError, found_at, rule

_STATUS = "SDTMIG 3.4, 4.5.1.2"
_ASKED = "SDTMIG 3.4, 4.2.6 (prespecified terms)"
# Either of the two says that the record's end, or its start, is relative to a time point.
_POINTS = (("--STRTPT", "--STTPT"), ("--ENRTPT", "--ENTPT"))


@rule(
    "STA101",
    "error",
    "Reason why not, of what was done",
    "--REASND says why something was not done: --STAT is then NOT DONE.",
    "Set --STAT, or leave out the reason.",
    "{variable} is {value}, but --STAT is not NOT DONE",
    _STATUS,
)
def check_reason(package: Package) -> Iterator[Found]:
    """--REASND only with --STAT NOT DONE."""
    for d in datasets_with(package, "--REASND"):
        name = named(d, "--REASND")
        yield from found_at(d, name, present(column(d, name)) & ~is_value(d, named(d, "--STAT"), "NOT DONE"))


@rule(
    "STA102",
    "error",
    "Occurrence of what was not asked for",
    "--OCCUR answers a question of the form: the term was prespecified (--PRESP Y).",
    "Set --PRESP; a term that somebody wrote down freely has neither.",
    "{variable} is {value}, but --PRESP is not Y",
    _ASKED,
)
def check_occurrence(package: Package) -> Iterator[Found]:
    """--OCCUR only with --PRESP Y."""
    for d in datasets_with(package, "--OCCUR"):
        name = named(d, "--OCCUR")
        yield from found_at(d, name, present(column(d, name)) & ~is_value(d, named(d, "--PRESP"), "Y"))


@rule(
    "STA103",
    "error",
    "Question without an answer",
    "What was prespecified happened or not (--OCCUR), or nobody asked (--STAT NOT DONE).",
    "Give --OCCUR, or --STAT with the reason.",
    "{variable} is {value}, but neither --OCCUR nor --STAT has a value",
    _ASKED,
)
def check_answer(package: Package) -> Iterator[Found]:
    """--OCCUR or --STAT wherever --PRESP is Y, in datasets with --OCCUR."""
    for d in datasets_with(package, "--PRESP", "--OCCUR"):
        answered = present(column(d, named(d, "--OCCUR"))) | present(column(d, named(d, "--STAT")))
        yield from found_at(d, named(d, "--PRESP"), is_value(d, named(d, "--PRESP"), "Y") & ~answered)


@rule(
    "STA104",
    "error",
    "Answer to a question that was not asked",
    "--STAT NOT DONE says that nobody asked: there is no --OCCUR.",
    "Leave out the status, or the answer.",
    "{variable} is {value}, but --STAT is NOT DONE",
    _ASKED,
)
def check_not_asked(package: Package) -> Iterator[Found]:
    """No --OCCUR with --STAT NOT DONE."""
    for d in datasets_with(package, "--OCCUR"):
        name = named(d, "--OCCUR")
        yield from found_at(d, name, present(column(d, name)) & is_value(d, named(d, "--STAT"), "NOT DONE"))


@rule(
    "STA105",
    "error",
    "Relation to a time point by halves",
    "BEFORE, ONGOING and the like are relative to a time point, which --STTPT or --ENTPT names: each needs the other.",
    "Name the time point and the relation to it, or neither.",
    "{variable} is {value}, but {other} has no value",
    "SDTMIG 3.4, 4.4.7",
)
def check_time_points(package: Package) -> Iterator[Found]:
    """--STRTPT with --STTPT, --ENRTPT with --ENTPT."""
    datasets = [(d, named(d, a), named(d, b)) for d in package.datasets for a, b in _POINTS if has(d, a) or has(d, b)]
    if not datasets:
        raise NotApplicableError("no dataset has a relation to a time point")
    for d, relation, point in datasets:
        for name, other in ((relation, point), (point, relation)):
            if name in d.columns:
                yield from found_at(d, name, present(column(d, name)) & ~present(column(d, other)), other=other)


@rule(
    "STA106",
    "warning",
    "Time point without number, or reference",
    "A time point has a name and a number by which it is ordered (--TPTNUM); an elapsed time or a reference date "
    "belongs to a reference that --TPTREF names.",
    "Add --TPTNUM; name the reference.",
    "{variable} is {value}, but {other} has no value",
    "SDTMIG 3.4, 4.4.10",
)
def check_planned_time_points(package: Package) -> Iterator[Found]:
    """--TPTNUM with --TPT and the reverse; --TPTREF with --ELTM and --RFTDTC."""
    needs = (("--TPT", "--TPTNUM"), ("--TPTNUM", "--TPT"), ("--ELTM", "--TPTREF"), ("--RFTDTC", "--TPTREF"))
    datasets = [(d, named(d, a), named(d, b)) for d in package.datasets for a, b in needs if has(d, a)]
    if not datasets:
        raise NotApplicableError("no dataset has planned time points")
    for d, name, other in datasets:
        yield from found_at(d, name, present(column(d, name)) & ~present(column(d, other)), other=other)
