"""Finds identifiers of patients in whatever was written or printed: planted ones in any spelling, and any of a shape.

What is looked for, exactly:

* names (Latin and Han), identity, record and phone numbers of an answer sheet: anywhere, without regard to case, width,
  and to signs between their words or digits, but not within a longer word or number;
* the same in bytes of other encodings, in escapes of HTML, URLs and JSON, in Base64 and in hexadecimal digits;
* initials: only as whole cells, and only where `INITIALS_OF_A_COLUMN` of one raw table or more stand in one column,
  since two letters are also a test, a unit or a domain;
* identity numbers by shape: 18 signs by themselves that hold a day of the calendar from 1900 until the year 2100;
* mobile numbers by shape: 11 digits by themselves (with 86 before them or not), from 130 to 199; not part of a decimal,
  a longer number, a word, an identifier with hyphens, dots or underscores, or a hexadecimal hash.
"""

from __future__ import annotations

import base64
import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import AnyStr

from tests.privacy.opening import ENCODINGS, Content, open_bytes, open_folder

INITIALS_OF_A_COLUMN = 3
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Base64 and hexadecimal digits of less than this could be a part of any hash.
SHORTEST_CODED = 6
# Spellings that begin with as many equal signs are looked for together.
START = 4
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]?){4,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{8,}")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}([0-9]{8})[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z_.,\-])(?:\+?86[ -]?)?1[3-9][0-9]{9}(?![0-9A-Za-z_\-]|[.,][0-9])")


@dataclass(frozen=True)
class Secret:
    """One identifier of an answer sheet; ``kind`` is name, initials or number, ``file`` where initials stand."""

    kind: str
    value: str
    file: str = ""

    @cached_property
    def squeezed(self) -> str:
        """Only its letters and digits."""
        return squeezed(self.value)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The identifier in a text as `plain` makes it: by itself, whatever stands between its parts."""
        if re.search(f"[{HAN}]", self.value):
            return re.compile(r"[\s·]*".join(self.squeezed))
        return re.compile(r"(?<![a-z0-9])" + r"[\W_]{0,3}".join(map(re.escape, self.squeezed)) + r"(?![a-z0-9])")

    @cached_property
    def encoded(self) -> tuple[bytes, ...]:
        """The identifier as bytes of other encodings than UTF-8."""
        spellings = {self.value, self.value.upper(), self.value.lower(), self.value.replace(" ", "")}
        other = {s.encode(e) for s in spellings for e in ENCODINGS[1:] if _fits(s, e)}
        return tuple(other - {s.encode() for s in spellings})

    @cached_property
    def coded(self) -> tuple[str, ...]:
        """What Base64 holds of it wherever it begins in the coded text."""
        out = []
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + self.value.encode()).decode().rstrip("=")
            # The signs at the edges hold bits of the neighbours, too.
            core = whole[(0, 2, 3)[before] : len(whole) - 1]
            out.append(core if len(core) >= SHORTEST_CODED else "")
        return tuple(filter(None, out))

    @cached_property
    def digits(self) -> tuple[str, ...]:
        """Its bytes in hexadecimal digits."""
        return tuple({self.value.encode(e).hex() for e in ("utf-8", "gb18030")})


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


@dataclass(frozen=True, order=True)
class Hit:
    """Something that should not be there: in which part of which file, of what kind, and how it is written."""

    where: str
    kind: str
    how: str
    value: str


def plain(text: str) -> str:
    """A text without regard to case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def squeezed(text: str) -> str:
    """Letters and digits of a text.

    >>> squeezed("Wang, Li (ZY 0278)")
    'wanglizy0278'
    """
    return _tight(plain(text))


def _tight(ready: str) -> str:
    return re.sub(r"[\W_]+", "", ready)


def read_secrets(sheet: Path) -> list[Secret]:
    """The identifiers of an answer sheet (identifiers.csv)."""
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(line for line in file if not line.startswith("#"))]
    return sorted({secret(r["value"], r["file"]) for r in rows}, key=lambda s: (s.kind, s.value, s.file))


def secret(value: str, file: str = "") -> Secret:
    """An identifier as it is looked for; of initials it counts in which raw table they stand."""
    kind = kind_of(value)
    return Secret(kind, value, file if kind == "initials" else "")


def kind_of(value: str) -> str:
    """Kind of an identifier, by its signs alone: sites call their columns as they like.

    >>> [kind_of(v) for v in ("YT", "Yunhe Tiaoran", "张伟", "ZY02783661", "13000000201")]
    ['initials', 'name', 'name', 'number', 'number']
    """
    if re.fullmatch(r"[A-Z]{2,3}", value):
        return "initials"
    return "number" if re.search(r"[0-9]", value) else "name"


