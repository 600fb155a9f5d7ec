"""What lies beside a define.xml: the datasets that it describes, as a page about it needs them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class DatasetBeside(Struct, frozen=True):
    """A transport file beside define.xml: ``size`` in bytes, ``sha256`` of the whole file.

    ``lengths`` are the longest values of text variables, in bytes. ``terms`` counts the values of the variables
    (by name) and value level items (by OID) that have a codelist; ``records`` of items (by OID) that a where clause
    selects and that hold a value are in ``selected``.
    """

    file: str
    size: int
    sha256: str
    records: int
    subjects: int | None
    lengths: Mapping[str, int]
    terms: Mapping[str, Mapping[str, int]]
    selected: Mapping[str, int]


class DefineProblem(Struct, frozen=True, order=True):
    """Something that is wrong with a define.xml, at a line of it (0: at none)."""

    line: int
    code: str
    text: str
