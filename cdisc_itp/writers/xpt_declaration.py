"""What a caller declares of an XPT file, and what TS-140 lets a version 5 file declare."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from ..model.issue import UserError

NAME_LENGTH = 8
LABEL_LENGTH = 40
TEXT_LENGTH = 200
VARIABLES = 9999
# The header has two digits of the year; readers commonly take 70 to 99 as 19xx (POSIX).
YEARS = range(1970, 2070)
SHOWN = 20

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
# Name and width run together ("E8601DA10."): a SAS format name does not end with a digit.
_FORMAT = re.compile(r"(\$?(?:[A-Za-z_](?:[A-Za-z0-9_]*[A-Za-z_])?)?)([0-9]*)\.([0-9]*)")


class XptVariable(Struct, frozen=True):
    """One variable: ``length`` in bytes (None: of the longest value, at least 1; numbers 8).

    ``display_format`` and ``informat`` are written as in SAS: "DATE9.", "8.2", "$20.".
    """

    name: str
    label: str = ""
    numeric: bool = False
    length: int | None = None
    display_format: str | None = None
    informat: str | None = None


class XptProblem(Struct, frozen=True):
    """What version 5 cannot hold. ``record`` is 1-based, the first of ``count`` records with that value."""

    code: str
    dataset: str
    message: str
    variable: str | None = None
    record: int | None = None
    value: str | None = None
    n_bytes: int | None = None
    count: int = 1

    def __str__(self) -> str:
        place = self.dataset if self.variable is None else f"{self.dataset}.{self.variable}"
        if self.record is not None:
            place += f" record {self.record}" + (f" (and {self.count - 1} more)" if self.count > 1 else "")
        text = f"{place}: {self.code} {self.message}"
        if self.n_bytes is not None:
            text += f", {self.n_bytes} bytes"
        return text if self.value is None else f"{text}: {self.value!r}"


class XptError(UserError, ValueError):
    """Every problem of one file at once; nothing was written."""

    def __init__(self, problems: Sequence[XptProblem]) -> None:
        self.problems = list(problems)
        lines = [str(p) for p in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"... and {len(self.problems) - SHOWN} more")
        super().__init__("\n".join(lines))


def parse_format(text: str | None) -> tuple[str, int, int]:
    """Name, width and decimals of a SAS format; ValueError where it is none that TS-140 can hold.

    >>> parse_format("E8601DA10."), parse_format("8.2"), parse_format("$20."), parse_format(None)
    (('E8601DA', 10, 0), ('', 8, 2), ('$', 20, 0), ('', 0, 0))
    """
    if not text:
        return "", 0, 0
    match = _FORMAT.fullmatch(text)
    if match is None:
        raise ValueError("not a format such as DATE9. or 8.2")
    name, width, decimals = match[1].upper(), int(match[2] or 0), int(match[3] or 0)
    if len(name) > NAME_LENGTH or max(width, decimals) > 32767 or not (name or width):
        raise ValueError("not a format that version 5 holds (name of at most 8 characters, then the width)")
    return name, width, decimals


def check_encoding(encoding: str) -> str:
    """The encoding's canonical name; ValueError where it is unknown or changes ASCII text (UTF-16)."""
    plain = "".join(map(chr, range(32, 127)))
    try:
        same = plain.encode(encoding) == plain.encode("ascii")
    except LookupError as error:
        raise ValueError(f"unknown encoding {encoding!r}") from error
    if not same:
        raise ValueError(f"XPT text is padded with ASCII blanks: encoding {encoding!r} does not hold ASCII")
    return codecs.lookup(encoding).name


def check_declaration(
    dataset: str, label: str, variables: Sequence[XptVariable], created: datetime, encoding: str
) -> list[XptProblem]:
    """Problems of names, labels, lengths and formats, in the order of the file."""
    problems = [*_check_name(dataset, None, dataset), *_check_label(dataset, None, label, encoding)]
    if created.year not in YEARS:
        problems.append(XptProblem("XPT010", dataset, "creation year is not 1970 to 2069", value=str(created)))
    if len(variables) > VARIABLES:
        problems.append(XptProblem("XPT010", dataset, f"{len(variables)} variables, at most {VARIABLES}"))
    for variable in variables:
        problems += _check_name(dataset, variable.name, variable.name)
        problems += _check_label(dataset, variable.name, variable.label, encoding)
        problems += _check_length(dataset, variable)
        problems += _check_formats(dataset, variable)
    counts = Counter(v.name for v in variables)
    message = "name of {} variables"
    problems += [XptProblem("XPT009", dataset, message.format(n), name) for name, n in counts.items() if n > 1]
    return problems


def _check_name(dataset: str, variable: str | None, name: str) -> Iterator[XptProblem]:
    if len(name) > NAME_LENGTH or _NAME.fullmatch(name) is None:
        message = "name is not 1 to 8 of A-Z 0-9 _ starting with a letter or _"
        yield XptProblem("XPT001", dataset, message, variable, value=name)


def _check_label(dataset: str, variable: str | None, label: str, encoding: str) -> Iterator[XptProblem]:
    try:
        size = len(label.encode(encoding))
    except UnicodeEncodeError:
        yield XptProblem("XPT004", dataset, f"label is not {encoding}", variable, value=label)
        return
    if "\0" in label:
        yield XptProblem("XPT004", dataset, "label holds a NUL character", variable, value=label)
    if size > LABEL_LENGTH:
        yield XptProblem("XPT002", dataset, "label over 40 bytes", variable, value=label, n_bytes=size)
    if label.endswith(" "):
        yield XptProblem("XPT008", dataset, "label ends with a blank, readers drop it", variable, value=label)


def _check_length(dataset: str, variable: XptVariable) -> Iterator[XptProblem]:
    length = variable.length
    if length is None:
        return
    if not variable.numeric and length > TEXT_LENGTH:
        yield XptProblem("XPT003", dataset, "declared length over 200", variable.name, n_bytes=length)
    elif length < (3 if variable.numeric else 1) or (variable.numeric and length > 8):
        allowed = "3 to 8" if variable.numeric else "1 to 200"
        yield XptProblem("XPT010", dataset, f"declared length is not {allowed}", variable.name, n_bytes=length)


def _check_formats(dataset: str, variable: XptVariable) -> Iterator[XptProblem]:
    for text in (variable.display_format, variable.informat):
        try:
            parse_format(text)
        except ValueError as error:
            yield XptProblem("XPT010", dataset, str(error), variable.name, value=text)


def raise_problems(problems: Iterable[XptProblem]) -> None:
    """Raise XptError where there is a problem."""
    found = list(problems)
    if found:
        raise XptError(found)
