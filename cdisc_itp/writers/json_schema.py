"""JSON documents against their JSON Schemas, fast where they are as they should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "null": NoneType,
    "object": dict,
    "array": list,
    "integer": int,
    "number": (int, float),
}
_NUMBERS = ("integer", "number")


def validate_document(document: Any, schema: Mapping[str, Any]) -> None:
    """jsonschema.ValidationError where the schema (draft 2020-12) refuses the document.

    Only what is not plainly valid is put to jsonschema: to import it takes longer than to write a run's JSON.
    """
    if not conforms(document, schema):
        import jsonschema

        jsonschema.Draft202012Validator(schema).validate(document)


def conforms(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value is sure to be valid; with a keyword that is not known here it is not.

    >>> conforms({"n": 1}, {"properties": {"n": {"type": "integer"}}}), conforms(1, {"multipleOf": 1})
    (True, False)
    """
    return all(word in _KEYWORDS and _KEYWORDS[word](value, said, schema) for word, said in schema.items())


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name in _NUMBERS and isinstance(value, bool))


def _equals(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)


def _others_conform(value: Any, said: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    others = [v for k, v in value.items() if k not in schema.get("properties", {})]
    return not others if said is False else all(conforms(v, said) for v in others)


# Each keyword: whether a value is sure to meet what is said; but for `type`, values of another type meet it.
_KEYWORDS: dict[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    "$schema": lambda value, said, schema: True,
    "title": lambda value, said, schema: True,
    "type": lambda value, said, schema: any(_is(value, t) for t in ([said] if isinstance(said, str) else said)),
    "const": lambda value, said, schema: _equals(value, said),
    "enum": lambda value, said, schema: any(_equals(value, v) for v in said),
    "minLength": lambda value, said, schema: not isinstance(value, str) or len(value) >= said,
    "pattern": lambda value, said, schema: not isinstance(value, str) or re.search(said, value) is not None,
    "minimum": lambda value, said, schema: not _is(value, "number") or value >= said,
    "required": lambda value, said, schema: not isinstance(value, dict) or all(k in value for k in said),
    "properties": lambda value, said, schema: (
        not isinstance(value, dict) or all(conforms(value[k], s) for k, s in said.items() if k in value)
    ),
    "additionalProperties": _others_conform,
    "items": lambda value, said, schema: not isinstance(value, list) or all(conforms(v, said) for v in value),
}
