"""The reproduction as JSON, judged by its JSON Schema."""

from __future__ import annotations

import json
from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_ANY_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_SHA: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
STATUSES = (
    "REPRODUCED",
    "REPRODUCED_BY_METHOD",
    "NOT_REPRODUCED",
    "INCONSISTENT",
    "AMBIGUOUS",
    "DISCREPANCY_WITH_REGISTRY",
    "NOT_REPORTED",
)
_STATUS: dict[str, Any] = {"enum": list(STATUSES)}


def _closed(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_GROUP = _closed(id=_TEXT, label=_TEXT, n=_COUNT, events=_COUNT)
_DATA = _closed(
    dataset=_TEXT,
    where=_ANY_TEXT,
    variable=_ANY_TEXT,
    event=_ANY_TEXT,
    records=_COUNT,
    groups=_list(_GROUP),
    published=_list(_GROUP),
)
_RESULT = _closed(
    id=_TEXT,
    method=_TEXT,
    label=_TEXT,
    kind=_TEXT,
    measure=_ANY_TEXT,
    statistics=_list(_closed(name=_TEXT, group=_MAYBE, value=_NUMBER, formatted=_TEXT)),
)
_COMPARED = _closed(statistic=_TEXT, reported=_TEXT, computed=_NUMBER, rounded=_TEXT, method=_TEXT, agrees=_TRUTH)
_ITEM = _closed(
    id=_TEXT,
    label=_TEXT,
    reported=_MAYBE,
    source=_TEXT,
    basis=_TEXT,
    rounding=_TEXT,
    words=_ANY_TEXT,
    data=_or_null(_DATA),
    results=_list(_RESULT),
    readings=_list(
        _closed(
            pattern=_TEXT,
            compared=_list(_COMPARED),
            agreeing=_list(_TEXT),
            disagreeing=_list(_TEXT),
            agrees=_TRUTH,
        )
    ),
    assertions=_list(_closed(said=_TEXT, computed=_NUMBER, holds=_TRUTH)),
    registry=_list(_closed(what=_TEXT, registered=_TEXT, computed=_TEXT, agrees=_TRUTH)),
    computed=_list(_TEXT),
    inferred=_list(_TEXT),
    status=_STATUS,
    expected=_STATUS,
    as_expected=_TRUTH,
)
REPRODUCTION_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "cdisc-itp reproduce",
    **_closed(
        tool={"const": "cdisc-itp"},
        version=_TEXT,
        study=_TEXT,
        title=_MAYBE,
        data=_MAYBE,
        evidence=_TEXT,
        as_expected=_TRUTH,
        statuses={"type": "object", "additionalProperties": _COUNT},
        datasets=_list(_closed(name=_TEXT, file=_TEXT, records=_COUNT, sha256=_SHA)),
        items=_list(_ITEM),
        sensitivity=_closed(data=_or_null(_DATA), results=_list(_RESULT)),
    ),
}


def render_reproduction_json(document: dict[str, Any]) -> str:
    """Canonical JSON (sorted keys, two blanks, LF); jsonschema.ValidationError where the schema refuses it."""
    import jsonschema  # a tenth of a second that only those pay who write

    jsonschema.Draft202012Validator(REPRODUCTION_SCHEMA).validate(document)
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
