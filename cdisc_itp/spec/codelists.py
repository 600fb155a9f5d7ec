"""The codelists that apply in a study: the pinned releases, and what the study adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.codelist import Codelist, Term
from ..model.issue import SpecProblem
from ..standards.countries import countries
from ..standards.ct_table import read_compact
from ..standards.guide import Guide, GuideDataset
from ..standards.terminology import Terminology, terminology
from ..standards.variables import GuideVariable
from .design_codelists import design_codelist, design_codelists
from .load import StudyFiles
from .suggest import near
from .types import CodelistSpec, DatasetSpec, VariableSpec

COUNTRIES = "ISO3166"


class Codelists(Struct, frozen=True):
    """Codelists by short name; ``chosen`` names the codelist of (dataset, variable) where a spec says it."""

    release: Terminology
    tables: Guide
    guides: dict[str, GuideDataset]
    own: dict[str, Codelist]
    chosen: dict[tuple[str, str], str] = field(default_factory=dict)
    analysis: Terminology | None = None

    def named(self, name: str) -> Codelist | None:
        """A codelist by its short name; ``A+B`` has the terms of both (a variable with several codelists)."""
        parts = [p for p in (self._single(n) for n in name.split("+")) if p is not None]
        if len(parts) < 2:
            return parts[0] if parts else None
        terms = {t.value: t for p in reversed(parts) for t in p.terms}
        label = " or ".join(p.label for p in parts)
        return Codelist(name, label, None, any(p.extensible for p in parts), tuple(terms.values()), parts[0].release)

    def _single(self, name: str) -> Codelist | None:
        if name in self.own:
            return self.own[name]
        if name == COUNTRIES:
            return countries()
        extended = [c for c in self.own.values() if c.code and c.name == name]
        if extended:
            return extended[-1]
        releases = (self.release, *([self.analysis] if self.analysis is not None else []))
        return next((r.by_name(name) for r in releases if name in r.names), None)

    def names_of(self, variable: GuideVariable) -> tuple[str, ...]:
        """The short names of a variable's codelists in the releases of the analysis and of SDTM."""
        releases = (*([self.analysis] if self.analysis is not None else []), self.release)
        return tuple(dict.fromkeys(c.name for r in releases for c in r.codelists_for(variable)))

    def name_for(self, dataset: str, variable: str) -> str | None:
        """The short name of a variable's codelist."""
        if (dataset, variable) in self.chosen:
            return self.chosen[(dataset, variable)]
        try:
            known = self.tables.variable(self.guides.get(dataset, dataset), variable)
        except KeyError:
            return None
        if known.format.startswith("ISO 3166"):
            return COUNTRIES
        lists = self.release.codelists_for(known)
        defined = design_codelist(variable)
        return "+".join(c.name for c in lists) or (defined if defined in self.own else None)

    def is_dictionary(self, dataset: str, variable: str) -> bool:
        """Whether an external dictionary codes the variable, whose terms are not known here."""
        name = self.name_for(dataset, variable)
        return name is not None and self.named(name) is None

    def of(self, dataset: str, variable: str) -> Codelist | None:
        """The codelist of a variable; None where it has none."""
        name = self.name_for(dataset, variable)
        return self.named(name) if name else None


def load_codelists(
    files: StudyFiles, tables: Guide, guides: dict[str, GuideDataset], problems: list[SpecProblem]
) -> Codelists:
    """The study's codelists; LookupError where a release is not there.

    Problems: SPEC111 and SPEC131 (a codelist or dictionary of a variable), SPEC141 (no such codelist), SPEC142 (one
    that cannot be extended or is published).
    """
    release = _release(files.folder, "sdtm", files.study.standards.sdtm_ct)
    own: dict[str, Codelist] = {}
    for name, spec in files.study.codelists.items():
        made = _codelist(files.places[f"codelists {name}"], name, spec, release, own, problems)
        if made is not None:
            own[name] = made
    own |= design_codelists(files, tables)
    analysis = _release(files.folder, "adam", files.study.standards.adam_ct) if files.analysis else None
    found = Codelists(release, tables, guides, own, analysis=analysis)
    chosen = _dictionary_names(files, problems)
    for dataset, d in files.datasets.items():
        for variable, v in _variables(d):
            if v.codelist is not None and _chosen(found, dataset, variable, v, files, problems):
                chosen[(dataset, variable)] = str(v.codelist)
    return replace(found, chosen=chosen)


