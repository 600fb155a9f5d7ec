"""The codelists that apply in a study: the pinned releases, and what the study adds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ..model.codelist import Codelist, Term
from ..model.issue import SpecProblem
from ..standards.guide import Guide, guide
from ..standards.countries import countries
from ..standards.ct_table import read_compact
from ..standards.terminology import Terminology, terminology
from .bind import near
from .load import StudyFiles
from .types import CodelistSpec

COUNTRIES = "ISO3166"


@dataclass(frozen=True)
class Codelists:
    """Codelists by short name; ``chosen`` names the codelist of (dataset, variable) where a spec says it."""

    release: Terminology
    tables: Guide
    own: dict[str, Codelist]
    chosen: dict[tuple[str, str], str] = field(default_factory=dict)

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
        extended = next((c for c in self.own.values() if c.code and c.name == name), None)
        if extended is not None:
            return extended
        return self.release.by_name(name) if name in self.release.names else None

    def name_for(self, dataset: str, variable: str) -> str | None:
        """The short name of a variable's codelist."""
        if (dataset, variable) in self.chosen:
            return self.chosen[(dataset, variable)]
        try:
            known = self.tables.variable(dataset, variable) if dataset in self.tables else None
        except KeyError:
            return None
        if known is not None and known.format.startswith("ISO 3166"):
            return COUNTRIES
        lists = self.release.codelists_for(known) if known else ()
        return "+".join(c.name for c in lists) or None

    def of(self, dataset: str, variable: str) -> Codelist | None:
        """The codelist of a variable; None where it has none."""
        name = self.name_for(dataset, variable)
        return self.named(name) if name else None


def load_codelists(files: StudyFiles, problems: list[SpecProblem]) -> Codelists:
    """The study's codelists; LookupError where a release is not there."""
    release = _release(files.folder, "sdtm", files.study.standards.sdtm_ct)
    tables = guide(files.study.standards.sdtmig)
    own = {}
    for name, spec in files.study.codelists.items():
        made = _codelist(name, spec, release, problems)
        if made is not None:
            own[name] = made
    chosen = _dictionary_names(files, problems)
    for dataset, d in files.datasets.items():
        for variable, v in {**d.variables, **d.supplemental}.items():
            if v.codelist:
                chosen[(dataset, variable)] = v.codelist
                if v.codelist not in own and v.codelist not in release.names:
                    hint = near(v.codelist, [*own, *release.names])
                    message = f"{dataset}.{variable}: no codelist is called {v.codelist}"
                    problems.append(SpecProblem(v.file, v.line, "SPEC141", message, hint))
    return Codelists(release, tables, own, chosen)


def _dictionary_names(files: StudyFiles, problems: list[SpecProblem]) -> dict[tuple[str, str], str]:
    """Variables that an external dictionary codes, with the dictionary's name."""
    out = {}
    for name, spec in files.study.dictionaries.items():
        for place in spec.variables:
            dataset, _, variable = place.partition(".")
            out[(dataset, variable)] = name
            if dataset not in files.datasets:
                hint = near(dataset, files.datasets)
                message = f"dictionaries.{name}: no dataset is called '{dataset}'"
                problems.append(SpecProblem("study.yaml", 1, "SPEC111", message, hint))
    return out


def _release(folder: Path, standard: str, date: str) -> Terminology:
    imported = folder / "ct" / f"{standard}-ct-{date}.tsv"
    return read_compact(imported) if imported.is_file() else terminology(standard, date)


def _codelist(name: str, spec: CodelistSpec, release: Terminology, problems: list[SpecProblem]) -> Codelist | None:
    terms = tuple(Term(value, decode) for value, decode in spec.terms.items())
    if spec.extends is None:
        return Codelist(name, spec.label or name, None, False, terms, None)
    if spec.extends not in release.names:
        hint = near(spec.extends, release.names)
        message = f"codelists.{name}: {release.release} has no codelist {spec.extends}"
        problems.append(SpecProblem("study.yaml", 1, "SPEC141", message, hint))
        return None
    base = release.by_name(spec.extends)
    if not base.extensible:
        message = f"codelists.{name}: {spec.extends} is not extensible"
        problems.append(SpecProblem("study.yaml", 1, "SPEC142", message))
        return None
    new = tuple(t for t in terms if t.value not in base.by_value)
    return replace(base, terms=base.terms + new)
