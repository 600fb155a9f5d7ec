"""The survey of sources as JSON, judged by its JSON Schema."""

from __future__ import annotations

import json
from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_ANY_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_SHA: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_COUNTS: dict[str, Any] = {"type": "object", "additionalProperties": _COUNT}


def _closed(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXTS = _list(_TEXT)
_ROWS = _list({"type": "integer", "minimum": 1})
_VALUES = _list(_closed(value=_TEXT, count=_COUNT))
_DATE = _closed(
    format=_TEXT, count=_COUNT, partial=_COUNT, impossible=_COUNT, ambiguous=_COUNT, certain=_COUNT, other=_MAYBE
)
_NUMBER = _closed(
    count=_COUNT,
    mark={"enum": [".", ",", None]},
    thousands={"enum": [".", ",", None]},
    decimals=_COUNTS,
    limits=_COUNT,
    uncertain=_COUNT,
)
_KINDS = ["empty", "integer", "decimal", "date", "time", "datetime", "yes/no", "code list", "text"]
_COLUMN: dict[str, dict[str, Any]] = {
    "column": _TEXT,
    "label": _ANY_TEXT,
    "kind": {"enum": _KINDS},
    "evidence": _TEXT,
    "missing": _COUNT,
    "distinct": _COUNT,
    "count": _COUNT,
    "hidden": _ANY_TEXT,
    "values": _VALUES,
    "shapes": _VALUES,
    "dates": _list(_DATE),
    "number": _or_null(_NUMBER),
    "marks": _list(_closed(value=_ANY_TEXT, count=_COUNT)),
    "traits": _COUNTS,
    "roles": _TEXTS,
    "identifier": _MAYBE,
    "identifier_like": _list(_closed(shape=_TEXT, count=_COUNT, rows=_ROWS)),
}
_PLACE = _closed(fate={"enum": ["read", "not submitted", "no place"]}, reason=_ANY_TEXT)
_CONFIDENCE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_TABLE = _closed(
    source=_TEXT,
    table=_TEXT,
    file=_TEXT,
    sheet=_MAYBE,
    sha256=_SHA,
    rows=_COUNT,
    duplicates=_COUNT,
    not_submitted=_MAYBE,
    detected=_list(_closed(what=_TEXT, value=_ANY_TEXT, confidence=_CONFIDENCE, declared={"type": "boolean"})),
    skipped=_COUNTS,
    dropped=_COUNTS,
    notes=_TEXTS,
    problems=_TEXTS,
    unknown=_TEXTS,
    missing=_list(_closed(column=_TEXT, **{"for": _TEXTS}, line=_COUNT, hint=_ANY_TEXT)),
    columns=_list(_closed(**_COLUMN, place=_PLACE)),
)
_FORM = _closed(
    form=_TEXT,
    row=_TEXT,
    sources={
        "type": "object",
        "additionalProperties": _closed(raw_rows=_COUNT, form_rows=_COUNT, subjects=_COUNT),
    },
    columns=_list(
        _closed(
            column=_TEXT,
            kind=_TEXT,
            differs={"type": "boolean"},
            written=_list(_closed(source=_TEXT, file=_TEXT, said=_TEXT, raw=_MAYBE, seen=_or_null(_closed(**_COLUMN)))),
        )
    ),
)
_JUDGED = _closed(
    source=_TEXT,
    form=_TEXT,
    column=_ANY_TEXT,
    where=_TEXT,
    code={"type": "string", "pattern": "^DATA[0-9]{3}$"},
    against=_ANY_TEXT,
    value=_MAYBE,
    count=_COUNT,
    file=_TEXT,
    row={"type": "integer", "minimum": 1},
)
_GAPS = {"enum": ["not in demography", "no row", "several rows"]}
_AT = {"source": _TEXT, "file": _TEXT, "column": _TEXT}
SITES_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "what the sources of a study have, by cdisc-itp sites",
    **_closed(
        tool={"const": "cdisc-itp"},
        version=_TEXT,
        study=_TEXT,
        data=_MAYBE,
        spec_sha256=_SHA,
        spec_problems=_TEXTS,
        not_compared=_TEXTS,
        sources=_TEXTS,
        totals={"type": "object", "additionalProperties": _closed(tables=_COUNT, rows=_COUNT)},
        tables=_list(_TABLE),
        unreadable=_list(_closed(source=_TEXT, table=_TEXT, problem=_TEXT)),
        unclaimed=_TEXTS,
        forms=_list(_FORM),
        unfilled=_TEXTS,
        values=_list(_JUDGED),
        units=_list(_closed(form=_TEXT, test=_TEXT, source=_TEXT, unit=_MAYBE, count=_COUNT, number=_or_null(_NUMBER))),
        subjects=_closed(
            demography=_TEXTS,
            one_row=_TEXTS,
            gaps=_list(_closed(form=_TEXT, source=_TEXT, what=_GAPS, count=_COUNT, subjects=_TEXTS)),
        ),
        identifiers=_closed(
            dropped=_list(_closed(**_AT, cells=_COUNT)),
            suspected=_list(_closed(**_AT, why=_TEXT, count=_COUNT, rows=_ROWS)),
        ),
    ),
}


def render_sites_json(document: dict[str, Any]) -> str:
    """Canonical JSON (sorted keys, two blanks, LF); jsonschema.ValidationError where the schema refuses it."""
    import jsonschema  # a tenth of a second that only those pay who write

    jsonschema.Draft202012Validator(SITES_SCHEMA).validate(document)
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
