"""From strict YAML to typed objects: every problem is appended with its line and a hint, none stops the rest."""

from __future__ import annotations

import difflib
import re
import types
import typing
from datetime import datetime
from typing import Any

from msgspec import Struct

from ..algorithms.registry import ALGORITHMS, Algorithm, AnyText, Written, parameters
from ..model.issue import SpecProblem
from ..model.where import Condition
from ..model.written import is_struct, words_of
from .conditions import bind_condition
from .suggest import near, shown
from .types import Step, Steps, VariableSpec
from .yaml import Map, Node, Sequence

METADATA = tuple(name for name in words_of(VariableSpec) if name != "steps")
# Words that messages leave out before the names that stand under them: LB.LBORRES, not LB.variables.LBORRES.
UNSAID = ("variables", "supplemental", "comments", "set", "columns", "forms")
BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}
WHOLE_NUMBER = r"-?[0-9]{1,9}"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?"


class _Bad:
    """Stands for a value that has a problem; it makes bad what it is needed for."""


BAD = _Bad()
S = typing.TypeVar("S", bound=Struct)


class Binder:
    """Binds the nodes of one file."""

    def __init__(self, file: str, problems: list[SpecProblem]) -> None:
        self.file, self.problems = file, problems

    def fail(self, line: int, code: str, message: str, hint: str = "") -> None:
        """Append a problem."""
        self.problems.append(SpecProblem(self.file, line, code, message, hint))

    def bind(self, cls: type[S], node: Node, line: int, what: str) -> S | None:
        """An object of a spec type, or None where it cannot be made.

        A step with a problem is left out of its variable or form column, so that the rest is judged too.
        Problems: SPEC100 (unknown key), SPEC101 (missing key), SPEC102 (wrong value), SPEC103-SPEC107 (steps),
        SPEC151 (conditions).
        """
        made = self._object(cls, node, line, what)
        return None if made is BAD else made

    def _object(self, cls: type[Struct], node: Node, line: int, what: str) -> Any:
        if not isinstance(node, Map):
            return self._wrong(line, what, "expected 'key: value' lines", node)
        words = words_of(cls)
        given: dict[str, Any] = {}
        for word, value in node.items():
            at = node.lines[word]
            if word not in words:
                self.fail(at, "SPEC100", f"{what}: '{word}' is not known here", near(word, words))
            else:
                given[words[word].field] = self.value(words[word].type, value, at, f"{what}.{word}")
        required = [n for n, w in words.items() if w.required]
        missing = [n for n in required if words[n].field not in given]
        for word in missing:
            self.fail(node.line, "SPEC101", f"{what}: '{word}' is missing")
        self._check_needs(node, what, {n: w.needs for n, w in words.items()})
        for word in (n for n in required if given.get(words[n].field) == ()):
            self.fail(node.lines[word], "SPEC102", f"{what}.{word}: the list is empty")
        return BAD if missing or any(v is BAD for v in given.values()) else cls(**given)

    def _wrong(self, line: int, what: str, wanted: str, node: Node) -> Any:
        got = "" if isinstance(node, Map) else f", got {shown(node)}"
        self.fail(line, "SPEC102", f"{what}: {wanted}{got}")
        return BAD

    def value(self, hint: Any, node: Node, line: int, what: str) -> Any:
        """A node as the type that its place wants, or BAD."""
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            return self.value(next(a for a in args if a is not type(None)), node, line, what)
        if origin is tuple:
            return self._tuple(args[0], node, line, what)
        if origin is dict:
            return self._dict(args[1], node, line, what)
        if origin is typing.Literal:
            return self._literal(args, node, line, what)
        if hint is Condition:
            return bind_condition(node, line, what, self.fail) or BAD
        if hint is Steps:
            return Steps(self.steps(node, line, what, ())[0])
        if hint is VariableSpec:
            steps, metadata = self.steps(node, line, what, METADATA)
            return VariableSpec(steps, **metadata, line=line, file=self.file)
        if is_struct(hint):
            return self._object(hint, node, line, what)
        return self._scalar(hint, node, line, what)

    def _tuple(self, inner: Any, node: Node, line: int, what: str) -> Any:
        items = node if isinstance(node, list) else [node]
        lines = node.lines if isinstance(node, Sequence) else [line] * len(items)
        made = tuple(self.value(inner, item, at, what) for item, at in zip(items, lines, strict=True))
        return BAD if BAD in made else made

    def _dict(self, inner: Any, node: Node, line: int, what: str) -> Any:
        free = type(None) in typing.get_args(inner)
        if free and isinstance(node, list):
            return self._words(node, line, what)
        if not isinstance(node, Map):
            return self._wrong(line, what, "expected 'key: value' lines", node)
        before, _, word = what.rpartition(".")
        what = before if word in UNSAID else what
        made = {
            k: None if v is None and free else self.value(inner, v, node.lines[k], f"{what}.{k}")
            for k, v in node.items()
        }
        return BAD if any(v is BAD for v in made.values()) else made

    def _words(self, node: list[Node], line: int, what: str) -> Any:
        """A plain list where words may have a meaning: words without one."""
        out: dict[str, None] = {}
        for item, at in zip(node, node.lines if isinstance(node, Sequence) else [line] * len(node), strict=True):
            if not isinstance(item, str):
                return self._wrong(at, what, "expected one value", item)
            if item in out:
                self.fail(at, "SPEC102", f"{what}: '{item}' is written twice")
            out[item] = None
        return out

    def _literal(self, args: tuple[Any, ...], node: Node, line: int, what: str) -> Any:
        if not isinstance(node, str) or node not in args:
            self.fail(line, "SPEC102", f"{what}: {shown(node)} is not allowed", near(str(node), args))
            return BAD
        return node

    def _scalar(self, hint: Any, node: Node, line: int, what: str) -> Any:
        if not isinstance(node, str):
            return self._wrong(line, what, "expected one value", node)
        if hint is bool:
            return self._checked(node.lower() in BOOLEANS, line, what, node, "yes or no") or BOOLEANS[node.lower()]
        if hint is int:
            fits = re.fullmatch(WHOLE_NUMBER, node) is not None
            return self._checked(fits, line, what, node, "a whole number") or int(node)
        if hint is datetime:
            return self._moment(node, line, what)
        if not node and hint is not AnyText:
            return self._wrong(line, what, "expected a text, got an empty one", Map(line))
        made = hint(node)
        if isinstance(made, Written):
            made.line = line
        return made

    def _checked(self, fits: bool, line: int, what: str, node: str, wanted: str) -> Any:
        """BAD with a problem where a text does not fit; else nothing."""
        return None if fits else self._wrong(line, what, f"'{node}' is not {wanted}", Map(line))

    def _moment(self, node: str, line: int, what: str) -> Any:
        try:
            return datetime.fromisoformat(node if re.fullmatch(MOMENT, node) else "")
        except ValueError:
            return self._checked(False, line, what, node, "a date and time (2023-07-31T00:00:00)")

    def steps(
        self, node: Node, line: int, what: str, metadata: tuple[str, ...]
    ) -> tuple[tuple[Step, ...], dict[str, Any]]:
        """The steps of a variable or form column, and the metadata written among them."""
        items = node if isinstance(node, list) else [node]
        lines = node.lines if isinstance(node, Sequence) else [line] * len(items)
        if not items:
            self.fail(line, "SPEC104", f"{what}: expected {{algorithm: argument, ...}}, got an empty list")
        said: dict[str, Any] = {}
        made = [self._step(item, at, what, metadata, said) for item, at in zip(items, lines, strict=True)]
        return tuple(s for s in made if s is not None), said

    def _step(self, node: Node, line: int, what: str, metadata: tuple[str, ...], said: dict[str, Any]) -> Step | None:
        if not isinstance(node, Map):
            self.fail(line, "SPEC104", f"{what}: expected {{algorithm: argument, ...}}, got {shown(node)}")
            return None
        words = [k for k in node if k in ALGORITHMS]
        if len(words) != 1:
            self._no_algorithm(node, words, what, metadata)
            return None
        when = self.value(Condition, node["when"], node.lines["when"], f"{what}.when") if "when" in node else None
        self._metadata(node, what, metadata, said)
        algorithm = self._algorithm(node, words[0], what, {*metadata, "when"})
        return None if algorithm is None or when is BAD else Step(algorithm, when, node.lines[words[0]], self.file)

    def _metadata(self, node: Map, what: str, metadata: tuple[str, ...], said: dict[str, Any]) -> None:
        known = words_of(VariableSpec)
        for word in (w for w in node if w in metadata):
            value = self.value(known[word].type, node[word], node.lines[word], f"{what}.{word}")
            if said.get(word, value) != value:
                self.fail(node.lines[word], "SPEC106", f"{what}: '{word}' is said twice, and not alike")
            if value is not BAD:
                said[word] = value

    def _no_algorithm(self, node: Map, words: list[str], what: str, metadata: tuple[str, ...]) -> None:
        if words:
            at = node.lines[words[1]]
            self.fail(at, "SPEC103", f"{what}: two algorithms, {' and '.join(words)}", "a list of lines tries several")
            return
        others = [k for k in node if k not in metadata and k != "when"]
        word = next((k for k in others if difflib.get_close_matches(k, ALGORITHMS, 1)), next(iter(others), None))
        if word is None:
            self.fail(node.line, "SPEC104", f"{what}: the line has no algorithm", "such as {assign: name}")
        else:
            self.fail(node.lines[word], "SPEC104", f"{what}: '{word}' is no algorithm", near(word, ALGORITHMS))

    def _algorithm(self, node: Map, word: str, what: str, common: set[str]) -> Algorithm | None:
        cls = ALGORITHMS[word]
        known, before = parameters(cls), len(self.problems)
        main = next(iter(known))
        given: dict[str, Any] = {}
        for key, value in node.items():
            at, name = node.lines[key], main if key == word else key
            if key == word or (key in known and key != main):
                said = f"{what}: {word}" if key == word else f"{what}: {word}.{key}"
                given[name] = self.value(known[name].type, value, at, said)
                if known[name].required and given[name] == ():
                    self.fail(at, "SPEC102", f"{said}: the list is empty")
            elif key not in common:
                hint = near(key, [k for k in known if k != main] + sorted(common))
                self.fail(at, "SPEC105", f"{what}: '{word}' has no parameter '{key}'", hint)
        for name in (n for n, p in known.items() if p.required and n not in given):
            self.fail(node.line, "SPEC107", f"{what}: '{word}' needs '{name}'")
        self._check_needs(node, f"{what}: {word}", {n: p.needs for n, p in known.items()})
        if len(self.problems) > before:
            return None
        made = cls(**{known[k].field: v for k, v in given.items()})
        if wrong := made.contradiction():
            self.fail(node.lines[word], "SPEC106", f"{what}: {word}: {wrong}")
        return None if wrong else made

    def _check_needs(self, node: Map, what: str, needs: dict[str, tuple[str, ...]]) -> None:
        """SPEC107 for a word that means something only beside others, which are not there."""
        for word, others in needs.items():
            for other in others:
                if word in node and other not in node:
                    self.fail(node.lines[word], "SPEC107", f"{what}: '{word}' needs '{other}' beside it")
