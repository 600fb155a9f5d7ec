"""The way from a study's folder and its raw exports to a judged package: every stage, in order."""

from __future__ import annotations

import platform
import resource
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from . import __version__
from .build.datasets import Datasets
from .build.forms import Built, Form, build_forms
from .build.observe import observe
from .build.partition import build_study
from .build.raw_columns import column_fates, expected_rows
from .judging import Judgement, check_written, judge_package, read_package
from .model.dataset import Dataset
from .model.issue import ReadError, ReadProblem
from .model.lineage import NumberedTable, TablePlace
from .readers.registry import read_tables
from .reports.issues import (
    Issue,
    accept,
    conditions_never_held,
    group_issues,
    issues_of_findings,
    unused_acceptance,
    worst,
    write_issues_csv,
    write_issues_parquet,
)
from .reports.ledger import (
    FormRows,
    Ledger,
    build_ledger,
    counts_by_fate,
    reconcile,
    write_ledger_csv,
    write_ledger_parquet,
)
from .reports.lineage import write_lineage
from .spec.define_study import define_codelists, define_study
from .spec.selection import needed_datasets, needed_sources
from .spec.study import Study, load_study
from .spec.whens import written_conditions
from .writers.define_xml import write_define
from .writers.output_folder import OutputFolder
from .writers.run_json import RUN_SCHEMA, write_json, write_manifest
from .writers.xpt import SPLIT_LIMIT, XptVariable, split_xpt, write_xpt

FailOn = Literal["error", "warning", "never"]
PACKAGES = ("pandas", "numpy", "pyarrow", "lxml", "pyreadstat", "python-calamine", "jsonschema", "PyYAML")


class Watcher(Protocol):
    """Who is told how the work goes."""

    def stage(self, name: str, number: int, of: int) -> None:
        """A stage begins."""
        ...

    def advance(self, what: str, done: int, of: int) -> None:
        """Something within the stage is done."""
        ...


class Silent:
    """Nobody watches."""

    def stage(self, name: str, number: int, of: int) -> None:
        """Say nothing."""

    def advance(self, what: str, done: int, of: int) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Order:
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
    study: Study = field(init=False)
    folder: OutputFolder = field(init=False)
    staging: Path = field(init=False)
    tables: list[NumberedTable] = field(default_factory=list)
    built: Built = field(default_factory=Built)
    forms: dict[str, Form] = field(default_factory=dict)
    made: Datasets = field(default_factory=Datasets)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    judgement: Judgement = field(init=False)
    issues: list[Issue] = field(default_factory=list)
    timings: list[dict[str, object]] = field(default_factory=list)

    @property
    def places(self) -> list[TablePlace]:
        """The raw tables as reports name them."""
        return [
            TablePlace(t.source, t.name, t.raw.file, t.raw.sheet, len(t.raw.rows), t.raw.sha256)
            for t in self.tables
        ]

    @property
    def package(self) -> Path:
        """Where the SDTM datasets are written."""
        name = self.study.files.study.folder or self.study.name.lower()
        return self.staging / "m5" / "datasets" / name / "tabulations" / "sdtm"

    @property
    def exit_code(self) -> int:
        """1 where an issue at or above ``fail_on`` is not accepted."""
        found = worst(self.issues)
        limit: dict[FailOn, tuple[str, ...]] = {"error": ("error",), "warning": ("error", "warning"), "never": ()}
        return int(found in limit[self.order.fail_on])


def convert(order: Order, watcher: Watcher | None = None) -> Run:
    """Convert a study: every stage of `STAGES`, staged and then swapped in.

    Raises SpecError, ReadError, SelectionError, OutputError or XptError (exit code 2; nothing is written),
    LedgerError and everything else for a bug (exit code 3).
    """
    run = Run(order, watcher or Silent())
    run.folder = OutputFolder(order.out)
    stages = [s for s in STAGES if not order.dry_run or s[1] not in WRITING]
    try:
        for number, (name, stage) in enumerate(stages, 1):
            run.watcher.stage(name, number, len(stages))
            _timed(run, name, stage)
    finally:
        run.folder.discard()
    return run


def _timed(run: Run, name: str, stage: Callable[[Run], None]) -> None:
    start, cpu = time.perf_counter(), _cpu()
    stage(run)
    run.timings.append({"name": name, "seconds": round(time.perf_counter() - start, 4), "cpu": round(_cpu() - cpu, 4)})


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def read_spec(run: Run) -> None:
    """The study's spec, narrowed to what is selected; the output folder is made ready."""
    run.study = load_study(run.order.study)
    if run.order.select:
        run.study = needed_datasets(run.study, run.order.select)
    if run.order.sources:
        run.study = needed_sources(run.study, run.order.sources)
    run.staging = run.folder.staging if run.order.dry_run else run.folder.prepare(run.order.partial)


