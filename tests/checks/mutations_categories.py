"""Mutations of topics, categories and what a value may be; each is also an error of CDISC CORE's rules."""

from __future__ import annotations

from .mutation import mutation
from .written import Written


@mutation("CAT101")
def several_events_in_one(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETERM", "MULTIPLE"))


@mutation("CAT101", "EXP101")
def other_treatment(w: Written) -> None:
    w.dataset("EC", lambda d: d.set("ECTRT", "OTHER"))


@mutation("CAT102", "DEF122")
def category_that_is_the_domain(w: Written) -> None:
    w.dataset("MH", lambda d: d.add("MHCAT", "Category for Medical History", ["MH", "PRIMARY"], at=5))


@mutation("CAT102", "CT102", "DEF150")
def subcategory_that_is_the_category(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("DSSCAT", "DISPOSITION EVENT", row=1))


@mutation("CAT103")
def subcategory_of_nothing(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("DSCAT", None, row=1))


@mutation("SUPP109")
def population_among_the_qualifiers(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("QNAM", "SAFETY", row=2))


@mutation("XPT117")
def dot_of_a_missing_number(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETERM", "."))
