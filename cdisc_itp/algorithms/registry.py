"""The registry of the spec language's words.

A word is a small frozen dataclass: its name is the word (``StudyDay`` is ``study_day``), its first field is the
main argument, its other fields are the parameters. ``apply`` turns columns into a column, ``reads`` names the
columns that are read, ``describe`` writes the method text, which changes with every parameter.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, TypeAlias, TypeVar, dataclass_transform

import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import astuple

from ..model.codelist import Codelist
from ..model.column import Column, Mask, Rows
from ..model.metadata import OriginType
from ..model.where import Condition
from ..model.written import Parameter

ALGORITHMS: dict[str, type[Algorithm]] = {}


class Written(str):
    """A text of a spec that knows the ``line`` on which it was written (0: on none)."""

    line: int = 0


class Ref(Written):
    """A form column (lower case), a variable (upper case), or ``name.COLUMN`` of another form or dataset."""


class DateRef(Ref):
    """A name whose values are dates, or dates and times, in ISO 8601."""


class TimeRef(Ref):
    """A name whose values are times of the day in ISO 8601."""


class NumberRef(Ref):
    """A name whose values are numbers."""


class MomentRef(Ref):
    """A name whose values are dates, or dates and times: ISO 8601 text, or numbers counted from 1960-01-01.

    Numbers are seconds where the name ends in DTM, else days (ADaMIG 1.3, 3.1.2).
    """


class RawColumn(Written):
    """A column of a raw table; ``$name`` is what ``unpivot`` made."""


class MapName(Written):
    """A table in maps/, without its suffix."""


class AnyText(str):
    """A text that may be empty; every other text of a spec has at least one sign."""


Problems: TypeAlias = "Mapping[Any, npt.NDArray[Any]]"


class Kernel(Protocol):
    """Arrow arrays of the distinct tuples in; one array of outputs and the problems' masks out.

    A problem is told by its code, or by (code, i, ...) where the values at fault are those of other arrays than
    the first.
    """

    def __call__(self, *arrays: Any) -> tuple[Any, Problems]:
        """Outputs (k,) and masks (k,) by problem."""
        ...


class Table(Protocol):
    """A table of maps/ as text."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        ...

    def column(self, name: str) -> list[str | None]:
        """One cell a row, None where it is empty."""
        ...

    def __len__(self) -> int: ...


class Records(Protocol):
    """What an algorithm sees of the records (or form rows) that are being built."""

    study: str
    name: str
    target: str
    n: int

    def __getitem__(self, ref: str) -> Column:
        """The column that a name means, one value a record."""
        ...

    def has(self, ref: str) -> bool:
        """Whether a name means a column here."""
        ...

    def each(self, kernel: Kernel, *refs: str) -> Column:
        """Apply a kernel to the distinct tuples of some columns; its problems become issues."""
        ...

    def issue(self, code: str, mask: Mask, ref: str | None = None, detail: str = "") -> None:
        """Report an issue for the records at ``mask``; ``ref`` is the column whose value is at fault."""
        ...

    def table(self, name: str) -> Table:
        """A table of maps/, or of study.yaml."""
        ...

    @property
    def source(self) -> str | None:
        """The source of these form rows; None for records of a dataset."""
        ...

    @property
    def kind(self) -> str:
        """The type of the form column that is being made (forms only)."""
        ...

    def each_raw(self, kernel: Kernel, *columns: str) -> Column:
        """As ``each``, for raw columns (forms only)."""
        ...

    def holds(self, condition: Condition) -> Mask:
        """The records for which a condition holds."""
        ...

    def codelist(self, name: str | None = None) -> Codelist | None:
        """The codelist of the variable that is being made, or of another one."""
        ...

    def order(self) -> Rows:
        """Records in the declared order."""
        ...

    def subjects(self) -> Column:
        """The subject of each record."""
        ...

    def other(self, name: str) -> Other:
        """Another dataset or form, to be searched by subject."""
        ...

    def link(self, name: str, rows: Rows) -> None:
        """Keep which record of another dataset each record took (-1: none) as lineage."""
        ...

    def taken(self, variable: str) -> Mapping[str, Rows]:
        """Which record of other datasets each record of ours took for a variable (-1: none), by dataset."""
        ...


class Other(Protocol):
    """Another dataset's or form's records."""

    n: int

    def __getitem__(self, ref: str) -> Column: ...

    def subjects(self) -> Column:
        """The subject of each record."""
        ...

    def order(self) -> Rows:
        """Records in their order."""
        ...

    def holds(self, condition: Condition) -> Mask:
        """The records for which a condition holds."""
        ...