def scan_folder(folder: Path, secrets: Iterable[Secret]) -> list[Hit]:
    """What is found in every file below a folder, and in the names of the files."""
    return scan(open_folder(folder), secrets)


def scan_text(where: str, text: str, secrets: Iterable[Secret]) -> list[Hit]:
    """What is found in what a command printed; ``where`` ends with the suffix of its format, if it has one."""
    return scan(open_bytes(where, text.encode("utf-8", "surrogatepass")), secrets)


def scan(contents: Iterable[Content], secrets: Iterable[Secret]) -> list[Hit]:
    """What is found in parts of files."""
    known = Known.of(secrets)
    return sorted({hit for content in contents for hit in (*_planted(content, known), *_shaped(content))})


Needles = dict[AnyStr, list[tuple[AnyStr, Secret]]]


def _by_start(needles: Iterable[tuple[AnyStr, Secret]]) -> Needles[AnyStr]:
    """Spellings of identifiers by how they begin: where a beginning does not occur, none of them does."""
    found: Needles[AnyStr] = {}
    for needle, secret_ in needles:
        found.setdefault(needle[:START], []).append((needle, secret_))
    return found


def _within(text: AnyStr, needles: Needles[AnyStr]) -> Iterator[Secret]:
    """The identifiers of which a spelling occurs in a text."""
    for start, group in needles.items():
        if start in text:
            yield from (s for needle, s in group if needle in text)


@dataclass(frozen=True)
class Known:
    """The identifiers that are looked for, by their spellings in text and bytes."""

    initials: list[Secret]
    squeezed: Needles[str]
    digits: Needles[str]
    coded: Needles[str]
    encoded: Needles[bytes]

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> Known:
        """Spell each identifier once, whatever is looked through."""
        known = list(secrets)
        long = [s for s in known if s.kind != "initials"]
        return cls(
            [s for s in known if s.kind == "initials"],
            _by_start((s.squeezed, s) for s in long),
            _by_start((d, s) for s in long for d in s.digits),
            _by_start((c, s) for s in long for c in s.coded),
            _by_start((e, s) for s in long for e in s.encoded),
        )


def _planted(content: Content, known: Known) -> Iterator[Hit]:
    for text in content.every_text:
        ready = plain(text)
        for s in _within(_tight(ready), known.squeezed):
            if s.pattern.search(ready):
                yield Hit(content.where, s.kind, "text", s.value)
    whole = "\n".join(content.every_text)
    digits, coded = ("\n".join(sorted(set(p.findall(whole)))) for p in (_HEXADECIMAL, _BASE64))
    digits = re.sub(r"[ :]", "", digits).lower()
    yield from (Hit(content.where, s.kind, "hexadecimal", s.value) for s in _within(digits, known.digits))
    yield from (Hit(content.where, s.kind, "Base64", s.value) for s in _within(coded, known.coded))
    yield from (Hit(content.where, s.kind, "bytes", s.value) for s in _within(content.data, known.encoded))
    yield from _initials(content, known.initials)


def _initials(content: Content, secrets: list[Secret]) -> Iterator[Hit]:
    by_file: dict[str, set[str]] = {}
    for s in secrets:
        by_file.setdefault(s.file, set()).add(s.value)
    for column, cells in content.columns.items():
        there = {c.strip().upper() for c in cells}
        for initials in by_file.values():
            if len(found := initials & there) >= INITIALS_OF_A_COLUMN:
                yield Hit(content.where, "initials", f"column {column}", " ".join(sorted(found)))


def _shaped(content: Content) -> Iterator[Hit]:
    for text in content.every_text:
        for shape, value in shapes_in(text):
            yield Hit(content.where, shape, "shape", value)


def shapes_in(text: str) -> Iterator[tuple[str, str]]:
    """Identity and mobile numbers of a text, by their shape alone.

    >>> [*shapes_in("id 99999919711220442X, tel 13000000401; 0.13000000401, a13000000401, 99999919711320442X")]
    [('identity number', '99999919711220442X'), ('mobile number', '13000000401')]
    """
    text = unicodedata.normalize("NFKC", text)
    for found in _IDENTITY.finditer(text):
        if _is_day(found[1]):
            yield "identity number", found[0]
    for found in _MOBILE.finditer(text):
        yield "mobile number", found[0]


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False
