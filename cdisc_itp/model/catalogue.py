"""Every code that the engine can report; a family is a tuple of entries in a module of its own."""

from __future__ import annotations

from .catalogue_data import ACCEPTED, CONDITIONS, DATA
from .catalogue_draft import DRAFT
from .catalogue_entry import CatalogueEntry
from .catalogue_read import READ
from .catalogue_read_cells import READ_CELLS
from .catalogue_read_define import READ_DEFINE
from .catalogue_read_odm import READ_ODM
from .catalogue_read_stat import READ_STAT
from .catalogue_read_xpt import READ_XPT
from .catalogue_spec import SPEC
from .catalogue_terminology import TERMINOLOGY
from .catalogue_xpt import XPT

FAMILIES: tuple[tuple[CatalogueEntry, ...], ...] = (
    READ,
    READ_CELLS,
    READ_DEFINE,
    READ_ODM,
    READ_XPT,
    READ_STAT,
    TERMINOLOGY,
    XPT,
    SPEC,
    DATA,
    CONDITIONS,
    ACCEPTED,
    DRAFT,
)  # fmt: skip

CATALOGUE: dict[str, CatalogueEntry] = {entry.code: entry for family in FAMILIES for entry in family}
