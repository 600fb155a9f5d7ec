"""The way from a study's folder and its raw exports to a judged package: every stage, in order."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from .accounting import account, gather_issues, write_accounts, write_issues, write_run
from .ahead import import_showing
from .beside import Beside
from .build.analysis import build_analysis
from .build.comments import comments_plan
from .build.forms import Form, build_forms
from .build.long_text import with_continued
from .build.observe import observe
from .build.partition import build_study
from .build.trial_design import build_trial_design
from .checks import RULES
from .checks.package import Package
from .contents import package_contents
from .judging import taken_together
from .model.issue import ReadError
from .model.lineage import TablePlace
from .model.metadata import DatasetPlan
from .programs import write_programs
from .proving import Declared, Proof, prove, read_and_show, show, write_and_prove
from .raw_tables import read_raw_tables_with_issues, tables_that_name_persons
from .run import Order, Run
from .sharing import built_together, share_out
from .spec.graph import all_steps
from .spec.load import StudyFiles
from .spec.selection import needed_datasets, needed_sources
from .spec.study import Study, load_study
from .spec.types import COMMENTS, StudySpec, TabulationsSpec
from .standards.guide import guide
from .tabulations import read_tabulations
from .watcher import Silent, Watcher
from .writers.output_folder import OutputFolder
from .writing import as_source, write_package

__all__ = ["STAGES", "Order", "Run", "Silent", "Watcher", "convert"]


def convert(order: Order, watcher: Watcher | None = None, beside: Beside | None = None) -> Run:
    """Convert a study: every stage of `STAGES`, staged and then swapped in; with a second process where one is given.

    Raises SpecError, ReadError, SelectionError, OutputError or XptError (exit code 2; nothing is written),
    LedgerError, ReadBackError and everything else for a bug (exit code 3). The output of before stays whole then.
    """
    run = Run(order, watcher or Silent(), beside)
    run.folder = OutputFolder(order.out)
    stages = [s for s in STAGES if not order.dry_run or s[1] not in WRITING]
    try:
        for number, (name, stage) in enumerate(stages, 1):
            run.watcher.stage(name, number, len(stages))
            _timed(run, name, stage)
    except BaseException:
        if beside is not None:
            beside.end()  # It may be writing into the folder that is dropped now.
        raise
    finally:
        run.folder.discard()
    return run


def _timed(run: Run, name: str, stage: Callable[[Run], None]) -> None:
    start, cpu = time.perf_counter(), _cpu()
    stage(run)
    run.timings.append({"name": name, "seconds": round(time.perf_counter() - start, 4), "cpu": round(_cpu() - cpu, 4)})


def _cpu() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def read_spec(run: Run) -> None:
    """The study's spec, narrowed to what is selected; the output folder is made ready."""
    run.study = load_study(run.order.study, RULES, partial(tabulated, run), partial(share, run))
    run.naming = tables_that_name_persons(run.study.files)
    if run.order.select:
        run.study = needed_datasets(run.study, run.order.select)
    if run.order.sources:
        run.study = needed_sources(run.study, run.order.sources)
    if not run.order.dry_run:
        run.folder.prepare(run.order.partial)


def share(run: Run, files: StudyFiles) -> None:
    """A second process takes over some of the sources, where all are wanted; then it prepares for what comes later."""
    if run.beside is None:
        return
    if not run.order.partial:
        run.shared = share_out(files, run.order.raw, run.beside)
    run.beside.ask(import_showing)


def tabulated(run: Run, spec: TabulationsSpec, study: StudySpec) -> Mapping[str, DatasetPlan]:
    """The plans of SDTM datasets that exist already, which are read."""
    run.tabulations = read_tabulations(spec, run.order.raw, guide(study.standards.sdtmig), study.encoding)
    return run.tabulations.plans


def read_raw(run: Run) -> None:
    """Every raw table that the run needs."""
    files, forms = run.study.files, needed_forms(run.study) if run.order.select else None
    mine = run.shared.mine if run.shared else None
    try:
        run.tables, run.personal = read_raw_tables_with_issues(
            files, run.order.raw, run.watcher, forms, run.naming, mine
        )
    except ReadError as error:
        problems = [*error.problems, *(run.shared.answer.result().problems if run.shared else ())]
        raise ReadError(list(dict.fromkeys(problems))) from None


def needed_forms(study: Study) -> set[str]:
    """The forms that the study's datasets are made from or look up."""
    steps = [s for d in study.datasets.values() for v in d.variables for s in all_steps(d, v)]
    refs = [r for s in steps for r in (*s.algorithm.reads, *(s.when.reads if s.when else ()))]
    named = {r.rpartition(".")[0] for r in refs}
    made = {r.from_ for d in study.datasets.values() for r in d.spec.records}
    return (named | made) & set(study.files.forms)


