"""What a method is given: subjects by group, those with an event, their numbers, and the same by stratum."""

from __future__ import annotations

from msgspec import Struct, field

from .two_by_two import TwoByTwo


class Group(Struct, frozen=True):
    """The subjects of a group: how many, how many of them with an event, and a number of each that has one.

    ``censored`` says of each of ``values`` (times) whether it ended without the event.
    """

    id: str
    label: str
    n: int
    events: int
    values: tuple[float, ...] = ()
    censored: tuple[bool, ...] = ()


class Figure(Struct, frozen=True):
    """A number as it was written, and half a unit of its last digit."""

    value: float
    half: float


class Sample(Struct, frozen=True):
    """Groups in their order; ``strata`` are two by two tables of the first two groups, by value of the stratum.

    ``levels`` is the number of values of the stratum; ``figures`` are numbers of the report itself, by statistic.
    """

    groups: tuple[Group, ...]
    strata: tuple[TwoByTwo, ...] = ()
    levels: int = 0
    figures: dict[str, Figure] = field(default_factory=dict)

    @property
    def table(self) -> TwoByTwo:
        """Events in the first group against the second."""
        first, second = self.groups[:2]
        return TwoByTwo(first.events, first.n, second.events, second.n)
