"""One run: what is ordered, who watches, and what each stage has made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msgspec import Struct

from .beside import Answer, Beside
from .build.datasets import Datasets
from .build.forms import Built, Form
from .checks.package import Package
from .judging import Judgement
from .model.dataset import Dataset
from .model.lineage import NumberedTable, Occurrences, TablePlace
from .model.raw import TableOptions
from .proving import Proof
from .reports.issues import Issue, worst
from .reports.ledger import Ledger
from .sharing import Shared
from .spec.study import Study
from .tabulations import Tabulations
from .watcher import Watcher
from .writers.output_folder import OutputFolder
from .writing import MadePackage

FailOn = Literal["error", "warning", "never"]
FAILING: dict[FailOn, tuple[str, ...]] = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


class Order(Struct, frozen=True):
    """What is to be converted, and how."""

    study: Path
    raw: Path
    out: Path
    select: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    dry_run: bool = False
    fail_on: FailOn = "error"
    jobs: int = 1
    parts: int = 1

    @property
    def partial(self) -> bool:
        """Whether the result is a part of the package only."""
        return bool(self.select or self.sources)


@dataclass
class Run:
    """One run: the order, and what each stage has made so far."""

    order: Order
    watcher: Watcher
    beside: Beside | None = None
    shared: Shared | None = None
    proving: Answer[Proof] | None = None
    showing: Answer[None] | None = None
    study: Study = field(init=False)
    folder: OutputFolder = field(init=False)
    naming: list[TableOptions] = field(default_factory=list)
    tables: list[NumberedTable] = field(default_factory=list)
    personal: list[Occurrences] = field(default_factory=list)
    built: Built = field(default_factory=Built)
    forms: dict[str, Form] = field(default_factory=dict)
    made: Datasets = field(default_factory=Datasets)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    tabulations: Tabulations = field(default_factory=Tabulations)
    analysed: Datasets = field(default_factory=Datasets)
    analysis: dict[str, Dataset] = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    written: dict[Path, Package] = field(default_factory=dict)
    judgement: Judgement | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    timings: list[dict[str, object]] = field(default_factory=list)

    @property
    def places(self) -> list[TablePlace]:
        """The raw tables as reports name them."""
        return [
            TablePlace(t.source, t.name, t.raw.file, t.raw.sheet, len(t.raw.rows), t.raw.sha256) for t in self.tables
        ]

    @property
    def staging(self) -> Path:
        """Where everything is written before it is swapped in."""
        return self.folder.staging

    @property
    def package(self) -> Path:
        """Where the SDTM datasets are written, below the output folder."""
        return self._study_folder / "tabulations" / "sdtm"

    @property
    def analysis_package(self) -> Path:
        """Where the analysis datasets are written, below the output folder."""
        return self._study_folder / "analysis" / "adam" / "datasets"

    @property
    def analysis_programs(self) -> Path:
        """Where the programs of the analysis datasets are written, below the output folder."""
        return self._study_folder / "analysis" / "adam" / "programs"

    @property
    def _study_folder(self) -> Path:
        return Path("m5", "datasets", self.study.files.study.folder or self.study.name.lower())

    @property
    def sdtm(self) -> MadePackage:
        """The SDTM datasets, and where they are written."""
        return MadePackage("SDTMIG", self.package, self.datasets)

    @property
    def adam(self) -> MadePackage:
        """The analysis datasets, and where they are written."""
        return MadePackage("ADaMIG", self.analysis_package, self.analysis)

    @property
    def packages(self) -> tuple[MadePackage, ...]:
        """What is submitted: tabulations and analysis, as far as they have datasets."""
        return tuple(p for p in (self.sdtm, self.adam) if p.datasets)

    @property
    def exit_code(self) -> int:
        """1 where an issue at or above ``fail_on`` is not accepted."""
        return int(worst(self.issues) in FAILING[self.order.fail_on])
