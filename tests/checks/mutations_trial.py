"""Mutations of the trial's design and of what TS says of the study."""

from __future__ import annotations

from .mutation import mutation
from .written import Draft, Written


def summary(w: Written, parameter: str, variable: str, value: str | None) -> None:
    """Another value of one parameter of TS."""
    w.dataset("TS", lambda d: d.set(variable, value, row=d.cells["TSPARMCD"].index(parameter)))


@mutation("TRI101", "SUB103")
def planned_arm_that_ta_lacks(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("ARMCD", "DOSE"))


@mutation("TRI101", "DEF128")
def visit_of_an_arm_that_ta_lacks(w: Written) -> None:
    w.dataset("TV", lambda d: d.set("ARMCD", "DOSE", row=2))


@mutation("TRI102", "COD101")
def element_of_another_name(w: Written) -> None:
    w.dataset("TA", lambda d: d.set("ELEMENT", "Screen", row=2))


@mutation("TRI102", "TRI103", "TRI115")
def element_that_te_lacks(w: Written) -> None:
    w.dataset("TA", lambda d: d.set("ETCD", "PLAC", row=3))


@mutation("TRI103", "TRI121")
def element_of_no_arm(w: Written) -> None:
    w.dataset("TE", lambda d: d.copy_record(2, ETCD="WASH", ELEMENT="Washout"))


@mutation("TRI104", "TRI118")
def visit_that_tv_lacks(w: Written) -> None:
    w.dataset("TV", lambda d: d.delete_record(2))


@mutation("TRI105")
def another_planned_day(w: Written) -> None:
    w.dataset("TV", lambda d: d.set("VISITDY", 29.0, row=2))


@mutation("TRI106")
def criterion_that_ti_lacks(w: Written) -> None:
    w.dataset("TI", lambda d: d.set("IETESTCD", "EXC02"))


@mutation("TRI106")
def criterion_in_other_words(w: Written) -> None:
    w.dataset("IE", lambda d: d.set("IETEST", "pregnant"))


@mutation("TRI107")
def neither_value_nor_reason(w: Written) -> None:
    summary(w, "AGEMIN", "TSVAL", None)


@mutation("TRI107")
def reason_beside_a_value(w: Written) -> None:
    summary(w, "INDIC", "TSVALNF", "UNK")


@mutation("TRI107")
def reason_that_is_none(w: Written) -> None:
    summary(w, "AGEMAX", "TSVALNF", "NULL")


@mutation("TRI108")
def code_of_another_phase(w: Written) -> None:
    summary(w, "TPHASE", "TSVALCD", "C15600")


@mutation("TRI108")
def phase_of_no_codelist(w: Written) -> None:
    summary(w, "TPHASE", "TSVAL", "PHASE 2")


@mutation("TRI110")
def another_number_of_arms(w: Written) -> None:
    summary(w, "NARMS", "TSVAL", "3")


@mutation("TRI110", "TRI101", "TRI103", "TRI115", "XPT104")
def arm_that_ta_lost(w: Written) -> None:
    def lose(d: Draft) -> None:
        for row in (3, 2):
            d.delete_record(row)

    w.dataset("TA", lose)


@mutation("TRI111")
def another_number_of_subjects(w: Written) -> None:
    summary(w, "ACTSUB", "TSVAL", "3")


@mutation("TRI112")
def start_that_is_no_consent(w: Written) -> None:
    summary(w, "SSTDTC", "TSVAL", "2022-03-01")


@mutation("TRI112", "DSP101")
def start_that_is_the_consent_of_a_screen_failure(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFICDTC", "2022-03-05", "2022-03-06", "2022-03-02"))


@mutation("TRI113")
def end_before_the_last_contact(w: Written) -> None:
    summary(w, "SENDTC", "TSVAL", "2022-09-06")


@mutation("TRI114")
def country_without_a_site(w: Written) -> None:
    w.dataset("TS", lambda d: d.set("TSVAL", "KOR", row=7))


@mutation("TRI115")
def element_of_another_arm(w: Written) -> None:
    def other(d: Draft) -> None:
        d.set("ETCD", "PBO", row=1)
        d.set("ELEMENT", "Placebo", row=1)

    w.dataset("SE", other)


@mutation("TRI115")
def element_at_another_place(w: Written) -> None:
    w.dataset("SE", lambda d: d.set("TAETORD", 3.0, row=1))


@mutation("TRI116")
def gap_between_elements(w: Written) -> None:
    w.dataset("SE", lambda d: d.set("SESTDTC", "2022-03-10", row=1))


@mutation("TRI117")
def visit_that_sv_lacks(w: Written) -> None:
    w.dataset("SV", lambda d: d.delete_record(2))


@mutation("TRI118", "STA103")
def unplanned_visit_that_was_planned(w: Written) -> None:
    w.dataset("SV", lambda d: d.set("SVPRESP", "Y", row=4))


@mutation("TRI118")
def reason_of_a_planned_visit(w: Written) -> None:
    w.dataset("SV", lambda d: d.set("SVUPDES", "Nose bleed", row=0))
