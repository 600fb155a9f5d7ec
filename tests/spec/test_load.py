"""A study's folder: every file is read, named in messages and part of the hash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecError, SpecProblem
from cdisc_itp.spec.accepted import AcceptedLine
from cdisc_itp.spec.load import StudyFiles, load_files, spec_files, spec_hash
from cdisc_itp.spec.study import load_study
from tests.bad import lay_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay_out(None, tmp_path / "study")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems_of(folder: Path) -> list[str]:
    try:
        load_study(folder)
    except SpecError as error:
        return [str(p) for p in error.problems]
    return []


def test_what_is_read(folder: Path) -> None:
    problems: list[SpecProblem] = []
    files = load_files(folder, problems)
    assert problems == [] and isinstance(files, StudyFiles)
    assert list(files.forms) == ["demography", "laboratory"]
    assert (list(files.sources), list(files.datasets), list(files.tables)) == (["a"], ["DM", "LB"], ["sex"])
    assert files.places["form laboratory"] == ("forms.yaml", 4)
    assert files.places["table a.lb"] == ("sources/a.yaml", 2)
    assert files.block_lines[("a", "laboratory", 0)] == {
        **{"": 8, "subject": 10, "date": 11, "test": 12, "result": 13, "unit": 14},
    }
    assert (files.accepted, files.broken) == ((), frozenset())


@pytest.mark.parametrize("name", ["study.yaml", "sdtm/lb.yaml", "maps/sex.csv", "sources/a.yaml", "forms.yaml"])
def test_the_hash_changes_with_every_file(folder: Path, name: str) -> None:
    before = spec_hash(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b"# \n")
    assert spec_hash(folder) != before


def test_the_hash_is_of_names_too_and_of_nothing_else(folder: Path) -> None:
    before = spec_hash(folder)
    (folder / "README.md").write_text("notes")
    assert spec_hash(folder) == before
    (folder / "maps" / "sex.csv").rename(folder / "maps" / "sexes.csv")
    assert spec_hash(folder) != before
    assert [p.relative_to(folder).as_posix() for p in spec_files(folder)] == [
        *("forms.yaml", "maps/sexes.csv", "sdtm/dm.yaml", "sdtm/lb.yaml", "sources/a.yaml", "study.yaml"),
    ]


def test_every_file_is_judged_at_once(folder: Path) -> None:
    change(folder / "study.yaml", "2023-07-31", "2023-02-31")
    change(folder / "forms.yaml", "sex: text", "sex: txt")
    change(folder / "sources" / "a.yaml", "{column: UNIT}", "{colunm: UNIT}")
    change(folder / "sdtm" / "dm.yaml", "map: sex", "mop: sex")
    change(folder / "sdtm" / "lb.yaml", "keys:", "keys: [\nkeys:")
    (folder / "maps" / "x.csv").write_text("")
    assert [p.partition(" ")[0] + p.split(" ")[1] for p in problems_of(folder)] == [
        *("forms.yaml:3:SPEC102", "maps/x.csv:1:SPEC118", "sdtm/dm.yaml:6:SPEC105", "sdtm/lb.yaml:5:SPEC001"),
        *("sources/a.yaml:14:SPEC104", "study.yaml:2:SPEC102"),
    ]


def break_form(folder: Path) -> None:
    change(folder / "forms.yaml", "result: text", "result: txt")


def break_dataset(folder: Path) -> None:
    change(folder / "sdtm" / "dm.yaml", 'SITEID: {hardcode: "01"}', "SITEID: {first: LB.LBORRES}")
    change(folder / "sdtm" / "lb.yaml", "keys: [STUDYID", "keys: [[STUDYID]")


def break_unreadable(folder: Path) -> None:
    change(folder / "sdtm" / "dm.yaml", 'SITEID: {hardcode: "01"}', "SITEID: {first: LB.LBORRES}")
    (folder / "sdtm" / "lb.yaml").write_text("dataset: LB\n  keys: x\n")


def break_map(folder: Path) -> None:
    (folder / "maps" / "sex.csv").write_bytes(b"\xff")


@pytest.mark.parametrize("breaking", [break_form, break_dataset, break_unreadable, break_map])
def test_what_is_broken_is_not_called_unknown_elsewhere(folder: Path, breaking: Callable[[Path], None]) -> None:
    breaking(folder)
    assert len(problems_of(folder)) == 1


def test_an_unused_table_is_told_only_when_nothing_hides_its_reader(folder: Path) -> None:
    change(folder / "sdtm" / "dm.yaml", "map: sex", "map: sexx")
    assert len(problems_of(folder)) == 1
    change(folder / "sdtm" / "dm.yaml", ", map: sexx", "")
    assert problems_of(folder) == ["maps/sex.csv:1: SPEC115 no variable or form column reads this table"]


def test_the_studys_own_tables(folder: Path) -> None:
    (folder / "study.yaml").write_text((folder / "study.yaml").read_text() + "visits: plan/visits.csv\n")
    (folder / "plan").mkdir()
    (folder / "plan" / "visits.csv").write_text("visit,VISITNUM\nV1,one\n")
    change(folder / "sdtm" / "lb.yaml", "LBORRES:", "VISITNUM: {visit: test}\n  LBORRES:")
    assert problems_of(folder) == ["plan/visits.csv:2: SPEC118 VISITNUM 'one' is no number"]


def test_a_table_outside_by_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("visit,VISITNUM\nV1,1\n")
    (folder / "visits.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "study.yaml").write_text((folder / "study.yaml").read_text() + "visits: visits.csv\n")
    assert problems_of(folder) == ["study.yaml:4: SPEC002 visits: visits.csv lies outside the study's folder"]


def test_no_study_at_all(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        "forms.yaml:1: SPEC002 there is no forms.yaml in the study's folder",
        "study.yaml:1: SPEC002 there is no study.yaml in the study's folder",
    ]


def test_accepted_lines(folder: Path) -> None:
    text = "code,dataset,variable,value,source,reason\nDATA030,LB,LBTESTCD,,a,asked\n,LB,,,,why\nDATA030,LB,,,,\n"
    (folder / "accepted.csv").write_text(text)
    problems: list[SpecProblem] = []
    files = load_files(folder, problems)
    assert files is not None
    assert files.accepted == (AcceptedLine("DATA030", "LB", "LBTESTCD", "", "a", "asked", 2),)
    assert [str(p) for p in problems] == [
        f"accepted.csv:{line}: SPEC118 a line needs a code and a reason" for line in (3, 4)
    ]


def test_accepted_with_other_columns(folder: Path) -> None:
    (folder / "accepted.csv").write_text("code,reason\nDATA030,asked\n")
    assert problems_of(folder) == [
        "accepted.csv:1: SPEC118 the columns are not code, dataset, variable, value, source, reason"
    ]
