"""Mutations of datasets, variables and keys against the guide."""

from __future__ import annotations

from .mutation import mutation
from .written import Draft, Written


@mutation("STR101", "DEF123")
def required_variable_dropped(w: Written) -> None:
    w.dataset("DM", lambda d: d.drop("SITEID"))


@mutation("STR102", "DEF123")
def expected_variable_dropped(w: Written) -> None:
    w.dataset("DM", lambda d: d.drop("RACE"))


@mutation("STR103", "DEF129")
def required_value_missing(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("SUBJID", None))


@mutation("STR104", "DEF124")
def variable_moved(w: Written) -> None:
    w.dataset("AE", lambda d: d.move("AESER", 2))


@mutation("STR105", "DEF140")
def number_as_text(w: Written) -> None:
    def retype(d: Draft) -> None:
        d.cells["AESTDY"] = [None, "4", "70"]
        d.change("AESTDY", numeric=False, length=None)

    w.dataset("AE", retype)


@mutation("STR106", "DEF126")
def variable_relabelled(w: Written) -> None:
    w.bytes("dm.xpt", b"Age Units", b"AGE units")


@mutation("STR107", "DEF122")
def variable_of_no_table(w: Written) -> None:
    w.dataset("AE", lambda d: d.add("AEXYZ", "Anything", ["a", "b", "c"]))


@mutation("STR108")
def another_domain(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("DOMAIN", "CE"))


@mutation("STR109")
def another_study(w: Written) -> None:
    w.dataset("AE", lambda d: d.set("STUDYID", "STUDY-02"))


@mutation("STR110", "DEF125")
def dataset_relabelled(w: Written) -> None:
    w.bytes("dm.xpt", b"Demographics", b"DEMOGRAPHICS")


@mutation("STR111", "DEF120")
def unknown_dataset(w: Written) -> None:
    w.dataset("TS", lambda d: setattr(d, "name", "TRIALSUM"), "trialsum.xpt")


@mutation("STR112", "XPT104", "DEF132", "REL104")
def dataset_without_records(w: Written) -> None:
    def empty(d: Draft) -> None:
        for row in (3, 2, 1, 0):
            d.delete_record(row)

    w.dataset("RELREC", empty)


@mutation("STR113", "DEF121", "DEF104")
def no_dm(w: Written) -> None:
    (w.folder / "dm.xpt").unlink()


@mutation("STR113")
def no_define(w: Written) -> None:
    (w.folder / "define.xml").unlink()


@mutation("STR114", "DEF121", "DEF104")
def no_ts(w: Written) -> None:
    (w.folder / "ts.xpt").unlink()


@mutation("STR114")
def no_start_date(w: Written) -> None:
    w.dataset("TS", lambda d: d.delete_record(0))


@mutation("KEY101")
def two_records_with_equal_keys(w: Written) -> None:
    def same_visit(d: Draft) -> None:
        d.set("VISITNUM", 2.0, row=4)
        d.set("VISIT", "DAY 1", row=4)
        d.set("VISITDY", 1.0, row=4)

    w.dataset("LB", same_visit)


@mutation("KEY102")
def sequence_number_twice(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXSEQ", 1.0, row=1))


@mutation("KEY102", "DEF120")
def sequence_number_twice_in_a_split_domain(w: Written) -> None:
    def part(d: Draft) -> None:
        for row in range(8, 0, -1):
            d.delete_record(row)
        d.name, d.label = "LBCH", "Laboratory Test Results, Chemistry"

    w.dataset("LB", part, "lbch.xpt")


@mutation("KEY103", "DEF141", "DEF142")
def sequence_number_with_fraction(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXSEQ", 0.5))


@mutation("KEY104")
def sequence_with_a_gap(w: Written) -> None:
    w.dataset("EX", lambda d: d.set("EXSEQ", 3.0, row=1))


@mutation("KEY105", "KEY101")
def record_twice(w: Written) -> None:
    w.dataset("EX", lambda d: d.copy_record(1, EXSEQ=3.0))
