"""A dataset: a frame of Categoricals with its plan and what was observed in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from .metadata import DatasetPlan, Observed, ValueLevelItem


@dataclass(frozen=True)
class Dataset:
    """``frame`` has the plan's variables as Categorical columns, records in the order of the file."""

    plan: DatasetPlan
    frame: pd.DataFrame
    observed: dict[str, Observed] = field(default_factory=dict)
    value_level: tuple[ValueLevelItem, ...] = ()

    @property
    def name(self) -> str:
        """The dataset's name, upper case."""
        return self.plan.name
