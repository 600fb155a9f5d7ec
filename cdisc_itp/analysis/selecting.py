"""From datasets to samples: the subjects of the groups, and what their records say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace

from ..model.column import Mask
from ..model.where import Condition
from ..spec.published import counts_of
from ..spec.published_types import DataSpec, GroupsSpec
from .records import AnalysisError, holds, plain_frame
from .samples import Group, Sample
from .two_by_two import TwoByTwo

SUBJECT = "USUBJID"


class Subjects(Struct, frozen=True):
    """The subjects of the groups: identifier to group, and the values of a stratum."""

    group: dict[str, str]
    frame: pd.DataFrame
    rows: dict[str, int]

    def stratum(self, variable: str) -> dict[str, str]:
        """The stratum of each subject."""
        values = column_of(self.frame, variable)
        return {s: str(values[row]) for s, row in self.rows.items()}


class Chosen(Struct, frozen=True):
    """A sample with what it was taken from: records that were chosen, of how many; subjects of the groups."""

    sample: Sample
    records: int
    of: int
    subjects: int


def column_of(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """A column; AnalysisError where there is none."""
    if name not in frame:
        raise AnalysisError(f"{frame.attrs['name']} has no variable {name}")
    return frame[name]


def records_where(frame: pd.DataFrame, condition: Condition | None) -> Mask:
    """The records (n,) for which a condition holds; AnalysisError for a variable that is not there."""
    for ref in condition.reads if condition is not None else ():
        column_of(frame, ref)
    return holds(frame, condition)


def select_subjects(groups: GroupsSpec, frames: Mapping[str, pd.DataFrame]) -> Subjects:
    """The subjects who are compared, with the group of each."""
    frame = _frame(frames, groups.dataset)
    chosen = records_where(frame, groups.where)
    ids = {label: name for name, label in groups.values.items()}
    subjects, labels = column_of(frame, SUBJECT), column_of(frame, groups.variable)
    rows: dict[str, int] = {}
    for row in np.flatnonzero(chosen & labels.isin(list(ids)).to_numpy()):
        if subjects[row] in rows:
            raise AnalysisError(f"{groups.dataset} has more than one record of {subjects[row]}")
        rows[str(subjects[row])] = int(row)
    return Subjects({s: ids[labels[row]] for s, row in rows.items()}, frame, rows)


def _frame(frames: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    if name not in frames:
        raise AnalysisError(f"the output has no dataset {name} - convert the study first")
    frame = plain_frame(frames[name])
    frame.attrs["name"] = name  # for messages
    return frame


def select_sample(data: DataSpec, groups: GroupsSpec, subjects: Subjects, frames: Mapping[str, pd.DataFrame]) -> Chosen:
    """The sample of the data at hand. AnalysisError for two values of a subject, or a dataset that is missing."""
    frame = _frame(frames, data.dataset)
    of = column_of(frame, SUBJECT)
    known = of.isin(list(subjects.group)).to_numpy()
    chosen = records_where(frame, data.where) & known
    events = {str(s) for s in of[chosen & records_where(frame, data.event)]}
    values = _values(data, frame, of, chosen)
    censored = _censored(data, frame, of, chosen)
    made = []
    for name, label in groups.values.items():
        members = [s for s, g in subjects.group.items() if g == name]
        own = [s for s in members if s in values]
        made.append(
            Group(
                name,
                label,
                len(members),
                sum(s in events for s in members),
                tuple(values[s] for s in own),
                tuple(censored.get(s, False) for s in own),
            )
        )
    sample = _with_strata(Sample(tuple(made)), data, subjects, events)
    return Chosen(sample, int(chosen.sum()), len(frame), len(subjects.group))


def _values(data: DataSpec, frame: pd.DataFrame, of: pd.Series[Any], chosen: Mask) -> dict[str, float]:
    """The number of each subject who has one."""
    found = column_of(frame, data.variable) if data.variable is not None else None
    if found is None or not pd.api.types.is_numeric_dtype(found):
        return {}
    out: dict[str, float] = {}
    for row in np.flatnonzero(chosen & found.notna().to_numpy()):
        if of[row] in out:
            raise AnalysisError(f"{data.dataset} has more than one {data.variable} of {of[row]} ({data.where})")
        out[str(of[row])] = float(found[row])
    return out


def _censored(data: DataSpec, frame: pd.DataFrame, of: pd.Series[Any], chosen: Mask) -> dict[str, bool]:
    if data.censor is None:
        return {}
    codes = column_of(frame, data.censor)
    return {str(of[row]): bool(codes[row]) for row in np.flatnonzero(chosen & codes.notna().to_numpy())}


def _with_strata(sample: Sample, data: DataSpec, subjects: Subjects, events: set[str]) -> Sample:
    if data.stratum is None:
        return sample
    of = subjects.stratum(data.stratum)
    strata, levels = [], sorted(set(of.values()))
    first, second = (g.id for g in sample.groups[:2])
    for level in levels:
        members = {g: [s for s, own in subjects.group.items() if own == g and of[s] == level] for g in (first, second)}
        x = {g: sum(s in events for s in m) for g, m in members.items()}
        strata.append(TwoByTwo(x[first], len(members[first]), x[second], len(members[second])))
    return replace(sample, strata=tuple(strata), levels=len(levels))


def published_sample(data: DataSpec, groups: GroupsSpec) -> Sample | None:
    """The counts that the report gives; None where it does not give those of every group."""
    if set(data.published) != set(groups.values):
        return None
    counts = {g: counts_of(text) for g, text in data.published.items()}
    return Sample(tuple(Group(g, label, counts[g][1], counts[g][0]) for g, label in groups.values.items()))
