"""The bytes of a SAS transport file and how its text is read; every failure names the file and the byte."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from cdisc_itp.model.issue import Place, ReadError, ReadProblem

from .table import counted

_MODE_HINT = "every line feed follows a carriage return: was the file moved as text, not as binary?"


class Source(Struct, frozen=True):
    """A file's bytes, and how its text is read; every failure names the file and the byte."""

    file: str
    data: npt.NDArray[np.uint8]
    encoding: str

    def fail(self, code: str, message: str, offset: int, hint: str = "") -> NoReturn:
        """Raise ReadError."""
        hint = hint or (_MODE_HINT if code in ("READ023", "READ024") and self._looks_converted() else "")
        problem = ReadProblem(code, f"{message}, at byte {offset}", Place(self.file), hint)
        raise ReadError([problem])

    def take(self, offset: int, size: int) -> bytes:
        """Bytes of the header; READ022 where the file ends before."""
        piece = self.data[offset : offset + size].tobytes()
        if len(piece) < size:
            missing = counted(size - len(piece), "byte")
            self.fail("READ022", f"the header ends too early: {missing} missing", len(self.data))
        return piece

    def text(self, raw: bytes, offset: int) -> str:
        """Text without trailing blanks (and without NULs, which some writers pad with)."""
        trimmed = raw.rstrip(b" \0")
        try:
            return trimmed.decode(self.encoding)
        except UnicodeDecodeError as error:
            self.fail("READ026", f"header text is not {self.encoding}", offset + error.start)

    def _looks_converted(self) -> bool:
        head = self.data[: 1 << 16].tobytes()
        feeds = head.count(b"\n")
        return feeds > 0 and feeds == head.count(b"\r\n")


def open_source(path: Path | str, encoding: str | None) -> Source:
    """The file's bytes, mapped, not read; READ001 and READ006."""
    file, codec = Path(path).name, check_encoding(path, encoding or "utf-8")
    try:
        empty = Path(path).stat().st_size == 0
        data = np.zeros(0, np.uint8) if empty else np.asarray(np.memmap(path, np.uint8, "r"))
    except OSError as error:
        raise ReadError([ReadProblem("READ001", f"cannot be opened: {error.strerror}", Place(file))]) from error
    return Source(file, data, codec)


def check_encoding(path: Path | str, encoding: str) -> str:
    """The codec's name; READ006 where it is unknown or ASCII bytes are not ASCII text in it (UTF-16)."""
    plain = bytes(range(32, 127))
    try:
        if plain.decode(encoding) == plain.decode("ascii"):
            return codecs.lookup(encoding).name
        message = f"encoding {encoding!r} does not hold ASCII, which XPT text is padded with"
    except (LookupError, UnicodeDecodeError):
        message = f"encoding {encoding!r} is not known or does not hold ASCII"
    raise ReadError([ReadProblem("READ006", message, Place(Path(path).name))])


def hash_of(source: Source) -> str:
    """SHA-256 of the whole file."""
    return hashlib.sha256(source.data.data).hexdigest()
