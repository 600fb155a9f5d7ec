"""What changed from one define.xml to another, as text, JSON, or for a page."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence

from ..model.define import DefineDocument
from ..model.define_changes import DefineChange, DefineChanges, FieldChange, Mark
from .define_part_reader import PartReader, definition_parts, unreached
from .define_parts import Part

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_NOTHING = ""
_CONTAINED = {"Dataset": "Variables", "Variable": "Value level", "Codelist": "Terms", "Display": "Results"}


def compare_defines(before: DefineDocument, after: DefineDocument) -> DefineChanges:
    """What was added, removed and changed.

    Two parts are the same one where OID and name agree, else where the name does, else where the OID does: files
    of different tools, or of one that counts its OIDs anew, have the same datasets under other OIDs, and other
    things under the same. That OIDs differ is no change; times of creation are none either.
    """
    paired = {
        kind: pair_parts(old, new)
        for (kind, old), new in zip(definition_parts(before).items(), definition_parts(after).values(), strict=True)
    }
    later = {(k, a.oid): b.oid or "" for k, pairs in paired.items() for a, b in pairs if a and b and a.oid}
    known = {(kind, p.oid) for kind, pairs in paired.items() for pair in pairs for p in pair if p}

    def identity(kind: str, oid: str) -> str:
        # An OID that neither file defines leads to the same nothing.
        return later.get((kind, oid), f"{oid} before" if (kind, oid) in known else oid)

    old = _document_parts(PartReader(before, identity))
    new = _document_parts(PartReader(after, lambda kind, oid: oid))
    comparison = _Comparison()
    changes = [c for o, n in zip(old, new, strict=True) for c in comparison.changes(o, n, None)]
    return DefineChanges(before.file, after.file, tuple(changes), comparison.renamed)


def _document_parts(reader: PartReader) -> list[list[Part]]:
    d = reader.document
    return [
        [reader.study()],
        [reader.standard(s) for s in d.standards],
        [reader.dataset(g) for g in d.item_groups],
        [reader.display(x) for x in d.results],
        [reader.codelist(c) for c in d.codelists],
        [reader.method(m) for m in d.methods],
        [reader.comment(c) for c in d.comments],
        [reader.leaf(x) for x in d.leaves],
        [reader.item(i) for i in unreached(d)],
    ]


def pair_parts(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[Part | None, Part | None]]:
    """Each part of the later document with its earlier self, in its order; then those that are gone."""
    partner: dict[int, int] = {}
    keys: tuple[Callable[[Part], Hashable], ...] = (
        lambda p: (p.oid, p.name) if p.oid else None,
        lambda p: (p.name, *(s.shown for s in p.said.values())) if p.name else None,
        lambda p: p.name or None,
        lambda p: p.oid,
    )
    for key in keys:
        free: dict[Hashable, list[int]] = defaultdict(list)
        for i in sorted(set(range(len(before))) - set(partner.values())):
            free[key(before[i])].append(i)
        for j in (j for j in range(len(after)) if j not in partner):
            found = key(after[j])
            if found is not None and free[found]:
                partner[j] = free[found].pop(0)
    kept = [(before[partner[j]] if j in partner else None, after[j]) for j in range(len(after))]
    return [*kept, *((p, None) for i, p in enumerate(before) if i not in set(partner.values()))]


class _Comparison:
    """Compares pairs of parts and counts those whose OID alone differs."""

    def __init__(self) -> None:
        self.renamed = 0

    def changes(self, before: Sequence[Part], after: Sequence[Part], within: object) -> Iterator[DefineChange]:
        for old, new in pair_parts(before, after):
            if old is not None and new is not None:
                self.renamed += old.oid != new.oid
                if fields := [*_differing(old, new), *_order(old, new)]:
                    yield _change("changed", new, fields, within)
                yield from self.changes(old.below, new.below, new.subject)
            elif new is not None:
                yield _change("added", new, [FieldChange(k, _NOTHING, v) for k, v in _whole(new)], within)
            elif old is not None:
                yield _change("removed", old, [FieldChange(k, v, _NOTHING) for k, v in _whole(old)], within)


def _change(mark: Mark, part: Part, fields: list[FieldChange], within: object) -> DefineChange:
    return DefineChange(mark, part.element, part.title, part.oid, tuple(fields), part.subject, within)


def _whole(part: Part) -> Iterator[tuple[str, str]]:
    """All properties of a part, and the names of what it contains."""
    yield from ((k, s.shown) for k, s in part.said.items())
    if part.below:
        yield _CONTAINED.get(part.element, "Contains"), ", ".join(p.name for p in part.below)


def _differing(old: Part, new: Part) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*new.said, *old.said)):
        was, now = old.said.get(name), new.said.get(name)
        if (was.compared if was else _NOTHING) != (now.compared if now else _NOTHING):
            yield FieldChange(name, was.shown if was else _NOTHING, now.shown if now else _NOTHING)


def _order(old: Part, new: Part) -> Iterator[FieldChange]:
    """Whether what both contain comes in another order; a part that was put between others moves none of them."""
    if not (old.ordered and new.ordered):
        return
    pairs = [(a, b) for a, b in pair_parts(old.below, new.below) if a and b]
    now = [b.name for _, b in pairs]
    places = {id(a): i for i, a in enumerate(old.below)}
    was = [b.name for _, b in sorted(pairs, key=lambda pair: places[id(pair[0])])]
    if was != now:
        yield FieldChange("Order", ", ".join(was), ", ".join(now))


def render_changes_text(found: DefineChanges) -> str:
    """The changes, each with its properties below it; the last line counts them."""
    lines = [line for c in found.changes for line in _lines(c)]
    counts = ", ".join(f"{n} {mark}" for mark, n in found.counts.items()) if found.changes else "no change"
    other = f" ({found.renamed} differ in their OID only)" if found.renamed else ""
    return "\n".join([*lines, f"{found.before} -> {found.after}: {counts}{other}"]) + "\n"


def _lines(c: DefineChange) -> Iterator[str]:
    yield f"{_SIGNS[c.mark]} {c.element} {c.name}"
    for f in c.fields:
        shown = {"added": f.after, "removed": f.before}.get(
            c.mark
        ) or f"{f.before or '(none)'} -> {f.after or '(none)'}"
        yield f"    {f.field}: {' '.join(shown.split())}"


def render_changes_json(found: DefineChanges) -> str:
    """The changes as JSON: files, counts, and every change with its properties before and after."""
    changes = [
        {
            "mark": c.mark,
            "element": c.element,
            "name": c.name,
            "oid": c.oid,
            "fields": [{"field": f.field, "before": f.before, "after": f.after} for f in c.fields],
        }
        for c in found.changes
    ]
    said = {"before": found.before, "after": found.after, **found.counts, "renamed": found.renamed, "changes": changes}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
