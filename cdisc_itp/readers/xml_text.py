"""The text of an XML file, part by part: its encoding found, every byte decoded strictly, given on as UTF-8.

XML 1.0, 4.3.3 and appendix F: a byte order mark, else the encoding declaration, else UTF-8. An encoding that the
source file declares goes first, since it can correct a wrong declaration.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from ..model.raw import Detected
from .limits import Limits
from .problems import Problems, did_you_mean
from .text import BOMS, ENCODINGS, LINE_END

BLOCK_BYTES = 256 * 1024
HEAD_BYTES = 1024
"""Where the encoding declaration is looked for."""
MORE_ENCODINGS: dict[str, str] = {
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (*range(2, 12), *range(13, 17))},
    **{f"windows-125{n}": f"cp125{n}" for n in range(9)},
    "big5": "big5",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "koi8-r": "koi8-r",
    "x-sjis": "shift_jis",
}
CODECS = {**MORE_ENCODINGS, **ENCODINGS}
DECLARATION = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


class XmlEncoding(Struct, frozen=True):
    """Codec of a file, how many bytes its byte order mark has, how it was found, and what is worth knowing."""

    codec: str
    mark: int
    detected: Detected
    notes: tuple[str, ...] = ()


class XmlText:
    """An open XML file. ``parts`` gives its text once, as UTF-8 bytes; afterwards ``sha256`` is that of the file."""

    def __init__(self, path: Path, declared: str | None, problems: Problems, limits: Limits) -> None:
        self.path = path
        self.problems = problems
        self.sha256 = ""
        _check_size(path, problems, limits)
        with path.open("rb") as file:
            self.encoding = find_encoding(file.read(HEAD_BYTES), declared, problems)

    def parts(self) -> Iterator[bytes]:
        """UTF-8 without byte order mark; raises ReadError (READ002) at the first bytes that are no text."""
        hashed, decoder, at = hashlib.sha256(), codecs.getincrementaldecoder(self.encoding.codec)(), 0
        skip = self.encoding.mark
        with self.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                hashed.update(block)
                at += len(block)
                yield self._decoded(decoder, block[skip:], at, False)
                skip = 0
        yield self._decoded(decoder, b"", at, True)
        self.sha256 = hashed.hexdigest()

    def _decoded(self, decoder: codecs.IncrementalDecoder, block: bytes, at: int, final: bool) -> bytes:
        """UTF-8 of a block that ends at byte ``at`` of the file."""
        try:
            return decoder.decode(block, final).encode()
        except UnicodeDecodeError as error:
            start = at - len(error.object) + error.start
            self._note_undecodable(start)
        self.problems.raise_any()
        raise AssertionError("unreachable")

    def _note_undecodable(self, offset: int) -> None:
        """Where the bytes are, and not which: what item they are of is not known, it may be a name."""
        codec, line = self.encoding.codec, 1
        with self.path.open("rb") as file:
            before = file.read(offset)[self.encoding.mark :]
        line += len(LINE_END.findall(before.decode(codec, "replace")))
        message = f"bytes at offset {offset} are no {codec} text"
        self.problems.add("READ002", message, line, hint="declare the `encoding` that it is written in")


def find_encoding(head: bytes, declared: str | None, problems: Problems) -> XmlEncoding:
    """Encoding of the file that begins with ``head``; READ003, or READ006 for a declared one that is not known."""
    mark, by_bytes = _by_bytes(head)
    said = DECLARATION.match(head[len(mark) :].decode(by_bytes or "latin-1", "replace").lstrip())
    name = said[1].strip() if said else None
    if declared is not None:
        codec = CODECS.get(declared.strip().lower())
        if codec is None:
            hint = did_you_mean(declared, CODECS) or f"known: {', '.join(ENCODINGS)}"
            problems.add("READ006", f"encoding: '{declared}' is not known", hint=hint)
        return _checked(codec or "", declared, mark, by_bytes, problems, 1.0)
    if by_bytes:
        return XmlEncoding(by_bytes, len(mark), Detected("encoding", by_bytes, 1.0), _contradiction(name, by_bytes))
    codec = CODECS.get(name.lower()) if name is not None else "utf-8"
    if codec is None:
        problems.add("READ003", f"the file says encoding '{name}', which is not known here", 1)
    return _checked(codec or "", name, mark, by_bytes, problems, 1.0 if name else 0.99)


def _by_bytes(head: bytes) -> tuple[bytes, str]:
    """Byte order mark and the codec that the first bytes show; nothing where they could be of any ASCII superset."""
    for mark, codec in BOMS:
        if head.startswith(mark):
            return mark, codec
    starts = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    return b"", starts.get(head[:2], "")


def _checked(
    codec: str, name: str | None, mark: bytes, by_bytes: str, problems: Problems, confidence: float
) -> XmlEncoding:
    """The encoding that a name stands for, unless the first bytes contradict it (READ003)."""
    wide = codec.startswith("utf-16")
    if codec == "utf-16" and by_bytes.startswith("utf-16"):
        codec = by_bytes
    if codec and (by_bytes != codec if mark or by_bytes else wide):
        found = f"those of {by_bytes}" if by_bytes else "one byte a character"
        hint = f"declare `encoding: {by_bytes or 'utf-8'}`"
        problems.add("READ003", f"the encoding is said to be {name}, but the first bytes are {found}", 1, hint=hint)
    problems.raise_any()
    return XmlEncoding(codec, len(mark), Detected("encoding", codec, confidence))


def _contradiction(name: str | None, by_bytes: str) -> tuple[str, ...]:
    codec = CODECS.get(name.lower()) if name else None
    if name is None or codec == by_bytes or (codec == "utf-16" and by_bytes.startswith("utf-16")):
        return ()
    return (f"the file says encoding {name}, its first bytes are those of {by_bytes}: read as {by_bytes}",)


def _check_size(path: Path, problems: Problems, limits: Limits) -> None:
    """READ001 for a file that cannot be opened, READ007 for one that is too large."""
    try:
        with path.open("rb"):
            size = path.stat().st_size
        if size > limits.file_bytes:
            problems.add("READ007", f"{size} bytes are more than the limit of {limits.file_bytes}")
    except OSError as error:
        problems.add("READ001", f"cannot be opened: {error.strerror}")
    problems.raise_any()
