"""The kinds of displays, each with how it is planned and how it is computed; a report is all of a study's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from msgspec.structs import replace

from ..model.display import Display, PlannedAnalysis, PlannedDisplay, Report
from ..spec.display_types import (
    CourseSpec,
    DisplaySpec,
    DisplaysSpec,
    FlowSpec,
    ForestSpec,
    KaplanMeierSpec,
    PanelsSpec,
    RecordsSpec,
    SummarySpec,
    TermsSpec,
)
from .course import compute_course, compute_panels, plan_course, plan_panels
from .flow import compute_flow, plan_flow
from .forest import compute_forest, plan_forest
from .records import Study
from .summary import compute_summary, plan_summary
from .survival import compute_kaplan_meier, plan_kaplan_meier
from .terms import compute_terms, plan_terms

Plan = Callable[[str, Any, DisplaysSpec], tuple[PlannedAnalysis, ...]]
Compute = Callable[[str, Any, Study], Display]
KINDS: dict[type[DisplaySpec], tuple[Plan, Compute]] = {
    SummarySpec: (plan_summary, compute_summary),
    TermsSpec: (plan_terms, compute_terms),
    KaplanMeierSpec: (plan_kaplan_meier, compute_kaplan_meier),
    CourseSpec: (plan_course, compute_course),
    PanelsSpec: (plan_panels, compute_panels),
    ForestSpec: (plan_forest, compute_forest),
    FlowSpec: (plan_flow, compute_flow),
}


def plan_displays(spec: DisplaysSpec, code: Mapping[str, str]) -> tuple[PlannedDisplay, ...]:
    """What will be analysed, from the spec alone; ``code`` is the text of each display's spec."""
    out = []
    for name, display in spec.displays.items():
        analyses = KINDS[type(display)][0](name, display, spec)
        population = spec.populations[display.population].label
        said = (display.caption, display.title, population, display.reason, display.purpose)
        out.append(PlannedDisplay(name, *said, code[name], analyses))
    return tuple(out)


def compute_displays(
    spec: DisplaysSpec, frames: Mapping[str, pd.DataFrame], study: str, title: str, notice: str
) -> Report:
    """Every display of a study from its datasets (plain frames by name, see `plain_frame`).

    Each display says at its foot which datasets it was made from, and what the data are. Raises AnalysisError.
    """
    data = Study(spec, frames)
    displays = []
    for name, display in spec.displays.items():
        made: Display = KINDS[type(display)][1](name, display, data)
        displays.append(_with_foot(made, display, spec, notice))
    populations = tuple((str(n), p.label, p.where) for n, p in spec.populations.items())
    return Report(
        study,
        title,
        notice,
        str(spec.subjects),
        str(spec.treatment.variable),
        data.treatments,
        populations,
        tuple(displays),
    )


def _with_foot(made: Display, display: DisplaySpec, spec: DisplaysSpec, notice: str) -> Display:
    datasets = dict.fromkeys(s.dataset for a in made.analyses for s in a.plan.selections)
    where = getattr(display, "where", None)
    said = f"Source: {', '.join(datasets)}" + (
        f" ({display.dataset}: {where})" if isinstance(display, RecordsSpec) and where else ""
    )
    texts = list(dict.fromkeys(a.plan.method.text for a in made.analyses))
    methods = [t for t in texts if not any(other != t and other.startswith(t) for other in texts)]
    notes = (*display.footnotes, *methods, f"{said}.", *([notice] if notice else []))
    return replace(made, footnotes=notes, reason=display.reason, purpose=display.purpose)
