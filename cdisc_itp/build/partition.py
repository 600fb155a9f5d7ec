"""A study cut by subject, built part by part, and joined: same bytes for any number of parts and processes.

Everything but study totals is local to a subject. Rows without a subject, and data of the study itself (trial
design), are a part of their own.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec.structs import replace

from ..model.column import Column, empty_column, joined, ranks, recoded, text_column, used
from ..model.lineage import Links
from ..spec.relations import RELREC
from ..spec.study import Study
from .datasets import Datasets, build_datasets, frame_of
from .forms import Form
from .relations import build_relations

Progress = Callable[[int, int], None]


def build_study(
    study: Study, forms: dict[str, Form], parts: int = 1, jobs: int = 1, progress: Progress | None = None
) -> Datasets:
    """Every dataset, from ``parts`` parts in ``jobs`` processes; ``progress`` gets (done, of how many)."""
    if parts <= 1 and jobs <= 1:
        return with_relations(study, build_datasets(study, forms))
    cut = cut_by_subject(forms, max(parts, jobs), tables_of(study, forms))
    built = []
    for part in _built(study, cut, jobs):
        built.append(part)
        if progress is not None:
            progress(len(built), max(parts, jobs) + 1)
    return with_relations(study, join_parts(built))


def with_relations(study: Study, made: Datasets) -> Datasets:
    """With RELREC, which is made from the finished records."""
    if study.relations is None:
        return made
    frame, links = build_relations(study.name, study.relations, made.frames)
    return replace(made, frames={**made.frames, RELREC: frame}, links=[*made.links, *links])


def _built(study: Study, cut: Iterable[dict[str, Form]], jobs: int) -> Iterator[Datasets]:
    """The parts' datasets, in order; of the parts only as many exist at a time as are being worked on."""
    if jobs <= 1:
        yield from (build_datasets(study, part) for part in cut)
        return
    with ProcessPoolExecutor(jobs, mp_context=_processes()) as pool:
        waiting: deque[Future[Datasets]] = deque()
        for part in cut:
            waiting.append(pool.submit(build_datasets, study, part))
            if len(waiting) > jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _processes() -> multiprocessing.context.BaseContext:
    """Processes that start clean, and with what they need already imported where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([build_datasets.__module__])
    return context


def tables_of(study: Study, forms: dict[str, Form]) -> frozenset[str]:
    """Forms that speak of no subject and make no record: tables to look things up in, which every part needs."""
    return frozenset(n for n, f in forms.items() if "USUBJID" not in f.columns and n not in study.forms_read)


def cut_by_subject(
    forms: dict[str, Form], parts: int, tables: frozenset[str] = frozenset()
) -> Iterator[dict[str, Form]]:
    """Rows without a subject first, then ranges of subjects in order, of about equal numbers of rows.

    ``tables`` are forms that each part gets whole.
    """
    number = _subject_numbers(forms)
    subjects = max((int(n.max(initial=0)) for n in number.values()), default=0)
    rows = sum((np.bincount(n, minlength=subjects + 1) for n in number.values()), start=np.zeros(subjects + 1))
    share = np.cumsum(rows[1:])
    edges = np.searchsorted(share, share[-1] * np.arange(1, parts) / parts) + 2 if subjects else np.empty(0, int)
    bounds = sorted({1, *(e for e in edges.tolist() if e <= subjects), subjects + 1})
    for low, high in [(0, 1), *pairwise(bounds)]:
        yield {n: f if n in tables else _rows_of(f, number[n], low, high) for n, f in forms.items()}


def _subject_numbers(forms: dict[str, Form]) -> dict[str, npt.NDArray[np.int64]]:
    """The rank of each row's subject among all subjects (n,), from 1; 0 where there is none."""
    named = {name: form for name, form in forms.items() if "USUBJID" in form.columns}
    every = joined([f.columns["USUBJID"] for f in named.values()]) if named else text_column([], [])
    rank, start, out = ranks(every)[0].astype(np.int64), 0, {}
    for name, form in forms.items():
        if name in named:
            out[name] = rank[start : start + len(form)]
            start += len(form)
        else:
            out[name] = np.zeros(len(form), np.int64)
    return out


def _rows_of(form: Form, number: npt.NDArray[np.int64], low: int, high: int) -> Form:
    part = form.at(np.flatnonzero((number >= low) & (number < high)))
    return part.with_columns({k: without_unused(c) for k, c in part.columns.items()})


def without_unused(column: Column) -> Column:
    """The column without distinct values that no row has, so that kernels do not work on them."""
    seen = used(column)
    if seen.all():
        return column
    keep = np.flatnonzero(seen)
    number = np.full(len(seen), -1, np.int32)
    number[keep] = np.arange(len(keep), dtype=np.int32)
    return recoded(column, type(column).from_codes(number, dtype=pd.CategoricalDtype(column.categories[keep])))


def join_parts(parts: list[Datasets]) -> Datasets:
    """Parts one after another; record numbers of lineage move along."""
    out = Datasets()
    start = dict.fromkeys((n for part in parts for n in part.frames), 0)
    for part in parts:
        out.issues += part.issues
        out.outcomes += part.outcomes
        out.held |= part.held
        out.links += [_moved(link, start) for link in part.links if len(link.record)]
        for name in start:
            start[name] += len(part.frames.get(name, ()))
    for name in start:
        frames = [p.frames[name] for p in parts if name in p.frames]
        names = dict.fromkeys(c for f in sorted(frames, key=lambda f: -len(f.columns)) for c in f.columns)
        out.frames[name] = frame_of({c: joined([_column(f, c) for f in frames]) for c in names})
    return out


def _column(frame: pd.DataFrame, name: str) -> Column:
    column: Column = frame[name].array if name in frame else empty_column(len(frame))
    return column


def _moved(link: Links, start: dict[str, int]) -> Links:
    moved = link.row + start[link.origin] if link.origin in start else link.row
    return Links(link.dataset, link.origin, link.record + start[link.dataset], moved, link.variable)
