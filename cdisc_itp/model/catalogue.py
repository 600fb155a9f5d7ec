"""Every code that the engine can report; a family is a tuple of entries in a module of its own."""

from __future__ import annotations

from .catalogue_data import ACCEPTED, DATA
from .catalogue_entry import CatalogueEntry
from .catalogue_read import READ
from .catalogue_read_define import READ_DEFINE

FAMILIES: tuple[tuple[CatalogueEntry, ...], ...] = (
    READ,
    READ_DEFINE,
    DATA,
    ACCEPTED,
)  # fmt: skip

CATALOGUE: dict[str, CatalogueEntry] = {entry.code: entry for family in FAMILIES for entry in family}
