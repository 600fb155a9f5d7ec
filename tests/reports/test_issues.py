"""Issues: grouped as a work list, accepted with reasons, written so that nothing is lost or computed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.column import Column, collect_numbers, collect_text
from cdisc_itp.model.issue import Finding
from cdisc_itp.model.lineage import Occurrences, Places, TablePlace
from cdisc_itp.reports.issue_files import OCCURRENCE, write_issues_csv, write_issues_parquet
from cdisc_itp.reports.issues import (
    Issue,
    accept,
    as_written,
    by_severity,
    conditions_never_held,
    each_finding,
    formula_safe,
    group_issues,
    issues_of_findings,
    rules_that_crashed,
    unused_acceptance,
    worst,
)
from cdisc_itp.spec.accepted import AcceptedLine
from tests.tiny import csv_rows, whole

TABLES = [TablePlace("02", "t", "b.csv", None, 9, "0" * 64), TablePlace("01", "t", "a.csv", "S", 9, "0" * 64)]


def occurred(
    code: str, value: Column, table: list[int], row: list[int], column: list[int] | None = None, **more: Any
) -> Occurrences:
    places = Places(np.array(table, np.int32), np.array(row, np.int64), np.array(column or [-1] * len(row), np.int32))
    return Occurrences(code, more.pop("dataset", "LB"), "LBORRES", "RESULT", value, places, **more)


def test_one_group_a_value_and_source_with_the_count_and_the_first_place() -> None:
    value = collect_text(["x", "y", "x", "x", None])
    found = group_issues([occurred("DATA020", value, [0, 0, 1, 0, 0], [5, 6, 7, 3, 9])], TABLES, [])
    assert [(i.value, i.source, i.count, i.file, i.sheet, i.row, i.column) for i in found] == [
        ("", "02", 1, "b.csv", "", 9, "RESULT"),
        ("x", "01", 1, "a.csv", "S", 7, "RESULT"),
        ("x", "02", 2, "b.csv", "", 3, "RESULT"),
        ("y", "02", 1, "b.csv", "", 6, "RESULT"),
    ]
    entry = CATALOGUE["DATA020"]
    assert {(i.severity, i.message, i.remedy) for i in found} == {(entry.severity, entry.title, entry.remedy)}


def test_groups_of_parts_are_one_group_whatever_their_order() -> None:
    a = occurred("DATA020", collect_text(["x"]), [0], [8])
    b = occurred("DATA020", collect_text(["x", "x"]), [0, 0], [4, 5])
    found = [group_issues(order, TABLES, []) for order in ([a, b], [b, a])]
    assert found[0] == found[1]
    assert [(i.count, i.row) for i in found[0]] == [(3, 4)]


def test_the_first_place_is_in_the_first_column_so_that_permuted_rows_name_the_same() -> None:
    columns = ["HB", "ALB"]
    found = group_issues([occurred("DATA020", collect_text(["x", "x"]), [0, 0], [2, 3], [0, 1])], TABLES, columns)
    assert [(i.column, i.row) for i in found] == [("ALB", 3)]


def test_numbers_are_shown_to_their_last_digit() -> None:
    found = group_issues([occurred("DATA072", collect_numbers([1234567.0, 0.1]), [0, 0], [2, 3])], TABLES, [])
    assert [i.value for i in found] == ["0.1", "1234567"]


def test_details_tell_groups_apart() -> None:
    two = [occurred("DATA060", collect_text(["s"]), [0], [2], detail=d) for d in ("DM", "AE")]
    assert [i.message for i in group_issues(two, TABLES, [])] == [
        f"{CATALOGUE['DATA060'].title} (AE)",
        f"{CATALOGUE['DATA060'].title} (DM)",
    ]


def finding(record: int | None, value: str = "v", message: str = "m") -> Finding:
    return Finding("KEY101", "LB", message, record, "LBSEQ", value)


def test_findings_are_grouped_by_what_they_say() -> None:
    found = issues_of_findings([finding(4), finding(9), finding(None, "w")], {"KEY101": ("error", "mend it")})
    assert [(i.value, i.count, i.row, i.severity, i.remedy) for i in found] == [
        ("v", 2, 4, "error", "mend it"),
        ("w", 1, None, "error", "mend it"),
    ]


def line(code: str = "DATA020", number: int = 2, **cells: str) -> AcceptedLine:
    said = {"dataset": "", "variable": "", "value": "", "source": "", **cells}
    return AcceptedLine(code=code, reason="known", line=number, **said)


ISSUE = Issue("error", "DATA020", "LB", "LBORRES", "x", source="01")


@pytest.mark.parametrize(
    ("said", "explained"),
    [
        (line(), True),
        (line(dataset="LB", variable="LBORRES", value="x", source="01"), True),
        (line(code="DATA021"), False),
        (line(dataset="VS"), False),
        (line(variable="LBSTRESC"), False),
        (line(value="X"), False),
        (line(source="02"), False),
    ],
)
def test_a_line_explains_what_it_agrees_with_in_every_cell_that_it_fills(said: AcceptedLine, explained: bool) -> None:
    issues, unused = accept([ISSUE], [said])
    assert issues[0].accepted == ("known" if explained else "")
    assert unused == ([] if explained else [said])


def test_a_line_that_explains_nothing_is_told_with_its_place() -> None:
    (told,) = unused_acceptance([line(number=7, dataset="VS")])
    assert (told.code, told.dataset, told.file, told.row) == ("ACC001", "VS", "accepted.csv", 7)
    assert "DATA020" in told.message


def test_the_worst_is_the_gravest_that_nobody_accepts() -> None:
    accepted = Issue("error", "DATA020", accepted="known")
    assert worst([accepted, Issue("note", "DATA050"), Issue("warning", "DATA053")]) == "warning"
    assert worst([accepted]) is None


def test_a_rule_that_crashed_is_an_error() -> None:
    (told,) = rules_that_crashed([("KEY101", "ZeroDivisionError: x")])
    assert (told.severity, told.code, told.message) == ("error", "KEY101", "the rule did not run: ZeroDivisionError: x")


def test_conditions_that_never_held_are_told_with_their_line() -> None:
    written = {("sdtm/lb.yaml", 4): "A EQ 1", ("sdtm/ae.yaml", 9): "B EQ 2"}
    found = conditions_never_held(written, {("sdtm/lb.yaml", 4)})
    assert [(i.code, i.value, i.file, i.row) for i in found] == [("DATA080", "B EQ 2", "sdtm/ae.yaml", 9)]


def test_errors_come_first() -> None:
    given = [Issue("note", "A"), Issue("error", "C"), Issue("warning", "B"), Issue("error", "B")]
    assert [(i.severity, i.code) for i in by_severity(given)] == [
        ("error", "B"),
        ("error", "C"),
        ("warning", "B"),
        ("note", "A"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("-5.3", "-5.3"),
        ("+7", "+7"),
        ("<2.0", "<2.0"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_compute_is_quoted(text: str, shown: str) -> None:
    assert formula_safe(text) == shown


def test_the_csv_holds_every_group_also_with_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    issue = Issue("error", "DATA020", value='a,"b"\nc', row=3, message="=m")
    write_issues_csv(tmp_path / "issues.csv", [issue])
    (row,) = csv_rows(tmp_path / "issues.csv")
    assert (row["value"], row["row"], row["message"], row["count"]) == ('a,"b"\nc', "3", "'=m", "1")


def test_the_parquet_holds_every_occurrence_in_an_order_of_its_own(tmp_path: Path) -> None:
    subject = collect_text(["S2", "S1", "S1"])
    one = occurred("DATA020", collect_text(["y", "x", "x"]), [0, 1, 0], [6, 7, 5], [1, -1, 0], subject=subject)
    other = occurred("DATA010", collect_numbers([1.5]), [0], [2])
    names = ["HB", "ALB"]
    for name, parts in (("a", [one, other]), ("b", [other, one])):
        write_issues_parquet(tmp_path / name, parts, TABLES, names)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    table = pq.read_table(tmp_path / "a")
    assert tuple(table.column_names) == OCCURRENCE
    rows = [(r["code"], r["value"], r["subject"], r["file"], r["row"], r["column"]) for r in table.to_pylist()]
    assert rows == [
        ("DATA010", "1.5", None, "b.csv", 2, "RESULT"),
        ("DATA020", "x", "S1", "a.csv", 7, "RESULT"),
        ("DATA020", "x", "S1", "b.csv", 5, "HB"),
        ("DATA020", "y", "S2", "b.csv", 6, "ALB"),
    ]


def test_no_occurrence(tmp_path: Path) -> None:
    write_issues_parquet(tmp_path / "none", [], TABLES, [])
    assert pq.read_table(tmp_path / "none").num_rows == 0


def test_kinds_of_trouble_without_an_occurrence_are_none(tmp_path: Path) -> None:
    """A partial conversion drops the rows of a kind of trouble one by one, also all of them."""
    nothing = occurred("DATA020", collect_text([]), [], [])
    write_issues_parquet(tmp_path / "none", [nothing, nothing], TABLES, ["HB"])
    assert pq.read_table(tmp_path / "none").num_rows == 0


def test_groups_and_occurrences_of_a_run_agree(request: pytest.FixtureRequest) -> None:
    _, out = whole("tiny", request)
    names = ("code", "dataset", "variable", "value", "source", "spec", "message")
    rows = pq.read_table(out / "run/issues.parquet").to_pylist()
    each = Counter(tuple(formula_safe(r[n] or "") for n in names) for r in rows)
    listed = csv_rows(out / "run/issues.csv")
    assert {tuple(i[n] for n in names): int(i["count"]) for i in listed} == each
    assert {"DATA061", "KEY101"} <= {key[0] for key in each}


def test_the_parquet_holds_what_is_no_trouble_of_raw_rows_too(tmp_path: Path) -> None:
    found = each_finding([finding(9), finding(4), finding(None, "w")], {"KEY101": ("error", "mend it")})
    one = occurred("DATA020", collect_text(["x"]), [0], [2], line=("sdtm/lb.yaml", 4))
    write_issues_parquet(tmp_path / "both", [one], TABLES, [], found)
    rows = [(r["code"], r["value"], r["row"], r["spec"]) for r in pq.read_table(tmp_path / "both").to_pylist()]
    assert rows == [
        ("DATA020", "x", 2, "sdtm/lb.yaml:4"),
        ("KEY101", "v", 4, ""),
        ("KEY101", "v", 9, ""),
        ("KEY101", "w", None, ""),
    ]


def test_values_that_meet_different_lines_of_the_spec_are_different_issues() -> None:
    two = [occurred("DATA030", collect_text(["x"]), [0], [2], line=("sdtm/lb.yaml", n)) for n in (9, 4)]
    assert [i.spec for i in group_issues(two, TABLES, [])] == ["sdtm/lb.yaml:4", "sdtm/lb.yaml:9"]


@given(st.text(alphabet="'=+-@\t\r1. ", max_size=6))
def test_a_text_made_safe_is_safe_and_comes_back_as_it_was_written(text: str) -> None:
    safe = formula_safe(text)
    assert as_written(safe) == text
    assert safe[:1] not in tuple("=@\t\r") or safe == ""
