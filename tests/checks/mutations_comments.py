"""Mutations of comments: they must point at what is there."""

from __future__ import annotations

from .mutation import mutation
from .written import Written


@mutation("SUPP103")
def comment_on_a_record_that_is_not_there(w: Written) -> None:
    w.dataset("CO", lambda d: d.set("IDVARVAL", "7"))


@mutation("SUPP103")
def comment_on_a_record_of_another_subject(w: Written) -> None:
    w.dataset("CO", lambda d: d.set("IDVARVAL", "9", row=1))


@mutation("SUPP102")
def comment_by_another_variable(w: Written) -> None:
    w.dataset("CO", lambda d: d.set("IDVAR", "AENUM"))


@mutation("SUPP101", "DEF150")
def comment_on_a_dataset_that_is_not_there(w: Written) -> None:
    w.dataset("CO", lambda d: d.set("RDOMAIN", "CM"))
