"""run.json and manifest.json: judged by their schemas, canonical, and true."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cdisc_itp.spec.load import spec_hash
from cdisc_itp.writers.run_json import MANIFEST_SCHEMA, RUN_SCHEMA, sha256_of, write_json, write_manifest
from tests.tiny import TINY, whole


@pytest.fixture
def out(request: pytest.FixtureRequest) -> Path:
    return whole("tiny", request)[1]


@pytest.fixture
def said(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run/run.json").read_text("utf-8"))
    return found


def test_both_are_what_their_schemas_say(out: Path, said: dict[str, Any]) -> None:
    for schema in (RUN_SCHEMA, MANIFEST_SCHEMA):
        jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(RUN_SCHEMA).validate(said)
    jsonschema.Draft202012Validator(MANIFEST_SCHEMA).validate(json.loads((out / "run/manifest.json").read_text()))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("exit_code", 2),
        ("tool", "other"),
        ("spec_sha256", "abc"),
        ("fail_on", "note"),
        ("datasets", {"DM": -1}),
        ("x", 1),
    ],
)
def test_the_schema_refuses_what_is_wrong(said: dict[str, Any], tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        write_json(tmp_path / "run.json", {**said, key: value}, RUN_SCHEMA)
    assert not (tmp_path / "run.json").exists()


def test_the_schema_misses_what_is_not_there(said: dict[str, Any], tmp_path: Path) -> None:
    for key in said:
        with pytest.raises(jsonschema.ValidationError, match=f"'{key}' is a required property"):
            write_json(tmp_path / "run.json", {k: v for k, v in said.items() if k != key}, RUN_SCHEMA)


def test_inputs_are_the_raw_files_with_their_hashes_and_rows(said: dict[str, Any]) -> None:
    files = {p.relative_to(TINY / "raw").as_posix(): p for p in (TINY / "raw").rglob("*.csv")}
    assert sorted(i["file"] for i in said["inputs"]) == sorted(files)
    for entry in said["inputs"]:
        assert entry["sha256"] == hashlib.sha256(files[entry["file"]].read_bytes()).hexdigest()
        lines = [x for x in files[entry["file"]].read_text().splitlines() if not x.startswith("#")]
        assert entry["rows"] == len(lines) - 1


def test_it_says_what_was_run_and_how(said: dict[str, Any]) -> None:
    assert (said["study"], said["encoding"], said["jobs"], said["partial"]) == ("TINY-01", "ascii", 1, False)
    assert said["data"] == "INVENTED - NO REAL PATIENT."
    assert said["spec_sha256"] == spec_hash(TINY / "spec")
    assert [s["name"] for s in said["stages"]][:2] == ["read the spec", "read raw files"]
    assert said["form_rows"] == {"submitted": 60, "merged": 12, "read by look-up": 8, "not submitted": 9}
    assert said["checks"]["did_not_run"] == {}


def test_the_manifest_has_the_hash_of_every_file_but_run_json(out: Path) -> None:
    files = json.loads((out / "run/manifest.json").read_text())["files"]
    there = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert set(files) == there - {"run/run.json", "run/manifest.json"}
    for name, sha256 in files.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256


def test_json_is_canonical(out: Path, said: dict[str, Any]) -> None:
    text = (out / "run/run.json").read_bytes().decode("utf-8")
    assert text == json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_a_number_that_json_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"seconds": float("nan")}, {"type": "object"})
    assert not (tmp_path / "x.json").exists()


def test_hashes_of_an_empty_folder_and_file(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_manifest(tmp_path)
    assert json.loads((tmp_path / "run/manifest.json").read_text()) == {"files": {}}
    (tmp_path / "empty").write_bytes(b"")
    # FIPS 180-4: the SHA-256 of the empty message.
    assert sha256_of(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
