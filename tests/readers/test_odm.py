"""ODM-XML: what a file written by the standard's rules gives; the publisher's schema judges the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers.odm import ItemGroup, read_item_groups
from cdisc_itp.readers.registry import read_tables
from tests.readers.odm_files import (
    DEFINITIONS,
    assert_valid,
    clinical,
    column,
    document,
    group,
    item,
    problems,
    read,
    records,
    write,
)

KEYS = [
    "StudyOID",
    "LocationOID",
    "SubjectKey",
    "StudyEventOID",
    "StudyEventRepeatKey",
    "FormOID",
    "FormRepeatKey",
    "ItemGroupRepeatKey",
]
HISTORY = group(item("MH.TERM", "Headache") + item("MH.ONGOING", "Y"), "1") + group(
    item("MH.TERM", "Fieber &amp; Husten") + item("MH.ONGOING", "N") + item("MH.SEVERITY", "MILD"), "2"
)


def valid(folder: Path, text: str) -> Path:
    path = write(folder, text)
    assert_valid(path)
    return path


@pytest.fixture
def history(tmp_path: Path) -> RawTable:
    return read(valid(tmp_path, document(DEFINITIONS + clinical(HISTORY))))


def test_a_row_is_an_item_group_data(history: RawTable) -> None:
    assert records(history, *KEYS) == [("S.1", "L.7", "001", "SE.1", None, "F.1", None, repeat) for repeat in "12"]
    assert column(history, "MH.TERM") == ["Headache", "Fieber & Husten"]
    assert column(history, "MH.ONGOING") == ["Y", "N"]
    assert column(history, "MH.SEVERITY") == [None, "MILD"]


def test_columns_are_keys_then_items_by_order_number_with_their_decodes(history: RawTable) -> None:
    assert list(history.frame.columns) == [*KEYS, "MH.TERM", "MH.ONGOING", "MH.ONGOING.decode", "MH.SEVERITY"]
    assert history.decodes == {"MH.ONGOING.decode": "MH.ONGOING"}


def test_decode_is_the_english_text_or_the_one_there_is(history: RawTable) -> None:
    assert column(history, "MH.ONGOING.decode") == ["Yes", "いいえ"]


def test_labels_are_question_description_or_name(history: RawTable, tmp_path: Path) -> None:
    assert history.labels["MH.TERM"] == "Diagnosis?"
    assert history.labels["MH.SEVERITY"] == "Severity"
    path = write(tmp_path, document(DEFINITIONS + clinical(group(item("VS.WEIGHT", "70"), oid="IG.VS"))))
    assert read(path, "IG.VS").labels["VS.WEIGHT"] == "Body weight"


def test_place_is_the_line_of_the_item_group_data(history: RawTable, tmp_path: Path) -> None:
    elements = etree.parse(str(tmp_path / "odm.xml")).getroot().iter("{*}ItemGroupData")
    assert history.rows.tolist() == [e.sourceline for e in elements]
    assert (history.file, history.sheet) == ("odm.xml", "IG.MH")


def test_repeats_of_subject_event_form_and_group(tmp_path: Path) -> None:
    body = "".join(
        clinical(group(item("MH.TERM", f"{s}{e}{r}"), r), s, f'StudyEventOID="SE.1" StudyEventRepeatKey="{e}"')
        for s in ("001", "002")
        for e in "12"
        for r in "ab"
    )
    table = read(valid(tmp_path, document(DEFINITIONS + body)))
    names = ("SubjectKey", "StudyEventRepeatKey", "ItemGroupRepeatKey", "MH.TERM")
    assert records(table, *names) == [(s, e, r, s + e + r) for s in ("001", "002") for e in "12" for r in "ab"]
    assert table.notes == ()


def test_item_groups_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, document(DEFINITIONS + clinical(HISTORY + group(item("X", "1"), oid="IG.X"))))
    assert read_item_groups(path) == (
        ItemGroup("IG.MH", "Medical history", 2),
        ItemGroup("IG.VS", "Vital signs", 0),
        ItemGroup("IG.X", "", 1),
    )
    listed = "IG.MH (Medical history, 2), IG.VS (Vital signs, 0), IG.X (1)"
    assert problems(path, None) == [f"odm.xml: READ071 the file holds 3 item groups - declare `item_group`: {listed}"]
    assert problems(path, "IG.MHX") == [
        "odm.xml: READ071 item group 'IG.MHX' is not in the file - did you mean 'IG.MH'?"
    ]


def test_the_only_item_group_need_not_be_declared(tmp_path: Path) -> None:
    table = read(write(tmp_path, document(clinical(HISTORY))), None)
    assert (table.sheet, len(table.frame)) == ("IG.MH", 2)


def test_a_defined_item_group_without_data_has_its_columns(tmp_path: Path) -> None:
    table = read(valid(tmp_path, document(DEFINITIONS + clinical(HISTORY))), "IG.VS")
    assert (list(table.frame.columns), len(table.frame)) == ([*KEYS, "VS.WEIGHT"], 0)


def test_without_metadata_columns_are_items_in_order_of_appearance(tmp_path: Path) -> None:
    body = clinical(group(item("B", "1"), "1") + group(item("A", "2") + item("B", "3"), "2"))
    table = read(valid(tmp_path, document(body)))
    assert list(table.frame.columns) == [*KEYS, "B", "A"]
    assert records(table, "B", "A") == [("1", None), ("3", "2")]
    assert table.labels == {} and table.decodes == {}
    assert table.notes == ("metadata not in the file, so no labels and no decodes of it: V.1 of study S.1",)


def test_an_item_that_is_not_defined_is_a_column_all_the_same(tmp_path: Path) -> None:
    table = read(write(tmp_path, document(DEFINITIONS + clinical(group(item("MH.NEW", "x"))))))
    assert column(table, "MH.NEW") == ["x"]
    assert table.notes == ("items that the file does not define, read all the same: MH.NEW",)


def test_null_and_empty_are_no_value(tmp_path: Path) -> None:
    null = '<ItemData ItemOID="MH.ONGOING" IsNull="Yes"/>'
    path = valid(tmp_path, document(DEFINITIONS + clinical(group(item("MH.TERM", "") + null))))
    table = read(path)
    assert records(table, "MH.TERM", "MH.ONGOING") == [(None, None)]


def test_units_given_with_values_are_a_column(tmp_path: Path) -> None:
    def weight(value: str, unit: str, repeat: str) -> str:
        reference = f'<MeasurementUnitRef MeasurementUnitOID="{unit}"/>' if unit else ""
        return group(f'<ItemData ItemOID="VS.WEIGHT" Value="{value}">{reference}</ItemData>', repeat, oid="IG.VS")

    body = clinical(weight("70", "MU.KG", "1") + weight("71", "", "2") + weight("150", "MU.LB", "3"))
    table = read(valid(tmp_path, document(DEFINITIONS + body)), "IG.VS")
    assert records(table, "VS.WEIGHT", "VS.WEIGHT.unit") == [("70", "kg"), ("71", None), ("150", "MU.LB")]


def test_typed_data(tmp_path: Path) -> None:
    typed = (
        '<ItemDataString ItemOID="T"> two <![CDATA[<lines>\n&]]></ItemDataString>'
        '<ItemDataInteger ItemOID="I">\n  007\n</ItemDataInteger>'
        '<ItemDataFloat ItemOID="W" MeasurementUnitOID="MU.KG">70.50</ItemDataFloat>'
        '<ItemDataDate ItemOID="D">2024-02-29</ItemDataDate>'
        '<ItemDataPartialDate ItemOID="P">2024-02</ItemDataPartialDate>'
    )
    table = read(valid(tmp_path, document(DEFINITIONS + clinical(group(typed)))))
    assert records(table, "T", "I", "W", "W.unit", "D", "P") == [
        (" two <lines>\n&", "007", "70.50", "kg", "2024-02-29", "2024-02")
    ]


def test_typed_data_without_text_is_no_value(tmp_path: Path) -> None:
    table = read(write(tmp_path, document(clinical(group('<ItemDataString ItemOID="A"/>' + item("B", "1"))))))
    assert list(table.frame.columns)[-1] == "B"


AUDIT = (
    '<AuditRecord><UserRef UserOID="U.1"/><LocationRef LocationOID="L.7"/>'
    "<DateTimeStamp>2024-05-01T08:00:00</DateTimeStamp></AuditRecord>"
)


def test_audit_records_and_annotations_are_counted_not_read(tmp_path: Path) -> None:
    note = '<Annotation SeqNum="1"><Comment>seen</Comment></Annotation>'
    body = clinical(AUDIT + group(AUDIT + f'<ItemData ItemOID="MH.TERM" Value="Cough">{AUDIT}{note}</ItemData>'))
    table = read(valid(tmp_path, document(DEFINITIONS + body)))
    assert column(table, "MH.TERM") == ["Cough"]
    assert table.notes == ("not read: 1 Annotation, 3 AuditRecord",)


def test_vendor_extensions_are_counted_under_their_prefix(tmp_path: Path) -> None:
    body = clinical(
        group('<ItemData ItemOID="A" Value="1" v:Frozen="No"><v:Query><ItemData/></v:Query></ItemData>'),
        event='StudyEventOID="SE.1" v:InstanceId="5"',
    )
    table = read(write(tmp_path, document(body, more='xmlns:v="urn:vendor"')))
    assert column(table, "A") == ["1"]
    assert table.notes[-1] == "not read: 1 attribute v:Frozen, 1 attribute v:InstanceId, 1 v:Query"


def test_rave_subject_names_and_openclinica_registration_are_columns(tmp_path: Path) -> None:
    more = 'xmlns:m="http://www.mdsol.com/ns/odm/metadata" xmlns:oc="http://www.openclinica.org/ns/odm_ext_v130/v3.1"'
    body = clinical(
        group(item("A", "1")),
        '0C1F" m:SubjectKeyType="SubjectUUID" m:SubjectName="101-001" oc:StudySubjectID="M-1" oc:Sex="f',
        'StudyEventOID="SE.1" oc:StartDate="2024-01-05"',
    )
    table = read(write(tmp_path, document(body, more=more)))
    names = ("SubjectKey", "mdsol:SubjectName", "OpenClinica:StudySubjectID", "OpenClinica:Sex")
    assert records(table, *names, "OpenClinica:StartDate") == [("0C1F", "101-001", "M-1", "f", "2024-01-05")]
    assert table.notes[-1] == "not read: 1 attribute m:SubjectKeyType"


def test_site_reference_after_the_data_counts_too(tmp_path: Path) -> None:
    body = clinical(group(item("A", "1"))).replace('<SiteRef LocationOID="L.7"/>\n', "")
    body = body.replace("</SubjectData>", '<SiteRef LocationOID="L.9"/></SubjectData>')
    assert column(read(write(tmp_path, document(body))), "LocationOID") == ["L.9"]


def test_decodes_are_those_of_the_version_that_governs_the_record(tmp_path: Path) -> None:
    second = DEFINITIONS.replace('MetaDataVersion OID="V.1"', 'MetaDataVersion OID="V.2"').replace(">Yes<", ">Still<")
    studies = DEFINITIONS + second.replace('Study OID="S.1"', 'Study OID="S.2"')
    one = clinical(group(item("MH.ONGOING", "Y")))
    two = one.replace("S.1", "S.2").replace("V.1", "V.2")
    table = read(write(tmp_path, document(studies + one + two)))
    assert records(table, "StudyOID", "MH.ONGOING.decode") == [("S.1", "Yes"), ("S.2", "Still")]


def test_an_included_metadata_version_counts(tmp_path: Path) -> None:
    include = """
