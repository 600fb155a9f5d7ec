"""Changes from one define.xml to another: one of each kind, made by hand in a file that has every construct."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_itp.model.define_changes import DefineChanges
from cdisc_itp.readers.define_xml import read_broken_define
from cdisc_itp.reports.define_changes import compare_defines, render_changes_json, render_changes_text

ROOT = Path(__file__).parents[1]
MADE = ROOT / "writers" / "define_files"
FILES = [*sorted(MADE.glob("*.xml")), *sorted((ROOT / "golden").rglob("define.xml"))]
TEXT = (MADE / "adam_2_1.xml").read_text("utf-8")
Compare = Callable[[str], DefineChanges]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    def run(later: str) -> DefineChanges:
        (tmp_path / "a.xml").write_text(TEXT, "utf-8")
        (tmp_path / "b.xml").write_text(later, "utf-8")
        etree.fromstring(later.encode())
        return compare_defines(read_broken_define(tmp_path / "a.xml")[0], read_broken_define(tmp_path / "b.xml")[0])

    return run


def said(found: DefineChanges) -> list[tuple[str, str, str, list[tuple[str, str, str]]]]:
    return [
        (c.mark, c.element, c.name, [(f.field, f.before, f.after) for f in c.fields] if c.mark == "changed" else [])
        for c in found.changes
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_file_against_itself_has_no_change(path: Path) -> None:
    document = read_broken_define(path)[0]
    again = compare_defines(document, read_broken_define(path)[0])
    assert (again.changes, again.renamed) == ((), 0)
    assert render_changes_text(again) == f"{path.name} -> {path.name}: no change\n"


TERM = '<CodeListItem CodedValue="MAP"><Decode><TranslatedText>Mean Pressure</TranslatedText></Decode></CodeListItem>'
ONES = {
    "study": ("<StudyName>ADAM-1", "<StudyName>ADAM-2", "changed", "Study", "ADAM-2", [("Study", "ADAM-1", "ADAM-2")]),
    "standard": (
        'Name="ADaMIG" Type="IG" Version="1.3"',
        'Name="ADaMIG" Type="IG" Version="1.4"',
        "changed",
        "Standard",
        "ADaMIG",
        [("Version", "1.3", "1.4")],
    ),
    "dataset": (
        'Structure="One record per subject"',
        'Structure="One record a subject"',
        "changed",
        "Dataset",
        "ADSL",
        [("Structure", "One record per subject", "One record a subject")],
    ),
    "variable's label": (
        ">Analysis Date<",
        ">Date of Analysis<",
        "changed",
        "Variable",
        "ADVS.ADT",
        [("Label", "Analysis Date", "Date of Analysis")],
    ),
    "variable's length": (
        'Name="AGE" DataType="integer" Length="3"',
        'Name="AGE" DataType="integer" Length="8"',
        "changed",
        "Variable",
        "ADSL.AGE",
        [("Length", "3", "8")],
    ),
    "variable's name": (
        'Name="ADT"',
        'Name="ADTX"',
        "changed",
        "Variable",
        "ADVS.ADTX",
        [("Name", "ADT", "ADTX")],
    ),
    "variable gone": (
        '<ItemRef ItemOID="IT.ADT" OrderNumber="5" Mandatory="No" MethodOID="MT.AVAL"/>',
        "",
        "removed",
        "Variable",
        "ADVS.ADT",
        [],
    ),
    "variable new": (
        '<ItemRef ItemOID="IT.ADSL.AGE" OrderNumber="2" Mandatory="No"/>',
        '<ItemRef ItemOID="IT.ADSL.AGE" OrderNumber="2" Mandatory="No"/>'
        '<ItemRef ItemOID="IT.ADT" OrderNumber="9" Mandatory="No"/>',
        "added",
        "Variable",
        "ADSL.ADT",
        [],
    ),
    "value level": (
        'OID="IT.AVAL.SBP" Name="AVAL" DataType="integer" Length="3"',
        'OID="IT.AVAL.SBP" Name="AVAL" DataType="integer" Length="4"',
        "changed",
        "Value level",
        "ADVS.AVAL where PARAMCD = SYSBP",
        [("Length", "3", "4")],
    ),
    "term new": ('<Alias Context="nci:ExtCodeID" Name="C66741"/>', TERM, "added", "Term", "Parameters: MAP", []),
    "term gone": (
        '<EnumeratedItem CodedValue="4" Rank="2" OrderNumber="2"/>',
        "",
        "removed",
        "Term",
        "Visits: 4",
        [],
    ),
    "term": (
        ">Pulse Rate<",
        ">Heart Rate<",
        "changed",
        "Term",
        "Parameters: PULSE",
        [("Decode", "Pulse Rate", "Heart Rate")],
    ),
    "dictionary": (
        'Version="26.1"',
        'Version="27.0"',
        "changed",
        "Codelist",
        "Dictionary of adverse events",
        [("Dictionary version", "26.1", "27.0")],
    ),
    "method": (
        "Mean of the readings",
        "Median of the readings",
        "changed",
        "Method",
        "Value of the analysis",
        [
            (
                "Text",
                "Mean of the readings,\nthen rounded; a < b & c.",
                "Median of the readings,\nthen rounded; a < b & c.",
            )
        ],
    ),
    "comment": (
        ">Of the standard<",
        ">Of this standard<",
        "changed",
        "Comment",
        "COM.STD",
        [("Text", "Of the standard", "Of this standard")],
    ),
    "document": (
        'href="acrf.pdf"',
        'href="blankcrf.pdf"',
        "changed",
        "Document",
        "Annotated Case Report Form",
        [("File", "acrf.pdf", "blankcrf.pdf")],
    ),
    "display": (
        ">Primary endpoint<",
        ">First endpoint<",
        "changed",
        "Display",
        "Table 14.2",
        [("Description", "Primary endpoint", "First endpoint")],
    ),
    "result": (
        'AnalysisReason="SPECIFIED IN SAP"',
        'AnalysisReason="DATA DRIVEN"',
        "changed",
        "Result",
        "Table 14.2: Change of the systolic value",
        [("Reason", "SPECIFIED IN SAP", "DATA DRIVEN")],
    ),
}


@pytest.mark.parametrize("kind", ONES)
def test_one_change_of_each_kind_is_one_change(compare: Compare, kind: str) -> None:
    old, new, *expected = ONES[kind]
    assert old in TEXT
    found = said(compare(TEXT.replace(old, new, 1)))
    # What is taken away for a term's sake above was the codelist's code.
    rest = [c for c in found if c[:2] != ("changed", "Codelist") or kind == "dictionary"]
    # An item that no dataset holds any more is told as such.
    rest = [c for c in rest if c[1] != "Item"]
    assert rest == [tuple(expected)]


@pytest.mark.parametrize("kind", ONES)
def test_the_way_back_swaps_added_and_removed(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.xml").write_text(TEXT, "utf-8")
    (tmp_path / "b.xml").write_text(TEXT.replace(*ONES[kind][:2], 1), "utf-8")
    a, b = (read_broken_define(tmp_path / f"{n}.xml")[0] for n in "ab")
    there, back = compare_defines(a, b), compare_defines(b, a)
    assert there.counts["added"] == back.counts["removed"] and there.counts["removed"] == back.counts["added"]
    assert there.counts["changed"] == back.counts["changed"] and len(there.changes) > 0


def test_other_oids_are_no_change(compare: Compare) -> None:
    found = compare(re.sub(r'"((?:IT|IG|CL|MT|COM|VL|WC|LF|STD)\.[^"]*)"', r'"X.\1"', TEXT))
    assert found.changes == () and found.renamed > 20


def test_oids_that_now_name_other_things_do_not_lead_astray(compare: Compare) -> None:
    swapped = TEXT.replace("IG.ADSL", "IG.X").replace("IG.ADVS", "IG.ADSL").replace("IG.X", "IG.ADVS")
    assert compare(swapped).changes == ()


def test_a_dataset_that_is_gone_tells_its_variables(compare: Compare) -> None:
    later = re.sub(r'<ItemGroupDef OID="IG.ADSL".*?</ItemGroupDef>', "", TEXT, flags=re.DOTALL)
    found = compare(later)
    (dataset,) = (c for c in found.changes if c.element == "Dataset")
    assert (dataset.mark, dataset.name) == ("removed", "ADSL")
    assert {f.field: f.before for f in dataset.fields}["Variables"] == "USUBJID, AGE, NODATA"
    assert not [c for c in found.changes if c.element == "Variable"]


def test_variables_in_another_order_are_one_change_of_their_dataset(compare: Compare) -> None:
    later = TEXT.replace('"IT.ADT" OrderNumber="5"', '"IT.ADT" OrderNumber="0"')
    assert said(compare(later)) == [
        (
            "changed",
            "Dataset",
            "ADVS",
            [("Order", "USUBJID, PARAMCD, AVAL, AVISITN, ADT", "ADT, USUBJID, PARAMCD, AVAL, AVISITN")],
        )
    ]


def test_text_and_json_say_the_same(compare: Compare) -> None:
    found = compare(TEXT.replace(">Analysis Date<", ">Date<").replace('<EnumeratedItem CodedValue="Topic"/>', ""))
    assert render_changes_text(found) == (
        "~ Variable ADVS.ADT\n    Label: Analysis Date -> Date\n- Term Roles: Topic\n"
        "a.xml -> b.xml: 0 added, 1 removed, 1 changed\n"
    )
    document = json.loads(render_changes_json(found))
    assert (document["added"], document["removed"], document["changed"]) == (0, 1, 1)
    assert document["changes"][0] == {
        "mark": "changed",
        "element": "Variable",
        "name": "ADVS.ADT",
        "oid": "IT.ADT",
        "fields": [{"field": "Label", "before": "Analysis Date", "after": "Date"}],
    }


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_whatever_attribute_or_text_changes_is_told(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = etree.fromstring(TEXT.encode())
    shown = (
        "Label",
        "Name",
        "DataType",
        "Length",
        "Type",
        "CodedValue",
        "Version",
        "Role",
        "Source",
        "Context",
        "Title",
    )
    places = [
        (e, k) for e in root.iter(etree.Element) for k in e.attrib if k.rpartition("}")[2] in shown and e is not root
    ]
    places += [(e, "") for e in root.iter("{*}TranslatedText", "{*}CheckValue", "{*}title", "{*}Code")]
    element, key = data.draw(st.sampled_from(places))
    if key:
        element.set(key, element.get(key) + "9")
    else:
        element.text = (element.text or "") + " 9"
    folder = tmp_path_factory.mktemp("changed")
    (folder / "a.xml").write_text(TEXT, "utf-8")
    (folder / "b.xml").write_bytes(etree.tostring(root))
    a, b = (read_broken_define(folder / f"{n}.xml")[0] for n in "ab")
    assert compare_defines(a, b).changes
