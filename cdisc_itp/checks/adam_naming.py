"""ADN101-ADN111, ADN115: names, labels and types of analysis datasets and variables (ADaMIG 1.3, 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.column import is_numeric
from ..standards.adam import AdamGuide
from ..standards.variables import GuideVariable
from .analysis import analysed, filled, has_all, named_like, source_of, structure_of
from .columns import column
from .package import DatasetFile, DatasetVariable, Package
from .registry import Found, NotApplicableError, found, found_at, rule

_NAMES = "ADaMIG 1.3, 3.1"
_ALWAYS = ("STUDYID", "USUBJID", "PARAM", "PARAMCD")
# Names that look like a guide's indexed variable with an index that is none: TRT1P, ANL1FL, CRIT01FL, AGEGR0.
_ODD_INDEX = (
    r"TRT(\d|00|\d{3,})[PA]N?|TR(\d|00)(SDT|EDT|SDTM|EDTM)|AP(\d|00)(SDT|EDT|SDTM|EDTM)|ANL(\d|00|\d{3,})F[LN]"
    r"|M?CRIT(0|\d\d+)(F[LN]|M[LN])?|(AGE|SITE|RACE)GR(0|\d\d+)N?|SHIFT(0|\d\d+)N?|PARCAT(0|\d\d+)N?"
    r"|AVALCAT(0|\d\d+)|(SMQ|CQ)(\d|00)(NAM|CD|SC)"
)


def _needed_guide(package: Package) -> AdamGuide:
    if package.adam_guide is None:
        raise NotApplicableError("no ADaM implementation guide is given")
    return package.adam_guide


def _guided(package: Package) -> Iterator[tuple[DatasetFile, DatasetVariable, GuideVariable]]:
    """Variables of the files that the guide has for their structure."""
    guide = _needed_guide(package)
    for d in package.datasets:
        for v in d.variables:
            try:
                yield d, v, guide.variable(structure_of(package, d), v.name)
            except KeyError:
                continue


@rule(
    "ADN101",
    "error",
    "No name of an analysis dataset",
    "Names of analysis datasets begin with AD.",
    "Rename the dataset, or leave it out of the analysis package.",
    "{dataset} does not begin with AD",
    _NAMES,
)
def check_dataset_names(package: Package) -> Iterator[Found]:
    """Names begin with AD and go on."""
    return (found(d.name) for d in package.datasets if not re.fullmatch("AD[A-Z0-9]{1,6}", d.name))


@rule(
    "ADN102",
    "error",
    "Required variable is not there",
    "The guide requires the variable in datasets of this structure.",
    "Derive the variable.",
    "{dataset} has no {value}",
    "ADaMIG 1.3, 3.2 and 3.3, Core",
)
def check_required(package: Package) -> Iterator[Found]:
    """Required variables of ADSL and of the basic data structure; one index at least of TRTxxP."""
    guide = _needed_guide(package)
    for d in package.datasets:
        for v in guide.structures.get(structure_of(package, d), ()):
            if v.core == "Req" and not _is_there(d, v.name):
                yield found(d.name, None, v.name)


def _is_there(d: DatasetFile, name: str) -> bool:
    pattern = re.compile(name.replace("xx", r"\d\d"))
    return any(pattern.fullmatch(v.name) for v in d.variables)


@rule(
    "ADN103",
    "error",
    "Required analysis variable without a value",
    "A required variable has a value: identifiers and parameters in every record, others in some record.",
    "Derive the value.",
    "{variable} is missing",
    "ADaMIG 1.3, 3.2 and 3.3, Core",
)
def check_required_values(package: Package) -> Iterator[Found]:
    """STUDYID, USUBJID, PARAM, PARAMCD in every record, further required ones in one at least."""
    for d, v, guided in _guided(package):
        if guided.core == "Req" and d.records:
            if v.name in _ALWAYS:
                yield from found_at(d, v.name, ~filled(d, v.name))
            elif not filled(d, v.name).any():
                yield found(d.name, v.name)


@rule(
    "ADN104",
    "warning",
    "Analysis variable with another label than the guide's",
    "A variable of the guide has the guide's label, so that readers recognize it.",
    "Use the guide's label, or another name.",
    "the label is {value!r}, the guide's {expected!r}",
    f"{_NAMES}.1",
)
def check_labels(package: Package) -> Iterator[Found]:
    """Labels of the guide's variables, without regard to case and hyphens; guides of other versions have others."""
    named = [s.version for s in package.define.standards if s.name == "ADaMIG"] if package.define else []
    if named and _needed_guide(package).version not in named:
        raise NotApplicableError(f"define.xml names ADaMIG {named[0]}")
    for d, v, guided in _guided(package):
        if guided.label and _folded(v.label) != _folded(guided.label):
            yield found(d.name, v.name, v.label, expected=guided.label)


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("-", " ").split())


@rule(
    "ADN105",
    "error",
    "Analysis variable of another type than the guide's",
    "A variable of the guide has the guide's type.",
    "Change the type, or use another name.",
    "{variable} is {value}, in the guide {expected}",
    _NAMES,
)
def check_types(package: Package) -> Iterator[Found]:
    """Types of the guide's variables."""
    for d, v, guided in _guided(package):
        if v.numeric != guided.numeric and not (guided.numeric and re.search("(DT|TM|DTM|DY)$", v.name)):
            stated, expected = ("Num", "Char") if v.numeric else ("Char", "Num")
            yield found(d.name, v.name, stated, expected=expected)


