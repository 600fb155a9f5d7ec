"""CO: a line of declaration in any dataset; numbers, pointers, long text, lineage, problems of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.build.comments import comments_plan
from cdisc_itp.build.datasets import Datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.build.partition import build_study
from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.study import Study, load_study
from tests.bad import lay_out, load_with_tables

LONG = " ".join(["specimen was drawn again"] * 20)
COMMENT = "comments:\n  NOTE: {text: {assign: result}, evaluator: INVESTIGATOR, date: LBDTC}\n"


def built(folder: Path, comments: str, result: str = "145", parts: int = 1) -> tuple[Study, Datasets]:
    """The tiny study with comments on LB, and another first result."""
    lay_out(None, folder)
    raw, lb = folder / "raw" / "lb.csv", folder / "sdtm" / "lb.yaml"
    raw.write_text(raw.read_text().replace("145", result) + "001,04/07/2022,HGB,150,g/L\n", "utf-8")
    lb.write_text(lb.read_text() + comments)
    study, tables = load_with_tables(folder)
    return study, build_study(study, build_forms(study.files, tables).forms, parts)


def cells(made: Datasets, variable: str) -> list[object]:
    found: list[object] = decoded(made.frames["CO"][variable].array).tolist()
    return found


@pytest.mark.parametrize("parts", [1, 3])
def test_a_comment_for_each_record(tmp_path: Path, parts: int) -> None:
    _, made = built(tmp_path / "s", COMMENT, parts=parts)
    assert cells(made, "COVAL") == ["150", "145", "140"]
    assert cells(made, "COSEQ") == [1.0, 2.0, 1.0]
    assert cells(made, "IDVARVAL") == ["1", "2", "1"]
    assert cells(made, "CODTC") == ["2022-07-04", "2022-07-05", "2022-07-06"]
    for name, value in (("RDOMAIN", "LB"), ("IDVAR", "LBSEQ"), ("COEVAL", "INVESTIGATOR"), ("DOMAIN", "CO")):
        assert set(cells(made, name)) == {value}
    places = sorted((i, j) for k in made.links if k.dataset == "CO" for i, j in zip(k.record, k.row, strict=True))
    assert places == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("parts", [1, 3])
def test_long_text_goes_on_in_further_variables(tmp_path: Path, parts: int) -> None:
    study, made = built(tmp_path / "s", COMMENT, LONG, parts)
    values = [cells(made, v) for v in ("COVAL", "COVAL1", "COVAL2")]
    assert [v[0] for v in values] == ["150", None, None] and [v[2] for v in values] == ["140", None, None]
    assert " ".join(str(v[1]) for v in values) == LONG and max(len(str(v[1])) for v in values) <= 200
    plan = comments_plan(study, made.frames["CO"].columns)
    assert plan.names[-5:] == ("COVAL", "COVAL1", "COVAL2", "COEVAL", "CODTC")


def test_what_cannot_be_written_is_left_out_and_listed(tmp_path: Path) -> None:
    _, made = built(tmp_path / "s", COMMENT, "\u6eb6\u8840")
    assert cells(made, "COVAL") == ["150", "140"]
    assert [(o.code, o.variable) for o in made.issues] == [("DATA070", "LBORRES"), ("DATA070", "NOTE")]


WRONG = {
    "a variable's name": ("LBORRES: {text: {assign: result}}", "SPEC134 LB: LBORRES is a variable of LB"),
    "no name": ("A-B: {text: {assign: result}}", "SPEC134 LB: 'A-B' cannot name a comment"),
    "no such date": ("NOTE: {text: {assign: result}, date: LBXDTC}", "SPEC110 LB.NOTE: date names LBXDTC"),
    "no such column": ("NOTE: {text: {assign: remark}}", "SPEC110 LB.NOTE: nothing is called 'remark'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_comments(case: str, tmp_path: Path) -> None:
    line, message = WRONG[case]
    folder = lay_out(None, tmp_path / "s")
    lb = folder / "sdtm" / "lb.yaml"
    lb.write_text(f"{lb.read_text()}comments:\n  {line}\n")
    with pytest.raises(SpecError) as caught:
        load_study(folder)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"sdtm/lb.yaml:10: {message}")


def test_a_dataset_of_comments_beside(tmp_path: Path) -> None:
    folder = lay_out(None, tmp_path / "s")
    lb = folder / "sdtm" / "lb.yaml"
    lb.write_text(lb.read_text() + COMMENT)
    lines = ("dataset: CO", "records: [{from: laboratory}]", "variables:", "  COVAL: {assign: result}")
    (folder / "sdtm" / "co.yaml").write_text("\n".join(lines))
    with pytest.raises(SpecError, match=r"SPEC119 sdtm/co\.yaml describes the dataset CO too"):
        load_study(folder)