def read_raw(run: Run) -> None:
    """Every raw table of every source."""
    run.tables = read_raw_tables(run.study, run.order.raw, run.watcher)


def read_raw_tables(study: Study, raw: Path, watcher: Watcher) -> list[NumberedTable]:
    """Raw tables in the order of sources and files; ReadError with the problems of all of them."""
    wanted = [(s.source, name, t) for s in study.files.sources.values() for name, t in s.tables.items()]
    out: list[NumberedTable] = []
    problems: list[ReadProblem] = []
    for done, (source, name, options) in enumerate(wanted, 1):
        try:
            out += [NumberedTable(len(out) + i, source, name, t) for i, t in enumerate(read_tables(raw, options))]
        except ReadError as error:
            problems += error.problems
        watcher.advance(f"{source}: {options.file}", done, len(wanted))
    if problems:
        raise ReadError(problems)
    return out


def make_forms(run: Run) -> None:
    """Forms from raw tables; with --source only the subjects of those sources."""
    run.built = build_forms(run.study.files, run.tables)
    run.forms = run.built.forms
    if run.order.sources:
        run.forms = subjects_of(run.forms, run.order.sources, run.places)


def subjects_of(forms: dict[str, Form], sources: Collection[str], tables: list[TablePlace]) -> dict[str, Form]:
    """The forms' rows of subjects who have a row from one of the sources; forms that speak of no subject stay."""
    chosen = np.array([t.source in sources for t in tables], bool)
    names: set[str] = set()
    for form in forms.values():
        subject = form.columns.get("USUBJID")
        if subject is not None and len(form):
            codes = np.unique(subject.codes[chosen[form.places.table]])
            names |= set(subject.categories[codes[codes >= 0]])
    out = {}
    for name, form in forms.items():
        subject = form.columns.get("USUBJID")
        if subject is None:
            out[name] = form
            continue
        keep = chosen[form.places.table] if len(form) else np.zeros(0, bool)
        known = np.array([*(s in names for s in subject.categories.tolist()), False], bool)
        out[name] = form.at(np.flatnonzero(known[subject.codes] | (keep & (subject.codes < 0))))
    return out


def make_datasets(run: Run) -> None:
    """Datasets from forms, subject by subject; then what the data hold."""
    order = run.order
    run.made = build_study(
        run.study, run.forms, order.parts, order.jobs, lambda i, n: run.watcher.advance("parts", i, n)
    )
    wanted = {s.upper() for s in order.select}
    plans = {n: d.plan for n, d in run.study.datasets.items()}
    plans |= {d.supplemental.name: d.supplemental for d in run.study.datasets.values() if d.supplemental}
    for name in sorted(run.made.frames):
        if not wanted or name in wanted or name.removeprefix("SUPP") in wanted:
            frame = run.made.frames[name]
            if len(frame) or not name.startswith("SUPP"):
                run.datasets[name] = observe(plans[name], frame, run.study.files.study.encoding)
    run.lengths = common_lengths(run.datasets)


def common_lengths(datasets: dict[str, Dataset]) -> dict[str, int]:
    """The length of each text variable: its longest value in any dataset but SUPP--."""
    out: dict[str, int] = {}
    for name, dataset in datasets.items():
        for variable in dataset.plan.variables:
            if not variable.numeric and not name.startswith("SUPP"):
                length = dataset.observed[variable.name].length
                out[variable.name] = max(out.get(variable.name, 1), length)
    return out


def xpt_variables(dataset: Dataset, lengths: dict[str, int]) -> list[XptVariable]:
    """The variables of a dataset as the transport file declares them."""
    out = []
    for v in dataset.plan.variables:
        own = max(1, dataset.observed[v.name].length)
        length = None if v.numeric else (own if dataset.name.startswith("SUPP") else lengths[v.name])
        out.append(XptVariable(v.name, v.label, v.numeric, length, v.display_format))
    return out


def write_datasets(run: Run) -> None:
    """One transport file a dataset; a file over 5 GB also in ``split/``."""
    run.package.mkdir(parents=True)
    study = run.study.files.study
    for done, (name, dataset) in enumerate(run.datasets.items(), 1):
        path = run.package / f"{name.lower()}.xpt"
        columns = {v: dataset.frame[v].array for v in dataset.plan.names}
        variables = xpt_variables(dataset, run.lengths)
        write_xpt(path, name, dataset.plan.label, variables, columns, study.created, study.encoding)
        if path.stat().st_size > SPLIT_LIMIT:
            split_xpt(path, run.package / "split")
        run.watcher.advance(path.name, done, len(run.datasets))


def write_metadata(run: Run) -> None:
    """define.xml."""
    datasets = list(run.datasets.values())
    lengths = {
        (d.name, v.name): run.lengths[v.name]
        for d in datasets
        if not d.name.startswith("SUPP")
        for v in d.plan.variables
        if not v.numeric
    }
    study = define_study(run.study)
    write_define(run.package / "define.xml", study, datasets, define_codelists(run.study, datasets), lengths=lengths)


