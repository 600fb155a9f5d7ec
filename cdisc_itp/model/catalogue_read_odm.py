"""READ070-READ079: ODM-XML files whose clinical data cannot be read."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

READ_ODM = (
    CatalogueEntry(
        "READ070",
        "error",
        "No ODM clinical data",
        "The file is other XML, an ODM version that is not read (2.0 is built differently), or holds no ClinicalData: "
        "a Define-XML, for one, is ODM with definitions only.",
        "Export the clinical data as ODM 1.3; a define.xml is no raw data.",
    ),
    CatalogueEntry(
        "READ071",
        "error",
        "Item group not told or not found",
        "A raw table is one item group of an ODM file. The file holds several and none was asked for, or none of that "
        "OID. The number in brackets counts the records.",
        "Name one of them under `item_group`; `cdisc-itp inspect FILE` lists them.",
    ),
    CatalogueEntry(
        "READ072",
        "error",
        "Clinical data against the structure of ODM",
        "A record or an item stands where ODM does not have it, or lacks the key that tells whose it is.",
        "Ask for a new export; the publisher's schema ODM1-3-2.xsd finds every such place.",
    ),
    CatalogueEntry(
        "READ073",
        "error",
        "Item that contradicts itself",
        "An item is given twice in one record, or says that it is null and has a value. No value is chosen.",
        "Ask for a new export, or have the system's maker correct it.",
    ),
)
