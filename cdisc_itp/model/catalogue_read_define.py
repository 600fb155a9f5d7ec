"""READ050-READ059: define.xml files that cannot be read."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

READ_DEFINE = (
    CatalogueEntry(
        "READ050",
        "error",
        "Not well-formed XML",
        "The file is no XML, is cut off, or breaks a rule of XML at the place named.",
        "Open the file in a browser or an XML editor, correct it at that line, or ask for a new one.",
    ),
    CatalogueEntry(
        "READ051",
        "error",
        "Document type declaration refused",
        "The file declares a document type or entities. Define-XML and ODM need neither, and both can read other "
        "files, call the network or fill the memory.",
        "Remove the DOCTYPE declaration.",
    ),
    CatalogueEntry(
        "READ052",
        "error",
        "No Define-XML 2.0 or 2.1",
        "The root is no ODM 1.3 document, or nothing in it is in the namespace def/v2.0 or def/v2.1.",
        "Give a define.xml of version 2.0 or 2.1.",
    ),
    CatalogueEntry(
        "READ053",
        "error",
        "Not exactly one MetaDataVersion",
        "A define.xml describes one study by one MetaDataVersion; which of several would count cannot be told.",
        "Keep the MetaDataVersion that describes the data, in one Study.",
    ),
    CatalogueEntry(
        "READ054",
        "error",
        "Schema of Define-XML not found",
        "The publisher's schema files are not part of this package; they come with the package odmlib.",
        "Install them: pip install odmlib.",
    ),
)
