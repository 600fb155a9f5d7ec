"""What is said to be valid without jsonschema is valid for jsonschema."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.writers.json_schema import conforms, validate_document
from cdisc_itp.writers.run_json import MANIFEST_SCHEMA

SCALARS = st.sampled_from([None, True, False, 0, 1, -1, 1.0, 0.5, "", "a", "ab", "b" * 64])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=6
)
NAMES = st.sampled_from(["string", "boolean", "null", "object", "array", "integer", "number"])
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.just("a title"),
        "type": NAMES | st.lists(NAMES, min_size=1, max_size=2, unique=True),
        "const": SCALARS,
        "enum": st.lists(SCALARS, min_size=1, max_size=3),
        "minLength": st.integers(0, 2),
        "pattern": st.sampled_from(["^a", "b$", "^[0-9a-f]{64}$"]),
        "minimum": st.integers(-1, 1),
        "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "maxLength": st.integers(0, 2),
    },
)
SCHEMAS = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda words, more: {**words, **more},
        WORDS,
        st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
                "additionalProperties": st.just(False) | inner,
                "items": inner,
            },
        ),
    ),
    max_leaves=4,
)


def is_valid(document: Any, schema: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


@given(VALUES, SCHEMAS)
def test_what_conforms_is_valid(value: Any, schema: Any) -> None:
    if conforms(value, schema):
        assert is_valid(value, schema)


@given(VALUES, SCHEMAS)
def test_what_is_refused_is_refused_in_the_words_of_jsonschema(value: Any, schema: Any) -> None:
    if is_valid(value, schema):
        validate_document(value, schema)
    else:
        with pytest.raises(jsonschema.ValidationError):
            validate_document(value, schema)


def test_a_manifest_is_sure_to_be_valid() -> None:
    sha = "0" * 64
    assert conforms({"files": {"a": sha}}, MANIFEST_SCHEMA)
    assert not conforms({"files": {"a": sha[1:]}}, MANIFEST_SCHEMA)
