"""STR101-STR114: datasets and variables as the implementation guide has them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ..model.column import codes_of, present
from ..standards.variables import GuideDataset, GuideVariable
from .columns import column, has, in_records, is_value, needed_guide, texts
from .package import DatasetFile, Package, domain_of, is_supplemental
from .registry import Found, NotApplicableError, found, found_at, rule

_TABLES = "SDTMIG 3.4, specification tables"
_TRC = "FDA Technical Rejection Criteria for Study Data"


def _guided(package: Package) -> Iterator[tuple[DatasetFile, GuideDataset]]:
    """Datasets that the guide describes; NotApplicableError where there is none."""
    needed_guide(package)
    pairs = [(d, g) for d in package.datasets if (g := package.guide_dataset(d))]
    if not pairs:
        raise NotApplicableError("the guide describes none of the datasets")
    yield from pairs


def _guided_variables(package: Package) -> Iterator[tuple[DatasetFile, GuideVariable]]:
    """The variables that the guide's table of their dataset has."""
    for d, g in _guided(package):
        yield from ((d, g.by_name[v.name]) for v in d.variables if v.name in g.by_name)


@rule(
    "STR101",
    "error",
    "Required variable missing",
    "A required variable makes the record what it is; the dataset cannot be without it.",
    "Derive the variable.",
    "{variable} ({label}) is required in {dataset}",
    "SDTMIG 3.4, 4.1.5",
)
def check_required(package: Package) -> Iterator[Found]:
    """Every required variable of the guide is there."""
    return _missing(package, "Req")


@rule(
    "STR102",
    "warning",
    "Expected variable missing",
    "An expected variable is part of the dataset even where nothing was collected: then it is a column of nulls.",
    "Add the variable, null where there are no data.",
    "{variable} ({label}) is expected in {dataset}",
    "SDTMIG 3.4, 4.1.5",
)
def check_expected(package: Package) -> Iterator[Found]:
    """Every expected variable of the guide is there."""
    return _missing(package, "Exp")


def _missing(package: Package, core: str) -> Iterator[Found]:
    for d, g in _guided(package):
        for v in g.variables:
            if v.core == core and v.name not in d.columns:
                yield found(d.name, v.name, label=v.label)


@rule(
    "STR103",
    "error",
    "Required variable without a value",
    "A required variable has a value in every record.",
    "Find out why the value is missing; a record that cannot have one is left out with a reason.",
    "{variable} is required and has no value",
    "SDTMIG 3.4, 4.1.5",
)
def check_required_values(package: Package) -> Iterator[Found]:
    """Required variables are never null."""
    for d, v in _guided_variables(package):
        if v.core == "Req":
            yield from found_at(d, v.name, ~present(column(d, v.name)))


@rule(
    "STR104",
    "warning",
    "Variable out of order",
    "Variables come in the order of the guide and the SDTM model: identifiers, topic, qualifiers, timing.",
    "Let the dataset have the guide's order.",
    "{variable} stands between {before} and {after}, the order of the guide has it elsewhere",
    "SDTMIG 3.4, 2.1 and 4.1.4",
)
def check_order(package: Package) -> Iterator[Found]:
    """Order of the variables that the guide or the model has for the dataset."""
    for d, g in _guided(package):
        known = [v.name for v in d.variables if _guide_variable(package, g, v.name)]
        order = {v.name: i for i, v in enumerate(needed_guide(package).arrange(g, known))}
        kept = set(_longest_rising([order[name] for name in known]))
        for i, name in enumerate(known):
            if order[name] not in kept:
                before, after = (known[j] if 0 <= j < len(known) else "the end" for j in (i - 1, i + 1))
                yield found(d.name, name, before=before, after=after)


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The longest rising sequence: what stands in order, so that the rest is what was moved.

    >>> _longest_rising([3, 0, 1, 2])
    [0, 1, 2]
    """
    tails: list[int] = []
    at: list[int] = []
    for n in numbers:
        place = bisect_left(tails, n)
        tails[place : place + 1] = [n]
        at.append(place)
    kept, wanted = [], len(tails) - 1
    for n, place in zip(reversed(numbers), reversed(at), strict=True):
        if place == wanted:
            kept.append(n)
            wanted -= 1
    return kept[::-1]


def _guide_variable(package: Package, g: GuideDataset, name: str) -> GuideVariable | None:
    """What the guide's table or the model has for the dataset."""
    try:
        return needed_guide(package).variable(g, name)
    except KeyError:
        return None


