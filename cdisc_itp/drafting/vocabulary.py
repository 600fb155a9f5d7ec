"""The vocabulary of guesses, read from vocabulary.csv: words for domains, form columns and tests."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..profile.words import header_words
from ..standards.terminology import Terminology

Kind = Literal["text", "date", "time", "datetime", "number"]
_HAN = re.compile(r"[^\x00-\x7fÀ-ɏ]")


class Entry(Struct, frozen=True):
    """A row of the vocabulary: what it names, what that is in SDTM, its kind, and the words that speak for it."""

    name: str
    target: str
    kind: str
    words: tuple[str, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Variables, the first that a domain has counts."""
        return tuple(self.target.split(";"))


@cache
def entries(kind: str) -> tuple[Entry, ...]:
    """The vocabulary's rows of a kind: domain, column, part or test."""
    with Path(__file__).with_name("vocabulary.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.reader(file) if r and not r[0].startswith("#")][1:]
    return tuple(Entry(r[1], r[2], r[3], tuple(r[4].split(";"))) for r in rows if r[0] == kind)


@cache
def _words(text: str) -> tuple[str, ...]:
    return header_words(text)


def said_of(text: str, words: Sequence[str]) -> tuple[int, str]:
    """How well a text says one of the words, and which: 3 it is the word, 2 it holds it, 0 it does not.

    Words of letters are whole words of the text, in their order; Chinese ones stand anywhere in it. A word that
    begins with = must be the whole text.

    >>> said_of("START_DATE", ("start", "start date")), said_of("restart", ("start",)), said_of("FORM_ID", ("=form",))
    ((3, 'start date'), (0, ''), (0, ''))
    >>> said_of("不良事件表", ("不良事件",))
    (2, '不良事件')
    """
    own = _words(text)
    found = (0, "")
    for written in words:
        word = written.removeprefix("=")
        parts = _words(word)
        if own == parts or (own and "".join(own) == "".join(parts)):
            return 3, word
        if word != written:
            continue
        held = word in text if _HAN.search(word) else _holds(own, parts)
        if held and (found[0] < 2 or len(word) > len(found[1])):
            found = (2, word)
    return found


def _holds(own: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return any(own[i : i + len(parts)] == parts for i in range(len(own) - len(parts) + 1))


def unit_of(text: str, release: Terminology) -> str:
    """The term of UNIT that a text is or speaks of; nothing where it is none."""
    units = release.by_name("UNIT")
    own = next((e.name for e in entries("term") if e.target == "UNIT" and text in e.words), None)
    return own or release.submission_value(str(units.code), text) or ""
