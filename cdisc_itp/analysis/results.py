"""What was computed, as data: statistics of analyses, comparisons with what was reported, statuses."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec.published_types import Status


@dataclass(frozen=True)
class Statistic:
    """A number by its name; ``group`` is the group that it is of. ``value`` is None where it cannot be computed."""

    name: str
    value: float | None
    formatted: str
    group: str | None = None

    @property
    def key(self) -> str:
        """Name and group."""
        return self.name if self.group is None else f"{self.name} {self.group}"


@dataclass(frozen=True)
class GroupSize:
    """A group: its identifier, what it is called, its subjects, and those of them with an event."""

    id: str
    label: str
    n: int
    events: int


@dataclass(frozen=True)
class Data:
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


@dataclass(frozen=True)
class AnalysisResult:
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


@dataclass(frozen=True)
class Compared:
    """A number of the report beside what a method gives: as written, computed, rounded, and whether they agree."""

    statistic: str
    reported: str
    computed: float | None
    rounded: str
    method: str
    agrees: bool


@dataclass(frozen=True)
class Assertion:
    """What the report says in words, as a comparison with a statistic, and whether it holds."""

    said: str
    computed: float | None
    holds: bool


@dataclass(frozen=True)
class RegistryFigure:
    """A figure of a registry beside the computed one."""

    what: str
    registered: str
    computed: str
    agrees: bool


@dataclass(frozen=True)
class Reading:
    """One way to read what is reported: its pattern, and the comparisons that it leads to, by method."""

    pattern: str
    compared: tuple[Compared, ...]
    agreeing: tuple[str, ...]
    disagreeing: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True)
class ItemResult:
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


@dataclass(frozen=True)
class Reproduction:
    """All items, and the table of all methods on the data of the primary item."""

    items: tuple[ItemResult, ...]
    sensitivity: tuple[AnalysisResult, ...]
    sensitivity_data: Data | None

    @property
    def as_expected(self) -> bool:
        """Whether every status is the one that the study expects."""
        return all(i.as_expected for i in self.items)
