"""ODM-XML that is damaged, not ODM, in every encoding, or made to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.readers.limits import Limits
from tests.readers.odm_files import ODM13, clinical, column, document, group, item, problems, read, write

PLAIN = clinical(group(item("A", "1"), "1"))


def only(path: Path, **options: object) -> str:
    (problem,) = problems(path, **options)  # type: ignore[arg-type]
    return problem


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("UTF-8", "头痛 é"),
        ("GB18030", "头痛\U00020000"),
        ("GBK", "头痛"),
        ("GB2312", "头痛"),
        ("Shift_JIS", "頭痛ｶﾅ"),
        ("windows-1252", "Übelkeit – €"),
        ("ISO-8859-1", "Übelkeit"),
        ("ISO-8859-2", "ból głowy"),
        ("EUC-JP", "頭痛"),
        ("EUC-KR", "두통"),
        ("Big5", "頭痛"),
        ("US-ASCII", "headache"),
    ],
)
def test_the_encoding_that_the_file_declares(tmp_path: Path, encoding: str, text: str) -> None:
    content = document(clinical(group(item("A", text), "1")), encoding=encoding)
    assert column(read(write(tmp_path, content.encode(encoding))), "A") == [text]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_byte_order_mark_or_the_first_bytes(tmp_path: Path, codec: str) -> None:
    said = "UTF-16" if codec.startswith("utf-16") else "UTF-8"
    content = document(clinical(group(item("A", "头痛"), "1")), encoding=said)
    table = read(write(tmp_path, content.encode(codec)))
    assert column(table, "A") == ["头痛"]
    assert not any("encoding" in note for note in table.notes)


def test_a_wrong_declaration_against_a_byte_order_mark_is_noted(tmp_path: Path) -> None:
    content = document(clinical(group(item("A", "é"), "1")), encoding="UTF-8").encode("utf-16")
    table = read(write(tmp_path, content))
    assert column(table, "A") == ["é"]
    assert table.notes[0] == "the file says encoding UTF-8, its first bytes are those of utf-16-le: read as utf-16-le"


def test_bytes_that_are_no_text_are_placed(tmp_path: Path) -> None:
    content = document(clinical(group(item("A", "发热"), "1"))).encode("gbk")
    offset = content.index("发".encode("gbk"))
    row = content[:offset].count(b"\n") + 1
    path = write(tmp_path, content)
    assert only(path) == (  # The bytes are not shown: they may be of a name.
        f"odm.xml row {row}: READ002 bytes at offset {offset} are no utf-8 text"
        " - declare the `encoding` that it is written in"
    )
    assert column(read(path, encoding="gbk"), "A") == ["发热"]


def test_bytes_that_are_no_text_in_a_later_block(tmp_path: Path) -> None:
    content = document(PLAIN + "\n" * 600_000).encode() + b"\xff"
    row = content.count(b"\n") + 1
    assert only(write(tmp_path, content)).startswith(f"odm.xml row {row}: READ002 bytes at offset {len(content) - 1}")


def test_a_file_that_says_utf_16_but_is_not(tmp_path: Path) -> None:
    path = write(tmp_path, document(PLAIN, encoding="UTF-16"))
    assert only(path) == (
        "odm.xml row 1: READ003 the encoding is said to be UTF-16, but the first bytes are one byte a character"
        " - declare `encoding: utf-8`"
    )
    assert column(read(path, encoding="utf-8"), "A") == ["1"]


def test_encodings_that_are_not_known(tmp_path: Path) -> None:
    path = write(tmp_path, document(PLAIN, encoding="x-none"))
    assert only(path) == "odm.xml row 1: READ003 the file says encoding 'x-none', which is not known here"
    assert only(path, encoding="utf8x").startswith("odm.xml: READ006 encoding: 'utf8x' is not known - did you mean")


def test_damaged_xml_says_line_and_column(tmp_path: Path) -> None:
    lines = document(PLAIN).split("\n")
    row = next(i for i, line in enumerate(lines) if "<ItemData" in line)
    lines[row] = lines[row].replace("<ItemData ", "<ItemData <")
    at = lines[row].index("<ItemData <") + len("<ItemData <")
    problem = only(write(tmp_path, "\n".join(lines)))
    assert problem == f"odm.xml row {row + 1}: READ050 not well-formed (invalid token), column {at}"


@pytest.mark.parametrize("cut", [0, 50, 300, 450])
def test_a_file_that_was_cut(tmp_path: Path, cut: int) -> None:
    assert "READ050" in only(write(tmp_path, document(PLAIN)[:cut]))


def test_what_follows_the_root_is_refused(tmp_path: Path) -> None:
    assert "READ050 junk after document element" in only(write(tmp_path, document(PLAIN) + "<x/>"))


BILLION = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE ODM [{BILLION}]>",
        '<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE ODM SYSTEM "http://127.0.0.1:9/odm.dtd">',
        "<!DOCTYPE ODM>",
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_where_it_begins(tmp_path: Path, doctype: str, codec: str) -> None:
    text = document(clinical(group(item("A", "&l9;")))).replace("?>\n", f"?>\n{doctype}\n", 1)
    text = text.replace("UTF-8", codec.upper())
    assert only(write(tmp_path, text.encode(codec))) == (
        "odm.xml row 2: READ051 a document type declaration is not read: it can hold entities and call other files"
        " - remove the DOCTYPE"
    )


def test_an_entity_without_declaration(tmp_path: Path) -> None:
    assert "READ050 undefined entity" in only(write(tmp_path, document(clinical(group(item("A", "&x;"))))))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (document(PLAIN, namespace="http://www.cdisc.org/ns/odm/v2.0"), "the file is ODM 2.0"),
        (document(PLAIN, namespace="http://www.cdisc.org/ns/odm/v1.1"), "the file is ODM 1.1"),
        (document(PLAIN).replace(f'xmlns="{ODM13}"', ""), "the root ODM has no namespace, so it tells no version"),
        ("<html><body/></html>", "the file is no ODM: its root is html"),
        (
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "the file is no ODM: its root is Workbook of urn:schemas-microsoft-com:office:spreadsheet",
        ),
    ],
)
def test_other_roots_are_named(tmp_path: Path, text: str, message: str) -> None:
    assert f"READ070 {message} - ODM 1.2 and 1.3 are read" in only(write(tmp_path, text))


def test_dataset_xml_and_metadata_only_are_named(tmp_path: Path) -> None:
    dataset = document(PLAIN, more='xmlns:d="http://www.cdisc.org/ns/Dataset-XML/v1.0" d:DatasetXMLVersion="1.0.0"')
    assert "READ070 the file is Dataset-XML" in only(write(tmp_path, dataset))
    empty = only(write(tmp_path, document('<Study OID="S.1"/>')))
    assert empty.startswith("odm.xml: READ070 the file holds definitions only: it has no ClinicalData")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (' SubjectKey="001"', "", "SubjectData has no SubjectKey"),
        (' SubjectKey="001"', ' SubjectKey=""', "SubjectData has no SubjectKey"),
        (' StudyEventOID="SE.1"', "", "StudyEventData has no StudyEventOID"),
        (' FormOID="F.1"', "", "FormData has no FormOID"),
        (' ItemGroupOID="IG.MH"', "", "ItemGroupData has no ItemGroupOID"),
        (' ItemOID="A"', "", "ItemData has no ItemOID"),
        ('<FormData FormOID="F.1">', "<x>", "ItemGroupData does not stand in FormData, where ODM has it"),
        ('<SiteRef LocationOID="L.7"/>', '<FormData FormOID="X"/>', "FormData does not stand in StudyEventData"),
        ("<ItemData ", '<ItemData ItemOID="B"><ItemData ', "ItemData does not stand in ItemGroupData"),
    ],
)
def test_clinical_data_out_of_order(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = document(PLAIN).replace(old, new, 1)
    if new == "<x>":
        text = text.replace('<StudyEventData StudyEventOID="SE.1">\n<x>', '<StudyEventData StudyEventOID="SE.1">')
        text = text.replace("</FormData>\n", "")
    assert f"READ072 {message}" in only(write(tmp_path, text))


def test_bounds_are_refused_by_name(tmp_path: Path) -> None:
    two = group(item("A", "1") + item("B", "22222"), "1") + group(item("A", "1"), "2")
    path = write(tmp_path, document(clinical(two)))
    assert only(path, limits=Limits(file_bytes=10)).endswith("bytes are more than the limit of 10")
    assert "READ007 elements 7 deep: more than the limit of 6" in only(path, limits=Limits(xml_depth=6))
    assert "READ007 a value of 5 characters: more than the limit of 4" in only(path, limits=Limits(xml_value=4))
    assert "READ007 2 items in an item group: more than the limit of 1" in only(path, limits=Limits(columns=1))
    assert "READ007 2 records x 2 items: more than the limit of 3" in only(path, limits=Limits(odm_cells=3))
    assert problems(path) == []


def test_definitions_and_texts_are_bounded(tmp_path: Path) -> None:
    items = "".join(f'<ItemDef OID="I{i}" Name="n"/>' for i in range(5))
    study = f'<Study OID="S"><MetaDataVersion OID="V">{items}</MetaDataVersion></Study>'
    path = write(tmp_path, document(study + PLAIN))
    assert "READ007 6 definitions: more than the limit of 5" in only(path, limits=Limits(odm_definitions=5))
    typed = write(tmp_path, document(clinical(group('<ItemDataString ItemOID="A">12345</ItemDataString>'))))
    assert "READ007 a text of over 4 characters: more than the limit of 4" in only(typed, limits=Limits(xml_value=4))


@pytest.mark.parametrize("start", ['<x a="', "<!-- ", "<?x "])
def test_a_tag_that_never_ends_does_not_fill_the_memory(tmp_path: Path, start: str) -> None:
    path = write(tmp_path, document(PLAIN + start + "a" * 3_000_000))
    assert "READ007 a tag, comment or section of over" in only(path, limits=Limits(xml_token=1_000_000))


def test_deep_nesting_within_what_is_passed_over(tmp_path: Path) -> None:
    deep = "<x>" * 5_000 + "</x>" * 5_000
    assert "READ007 elements 101 deep" in only(write(tmp_path, document(deep + PLAIN)))


def test_metadata_versions_that_include_each_other(tmp_path: Path) -> None:
    study = """<Study OID="S.1">
<MetaDataVersion OID="V.1"><Include StudyOID="S.1" MetaDataVersionOID="V.2"/></MetaDataVersion>
<MetaDataVersion OID="V.2"><Include StudyOID="S.1" MetaDataVersionOID="V.1"/></MetaDataVersion></Study>"""
    assert column(read(write(tmp_path, document(study + PLAIN))), "A") == ["1"]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, document(clinical(group(item("SubjectKey", "x"), "1"))))
    assert "READ009 the name is used 2 times" in only(path)


def test_messages_hold_no_values(tmp_path: Path) -> None:
    body = clinical(group(item("A", "SECRET") + item("A", "SECRET2"), "1"), "PRIVATE-1")
    assert "SECRET" not in only(write(tmp_path, document(body)))
    assert "PRIVATE" not in only(write(tmp_path, document(body.replace("<FormData", "<FormDatum"))))


def test_a_missing_file(tmp_path: Path) -> None:
    assert only(tmp_path / "none.xml") == "none.xml: READ001 cannot be opened: No such file or directory"
