"""Forms to datasets: records are selected, variables are made in the order that references ask for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
from msgspec import Struct, field

from ..algorithms.long_text import MAX_BYTES
from ..model.column import (
    Column,
    Mask,
    arrow_values,
    blanked,
    empty_column,
    is_numeric,
    present,
    spread,
    take,
    used,
    values_of,
)
from ..model.lineage import Fate, Links, Occurrences, Outcome
from ..spec.builds import DatasetBuild
from ..spec.graph import SETTLED
from ..spec.study import Study
from ..spec.types import COMMENTS, Step
from .comments import build_comments, comments_frame, comments_plan
from .form_rows import chosen
from .forms import Form
from .gathering import leave_ungathered, merge_visits, merged_into, told_elsewhere
from .intervals import merge_intervals
from .long_text import continue_long_text, dividable, split_column
from .records import Built, DatasetRecords, Numbers
from .rows import Line, of_sources, subset
from .supplemental import build_supplemental
from .typed import typed

NUMBER_LIMIT = 7.2370055773322621e75


class Datasets(Struct):
    """What building gave: frames by dataset, issues, links of lineage, fates of form rows."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    issues: list[Occurrences] = field(default_factory=list)
    links: list[Links] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    held: set[Line] = field(default_factory=set)


def build_records(study: Study, forms: dict[str, Form]) -> Built:
    """Every dataset's records with all their variables, before they are ordered and written out."""
    built = Built(study, forms)
    names = sorted(study.datasets, key=lambda n: (n != "DM", n))
    for name in names:
        records = DatasetRecords(built, study.datasets[name])
        _select_subjects(built, records)
        built.datasets[name] = records
    for name, variable in study.order:
        records = built.datasets[name]
        if variable == SETTLED:
            _settle(records)
        elif variable != "USUBJID":
            make_variable(records, variable)
    return built


def build_datasets(study: Study, forms: dict[str, Form]) -> Datasets:
    """Every dataset of the study from its forms (or from the forms of some of its subjects)."""
    built = build_records(study, forms)
    out = Datasets()
    for name, records in built.datasets.items():
        _finish(study.datasets[name], records, out)
        out.issues += records.issues
        out.held |= records.held
        out.outcomes += _outcomes(records)
    comments = build_comments(built.datasets)
    if comments is not None:
        out.frames[COMMENTS] = comments_frame(comments, comments_plan(study, comments.columns))
        out.links += comments.links()
    return out


def _select_subjects(built: Built, records: DatasetRecords) -> None:
    """Reject records without a subject (DATA041) or of a subject that DM does not have (DATA040)."""
    if not records.build.has_subjects:
        return
    known = present(records.subjects())
    _reject(records, ~known, "DATA041", "subject")
    dm = built.datasets.get("DM")
    if dm is not None and records.name != "DM":
        subjects = set(dm.subjects().categories[used(dm.subjects())])
        column = records.subjects()
        inside = np.array([s in subjects for s in column.categories.tolist()], bool)
        _reject(records, ~np.asarray(spread(inside, column, False), bool), "DATA040", "USUBJID")


def _reject(records: DatasetRecords, mask: Mask, code: str, ref: str) -> None:
    if not mask.any():
        return
    records.target = ref
    records.issue(code, mask & ~told_elsewhere(records), ref if records.has(ref) else None)
    _drop(records, {code: mask})


def _drop(records: DatasetRecords, masks: dict[str, Mask]) -> None:
    """Drop the records at the mask of each code; issues have told why."""
    for code, mask in masks.items():
        lost = mask[records.link_record]
        records.rejected.append((records.link_row[lost], records.link_origin[lost], code))
    if masks:
        records.keep(~np.logical_or.reduce(list(masks.values())))


def _settle(records: DatasetRecords) -> None:
    """Merge intervals and visits; reject records without a topic: DATA042, or what says that no file can hold it."""
    leave_ungathered(records)
    for number, spec in enumerate(records.build.spec.records):
        if spec.intervals is not None:
            merge_intervals(records, number, spec.intervals)
    topic = records.build.topic
    if topic is not None and records.has(topic):
        _reject(records, ~present(records.columns[topic]), "DATA042", topic)
        _drop(records, _topic_not_storable(records, topic))
    merge_visits(records)


