"""A study, ready to be built: names resolved, defaults added, plans made, order found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.codelist import Codelist
from ..model.issue import SpecError, SpecProblem
from ..model.metadata import DatasetPlan
from ..standards.guide import Guide, GuideDataset, guide
from .accepted import unknown_codes
from .analysis import known_dataset, resolve_analysis
from .builds import Analysis, DatasetBuild
from .codelists import Codelists, load_codelists
from .defaults import Situation, default_value_level, default_variables, with_epoch_bounds, with_results
from .display_types import DisplaysSpec
from .displays import read_displays
from .gathered import is_gathered, with_gathered
from .graph import build_order
from .guides import guide_datasets
from .load import StudyFiles, load_files
from .names import check_names
from .plan import dataset_plan, supplemental_plan
from .relations import Relations, load_relations
from .suggest import near
from .trial import TrialDataset, load_trial
from .types import DatasetSpec, StudySpec, TabulationsSpec, VariableSpec
from .unread import check_unread
from .visits import with_visit_numbers


class Study(Struct, frozen=True):
    """A study's resolved spec."""

    files: StudyFiles
    guide: Guide
    datasets: dict[str, DatasetBuild]
    order: tuple[tuple[str, str], ...]
    codelists: Codelists
    forms_read: frozenset[str] = field(default_factory=frozenset)
    trial: dict[str, TrialDataset] = field(default_factory=dict)
    relations: Relations | None = None
    analysis: Analysis = field(default_factory=lambda: Analysis())
    displays: DisplaysSpec | None = None

    @property
    def name(self) -> str:
        """The study's identifier (STUDYID)."""
        return self.files.study.study

    @property
    def commented(self) -> frozenset[str]:
        """The datasets whose records have comments, which CO is made of."""
        return frozenset(n for n, d in self.datasets.items() if d.spec.comments)

    @property
    def of_qualifiers(self) -> dict[str, DatasetBuild]:
        """The parents of supplemental datasets, by the name of these."""
        return {d.supplemental.name: d for d in self.datasets.values() if d.supplemental is not None}

    def codelist(self, dataset: str, variable: str) -> Codelist | None:
        """The codelist of a variable, with the study's own terms."""
        return self.codelists.of(dataset, variable)


Tabulated = Callable[[TabulationsSpec, StudySpec], Mapping[str, DatasetPlan]]


def load_study(
    folder: Path,
    rules: Collection[str] | None = None,
    tabulated: Tabulated | None = None,
    loaded: Callable[[StudyFiles], None] | None = None,
) -> Study:
    """The study in a folder; SpecError with every problem of every file.

    ``rules`` are the codes of the judges' rules, which accepted.csv may name (None: they are not looked at).
    ``tabulated`` reads the plans of SDTM datasets that exist already; without it analysis datasets that are made
    from such are not judged. ``loaded`` is told what the files say, once they are found to be sound, before their
    names are resolved.
    """
    problems: list[SpecProblem] = []
    files = load_files(folder, problems)
    if files is None:
        raise SpecError(problems)
    problems += unknown_codes(files.accepted, rules)
    if loaded is not None and not problems:
        loaded(files)
    found = resolve(files, problems, tabulated)
    if problems or found is None:
        raise SpecError(problems)
    return found


def resolve(files: StudyFiles, problems: list[SpecProblem], tabulated: Tabulated | None = None) -> Study | None:
    """Resolve names, add defaults and plans, find the build order; problems are appended."""
    standards = files.study.standards
    line = standards.sdtmig.line
    try:
        tables = guide(standards.sdtmig)
        guides = guide_datasets(files, tables, problems)
        line = standards.sdtm_ct.line
        codelists = load_codelists(files, tables, guides, problems)
    except LookupError as error:
        problems.append(SpecProblem("study.yaml", line or 1, "SPEC160", str(error.args[0])))
        return None
    files, datasets = _datasets(files, tables, codelists, guides, problems)
    trial = load_trial(files, tables, codelists, problems)
    relations = load_relations(files, tables, codelists, datasets, problems)
    known = known_datasets(datasets, trial)
    if tabulated is not None and files.study.tabulations is not None:
        known |= {n: known_dataset(p) for n, p in tabulated(files.study.tabulations, files.study).items()}
    analysis, codelists = resolve_analysis(files, codelists, known, problems)
    check_names(files, datasets, codelists, problems, analysis)
    order = build_order(files, datasets, problems) if not problems else ()
    analysis = replace(analysis, order=build_order(files, analysis.datasets, problems) if not problems else ())
    if not problems:
        check_unread(files, datasets, problems)
    read = frozenset(r.from_ for d in files.datasets.values() for r in d.records)
    displays = _displays(files, known, analysis, problems)
    return Study(files, tables, datasets, order, codelists, read, trial, relations, analysis, displays)


def _displays(
    files: StudyFiles, known: Mapping[str, DatasetBuild], analysis: Analysis, problems: list[SpecProblem]
) -> DisplaysSpec | None:
    """The tables and figures; their names are judged where all datasets are known."""
    if files.study.tabulations is not None and not known:
        return read_displays(files.folder, None, problems)
    names = {n: frozenset(d.plan.names) for n, d in {**known, **analysis.datasets}.items()}
    return read_displays(files.folder, None if problems else names, problems)


