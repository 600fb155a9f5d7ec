"""Conditions as a spec writes them: {NAME: value}, {NAME: [values]}, {NAME: {GE: value}}; a list is OR."""

from __future__ import annotations

from collections.abc import Callable

from ..algorithms.registry import Ref
from ..model.where import COMPARATORS, Comparison, Condition, WhereClause
from .suggest import near, shown
from .yaml import Map, Node

Fail = Callable[[int, str, str, str], None]
STATES = ("MISSING", "PRESENT")
SEVERAL = ("IN", "NOTIN")


def bind_condition(node: Node, line: int, what: str, fail: Fail) -> Condition | None:
    """Comparisons that all hold; a list of them is OR. None where something is wrong (SPEC151)."""
    items = node if isinstance(node, list) else [node]
    clauses = [_clause(item, line, what, fail) for item in items]
    if not clauses:
        fail(line, "SPEC151", f"{what}: no condition", "leave the word out, or write {NAME: value}")
    bound = tuple(c for c in clauses if c is not None)
    return Condition(bound) if bound and len(bound) == len(clauses) else None


def _clause(node: Node, line: int, what: str, fail: Fail) -> WhereClause | None:
    if not isinstance(node, Map) or not node:
        said = shown(node) if node else "nothing"
        fail(line, "SPEC151", f"{what}: expected {{NAME: {{EQ: value}}}}, got {said}", "")
        return None
    made = [_comparisons(node, ref, what, fail) for ref in node]
    found = tuple(c for some in made if some is not None for c in some)
    return WhereClause(found) if None not in made else None


def _comparisons(node: Map, ref: str, what: str, fail: Fail) -> list[Comparison] | None:
    value, line, where = node[ref], node.lines[ref], f"{what}.{ref}"
    name = Ref(ref)
    name.line = line
    if isinstance(value, Map):
        made = [_comparison(name, value, word, where, fail) for word in value]
        if not made:
            fail(line, "SPEC151", f"{where}: a condition needs a value", "")
        return [c for c in made if c is not None] if made and None not in made else None
    values = _values(value, line, where, fail)
    if values is None:
        return None
    return [Comparison(name, "IN" if isinstance(value, list) else "EQ", values)]


def _comparison(ref: Ref, node: Map, word: str, where: str, fail: Fail) -> Comparison | None:
    line, value = node.lines[word], node[word]
    if word not in COMPARATORS:
        fail(line, "SPEC151", f"{where}: '{word}' is no comparator", near(word, COMPARATORS))
        return None
    if isinstance(value, list) and word not in SEVERAL:
        fail(line, "SPEC151", f"{where}: {word} takes one value, not a list", "IN and NOTIN take several")
        return None
    values = _values(value, line, where, fail)
    if values is None:
        return None
    if word == "IS" and values[0] not in STATES:
        fail(line, "SPEC151", f"{where}: IS takes MISSING or PRESENT, not '{values[0]}'", near(values[0], STATES))
        return None
    return Comparison(ref, word, values)


def _values(node: Node, line: int, where: str, fail: Fail) -> tuple[str, ...] | None:
    items = node if isinstance(node, list) else [node]
    texts = [i for i in items if isinstance(i, str) and i]
    if texts and len(texts) == len(items):
        return tuple(texts)
    hint = "{IS: MISSING} asks for records without a value" if node in (None, "", []) else ""
    fail(line, "SPEC151", f"{where}: a condition needs a value, got {shown(node) if node else 'nothing'}", hint)
    return None
