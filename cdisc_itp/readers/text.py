"""Bytes of a text file to UTF-8: the encoding declared or detected, nothing replaced.

Detection: byte order mark, then strict UTF-8, then the candidate whose text looks most like text of its
language. The measure is kept simple so that it can be explained; what is not clear must be declared.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..model.raw import Detected
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
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
}
SURE = 0.8
"""Confidence from which a guess needs no note."""
LIKELY = 0.5
"""Confidence below which a guess is refused."""
SAMPLE = 1024 * 1024
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class DecodedText:
    """The file's text as UTF-8 without byte order mark, how it was decoded, and what is worth knowing."""

    utf8: bytes
    detected: Detected
    notes: tuple[str, ...] = ()


def decode_text(data: bytes, declared: str | None, problems: Problems) -> DecodedText | None:
    """Text of a file; None after noting READ002, READ003 or READ006.

    ``declared`` is the encoding's name as the source file gives it, None to detect it.
    """
    by_bom = next(((bom, codec) for bom, codec in BOMS if data.startswith(bom)), (b"", ""))
    found = detected = detect_encoding(data) if declared is None else None
    if declared is not None:
        codec = _declared_codec(declared, by_bom[1], problems)
        detected = Detected("encoding", codec, 1.0) if codec else None
    elif found and found.confidence < LIKELY:
        message = f"the encoding cannot be told: {found.value} is a guess with confidence {found.confidence}"
        problems.add("READ003", message, hint="declare `encoding`")
        detected = None
    if detected is None:
        return None
    checked = found == Detected("encoding", "utf-8", 1.0) and not by_bom[0]
    utf8 = data if checked else _to_utf8(data[len(by_bom[0]) :], detected.value)
    if utf8 is None:
        _note_undecodable(data, len(by_bom[0]), detected.value, problems)
        return None
    return DecodedText(utf8, detected, (*_encoding_notes(data, detected, declared), *_lost_characters(utf8)))


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
    sample = _sample(data)
    scores = sorted(((score(sample), codec) for codec, score in SCORES.items()), reverse=True)
    (best, codec), (second, _) = scores[0], scores[1]
    if codec == "utf-8":  # Long UTF-8 hardly ever fits by chance: damaged UTF-8, whatever the others score.
        second = 0.0
    evidence = len(re.findall(rb"[\x80-\xff]+", sample))
    return Detected("encoding", codec, round((best - second) * evidence / (evidence + 1), 2))


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
    other = detect_encoding(data)
    hint = f"the bytes look like {other.value}" if other.value != codec and other.confidence >= SURE else ""
    line, counted = 1, start
    for at, wrong in itertools.islice(_undecodable(data, start, codec), problems.limit):
        line += len(LINE_END.findall(data[counted:at].decode(codec, "replace")))
        counted = at + len(wrong)
        problems.add("READ002", f"bytes {wrong.hex(' ').upper()} at offset {at} are no {codec} text", line, hint=hint)
    if problems.count == problems.limit:  # What is beyond the limit is only counted, at the cost of one pass.
        problems.count += data[counted:].decode(codec, "replace").count("\ufffd")


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


def _sample(data: bytes) -> bytes:
    """The first lines with bytes beyond ASCII, about a mebibyte; no character of a candidate holds a line feed."""
    lines = itertools.islice((line for line in io.BytesIO(data) if not line.isascii()), 5000)
    return b"".join(lines)[:SAMPLE]


def _share(text: str, weight: Callable[[str], float]) -> float:
    """Mean weight of the characters beyond ASCII."""
    counts = Counter(c for c in text if c > "\x7f")
    return sum(weight(c) * n for c, n in counts.items()) / max(1, sum(counts.values()))


def _score_utf8(sample: bytes) -> float:
    """Share of whole characters; UTF-8 hardly ever fits by chance (only reached where some bytes do not)."""
    return _share(sample.decode("utf-8", "replace"), lambda c: float(c != "\ufffd"))


def _score_gb18030(sample: bytes) -> float:
    return _share(sample.decode("gb18030", "replace"), _gb_weight)


def _gb_weight(c: str) -> float:
    """GB 2312 level 1 (rows 16-55) holds the common characters, level 2 the rarer ones, rows 1-9 symbols.

    Four bytes follow a pattern that no other encoding has: they count fully.
    """
    if c == "\ufffd":
        return 0.0
    try:
        row = c.encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return 1.0 if len(c.encode("gb18030")) == 4 else 0.05
    return 1.0 if row <= 3 or 16 <= row <= 55 else 0.6


def _score_cp932(sample: bytes) -> float:
    return _share(sample.decode("cp932", "replace"), _japanese_weight)


def _japanese_weight(c: str) -> float:
    """Kana, punctuation and JIS X 0208 level 1 kanji are common; half-width kana are what other encodings fake."""
    if "\uff61" <= c <= "\uff9f":
        return 0.1
    try:
        lead = c.encode("shift_jis")[0]
    except UnicodeEncodeError:
        return 0.05 * (c != "\ufffd")
    return 1.0 if lead <= 0x97 else 0.5


def _score_cp1252(sample: bytes) -> float:
    """Western text has its letters beyond ASCII alone: the longer a run of them, the less likely."""
    runs = re.findall(r"[^\x00-\x7f]+", sample.decode("cp1252", "replace"))
    weights = [_western_weight(run) * len(run) for run in runs]
    return sum(weights) / max(1, sum(map(len, runs)))


def _western_weight(run: str) -> float:
    if "\ufffd" in run or any("\x80" <= c <= "\x9f" for c in run):
        return 0.0
    return {1: 1.0, 2: 0.15}.get(len(run), 0.0)


SCORES: dict[str, Callable[[bytes], float]] = {
    "utf-8": _score_utf8,
    "gb18030": _score_gb18030,
    "cp932": _score_cp932,
    "cp1252": _score_cp1252,
}
