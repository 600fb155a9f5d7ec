"""analysis/published.yaml, typed: what a report says, and how it is computed again."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct, field

from ..algorithms.registry import Ref, Written
from ..model.where import Condition
from ..model.written import Unwritten

Basis = Literal["published counts", "published figures", "published counts and registry", "synthetic data", "data"]
Status = Literal[
    "REPRODUCED",
    "REPRODUCED_BY_METHOD",
    "NOT_REPRODUCED",
    "INCONSISTENT",
    "AMBIGUOUS",
    "DISCREPANCY_WITH_REGISTRY",
    "NOT_REPORTED",
]
Rounding = Literal["half up", "half even", "down"]


class GroupsSpec(Struct, frozen=True):
    """Who is compared: a dataset with a record a subject, its records, and the groups by the values of a variable."""

    dataset: Written
    variable: Ref
    values: dict[str, str]
    where: Condition | None = None


class DataSpec(Struct, frozen=True):
    """The records that a number is computed from: those of the groups' subjects for which ``where`` holds.

    ``variable`` is what is summarized. A subject counts who has a record for which ``event`` holds too (without it:
    any record). ``published`` are the counts that the report gives, as responders/subjects by group. ``stratum`` is
    a variable of the groups' dataset.
    """

    dataset: Written
    where: Condition | None = None
    variable: Ref | None = None
    event: Condition | None = None
    published: dict[str, str] = field(default_factory=dict)
    stratum: Ref | None = None
    censor: Ref | None = None


class RegistrySpec(Struct, frozen=True):
    """A figure that a registry gives otherwise, or alike: ``computed`` names the statistic to compare it with."""

    what: str
    registered: str
    computed: str


class ItemSpec(Struct, frozen=True):
    """One published item.

    ``label`` is what it is called. ``reported`` is what the report says, to the letter (none: it says nothing).
    ``reads`` finds the numbers in it: ``{statistic}`` or ``{statistic group}`` stands for a number; several patterns
    are several ways to read it. ``methods`` are tried in order, the first is shown. What the report says in words is
    put as conditions on statistics (``asserts``), and ``words`` say what was taken for what.
    """

    source: Written
    basis: Basis
    expected: Status
    label: str | None = None
    reported: str | None = None
    reads: tuple[str, ...] = ()
    data: Written | None = None
    methods: tuple[Written, ...] = ()
    asserts: Condition | None = None
    words: str | None = None
    rounding: Rounding = "half up"
    registry: tuple[RegistrySpec, ...] = ()
    within: tuple[int, ...] = ()
    inference: tuple[str, ...] = ()
    line: Annotated[int, Unwritten()] = 0


class SensitivitySpec(Struct, frozen=True):
    """The table of all methods: which data, and which of the methods that there are (none said: all)."""

    data: Written
    methods: tuple[Written, ...] = ()


class PublishedSpec(Struct, frozen=True):
    """analysis/published.yaml."""

    sources: dict[str, str]
    groups: GroupsSpec
    data: dict[str, DataSpec]
    items: dict[str, ItemSpec]
    sensitivity: SensitivitySpec | None = None
