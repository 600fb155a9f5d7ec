"""Mutations of exposure and of exposure as collected."""

from __future__ import annotations

from .mutation import mutation
from .written import Written


@mutation("EXP101", "TIM101")
def collected_a_day_later(w: Written) -> None:
    w.dataset("EC", lambda d: d.set("ECSTDTC", "2022-03-24", row=1))


@mutation("EXP101")
def collected_of_another_treatment(w: Written) -> None:
    w.dataset("EC", lambda d: d.set("ECTRT", "SAND", row=1))


@mutation("EXP101")
def planned_and_not_taken(w: Written) -> None:
    w.dataset("EC", lambda d: (d.set("ECOCCUR", "N"), d.set("ECDOSE", None), d.set("ECDOSU", None)))


@mutation("EXP102")
def dose_that_was_not_taken(w: Written) -> None:
    w.dataset("EC", lambda d: (d.set("ECDOSE", 5.0, row=4), d.set("ECDOSU", "mg", row=4)))
