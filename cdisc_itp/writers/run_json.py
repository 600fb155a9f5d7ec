"""run.json and manifest.json: what was run on what, and the hash of every output; judged by their JSON Schemas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_SHA: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_COUNTS: dict[str, Any] = {"type": "object", "additionalProperties": _COUNT}


def _closed(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


_INPUT = _closed(
    source=_TEXT,
    table=_TEXT,
    file=_TEXT,
    sheet={"type": ["string", "null"]},
    sha256=_SHA,
    rows=_COUNT,
    detected={"type": "array", "items": _closed(what=_TEXT, value={"type": "string"}, confidence={"type": "number"})},
    notes={"type": "array", "items": _TEXT},
)
RUN_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "run.json of cdisc-itp",
    **_closed(
        tool={"const": "cdisc-itp"},
        version=_TEXT,
        python=_TEXT,
        packages={"type": "object", "additionalProperties": _TEXT},
        study=_TEXT,
        data={"type": ["string", "null"]},
        created=_TEXT,
        encoding=_TEXT,
        spec_sha256=_SHA,
        partial={"type": "boolean"},
        select={"type": "array", "items": _TEXT},
        sources={"type": "array", "items": _TEXT},
        jobs={"type": "integer", "minimum": 1},
        exit_code={"enum": [0, 1]},
        fail_on={"enum": ["error", "warning", "never"]},
        inputs={"type": "array", "items": _INPUT},
        datasets=_COUNTS,
        form_rows=_COUNTS,
        issues=_COUNTS,
        checks={"type": "object"},
        stages={"type": "array", "items": _closed(name=_TEXT, seconds={"type": "number"}, cpu={"type": "number"})},
    ),
}
MANIFEST_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "manifest.json of cdisc-itp",
    **_closed(files={"type": "object", "additionalProperties": _SHA}),
}


def write_json(path: Path, document: dict[str, Any], schema: dict[str, Any]) -> None:
    """Write canonical JSON (sorted keys, two blanks, LF); jsonschema.ValidationError where the schema refuses it."""
    import jsonschema  # a tenth of a second that only those pay who write

    jsonschema.Draft202012Validator(schema).validate(document)
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_run_json(out: Path, document: dict[str, Any], known: Mapping[str, str]) -> None:
    """run.json and the manifest of an output folder; ``known`` are hashes as of `write_manifest`."""
    write_json(out / "run" / "run.json", document, RUN_SCHEMA)
    write_manifest(out, known)


def write_manifest(out: Path, known: Mapping[str, str] | None = None) -> None:
    """manifest.json: SHA-256 of every file below ``out`` but run.json and itself.

    ``known`` are hashes of files that were computed when the files were read back.
    """
    left_out = {"run/run.json", "run/manifest.json"}
    files = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    said = known or {}
    hashes = {name: said.get(name) or sha256_of(p) for name, p in sorted(files.items()) if name not in left_out}
    write_json(out / "run" / "manifest.json", {"files": hashes}, MANIFEST_SCHEMA)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
