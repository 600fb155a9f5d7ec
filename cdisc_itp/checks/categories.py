"""CAT101-CAT103: topics and categories that tell a record from others (SDTMIG 3.4, 4.2.6 to 4.2.8)."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.column import Column, Mask, codes_of, joined, present
from .columns import column, datasets_with, has, is_value, named
from .package import Package
from .registry import Found, NotApplicableError, found_at, rule

_GROUPING = "SDTMIG 3.4, 4.2.6 (grouping variables)"
# What a category must not repeat: of each category, the variables that say the same already.
_SAID = {
    "--CAT": ("DOMAIN", "--DECOD", "--BODSYS"),
    "--SCAT": ("--CAT", "--DECOD", "--BODSYS"),
}


@rule(
    "CAT101",
    "error",
    "Topic that names nothing",
    "The topic says what was observed: for OTHER it is what was specified, for MULTIPLE each of the several.",
    "Map what was written beside OTHER; make a record of each.",
    "{variable} is {value}: it does not say what",
    "SDTMIG 3.4, 4.2.7.3 and 4.2.8.1",
)
def check_topics(package: Package) -> Iterator[Found]:
    """--TERM, --TRT and --TESTCD are neither OTHER nor MULTIPLE."""
    topics = [(d, named(d, n)) for d in package.datasets for n in ("--TERM", "--TRT", "--TESTCD") if has(d, n)]
    if not topics:
        raise NotApplicableError("no dataset has a topic")
    for d, name in topics:
        yield from found_at(d, name, is_value(d, name, "OTHER", "MULTIPLE"))


@rule(
    "CAT102",
    "warning",
    "Category that says nothing new",
    "A category groups the records of a dataset; one that repeats the domain, the term, the body system or the "
    "category above it groups none.",
    "Leave it out, or take the sponsor's own categories.",
    "{variable} is {value}, as is {other}",
    _GROUPING,
)
def check_categories(package: Package) -> Iterator[Found]:
    """--CAT and --SCAT differ from DOMAIN, --DECOD, --BODSYS and each other."""
    pairs = [
        (d, named(d, category), named(d, other))
        for d in package.datasets
        for category, others in _SAID.items()
        for other in others
        if has(d, category, other)
    ]
    if not pairs:
        raise NotApplicableError("no dataset has a category beside what it may repeat")
    for d, name, other in pairs:
        yield from found_at(d, name, _are_equal(column(d, name), column(d, other)), other=other)


def _are_equal(first: Column, second: Column) -> Mask:
    """Which records (n,) have the same text in both columns; none without a value."""
    codes = codes_of(joined([first, second]))
    same: Mask = codes[: len(first)] == codes[len(first) :]
    return present(first) & same


@rule(
    "CAT103",
    "error",
    "Subcategory without a category",
    "A subcategory divides a category (--CAT).",
    "Give the category, or make the subcategory one.",
    "{variable} is {value}, but {category} has no value",
    _GROUPING,
)
def check_subcategories(package: Package) -> Iterator[Found]:
    """--CAT wherever --SCAT has a value."""
    for d in datasets_with(package, "--SCAT"):
        name, category = named(d, "--SCAT"), named(d, "--CAT")
        yield from found_at(d, name, present(column(d, name)) & ~present(column(d, category)), category=category)
