"""Mutations of what happened: status and reasons, disposition, adverse events, doses."""

from __future__ import annotations

from .mutation import mutation
from .written import Draft, Written


@mutation("STA101")
def reason_of_what_was_done(w: Written) -> None:
    w.dataset("LB", lambda d: d.set("LBREASND", "Sample lost"))


@mutation("STA102")
def occurrence_of_a_free_term(w: Written) -> None:
    w.dataset("EC", lambda d: d.set("ECPRESP", None))


@mutation("STA103")
def question_without_an_answer(w: Written) -> None:
    w.dataset("EC", lambda d: d.set("ECOCCUR", None))


@mutation("STA104", "DEF122")
def answer_to_no_question(w: Written) -> None:
    w.dataset("EC", lambda d: d.add("ECSTAT", "Completion Status", [None] * 4 + ["NOT DONE"], at=7))


@mutation("STA105", "DEF132", "XPT104")
def ongoing_at_no_time(w: Written) -> None:
    w.dataset("MH", lambda d: d.set("MHENTPT", None))


@mutation("STA105", "DEF132", "XPT104")
def time_without_a_relation(w: Written) -> None:
    w.dataset("MH", lambda d: d.set("MHENRTPT", None))


@mutation("STA106", "COD103", "DEF129")
def time_point_without_a_number(w: Written) -> None:
    w.dataset("VS", lambda d: d.set("VSTPTNUM", None, row=1))


@mutation("STA106")
def elapsed_since_nothing(w: Written) -> None:
    w.dataset("VS", lambda d: d.set("VSTPTREF", None, row=1))


@mutation("DSP101")
def consent_of_another_day(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("RFICDTC", "2022-03-03", row=2))


@mutation("DSP102")
def two_ends_of_one_treatment(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("DSSCAT", "STUDY TREATMENT", row=2))


@mutation("DSP103", "XPT104")
def nothing_became_of_the_subject(w: Written) -> None:
    def lose(d: Draft) -> None:
        d.delete_record(2)
        d.delete_record(1)

    w.dataset("DS", lose)


@mutation("DSP104", "TRI124")
def end_before_the_beginning(w: Written) -> None:
    w.dataset("DS", lambda d: (d.set("DSSTDTC", "2022-03-08", row=1), d.set("DSSTDY", -1.0, row=1)))


@mutation("DSP105")
def death_of_another_day(w: Written) -> None:
    w.dataset("DS", lambda d: (d.set("DSSTDTC", "2022-05-19", row=5), d.set("DSSTDY", 71.0, row=5)))


@mutation("DSP105", "DEF132", "XPT104")
def death_without_a_date(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("DTHDTC", None, row=1))


@mutation("DSP105")
def death_that_ds_lacks(w: Written) -> None:
    w.dataset("DS", lambda d: (d.set("DSDECOD", "COMPLETED", row=4), d.set("DSDECOD", "COMPLETED", row=5)))


@mutation("DSP106")
def completed_and_called_otherwise(w: Written) -> None:
    w.dataset("DS", lambda d: d.set("DSDECOD", "SCREEN FAILURE", row=1))


@mutation("EVT101")
def criterion_of_an_event_that_is_not_serious(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESER", "N", row=2))


@mutation("EVT102")
def serious_without_a_criterion(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESER", "Y"))


@mutation("EVT103")
def resolved_without_an_end(w: Written) -> None:
    w.dataset("AE", lambda d: (d.set("AEENDTC", None), d.set("AEENDY", None)))


@mutation("EVT103", "DEF142", "DEF143", "DEF150")
def not_resolved_with_an_end(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AEOUT", "NOT RECOVERED/NOT RESOLVED"))


@mutation("EVT104", "XPT104")
def end_without_a_start(w: Written) -> None:
    w.dataset("MH", lambda d: d.set("MHSTDTC", None, row=1))


@mutation("EVT106", "DEF142", "DEF143")
def grade_in_words(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETOXGR", "Grade 1"))


@mutation("EVT106")
def grade_of_no_event(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETOXGR", "0"))


@mutation("EVT107")
def death_of_a_mild_event(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETOXGR", "1", row=2))


@mutation("EVT107")
def grade_of_a_death_that_was_survived(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AETOXGR", "5"))


@mutation("EVT107", "EVT101", "SUB112")
def death_that_resolved(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("AESDTH", "Y"))


@mutation("EVT108", "DEF142", "DEF143")
def event_in_both(w: Written) -> None:
    w.dataset(
        "CE", lambda d: (d.set("CETERM", "nausea and  Vomiting"), d.set("CESTDTC", "2022-03-12"), d.set("CESTDY", 4.0))
    )


@mutation("EVT105")
def dose_without_a_unit(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXDOSU", None))


@mutation("EVT105")
def dose_below_zero(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXDOSE", -5.0))


@mutation("EVT105", "DEF122", "STR104")
def dose_as_number_and_text(w: Written) -> None:
    w.dataset("EX", lambda d: d.add("EXDOSTXT", "Dose Description", ["5-10", None, None], at=7))