def make_forms(run: Run) -> None:
    """Forms from raw tables; with --source only the subjects of those sources."""
    if run.shared is None:
        run.built = build_forms(run.study.files, run.tables)
    else:
        run.built, share = built_together(run.study.files, run.tables, run.shared)
        run.tables += share.tables
        run.personal += share.personal
    run.built.issues += run.personal
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
    order, study = run.order, run.study
    run.made = build_study(study, run.forms, order.parts, order.jobs, lambda i, n: run.watcher.advance("parts", i, n))
    wanted = {s.upper() for s in order.select}
    plans = {n: d.plan for n, d in study.datasets.items()}
    plans |= {n: with_continued(d, run.made.frames[n]) for n, d in study.of_qualifiers.items() if n in run.made.frames}
    plans |= {n: t.plan for n, t in study.trial.items()}
    plans |= {study.relations.plan.name: study.relations.plan} if study.relations else {}
    if COMMENTS in run.made.frames:
        plans[COMMENTS] = comments_plan(study, run.made.frames[COMMENTS].columns)
    for name, frame in sorted((run.made.frames | build_trial_design(study)).items()):
        chosen = not wanted or name in wanted or name.removeprefix("SUPP") in wanted
        if chosen and (len(frame) or (plans[name].class_name != "RELATIONSHIP" and name != COMMENTS)):
            run.datasets[name] = observe(plans[name], frame, study.files.study.encoding)
    _let_go(run)


def make_analysis(run: Run) -> None:
    """Analysis datasets from the finished datasets; then what the data hold."""
    study, wanted = run.study, {s.upper() for s in run.order.select}
    if not study.analysis.datasets or run.order.sources:
        return
    run.analysed = build_analysis(study, run.tabulations.frames | run.made.frames | build_trial_design(study))
    for name, build in sorted(study.analysis.datasets.items()):
        if not wanted or name in wanted:
            run.analysis[name] = observe(build.written, run.analysed.frames[name], study.files.study.encoding)


def _let_go(run: Run) -> None:
    """Let go of the values of raw tables and forms, which no later stage reads: half of what a large run holds."""
    run.tables = [t.without_values() for t in run.tables]
    run.forms = {}
    run.built.forms = {name: form.with_columns({}) for name, form in run.built.forms.items()}


def write_tabulations(run: Run) -> None:
    """Transport files and define.xml of the SDTM datasets; a second process writes, proves and shows them."""
    if not run.datasets:
        return
    contents = package_contents(run, run.sdtm)
    if run.beside is None:
        write_package(contents, run.watcher)
    else:
        run.proving = run.beside.ask(write_and_prove, contents, _declared(run))


def write_analysis(run: Run) -> None:
    """Transport files, define.xml and programs of the analysis datasets; a second process begins to show them."""
    if not run.analysis:
        return
    write_package(package_contents(run, run.adam), run.watcher)
    write_programs(run)
    if run.beside is not None:
        run.showing = run.beside.ask(read_and_show, run.staging / run.analysis_package, _declared(run))


def prove_packages(run: Run) -> None:
    """What was written is read back, compared with what was to be written, and judged.

    ReadBackError where a file cannot be read or holds something else: our own bug, not the user's.
    """
    proofs = dict[Path, Proof]()
    source: Package | None = None
    if run.proving is not None:  # What is read back there is what is written here.
        source = Package(as_source(run.sdtm, _declared(run).encoding), partial=run.order.partial)
    for made in run.packages:
        if made.standard == "SDTMIG" and run.proving is not None:
            continue
        proofs[made.folder], source = prove(run.staging / made.folder, made.datasets, _declared(run), source)
        run.written[made.folder] = source
    if run.proving is not None:
        proofs = {run.package: run.proving.result(), **proofs}
    run.hashes = {(place / file).as_posix(): sha for place, p in proofs.items() for file, sha in p.hashes.items()}
    run.judgement = taken_together([p.judgement for p in proofs.values()])


def show_packages(run: Run) -> None:
    """define.html beside each define.xml, rendered from what was read back; then what was read back is let go."""
    for place, package in run.written.items():
        if run.showing is None:
            show(run.staging / place, package)
    run.written = {}


def _declared(run: Run) -> Declared:
    study = run.study.files.study
    return Declared(study.encoding, study.standards.sdtmig, run.study.codelists.release, run.order.partial)


def finish(run: Run) -> None:
    """run.json and the manifest, once everything else is written."""
    if run.showing is not None:
        run.showing.result()
    write_run(run)


def swap_in(run: Run) -> None:
    """The staged folder takes the output's place."""
    run.folder.swap()


STAGES: tuple[tuple[str, Callable[[Run], None]], ...] = (
    ("read the spec", read_spec),
    ("read raw files", read_raw),
    ("build forms", make_forms),
    ("build datasets", make_datasets),
    ("write SDTM package", write_tabulations),
    ("build analysis datasets", make_analysis),
    ("write analysis package", write_analysis),
    ("account for every row", account),
    ("write ledger and lineage", write_accounts),
    ("read back and judge", prove_packages),
    ("write define.html", show_packages),
    ("gather issues", gather_issues),
    ("write issues", write_issues),
    ("write run.json", finish),
    ("swap in", swap_in),
)
WRITING = (
    write_tabulations,
    write_analysis,
    write_accounts,
    prove_packages,
    show_packages,
    write_issues,
    finish,
    swap_in,
)
