"""define.xml of NCT05471050 against its transport files, both read with tools that know nothing of the package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from tests.studies.builds import Package

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XLINK = "{http://www.w3.org/1999/xlink}"
# ODM and Define-XML roots that nothing has to refer to.
ROOTS = {"Study", "MetaDataVersion", "ItemGroupDef"}


class Written:
    """The define.xml of a package with its elements by OID."""

    def __init__(self, package: Package) -> None:
        (self.path,) = package.folder.rglob("sdtm/define.xml")
        self.root = etree.parse(str(self.path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        self.by_oid = {e.get("OID"): e for e in self.root.iter(etree.Element) if e.get("OID")}

    @property
    def groups(self) -> list[etree._Element]:
        return list(self.root.iter(f"{ODM}ItemGroupDef"))

    def refs(self, group: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
        """Each ItemRef of a dataset with its ItemDef."""
        for ref in group.findall(f"{ODM}ItemRef"):
            yield ref, self.by_oid[ref.get("ItemOID")]

    def value_items(self, item: etree._Element) -> Iterator[tuple[str, str, etree._Element]]:
        """Each value level item: the variable and the value of its where clause, and its ItemDef."""
        for to in item.findall(f"{DEF}ValueListRef"):
            for ref in self.by_oid[to.get("ValueListOID")].findall(f"{ODM}ItemRef"):
                where = self.by_oid[ref.find(f"{DEF}WhereClauseRef").get("WhereClauseOID")]
                (check,) = where.findall(f"{ODM}RangeCheck")
                assert check.get("Comparator") == "EQ"
                by = self.by_oid[check.get(f"{DEF}ItemOID")].get("Name")
                yield by, check.findtext(f"{ODM}CheckValue"), self.by_oid[ref.get("ItemOID")]

    def terms(self, item: etree._Element) -> set[str] | None:
        """The terms of an item's codelist; None where it has none or an external one."""
        to = item.find(f"{ODM}CodeListRef")
        found = self.by_oid[to.get("CodeListOID")] if to is not None else None
        if found is None or found.find(f"{ODM}ExternalCodeList") is not None:
            return None
        return {e.get("CodedValue") for e in found if e.get("CodedValue")}


@cache
def frame(path: Path) -> pd.DataFrame:
    """A transport file; empty text is missing."""
    read, _ = pyreadstat.read_xport(path)
    return read.replace("", None)


@pytest.fixture
def written(package: Package) -> Written:
    return Written(package)


def data_of(written: Written, group: etree._Element) -> pd.DataFrame:
    return frame(written.path.parent / group.find(f"{DEF}leaf").get(f"{XLINK}href"))


def levels(written: Written) -> Iterator[tuple[str, etree._Element, pd.Series, bool]]:
    """Every item, of variables and of value levels, with the values that it describes."""
    for group in written.groups:
        data = data_of(written, group)
        for _, item in written.refs(group):
            name = item.get("Name")
            yield f"{group.get('Name')}.{name}", item, data[name].dropna(), False
            for by, value, below in written.value_items(item):
                yield f"{group.get('Name')}.{name} {value}", below, data.loc[data[by] == value, name].dropna(), True


def digits(values: pd.Series) -> int:
    """The most digits after the decimal point; a transport file holds a decimal fraction to about 16 digits."""
    texts = (f"{v:.12g}" if isinstance(v, float) else str(v) for v in values.unique())
    return max((len(t.partition(".")[2].rstrip("0") if "." in t else "") for t in texts), default=0)


def test_files_and_variables_are_those_that_are_there(written: Written) -> None:
    hrefs = {g.find(f"{DEF}leaf").get(f"{XLINK}href") for g in written.groups}
    assert hrefs == {p.name for p in written.path.parent.glob("*.xpt")}
    for group in written.groups:
        assert [i.get("Name") for _, i in written.refs(group)] == list(data_of(written, group).columns)


def test_lengths_and_digits_are_those_of_the_values(written: Written) -> None:
    for place, item, values, below in levels(written):
        kind, length = item.get("DataType"), int(item.get("Length") or 0)
        texts = [str(v) for v in values.unique()]
        if kind == "text" and texts:
            longest = max(len(t.encode()) for t in texts)
            assert length == longest if below else length >= longest, place
        elif kind == "integer":
            assert all(float(t).is_integer() and len(str(int(float(t)))) <= length for t in texts), place
        elif kind == "float":
            assert int(item.get("SignificantDigits")) == digits(values), place


def test_values_are_terms_and_every_term_of_a_value_level_unit_occurs(written: Written) -> None:
    for place, item, values, below in levels(written):
        terms = written.terms(item)
        if terms is not None:
            numbers = place.split(" ")[0].endswith(("ORRES", "STRESC"))
            found = {v for v in values if not (numbers and v.replace(".", "", 1).isdigit())}
            assert found <= terms, place
            if below and place.split(" ")[0].endswith("U"):
                assert found == terms, place


def test_a_code_for_every_published_term_and_a_mark_on_every_other(written: Written) -> None:
    for codelist in written.root.iter(f"{ODM}CodeList"):
        published = codelist.get(f"{DEF}StandardOID") is not None
        for term in (e for e in codelist if e.get("CodedValue")):
            coded = term.find(f"{ODM}Alias[@Context='nci:ExtCodeID']") is not None
            extended = term.get(f"{DEF}ExtendedValue") == "Yes"
            assert (coded != extended) if published else not extended, (codelist.get("OID"), term.get("CodedValue"))


def test_keys_tell_records_apart(written: Written) -> None:
    for group in written.groups:
        keys = [i.get("Name") for ref, i in written.refs(group) if ref.get("KeySequence")]
        assert keys and not data_of(written, group).duplicated(keys).any(), group.get("Name")


def test_origin_and_data_agree(written: Written) -> None:
    for group in written.groups:
        data = data_of(written, group)
        for ref, item in written.refs(group):
            place, origins = item.get("OID"), item.findall(f"{DEF}Origin")
            types = {o.get("Type") for o in origins} or {
                o.get("Type") for _, _, below in written.value_items(item) for o in below.findall(f"{DEF}Origin")
            }
            assert types, place
            empty = data[item.get("Name")].isna().all()
            assert (ref.get(f"{DEF}HasNoData") == "Yes") == empty, place
            assert empty or "Not Available" not in types, place
            assert (ref.get("MethodOID") is not None) == (types == {"Derived"}), place


def test_trial_design_is_reference_data_and_oids_are_used(written: Written) -> None:
    reference = {g.get("Name") for g in written.groups if g.get("IsReferenceData") == "Yes"}
    assert reference == {"TA", "TE", "TI", "TS", "TV"}
    defined = {oid for oid, e in written.by_oid.items() if etree.QName(e).localname not in ROOTS}
    used = [
        v
        for e in written.root.iter(etree.Element)
        for k, v in e.attrib.items()
        if k.endswith("OID") and etree.QName(k).localname not in ("OID", "FileOID", "PriorFileOID")
    ]
    assert defined <= set(used) and set(used) <= {*defined, *written.by_oid}
    languages = {e.get(XML_LANG) for e in written.root.iter(f"{ODM}TranslatedText")}
    assert languages == {"en"}


def test_equal_methods_are_one_and_repeat_nothing(written: Written) -> None:
    texts = [" ".join("".join(m.itertext()).split()) for m in written.root.iter(f"{ODM}MethodDef")]
    assert len(texts) == len(set(texts))
    for text in texts:
        for records in text.split(" In other records: "):
            steps = records.split(" Otherwise: ")
            assert len(steps) == len(set(steps)), text
