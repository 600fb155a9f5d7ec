"""The stages that account for what was done: ledger, lineage, issues, run.json and the manifest."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

from . import __version__
from .build.raw_columns import column_fates, expected_rows
from .build.trial_design import trial_links
from .model.lineage import NumberedTable
from .reports.issue_files import write_issues_csv, write_issues_parquet
from .reports.issues import (
    Issue,
    accept,
    by_severity,
    conditions_never_held,
    drafts_left,
    each_finding,
    group_issues,
    issues_of_findings,
    rules_that_crashed,
    unused_acceptance,
)
from .reports.ledger import (
    FormRows,
    build_ledger,
    check_records,
    counts_by_fate,
    reconcile,
    write_ledger_csv,
    write_ledger_parquet,
)
from .reports.lineage import FormYields, write_lineage
from .reports.remedies import name_remedies
from .run import Run
from .spec.undecided import find_undecided
from .spec.whens import written_conditions
from .writers.run_json import write_run_json

PACKAGES = ("pandas", "numpy", "pyarrow", "lxml", "pyreadstat", "python-calamine", "jsonschema", "PyYAML")


def account(run: Run) -> None:
    """The ledger, reconciled with the readers' counts and with the records; LedgerError where they disagree."""
    forms = {n: FormRows(f.places, _unread(run, n)) for n, f in run.built.forms.items()}
    run.ledger = build_ledger(forms, [*run.built.outcomes, *run.made.outcomes])
    reconcile(run.ledger, run.places, expected_rows(run.study.files, run.tables))
    check_records(run.ledger, run.made.links, {n: len(f) for n, f in run.made.frames.items()})


def gather_issues(run: Run) -> None:
    """The issues, grouped and compared with accepted.csv."""
    accepted, unused = accept(_found(run), run.study.files.accepted)
    whole = not run.order.partial and not run.order.dry_run
    run.issues = name_remedies(accepted + (unused_acceptance(unused) if whole else []), run.study)


def _found(run: Run) -> list[Issue]:
    found = group_issues(
        [*run.built.issues, *run.made.issues, *run.analysed.issues], run.places, run.built.column_names
    )
    if run.judgement is not None:
        found += issues_of_findings(run.judgement.findings, run.judgement.rules)
        found += rules_that_crashed(run.judgement.did_not_run)
    if not run.order.partial:
        found += conditions_never_held(
            written_conditions(run.study), run.built.held | run.made.held | run.analysed.held
        )
    found += drafts_left(find_undecided(run.study.files))
    return by_severity(found)


def _unread(run: Run, form: str) -> str | None:
    """Why rows of a form may stay unread; None where each of them must become a record or be left out."""
    spec = run.study.files.forms[form]
    if spec.not_submitted is not None:
        return spec.not_submitted
    read = any(r.from_ == form for d in run.study.datasets.values() for r in d.spec.records)
    if run.order.sources or (run.order.select and not read):
        return "not selected for this run"
    return None if read else "no record looks it up"


def write_issues(run: Run) -> None:
    """The issues, each kind and each occurrence."""
    folder = run.staging / "run"
    write_issues_csv(folder / "issues.csv", run.issues)
    found = [*run.built.issues, *run.made.issues, *run.analysed.issues]
    others = _others(run, {o.code for o in found if len(o.places)})
    write_issues_parquet(folder / "issues.parquet", found, run.places, run.built.column_names, others)


def write_accounts(run: Run) -> None:
    """Ledger and lineage."""
    folder, names, places = run.staging / "run", run.built.column_names, run.places
    skipped = [(t.number, reason, len(rows)) for t in run.tables for reason, rows in t.raw.skipped.items()]
    columns = column_fates(run.study.files, run.tables)
    write_ledger_csv(folder / "ledger.csv", run.ledger, places, names, columns, skipped, _unread_tables(run))
    write_ledger_parquet(folder / "ledger.parquet", run.ledger, places, names)
    forms = {n: f.places for n, f in run.built.forms.items()}
    links = [*run.made.links, *trial_links(run.study), *run.analysed.links]
    yielded = [FormYields(n, y, run.ledger.fates_of(n)[y.rows]) for n, y in run.built.yielded.items()]
    write_lineage(folder / "lineage.parquet", links, forms, places, names, yielded)


def _others(run: Run, of_rows: set[str]) -> list[Issue]:
    """Issues that are no trouble of raw rows, one for each occurrence."""
    judged = run.judgement
    rules = {f.rule for f in judged.findings} if judged else set()
    each = each_finding(judged.findings, judged.rules) if judged else []
    return each + [i for i in run.issues if i.code not in of_rows | rules]


def _unread_tables(run: Run) -> list[tuple[int, str]]:
    """Raw tables that the spec leaves out as a whole, with its reason."""
    sources = run.study.files.sources
    said = [(t.number, sources[t.source].tables[t.name].not_submitted) for t in run.tables]
    return [(number, reason) for number, reason in said if reason is not None]


def write_run(run: Run) -> None:
    """run.json with the stages so far, and the manifest: by a second process, which need not import a judge first."""
    document = run_document(run)
    if run.beside is None:
        write_run_json(run.staging, document, run.hashes)
    else:
        run.beside.ask(write_run_json, run.staging, document, run.hashes).result()


def run_document(run: Run) -> dict[str, object]:
    """What run.json says (`writers.run_json.RUN_SCHEMA`)."""
    left = [i.severity for i in run.issues if not i.accepted]
    counts = {s: left.count(s) for s in ("error", "warning", "note")}
    return {
        "tool": "cdisc-itp",
        "version": __version__,
        "python": platform.python_version(),
        "packages": {p: version(p) for p in PACKAGES},
        "study": run.study.name,
        "data": run.study.files.study.data,
        "created": run.study.files.study.created.isoformat(),
        "encoding": run.study.files.study.encoding,
        "spec_sha256": run.study.files.sha256,
        "partial": run.order.partial,
        "select": list(run.order.select),
        "sources": list(run.order.sources),
        "jobs": run.order.jobs,
        "exit_code": run.exit_code,
        "fail_on": run.order.fail_on,
        "inputs": [*(_input(t) for t in run.tables), *_tabulated(run)],
        "datasets": {n: d.records for p in run.packages for n, d in p.datasets.items()},
        "form_rows": counts_by_fate(run.ledger),
        "issues": {**counts, "accepted": len(run.issues) - len(left)},
        "checks": run.judgement.summary if run.judgement else {},
        "stages": run.timings,
    }


def _tabulated(run: Run) -> list[dict[str, object]]:
    """The SDTM files that existed already, as inputs."""
    found = run.tabulations.files.items()
    said: dict[str, object] = {"source": "tabulations", "sheet": None, "detected": [], "notes": []}
    return [{**said, "table": Path(f).stem, "file": f, "sha256": sha, "rows": n} for f, (sha, n) in found]


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
