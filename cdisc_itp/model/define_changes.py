"""What changed from one define.xml to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

Mark = Literal["added", "removed", "changed"]


class FieldChange(Struct, frozen=True):
    """One property that differs; what is not there is ""."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class DefineChange:
    """A part of a define.xml that was added, removed or changed.

    ``element`` says what it is ("Variable"), ``name`` how it is cited ("LB.LBORRES where LBTESTCD = GLUC"). What was
    added or removed has all its properties as fields, and stands for all that it contains. ``subject`` is the part
    itself, of the later document (of the earlier one where it was removed); ``within`` is what of the later document
    it belongs to.
    """

    mark: Mark
    element: str
    name: str
    oid: str | None
    fields: tuple[FieldChange, ...]
    subject: object = field(repr=False, compare=False)
    within: object = field(default=None, repr=False, compare=False)


class DefineChanges(Struct, frozen=True):
    """All changes between two files, in the order of the later one; ``renamed`` parts differ in their OID only."""

    before: str
    after: str
    changes: tuple[DefineChange, ...]
    renamed: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """How many were added, removed and changed."""
        found = Counter(c.mark for c in self.changes)
        return {mark: found[mark] for mark in ("added", "removed", "changed")}
