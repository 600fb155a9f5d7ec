"""READ080-READ082: SPSS and SAS files that cannot be read."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

READ_STAT = (
    CatalogueEntry(
        "READ080",
        "error",
        "Not a readable SPSS or SAS file",
        "The file is something else, is damaged, cut or encrypted, or uses what ReadStat (its reader) does not know.",
        "Transfer or export the file again, without a password.",
    ),
    CatalogueEntry(
        "READ081",
        "error",
        "Text of an SPSS or SAS file that is not in its encoding",
        "The file names an encoding that is not known, or holds text that has no meaning in it. Nothing is replaced.",
        "Declare the right `encoding` for this table.",
    ),
    CatalogueEntry(
        "READ082",
        "error",
        "Number of an SPSS or SAS file that is infinite",
        "The value cannot be written in digits; a real measurement never is infinite, a division by zero may be.",
        "Correct the value in the program that wrote the file, and export it again.",
    ),
)