def _topic_not_storable(records: DatasetRecords, topic: str) -> dict[str, Mask]:
    """The records whose topic no file can hold, by code: text that will be divided is not among them."""
    whole, encoding = records.columns[topic], records.built.study.files.study.encoding
    if topic in dividable(records.build):
        records.columns[topic] = (split_column(whole, encoding) or [whole])[0]
    found = check_storable(records, topic, encoding)
    records.columns[topic] = whole
    return found


def make_variable(records: DatasetRecords, variable: str) -> None:
    """Make one variable by the first step that applies and gives a value, record by record."""
    before = len(records.issues)
    column, records.chosen_steps[variable] = made_by_lines(records, variable, np.zeros(records.n, bool))
    records.columns[variable] = column
    records.remember_unread(variable, before)


def made_by_lines(records: DatasetRecords, variable: str, done: Mask) -> tuple[Column, npt.NDArray[np.int16]]:
    """A variable's values and which line gave each (n,; -1: none); records that are ``done`` have none."""
    records.target = variable
    made: Column | None = None
    used = np.full(records.n, -1, np.int16)
    numeric = variable in records.build.numeric
    for number, (step, sources) in enumerate(lines_of(records.build, variable)):
        applies = ~done & records.applies(step)
        if sources is not None:
            applies &= of_sources(records.origin, sources)
        if not applies.any():
            continue
        records.step = step
        column = typed(records, _applied(records, step, applies), numeric)
        records.step = None
        made = column if made is None else chosen(made, column)
        fresh = applies & present(column)
        used[fresh] = number
        done = done | fresh
        if step.algorithm.decides:
            done = done | (applies & records.decided(step))
    return empty_column(records.n, numeric) if made is None else made, used


def lines_of(build: DatasetBuild, variable: str) -> list[tuple[Step, list[int] | None]]:
    """The steps of a variable, with the record sources that each serves (None: all)."""
    setting = [i for i, r in enumerate(build.spec.records) if variable in r.set]
    others: list[int] | None = [i for i in range(len(build.spec.records)) if i not in setting] if setting else None
    out: list[tuple[Step, list[int] | None]] = []
    for i in setting:
        out += [(s, [i]) for s in build.spec.records[i].set[variable].steps]
    return out + [(s, others) for s in build.variables[variable].steps]


def _applied(records: DatasetRecords, step: Step, applies: Mask) -> Column:
    records.mask = None if applies.all() else applies
    column = step.algorithm.apply(records)  # type: ignore[arg-type]
    records.mask = None
    return column if applies.all() else take(column, np.where(applies, np.arange(records.n), -1))


def _finish(build: DatasetBuild, records: DatasetRecords, out: Datasets) -> None:
    """Leave out what XPT cannot hold, order the records, and keep their lineage in that order."""
    encoding = records.built.study.files.study.encoding
    order = records.order()
    make_storable(records, encoding)
    place = np.empty(records.n, np.int64)
    place[order] = np.arange(records.n)
    out.frames[build.name] = frame_of(subset({v: records.columns[v] for v in build.plan.names}, order))
    out.links += record_links(records, place)
    if build.supplemental is not None and (build.spec.supplemental or records.continued):
        build_supplemental(build, records, order, out.frames, out.links)


def frame_of(columns: dict[str, Column]) -> pd.DataFrame:
    """A frame of Categoricals, without copying them."""
    return pd.DataFrame(columns, copy=False)


def make_storable(records: DatasetRecords, encoding: str) -> None:
    """Divide long texts over a variable and its qualifiers, and leave out what a transport file cannot hold."""
    records.columns, records.continued = continue_long_text(records.build, records.columns, encoding)
    for variable in [*records.build.plan.names, *records.build.spec.supplemental]:
        check_storable(records, variable, encoding)
    records.remarks = {}
    for name in records.build.spec.comments:
        first, *others = split_column(records.columns[name], encoding) or [records.columns[name]]
        records.columns[name] = first
        check_storable(records, name, encoding)
        records.remarks[name] = (records.columns[name], *others)


