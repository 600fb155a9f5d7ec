"""Marks of what changed since an earlier define.xml: by part of the page, and word by word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from ...model.define import DefineDocument, ItemGroupDef, ItemRef
from ...model.define_changes import DefineChange, DefineChanges

_WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_LONG = 1_000_000  # pairs of words; beyond, texts are not compared word by word
_SAME = 0.35  # from this share of common words on, a text is shown word by word; else as two texts


class Marks:
    """Finds the change of a part of the later document. Without changes it finds none.

    What stands in an added dataset is marked as added, each variable of it.
    """

    def __init__(self, document: DefineDocument, found: DefineChanges | None) -> None:
        self.found = found
        self._of: dict[int, DefineChange] = {}
        self._removed: dict[int, list[DefineChange]] = defaultdict(list)
        for c in found.changes if found else ():
            if c.mark == "removed":
                self._removed[id(c.within)].append(c)
                continue
            self._of[id(c.subject)] = c
            if c.mark == "added":
                self._of |= {id(r): DefineChange("added", "", "", None, (), r) for r in _below(document, c.subject)}

    def of(self, part: object) -> DefineChange | None:
        """What changed of a part."""
        return self._of.get(id(part))

    def removed(self, part: object) -> list[DefineChange]:
        """What a part contained before."""
        return self._removed.get(id(part), [])


def _below(document: DefineDocument, part: object) -> Iterator[ItemRef]:
    refs = part.items if isinstance(part, ItemGroupDef) else (part,) if isinstance(part, ItemRef) else ()
    for ref in refs:
        if ref is not part:
            yield ref
        item = document.item.get(ref.item or "")
        values = document.value_list.get((item.value_list if item else None) or "")
        yield from values.items if values else ()


def word_changes(before: str, after: str) -> list[tuple[str, str]]:
    """Runs of a text with what became of them: ("same" | "removed" | "added", run), words kept whole.

    >>> word_changes("Age in years", "Age in days")
    [('same', 'Age in '), ('removed', 'years'), ('added', 'days')]
    """
    was, now = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    if not was or not now or len(was) * len(now) > _LONG or matcher.ratio() < _SAME:
        return [(mark, text) for mark, text in (("removed", before), ("added", after)) if text]
    return list(_runs(was, now, matcher.get_opcodes()))


def _runs(was: list[str], now: list[str], steps: Iterable[tuple[str, int, int, int, int]]) -> Iterator[tuple[str, str]]:
    for step, a, b, c, d in steps:
        if step == "equal":
            yield "same", "".join(now[c:d])
            continue
        if b > a:
            yield "removed", "".join(was[a:b])
        if d > c:
            yield "added", "".join(now[c:d])
