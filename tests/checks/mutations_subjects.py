"""Mutations of subjects, arms, reference dates; of findings; of supplemental qualifiers and relations."""

from __future__ import annotations

from .mutation import mutation
from .written import Draft, Written


@mutation("SUB101", "TIM103", "EXP101", "SUB114")
def subject_that_dm_lacks(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("USUBJID", "STUDY-01-009", row=2))


@mutation("SUB102", "KEY101", "DEF131", "KEY105", "TRI111", "DSP103", "SUB114")
def subject_twice(w: Written) -> None:
    w.dataset("DM", lambda d: d.copy_record(0))


@mutation("SUB103", "TRI115")
def code_of_another_arm(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("ARMCD", "DRUG", row=1))


@mutation("SUB104", "SUB105", "SUB113")
def arm_without_code(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("ACTARMCD", None, row=1))


@mutation("SUB105", "XPT104", "DEF132")
def no_reason(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("ARMNRS", None, row=2))


@mutation("SUB106", "DEF150")
def needless_reason(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("ARMNRS", "NOT ASSIGNED"))


@mutation("SUB107", "SUB115")
def screen_failure_with_a_dose(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFXENDTC", "2022-03-09", row=2))


@mutation("SUB108", "XPT104", "DEF132", "TRI111", "SUB114", "SUB115")
def treated_without_reference_start(w: Written) -> None:
    def late(d: Draft) -> None:
        d.set("RFSTDTC", None, row=2)
        d.set("RFXSTDTC", "2022-03-05", row=2)
        d.set("ARMCD", "PBO", row=2)
        d.set("ARM", "Placebo", row=2)
        d.set("ACTARMCD", "PBO", row=2)
        d.set("ACTARM", "Placebo", row=2)
        d.set("ARMNRS", None, row=2)

    w.dataset("DM", late)


@mutation("SUB109")
def another_first_dose(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFXSTDTC", "2022-03-10"))


@mutation("SUB110")
def another_last_dose(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFXENDTC", "2022-04-04"))


@mutation("SUB111", "SUB112", "DEF132", "DSP105")
def death_without_flag(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("DTHFL", None, row=1))


@mutation("SUB112", "EVT107")
def fatal_event_of_a_survivor(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AEOUT", "FATAL", row=1))


@mutation("FND101")
def number_of_another_result(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESN", 25.5))


@mutation("FND102")
def number_missing(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESN", None))


@mutation("FND103")
def number_invented(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESN", 2.0, row=2))


@mutation("FND104")
def unit_missing(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESU", None))


@mutation("FND105", "DEF150", "DEF166")
def second_unit(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESU", "g/L"))


@mutation("FND106")
def indicator_against_the_range(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBNRIND", "HIGH"))


@mutation("FND106")
def indicator_of_a_value_below_a_limit(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBNRIND", "NORMAL", row=2))


@mutation("FND107")
def indicator_missing(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBNRIND", None))


@mutation("FND108", "CT104", "KEY101")
def code_of_another_test(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBTESTCD", "ALT", row=5))


@mutation("FND109", "CT102", "DEF150")
def code_that_begins_with_a_digit(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBTESTCD", "3ALT", row=5))


@mutation("FND110", "CT102", "CT104", "DEF142", "DEF143", "DEF150")
def long_name(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBTEST", "Bilirubin that was never measured, and why", row=5))


@mutation("FND111", "DEF160")
def result_of_a_test_not_done(w: Written) -> None:
    def result(d: Draft) -> None:
        d.set("LBORRES", "7", row=5)
        d.set("LBSTRESC", "7", row=5)
        d.set("LBSTRESN", 7.0, row=5)

    w.dataset("LB", result)


@mutation("FND112", "XPT104", "DEF132", "STA101")
def neither_result_nor_status(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTAT", None, row=5))


@mutation("FND113")
def standard_result_missing(w: Written) -> None:
    def result(d: Draft) -> None:
        d.set("LBSTRESC", None, row=2)
        d.set("LBSTRESU", None, row=2)

    w.dataset("LB", result)


@mutation("FND120")
def two_flags(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLOBXFL", "Y", row=2))


@mutation("FND121")
def flag_after_the_first_dose(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLOBXFL", None, "Y"))


@mutation("FND122")
def flag_on_an_earlier_record(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLOBXFL", "Y", None, row=7))


@mutation("FND123")
def flag_missing(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLOBXFL", None))


@mutation("SUPP101", "DEF150", "REL104")
def relation_to_a_dataset_that_is_not_there(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("RDOMAIN", "QS", row=1))


@mutation("SUPP102")
def variable_that_the_parent_lacks(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("IDVAR", "AESPI"))


@mutation("SUPP103")
def record_that_the_parent_lacks(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("IDVARVAL", "7", row=1))


@mutation("SUPP103")
def record_of_another_subject(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("USUBJID", "STUDY-01-002", row=1))


@mutation("SUPP104")
def qualifier_with_a_standard_variable(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("QNAM", "AELOC", row=2))


@mutation("SUPP105")
def second_label(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("QLABEL", "treatment emergent flag", row=1))


@mutation("SUPP106")
def qualifier_with_a_hyphen(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.set("QNAM", "AE-SIT", row=2))


@mutation("SUPP107", "KEY101")
def qualifier_twice(w: Written) -> None:
    w.dataset("SUPPAE", lambda d: d.copy_record(0, QVAL="N"))


@mutation("SUPP108")
def relation_of_one_side(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("RELID", "R2", row=1))


@mutation("REL101")
def record_of_a_subject_with_a_type_of_relation(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("RELTYPE", "ONE", row=1))


@mutation("REL101")
def dataset_with_a_value(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("IDVARVAL", "1", row=2))


@mutation("REL102", "XPT104")
def one_record_where_there_are_several(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("RELTYPE", "ONE", row=3))


@mutation("REL103")
def related_datasets_that_share_nothing(w: Written) -> None:
    w.dataset("RELREC", lambda d: d.set("IDVAR", "LBTESTCD", row=3))


@mutation("FND114", "DEF160")
def standard_unit_of_no_result(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBSTRESU", "U/L", row=5))


@mutation("FND114", "DEF160")
def collected_unit_of_no_result(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBORRESU", "U/L", row=5))


@mutation("REL104")
def link_of_a_record_that_is_related_to_none(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBLNKID", "BLEEDING", row=7))