def check_storable(records: DatasetRecords, variable: str, encoding: str) -> dict[str, Mask]:
    """Leave out what the file cannot hold, by code: DATA070 (text outside the encoding), DATA071 (over 200 bytes),
    DATA072 (a number beyond IBM's range). Gives the records of each.
    """
    column, found = records.columns[variable], dict[str, Mask]()
    records.target = variable
    for code, bad in _unstorable(column, encoding).items():
        if not bad.any():
            continue
        mask = np.asarray(spread(bad, column, False), bool)
        if mask.any():
            records._occur(code, mask, "", column)
            records.columns[variable] = column = blanked(column, mask)
            found[code] = mask
    return found


def _unstorable(column: Column, encoding: str) -> dict[str, Mask]:
    if is_numeric(column):
        value = np.abs(values_of(column))
        return {"DATA072": ~np.isfinite(value) | (value > NUMBER_LIMIT)}
    texts = arrow_values(column)
    if len(texts) == 0:
        return {}
    size = np.asarray(pc.binary_length(texts))
    plain = np.asarray(pc.string_is_ascii(texts))
    foreign = np.zeros(len(texts), bool)
    for i in np.flatnonzero(~plain).tolist():
        try:
            size[i] = len(texts[i].as_py().encode(encoding))
        except UnicodeEncodeError:
            foreign[i] = True
    return {"DATA070": foreign, "DATA071": ~foreign & (size > MAX_BYTES)}


def record_links(records: DatasetRecords, place: Numbers) -> list[Links]:
    """The form rows behind the records, and what they took from elsewhere; ``place`` (n,) is its place in the file."""
    out = []
    for number in range(len(records.build.spec.records)):
        at = records.link_origin == number
        form = records.form_of(number)
        out.append(Links(records.name, form, place[records.link_record[at]], records.link_row[at]))
    for (variable, other, how), rows in records.looked.items():
        taken = rows >= 0
        if how == "taken" and (variable, other, "one") in records.looked:
            taken &= rows != records.looked[(variable, other, "one")]
        at = np.flatnonzero(taken)
        out.append(Links(records.name, other, place[at], _numbers(records, other, rows[at]), variable))
    return out


def _numbers(records: DatasetRecords, other: str, rows: Numbers) -> Numbers:
    """Form rows by their number; records of a dataset by their place in its file."""
    if other in records.built.datasets:
        target = records.built.datasets[other]
        place = np.empty(target.n, np.int64)
        place[target.order()] = np.arange(target.n)
        return np.asarray(place[rows], np.int64)
    return np.asarray(records.built.forms[other].ids[rows], np.int64)


def _outcomes(records: DatasetRecords) -> list[Outcome]:
    out = []
    for number in range(len(records.build.spec.records)):
        form = records.form_of(number)
        rows = records.link_row[records.link_origin == number]
        merged = [r[origin == number] for r, origin in records.merged]
        lost = np.concatenate(merged) if merged else rows[:0]
        alone = rows[~np.isin(rows, lost)] if len(lost) else rows
        out.append(Outcome(form, alone, Fate.SUBMITTED, records.name))
        if len(lost):
            kept = lost[np.isin(lost, rows)]
            out.append(Outcome(form, kept, Fate.MERGED, records.name, merged_into(records)))
        for ids, origin, code in records.rejected:
            if (origin == number).any():
                out.append(Outcome(form, ids[origin == number], Fate.REJECTED, records.name, code))
    for form, ids, reason in records.left_by_where():
        out.append(Outcome(form, ids, Fate.LEFT_OUT, records.name, reason))
    for (_, other, _), rows in records.looked.items():
        if other in records.built.forms:
            found = np.zeros(len(records.built.forms[other]), bool)
            found[rows[rows >= 0]] = True
            out.append(Outcome(other, records.built.forms[other].ids[found], Fate.READ, records.name))
    return out
