"""What was computed, as data: statistics of analyses, comparisons with what was reported, statuses."""

from __future__ import annotations

from msgspec import Struct

from ..spec.published_types import Status


class Statistic(Struct, frozen=True):
    """A number by its name; ``group`` is the group that it is of. ``value`` is None where it cannot be computed."""

    name: str
    value: float | None
    formatted: str
    group: str | None = None

    @property
    def key(self) -> str:
        """Name and group."""
        return self.name if self.group is None else f"{self.name} {self.group}"


class GroupSize(Struct, frozen=True):
    """A group: its identifier, what it is called, its subjects, and those of them with an event."""

    id: str
    label: str
    n: int
    events: int


class Data(Struct, frozen=True):
    """What an analysis was computed from: records of a dataset where a condition holds, of the groups' subjects.

    ``variable`` and ``event`` say what was read of them; ``published`` are the groups as the report counts them.
    """

    dataset: str
    where: str
    variable: str
    event: str
    records: int
    groups: tuple[GroupSize, ...]
    published: tuple[GroupSize, ...] = ()


class AnalysisResult(Struct, frozen=True):
    """A method applied to data: the method's word and name, what it measures, and its statistics in order."""

    id: str
    method: str
    label: str
    kind: str
    measure: str
    statistics: tuple[Statistic, ...]

    def statistic(self, key: str) -> Statistic | None:
        """The statistic of a name (and group); None where the method has none of it."""
        return next((s for s in self.statistics if key in (s.key, s.name)), None)


class Compared(Struct, frozen=True):
    """A number of the report beside what a method gives: as written, computed, rounded, and whether they agree."""

    statistic: str
    reported: str
    computed: float | None
    rounded: str
    method: str
    agrees: bool


class Assertion(Struct, frozen=True):
    """What the report says in words, as a comparison with a statistic, and whether it holds."""

    said: str
    computed: float | None
    holds: bool


class RegistryFigure(Struct, frozen=True):
    """A figure of a registry beside the computed one."""

    what: str
    registered: str
    computed: str
    agrees: bool


class Reading(Struct, frozen=True):
    """One way to read what is reported: its pattern, and the comparisons that it leads to, by method."""

    pattern: str
    compared: tuple[Compared, ...]
    agreeing: tuple[str, ...]
    disagreeing: tuple[str, ...]
    agrees: bool


class ItemResult(Struct, frozen=True):
    """One published item: what was reported, what was computed from what and how, and what follows.

    ``computed`` are sentences that are computed, ``inferred`` those that are not.
    """

    id: str
    label: str
    reported: str | None
    source: str
    basis: str
    rounding: str
    words: str
    data: Data | None
    results: tuple[AnalysisResult, ...]
    readings: tuple[Reading, ...]
    assertions: tuple[Assertion, ...]
    registry: tuple[RegistryFigure, ...]
    computed: tuple[str, ...]
    inferred: tuple[str, ...]
    status: Status
    expected: Status

    @property
    def as_expected(self) -> bool:
        """Whether the status is the one that the study expects."""
        return self.status == self.expected


class Reproduction(Struct, frozen=True):
    """All items, and the table of all methods on the data of the primary item."""

    items: tuple[ItemResult, ...]
    sensitivity: tuple[AnalysisResult, ...]
    sensitivity_data: Data | None

    @property
    def as_expected(self) -> bool:
        """Whether every status is the one that the study expects."""
        return all(i.as_expected for i in self.items)
