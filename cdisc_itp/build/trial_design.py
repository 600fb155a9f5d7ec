"""Trial design datasets: records of the study's own tables, which no raw row stands behind."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..model.column import Column, collect_numbers, collect_text
from ..model.lineage import Links
from ..model.metadata import VariablePlan
from ..spec.study import Study
from ..spec.trial import TrialDataset
from .trace import TraceError, TraceStep


def build_trial_design(study: Study) -> dict[str, pd.DataFrame]:
    """The frame of each trial design dataset, in the order of its keys."""
    return {name: pd.DataFrame(_columns(trial), copy=False) for name, trial in study.trial.items()}


def _columns(trial: TrialDataset) -> dict[str, Column]:
    return {v.name: _column(trial, v) for v in trial.plan.variables}


def _column(trial: TrialDataset, variable: VariablePlan) -> Column:
    cells = [record.get(variable.name) for record in trial.records]
    if not variable.numeric:
        return collect_text(cells)
    return collect_numbers([math.nan if c is None else float(c) for c in cells])


def trial_links(study: Study) -> list[Links]:
    """For each record the line (from 1) of the file that it is made from; the origin is that file."""
    return [
        Links(name, trial.file, np.arange(len(trial.lines)), np.array(trial.lines, np.int64) - 1)
        for name, trial in sorted(study.trial.items())
        if trial.lines
    ]


def trace_trial_design(trial: TrialDataset, wanted: dict[str, str], variable: str) -> TraceStep:
    """The story of one value: the line of the study's table that it is written in.

    TraceError where there is no such variable, or not one record with the values that are ``wanted``.
    """
    name = trial.plan.name
    for asked in (*wanted, variable):
        if asked not in trial.plan.names:
            raise TraceError(f"{name} has no variable {asked}")
    found = [i for i, r in enumerate(trial.records) if all(_is(r.get(k), v) for k, v in wanted.items())]
    if len(found) != 1:
        said = ", ".join(f"{k}={v}" for k, v in wanted.items())
        count = f"{len(found)} records" if found else "no record"
        raise TraceError(f"{name} has {count} with {said}" + (" - name more variables" if found else ""))
    record, line = trial.records[found[0]], trial.lines[found[0]]
    origin = trial.plan.variable(variable).origin
    written = origin is None or origin.type == "Protocol"
    note = f"{'written in' if written else 'follows from'} {trial.file}, line {line}"
    return TraceStep(f"{name}.{variable}", record.get(variable), note=note)


def _is(cell: str | None, wanted: str) -> bool:
    """Whether a cell is what was asked for: 1 finds 1.0."""
    if cell == wanted:
        return True
    try:
        return cell is not None and float(cell) == float(wanted)
    except ValueError:
        return False
