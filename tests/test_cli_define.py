"""The commands `define html` and `define check`, of valid, broken and hostile files; define.html of a conversion."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from lxml import etree, html
from typer.testing import CliRunner

from cdisc_itp.cli import app

GOLDEN = Path(__file__).parent / "golden" / "define" / "define.xml"
MADE = Path(__file__).parent / "writers" / "define_files" / "adam_2_1.xml"


def define(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["define", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A method that is not there, a codelist twice, a comment that nothing uses, an element of nobody's."""
    text = MADE.read_text("utf-8")
    text = text.replace('MethodOID="MT.AVAL"/>', 'MethodOID="MT.GONE"/>')
    text = text.replace("<MethodDef", '<CodeList OID="CL.VISIT" Name="Second" DataType="text"/><MethodDef', 1)
    text = text.replace('<def:leaf ID="LF.acrf"', '<def:CommentDef OID="COM.ALONE"/><Strange/><def:leaf ID="LF.acrf"')
    path = tmp_path / "define.xml"
    path.write_text(text, "utf-8")
    return path


def test_a_valid_file_has_a_page_beside_it_and_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(MADE.read_bytes())
    assert define("html", path) == (0, f"{tmp_path / 'define.html'}\n", "")
    assert define("html", path, "-o", tmp_path / "other.html")[0] == 0
    assert (tmp_path / "other.html").read_bytes() == (tmp_path / "define.html").read_bytes()
    assert define("check", path) == (0, "define.xml: Define-XML 2.1.5, nothing found\n", "")


def test_what_is_broken_is_said_on_stderr_and_on_the_page_and_the_rest_is_shown(broken: Path) -> None:
    code, _, err = define("html", broken)
    lines = err.splitlines()
    assert code == 0
    assert any("DEF101 no MethodDef has the OID MT.GONE" in line for line in lines)
    assert any("DEF103 an earlier CodeList has the OID CL.VISIT" in line for line in lines)
    assert any("DEF100" in line and "Strange" in line for line in lines)
    page = html.parse(broken.with_suffix(".html")).getroot()
    said = " ".join(page.xpath("//section[@id='problems']")[0].text_content().split())
    assert "no MethodDef has the OID MT.GONE" in said and "Strange" in said
    assert "no method has the OID MT.GONE" in page.xpath("//tr[@id='IT.ADT']")[0].text_content()
    assert "COM.ALONE" in page.xpath("//section[@id='unused']")[0].text_content()
    assert len(page.xpath("//section[@id='datasets']//tbody/tr")) == 2


