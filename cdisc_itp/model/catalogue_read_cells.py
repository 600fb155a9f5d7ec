"""READ030-READ032: workbooks whose cells cannot be taken as values."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

READ_CELLS = (
    CatalogueEntry(
        "READ030",
        "error",
        "Error value in a cell",
        "A cell holds an error (#N/A, #DIV/0!, #REF!): a formula found no value. An error is never taken for a value.",
        "Correct the cell and save the workbook; where such cells mean no value, declare `error_cells: empty`.",
    ),
    CatalogueEntry(
        "READ031",
        "error",
        "Workbook with macros or values of other files",
        "Macros may have made the values, links take them from files that are not here: neither can be judged.",
        "Save the workbook as .xlsx, which holds no macros; break its links, which keeps their values.",
    ),
    CatalogueEntry(
        "READ032",
        "error",
        "Date that no calendar has",
        "A number below zero or the 29 February 1900, which spreadsheets invented, is shown as a date.",
        "Correct the cell, or give it a number format if it holds no date.",
    ),
)
