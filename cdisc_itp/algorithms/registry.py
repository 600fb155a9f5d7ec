"""The registry of the spec language's words.

A word is a small frozen dataclass: its name is the word (``StudyDay`` is ``study_day``), its first field is the
main argument, its other fields are the parameters. ``apply`` turns columns into a column, ``reads`` names the
columns that are read, ``describe`` writes the method text, which changes with every parameter.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

import numpy.typing as npt

from ..model.codelist import Codelist
from ..model.column import Column, Mask, Rows
from ..model.metadata import OriginType
from ..model.where import Condition

ALGORITHMS: dict[str, type[Algorithm]] = {}


class Ref(str):
    """A form column (lower case), a variable (upper case), or ``name.COLUMN`` of another form or dataset."""


class RawColumn(str):
    """A column of a raw table; ``$name`` is what ``unpivot`` made."""


class MapName(str):
    """A table in maps/, without its suffix."""


class Kernel(Protocol):
    """Arrow arrays of the distinct tuples in; one array of outputs and the problems' masks out."""

    def __call__(self, *arrays: Any) -> tuple[Any, Mapping[str, npt.NDArray[Any]]]: ...


class Table(Protocol):
    """A table of maps/ as text."""

    name: str
    columns: tuple[str, ...]

    def column(self, name: str) -> list[str | None]: ...

    def __len__(self) -> int: ...


class Records(Protocol):
    """What an algorithm sees of the records (or form rows) that are being built."""

    study: str
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

    def each_raw(self, kernel: Kernel, column: str) -> Column:
        """As ``each``, for a raw column (forms only)."""
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


class Other(Protocol):
    """Another dataset's or form's records."""

    n: int

    def __getitem__(self, ref: str) -> Column: ...

    def subjects(self) -> Column: ...

    def order(self) -> Rows: ...

    def holds(self, condition: Condition) -> Mask: ...


class Algorithm:
    """Base of every word."""

    word: ClassVar[str] = ""
    scope: ClassVar[str] = "any"  # "form": raw columns to form columns; "dataset": variables only
    origin: ClassVar[OriginType] = "Derived"
    numeric: ClassVar[bool] = False

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that are read, each once."""
        return tuple(dict.fromkeys(_references(self)))

    def apply(self, records: Records) -> Column:
        """One value a record (n,)."""
        raise AssertionError(f"{self.word} has no apply")

    def describe(self) -> str:
        """The method in a sentence; every parameter is in it."""
        raise AssertionError(f"{self.word} has no describe")

    @property
    def maps(self) -> tuple[str, ...]:
        """Tables of maps/ that are read."""
        return tuple(str(v) for v in _values(self) if isinstance(v, MapName))


def _values(algorithm: Algorithm) -> list[Any]:
    assert dataclasses.is_dataclass(algorithm)
    return [getattr(algorithm, f.name) for f in dataclasses.fields(algorithm)]


def _references(algorithm: Algorithm) -> list[str]:
    out: list[str] = []
    for value in _values(algorithm):
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Ref):
                out.append(str(item))
    return out


T = TypeVar("T", bound=Algorithm)


@dataclass_transform(frozen_default=True)
def algorithm(cls: type[T]) -> type[T]:
    """Register a word: the class becomes a frozen dataclass under its name in snake case."""
    made = dataclasses.dataclass(frozen=True)(cls)
    made.word = re.sub(r"(?<!^)(?=[A-Z])", "_", made.__name__).lower()
    if made.word in ALGORITHMS:
        raise AssertionError(f"two algorithms are called {made.word}")
    ALGORITHMS[made.word] = made
    return made


def parameters(cls: type[Algorithm]) -> dict[str, tuple[Any, bool]]:
    """Parameter name -> (type, required); the main argument first. A trailing _ is not part of the word."""
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    return {
        f.name.rstrip("_"): (
            hints[f.name],
            f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING,
        )
        for f in fields
    }


def described(condition: Condition | None, prefix: str = " where ") -> str:
    """The condition as words of a method, or nothing."""
    return f"{prefix}{condition}" if condition is not None else ""


Derivation = Callable[[Records], Column]
