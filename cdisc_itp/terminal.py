"""What people see on a terminal: progress on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from rich.progress import Progress

    from .judging import Validation
    from .reports.issues import Issue
    from .run import Run
    from .spec.study import Study
    from .watcher import Watcher

SHOWN = 12


class PlainWatcher:
    """A line a stage."""

    def stage(self, name: str, number: int, of: int) -> None:
        """Name the stage."""
        print(f"[{number}/{of}] {name}", file=sys.stderr, flush=True)

    def advance(self, what: str, done: int, of: int) -> None:
        """Stages are enough here."""


class BarWatcher:
    """A bar over the stages, with what is being done."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task = progress.add_task("", total=None, detail="")

    def stage(self, name: str, number: int, of: int) -> None:
        """Move on to the stage."""
        self.progress.update(self.task, description=name, completed=number - 1, total=of, detail="")

    def advance(self, what: str, done: int, of: int) -> None:
        """Show how far the stage is."""
        self.progress.update(self.task, detail=f"{what} ({done}/{of})")


@contextlib.contextmanager
def watching(kind: str | None) -> Iterator[Watcher]:
    """Who is told how the work goes: a bar on a terminal, else plain lines, unless it is said."""
    from .watcher import Silent

    console = Console(stderr=True)
    chosen = kind or ("bar" if console.is_terminal else "plain")
    if chosen != "bar":
        yield PlainWatcher() if chosen == "plain" else Silent()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<22}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarWatcher(progress)


def print_result(run: Run, as_json: bool) -> None:
    """Datasets, rows by fate, issues, and where everything lies."""
    if as_json:
        print(json.dumps(_result(run), ensure_ascii=False, indent=2, sort_keys=True))
        return
    console = make_console()
    title = f"{run.study.name}" + (" (partial)" if run.order.partial else "")
    table = Table("dataset", "label", "records", "variables", title=title, title_justify="left")
    for name, dataset in (item for p in run.packages for item in p.datasets.items()):
        table.add_row(name, dataset.plan.label, f"{dataset.records:,}", str(len(dataset.plan.names)))
    console.print(table)
    if run.study.files.study.data:
        console.print(run.study.files.study.data, highlight=False)
    rows = ", ".join(f"{n:,} {fate}" for fate, n in _form_rows(run).items())
    console.print(f"form rows: {rows}", highlight=False)
    if empty := sorted({t.raw.file for t in run.tables if not len(t.raw.rows)}):
        # An export that was cut short looks like this, and so does a log in which nothing had to be written.
        console.print(f"raw tables without a row: {', '.join(empty)}", highlight=False)
    _print_issues(console, run)
    if run.order.dry_run:
        console.print("dry run: nothing was written")
    else:
        _print_places(console, run)
    limit = f" (--fail-on {run.order.fail_on})" if run.exit_code else ""
    console.print(f"exit code {run.exit_code}{limit}", highlight=False)


def counted(n: int, what: str) -> str:
    """A number with its noun.

    >>> counted(1, "error"), counted(2000, "row")
    ('1 error', '2,000 rows')
    """
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def make_console() -> Console:
    """Where results are printed: as wide as the terminal, or as a page."""
    width = None if sys.stdout.isatty() else 120
    return Console(width=width, soft_wrap=False)


def _form_rows(run: Run) -> dict[str, int]:
    from .reports.ledger import counts_by_fate

    return counts_by_fate(run.ledger)


def _print_issues(console: Console, run: Run) -> None:
    """How many issues each source has; the list itself is a command of its own."""
    from .reports.work_list import counts_by_source
    from .reports.work_list_text import said_counts

    console.print(f"issues: {said_counts(run.issues)}", highlight=False)
    if run.issues:
        table = Table("issues of", *("errors", "warnings", "notes"), "accepted", "occurrences")
        for c in counts_by_source(run.issues):
            cells = (*c.open.values(), c.accepted, c.occurrences)
            table.add_row(c.source, *(f"{n:,}" for n in cells))
        console.print(table)
    if run.order.dry_run:
        _print_first(console, [i for i in run.issues if not i.accepted])


def _print_first(console: Console, left: list[Issue]) -> None:
    """The first open issues, where no output has them."""
    for i in left[:SHOWN]:
        place = ", ".join(str(x) for x in (i.file, i.sheet, f"row {i.row}" if i.row else "", i.column) if x)
        what = " ".join(x for x in (i.severity, i.code, i.dataset, i.variable, i.value and f"'{i.value}'") if x)
        first = f", first {place}" if place else ""
        console.print(f"  {what}: {i.message} - {i.count}x{first}", highlight=False, markup=False, soft_wrap=True)
    if len(left) > SHOWN:
        console.print(f"  and {counted(len(left) - SHOWN, 'more issue')}", highlight=False)


def _print_places(console: Console, run: Run) -> None:
    out = run.order.out
    for package in run.packages:
        what = {"SDTMIG": "SDTM", "ADaMIG": "ADaM"}[package.standard]
        console.print(f"{what:<11} {out / package.folder}", highlight=False, soft_wrap=True)
    for what, where in (
        *(("define.html", out / p.folder / "define.html") for p in run.packages),
        ("issues", out / "run" / "issues.csv"),
        ("ledger", out / "run" / "ledger.csv"),
        ("run", out / "run" / "run.json"),
    ):
        console.print(f"{what:<11} {where}", highlight=False, soft_wrap=True)
    if run.issues:
        console.print(f"{'work list':<11} cdisc-itp issues {shlex.quote(str(out))}", highlight=False, soft_wrap=True)