def known_datasets(datasets: dict[str, DatasetBuild], trial: dict[str, TrialDataset]) -> dict[str, DatasetBuild]:
    """The datasets that analysis datasets may be made from."""
    made = {n: known_dataset(d.plan, d) for n, d in datasets.items()}
    return made | {n: known_dataset(t.plan) for n, t in trial.items()}


def _datasets(
    files: StudyFiles,
    tables: Guide,
    codelists: Codelists,
    guides: dict[str, GuideDataset],
    problems: list[SpecProblem],
) -> tuple[StudyFiles, dict[str, DatasetBuild]]:
    """Every dataset; those that gather what others have come after them, with record sources that are spelled out."""
    made: dict[str, DatasetBuild] = {}
    for name in sorted(guides, key=lambda n: is_gathered(files.datasets[n])):
        spec = files.datasets[name]
        if any(not r.from_ for r in spec.records):
            spec = with_gathered(files, spec, made, problems)
            files = replace(files, datasets={**files.datasets, name: spec})
        made[name] = _dataset(files, tables, codelists, guides[name], spec, problems)
    return files, {name: made[name] for name in guides}


def _dataset(
    files: StudyFiles,
    tables: Guide,
    codelists: Codelists,
    of_guide: GuideDataset,
    spec: DatasetSpec,
    problems: list[SpecProblem],
) -> DatasetBuild:
    name = str(spec.dataset)
    spec = with_results(with_epoch_bounds(files, spec))
    at = Situation(files, spec, of_guide, _form_columns(files, spec))
    variables = {**default_variables(at), **spec.variables}
    if at.lists("USUBJID"):
        variables.setdefault("USUBJID", VariableSpec(()))
    for records in spec.records:
        for variable, said in records.set.items():
            variables.setdefault(variable, VariableSpec((), file=said.file, line=said.line))
    variables.update(_expected(at, variables))
    variables = with_visit_numbers(at, variables, variables)
    setting = tuple(replace(r, set=with_visit_numbers(at, r.set, variables)) for r in spec.records)
    spec = replace(spec, records=setting)
    names = tuple(v for v in variables if _known(tables, at.guide, v, spec, variables[v], problems))
    level = spec.value_level if spec.value_level is not None else default_value_level(at, names)
    plan = dataset_plan(files, tables, at.guide, spec, {n: variables[n] for n in names}, codelists, level, problems)
    numeric = frozenset(v.name for v in plan.variables if v.numeric)
    keyed = spec.order or plan.keys
    order = tuple(v for v in keyed if v not in ("STUDYID", f"{at.prefix}SEQ"))
    return DatasetBuild(
        name,
        spec,
        at.guide,
        plan,
        {**variables, **spec.supplemental, **_remarks(spec)},
        order,
        _topic(at, names),
        numeric,
        supplemental_plan(files, tables, name, spec, codelists) if _has_qualifiers(plan) else None,
    )


def _remarks(spec: DatasetSpec) -> dict[str, VariableSpec]:
    """The comments as what they are until CO is made: a text of each record."""
    made = {name: (c.text.steps, c.evaluator) for name, c in spec.comments.items()}
    return {
        name: VariableSpec(steps, evaluator=who, line=steps[0].line, file=steps[0].file)
        for name, (steps, who) in made.items()
    }


def _has_qualifiers(plan: DatasetPlan) -> bool:
    """Whether SUPP-- can point at the dataset's records: by number, or by subject in DM."""
    return "USUBJID" in plan.names and (plan.name == "DM" or f"{plan.domain}SEQ" in plan.names)


def _form_columns(files: StudyFiles, spec: DatasetSpec) -> frozenset[str]:
    forms = [files.forms[r.from_] for r in spec.records if r.from_ in files.forms]
    return frozenset(c for f in forms for c in f.columns)


def _expected(at: Situation, variables: dict[str, VariableSpec]) -> dict[str, VariableSpec]:
    """Expected variables that no line makes: they are in the dataset, without values (SDTMIG 3.4, 4.1.5)."""
    missing = [v.name for v in at.guide.variables if v.core == "Exp" and v.name not in variables]
    return {v: VariableSpec((), origin="Not Available") for v in missing if v not in at.spec.omit}


def _known(
    tables: Guide,
    dataset: GuideDataset,
    name: str,
    spec: DatasetSpec,
    variable: VariableSpec,
    problems: list[SpecProblem],
) -> bool:
    try:
        known = tables.variable(dataset, name)
    except KeyError:
        hint = near(name, [v.name for v in dataset.variables]) if len(name) > 2 else ""
        hint = hint if hint.startswith("did") else "a variable of the study's own goes under 'supplemental'"
        message = f"{spec.dataset} has no variable {name} in SDTMIG {tables.version}"
        problems.append(SpecProblem(variable.file, variable.line, "SPEC132", message, hint))
        return False
    if variable.label and variable.label != known.label:
        message = f"{spec.dataset}.{name}: the guide's label is '{known.label}'"
        problems.append(SpecProblem(variable.file, variable.line, "SPEC131", message, "leave the label out"))
    return True


def _topic(at: Situation, names: tuple[str, ...]) -> str | None:
    if not at.spec.reject:
        return None
    topics = [v.name for v in at.guide.variables if v.role == "Topic" and v.name in names]
    return topics[0] if topics else None
