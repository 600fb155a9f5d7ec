"""Analysis datasets, ready to be built: record sources and variables spelled out, plans made, order found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from ..algorithms.assign import Assign, Hardcode
from ..algorithms.parameters import ParameterPart, ParameterText
from ..algorithms.registry import Ref, Written, inside
from ..model.codelist import Codelist, Term
from ..model.issue import SpecProblem
from ..model.metadata import DatasetPlan
from ..standards.adam import AdamGuide, adam_guide
from ..standards.guide import GuideDataset
from .analysis_plan import Described, analysis_plan, describe_variable
from .analysis_types import AnalysisSpec, ParameterSpec, SourceRecordsSpec
from .builds import Analysis, AnalysisBuild, DatasetBuild
from .codelists import Codelists, unknown_codelists
from .load import StudyFiles
from .suggest import near
from .time_to_event import expand_time_to_event
from .types import NO_FORM, DatasetSpec, RecordsSpec, Step, VariableSpec

IDENTIFIERS = ("STUDYID", "USUBJID")


def known_dataset(plan: DatasetPlan, build: DatasetBuild | None = None) -> DatasetBuild:
    """A dataset that analysis datasets may be made from; supplemental qualifiers are among its variables."""
    qualifiers = build.supplemental.value_level[0].items if build is not None and build.supplemental else ()
    whole = replace(plan, variables=plan.variables + tuple(q for q in qualifiers if q.name not in plan.names))
    guide = GuideDataset(plan.name, plan.label, plan.class_name, plan.structure, ())
    return DatasetBuild(
        plan.name,
        DatasetSpec(Written(plan.name), ()),
        guide,
        whole,
        dict.fromkeys(whole.names, VariableSpec(())),
        (),
        None,
        frozenset(v.name for v in whole.variables if v.numeric),
    )


class Resolving(Struct):
    """The analysis datasets of a study while they are resolved: ``made`` are their lines, ``told`` what is known of
    their variables so far.
    """

    files: StudyFiles
    guide: AdamGuide
    codelists: Codelists
    known: Mapping[str, DatasetBuild]
    problems: list[SpecProblem]
    made: dict[str, DatasetSpec] = field(default_factory=dict)
    told: dict[tuple[str, str], Described | None] = field(default_factory=dict)

    def fail(self, name: str, word: str, line: int, code: str, message: str, hint: str = "") -> None:
        """Append a problem of a dataset's file; ``line`` 0 is that of ``word``."""
        file, at = self.files.places[f"{name} {word}"]
        self.problems.append(SpecProblem(file, line or at, code, f"{name}: {message}", hint))

    def described(self, dataset: str, variable: str) -> Described | None:
        """Label, type and codelist of a variable of any dataset; None where nothing says it."""
        key = (dataset, variable)
        if key not in self.told:
            self.told[key] = None  # A variable that is copied in a circle has no description; the order tells it.
            if dataset in self.known:
                self.told[key] = self._of_known(dataset, variable)
            elif dataset in self.made and variable in self.made[dataset].variables:
                self.told[key] = describe_variable(self, dataset, variable)
        return self.told[key]

    def _of_known(self, dataset: str, variable: str) -> Described | None:
        plan = self.known[dataset].plan
        if variable not in plan.names:
            return None
        v = plan.variable(variable)
        return Described(v.label, v.numeric, v.codelist or self.codelists.name_for(dataset, variable), v.display_format)


def resolve_analysis(
    files: StudyFiles, codelists: Codelists, known: Mapping[str, DatasetBuild], problems: list[SpecProblem]
) -> tuple[Analysis, Codelists]:
    """Every dataset of adam/ from those that are ``known``, but for the order; nothing where none is known."""
    if not files.analysis or not known:
        return Analysis(), codelists
    made, codelists = load_analysis(files, adam_guide(files.study.standards.adamig), codelists, known, problems)
    return Analysis(made, dict(known)), codelists


def load_analysis(
    files: StudyFiles,
    guide: AdamGuide,
    codelists: Codelists,
    known: Mapping[str, DatasetBuild],
    problems: list[SpecProblem],
) -> tuple[dict[str, AnalysisBuild], Codelists]:
    """Every dataset of adam/, and the codelists with what its variables have.

    Problems: SPEC107 (what a derived record is), SPEC110, SPEC111 (unknown sources and variables), SPEC119, SPEC131,
    SPEC132 (labels), SPEC133 (required variables).
    """
    at = Resolving(files, guide, codelists, known, problems)
    specs = {name: _with_times(at, spec) for name, spec in files.analysis.items()}
    for name, spec in specs.items():
        if name in known or name in files.datasets:
            at.fail(name, "dataset", spec.dataset.line, "SPEC119", "sdtm/ describes the dataset too")
            continue
        at.made[name] = _spelled_out(at, spec)
    with_lists = _with_codelists(at)
    at.codelists = with_lists
    builds = {name: _build(at, specs[name], made) for name, made in at.made.items()}
    return builds, with_lists


