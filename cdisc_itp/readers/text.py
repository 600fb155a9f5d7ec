"""Bytes of a text file to UTF-8: the encoding declared or detected, nothing replaced.

Detection: byte order mark, then strict UTF-8, then the candidate whose text looks most like text of its
language; what is not clear must be declared.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator

from msgspec import Struct

from ..model.raw import Detected
from .encoding_scores import score_sample, take_sample
from .problems import Problems, did_you_mean

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Declared name to Python codec; "gb2312" is read as gbk, its superset, as browsers do (WHATWG Encoding).
ENCODINGS: dict[str, str] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "ascii": "ascii",
    "us-ascii": "ascii",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-16be": "utf-16-be",
    "gb18030": "gb18030",
    "gbk": "gbk",
    "cp936": "gbk",
    "gb2312": "gbk",
    "cp932": "cp932",
    "windows-31j": "cp932",
    "shift_jis": "shift_jis",
    "shift-jis": "shift_jis",
    "sjis": "shift_jis",
    "big5": "big5",
    "cp950": "cp950",
    "big5-hkscs": "big5hkscs",
    "euc-kr": "euc_kr",
    "cp949": "cp949",
    "uhc": "cp949",
    "euc-jp": "euc_jp",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
    **{f"{prefix}125{n}": f"cp125{n}" for prefix in ("cp", "windows-") for n in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 5, 7, 9, 15)},
    "koi8-r": "koi8-r",
}
# What a message names can be declared, too.
ENCODINGS |= {codec: codec for codec in set(ENCODINGS.values())}
SUPERSETS: dict[str, tuple[str, ...]] = {
    "ascii": ("utf-8",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "cp950": ("big5hkscs",),
    "euc_kr": ("cp949",),
    "shift_jis": ("cp932",),
}
"""Encodings that hold all of another and more."""
SURE = 0.8
"""Confidence from which a guess needs no note."""
LIKELY = 0.5
"""Confidence below which a guess is refused."""
LINE_END = re.compile(r"\r\n|\r|\n")


class DecodedText(Struct, frozen=True):
    """The file's text as UTF-8 without byte order mark, how it was decoded, and what is worth knowing."""

    utf8: bytes
    detected: Detected
    notes: tuple[str, ...] = ()


def decode_text(data: bytes, declared: str | None, problems: Problems) -> DecodedText | None:
    """Text of a file; None after noting READ002, READ003 or READ006.

    ``declared`` is the encoding's name as the source file gives it, None to detect it.
    """
    by_bom = _bom_of(data)
    detected = find_encoding(data, declared, problems)
    if detected is None:
        return None
    checked = declared is None and detected == Detected("encoding", "utf-8", 1.0) and not by_bom[0]
    utf8 = data if checked else _to_utf8(data[len(by_bom[0]) :], detected.value)
    if utf8 is None:
        _note_undecodable(data, len(by_bom[0]), detected.value, problems)
        return None
    return DecodedText(utf8, detected, (*_encoding_notes(data, detected, declared), *_lost_characters(utf8)))


def find_encoding(data: bytes, declared: str | None, problems: Problems) -> Detected | None:
    """The encoding declared or detected; None after noting READ003 or READ006."""
    if declared is not None:
        codec = _declared_codec(declared, _bom_of(data)[1], problems)
        return Detected("encoding", codec, 1.0) if codec else None
    found = detect_encoding(data)
    if found.confidence >= LIKELY:
        return found
    message = f"the encoding cannot be told: {found.value} is a guess with confidence {found.confidence}"
    problems.add("READ003", message, hint="declare `encoding`")
    return None


