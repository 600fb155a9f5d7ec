"""READ040-READ045: terminology releases that cannot be imported."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

TERMINOLOGY = (
    CatalogueEntry(
        "READ040",
        "error",
        "Not a terminology file",
        "The file does not have the columns of a published release, is not UTF-8, or is an archive.",
        "Import the tab separated text that NCI EVS publishes, unpacked, or the same as CSV.",
    ),
    CatalogueEntry(
        "READ041",
        "error",
        "Row with too many or too few cells",
        "A row of the release does not have one cell for each column.",
        "Download the release again; do not edit it in a spreadsheet.",
    ),
    CatalogueEntry(
        "READ042",
        "error",
        "Cell that a release cannot have",
        "A C-code, a submission value or the mark of extensibility is missing or malformed.",
        "Download the release again; do not edit it in a spreadsheet.",
    ),
    CatalogueEntry(
        "READ043",
        "error",
        "Term without its codelist",
        "A term names a codelist that the file does not describe.",
        "Import a whole release, not an excerpt of its rows.",
    ),
    CatalogueEntry(
        "READ044",
        "error",
        "Codelist or term that is there twice",
        "Two rows describe the same codelist, or the same submission value of one codelist.",
        "Download the release again; do not join two releases in one file.",
    ),
    CatalogueEntry(
        "READ045",
        "error",
        "Release that cannot be named",
        "The file does not say its standard or its date, or says two of them.",
        "Give --standard and --date.",
    ),
)
