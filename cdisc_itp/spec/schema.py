"""JSON Schema of spec files, for editors: made from the types and the registry that the loader uses.

It judges the shape of one file: words, their parameters, types. What names mean, and whether they mean anything,
only the loader can tell. Scalars may be text or what YAML makes of plain text (numbers, true and false).
"""

from __future__ import annotations

import inspect
import types
import typing
from datetime import datetime
from typing import Any

from msgspec import Struct

from ..algorithms.registry import ALGORITHMS, Algorithm, AnyText, parameters
from ..model.where import COMPARATORS, Condition
from ..model.written import is_struct, words_of
from .analysis_types import AnalysisSpec
from .bind import BOOLEANS, METADATA, MOMENT, WHOLE_NUMBER
from .conditions import SEVERAL, STATES
from .display_types import KINDS, DisplaysSpec
from .displays import FILE as DISPLAYS
from .displays import NAME
from .load import LOWER
from .published_types import PublishedSpec
from .types import DatasetSpec, FormSpec, SourceSpec, Steps, StudySpec, VariableSpec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, type[Struct]] = {
    "study.yaml": StudySpec,
    "sources/*.yaml": SourceSpec,
    "sdtm/*.yaml": DatasetSpec,
    "adam/*.yaml": AnalysisSpec,
    "analysis/published.yaml": PublishedSpec,
}
NAMED = ("forms.yaml", DISPLAYS)  # things by their names
Schema = dict[str, Any]


def _in_any_case(word: str) -> str:
    """A pattern for a word in upper or lower case (JSON Schema's patterns have no flags)."""
    return "".join(f"[{c.upper()}{c}]" for c in word)


