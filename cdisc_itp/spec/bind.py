"""From strict YAML to typed objects: every problem is appended with its line and a hint, none stops the rest."""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..algorithms.registry import ALGORITHMS, Algorithm, parameters
from ..model.issue import SpecProblem
from ..model.where import COMPARATORS, Comparison, Condition, WhereClause
from .types import Step, Steps, VariableSpec
from .yaml import Map, Node, Sequence

METADATA = tuple(f.name for f in dataclasses.fields(VariableSpec) if f.name not in ("steps", "line", "file"))
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


def near(word: str, words: Iterable[str]) -> str:
    """A did-you-mean hint, or the choice where nothing is near."""
    choice = [str(w) for w in words]
    close = difflib.get_close_matches(word, choice, 1, 0.6)
    lower = {c.lower(): c for c in choice}
    if word.lower() in lower and lower[word.lower()] != word:
        close = [lower[word.lower()]]
    if close:
        return f"did you mean '{close[0]}'?"
    return f"one of {', '.join(sorted(choice))}" if 0 < len(choice) <= 40 else ""


class Binder:
    """Binds the nodes of one file."""

    def __init__(self, file: str, problems: list[SpecProblem]) -> None:
        self.file, self.problems = file, problems

    def fail(self, line: int, code: str, message: str, hint: str = "") -> None:
        """Append a problem."""
        self.problems.append(SpecProblem(self.file, line, code, message, hint))

    def bind(self, cls: type[Any], node: Node, line: int, what: str) -> Any:
        """An object of a spec dataclass, or None where its node has a problem."""
        if not isinstance(node, Map):
            self.fail(line, "SPEC102", f"{what}: expected 'key: value' lines")
            return None
        hints, fields = typing.get_type_hints(cls), dataclasses.fields(cls)
        words = {f.name.rstrip("_"): f for f in fields}
        before, given = len(self.problems), {}
        for word, value in node.items():
            at = node.lines[word]
            if word not in words:
                self.fail(at, "SPEC100", f"{what}: '{word}' is not known here", near(word, words))
            else:
                given[words[word].name] = self.value(hints[words[word].name], value, at, f"{what}.{word}")
        for word, f in words.items():
            lacking = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            if lacking and f.name not in given:
                self.fail(node.line, "SPEC101", f"{what}: '{word}' is missing")
        return None if len(self.problems) > before else cls(**given)

    def value(self, hint: Any, node: Node, line: int, what: str) -> Any:
        """A node as the type that its place wants."""
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            rest = [a for a in args if a is not type(None)]
            return None if node is None else self.value(rest[0], node, line, what)
        if origin is tuple:
            return self._tuple(args[0], node, line, what)
        if origin is dict:
            return self._dict(args[1], node, line, what)
        if origin is typing.Literal:
            return self._literal(args, node, line, what)
        if hint in (Steps, VariableSpec, Condition):
            return self._special(hint, node, line, what)
        if dataclasses.is_dataclass(hint):
            return self.bind(typing.cast(type[Any], hint), node, line, what)
        return self._scalar(hint, node, line, what)

    def _tuple(self, inner: Any, node: Node, line: int, what: str) -> tuple[Any, ...]:
        items = node if isinstance(node, list) else [node]
        lines = node.lines if isinstance(node, Sequence) else [line] * len(items)
        return tuple(self.value(inner, item, at, what) for item, at in zip(items, lines, strict=True))

    def _dict(self, inner: Any, node: Node, line: int, what: str) -> dict[str, Any]:
        if isinstance(node, list) and inner != str:
            node = self._markers(node, line)
        if not isinstance(node, Map):
            self.fail(line, "SPEC102", f"{what}: expected 'key: value' lines")
            return {}
        return {k: self.value(inner, v, node.lines[k], f"{what}.{k}") for k, v in node.items()}

    def _markers(self, node: list[Node], line: int) -> Map:
        """A plain list where words may have a meaning: words without one."""
        out = Map(line)
        for item in node:
            out[str(item)] = None
            out.lines[str(item)] = line
        return out

    def _literal(self, args: tuple[Any, ...], node: Node, line: int, what: str) -> Any:
        if node not in args:
            self.fail(line, "SPEC102", f"{what}: {_shown(node)} is not allowed", near(str(node), args))
        return node

    def _scalar(self, hint: Any, node: Node, line: int, what: str) -> Any:
        if not isinstance(node, str):
            self.fail(line, "SPEC102", f"{what}: expected one value, got {_shown(node)}")
            return None
        if hint is bool:
            if node.lower() not in _BOOLEANS:
                self.fail(line, "SPEC102", f"{what}: '{node}' is not yes or no")
            return _BOOLEANS.get(node.lower())
        if hint in (int, Decimal, float, datetime):
            return self._parsed(hint, node, line, what)
        return hint(node)

    def _parsed(self, hint: Any, node: str, line: int, what: str) -> Any:
        kinds = {int: "a whole number", datetime: "a date and time (2023-07-31T00:00:00)"}
        try:
            if hint is int and not re.fullmatch(r"-?[0-9]{1,9}", node):
                raise ValueError(node)
            return datetime.fromisoformat(node) if hint is datetime else hint(node)
        except (ValueError, ArithmeticError):
            self.fail(line, "SPEC102", f"{what}: '{node}' is not {kinds.get(hint, 'a number')}")
            return None

    def _special(self, hint: Any, node: Node, line: int, what: str) -> Any:
        if hint is Condition:
            return self.condition(node, line, what)
        if hint is Steps:
            return Steps(self.steps(node, line, what, ())[0])
        steps, metadata = self.steps(node, line, what, METADATA)
        at = node.line if isinstance(node, Map) else line
        return VariableSpec(steps, **metadata, line=at, file=self.file)

    def steps(
        self, node: Node, line: int, what: str, metadata: tuple[str, ...]
    ) -> tuple[tuple[Step, ...], dict[str, Any]]:
        """The steps of a variable or form column, and the metadata written among them."""
        items = node if isinstance(node, list) else [node]
        lines = node.lines if isinstance(node, Sequence) else [line] * len(items)
        said: dict[str, Any] = {}
        made = [self._step(item, at, what, metadata, said) for item, at in zip(items, lines, strict=True)]
        return tuple(s for s in made if s is not None), said

    def _step(self, node: Node, line: int, what: str, metadata: tuple[str, ...], said: dict[str, Any]) -> Step | None:
        if not isinstance(node, Map):
            self.fail(line, "SPEC104", f"{what}: expected {{algorithm: argument, ...}}, got {_shown(node)}")
            return None
        words = [k for k in node if k in ALGORITHMS]
        if len(words) != 1:
            self._no_algorithm(node, words, what)
            return None
        before = len(self.problems)
        when = self.condition(node["when"], node.lines["when"], f"{what}.when") if "when" in node else None
        hints = typing.get_type_hints(VariableSpec)
        for word in node:
            if word in metadata:
                said[word] = self.value(hints[word], node[word], node.lines[word], f"{what}.{word}")
        algorithm = self._algorithm(node, words[0], what, {*metadata, "when"})
        return None if len(self.problems) > before else Step(algorithm, when, node.line, self.file)

    def _no_algorithm(self, node: Map, words: list[str], what: str) -> None:
        if words:
            at = node.lines[words[1]]
            self.fail(at, "SPEC103", f"{what}: two algorithms, {' and '.join(words)}", "a list of lines tries several")
            return
        others = [k for k in node if k not in METADATA and k != "when"]
        word = next((k for k in others if difflib.get_close_matches(k, ALGORITHMS, 1)), next(iter(others), ""))
        at = node.lines.get(word, node.line)
        self.fail(at, "SPEC104", f"{what}: '{word}' is no algorithm", near(word, ALGORITHMS))

    def _algorithm(self, node: Map, word: str, what: str, common: set[str]) -> Algorithm:
        known = parameters(ALGORITHMS[word])
        main = next(iter(known))
        given: dict[str, Any] = {}
        for key, value in node.items():
            at = node.lines[key]
            if key == word:
                given[main] = self.value(known[main][0], value, at, f"{what}: {word}")
            elif key in known and key != main:
                given[key] = self.value(known[key][0], value, at, f"{what}: {word}.{key}")
            elif key not in common:
                hint = near(key, [k for k in known if k != main] + sorted(common))
                self.fail(at, "SPEC105", f"{what}: '{word}' has no parameter '{key}'", hint)
        for key, (_, required) in known.items():
            if required and key not in given:
                self.fail(node.line, "SPEC107", f"{what}: '{word}' needs '{key}'")
        names = {f.name.rstrip("_"): f.name for f in dataclasses.fields(ALGORITHMS[word])}  # type: ignore[arg-type]
        complete = all(not required or k in given for k, (_, required) in known.items())
        return ALGORITHMS[word](**{names[k]: v for k, v in given.items()}) if complete else Algorithm()

    def condition(self, node: Node, line: int, what: str) -> Condition | None:
        """Comparisons that all hold; a list of them is OR."""
        before = len(self.problems)
        items = node if isinstance(node, list) else [node]
        clauses = tuple(self._clause(item, line, what) for item in items)
        return None if len(self.problems) > before else Condition(clauses)

    def _clause(self, node: Node, line: int, what: str) -> WhereClause:
        if not isinstance(node, Map) or not node:
            self.fail(line, "SPEC151", f"{what}: expected {{NAME: {{EQ: value}}}}, got {_shown(node)}")
            return WhereClause(())
        return WhereClause(tuple(c for ref in node for c in self._comparisons(node, ref, what)))

    def _comparisons(self, node: Map, ref: str, what: str) -> list[Comparison]:
        value, line = node[ref], node.lines[ref]
        if isinstance(value, str):
            return [Comparison(ref, "EQ", (value,))]
        if isinstance(value, list):
            return [Comparison(ref, "IN", tuple(str(v) for v in value))]
        if not isinstance(value, Map):
            self.fail(line, "SPEC151", f"{what}.{ref}: a condition needs a value")
            return []
        return [c for word in value for c in self._comparison(value, word, ref, what)]

    def _comparison(self, node: Map, word: str, ref: str, what: str) -> list[Comparison]:
        line, value = node.lines[word], node[word]
        if word not in COMPARATORS:
            self.fail(line, "SPEC151", f"{what}.{ref}: '{word}' is no comparator", near(word, COMPARATORS))
            return []
        values = tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)
        if (len(values) != 1 and word not in ("IN", "NOTIN")) or value is None or not values:
            self.fail(line, "SPEC151", f"{what}.{ref}: {word} takes {'values' if 'IN' in word else 'one value'}")
            return []
        if word == "IS" and values[0] not in ("MISSING", "PRESENT"):
            self.fail(line, "SPEC151", f"{what}.{ref}: IS takes MISSING or PRESENT, not '{values[0]}'")
            return []
        return [Comparison(ref, typing.cast(Any, word), values)]


def _shown(node: Node) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, Map):
        return "'key: value' lines"
    return "a list" if isinstance(node, list) else f"'{node}'"