def test_check_tells_errors_and_warnings_as_json(broken: Path) -> None:
    code, out, _ = define("check", broken, "--report", "json")
    said = json.loads(out)
    assert code == 1 and said["file"] == "define.xml"
    found = {(p["code"], p["severity"]) for p in said["problems"]}
    assert found == {("DEF100", "error"), ("DEF101", "error"), ("DEF102", "warning"), ("DEF103", "error")}
    assert said["errors"] == sum(p["severity"] == "error" for p in said["problems"])
    lines = broken.read_text("utf-8").splitlines()
    (twice,) = (p for p in said["problems"] if p["code"] == "DEF103")
    assert "Second" in lines[twice["line"] - 1]


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_a_file_that_was_cut_off_is_shown_as_far_as_it_goes(tmp_path: Path, share: float) -> None:
    path = tmp_path / "define.xml"
    content = MADE.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    code, _, err = define("html", path)
    assert code == 0 and "READ050" in err
    page = html.parse(path.with_suffix(".html")).getroot()
    assert "ADSL" in page.xpath("//section[@id='datasets']")[0].text_content()
    assert "READ050" in page.xpath("//section[@id='problems']")[0].text_content()
    assert define("check", path)[0] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]><ODM>&x;</ODM>', "READ051"),
        ('<!DOCTYPE ODM SYSTEM "http://host.example/a.dtd"><ODM/>', "READ051"),
        ("<html/>", "READ052"),
        ("", "READ050"),
        ("no XML at all", "READ050"),
    ],
)
def test_what_is_no_define_xml_is_refused_and_nothing_is_written(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "define.xml"
    path.write_text(content, "utf-8")
    for command in ("html", "check"):
        exit_code, _, err = define(command, path)
        assert exit_code == 2 and code in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["define.xml"]


def test_of_several_metadata_versions_the_first_is_shown(tmp_path: Path) -> None:
    text = MADE.read_text("utf-8")
    second = '<MetaDataVersion OID="MDV.2" Name="Second" def:DefineVersion="2.1.0"/></Study>'
    path = tmp_path / "define.xml"
    path.write_text(text.replace("</Study>", second), "utf-8")
    code, _, err = define("html", path)
    assert code == 0 and "only the first one is shown" in err


def test_diff_tells_changes_as_text_json_and_on_the_page_of_the_later_file(tmp_path: Path) -> None:
    a, b, out = tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "changes.html"
    text = MADE.read_text("utf-8")
    a.write_text(text, "utf-8")
    text = text.replace("Mean of the readings", "Median of the readings").replace(">Analysis Date<", ">Date<")
    text = text.replace('<ItemRef ItemOID="IT.AVISITN" OrderNumber="4" Mandatory="No"/>', "")
    text = text.replace('<EnumeratedItem CodedValue="4" Rank="2" OrderNumber="2"/>', "")
    text = text.replace('<EnumeratedItem CodedValue="Topic"/>', '<EnumeratedItem CodedValue="Topic"/>' * 2, 1)
    b.write_text(text, "utf-8")
    code, said, _ = define("diff", a, b)
    assert code == 1 and "- Variable ADVS.AVISITN\n" in said and said.endswith("2 added, 2 removed, 2 changed\n")
    code, said, _ = define("diff", a, b, "--format", "json")
    assert code == 1 and [json.loads(said)[k] for k in ("added", "removed", "changed")] == [2, 2, 2]
    assert define("diff", a, b, "-o", out)[:2] == (1, f"{out}\n")
    page = html.parse(out).getroot()
    marks = {tuple(m.text_content().split()) for m in page.xpath("//section[@id='changes']/p[1]/span")}
    assert marks == {("2", "added"), ("2", "removed"), ("2", "changed")}
    (method,) = page.xpath("//section[@id='methods']//tr[@id='MT.AVAL']")
    assert (method.xpath("string(.//del)"), method.xpath("string(.//ins)")) == ("Mean", "Median")
    (gone,) = page.xpath("//section[@id='IG.ADVS']//tr[contains(@class, 'gone')]")
    assert gone.xpath("string(.//del)") == "AVISITN" and "Analysis Visit (N)" in gone.text_content()
    assert page.xpath("//tr[@id='IT.ADT']//span[@class='tag mk changed']")
    ids = set(page.xpath("//@id"))
    assert {h[1:] for h in page.xpath("//section[@id='changes']//a/@href")} <= ids


def test_a_file_against_itself_has_no_change_and_no_mark(tmp_path: Path) -> None:
    out = tmp_path / "changes.html"
    assert define("diff", MADE, MADE) == (0, "adam_2_1.xml -> adam_2_1.xml: no change\n", "")
    assert define("diff", MADE, MADE, "--format", "html", "-o", out)[0] == 0
    page = html.parse(out).getroot()
    assert page.xpath("//*[contains(@class, 'mk')] | //del | //ins") == []
    assert "Nothing changed." in page.get_element_by_id("changes").text_content()


def test_diff_says_what_is_broken_and_refuses_what_is_no_define_xml(broken: Path, tmp_path: Path) -> None:
    code, said, err = define("diff", MADE, broken)
    assert code == 1 and "+ Comment COM.ALONE" in said and "DEF101 no MethodDef has the OID MT.GONE" in err
    assert define("diff", broken, broken)[0] == 0
    (tmp_path / "no.xml").write_text("<html/>", "utf-8")
    assert define("diff", MADE, tmp_path / "no.xml")[0] == 2
    assert define("diff", tmp_path / "no.xml", MADE)[0] == 2


def test_links_to_files_that_are_not_there_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(MADE.read_bytes())
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide one.pdf").write_bytes(b"")
    define("html", path)
    page = html.parse(path.with_suffix(".html")).getroot()
    rows = {r.get("id"): " ".join(r.text_content().split()) for r in page.xpath("//section[@id='documents']//tbody/tr")}
    assert "file not found" not in rows["LF.guide"] and "file not found" in rows["LF.acrf"]


def test_a_conversion_has_its_page_with_what_the_datasets_hold(tmp_path: Path) -> None:
    import shutil

    from cdisc_itp.readers.xpt import read_xpt

    tiny = Path(__file__).parent / "tiny_study"
    shutil.copytree(tiny, tmp_path / "tiny")
    words = ["convert", tmp_path / "tiny" / "spec", "--raw", tmp_path / "tiny" / "raw", "--out", tmp_path / "out"]
    assert CliRunner().invoke(app, [*map(str, words), "--fail-on", "never"]).exit_code == 0
    (xml,) = (tmp_path / "out").rglob("define.xml")
    (named,) = etree.parse(xml).xpath("/processing-instruction('xml-stylesheet')")
    sheet = etree.XSLT(etree.parse(xml.parent / named.get("href")))
    assert "Adverse Events" in str(sheet(etree.parse(xml)))
    page = html.parse(xml.with_suffix(".html")).getroot()
    for path in sorted(xml.parent.glob("*.xpt")):
        (section,) = page.xpath("//section[@data-n=$n and .//table]", n=path.stem.upper())
        said = section.xpath("string(p[contains(@class, 'beside')])")
        data = read_xpt(path)
        assert hashlib.sha256(path.read_bytes()).hexdigest() in said
        assert f"{data.records:,} records" in said and f"{path.stat().st_size:,} bytes" in said
        if "USUBJID" in data.frame:
            assert f"{data.frame['USUBJID'].nunique():,} subjects" in said
    before = xml.with_suffix(".html").read_bytes()
    assert define("html", xml)[0] == 0 and xml.with_suffix(".html").read_bytes() == before
    sexes = read_xpt(xml.parent / "dm.xpt").frame["SEX"].value_counts()
    (table,) = page.xpath("//section[contains(@class, 'cl')][.//a[text()='DM.SEX']]//table")
    seen = {r.xpath("string(th/text())").strip(): r.xpath("string(td[last()])") for r in table.xpath(".//tbody/tr")}
    assert {k: v for k, v in seen.items() if v != "·"} == {k: f"{n:,}" for k, n in sexes.items() if n}


def test_a_data_type_of_odm_that_define_lacks_is_told(tmp_path: Path) -> None:
    """The publisher's schema of Define-XML takes every data type of ODM 1.3.2, on which it is built."""
    text = MADE.read_text("utf-8")
    assert 'DataType="text"' in text
    path = tmp_path / "define.xml"
    path.write_text(text.replace('DataType="text"', 'DataType="string"', 1), "utf-8")
    code, out, _ = define("check", path)
    assert code == 1
    (line,) = [line for line in out.splitlines() if "DEF146" in line]
    number = next(n for n, row in enumerate(path.read_text("utf-8").splitlines(), 1) if 'DataType="string"' in row)
    assert line.startswith(f"define.xml:{number}: DEF146 the ItemDef IT.") and line.endswith("has the data type string")
