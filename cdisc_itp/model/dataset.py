"""A dataset: its columns with its plan and what was observed in it."""

from __future__ import annotations

from functools import cached_property

import pandas as pd
from msgspec import Struct, field

from .column import Column
from .metadata import DatasetPlan, Observed, ValueLevelItem


class Dataset(Struct, frozen=True, dict=True):
    """``columns`` (n,) are the plan's variables by name, records in the order of the file."""

    plan: DatasetPlan
    columns: dict[str, Column]
    observed: dict[str, Observed] = field(default_factory=dict)
    value_level: tuple[ValueLevelItem, ...] = ()

    @property
    def name(self) -> str:
        """The dataset's name, upper case."""
        return self.plan.name

    @property
    def records(self) -> int:
        """The number of its records."""
        return len(next(iter(self.columns.values()), ()))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns as a frame, for those who need one."""
        return pd.DataFrame(self.columns, copy=False)