@rule(
    "ADN106",
    "error",
    "Analysis date that is text",
    "Names that end with DT, TM, DTM or DY are numbers in analysis datasets; text dates end with DTC.",
    "Derive the numeric date, or rename the variable.",
    "{variable} is text",
    f"{_NAMES}.3",
)
def check_date_types(package: Package) -> Iterator[Found]:
    """*DT, *DTM, *TM and *DY of the guide's making are numeric."""
    for d, name, _ in named_like(package, r"[A-Z][A-Z0-9]*(DT|DTM|STDY|ENDY)|ADY|A(ST|EN)?TM|TRT[SE]TM"):
        if not is_numeric(column(d, name)):
            yield found(d.name, name)


@rule(
    "ADN107",
    "error",
    "Number without its text",
    "A numeric twin (name and N) is an addition to the variable of text, which is there as well.",
    "Add the variable of text.",
    "there is no {base} beside {variable}",
    f"{_NAMES}.1",
)
def check_twins_there(package: Package) -> Iterator[Found]:
    """The guide's variables of label "... (N)" have their variable of text beside them."""
    for d, v, guided in _guided(package):
        base = base_of(v.name)
        if guided.label.endswith("(N)") and not v.name.endswith("FN") and base not in d.columns:
            yield found(d.name, v.name, base=base)


def base_of(name: str) -> str:
    """The text variable of a numeric twin; the guide shortens some names (AVALCA1N of AVALCAT1).

    >>> base_of("TRT01PN"), base_of("AVALCA1N"), base_of("PBCHGC1N"), base_of("MCRIT1MN")
    ('TRT01P', 'AVALCAT1', 'PBCHGCA1', 'MCRIT1ML')
    """
    name = re.sub(r"^(AVAL|BASE|PCHG|BCHG)CA(\d)N$", r"\1CAT\2N", name)
    name = re.sub(r"^PBCHGC(\d)N$", r"PBCHGCA\1N", name)
    return f"{name[:-1]}L" if re.fullmatch(r"MCRIT\dMN", name) else name[:-1]


@rule(
    "ADN108",
    "error",
    "Index that the guide does not have",
    "In names, xx and zz stand for two digits from 01 on, y and w for one digit from 1 on.",
    "Rename the variable.",
    "{variable} has an index that its name does not take",
    "ADaMIG 1.3, 3.1.1",
)
def check_indices(package: Package) -> Iterator[Found]:
    """Names like those of the guide have its kind of index."""
    odd = re.compile(_ODD_INDEX)
    return (found(d.name, v.name) for d in package.datasets for v in d.variables if odd.fullmatch(v.name))


def _by_variable(package: Package) -> Iterator[tuple[str, list[tuple[DatasetFile, DatasetVariable]]]]:
    places: dict[str, list[tuple[DatasetFile, DatasetVariable]]] = {}
    for d in package.datasets:
        for v in d.variables:
            places.setdefault(v.name, []).append((d, v))
    yield from ((name, found) for name, found in places.items() if len(found) > 1)


@rule(
    "ADN109",
    "error",
    "Variable with different types in analysis datasets",
    "A variable has one type in all datasets, so that they can be merged.",
    "Use one type.",
    "{variable} is {value}, in {other} {expected}",
    f"{_NAMES}.1",
)
def check_one_type(package: Package) -> Iterator[Found]:
    """Equal names have equal types; told for the datasets that differ from the first."""
    for name, places in _by_variable(package):
        first, expected = places[0]
        for d, v in places[1:]:
            if v.numeric != expected.numeric:
                words = ("Num", "Char") if v.numeric else ("Char", "Num")
                yield found(d.name, name, words[0], other=first.name, expected=words[1])


@rule(
    "ADN110",
    "warning",
    "Variable with different labels in analysis datasets",
    "A variable means the same in all datasets, and its label says so.",
    "Use one label.",
    "the label is {value!r}, in {other} {expected!r}",
    f"{_NAMES}.1",
)
def check_one_label(package: Package) -> Iterator[Found]:
    """Equal names have equal labels; told for the datasets that differ from the first."""
    for name, places in _by_variable(package):
        first, expected = places[0]
        for d, v in places[1:]:
            if v.label != expected.label:
                yield found(d.name, name, v.label, other=first.name, expected=expected.label)


@rule(
    "ADN111",
    "error",
    "Parameter without a value variable",
    "A dataset of parameters has AVAL, AVALC or both.",
    "Derive the analysis value.",
    "{dataset} has neither AVAL nor AVALC",
    "ADaMIG 1.3, 3.3.4",
)
def check_value_variable(package: Package) -> Iterator[Found]:
    """AVAL or AVALC beside PARAMCD."""
    for d in analysed(package, "PARAMCD"):
        if not has_all(d, "AVAL") and not has_all(d, "AVALC"):
            yield found(d.name)


@rule(
    "ADN115",
    "warning",
    "Variable of SDTM with another label",
    "A variable that keeps its name keeps label and type of the tabulation dataset.",
    "Take the label over, or give the variable a name of its own.",
    "the label is {value!r}, in {other} {expected!r}",
    "ADaMIG 1.3, 3.1.1",
)
def check_tabulated_labels(package: Package) -> Iterator[Found]:
    """Variables that DM, or the domain of the name's first two letters, has too keep its label."""
    if package.source is None:
        raise NotApplicableError("no tabulation datasets are beside the analysis datasets")
    for d in package.datasets:
        for v in d.variables:
            for other in ("DM", v.name[:2]):
                of = source_of(package, other)
                known = next((x for x in of.variables if x.name == v.name), None) if of else None
                if of is not None and known is not None:
                    if known.label != v.label:
                        yield found(d.name, v.name, v.label, other=of.name, expected=known.label)
                    break