_TEXT: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
_PARTS: dict[Any, Schema] = {
    AnyText: {"type": ["string", "number", "boolean"]},
    bool: {
        "anyOf": [{"type": "boolean"}, {"type": "string", "pattern": f"^({'|'.join(map(_in_any_case, BOOLEANS))})$"}]
    },
    int: {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^{WHOLE_NUMBER}$"}]},
    datetime: {"type": "string", "pattern": f"^{MOMENT}$"},
    Condition: {"$ref": "#/$defs/condition"},
    Steps: {"$ref": "#/$defs/form column"},
    VariableSpec: {"$ref": "#/$defs/variable"},
}


def spec_schema() -> Schema:
    """One schema for every kind of spec file; ``#/$defs/study.yaml`` and the like are the entry for each.

    >>> sorted(name for name in spec_schema()["$defs"] if name.startswith("analysis/"))
    ['analysis/displays.yaml', 'analysis/published.yaml']
    """
    defs: dict[str, Schema] = _entries()
    defs["condition"] = _condition()
    defs["form column"] = _lines("a form column", ("form", "any"), ())
    defs["variable"] = _lines("a variable", ("dataset", "any"), METADATA)
    for cls in FILES.values():
        _add_struct(cls, defs)
    _add_struct(FormSpec, defs)
    columns = {"propertyNames": {"pattern": f"^{LOWER}$"}, "properties": {"site": {"const": "text"}}}
    defs["FormSpec"]["properties"]["columns"] |= columns
    _add_displays(defs)
    entries = [{"$ref": f"#/$defs/{_pointer(name)}"} for name in (*FILES, *NAMED)]
    title = "cdisc-itp: study.yaml, forms.yaml, sources/*.yaml, sdtm/*.yaml, adam/*.yaml, analysis/displays.yaml"
    return {"$schema": DRAFT, "title": title, "anyOf": entries, "$defs": dict(sorted(defs.items()))}


def file_schema(file: str) -> Schema:
    """The schema of one kind of file: ``study.yaml``, ``forms.yaml``, ``sources/*.yaml`` or ``sdtm/*.yaml``."""
    whole = spec_schema()
    if file not in (*FILES, *NAMED):
        raise KeyError(file)
    return {"$schema": DRAFT, "title": file, "$ref": f"#/$defs/{_pointer(file)}", "$defs": whole["$defs"]}


def _pointer(name: str) -> str:
    """A name within a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _entries() -> dict[str, Schema]:
    entries: dict[str, Schema] = {name: {"$ref": f"#/$defs/{cls.__name__}"} for name, cls in FILES.items()}
    entries["forms.yaml"] = {
        "description": "The forms: one study-wide shape each, by name.",
        "type": "object",
        "propertyNames": {"pattern": f"^{LOWER}$"},
        "additionalProperties": {"$ref": "#/$defs/FormSpec"},
    }
    return entries


def _add_struct(cls: type[Struct], defs: dict[str, Schema]) -> None:
    """A Struct, and those that it holds, as definitions by their names."""
    if cls.__name__ in defs:
        return
    defs[cls.__name__] = {}
    words = words_of(cls)
    properties = {name: _schema(w.type, w.required, defs) for name, w in words.items()}
    required = [name for name, w in words.items() if w.required]
    defs[cls.__name__] = _object(_explained(cls), properties, required, {n: w.needs for n, w in words.items()})


def _add_displays(defs: dict[str, Schema]) -> None:
    """analysis/displays.yaml: its head, and each display after its kind."""
    _add_struct(DisplaysSpec, defs)
    for kind, cls in KINDS.items():
        _add_struct(cls, defs)
        defs[cls.__name__]["properties"]["kind"] = {"const": kind}
    named: Schema = {"type": "object", "propertyNames": {"pattern": f"^{NAME}$"}}
    named["additionalProperties"] = {"anyOf": [{"$ref": f"#/$defs/{cls.__name__}"} for cls in KINDS.values()]}
    defs["DisplaysSpec"]["properties"]["displays"] = named
    defs["DisplaysSpec"]["required"].append("displays")
    defs[DISPLAYS] = {"$ref": "#/$defs/DisplaysSpec"}


def _object(
    description: str, properties: dict[str, Schema], required: list[str], needs: dict[str, tuple[str, ...]]
) -> Schema:
    out: Schema = {"description": description, "type": "object", "properties": properties}
    together = {word: list(others) for word, others in needs.items() if others}
    return out | {"required": required, "dependentRequired": together, "additionalProperties": False}


def _explained(cls: type[Any]) -> str:
    """A docstring without its examples."""
    return (inspect.getdoc(cls) or "").partition(">>>")[0].strip()


def _schema(hint: Any, required: bool, defs: dict[str, Schema]) -> Schema:
    """What a type hint takes; a list that is required is not empty."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _schema(next(a for a in args if a is not type(None)), required, defs)
    if origin is tuple:
        item = _schema(args[0], True, defs)
        return {"anyOf": [item, {"type": "array", "items": item} | ({"minItems": 1} if required else {})]}
    if origin is dict:
        return _words(args[1], defs)
    if origin is typing.Literal:
        return {"enum": [*args, *(float(a) for a in args if a.replace(".", "", 1).isdigit())]}
    if hint in _PARTS:
        return _PARTS[hint]
    if is_struct(hint):
        _add_struct(hint, defs)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return _TEXT


def _words(hint: Any, defs: dict[str, Schema]) -> Schema:
    """Words with values; where a word may have none, a plain list of words will do."""
    value = _schema(hint, False, defs)
    if type(None) not in typing.get_args(hint):
        return {"type": "object", "additionalProperties": value}
    words = {"type": "array", "items": _TEXT, "uniqueItems": True}
    return {"anyOf": [{"type": "object", "additionalProperties": {"anyOf": [value, {"type": "null"}]}}, words]}


def _condition() -> Schema:
    """Comparisons that all hold, by name; a list is OR."""
    several: Schema = {"type": "array", "items": _TEXT, "minItems": 1}
    comparisons: dict[str, Schema] = dict.fromkeys(COMPARATORS, _TEXT)
    comparisons |= {c: {"anyOf": [_TEXT, several]} for c in SEVERAL} | {"IS": {"enum": list(STATES)}}
    compared = {"type": "object", "properties": comparisons, "additionalProperties": False, "minProperties": 1}
    clause: Schema = {"type": "object", "additionalProperties": {"anyOf": [_TEXT, several, compared]}}
    clause["minProperties"] = 1
    return {"description": _condition.__doc__, "anyOf": [clause, {"type": "array", "items": clause, "minItems": 1}]}


def _lines(of: str, scopes: tuple[str, ...], metadata: tuple[str, ...]) -> Schema:
    """A line, or a list of lines of which the first that applies and gives a value wins."""
    words = [a for _, a in sorted(ALGORITHMS.items()) if a.scope in scopes]
    line = {"anyOf": [_line(a, metadata) for a in words]}
    description = f"How {of} is made: one line, or a list of lines of which the first that gives a value wins."
    return {"description": description, "anyOf": [line, {"type": "array", "items": line, "minItems": 1}]}


def _line(word: type[Algorithm], metadata: tuple[str, ...]) -> Schema:
    known = parameters(word)
    main = next(iter(known))
    named = {word.word if n == main else n: p for n, p in known.items()}
    properties: dict[str, Schema] = {n: _schema(p.type, p.required, {}) for n, p in named.items()}
    properties[word.word] = {"description": _explained(word), **properties[word.word]}
    said = words_of(VariableSpec)
    properties |= {m: _schema(said[m].type, False, {}) for m in metadata} | {"when": _PARTS[Condition]}
    required = [n for n, p in named.items() if p.required or n == word.word]
    return _object(_explained(word).partition("\n")[0], properties, required, {n: p.needs for n, p in named.items()})
