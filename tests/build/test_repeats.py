"""Duplicates and repeats of one block, by the tiny study with other rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.build.forms import Built, build_forms
from cdisc_itp.model.column import decoded
from cdisc_itp.pipeline import Silent
from cdisc_itp.raw_tables import read_raw_tables
from cdisc_itp.spec.study import load_study
from tests.tiny import TINY

HEADER = "SITE;PAT;FIRST;STAMP;TEST;RESULT;UNIT;LOW;HIGH;RERUN\n"


def built(tmp_path: Path, rows: list[str], repeats: str = "") -> Built:
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    (tmp_path / "raw/b/lb.csv").write_text(HEADER + "".join(f"{r}\n" for r in rows), "utf-8")
    if repeats:
        path = tmp_path / "spec/sources/b.yaml"
        lines = [x for x in path.read_text("utf-8").splitlines() if "repeats:" not in x and "duplicates:" not in x]
        at = next(i for i, x in enumerate(lines) if "empty tubes" in x)
        path.write_text("\n".join([*lines[: at + 1], *repeats.splitlines(), *lines[at + 1 :]]) + "\n", "utf-8")
    study = load_study(tmp_path / "spec")
    return build_forms(study.files, read_raw_tables(study.files, tmp_path / "raw", Silent()))


def stay(made: Built) -> list[str | None]:
    form = made.forms["laboratory"]
    source = [made.blocks[b].source.source for b in form.block]
    results = decoded(form.columns["result"]).tolist()
    return [r for r, live, s in zip(results, form.live, source, strict=True) if live and s == "02"]


def row(stamp: str, result: str, site: str = "02", patient: str = "201", test: str = "GLU", note: str = "") -> str:
    return f"{site};{patient};2024.1.10;{stamp};{test};{result};mg/dl;;;{note}"


def repeats(keep: str, tie: str = "error", duplicates: str = "keep") -> str:
    said = f"{{same: [date, test], keep: {keep}, order: time, tie: {tie}, reason: later}}"
    return f"    duplicates: {duplicates}\n    repeats: {said}"


THREE = [row("2024.1.6 08:00", "1"), row("2024.1.6 10:00", "3"), row("2024.1.6 09:00", "2")]


@pytest.mark.parametrize(("keep", "left"), [("last", ["3"]), ("first", ["1"])])
def test_of_repeats_the_first_or_last_stays(tmp_path: Path, keep: str, left: list[str]) -> None:
    assert stay(built(tmp_path, THREE, repeats(keep))) == left


@pytest.mark.parametrize("keep", ["last", "first"])
def test_a_row_without_an_order_yields_to_the_others(tmp_path: Path, keep: str) -> None:
    path = repeats(keep).replace("order: time", "order: rerun")
    rows = [row("2024.1.6 07:00", "9"), row("2024.1.6 08:00", "1", note="B"), row("2024.1.6 08:00", "2", note="B")]
    assert stay(built(tmp_path, rows, path.replace("tie: error", "tie: keep"))) == ["1", "2"]


@pytest.mark.parametrize(("tie", "codes"), [("error", {"DATA051"}), ("keep", set())])
def test_only_ties_of_those_that_stay_are_told_and_both_stay(tmp_path: Path, tie: str, codes: set[str]) -> None:
    rows = [*THREE, row("2024.1.6 08:00", "4"), row("2024.1.6 10:00", "5")]
    made = built(tmp_path, rows, repeats("last", tie))
    assert stay(made) == ["3", "5"]
    assert {o.code for o in made.issues if o.dataset == "laboratory"} - {"DATA050"} == codes


def test_subjects_of_two_sites_with_one_number_are_no_repeats_and_no_duplicates(tmp_path: Path) -> None:
    rows = [row("2024.1.6 08:00", "1"), row("2024.1.6 08:00", "1", site="03")]
    made = built(tmp_path, rows, "    duplicates: merge")
    assert stay(made) == ["1", "1"]


def test_rows_that_differ_only_in_the_reason_why_there_is_no_value_are_no_duplicates(tmp_path: Path) -> None:
    shutil.copytree(TINY / "spec", tmp_path / "spec")
    shutil.copytree(TINY / "raw", tmp_path / "raw")
    path = tmp_path / "raw/a/lb_1.csv"
    head = path.read_text("utf-8").splitlines()[0]
    cells = "101,Week 1,15 JAN 2024,08:00,{},g/dl,5,10^3/ul,5,1,mg/L"
    path.write_text("\n".join([head, cells.format("ND"), cells.format("clotted")]) + "\n", "utf-8")
    study = load_study(tmp_path / "spec")
    made = build_forms(study.files, read_raw_tables(study.files, tmp_path / "raw", Silent()))
    form = made.forms["laboratory"]
    tests, reasons = decoded(form.columns["test"]).tolist(), decoded(form.columns["result_reason"]).tolist()
    statuses = decoded(form.columns["result_status"]).tolist()
    files = form.places.table == int(form.places.table[0])
    of_blood = [i for i in range(len(form)) if tests[i] == "HB" and form.live[i] and files[i]]
    assert [(statuses[i], reasons[i]) for i in of_blood] == [("NOT DONE", None), ("NOT DONE", "SAMPLE CLOTTED")]


RANKED = "    duplicates: keep\n    " + (
    "repeats: {same: [date, test], order: ORDER, ranked: {rerun: [EDTA, CITRATE]}, keep: KEEP, reason: r}"
)
TUBES = [row("2024.1.6 08:00", "1", note="CITRATE"), row("2024.1.6 10:00", "3", note="EDTA")]


@pytest.mark.parametrize(("keep", "left"), [("last", ["1"]), ("first", ["3"])])
def test_a_ranked_list_says_which_value_is_first_and_which_is_last(tmp_path: Path, keep: str, left: list[str]) -> None:
    said = RANKED.replace("ORDER", "[rerun, time]").replace("KEEP", keep)
    assert stay(built(tmp_path, [*TUBES, row("2024.1.6 07:00", "0")], said)) == left


@pytest.mark.parametrize(("order", "left"), [("[rerun, time]", ["5"]), ("[time, rerun]", ["3"])])
def test_of_several_orders_the_first_decides(tmp_path: Path, order: str, left: list[str]) -> None:
    rows = [*TUBES, row("2024.1.6 09:00", "5", note="CITRATE")]
    assert stay(built(tmp_path, rows, RANKED.replace("ORDER", order).replace("KEEP", "last"))) == left


@pytest.mark.parametrize("tie", ["error", "keep"])
def test_where_the_list_lacks_a_value_of_a_group_nothing_of_it_is_left_out(tmp_path: Path, tie: str) -> None:
    said = RANKED.replace("ORDER", "rerun").replace("KEEP", f"last, tie: {tie}")
    others = [row("2024.1.6 08:00", "7", note="HEPARIN", test="WBC")]
    made = built(tmp_path, [*TUBES, row("2024.1.6 09:00", "5", note="HEPARIN"), *others], said)
    assert stay(made) == ["1", "3", "5", "7"]
    found = [(o.code, decoded(o.value).tolist()) for o in made.issues if o.code == "DATA051"]
    assert found == [("DATA051", ["HEPARIN"])]