def unknown_codelists(found: Codelists, dictionaries: Iterable[str], spec: DatasetSpec) -> Iterator[SpecProblem]:
    """SPEC141 for each line of an analysis dataset that names a codelist which nobody has."""
    releases = (found.release, *([found.analysis] if found.analysis is not None else []))
    known = sorted({*found.own, *dictionaries, *(name for r in releases for name in r.names)})
    for variable, said in _variables(spec):
        if said.codelist is not None and said.codelist not in known:
            line, hint = said.codelist.line or said.line, near(said.codelist, known)
            message = f"{spec.dataset}.{variable}: no codelist is called {said.codelist}"
            yield SpecProblem(said.file, line, "SPEC141", message, hint)


def _variables(d: DatasetSpec) -> Iterator[tuple[str, VariableSpec]]:
    """Every line of a dataset that may name a codelist."""
    yield from d.variables.items()
    yield from d.supplemental.items()
    for records in d.records:
        yield from records.set.items()


def _chosen(
    found: Codelists, dataset: str, variable: str, spec: VariableSpec, files: StudyFiles, problems: list[SpecProblem]
) -> bool:
    """Whether there is such a codelist, and the guide names no other one."""
    assert spec.codelist is not None
    what, line = f"{dataset}.{variable}", spec.codelist.line or spec.line
    known = [*files.study.codelists, *found.release.names]
    if spec.codelist not in known:
        message = f"{what}: no codelist is called {spec.codelist}"
        problems.append(SpecProblem(spec.file, line, "SPEC141", message, near(spec.codelist, known)))
        return False
    published = found.name_for(dataset, variable) if variable not in files.datasets[dataset].supplemental else None
    own = files.study.codelists.get(spec.codelist)
    said = str(own.extends) if own is not None and own.extends is not None else str(spec.codelist)
    if published is not None and said not in published.split("+"):
        message = f"{what}: the guide's codelist is {published}"
        problems.append(SpecProblem(spec.file, line, "SPEC131", message, "leave the codelist out"))
        return False
    return True


def _dictionary_names(files: StudyFiles, problems: list[SpecProblem]) -> dict[tuple[str, str], str]:
    """Variables that an external dictionary codes, with the dictionary's name."""
    out = {}
    for name, spec in files.study.dictionaries.items():
        for place in spec.variables:
            dataset, _, variable = place.partition(".")
            out[(dataset, variable)] = name
            datasets = sorted({*files.datasets, *files.trial, *files.analysis, *files.broken})
            if dataset not in datasets:
                message, hint = f"dictionaries.{name}: no dataset is called '{dataset}'", near(dataset, datasets)
                problems.append(SpecProblem("study.yaml", place.line, "SPEC111", message, hint))
    return out


def _release(folder: Path, standard: str, date: str) -> Terminology:
    imported = folder / "ct" / f"{standard}-ct-{date}.tsv"
    return read_compact(imported) if imported.is_file() else terminology(standard, date)


def _codelist(
    place: tuple[str, int],
    name: str,
    spec: CodelistSpec,
    release: Terminology,
    own: dict[str, Codelist],
    problems: list[SpecProblem],
) -> Codelist | None:
    terms = tuple(Term(value, decode) for value, decode in spec.terms.items())
    if spec.extends is None:
        if name in release.names:
            message = f"codelists.{name}: {release.release} has a codelist of that name"
            problems.append(SpecProblem(*place, "SPEC142", message, f"take another name, or add 'extends: {name}'"))
        return Codelist(name, spec.label or name, None, False, terms, None)
    base = next((c for c in own.values() if c.code and c.name == spec.extends), None)
    if base is None and spec.extends not in release.names:
        message = f"codelists.{name}: {release.release} has no codelist {spec.extends}"
        hint = near(spec.extends, release.names)
        problems.append(SpecProblem(place[0], spec.extends.line, "SPEC141", message, hint))
        return None
    base = base or release.by_name(spec.extends)
    if not base.extensible:
        message = f"codelists.{name}: {spec.extends} takes no terms but its own"
        problems.append(
            SpecProblem(place[0], spec.extends.line, "SPEC142", message, "recode to one of its terms by a map")
        )
        return None
    new = tuple(t for t in terms if t.value not in base.by_value)
    return replace(base, terms=base.terms + new)
