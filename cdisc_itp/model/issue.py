"""Trouble, typed: spec problems with file and line, data issues with value and place."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning", "note"]


class SpecProblem(Struct, frozen=True, order=True):
    """A wrong spec: where it is written, what is wrong, what would be right."""

    file: str
    line: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.message}" + (f" - {self.hint}" if self.hint else "")


class UserError(Exception):
    """What the user can mend (exit code 2): the text says what is wrong and what would be right.

    It comes out of another process as it was raised there.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _same_error, (type(self), self.args), self.__dict__


def _same_error(kind: type[UserError], args: tuple[object, ...]) -> UserError:
    error = kind.__new__(kind)
    error.args = args
    return error


class SpecError(UserError):
    """Every problem of a spec at once (exit code 2)."""

    def __init__(self, problems: list[SpecProblem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Place(Struct, frozen=True, order=True):
    """A place in a raw file: ``row`` is the 1-based line (text) or sheet row; None where it is the whole file."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return " ".join(parts)


class ReadProblem(Struct, frozen=True):
    """Input that cannot be read: code, message and place."""

    code: str
    message: str
    place: Place
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}" + (f" - {self.hint}" if self.hint else "")


class ReadError(UserError):
    """Every problem of unreadable input at once (exit code 2)."""

    def __init__(self, problems: list[ReadProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Finding(Struct, frozen=True):
    """What a check found in a written file: the rule and where; values as text."""

    rule: str
    dataset: str
    message: str
    record: int | None = None
    variable: str | None = None
    value: str | None = None