@rule(
    "STR105",
    "error",
    "Type differs from the guide",
    "A variable is Char or Num as the guide says; programs that set datasets together fail where it is not.",
    "Write the variable with the guide's type.",
    "{variable} is {type}, the guide has {expected}",
    _TABLES,
)
def check_type(package: Package) -> Iterator[Found]:
    """Char and Num as in the guide, also for variables that the model adds."""
    for d, g in _guided(package):
        for v in d.variables:
            guided = _guide_variable(package, g, v.name)
            if guided and guided.numeric != v.numeric:
                yield found(d.name, v.name, type=_type(v.numeric), expected=_type(guided.numeric))


def _type(numeric: bool) -> str:
    return "Num" if numeric else "Char"


@rule(
    "STR106",
    "warning",
    "Label differs from the guide",
    "The labels of the guide's variables are fixed, capital letters and all.",
    "Use the guide's label.",
    "{variable} is labelled {value!r}, the guide has {expected!r}",
    _TABLES,
)
def check_label(package: Package) -> Iterator[Found]:
    """Labels of variables that the guide's table of the dataset has; a sponsor's domain may choose its own."""
    for d, g in _guided(package):
        for v in d.variables:
            guided = g.by_name.get(v.name) if g.name in needed_guide(package) else None
            if guided and v.label.strip() and v.label != guided.label:
                yield found(d.name, v.name, v.label, expected=guided.label)


@rule(
    "STR107",
    "error",
    "Variable that the dataset cannot have",
    "Neither the guide's table nor the SDTM model has the variable for this dataset.",
    "Make it a supplemental qualifier, or give the data their standard variable.",
    "{dataset} has no variable {variable}",
    "SDTMIG 3.4, 2.5 and 8.4",
)
def check_allowed(package: Package) -> Iterator[Found]:
    """Variables of the guide's table or of the model only."""
    for d, g in _guided(package):
        for v in d.variables:
            if _guide_variable(package, g, v.name) is None:
                yield found(d.name, v.name)


@rule(
    "STR108",
    "error",
    "DOMAIN is not the dataset's domain",
    "DOMAIN is the two-character code with which the dataset's name begins.",
    "Set DOMAIN to the domain of the dataset.",
    "DOMAIN is {value}, the dataset's domain is {expected}",
    "SDTMIG 3.4, 4.1.7",
)
def check_domain(package: Package) -> Iterator[Found]:
    """DOMAIN = the first two characters of the dataset's name."""
    for d in package.datasets:
        if "DOMAIN" in d.columns and domain_of(d):
            wrong = present(column(d, "DOMAIN")) & ~is_value(d, "DOMAIN", domain_of(d))
            yield from found_at(d, "DOMAIN", wrong, expected=domain_of(d))


@rule(
    "STR109",
    "error",
    "More than one STUDYID",
    "All datasets of a study have the same STUDYID.",
    "Find the records of the other study, or correct the identifier.",
    "STUDYID is {value}, most records have {expected}",
    "SDTMIG 3.4, 4.1.1",
)
def check_one_study(package: Package) -> Iterator[Found]:
    """One STUDYID in the whole package: the one that most records have counts as the study's."""
    counts: Counter[str] = Counter()
    for d in package.datasets:
        cells = column(d, "STUDYID")
        sizes = np.bincount(codes_of(cells) + 1, minlength=len(cells.categories) + 1)[1:]
        counts.update(dict(zip(map(str, texts(cells)), sizes.tolist(), strict=True)))
    if not counts:
        raise NotApplicableError("no dataset has a STUDYID")
    study = max(counts, key=lambda s: (counts[s], s))
    for d in package.datasets:
        if "STUDYID" in d.columns:
            wrong = present(column(d, "STUDYID")) & ~is_value(d, "STUDYID", study)
            yield from found_at(d, "STUDYID", wrong, expected=study)


