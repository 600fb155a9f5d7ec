"""XPT001-XPT010: what a SAS transport file, version 5, cannot hold (SAS TS-140, SDTMIG 3.4)."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

XPT = (
    CatalogueEntry(
        "XPT001",
        "error",
        "Name that version 5 cannot hold",
        "A dataset or variable name has 1 to 8 of A-Z, 0-9 and _, and does not begin with a digit.",
        "Give a shorter name in sdtm/*.yaml; a name is never cut, since cut names collide.",
    ),
    CatalogueEntry(
        "XPT002",
        "error",
        "Label over 40 bytes",
        "A label has at most 40 bytes in the encoding of the file; the message shows how many it has.",
        "Shorten the label in sdtm/*.yaml. A Han character has 2 bytes in GB18030 and 3 in UTF-8.",
    ),
    CatalogueEntry(
        "XPT003",
        "error",
        "Value over 200 bytes",
        "A text value has at most 200 bytes in the encoding of the file; it is never cut.",
        "Put the text into its standard home: TSVAL1, COVAL1, or a supplemental variable for each part.",
    ),
    CatalogueEntry(
        "XPT004",
        "error",
        "Text outside the declared encoding",
        "A value or label holds a character that the declared encoding does not have; it is never replaced.",
        "Declare the `encoding` in study.yaml that the agency takes, or map the text to one that fits.",
    ),
    CatalogueEntry(
        "XPT005",
        "error",
        "Number that IBM's format cannot hold",
        "The number is infinite, or its magnitude lies outside IBM's double precision.",
        "Correct the value at its source.",
    ),
    CatalogueEntry(
        "XPT006",
        "error",
        "Value longer than the declared length",
        "The value needs more bytes than the length that was declared for its variable.",
        "Leave the length out, so that the longest value decides.",
    ),
    CatalogueEntry(
        "XPT007",
        "error",
        "Blank last record",
        "The last record is blank in every byte, and readers would take it for the padding of the file.",
        "A record without a value in any variable says nothing: find out why it is there.",
    ),
    CatalogueEntry(
        "XPT008",
        "error",
        "Blank at the end of a value",
        "Transport files pad text with blanks, so that readers drop a blank at the end of a value.",
        "Trim the value in the source file of the spec.",
    ),
    CatalogueEntry(
        "XPT009",
        "error",
        "Two variables of one name",
        "A dataset cannot have two variables of the same name.",
        "Rename one of them.",
    ),
    CatalogueEntry(
        "XPT010",
        "error",
        "Declaration that version 5 has no place for",
        "A format, length, number of variables or year does not fit into the header of a version 5 file.",
        "Correct the declaration that the message names.",
    ),
)
