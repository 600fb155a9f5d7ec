"""The class terms against Define-XML 2.1's own schema."""

from __future__ import annotations

from pathlib import Path

import odmlib
import pytest
from lxml import etree

from cdisc_itp.standards.classes import GENERAL_OBSERVATION_CLASS, define_class

SCHEMA = Path(odmlib.__file__).parent / "schemas/define/2.1/define-enumerations.xsd"


def test_terms_and_codes_are_those_of_the_schema() -> None:
    space = {"xs": "http://www.w3.org/2001/XMLSchema"}
    tree = etree.parse(SCHEMA, etree.XMLParser(resolve_entities=False, no_network=True))
    items = tree.xpath("//xs:simpleType[@name='ItemGroupClass']//xs:enumeration", namespaces=space)
    published = {item.get("value"): item.xpath("string(.//*[local-name()='Alias']/@Name)") for item in items}
    assert len(published) == 16
    assert {t.value: t.code for t in GENERAL_OBSERVATION_CLASS.terms} == published


def test_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="'Finding' is no dataset class"):
        define_class("Finding")
