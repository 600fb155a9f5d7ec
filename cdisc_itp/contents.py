"""What a run writes of its packages."""

from __future__ import annotations

from .analysis.displays import plan_displays
from .model.display import PlannedDisplay
from .run import Run
from .spec.define_study import define_codelists, define_study
from .spec.displays import display_texts
from .writing import MadePackage, PackageContents


def package_contents(run: Run, made: MadePackage) -> PackageContents:
    """What a run writes of a package."""
    return PackageContents(
        run.staging / made.folder,
        made.datasets,
        run.study.files.study,
        define_study(run.study, made.standard),
        define_codelists(run.study, list(made.datasets.values())),
        planned_displays(run) if made.standard == "ADaMIG" else (),
    )


def planned_displays(run: Run) -> tuple[PlannedDisplay, ...]:
    """What the study's tables and figures analyse, as Analysis Results Metadata tell it."""
    spec = run.study.displays
    return () if spec is None else plan_displays(spec, display_texts(run.study.files.folder, spec))
