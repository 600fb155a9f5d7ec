"""DRAFT001: what `cdisc-itp init` drafted and nobody has decided yet; the outputs are written."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

DRAFT = (
    CatalogueEntry(
        "DRAFT001",
        "error",
        "Draft that nobody has decided",
        "The spec was drafted by `cdisc-itp init` from the raw files, and here a person must decide: a reason, a term, "
        "a site. Until then the column, form or value is not submitted for a reason that nobody has given.",
        "Write the decision at the file and line named, and remove the word DECIDE; in a map fill the empty cell.",
    ),
)
