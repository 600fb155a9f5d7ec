"""ADC101-ADC103: controlled terminology of analysis datasets: the ADaM release, and SDTM's where variables are kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model.codelist import Codelist
from ..model.column import codes_of, is_numeric
from ..standards.variables import GuideVariable
from .analysis import structure_of
from .columns import column, in_records, texts
from .package import DatasetFile, Package
from .registry import Found, NotApplicableError, found_at, rule

# Codelists of SDTM by variable, which analysis datasets use under the same names.
_TABULATED = {
    "SEX": "SEX",
    "AGEU": "AGEU",
    "ETHNIC": "ETHNIC",
    "RACE": "RACE",
    "AESEV": "AESEV",
    "AESER": "NY",
    "AEOUT": "OUT",
    "AEACN": "ACN",
}
_MORE = {"RACE": ("MULTIPLE",)}


def _listed(package: Package, extensible: bool) -> Iterator[tuple[DatasetFile, GuideVariable, Codelist]]:
    """Variables of text with a codelist of the ADaM release that the guide names for them."""
    if package.adam_guide is None or package.adam_terminology is None:
        raise NotApplicableError("no ADaM guide and terminology are given")
    some = False
    for d in package.datasets:
        for v in d.variables:
            try:
                guided = package.adam_guide.variable(structure_of(package, d), v.name)
            except KeyError:
                continue
            for codelist in package.adam_terminology.codelists_for(guided):
                if codelist.extensible == extensible and not is_numeric(column(d, v.name)):
                    some = True
                    yield d, guided, codelist
    if not some:
        raise NotApplicableError("no variable has such a codelist of the ADaM terminology")


def _extensions(package: Package, name: str) -> set[str]:
    """Terms that define.xml declares as extensions in the codelists of variables of that name."""
    if package.define is None:
        return set()
    lists = [package.define.codelist.get(i.codelist or "") for i in package.define.items if i.name == name]
    return {t.value or "" for c in lists if c for t in c.terms if t.extended}


def _unknown(
    package: Package, d: DatasetFile, name: str, codelist: Codelist, more: tuple[str, ...] = ()
) -> Iterator[Found]:
    cells = column(d, name)
    known = {t.value for t in codelist.terms} | set(more)
    if codelist.extensible:
        known |= _extensions(package, name)
    wrong = np.array([v not in known for v in texts(cells)], bool)
    yield from found_at(d, name, in_records(wrong, codes_of(cells)), codelist=codelist.name)


@rule(
    "ADC101",
    "error",
    "Value outside a codelist of the ADaM terminology",
    "The codelist is not extensible: only its terms are allowed.",
    "Use a term of the codelist.",
    "{value} is no term of {codelist}",
    "CDISC ADaM CT",
)
def check_fixed(package: Package) -> Iterator[Found]:
    """Imputation flags and further variables with codelists that are not extensible."""
    for d, v, codelist in _listed(package, extensible=False):
        yield from _unknown(package, d, v.name, codelist)


@rule(
    "ADC102",
    "warning",
    "Value that the ADaM terminology does not have",
    "The codelist may be extended: define.xml marks the sponsor's own terms.",
    "Use a term of the codelist, or declare the extension in define.xml.",
    "{value} is no term of {codelist} and no declared extension",
    "CDISC ADaM CT",
)
def check_extensible(package: Package) -> Iterator[Found]:
    """DTYPE, EOSSTT, EOTSTT and further variables with extensible codelists."""
    for d, v, codelist in _listed(package, extensible=True):
        yield from _unknown(package, d, v.name, codelist)


@rule(
    "ADC103",
    "error",
    "Value outside a codelist of the SDTM terminology",
    "A variable that analysis datasets take over keeps its codelist.",
    "Take the tabulation's value over.",
    "{value} is no term of {codelist}",
    "CDISC SDTM CT",
)
def check_tabulated(package: Package) -> Iterator[Found]:
    """SEX, AGEU, ETHNIC, RACE, AESEV, AESER, AEOUT, AEACN; declared extensions are terms."""
    if package.terminology is None:
        raise NotApplicableError("no SDTM terminology is given")
    known = [(n, package.terminology.by_name(c)) for n, c in _TABULATED.items() if c in package.terminology.names]
    for d in package.datasets:
        for name, codelist in known:
            if name in d.columns and not is_numeric(column(d, name)):
                more = (*_MORE.get(name, ()), *_extensions(package, name))
                yield from _unknown(package, d, name, codelist, more)
