"""CT101-CT107: values against controlled terminology (CDISC CT, ISO 3166-1, values that the guide names)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from ..model.codelist import Codelist
from ..model.column import Column, codes_of, is_numeric, used
from ..standards.countries import countries
from ..standards.variables import GuideVariable
from .columns import (
    are_among,
    arrow_texts,
    column,
    has,
    in_records,
    matches,
    needed_guide,
    needed_terminology,
    pairs,
    texts,
)
from .package import DatasetFile, Package, once_a_package
from .registry import Found, NotApplicableError, found_at, rule

# Stands for several values of a qualifier that is no result; the values are in SUPP-- (SDTMIG 3.4, 4.2.8.3).
MULTIPLE = "MULTIPLE"
_SINGLE = ("Identifier", "Topic", "Synonym Qualifier", "Result Qualifier", "Timing")
# Flags that SDTMIG 3.4 lets be "Y" or null, never "N".
_ONLY_YES = ("--BLFL", "--LOBXFL", "--DRVFL", "--PRESP", "DTHFL")
_MEASURED = r"[<>]?=?\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_CODELISTS = "CDISC controlled terminology; SDTMIG 3.4, 4.3"


class _Coded(Struct, frozen=True, dict=True):
    """A variable with the codelists that it uses; ``extended`` are the terms that define.xml declares."""

    dataset: DatasetFile
    variable: GuideVariable
    codelists: tuple[Codelist, ...]
    extended: frozenset[str]

    @property
    def extensible(self) -> bool:
        return any(c.extensible for c in self.codelists)

    @cached_property
    def unknown(self) -> npt.NDArray[np.bool_]:
        """Which distinct values (k,) occur and are neither terms nor declared.

        Numbers and numbers with < or > in --STRESC are results, for which there are no terms.
        """
        cells = column(self.dataset, self.variable.name)
        known = {term for c in self.codelists for term in c.by_value} | self.extended
        known |= {MULTIPLE} if self.variable.role not in _SINGLE else set()
        unknown = ~are_among(cells, known) & used(cells)
        return unknown & ~is_measured(cells) if self.variable.name.endswith("STRESC") else unknown

    @cached_property
    def spelt(self) -> npt.NDArray[np.object_]:
        """The term (k,) that each unknown value is but for capitals; empty where it is none."""
        here, out = np.flatnonzero(self.unknown).tolist(), np.full(len(self.unknown), "", object)
        by_case = {term.lower(): term for c in self.codelists for term in c.by_value} if here else {}
        values = arrow_texts(column(self.dataset, self.variable.name))
        for i in here:
            out[i] = by_case.get(values[i].as_py().lower(), "")
        return out


def is_measured(cells: Column) -> npt.NDArray[np.bool_]:
    """Which distinct values (k,) are numbers, or lie beyond one."""
    return matches(cells, _MEASURED)


@once_a_package
def _coded(package: Package) -> tuple[_Coded, ...]:
    """The text variables with codelists in the release; NotApplicableError where there is none."""
    guide, release = needed_guide(package), needed_terminology(package)
    found = []
    for d in package.datasets:
        g = package.guide_dataset(d)
        for own in d.variables if g else ():
            try:
                v = guide.variable(g, own.name) if g else None
            except KeyError:
                continue
            codelists = release.codelists_for(v) if v else ()
            if v and codelists and not is_numeric(column(d, v.name)):
                found.append(_Coded(d, v, codelists, _extended(package, d.name, v.name)))
    if not found:
        raise NotApplicableError("no variable has a codelist of the release")
    return tuple(found)


def _extended(package: Package, dataset: str, variable: str) -> frozenset[str]:
    """Terms that define.xml marks as extensions in the codelists of a variable and of its value level items."""
    define = package.define
    if define is None:
        return frozenset()
    group = next((g for g in define.item_groups if g.name == dataset), None)
    items = [define.item.get(r.item or "") for r in (group.items if group else ())]
    own = [i for i in items if i and i.name == variable]
    lists = [define.value_list.get(i.value_list or "") for i in own]
    own += [x for v in lists if v for r in v.items if (x := define.item.get(r.item or ""))]
    found = [define.codelist.get(i.codelist or "") for i in own if i]
    return frozenset(t.value for c in found if c for t in c.terms if t.extended and t.value is not None)


@rule(
    "CT101",
    "error",
    "Value outside a codelist that is complete",
    "The codelist is not extensible: only its terms are allowed.",
    "Map the value to a term of the codelist.",
    "{value} is no term of {codelist}, which is not extensible",
    _CODELISTS,
)
def check_closed_codelists(package: Package) -> Iterator[Found]:
    """Variables of non-extensible codelists hold their terms only."""
    return _outside(package, extensible=False)


@rule(
    "CT102",
    "warning",
    "Value outside an extensible codelist that nobody declared",
    "An extensible codelist may get terms of the sponsor's own, but define.xml must mark them as extensions.",
    "Map the value to a published term, or declare it as an extension.",
    "{value} is no term of {codelist} and not declared as an extension",
    "CDISC controlled terminology; Define-XML 2.1, def:ExtendedValue",
)
def check_extensible_codelists(package: Package) -> Iterator[Found]:
    """Variables of extensible codelists hold terms of the release or of define.xml's extensions."""
    return _outside(package, extensible=True)


