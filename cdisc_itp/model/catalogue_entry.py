"""What the catalogue says of one code."""

from __future__ import annotations

from msgspec import Struct

from .issue import Severity


class CatalogueEntry(Struct, frozen=True):
    """One code: ``title`` names it, ``explanation`` says what happened and why it matters, ``remedy`` what to do."""

    code: str
    severity: Severity
    title: str
    explanation: str
    remedy: str