<Study OID="S.2"><MetaDataVersion OID="V.2" Name="2"><Include StudyOID="S.1" MetaDataVersionOID="V.1"/>
</MetaDataVersion></Study>"""
    body = clinical(HISTORY).replace(
        'StudyOID="S.1" MetaDataVersionOID="V.1"', 'StudyOID="S.2" MetaDataVersionOID="V.2"'
    )
    table = read(write(tmp_path, document(DEFINITIONS + include + body)))
    assert column(table, "MH.ONGOING.decode") == ["Yes", "いいえ"]


def test_odm_1_2_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, document(clinical(HISTORY), namespace="http://www.cdisc.org/ns/odm/v1.2"))
    assert len(read(path).frame) == 2


def test_identifiers_are_dropped_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, document(DEFINITIONS + clinical(HISTORY)))
    table = read(path, identifiers=("SubjectKey", "MH.ONGOING", "MH.SEVERITY"))
    assert table.dropped == {"SubjectKey": 2, "MH.ONGOING": 2, "MH.SEVERITY": 1}
    assert not {"SubjectKey", "MH.ONGOING", "MH.ONGOING.decode", "MH.SEVERITY"} & set(table.frame.columns)
    assert table.decodes == {}
    assert problems(path, identifiers=("SubjectKy",)) == [
        "odm.xml: READ013 identifier column 'SubjectKy' is not in the table - did you mean 'SubjectKey'?"
    ]


def test_records_on_one_line_are_told_apart_by_their_number(tmp_path: Path) -> None:
    table = read(write(tmp_path, document(DEFINITIONS + clinical(HISTORY)).replace("\n", " ")))
    assert table.rows.tolist() == [1, 2]
    assert table.notes == (
        "several item groups stand on one line: a row is the number of the ItemGroupData in the file",
    )


def test_lines_beyond_65535_are_right(tmp_path: Path) -> None:
    padding = "\n" * 70_000
    table = read(write(tmp_path, document(padding + clinical(HISTORY))))
    text = (tmp_path / "odm.xml").read_text().split("\n")
    assert text[table.rows[0] - 1].startswith('<ItemGroupData ItemGroupOID="IG.MH" ItemGroupRepeatKey="1"')
    assert table.rows[0] > 70_000 and table.rows[1] == table.rows[0] + 1


def test_a_registered_reader_reads_it(tmp_path: Path) -> None:
    write(tmp_path, document(DEFINITIONS + clinical(HISTORY)), "snapshot.xml")
    (table,) = read_tables(tmp_path, TableOptions(file="*.xml", item_group="IG.MH"))
    assert len(table.frame) == 2
    assert {d.what: d.value for d in table.detected} == {"encoding": "utf-8", "item group": "IG.MH"}