def judge(run: Run) -> None:
    """The files read back, compared with what was to be written, and judged."""
    study = run.study.files.study
    package = read_package(
        run.package, study.encoding, study.standards.sdtmig, run.study.codelists.release, run.order.partial
    )
    check_written(package, run.datasets)
    run.judgement = judge_package(package)


def account(run: Run) -> None:
    """The ledger, reconciled with the readers' counts; issues grouped and compared with accepted.csv."""
    forms = {n: FormRows(f.places, _unread(run, n)) for n, f in run.built.forms.items()}
    outcomes = [*run.built.outcomes, *run.made.outcomes]
    run.ledger = build_ledger(forms, outcomes)
    reconcile(run.ledger, run.places, expected_rows(run.study.files, run.tables))
    found = group_issues([*run.built.issues, *run.made.issues], run.places, run.built.column_names)
    if not run.order.dry_run:
        found += issues_of_findings(run.judgement.findings, run.judgement.rules)
    if not run.order.partial:
        found += conditions_never_held(written_conditions(run.study), run.built.held | run.made.held)
    accepted, unused = accept(found, run.study.files.accepted)
    run.issues = accepted + ([] if run.order.partial or run.order.dry_run else unused_acceptance(unused))


def _unread(run: Run, form: str) -> str | None:
    """Why rows of a form may stay unread; None where each of them must become a record or be left out."""
    spec = run.study.files.forms[form]
    if spec.not_submitted is not None:
        return spec.not_submitted
    if run.order.partial:
        return "not selected for this run"
    return None if form in run.study.forms_read else "no record looks it up"


def write_reports(run: Run) -> None:
    """Issues, ledger, lineage, run.json and the manifest."""
    folder, names, places = run.staging / "run", run.built.column_names, run.places
    occurrences = [*run.built.issues, *run.made.issues]
    write_issues_csv(folder / "issues.csv", run.issues)
    write_issues_parquet(folder / "issues.parquet", occurrences, places, names)
    skipped = [(t.number, reason, len(rows)) for t in run.tables for reason, rows in t.raw.skipped.items()]
    columns = column_fates(run.study.files, run.tables)
    write_ledger_csv(folder / "ledger.csv", run.ledger, places, names, columns, skipped)
    write_ledger_parquet(folder / "ledger.parquet", run.ledger, places, names)
    forms = {n: f.places for n, f in run.built.forms.items()}
    write_lineage(folder / "lineage.parquet", run.made.links, forms, places, names)
    write_json(folder / "run.json", _run_document(run), RUN_SCHEMA)
    write_manifest(run.staging)


def _run_document(run: Run) -> dict[str, object]:
    severities = [i.severity for i in run.issues if not i.accepted]
    return {
        "tool": "cdisc-itp",
        "version": __version__,
        "python": platform.python_version(),
        "packages": {p: version(p) for p in PACKAGES},
        "study": run.study.name,
        "data": run.study.files.study.data,
        "spec_sha256": run.study.files.sha256,
        "partial": run.order.partial,
        "select": list(run.order.select),
        "sources": list(run.order.sources),
        "exit_code": run.exit_code,
        "fail_on": run.order.fail_on,
        "inputs": [_input(t) for t in run.tables],
        "datasets": {n: len(d.frame) for n, d in run.datasets.items()},
        "form_rows": counts_by_fate(run.ledger),
        "issues": {s: severities.count(s) for s in ("error", "warning", "note")}
        | {"accepted": len(run.issues) - len(severities)},
        "checks": run.judgement.summary,
        "stages": run.timings,
    }


def _input(table: NumberedTable) -> dict[str, object]:
    raw = table.raw
    return {
        "source": table.source,
        "table": table.name,
        "file": raw.file,
        "sheet": raw.sheet,
        "sha256": raw.sha256,
        "rows": len(raw.rows),
        "detected": [{"what": d.what, "value": d.value, "confidence": round(d.confidence, 4)} for d in raw.detected],
        "notes": list(raw.notes),
    }


def swap_in(run: Run) -> None:
    """The staged folder takes the output's place."""
    run.folder.swap()


STAGES: tuple[tuple[str, Callable[[Run], None]], ...] = (
    ("read the spec", read_spec),
    ("read raw files", read_raw),
    ("build forms", make_forms),
    ("build datasets", make_datasets),
    ("write XPT", write_datasets),
    ("write Define-XML", write_metadata),
    ("read back and judge", judge),
    ("account for every row", account),
    ("write reports", write_reports),
    ("swap in", swap_in),
)
WRITING = (write_datasets, write_metadata, judge, write_reports, swap_in)