class Algorithm:
    """Base of every word."""

    word: ClassVar[str] = ""
    scope: ClassVar[str] = "any"  # "form": raw columns to form columns; "dataset": variables only
    origin: ClassVar[OriginType] = "Derived"
    numeric: ClassVar[bool] = False
    # Whether the order of the dataset's records decides (`Records.order`).
    ordered: ClassVar[bool] = False
    # Names whose value decides even where this line gives none: no later line speaks of a record that has one.
    decides: ClassVar[tuple[str, ...]] = ()

    # Of one kind with the same parameters: said once for all words, not made anew for each class.
    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash((type(self), *_values(self)))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(map(repr, _values(self)))})"

    def changed(self, **parameters: Any) -> Self:
        """The word with other parameters."""
        return dataclasses.replace(self, **parameters)  # type: ignore[type-var]

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that are read, each once."""
        return tuple(dict.fromkeys(self.references))

    @cached_property
    def references(self) -> tuple[Ref, ...]:
        """The names among the parameters, as they are written."""
        return tuple(_references(self))

    def apply(self, records: Records) -> Column:
        """One value a record (n,)."""
        raise AssertionError(f"{self.word} has no apply")

    def describe(self) -> str:
        """The method in a sentence; every parameter is in it."""
        raise AssertionError(f"{self.word} has no describe")

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Tables of maps/ (or of study.yaml) that are read, with the columns that are read of each."""
        to: tuple[str, ...] = (getattr(self, "to", None) or "term",)
        return {v: to for v in _values(self) if isinstance(v, MapName)}

    @property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """Conditions among the parameters, each with the dataset or form whose records it chooses (empty: our own)."""
        where = getattr(self, "where", None)
        return () if where is None else (("", where),)

    def contradiction(self) -> str:
        """What is wrong with the parameters together; nothing where they agree."""
        return ""

    def flaws(self, table: Table) -> Iterator[tuple[int, str]]:
        """Rows of a table (from 0) whose cells this word cannot use, and why."""
        return iter(())

    def rows_used(self, table: Table, said: Mapping[str, str | None]) -> tuple[int, ...] | None:
        """Rows of a table (from 0) that decide, by the texts of what is read; None: those that have the text read."""
        return None


def _values(algorithm: Algorithm) -> list[Any]:
    word = type(algorithm)
    if word not in _NAMES:
        assert dataclasses.is_dataclass(word)
        _NAMES[word] = tuple(f.name for f in dataclasses.fields(word))
    return [getattr(algorithm, name) for name in _NAMES[word]]


_NAMES: dict[type[Algorithm], tuple[str, ...]] = {}


def _references(algorithm: Algorithm) -> Iterator[Ref]:
    for value in _values(algorithm):
        if isinstance(value, dict):
            value = tuple(value.values())
        for v in value if isinstance(value, tuple) else (value,):
            if isinstance(v, Ref):
                yield v
            elif isinstance(v, Struct):
                yield from (r for r in astuple(v) if isinstance(r, Ref))


def inside(name: str, ref: str) -> Ref:
    """``name.ref``, written where ``ref`` is."""
    out = Ref(f"{name}.{ref}")
    out.line = getattr(ref, "line", 0)
    return out


T = TypeVar("T", bound=Algorithm)


def parameter(*, default: Any = dataclasses.MISSING, needs: tuple[str, ...] = (), hidden: bool = False) -> Any:
    """A parameter that means something only together with others, or that no spec writes (``hidden``)."""
    return dataclasses.field(default=default, metadata={"needs": needs, "hidden": hidden})


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
def algorithm(cls: type[T]) -> type[T]:
    """Register a word: the class becomes a frozen dataclass under its name in snake case."""
    made = dataclasses.dataclass(frozen=True, eq=False, repr=False)(cls)
    made.word = re.sub(r"(?<!^)(?=[A-Z])", "_", made.__name__).lower()
    if made.word in ALGORITHMS:
        raise AssertionError(f"two algorithms are called {made.word}")
    ALGORITHMS[made.word] = made
    return made


_PARAMETERS: dict[type[Algorithm], Mapping[str, Parameter]] = {}


def parameters(cls: type[Algorithm]) -> Mapping[str, Parameter]:
    """Parameters by the name that a spec writes (without a trailing _), the main argument first.

    >>> from .numbers import StandardUnit
    >>> [(name, p.required, p.needs) for name, p in parameters(StandardUnit).items()]
    [('unit', True, ()), ('test', False, ('table',)), ('table', False, ('test',))]
    """
    if cls not in _PARAMETERS:
        _PARAMETERS[cls] = types.MappingProxyType(_read_parameters(cls))
    return _PARAMETERS[cls]


def _read_parameters(cls: type[Algorithm]) -> dict[str, Parameter]:
    hints = typing.get_type_hints(cls)
    return {
        f.name.rstrip("_"): Parameter(
            f.name,
            hints[f.name],
            f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING,
            f.metadata.get("needs", ()),
        )
        # What a base declares by keyword comes after the word's own main argument.
        for f in sorted(dataclasses.fields(cls), key=lambda f: f.kw_only is True)  # type: ignore[arg-type]
        if not f.metadata.get("hidden", False)
    }


def described(condition: Condition | None, prefix: str = " where ") -> str:
    """The condition as words of a method, or nothing."""
    return f"{prefix}{condition}" if condition is not None else ""