@rule(
    "STR110",
    "warning",
    "Dataset label differs from the guide",
    "The labels of the guide's datasets are fixed.",
    "Use the guide's label; a part of a split dataset may say which part it is.",
    "{dataset} is labelled {value!r}, the guide has {expected!r}",
    "SDTMIG 3.4, 3.2.1",
)
def check_dataset_label(package: Package) -> Iterator[Found]:
    """Labels of datasets that the guide has under this very name."""
    for d, g in _guided(package):
        if g.name == d.name and d.name in needed_guide(package) and d.label.strip() and d.label != g.label:
            yield found(d.name, None, d.label, expected=g.label)


@rule(
    "STR111",
    "error",
    "No name of an SDTM dataset",
    "A dataset is named after its domain (two characters, up to four where it is split), SUPP and its parent, "
    "or is one of the relationship datasets.",
    "Rename the dataset, or submit the data in the domain to which they belong.",
    "{dataset} is no name of an SDTM dataset",
    "SDTMIG 3.4, 2.6 and 4.1.7",
)
def check_known_name(package: Package) -> Iterator[Found]:
    """Names: two to four characters, SUPP--, or a dataset of the guide."""
    guide = needed_guide(package)
    for d in package.datasets:
        split = re.fullmatch("[A-Z][A-Z0-9]{1,3}", d.name)
        if d.name not in guide and not split and not is_supplemental(d):
            yield found(d.name)


@rule(
    "STR112",
    "warning",
    "Dataset without records",
    "A dataset for which nothing was collected is not submitted; its define.xml can say that there are no data.",
    "Leave the file out, or find out where the records went.",
    "{dataset} has no records",
    "SDTMIG 3.4, 4.1.1; Define-XML 2.1, def:HasNoData",
)
def check_records(package: Package) -> Iterator[Found]:
    """Every dataset has records."""
    return (found(d.name) for d in package.datasets if not d.records)


@rule(
    "STR113",
    "error",
    "Dataset or define.xml that must be submitted is missing",
    "A submission of tabulations without DM or without define.xml is rejected before anybody reads it.",
    "Add what is missing.",
    "the package has no {value}",
    f"{_TRC}, 1736",
)
def check_submitted(package: Package) -> Iterator[Found]:
    """DM and define.xml are there, the latter under this name."""
    if package.partial:
        raise NotApplicableError("datasets are left out on purpose")
    if "DM" not in package.by_name:
        yield found("DM", None, "DM")
    if package.define is None:
        yield found("DM", None, "define.xml")
        return
    there = sorted(f for f in package.files or () if f.lower() == "define.xml")
    if there and "define.xml" not in there:
        yield found("DM", None, f"define.xml, but {there[0]}")


@rule(
    "STR114",
    "error",
    "No study start date in TS",
    "A submission whose TS does not give the study's start date (SSTDTC) is rejected before anybody reads it.",
    "Add TS with the parameter SSTDTC and a date in TSVAL.",
    "TS has no SSTDTC with a complete date: {reason}",
    f"{_TRC}, 1734",
)
def check_study_start(package: Package) -> Iterator[Found]:
    """TS has a record TSPARMCD SSTDTC whose TSVAL is a complete date."""
    if package.partial:
        raise NotApplicableError("datasets are left out on purpose")
    ts = package.by_name.get("TS")
    if ts is None or not has(ts, "TSPARMCD", "TSVAL"):
        yield found("TS", reason="there is no TS" if ts is None else "TSPARMCD or TSVAL is missing")
        return
    start = is_value(ts, "TSPARMCD", "SSTDTC")
    dates = package.dates(ts, "TSVAL")
    if not start.any():
        yield found("TS", "TSPARMCD", reason="no such parameter")
    elif not (start & in_records(dates.known >= 3, dates.codes)).any():
        yield from found_at(ts, "TSVAL", start, reason="TSVAL is no complete date")
