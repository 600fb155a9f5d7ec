"""`inspect` of raw files hides what identifies a person, and says so; of datasets it hides nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from typer.testing import CliRunner

from cdisc_itp.cli import app
from cdisc_itp.inspecting import HIDDEN
from tests.privacy.scan import read_secrets, scan_text, secret
from tests.studies.truth import COMMITTED

# Invented: the region 999999 does not exist, numbers that begin with 1300000 are not given out.
VALUES = {
    "SUBJECT": ["001", "002"],
    "NAME": ["Wang Xiaoli", "欧阳娜娜"],
    "V1": ["Zhao Min", "Li Si Yuan"],
    "V2": ["99999919711220442X", "99999919740604672X"],
    "TEL": [13000000401.0, 13000000402.0],
    "REMARK": ["seen by WANG, XIAOLI", "call 13000000409, fine"],
    "NOTE": ["fine", "Li Si Yuan came"],
    "WBC": [5.5, 6.0],
}
LABELS = ["Subject", "", "Patient name", "", "", "Remark", "Note", "White blood cells"]
SHOWN = {"SUBJECT": "001", "NOTE": "fine", "WBC": "5.5"}
SECRETS = [secret(v) for v in (*VALUES["NAME"], *VALUES["V1"], *VALUES["V2"], "13000000401", "13000000402")]


def sav(folder: Path) -> Path:
    pyreadstat.write_sav(pd.DataFrame(VALUES), str(folder / "a.sav"), column_labels=LABELS)
    return folder / "a.sav"


def xpt(folder: Path) -> Path:
    path = folder / "a.xpt"
    pyreadstat.write_xport(pd.DataFrame(VALUES), str(path), column_labels=LABELS, table_name="A", file_format_version=5)
    return path


def odm(folder: Path) -> Path:
    records = "".join(
        f'<SubjectData SubjectKey="{row["SUBJECT"]}"><StudyEventData StudyEventOID="E"><FormData FormOID="F">'
        '<ItemGroupData ItemGroupOID="DM">'
        + "".join(f'<ItemData ItemOID="{name}" Value="{_text(value)}"/>' for name, value in row.items())
        + "</ItemGroupData></FormData></StudyEventData></SubjectData>"
        for row in pd.DataFrame(VALUES).to_dict("records")
    )
    items = "".join(
        f'<ItemDef OID="{name}" Name="{label or name}" DataType="text"/>'
        for name, label in zip(VALUES, LABELS, strict=True)
    )
    refs = "".join(f'<ItemRef ItemOID="{name}" Mandatory="No"/>' for name in VALUES)
    (folder / "a.xml").write_text(
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3" FileType="Snapshot" FileOID="f"'
        ' CreationDateTime="2022-01-01T00:00:00"><Study OID="S"><GlobalVariables><StudyName>S</StudyName>'
        "<StudyDescription>S</StudyDescription><ProtocolName>S</ProtocolName></GlobalVariables>"
        '<MetaDataVersion OID="1" Name="1"><ItemGroupDef OID="DM" Name="DM" Repeating="No">'
        f"{refs}</ItemGroupDef>{items}</MetaDataVersion></Study>"
        f'<ClinicalData StudyOID="S" MetaDataVersionOID="1">{records}</ClinicalData></ODM>',
        "utf-8",
    )
    return folder / "a.xml"


def _text(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def inspect(*words: object) -> str:
    done = CliRunner().invoke(app, ["inspect", *map(str, words)])
    assert done.exit_code == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("write", [sav, xpt, odm])
def test_persons_are_hidden_and_it_is_said(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = write(tmp_path)
    for said in (inspect(file), inspect(file, "--json")):
        assert scan_text("inspect.log", said, SECRETS) == []
        assert "NAME: hidden, its name or label speaks of a person's name" in said
        assert "V1: hidden, its name or label speaks of a person's name" in said
        assert "V2: hidden where a cell holds a person's number or name (identity number)" in said
        assert "TEL: hidden, its name or label speaks of a person's telephone" in said
        assert "REMARK: hidden where a cell holds a person's number or name (mobile number)" in said
        assert "NOTE: hidden where a cell holds a person's number or name (dropped identifier)" in said


@pytest.mark.parametrize("write", [sav, xpt, odm])
def test_what_identifies_nobody_is_shown(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    said = json.loads(inspect(write(tmp_path), "--json"))
    first, second = (said.get("table") or said)["rows"]
    assert {name: first[name] for name in SHOWN} == SHOWN
    assert (first["REMARK"], second["NOTE"], second["WBC"]) == (HIDDEN, HIDDEN, "6")


def test_names_of_records_that_are_not_shown_are_hidden_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"NAME": ["", "Wang Xiaoli"], "REMARK": ["seen by Wang Xiaoli", ""]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"))
    assert "Wang" not in inspect(tmp_path / "a.sav", "--rows", "1")


RAW = sorted(p for p in (COMMITTED / "raw").rglob("*") if p.suffix in (".sav", ".zsav", ".sas7bdat", ".xml", ".xpt"))


@pytest.mark.parametrize("file", RAW, ids=lambda p: p.name)
def test_raw_files_of_the_synthetic_study(file: Path) -> None:
    secrets = read_secrets(COMMITTED / "truth" / "identifiers.csv")
    for words in ((), ("--json",)):
        assert scan_text("inspect.log", inspect(file, "--rows", "1000000", *words), secrets) == []


def test_there_are_such_files() -> None:
    assert {p.suffix for p in RAW} >= {".sav", ".xpt", ".xml"}