def _bom_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark and its codec, both empty where there is none."""
    return next(((bom, codec) for bom, codec in BOMS if data.startswith(bom)), (b"", ""))


def detect_encoding(data: bytes) -> Detected:
    """Encoding of the bytes with the confidence (0 to 1) of the guess.

    >>> detect_encoding("一二三四五六七八".encode("gb18030")).value
    'gb18030'
    """
    for bom, codec in BOMS:
        if data.startswith(bom):
            return Detected("encoding", codec, 1.0)
    if _is_utf8(data):
        return Detected("encoding", "utf-8", 1.0)
    sample = take_sample(data)
    scores = sorted(((score, codec) for codec, score in score_sample(sample).items()), reverse=True)
    (best, codec), (second, _) = scores[0], scores[1]
    if codec == "utf-8":  # Long UTF-8 hardly ever fits by chance: damaged UTF-8, whatever the others score.
        second = 0.0
    evidence = len(re.findall(rb"[\x80-\xff]+", sample))
    return Detected("encoding", codec, round((best - second) * evidence / (evidence + 1.5), 2))


def _declared_codec(declared: str, by_bom: str, problems: Problems) -> str | None:
    codec = ENCODINGS.get(declared.strip().lower())
    if codec is None:
        hint = did_you_mean(declared.lower(), ENCODINGS) or f"known: {', '.join(sorted(set(ENCODINGS.values())))}"
        problems.add("READ006", f"'{declared}' is no encoding known here", hint=hint)
    elif codec == "utf-16":
        if by_bom.startswith("utf-16"):
            return by_bom
        problems.add("READ003", "utf-16 without byte order mark", hint="declare utf-16-le or utf-16-be")
    elif by_bom not in ("", codec):
        message = f"declared {codec}, but the file starts with the byte order mark of {by_bom}"
        problems.add("READ003", message, hint=f"declare {by_bom}")
    else:
        return codec
    return None


def _is_utf8(data: bytes) -> bool:
    return data.isascii() or _to_utf8(data, "utf-8") is not None


def _to_utf8(data: bytes, codec: str) -> bytes | None:
    """The text in UTF-8, or None where a byte has no meaning; UTF-8 itself is checked, not copied."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return data if codec in ("utf-8", "ascii") else text.encode("utf-8")


def _undecodable(data: bytes, start: int, codec: str) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each sequence that cannot be decoded."""
    view = memoryview(data)
    while start < len(data):
        try:
            codecs.decode(view[start:], codec)
            return
        except UnicodeDecodeError as error:
            at, stop = start + error.start, start + error.end
            yield at, data[at:stop]
            start = stop


def _note_undecodable(data: bytes, start: int, codec: str, problems: Problems) -> None:
    other = _likely_codec(data, start, codec)
    hint = f"the bytes look like {other}" if other else ""
    line, counted = 1, start
    for at, wrong in itertools.islice(_undecodable(data, start, codec), problems.limit):
        line += len(LINE_END.findall(data[counted:at].decode(codec, "replace")))
        counted = at + len(wrong)
        problems.add("READ002", f"bytes {wrong.hex(' ').upper()} at offset {at} are no {codec} text", line, hint=hint)
    if problems.count == problems.limit:  # What is beyond the limit is only counted, at the cost of one pass.
        problems.count += data[counted:].decode(codec, "replace").count("\ufffd")


def _likely_codec(data: bytes, start: int, codec: str) -> str | None:
    """What the bytes are if not the codec: an encoding that holds it and decodes them all, or one that is detected."""
    whole = (other for other in SUPERSETS.get(codec, ()) if _to_utf8(data[start:], other) is not None)
    found = detect_encoding(data)
    detected = found.value if found.value != codec and found.confidence >= SURE else None
    return next(whole, detected)


def _encoding_notes(data: bytes, detected: Detected, declared: str | None) -> Iterator[str]:
    if detected.confidence < SURE:
        yield f"encoding {detected.value} is a guess with confidence {detected.confidence}: declare `encoding`"
    two_byte = detected.value not in ("utf-8", "ascii") and not detected.value.startswith("utf-16")
    if declared is not None and two_byte and not data.isascii() and _is_utf8(data):
        yield f"declared {detected.value}, but the bytes are valid UTF-8"


def _lost_characters(utf8: bytes) -> Iterator[str]:
    if n := utf8.count("\ufffd".encode()):
        row = len(LINE_END.findall(utf8[: utf8.index("\ufffd".encode())].decode())) + 1
        yield f"replacement character U+FFFD {n} times, first in row {row}: text was lost before this export"
