"""Published items computed again: each with its data, its methods, its comparisons and its status."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from msgspec.structs import replace

from ..spec.published import read_numbers
from ..spec.published_types import DataSpec, ItemSpec, PublishedSpec, Status
from . import methods_groups, methods_two_by_two
from .comparing import OWN_FIGURES, assert_item, compare_registry, derive_status, read_item
from .methods import METHODS, Method
from .remarks import computed_remarks, counts_remark, evenness_remark, inferred_remarks
from .results import AnalysisResult, Data, GroupSize, ItemResult, Reproduction, Statistic
from .rounding import decimals_of, round_text
from .samples import Figure, Sample
from .selecting import Chosen, Subjects, published_sample, select_sample, select_subjects

FAMILIES = (methods_groups, methods_two_by_two)
OF_TABLES = ("estimate", "interval", "test", "stratified")


def known_methods() -> dict[str, frozenset[str]]:
    """Every method's word with the names of its statistics, as the loader of published.yaml wants them."""
    return {word: frozenset(m.gives) for word, m in METHODS.items()}


def datasets_read(spec: PublishedSpec) -> tuple[str, ...]:
    """The datasets that the items read, each once."""
    return tuple(dict.fromkeys([str(spec.groups.dataset), *(str(d.dataset) for d in spec.data.values())]))


def reproduce(spec: PublishedSpec, frames: Mapping[str, pd.DataFrame]) -> Reproduction:
    """All items of a study from its datasets (frames of Categoricals by name).

    Raises AnalysisError where a dataset or variable is missing, or a subject has two values where one is wanted.
    """
    subjects = select_subjects(spec.groups, frames)
    chosen = {name: select_sample(d, spec.groups, subjects, frames) for name, d in _needed(spec).items()}
    table, table_data = _sensitivity(spec, chosen)
    made = [_item(name, item, spec, chosen, subjects) for name, item in spec.items.items()]
    items = [replace(m, computed=(*m.computed, *evenness_remark(table))) if m.basis == OWN_FIGURES else m for m in made]
    return Reproduction(tuple(items), table, table_data)


def _needed(spec: PublishedSpec) -> dict[str, DataSpec]:
    named = {str(i.data) for i in spec.items.values() if i.data is not None}
    named |= {str(spec.sensitivity.data)} if spec.sensitivity is not None else set()
    return {n: d for n, d in spec.data.items() if n in named}


def _sensitivity(spec: PublishedSpec, chosen: Mapping[str, Chosen]) -> tuple[tuple[AnalysisResult, ...], Data | None]:
    if spec.sensitivity is None:
        return (), None
    name = str(spec.sensitivity.data)
    words = spec.sensitivity.methods or [w for w, m in METHODS.items() if m.kind in OF_TABLES]
    results = (_applied("sensitivity", METHODS[w], chosen[name].sample) for w in words)
    return tuple(results), _data(spec.data[name], chosen[name], published_sample(spec.data[name], spec.groups))


def _applied(item: str, method: Method, sample: Sample) -> AnalysisResult:
    """A method on a sample; what is NaN has no value."""
    groups = {g.id for g in sample.groups}
    statistics = []
    for key, value in method.compute(sample).items():
        name, _, last = key.rpartition(" ")
        group = last if last in groups else None
        known = None if math.isnan(value) else value
        statistics.append(Statistic(name if group else key, known, _formatted(known, method), group))
    return AnalysisResult(
        f"{item}.{method.word}", method.word, method.label, method.kind, method.measure, tuple(statistics)
    )


def _formatted(value: float | None, method: Method) -> str:
    text = round_text(value, 4)
    plain = method.kind == "description" and "." in text
    return text.rstrip("0").rstrip(".") if plain else text


def _item(
    name: str, item: ItemSpec, spec: PublishedSpec, chosen: Mapping[str, Chosen], subjects: Subjects
) -> ItemResult:
    data = spec.data[item.data] if item.data is not None else None
    own = chosen[item.data] if item.data is not None else None
    sample = Sample((), figures=_figures(item)) if item.basis == OWN_FIGURES else own.sample if own else None
    results = _results(name, item, sample)
    readings, assertions = read_item(item, results), assert_item(item, results)
    registry = compare_registry(item, results)
    status = derive_status(item, readings, assertions, registry)
    counted = published_sample(data, spec.groups) if data else None
    shown = _data(data, own, counted) if data and own else None
    differs = counted is not None and shown is not None and shown.groups != shown.published
    remarks = [*computed_remarks(item, sample, readings)]
    if shown is not None:
        remarks += counts_remark(shown, _status_of(name, item, counted) if differs else None)
    return ItemResult(
        id=name,
        label=item.label or name,
        reported=item.reported,
        source=spec.sources[item.source],
        basis=item.basis,
        rounding=_rounding(item),
        words=item.words or "",
        data=shown,
        results=results,
        readings=readings,
        assertions=assertions,
        registry=registry,
        computed=tuple(remarks),
        inferred=tuple(inferred_remarks(item, status, readings)),
        status=status,
        expected=item.expected,
    )


def _results(name: str, item: ItemSpec, sample: Sample | None) -> tuple[AnalysisResult, ...]:
    return tuple(_applied(name, METHODS[w], sample) for w in item.methods) if sample is not None else ()


def _status_of(name: str, item: ItemSpec, counted: Sample | None) -> Status:
    """The status that the report's own counts lead to."""
    results = _results(name, item, counted)
    return derive_status(item, read_item(item, results), assert_item(item, results), compare_registry(item, results))


def _figures(item: ItemSpec) -> dict[str, Figure]:
    said = read_numbers(item.reads[0], item.reported or "") if item.reads else None
    return {k: Figure(float(v), 0.5 * 10.0 ** -decimals_of(v)) for k, v in (said or {}).items()}


def _rounding(item: ItemSpec) -> str:
    if not item.reads or item.basis == OWN_FIGURES:
        return "none" if not item.reads else "the report's figures within half a unit of their last digit"
    return f"{item.rounding}, to the decimals that the report gives"


def _data(data: DataSpec, chosen: Chosen, counted: Sample | None) -> Data:
    sizes, published = (
        tuple(GroupSize(g.id, g.label, g.n, g.events) for g in sample.groups) if sample else ()
        for sample in (chosen.sample, counted)
    )
    return Data(
        dataset=str(data.dataset),
        where=str(data.where or ""),
        variable=str(data.variable or ""),
        event=str(data.event or ""),
        records=chosen.records,
        groups=sizes,
        published=published,
    )


def statuses(items: Sequence[ItemResult]) -> dict[str, int]:
    """How many items have each status."""
    return {s: sum(i.status == s for i in items) for s in dict.fromkeys(i.status for i in items)}
