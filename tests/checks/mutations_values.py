"""Mutations of terms, dates, durations and study days."""

from __future__ import annotations

from .mutation import mutation
from .written import Written


@mutation("CT101", "DEF150")
def term_of_no_closed_codelist(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESEV", "HARD", row=2))


@mutation("CT102", "DEF150")
def term_of_no_extensible_codelist(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXDOSFRM", "SPOON", row=2))


@mutation("CT103", "DEF150")
def term_in_lower_case(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESEV", "Mild"))


@mutation("CT104", "FND108")
def name_of_another_test(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBTEST", "Platelets", row=5))


@mutation("CT105", "SUPP102", "DEF150")
def supplemental_records_of_another_domain(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("RDOMAIN", "LB", row=2))


@mutation("CT106", "TRI114")
def country_that_is_none(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("COUNTRY", "CHI"))


@mutation("CT107", "DEF150")
def flag_that_is_no(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLOBXFL", "N", row=1))


@mutation("ISO101", "DEF141", "TIM103")
def day_that_the_calendar_lacks(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXENDTC", "2022-02-30"))


@mutation("ISO102", "DEF141")
def duration_in_words(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AEDUR", "2 d", row=1))


@mutation("ISO102", "DEF141")
def duration_with_units_out_of_order(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AEDUR", "P2H", row=1))


@mutation("ISO103")
def negative_age(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("AGE", -1.0))


@mutation("ISO103")
def age_without_unit(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("AGEU", None))


@mutation("ISO104")
def minimum_age_as_a_number(w: Written) -> None:
    w.dataset("TS", lambda d: d.set("TSVAL", "18", row=1))


@mutation("TIM101")
def study_day_off_by_one(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBDY", 27.0, row=1))


@mutation("TIM102")
def study_day_missing(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBDY", None, row=1))


@mutation("TIM103")
def study_day_of_a_partial_date(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESTDY", 1.0))


@mutation("TIM104", "TIM101")
def study_day_zero(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBDY", 0.0, row=3))


@mutation("TIM105")
def partial_start_after_end(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESTDTC", "2022-04"))


@mutation("TIM105", "TIM101")
def end_before_start(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AEENDTC", "2022-03-11", row=1))


@mutation("TIM106")
def visit_with_two_names(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("VISIT", "BASELINE", row=3))


@mutation("TIM107", "TIM105")
def collected_after_the_end(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFPENDTC", "2022-03-20"))


@mutation("TIM108", "TRI112", "DSP101", "TIM105")
def measured_before_the_consent(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFICDTC", "2022-03-10"))
