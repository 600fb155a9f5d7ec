from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.pipeline import Order, convert
from cdisc_itp.reports.issues import Issue
from cdisc_itp.spec.study import Study
from tests.studies.builds import BUILDS, SPEC, Package, convert_build
from tests.studies.truth import COMMITTED, Answers

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Converted:
    """A study that was converted: its spec, its datasets, what it raised."""

    study: Study
    frames: dict[str, pd.DataFrame]
    issues: list[Issue]
    exit_code: int
    analysis: dict[str, pd.DataFrame]


Convert = Callable[[Path, Path], Converted]


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory, packages: Callable[[str], Package]) -> Convert:
    """Convert a spec's folder and a raw folder into a judged package, once a session."""
    made: dict[tuple[Path, Path], Converted] = {}

    def run(spec: Path, raw: Path) -> Converted:
        if (spec, raw) == (SPEC, COMMITTED / "raw"):
            p = packages("main")
            return Converted(p.study, p.built.frames, p.issues, p.exit_code, p.analysis.frames)
        if (spec, raw) not in made:
            done = convert(Order(spec, raw, tmp_path_factory.mktemp("out") / "package"))
            frames = {name: d.frame for name, d in done.datasets.items()}
            analysis = {name: d.frame for name, d in done.analysis.items()}
            made[(spec, raw)] = Converted(done.study, frames, done.issues, done.exit_code, analysis)
        return made[(spec, raw)]

    return run


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Package]:
    """Generate and convert a build of the synthetic NCT05471050, once a session."""
    return cache(lambda build: convert_build(build, tmp_path_factory.mktemp(build)))


@pytest.fixture(scope="session", params=BUILDS)
def package(request: pytest.FixtureRequest, packages: Callable[[str], Package]) -> Package:
    """Each build of the synthetic NCT05471050."""
    return packages(str(request.param))


@pytest.fixture(scope="session")
def truth(package: Package) -> Answers:
    """The answer sheet of the build."""
    return package.answers


@pytest.fixture(scope="session")
def specs() -> Path:
    """The specs of this repository."""
    return ROOT / "specs"


@pytest.fixture(scope="session")
def excerpt() -> Path:
    """Invented exports in the shapes of the public studies, with the SDTM that follows from them by hand."""
    return Path(__file__).parent / "excerpt"