def _outside(package: Package, extensible: bool) -> Iterator[Found]:
    for coded in _coded(package):
        if coded.extensible == extensible:
            cells = column(coded.dataset, coded.variable.name)
            wrong = in_records(coded.unknown & (coded.spelt == ""), codes_of(cells))
            yield from found_at(coded.dataset, coded.variable.name, wrong, codelist=_names(coded))


def _names(coded: _Coded) -> str:
    return " or ".join(f"{c.label} ({c.code})" for c in coded.codelists)


@rule(
    "CT103",
    "error",
    "Term in other capitals",
    "Terms are compared letter by letter: Mild is not MILD.",
    "Write the term as the codelist has it.",
    "{value} is written {expected} in {codelist}",
    _CODELISTS,
)
def check_case(package: Package) -> Iterator[Found]:
    """No value differs from a term in capitals only."""
    for coded in _coded(package):
        expected, codes = coded.spelt, codes_of(column(coded.dataset, coded.variable.name))
        wrong = in_records(expected != "", codes)
        shown = np.append(expected, "")[codes] if wrong.any() else ""
        yield from found_at(coded.dataset, coded.variable.name, wrong, expected=shown, codelist=_names(coded))


@rule(
    "CT104",
    "error",
    "Code and name of different terms",
    "A short name and its name (LBTESTCD and LBTEST, TSPARMCD and TSPARM) are one term of the terminology.",
    "Take both from the same term.",
    "{coded} is {code}, which the terminology calls {expected}, not {value}",
    _CODELISTS,
)
def check_pairs(package: Package) -> Iterator[Found]:
    """Names are the decodes of their codes where the release has both."""
    coded = {(c.dataset.name, c.variable.name): c for c in _coded(package)}
    for (dataset, name), c in coded.items():
        g = package.guide_dataset(c.dataset)
        code_name = g.decode_of(name) if g else None
        partner = coded.get((dataset, code_name or ""))
        if partner and code_name:
            names = {t for x in c.codelists for t in x.by_value}
            decodes = {t.value: t.decode for x in partner.codelists for t in x.terms if t.decode in names}
            yield from _unpaired(c.dataset, code_name, name, decodes)


def _unpaired(d: DatasetFile, code_name: str, name: str, decodes: dict[str, str]) -> Iterator[Found]:
    codes, names = column(d, code_name), column(d, name)
    left, right, _ = pairs(codes, names)
    code_texts, name_texts = texts(codes), texts(names)
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        code, expected = str(code_texts[i]), decodes.get(str(code_texts[i]))
        if expected is not None and expected != name_texts[j]:
            wrong = (codes_of(codes) == i) & (codes_of(names) == j)
            yield from found_at(d, name, wrong, coded=code_name, code=code, expected=expected)


@rule(
    "CT105",
    "error",
    "Value that the guide does not name",
    "Where the guide lists the values of a variable, they are the only ones.",
    "Use one of the guide's values.",
    "{variable} is {value}, the guide names {expected}",
    "SDTMIG 3.4, specification tables",
)
def check_value_list(package: Package) -> Iterator[Found]:
    """RDOMAIN of SUPP-- and others with listed values (DOMAIN is another rule's)."""
    needed_guide(package)
    found = False
    for d in package.datasets:
        g = package.guide_dataset(d)
        for v in g.variables if g else ():
            if v.value_list and v.name in d.columns and v.name != "DOMAIN":
                found = True
                cells = column(d, v.name)
                wrong = np.array([x not in v.value_list for x in texts(cells)], bool)
                expected = ", ".join(v.value_list)
                yield from found_at(d, v.name, in_records(wrong, codes_of(cells)), expected=expected)
    if not found:
        raise NotApplicableError("the guide lists values for none of the variables")


@rule(
    "CT106",
    "error",
    "Country that ISO 3166-1 does not have",
    "COUNTRY holds the three-letter code of ISO 3166-1.",
    "Map the country to its alpha-3 code.",
    "{value} is no alpha-3 code of ISO 3166-1",
    "SDTMIG 3.4, DM; ISO 3166-1",
)
def check_countries(package: Package) -> Iterator[Found]:
    """COUNTRY is an alpha-3 code; the guide's other external codelist is ISO 8601 (rules ISO1xx)."""
    found = [d for d in package.datasets if has(d, "COUNTRY")]
    if not found:
        raise NotApplicableError("no dataset has COUNTRY")
    for d in found:
        cells = column(d, "COUNTRY")
        wrong = np.array([v not in countries().by_value for v in texts(cells)], bool)
        yield from found_at(d, "COUNTRY", in_records(wrong, codes_of(cells)))


@rule(
    "CT107",
    "error",
    "Flag that is neither Y nor null",
    "These flags mark records: Y where they apply, null elsewhere. N would be read as a mark by some programs.",
    "Leave the flag out where it does not apply.",
    "{variable} is {value}, only Y or null are allowed",
    "SDTMIG 3.4, --BLFL, --LOBXFL, --DRVFL, --PRESP, DTHFL",
)
def check_flags(package: Package) -> Iterator[Found]:
    """Flags that may only be Y."""
    found = [(d, f) for d in package.datasets for f in _ONLY_YES if has(d, f)]
    if not found:
        raise NotApplicableError(f"no dataset has {', '.join(_ONLY_YES)}")
    for d, flag in found:
        name = flag.replace("--", d.name[:2])
        cells = column(d, name)
        wrong = np.array([v != "Y" for v in texts(cells)], bool)
        yield from found_at(d, name, in_records(wrong, codes_of(cells)))