def _with_times(at: Resolving, spec: AnalysisSpec) -> AnalysisSpec:
    """The dataset with the lines that the times to event of its parameters mean."""
    parameters = dict(spec.parameters)
    for code, p in spec.parameters.items():
        if p.time_to_event is not None:
            file = at.files.places[f"{spec.dataset} parameters"][0]
            made = expand_time_to_event(p.time_to_event, file, p.time_to_event.start.line)
            parameters[code] = replace(p, set={**made, **p.set})
    return replace(spec, parameters=parameters)


def _spelled_out(at: Resolving, spec: AnalysisSpec) -> DatasetSpec:
    """The dataset in the words of every dataset: record sources (those of derived records last) and variables."""
    sources = [*spec.records, *_of_parameters(at, spec)]
    if not sources:
        at.fail(spec.dataset, "dataset", 0, "SPEC107", "the dataset has no records", "records: [{from: ADSL}]")
    for source in sources:
        _check_source(at, spec, source)
    _check_added(at, spec)
    records = tuple(RecordsSpec(s.from_, s.where, s.reason, s.set) for s in sources)
    added = tuple(RecordsSpec(NO_FORM, set=a.set) for a in spec.add)
    variables = {**dict(_identifiers(at, spec, records)), **dict(_copies(at, spec)), **dict(_parameters(at, spec))}
    variables |= spec.variables
    later: dict[str, VariableSpec] = {}
    for name, said in ((n, v) for made in (*records, *added) for n, v in made.set.items()):
        if name not in variables:
            later.setdefault(name, VariableSpec((), file=said.file, line=said.line))
    variables = _placed(at, spec, variables, later)
    return DatasetSpec(
        dataset=spec.dataset,
        records=records + added,
        variables=variables,
        keys=spec.keys,
        order=spec.order,
        ranked=spec.ranked,
        class_=spec.class_,
        label=spec.label,
        structure=spec.structure,
        comment=spec.comment,
        value_level=spec.value_level,
        omit=spec.omit,
        reject=False,
    )


def _placed(
    at: Resolving, spec: AnalysisSpec, variables: dict[str, VariableSpec], later: dict[str, VariableSpec]
) -> dict[str, VariableSpec]:
    """The variables with those that only single record sources make: each before what the guide has behind it."""
    names = list(variables)
    for name in later:
        place = at.guide.place(spec.class_, name)
        own = ((i, at.guide.place(spec.class_, n)) for i, n in enumerate(names) if n in spec.variables or n in later)
        behind = (i for i, other in own if place is not None and other is not None and other > place)
        names.insert(next(behind, len(names)), name)
    return {name: {**later, **variables}[name] for name in names}


def _of_parameters(at: Resolving, spec: AnalysisSpec) -> Iterator[SourceRecordsSpec]:
    """The record sources of parameters that have their own."""
    for code, parameter in spec.parameters.items():
        if parameter.from_ is not None:
            file, line = at.files.places[f"{spec.dataset} parameters"][0], parameter.from_.line
            named = {"PARAMCD": VariableSpec((Step(Hardcode(code), line=line, file=file),), file=file, line=line)}
            yield SourceRecordsSpec(parameter.from_, parameter.where, f"not {code}", {**named, **parameter.set})


def _check_source(at: Resolving, spec: AnalysisSpec, source: SourceRecordsSpec) -> None:
    """SPEC111: the dataset that records come from exists, and is another one."""
    names = [*at.known, *(n for n in at.files.analysis if n != spec.dataset)]
    if source.from_ not in names and source.from_ not in at.files.broken:
        message = f"no dataset is called '{source.from_}'"
        at.fail(spec.dataset, "dataset", source.from_.line, "SPEC111", message, near(source.from_, names))


def _check_added(at: Resolving, spec: AnalysisSpec) -> None:
    """SPEC107: a derived record is made in one way."""
    for added in spec.add:
        said = [w for w in ("take", "summarize", "carry") if getattr(added, w) is not None]
        if len(said) != 1:
            message = "derived records need one of 'take', 'summarize' and 'carry'"
            at.fail(spec.dataset, "add", added.of.line, "SPEC107", message)


def _identifiers(
    at: Resolving, spec: AnalysisSpec, records: Iterable[RecordsSpec]
) -> Iterator[tuple[str, VariableSpec]]:
    first = next((str(r.from_) for r in records), "DM")
    file, line = at.files.places[f"{spec.dataset} dataset"]
    for name in IDENTIFIERS:
        yield name, VariableSpec((Step(Assign(inside(first, Ref(name))), line=line, file=file),), file=file, line=line)
    if spec.add or any(str(r.from_) != first for r in records):
        step = Step(Hardcode(at.files.study.study), line=line, file=file)
        yield "STUDYID", VariableSpec((step,), origin="Protocol", file=file, line=line)


