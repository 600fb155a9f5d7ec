"""DEF150-DEF155: codelists of define.xml against the values in the files and against the terminology release."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..model.codelist import Codelist
from ..model.column import codes_of, present
from ..model.define import CodeListDef
from ..standards.variables import GuideVariable
from .columns import are_among, in_records, needed_define, needed_guide, needed_terminology
from .define_items import Described, described_variables
from .package import Package
from .registry import Found, NotApplicableError, found, found_at, rule
from .terminology import MULTIPLE, is_measured

_CODELIST = "Define-XML 2.1, CodeList"


@rule(
    "DEF150",
    "error",
    "Value that the codelist does not have",
    "The codelist of a variable holds every value that occurs.",
    "Write define.xml from the data, or correct the value.",
    "{value} is not in the codelist {codelist}",
    _CODELIST,
)
def check_terms_seen(package: Package) -> Iterator[Found]:
    """Every value is a term of the variable's codelist (dictionaries that are not listed are passed over)."""
    define = needed_define(package)
    for v in described_variables(package):
        codelist = define.codelist.get(v.item.codelist or "")
        if codelist is not None and codelist.terms:
            wrong = in_records(are_no_terms(v, codelist), codes_of(v.cells))
            yield from found_at(v.dataset, v.name, wrong, codelist=codelist.name or codelist.oid)


def are_no_terms(v: Described, codelist: CodeListDef) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) the codelist lacks. The codelist of a result is for words: no number is a term."""
    lacking = ~are_among(v.cells, terms_of(codelist))
    return lacking & ~is_measured(v.cells) if v.name.endswith(("ORRES", "STRESC")) else lacking


def terms_of(codelist: CodeListDef) -> frozenset[str]:
    """The values of a codelist."""
    return frozenset(t.value for t in codelist.terms if t.value is not None)


def _published(package: Package) -> Iterator[tuple[CodeListDef, Codelist]]:
    """Codelists with the C-code of one that the release has."""
    define, release = needed_define(package), needed_terminology(package)
    found = [(c, release.codelist(c.code)) for c in define.codelists if c.code and c.code in release]
    if not found:
        raise NotApplicableError("no codelist of define.xml is one of the release")
    yield from found


@rule(
    "DEF151",
    "error",
    "Term and C-code do not go together",
    "A term of a published codelist carries the C-code that the release gives it.",
    "Take value and code from the same term.",
    "{codelist}: {value} has the code {code}, the release says {expected}",
    f"{_CODELIST}, Alias; CDISC controlled terminology",
)
def check_codes(package: Package) -> Iterator[Found]:
    """Terms of published codelists with the release's codes."""
    define = needed_define(package)
    for own, published in _published(package):
        for term in own.terms:
            known = published.by_value.get(term.value or "")
            expected = known.code if known else None
            if not term.extended and term.code != expected and (term.code or known):
                shown = {"code": term.code or "none", "expected": expected or "no such term"}
                yield found(define.file, None, term.value or "", codelist=own.name, **shown)


@rule(
    "DEF152",
    "error",
    "Extension that is not allowed or not marked",
    "A term of the sponsor's own is allowed in extensible codelists only, and marked def:ExtendedValue=Yes.",
    "Map the value to a published term, or mark the extension.",
    "{codelist}: {value} {reason}",
    f"{_CODELIST}, def:ExtendedValue",
)
def check_extensions(package: Package) -> Iterator[Found]:
    """The sponsor's terms are marked, and stand in extensible codelists."""
    define = needed_define(package)
    for own, published in _published(package):
        for term in own.terms:
            if (term.value or "") in published.by_value or term.code or term.value == MULTIPLE:
                continue
            if not published.extensible:
                yield found(
                    define.file, None, term.value or "", codelist=own.name, reason="extends a complete codelist"
                )
            elif not term.extended:
                yield found(define.file, None, term.value or "", codelist=own.name, reason="is not marked as extension")


@rule(
    "DEF153",
    "error",
    "Published term marked as an extension",
    "def:ExtendedValue stands for terms that the release does not have.",
    "Take the mark away and give the term its C-code.",
    "{codelist}: {value} is in the release",
    f"{_CODELIST}, def:ExtendedValue",
)
def check_needless_extensions(package: Package) -> Iterator[Found]:
    """No term of the release is marked as an extension."""
    define = needed_define(package)
    for own, published in _published(package):
        for term in own.terms:
            if term.extended and (term.value or "") in published.by_value:
                yield found(define.file, None, term.value or "", codelist=own.name)


def _guided(package: Package) -> Iterator[tuple[Described, GuideVariable]]:
    """Variables with values, not all of them numbers, for which the guide's table names codelists of the release."""
    needed_guide(package)
    release = needed_terminology(package)
    for v in described_variables(package):
        g = package.guide_dataset(v.dataset)
        guided = g.by_name.get(v.name) if g else None
        results = v.name.endswith("STRESC") and bool(is_measured(v.cells).all())
        if guided and not results and release.codelists_for(guided) and present(v.cells).any():
            yield v, guided


@rule(
    "DEF154",
    "error",
    "Another codelist than the guide's",
    "The guide says which codelist a variable uses.",
    "Use the guide's codelist.",
    "{variable} has the codelist {value}, the guide names {expected}",
    f"{_CODELIST}; SDTMIG 3.4, specification tables",
)
def check_guide_codelists(package: Package) -> Iterator[Found]:
    """Published codelists of variables are the guide's."""
    define = needed_define(package)
    for v, guided in _guided(package):
        codelist = define.codelist.get(v.item.codelist or "")
        if codelist is not None and codelist.code and codelist.code not in guided.codelists:
            yield found(v.dataset.name, v.name, codelist.code, expected=" or ".join(guided.codelists))


@rule(
    "DEF155",
    "warning",
    "Codelist not stated",
    "The guide names a codelist for the variable; define.xml shows which of its terms the study uses.",
    "Give the variable its codelist, or each of its value level items.",
    "{variable} has no codelist, the guide names {expected}",
    f"{_CODELIST}; SDTMIG 3.4, specification tables",
)
def check_codelists_given(package: Package) -> Iterator[Found]:
    """A CodeListRef for each variable with values that has a codelist in the guide, or in its value level items."""
    define = needed_define(package)
    for v, guided in _guided(package):
        values = define.value_list.get(v.item.value_list or "")
        below = [define.item.get(r.item or "") for r in (values.items if values else ())]
        if not v.item.codelist and not any(i and i.codelist for i in below):
            yield found(v.dataset.name, v.name, expected=" or ".join(guided.codelists))
