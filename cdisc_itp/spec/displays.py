"""analysis/displays.yaml read into typed displays: every problem with its line, before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from ..algorithms.registry import Ref, Written
from ..model.issue import SpecError, SpecProblem
from ..model.where import Condition
from .bind import Binder
from .display_types import KINDS, BoxSpec, DisplaySpec, DisplaysSpec, FlowSpec, MarksSpec, RecordsSpec
from .suggest import near, shown
from .yaml import Map, read_yaml

FILE = "analysis/displays.yaml"
NAME = r"[a-z][a-z0-9-]{0,40}"


def load_displays(folder: Path, variables: Mapping[str, frozenset[str]] | None = None) -> DisplaysSpec | None:
    """The displays of a study's folder; None where it has none. Raises SpecError with every problem."""
    problems: list[SpecProblem] = []
    spec = read_displays(folder, variables, problems)
    if problems:
        raise SpecError(problems)
    return spec


def read_displays(
    folder: Path, variables: Mapping[str, frozenset[str]] | None, problems: list[SpecProblem]
) -> DisplaysSpec | None:
    """The displays of analysis/displays.yaml; None where there is no such file, or it cannot be used.

    ``variables`` are the names in each dataset, which the displays may speak of (None: names are not looked at).
    Problems: those of the YAML and the binder, SPEC102 for a name, kind, population or box that is not there,
    SPEC111 for an unknown dataset, SPEC110 for an unknown variable.
    """
    if not (folder / FILE).is_file():
        return None
    node = read_yaml(folder / FILE, FILE, problems)
    spec = None if node is None else _bind(node, Binder(FILE, problems))
    if spec is not None and variables is not None:
        _check_names(spec, variables, Binder(FILE, problems))
    return spec


def _bind(node: Map, binder: Binder) -> DisplaysSpec | None:
    displays = node.get("displays")
    head = Map(node.line)
    for word in (w for w in node if w != "displays"):
        head[word], head.lines[word] = node[word], node.lines[word]
    spec: DisplaysSpec | None = binder.bind(DisplaysSpec, head, 1, "displays.yaml")
    if not isinstance(displays, Map):
        binder.fail(
            node.lines.get("displays", 1), "SPEC101", "displays.yaml: 'displays' is missing", "name: {kind: ...}"
        )
        return None
    made = {name: _display(name, displays, binder) for name in displays}
    found = {name: d for name, d in made.items() if d is not None}
    if spec is None:
        return None
    for name, display in found.items():
        _check_display(name, display, spec, binder)
    return replace(spec, displays=found)


def _display(name: str, displays: Map, binder: Binder) -> DisplaySpec | None:
    node, line = displays[name], displays.lines[name]
    if not re.fullmatch(NAME, name):
        binder.fail(line, "SPEC102", f"displays: '{name}' is no name of a display", "lower case letters, digits and -")
    kind = node.get("kind") if isinstance(node, Map) else None
    if not isinstance(node, Map) or not isinstance(kind, str):
        binder.fail(line, "SPEC102", f"{name}: expected a kind, got {shown(kind)}", near("", KINDS))
        return None
    if kind not in KINDS:
        binder.fail(node.lines["kind"], "SPEC102", f"{name}.kind: '{kind}' is no kind of display", near(kind, KINDS))
        return None
    made: DisplaySpec | None = binder.bind(KINDS[kind], node, line, name)
    return None if made is None else replace(made, file=FILE, line=line)


def _check_display(name: str, display: DisplaySpec, spec: DisplaysSpec, binder: Binder) -> None:
    if display.population not in spec.populations:
        hint = near(display.population, spec.populations)
        binder.fail(
            display.population.line or display.line, "SPEC102", f"{name}: no population '{display.population}'", hint
        )
    boxes = display.boxes if isinstance(display, FlowSpec) else {}
    for at, (word, box) in enumerate(boxes.items()):
        if box.after is not None and box.after not in list(boxes)[:at]:
            said = f"{name}.{word}: no box '{box.after}' stands before it"
            binder.fail(box.after.line or display.line, "SPEC102", said, near(box.after, boxes))


def display_texts(folder: Path, spec: DisplaysSpec) -> dict[str, str]:
    """The text of each display in analysis/displays.yaml: the code of its analyses."""
    lines = (folder / FILE).read_text("utf-8-sig").splitlines()
    out = {}
    for name, display in spec.displays.items():
        head = lines[display.line - 1]
        indent = len(head) - len(head.lstrip())
        own = [head]
        for line in lines[display.line :]:
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            own.append(line)
        out[name] = "\n".join(line[indent:].rstrip() for line in own).rstrip()
    return out


def names_read(display: DisplaySpec, spec: DisplaysSpec) -> Iterator[tuple[Written, Ref]]:
    """Dataset and variable of everything that a display reads of a dataset of its own."""
    if isinstance(display, RecordsSpec):
        for ref in _refs(display, skip=(MarksSpec,)):
            if ref != getattr(display, "by", None) and ref != getattr(display, "label", None):
                yield display.dataset, ref
    for word in ("by", "label"):
        said = getattr(display, word, None)
        if isinstance(said, Ref):
            yield spec.subjects, said
    inner = [getattr(display, "marks", None), *getattr(display, "boxes", {}).values()]
    for part in (p for p in inner if isinstance(p, MarksSpec | BoxSpec)):
        yield from (_placed(part.dataset, ref) for ref in _refs(part))


def _placed(dataset: Written, ref: Ref) -> tuple[Written, Ref]:
    """The dataset and variable of a name that may say its dataset (IE.IETEST)."""
    other, _, variable = ref.rpartition(".")
    if not other:
        return dataset, ref
    place, name = Written(other), Ref(variable)
    place.line = name.line = ref.line
    return place, name


def _refs(part: Any, skip: tuple[type[Any], ...] = ()) -> Iterator[Ref]:
    """Every name of a variable in a spec object, in the order of its fields."""
    if isinstance(part, Condition):
        yield from (r if isinstance(r, Ref) else Ref(r) for r in part.reads)
    elif isinstance(part, Ref):
        yield part
    elif isinstance(part, tuple | list):
        for item in part:
            yield from _refs(item, skip)
    elif isinstance(part, Struct) and not isinstance(part, skip):
        for value in astuple(part):
            yield from _refs(value, skip)


def _check_names(spec: DisplaysSpec, variables: Mapping[str, frozenset[str]], binder: Binder) -> None:
    head = [*_refs(spec.treatment), *(r for p in spec.populations.values() for r in _refs(p.where))]
    wanted = [("displays.yaml", 1, spec.subjects, ref) for ref in head]
    for name, display in spec.displays.items():
        wanted += [(name, display.line, dataset, ref) for dataset, ref in names_read(display, spec)]
    for what, line, dataset, ref in dict.fromkeys(wanted):
        if dataset not in variables:
            said = f"{what}: there is no dataset {dataset}"
            binder.fail(dataset.line or line, "SPEC111", said, near(dataset, variables))
        elif ref not in variables[dataset]:
            said = f"{what}: {dataset} has no variable {ref}"
            binder.fail(ref.line or line, "SPEC110", said, near(ref, variables[dataset]))
