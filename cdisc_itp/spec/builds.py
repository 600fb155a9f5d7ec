"""Datasets with everything that their building needs: of SDTM, and of the analysis."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.metadata import DatasetPlan
from ..standards.guide import GuideDataset
from .analysis_types import AddSpec
from .types import DatasetSpec, VariableSpec


class DatasetBuild(Struct, frozen=True):
    """A dataset with everything that its building needs.

    ``variables`` are the plan's and the supplemental ones, each with its steps; ``order`` sorts the records;
    ``topic`` is the variable without which a record says nothing (None: every record stays).
    """

    name: str
    spec: DatasetSpec
    guide: GuideDataset
    plan: DatasetPlan
    variables: dict[str, VariableSpec]
    order: tuple[str, ...]
    topic: str | None
    numeric: frozenset[str]
    supplemental: DatasetPlan | None = None

    @property
    def has_subjects(self) -> bool:
        """Whether records belong to subjects."""
        return "USUBJID" in self.plan.names

    @property
    def settled_by(self) -> frozenset[str]:
        """The variables that decide which records there are: topic, intervals, what was gathered."""
        wanted = {self.topic} if self.topic else set()
        for r in self.spec.records:
            if r.intervals:
                wanted |= {*r.intervals.same, r.intervals.start, r.intervals.end}
            if r.gathers:
                wanted |= {v for source in self.spec.records for v in source.set}
        return frozenset(map(str, wanted))


class AnalysisBuild(DatasetBuild, frozen=True):
    """An analysis dataset; the last record sources of its ``spec`` make the derived records of ``add``, in order.

    The variables of ``omit`` are made for others and are not in the file.
    """

    add: tuple[AddSpec, ...] = ()
    omit: tuple[str, ...] = ()

    @property
    def written(self) -> DatasetPlan:
        """The plan of the file."""
        return replace(self.plan, variables=tuple(v for v in self.plan.variables if v.name not in self.omit))

    @property
    def settled_by(self) -> frozenset[str]:
        """The variables that derived records are made from, with those that order the records."""
        wanted: set[str] = set()
        for added in self.add:
            wanted |= {added.of, *added.by, *(added.where.reads if added.where else ())}
            wanted |= {added.visit} if added.visit else set()
        return frozenset({str(w) for w in wanted if "." not in w} | set(self.order if self.add else ()))


class Analysis(Struct, frozen=True):
    """The analysis datasets, those that they may be made from, and the order in which their variables are made."""

    datasets: dict[str, AnalysisBuild] = field(default_factory=dict)
    known: dict[str, DatasetBuild] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()
