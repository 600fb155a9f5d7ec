"""Controlled terminology: codelists and their terms."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct


class Term(Struct, frozen=True):
    """One submission value; ``code`` is its NCI C-code (None: the sponsor's own), ``decode`` its name."""

    value: str
    decode: str | None = None
    code: str | None = None


class Codelist(Struct, frozen=True, dict=True):
    """One codelist: ``name`` is its short name ("NY"), ``label`` its long one, ``code`` its C-code."""

    name: str
    label: str
    code: str | None
    extensible: bool
    terms: tuple[Term, ...]
    release: str | None = None

    @cached_property
    def by_value(self) -> dict[str, Term]:
        """Terms by submission value."""
        return {t.value: t for t in self.terms}
