"""Mutations of codes and names, of the trial's design, of participation, of units and ranges."""

from __future__ import annotations

from .mutation import mutation
from .written import Draft, Written


@mutation("COD101", "TRI102")
def element_with_two_names(w: Written) -> None:
    w.dataset("TA", lambda d: d.set("ELEMENT", "Screened", row=2))


@mutation("COD102")
def criterion_with_two_codes(w: Written) -> None:
    w.dataset("TI", lambda d: d.set("IETEST", "Pregnant", row=1))


@mutation("COD102")
def label_of_two_qualifiers(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("QLABEL", "Treatment Emergent Flag", row=2))


@mutation("COD101", "KEY101")
def time_point_with_two_names(w: Written) -> None:
    w.dataset("VS", lambda d: d.set("VSTPTNUM", 1.0, row=1))


@mutation("COD103")
def code_of_nothing(w: Written) -> None:
    w.dataset("TA", lambda d: d.set("ELEMENT", None, row=2))


@mutation("COD104", "TRI104", "TRI117")
def visit_with_two_numbers(w: Written) -> None:
    w.dataset("VS", lambda d: d.set("VISITNUM", 4.0, 4.0))


@mutation("TRI120", "DEF150")
def epoch_that_ta_lacks(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("EPOCH", "RUN-IN"))


@mutation("TRI121")
def elements_with_equal_rules(w: Written) -> None:
    w.dataset("TE", lambda d: d.set("TESTRL", "First dose of the drug", row=1))


@mutation("TRI121", "XPT104")
def element_without_an_end(w: Written) -> None:
    w.dataset("TE", lambda d: d.set("TEENRL", None, row=2))


@mutation("TRI122", "DEF150")
def exclusion_that_was_not_met(w: Written) -> None:
    w.dataset("IE", lambda d: (d.set("IEORRES", "N"), d.set("IESTRESC", "N")))


@mutation("TRI123", "DEF142", "DEF143", "TRI102", "TRI103", "XPT105")
def long_code_of_an_element(w: Written) -> None:
    w.dataset("TE", lambda d: d.set("ETCD", "SCREENING", row=2))


@mutation("TRI124")
def epoch_of_another_day(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("EPOCH", "SCREENING", row=2))


@mutation("SUB113", "DEF150")
def dose_of_a_subject_without_arm(w: Written) -> None:
    def lose(d: Draft) -> None:
        d.set("ACTARMCD", None, row=1)
        d.set("ACTARM", None, row=1)
        d.set("ARMNRS", "NOT ASSIGNED", row=1)

    w.dataset("DM", lose)


@mutation("SUB114", "XPT104")
def arm_without_a_dose(w: Written) -> None:
    w.dataset("EX", lambda d: d.delete_record(2))


@mutation("SUB115")
def period_without_an_end(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFENDTC", None))


@mutation("SUB116")
def date_after_the_cut(w: Written) -> None:
    def cut(d: Draft) -> None:
        d.set("TSVAL", "2022-09-06", row=d.cells["TSPARMCD"].index("DCUTDTC"))

    w.dataset("TS", cut)


@mutation("FND115")
def result_that_nobody_collected(w: Written) -> None:
    w.dataset("VS", lambda d: (d.set("VSORRES", None), d.set("VSORRESU", None)))


@mutation("FND116")
def limits_exchanged(w: Written) -> None:
    w.dataset("LB", lambda d: (d.set("LBSTNRLO", 40.0), d.set("LBSTNRHI", 7.0)))


@mutation("TIM107", "DEF142")
def end_after_the_last_contact(w: Written) -> None:
    w.dataset("AE", lambda d: (d.set("AEENDTC", "2022-09-08"), d.set("AEENDY", 184.0)))


@mutation("TIM109", "DEF123", "STR102")
def date_without_its_study_day(w: Written) -> None:
    w.dataset("DS", lambda d: d.drop("DSSTDY"))


@mutation("STR114", "TRI112")
def start_known_to_the_month(w: Written) -> None:
    def month(d: Draft) -> None:
        d.set("TSVAL", "2022-03", row=d.cells["TSPARMCD"].index("SSTDTC"))

    w.dataset("TS", month)
