"""The records that an analysis uses: frames of plain columns, where clauses, subjects and their treatments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from ..model.column import decoded, is_numeric, numbers
from ..model.issue import UserError
from ..model.where import Comparison, Condition
from ..spec.display_types import DisplaySpec, DisplaysSpec

Bools = npt.NDArray[np.bool_]


class AnalysisError(UserError):
    """Data that a display cannot be made of (exit code 2)."""


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of Categoricals as one of plain columns: texts ("" is no value) and floats (NaN is no value)."""
    columns: dict[str, Any] = {}
    for name in frame.columns:
        column = frame[name].array
        if not isinstance(column, pd.Categorical):
            columns[name] = frame[name].to_numpy()
        elif is_numeric(column):
            columns[name] = numbers(column)
        else:
            columns[name] = pd.Series(decoded(column, missing=""), dtype=object).to_numpy()
    return pd.DataFrame(columns, index=range(len(frame)))


def holds(frame: pd.DataFrame, condition: Condition | None) -> Bools:
    """The records (n,) for which a condition holds; a missing value is unequal to every value.

    Comparisons of a clause are AND-ed, clauses are OR.
    """
    if condition is None:
        return np.ones(len(frame), bool)
    out = np.zeros(len(frame), bool)
    for clause in condition.clauses:
        every = np.ones(len(frame), bool)
        for comparison in clause.comparisons:
            every &= _compared(frame[comparison.ref], comparison)
        out |= every
    return out


def _compared(column: pd.Series[Any], comparison: Comparison) -> Bools:
    word, numeric = comparison.comparator, pd.api.types.is_numeric_dtype(column)
    missing = np.asarray(column.isna() if numeric else column == "", bool)
    if word == "IS":
        return missing if comparison.values[0] == "MISSING" else ~missing
    if word in ("EQ", "NE", "IN", "NOTIN"):
        values: list[Any] = [float(v) for v in comparison.values] if numeric else list(comparison.values)
        hit = np.asarray(column.isin(values), bool)
        return hit if word in ("EQ", "IN") else ~hit
    left, right = pd.to_numeric(column, errors="coerce"), float(comparison.values[0])
    tests = {"LT": left < right, "LE": left <= right, "GT": left > right, "GE": left >= right}
    return np.asarray(tests[word], bool)


class Study(Struct, frozen=True, dict=True):
    """The datasets of a study, as plain frames by name, and what its displays say of subjects and treatments."""

    spec: DisplaysSpec
    frames: Mapping[str, pd.DataFrame]

    def frame(self, name: str) -> pd.DataFrame:
        """A dataset; AnalysisError where the output has none of that name."""
        if name not in self.frames:
            raise AnalysisError(f"the output has no dataset {name}, which the displays read - convert the study first")
        return self.frames[name]

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """The dataset of subjects by USUBJID, with the treatment as ``(treatment)``."""
        frame = self.frame(self.spec.subjects)
        if frame["USUBJID"].duplicated().any():
            raise AnalysisError(f"{self.spec.subjects} has more than one record of a subject")
        return frame.set_index("USUBJID", drop=False)

    @cached_property
    def treatments(self) -> tuple[str, ...]:
        """The treatments of the study in their order."""
        said = self.spec.treatment
        column = self.subjects[said.variable]
        rank = self.subjects[said.order] if said.order else column
        pairs = {(r, t) for r, t in zip(rank, column, strict=True) if t}
        return tuple(t for _, t in sorted(pairs))

    def of(self, display: DisplaySpec) -> Population:
        """The subjects that a display speaks of; AnalysisError for a treatment that nobody has."""
        unknown = [t for t in display.treatments if t not in self.treatments]
        if unknown:
            raise AnalysisError(f"{display.caption}: no subject has the treatment '{unknown[0]}'")
        treatments = tuple(t for t in self.treatments if not display.treatments or t in display.treatments)
        said = self.spec.populations[display.population]
        members = self.subjects[holds(self.subjects, said.where)]
        treatment = members[self.spec.treatment.variable]
        return Population(said.label, treatments, treatment[treatment.isin(treatments)], self)


class Population(Struct, frozen=True, dict=True):
    """Subjects: the treatment of each by USUBJID, in the order of the dataset."""

    label: str
    treatments: tuple[str, ...]
    treatment: pd.Series[Any]
    study: Study

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of subjects by treatment."""
        return tuple(int((self.treatment == t).sum()) for t in self.treatments)

    @property
    def n(self) -> int:
        """The number of subjects."""
        return len(self.treatment)

    def records(self, dataset: str, where: Condition | None = None) -> pd.DataFrame:
        """The records of a dataset for which a condition holds, of these subjects; treatment as ``(treatment)``."""
        frame = self.study.frame(dataset)
        chosen = frame[holds(frame, where)]
        chosen = chosen[chosen["USUBJID"].isin(self.treatment.index)]
        return chosen.assign(**{"(treatment)": chosen["USUBJID"].map(self.treatment)}).reset_index(drop=True)

    def parts(self, frame: pd.DataFrame, total: bool = False) -> list[tuple[str | None, pd.DataFrame, int]]:
        """The records by treatment with the number of subjects; with ``total`` all of them last (None)."""
        by = frame["(treatment)"]
        out: list[tuple[str | None, pd.DataFrame, int]] = [
            (t, frame[by == t], n) for t, n in zip(self.treatments, self.sizes, strict=True)
        ]
        return [*out, (None, frame, self.n)] if total else out


def levels(frame: pd.DataFrame, variable: str, order: str | None) -> list[str]:
    """The distinct values of a text variable, in the order of a numeric one (None: of themselves)."""
    rank: Sequence[Any] = frame[order].tolist() if order else frame[variable].tolist()
    pairs = {(r, v) for r, v in zip(rank, frame[variable], strict=True) if v != "" and r == r}
    first: dict[str, Any] = {}
    for r, v in sorted(pairs):
        first.setdefault(v, r)
    return list(first)
