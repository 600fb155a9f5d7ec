"""READ020-READ028: transport files that cannot be read."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

READ_XPT = (
    CatalogueEntry(
        "READ020",
        "error",
        "Not a SAS transport file",
        "The file is empty, was made by PROC CPORT, or is something else; its first bytes tell.",
        "Export with the XPORT engine or PROC COPY, version 5.",
    ),
    CatalogueEntry(
        "READ021",
        "error",
        "SAS transport version 8",
        "Agencies take version 5 only, and the names and labels of version 8 do not fit into it.",
        "Export as version 5.",
    ),
    CatalogueEntry(
        "READ022",
        "error",
        "Header that ends too early",
        "The file is shorter than its header says; the byte offset is in the message.",
        "Transfer or export the file again.",
    ),
    CatalogueEntry(
        "READ023",
        "error",
        "Card of the header that is not TS-140's",
        "Where SAS TS-140 has a fixed record the file has something else; the byte offset is in the message.",
        "Export the file again, with a program that follows SAS TS-140.",
    ),
    CatalogueEntry(
        "READ024",
        "error",
        "Variable that contradicts itself or others",
        "A variable's length, position, type or name does not fit the record.",
        "Export the file again, with a program that follows SAS TS-140.",
    ),
    CatalogueEntry(
        "READ025",
        "error",
        "File that ends inside a record",
        "The data are no whole number of records: the file was cut.",
        "Transfer or export the file again.",
    ),
    CatalogueEntry(
        "READ026",
        "error",
        "Text that the encoding does not have",
        "The bytes shown have no meaning in the encoding; they are not replaced.",
        "Declare the `encoding` of the table, or give --encoding.",
    ),
    CatalogueEntry(
        "READ027",
        "error",
        "Line ends between the cards",
        "The file was moved as text, and line ends were put in or changed.",
        "Transfer the file again as binary.",
    ),
    CatalogueEntry(
        "READ028",
        "error",
        "Dataset that is not in the file",
        "The file has no dataset of that name, or has several and none was asked for.",
        "Name one of them under `sheet`.",
    ),
)