def _result(run: Run) -> dict[str, Any]:
    return {
        "study": run.study.name,
        "exit_code": run.exit_code,
        "partial": run.order.partial,
        "dry_run": run.order.dry_run,
        "out": None if run.order.dry_run else str(run.order.out),
        "datasets": {n: d.records for p in run.packages for n, d in p.datasets.items()},
        "package": None if run.order.dry_run else str(run.order.out / run.package),
        "form_rows": _form_rows(run),
        "issues": [dict(zip(_issue_columns(), i.cells(), strict=True)) for i in run.issues],
    }


def _issue_columns() -> tuple[str, ...]:
    from .reports.issues import COLUMNS

    return COLUMNS


def print_findings(result: Validation, as_json: bool) -> None:
    """What the judges found in a written package."""
    if as_json:
        print(json.dumps(result.document(), ensure_ascii=False, indent=2, sort_keys=True))
        return
    console = make_console()
    console.print(f"{result.folder}", highlight=False, markup=False, soft_wrap=True)
    counts = [counted(sum(i.count for i in result.issues if i.severity == s), s) for s in ("error", "warning", "note")]
    rules = f"{counted(result.ran, 'rule')} ran, {len(result.not_applicable)} had nothing to judge"
    console.print(", ".join([counted(len(result.datasets), "dataset"), rules, *counts]), highlight=False)
    for i in result.issues:
        what = " ".join(x for x in (i.severity, i.code, i.dataset, i.variable, i.value and f"'{i.value}'") if x)
        first = f", first record {i.row}" if i.row else ""
        console.print(f"  {what}: {i.message} - {i.count}x{first}", highlight=False, markup=False, soft_wrap=True)
    for rule, reason in result.did_not_run:
        console.print(f"  {rule} did not run: {reason}", highlight=False, markup=False, soft_wrap=True)


def print_trace(study: Path, out: Path, raw: Path, words: list[str], as_json: bool) -> int:
    """The story of one value."""
    from msgspec import to_builtins

    from .build.trace import render_trace
    from .tracing import trace_value

    step = trace_value(study, out, raw, words)
    print(json.dumps(to_builtins(step, enc_hook=str), ensure_ascii=False, indent=2) if as_json else render_trace(step))
    return 0


def print_spec(study: Path, raw: Path | None = None) -> int:
    """What a study's spec makes, where it has no problem (SpecError otherwise).

    Of a study whose tabulations are given the analysis datasets are judged with the files in ``raw``.
    """
    from .checks import RULES
    from .spec.study import load_study
    from .tabulations import plans_in

    found = load_study(study, RULES, plans_in(raw) if raw is not None else None)
    _check_published(study, found)
    console = make_console()
    table = Table("dataset", "variables", "supplemental", "records from", title=found.name, title_justify="left")
    for name, d in found.datasets.items():
        forms = ", ".join(r.from_ for r in d.spec.records)
        table.add_row(name, str(len(d.plan.names)), str(len(d.spec.supplemental)), forms)
    for name, trial in found.trial.items():
        table.add_row(name, str(len(trial.plan.names)), "0", trial.file)
    if found.relations is not None:
        plan = found.relations.plan
        table.add_row(plan.name, str(len(plan.names)), "0", ", ".join(found.relations.datasets))
    for name, build in found.analysis.datasets.items():
        read = ", ".join(dict.fromkeys(str(r.from_) for r in build.spec.records if r.from_))
        table.add_row(name, str(len(build.plan.names)), "0", read)
    console.print(table)
    if found.files.analysis and not found.analysis.datasets:
        console.print("adam/ is judged with the tabulations that are given: --raw DIR", highlight=False)
    if found.displays is not None:
        console.print(f"{len(found.displays.displays)} tables and figures", highlight=False)
    console.print(f"{len(found.files.sources)} sources, {len(found.files.forms)} forms: no problem", highlight=False)
    return 0


def _check_published(folder: Path, study: Study) -> None:
    """Judge analysis/published.yaml, if there is one, with the variables of the analysis datasets (SpecError)."""
    from .spec.published import FILE, load_published

    if (folder / FILE).is_file():
        from .analysis.published import known_methods

        built = {n: frozenset(b.plan.names) for n, b in study.analysis.datasets.items()}
        load_published(folder, known_methods(), built or None)


def print_schema() -> int:
    """The JSON Schema of spec files."""
    from .spec.schema import spec_schema

    print(json.dumps(spec_schema(), indent=2, ensure_ascii=False))
    return 0


def import_ct(file: Path, out: Path, standard: str | None, date: str | None) -> int:
    """Import a terminology release as a study's own table."""
    from .standards.ct_table import write_compact
    from .standards.release import import_terminology

    release = import_terminology(file, standard, date)
    path = out / f"{release.standard.lower()}-ct-{release.date}.tsv"
    out.mkdir(parents=True, exist_ok=True)
    write_compact(release, path)
    terms = sum(len(rows) - 1 for rows in release.rows.values())
    print(f"{release.release}: {len(release.codes)} codelists, {terms} terms -> {path}")
    return 0
