"""The command inspect on an ODM file."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from cdisc_itp.cli import app
from tests.readers.odm_files import DEFINITIONS, clinical, document, group, item, write


def inspect(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["inspect", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def snapshot(folder: Path, definitions: str = DEFINITIONS) -> Path:
    body = clinical(group(item("MH.TERM", "Cough"), "1") + group(item("MH.TERM", "Fever"), "2"))
    return write(folder, document(definitions + body))


def test_several_item_groups_are_listed(tmp_path: Path) -> None:
    code, out, _ = inspect(snapshot(tmp_path))
    assert code == 0
    assert "IG.MH" in out and "Medical history" in out and "IG.VS" in out
    assert "--item-group OID" in out and "Cough" not in out


def test_records_of_the_one_asked_for(tmp_path: Path) -> None:
    code, out, _ = inspect(snapshot(tmp_path), "--item-group", "IG.MH", "--rows", "1")
    assert code == 0
    assert "Diagnosis?" in out and "MH.TERM=Cough" in out and "Fever" not in out


def test_the_only_item_group_is_shown_at_once_and_json_says_the_same(tmp_path: Path) -> None:
    path = snapshot(tmp_path, "")
    assert "MH.TERM=Fever" in inspect(path)[1]
    said = json.loads(inspect(path, "--json")[1])
    assert said["item_groups"] == [{"oid": "IG.MH", "name": "", "records": 2}]
    assert [row["MH.TERM"] for row in said["table"]["rows"]] == ["Cough", "Fever"]


def test_what_is_no_odm_is_said(tmp_path: Path) -> None:
    code, _, err = inspect(write(tmp_path, "<html/>"))
    assert code == 2 and "READ070" in err
