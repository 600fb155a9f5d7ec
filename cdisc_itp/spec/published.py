"""analysis/published.yaml read into typed items: every problem with its line, before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from ..algorithms.registry import Ref
from ..model.issue import SpecError, SpecProblem
from ..model.where import Condition
from .bind import Binder
from .published_types import ItemSpec, PublishedSpec
from .suggest import near
from .yaml import Map, read_yaml

FILE = "analysis/published.yaml"
_PLACE = re.compile(r"\{([^{}]*)\}")
NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
COUNTS = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


def load_published(
    folder: Path, methods: Mapping[str, frozenset[str]], variables: Mapping[str, frozenset[str]] | None = None
) -> PublishedSpec:
    """The published items of a study's folder.

    ``methods`` are the methods that there are, with the statistics that each gives ("p", "median"); ``variables``
    are the names in each dataset (None: they are not looked at). Raises SpecError with every problem: those of the
    YAML and the binder (SPEC001 to SPEC007, SPEC100 to SPEC102, SPEC151), SPEC102 for names of methods, data, groups
    and statistics that are not there, SPEC111 for an unknown dataset, SPEC110 for an unknown variable.
    """
    problems: list[SpecProblem] = []
    node = read_yaml(folder / FILE, FILE, problems)
    binder = Binder(FILE, problems)
    spec: PublishedSpec | None = None if node is None else binder.bind(PublishedSpec, node, 1, "published.yaml")
    if spec is not None and node is not None:
        spec = _with_lines(spec, node)
        _check(spec, methods, binder)
        if variables is not None:
            _check_names(spec, variables, binder)
    if problems or spec is None:
        raise SpecError(problems)
    return spec


def _with_lines(spec: PublishedSpec, node: Map) -> PublishedSpec:
    items = node["items"]
    lines = items.lines if isinstance(items, Map) else {}
    return replace(spec, items={n: replace(i, line=lines.get(n, 1)) for n, i in spec.items.items()})


def _check(spec: PublishedSpec, methods: Mapping[str, frozenset[str]], binder: Binder) -> None:
    for name, data in spec.data.items():
        for group, counts in data.published.items():
            _known(binder, data.dataset.line, f"{name}.published", group, spec.groups.values)
            fits = COUNTS.fullmatch(counts)
            if not fits or int(fits[1]) > int(fits[2]):
                binder.fail(data.dataset.line, "SPEC102", f"{name}.published: '{counts}' is no responders/subjects")
    if spec.sensitivity is not None:
        said = spec.sensitivity.data
        _known(binder, said.line, "sensitivity.data", said, spec.data)
        for method in spec.sensitivity.methods:
            _known(binder, method.line, "sensitivity.methods", method, methods)
    for name, item in spec.items.items():
        _check_item(name, item, spec, methods, binder)


def _check_names(spec: PublishedSpec, variables: Mapping[str, frozenset[str]], binder: Binder) -> None:
    """Datasets and variables that the items read."""
    groups = spec.groups
    read = [("groups", groups.dataset, [groups.variable, *_reads(groups.where)])]
    for name, data in spec.data.items():
        names = [r for r in (data.variable, data.censor) if r is not None]
        read.append((name, data.dataset, [*names, *_reads(data.where), *_reads(data.event)]))
        read.append((name, groups.dataset, [data.stratum] if data.stratum is not None else []))
    for what, dataset, refs in read:
        if dataset not in variables:
            binder.fail(dataset.line, "SPEC111", f"{what}: there is no dataset {dataset}", near(dataset, variables))
            continue
        for ref in (r for r in refs if r not in variables[dataset]):
            hint = near(ref, variables[dataset])
            binder.fail(ref.line or dataset.line, "SPEC110", f"{what}: {dataset} has no variable {ref}", hint)


def _reads(condition: Condition | None) -> list[Ref]:
    """The names in a condition, with their lines."""
    return [] if condition is None else [Ref(r) if not isinstance(r, Ref) else r for r in condition.reads]


def _known(binder: Binder, line: int, what: str, word: str, words: Iterable[str]) -> bool:
    if word in words:
        return True
    binder.fail(line, "SPEC102", f"{what}: there is no '{word}'", near(word, words))
    return False


def _check_item(
    name: str, item: ItemSpec, spec: PublishedSpec, methods: Mapping[str, frozenset[str]], binder: Binder
) -> None:
    _known(binder, item.source.line, f"{name}.source", item.source, spec.sources)
    if item.data is not None:
        _known(binder, item.data.line, f"{name}.data", item.data, spec.data)
    known = [m for m in item.methods if _known(binder, m.line, f"{name}.methods", m, methods)]
    given = {s for m in known for s in methods[m]}
    for statistic in _named(item):
        if len(known) == len(item.methods) and not _gives(statistic, given, spec.groups.values):
            hint = near(statistic, given)
            binder.fail(item.line, "SPEC102", f"{name}: no method of the item gives '{statistic}'", hint)
    for pattern in item.reads:
        if item.reported is None or read_numbers(pattern, item.reported) is None:
            binder.fail(item.line, "SPEC102", f"{name}.reads: '{pattern}' does not read '{item.reported or ''}'")
    if item.methods and item.data is None and item.basis != "published figures":
        binder.fail(item.line, "SPEC102", f"{name}: methods need 'data'")
    if len(item.within) not in (0, 2):
        binder.fail(item.line, "SPEC102", f"{name}.within: expected two limits")


def _named(item: ItemSpec) -> Iterator[str]:
    """Every statistic that an item names, with its group if it has one."""
    if item.basis != "published figures":
        yield from (place for pattern in item.reads for place in _PLACE.findall(pattern))
    yield from item.asserts.reads if item.asserts is not None else ()
    yield from (r.computed for r in item.registry)


def _gives(statistic: str, given: set[str], groups: Iterable[str]) -> bool:
    return statistic in given or any(statistic == f"{s} {g}" for s in given for g in groups)


def read_numbers(pattern: str, reported: str) -> dict[str, str] | None:
    """The numbers of a report by what a pattern calls them, as they are written; None where it does not fit.

    >>> read_numbers("{median a} v {median b}, p={p}", "90 v 70, p=0.031")
    {'median a': '90', 'median b': '70', 'p': '0.031'}
    >>> read_numbers("{lower}-{upper}", "1.16 to 6.13") is None
    True
    """
    names = _PLACE.findall(pattern)
    texts = _PLACE.split(pattern)[::2]
    found = re.fullmatch(f"({NUMBER})".join(map(re.escape, texts)), reported)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def counts_of(text: str) -> tuple[int, int]:
    """Responders and subjects of a count as it is written.

    >>> counts_of("23/43")
    (23, 43)
    """
    found = COUNTS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]), int(found[2])
