"""What a story says of a form row as a whole, checked: the rows of one fact, and which of them stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cdisc_itp.build.trace import Member, RowNote
from tests.build.retelling import NOTES, Retelling, UntoldError, number


def note(function: Any) -> Any:
    """Register how a note is checked, under the function's name."""
    NOTES[function.__name__] = function
    return function


def _of(told: Retelling, member: Member, name: str) -> str | None:
    """A value of a form row by its own story; none where the form or the source has no such column."""
    assert member.dataset is not None
    step = told.replay.of_member(member, name)
    return told.value(step) if step.word or step.tried else step.value


def _sides(told: Retelling, said: RowNote) -> tuple[Member, list[Member]]:
    """The row that stays and the others, of one subject, whose values are what their stories lead to."""
    (stays,) = [m for m in said.members if m.taken]
    others = [m for m in said.members if not m.taken]
    if not others:
        raise UntoldError(f"{stays.place}: {said.word} names no other row")
    for member in said.members:
        for name in member.values:
            told.member(member, name)
        if told.has_subject(member) and _of(told, member, "USUBJID") != _of(told, stays, "USUBJID"):
            raise UntoldError(f"{member.place} is of another subject than {stays.place}")
    for name in said.same:
        if len({_of(told, m, name) for m in said.members}) > 1:
            raise UntoldError(f"{said.word}: the rows of {stays.place} differ in {name}")
    return stays, others


@note
def duplicates(told: Retelling, said: RowNote) -> None:
    stays, others = _sides(told, said)
    for name in told.columns(str(stays.dataset)):
        for other in others:
            if _of(told, other, name) != _of(told, stays, name):
                raise UntoldError(f"{other.place} differs from {stays.place} in {name}")


@note
def repeats(told: Retelling, said: RowNote) -> None:
    stays, others = _sides(told, said)
    best = _rank(told, said, stays)
    for other in others:
        rank = _rank(told, said, other)
        if not _wins(best, rank):
            raise UntoldError(f"{stays.place} does not come after {other.place}: {best}, {rank}")


def _wins(a: list[Any], b: list[Any]) -> bool:
    """Whether the first pair that differs is for a."""
    return next((x > y for x, y in zip(a, b, strict=True) if x != y), False)


def _rank(told: Retelling, said: RowNote, member: Member) -> list[Any]:
    """For each column of the order: the larger, the sooner the row stays; a row without a value yields."""
    out = []
    for name in said.parameters["order"]:
        value, listed = member.values[name], said.parameters.get(f"ranked {name}")
        if listed is not None:
            at: Any = None if value is None else list(listed).index(value)  # type: ignore[arg-type]
        elif told.columns(str(member.dataset)).get(name) == "number":
            at = None if value is None else Decimal(value)
        else:
            at = value
        out.append((0,) if at is None else (1, _Reversed(at)) if said.parameters["keep"] == "first" else (1, at))
    return out


class _Reversed:
    """A value that is larger where the other is smaller."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.value == other.value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)


@note
def yields_to(told: Retelling, said: RowNote) -> None:
    stays, others = _sides(told, said)
    for other in others:
        pairs = [(other.values[c], stays.values[c]) for c in said.parameters["compare"]]
        differs = any(a is not None and a != b and (number(a) is None or number(a) != number(b)) for a, b in pairs)
        if differs != ("DATA054" in said.note):
            raise UntoldError(f"{other.place} and {stays.place}: {pairs}, but the story says {said.note!r}")


@note
def subject(told: Retelling, said: RowNote) -> None:
    for row in said.members:
        if row.values["term"] not in said.text.split(", ")[0] or row.values["raw"] not in said.text:
            raise UntoldError(f"{said.text} is not {row}")