def _copies(at: Resolving, spec: AnalysisSpec) -> Iterator[tuple[str, VariableSpec]]:
    file, _ = at.files.places[f"{spec.dataset} dataset"]
    for source, names in spec.copy.items():
        for name in names:
            step = Step(Assign(inside(source, name)), line=name.line, file=file)
            yield str(name), VariableSpec((step,), file=file, line=name.line)


def _parameters(at: Resolving, spec: AnalysisSpec) -> Iterator[tuple[str, VariableSpec]]:
    """PARAMCD where each parameter has its records; PARAM, PARAMN and PARCAT1."""
    if not spec.parameters:
        return
    file, line = at.files.places[f"{spec.dataset} parameters"]
    if any(p.from_ for p in spec.parameters.values()):
        yield "PARAMCD", VariableSpec((), file=file, line=line)
    said: tuple[tuple[ParameterPart, str], ...] = (("PARAM", "label"), ("PARAMN", "number"), ("PARCAT1", "category"))
    for part, word in said:
        texts = tuple(
            (code, str(getattr(p, word))) for code, p in spec.parameters.items() if getattr(p, word) is not None
        )
        if texts:
            step = Step(ParameterText(Ref("PARAMCD"), part, texts), line=line, file=file)
            yield part, VariableSpec((step,), file=file, line=line)


def _with_codelists(at: Resolving) -> Codelists:
    """The codelists of the variables of every analysis dataset: their own, the guide's, or those of what they copy."""
    lists = at.codelists
    own, chosen = dict(lists.own), dict(lists.chosen)
    for name, spec in at.files.analysis.items():
        if spec.parameters and name in at.made:
            for codes in _parameter_codelists(name, spec.parameters):
                own[codes.name] = codes
                chosen[(name, codes.name.partition(".")[0])] = codes.name
    at.codelists = replace(lists, own=own, chosen=chosen)
    for name, made in at.made.items():
        at.problems += unknown_codelists(lists, at.files.study.dictionaries, made)
        for variable in made.variables:
            described = at.described(name, variable)
            if described is not None and described.codelist is not None:
                chosen[(name, variable)] = described.codelist
    return replace(lists, own=own, chosen=chosen)


def _parameter_codelists(name: str, parameters: Mapping[str, ParameterSpec]) -> Iterator[Codelist]:
    """PARAMCD and PARAM of a dataset."""
    terms = tuple(Term(code, p.label) for code, p in parameters.items())
    yield Codelist(f"PARAMCD.{name}", f"Parameter Code ({name})", None, False, terms, None)
    names = tuple(Term(p.label) for p in parameters.values())
    yield Codelist(f"PARAM.{name}", f"Parameter ({name})", None, False, names, None)


def _build(at: Resolving, spec: AnalysisSpec, made: DatasetSpec) -> AnalysisBuild:
    plan = analysis_plan(at, made, spec)
    file, line = at.files.places[f"{plan.name} keys"]
    for key in (*spec.keys, *spec.order):
        if key not in plan.names:
            hint = near(key, plan.names)
            message = f"{plan.name}: keys names {key}, which is no variable of it"
            at.problems.append(SpecProblem(file, key.line or line, "SPEC110", message, hint))
    for name in spec.omit:
        if name not in plan.names or name in (*spec.keys, *spec.order):
            why = "orders the records" if name in plan.names else "is no variable of it"
            at.fail(
                plan.name, "dataset", name.line, "SPEC110", f"omit names {name}, which {why}", near(name, plan.names)
            )
    guide = GuideDataset(plan.name, plan.label, plan.class_name, plan.structure, ())
    _check_required(at, replace(plan, variables=tuple(v for v in plan.variables if v.name not in spec.omit)))
    keyed = spec.order or spec.keys
    return AnalysisBuild(
        plan.name,
        made,
        guide,
        plan,
        dict(made.variables),
        tuple(str(k) for k in keyed if k not in ("STUDYID", "ASEQ")),
        None,
        frozenset(v.name for v in plan.variables if v.numeric),
        add=spec.add,
        omit=tuple(map(str, spec.omit)),
    )


def _check_required(at: Resolving, plan: DatasetPlan) -> None:
    """SPEC133: what the guide requires of the class is made."""
    for v in at.guide.structures.get(plan.class_name, ()):
        if v.core == "Req" and v.name.isupper() and v.name not in plan.names:
            at.fail(plan.name, "variables", 0, "SPEC133", f"the required variable {v.name} ({v.label}) is not made")
