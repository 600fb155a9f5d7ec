"""Relations: what study.yaml says of related records, and every way to say it wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecError
from cdisc_itp.spec.relations import Relations
from cdisc_itp.spec.study import load_study
from tests.tiny import TINY


def said(folder: Path, *lines: str) -> Relations | None:
    """The relations of the tiny study with these lines."""
    shutil.copytree(TINY / "spec", folder, dirs_exist_ok=True)
    with (folder / "study.yaml").open("a") as file:
        file.write("\n".join(["relations:", *(f"  {line}" for line in lines), ""]))
    return load_study(folder).relations


def test_relations_are_in_the_order_of_names_and_said_in_define(tmp_path: Path) -> None:
    found = said(
        tmp_path,
        "SAMPLE: {members: {VS: VSDTC, LB: LBDTC, EX: EXSTDTC}}",
        "ALL: {members: {LB: LBTESTCD, VS: VSTESTCD}, types: {VS: ONE, LB: MANY}}",
    )
    assert found is not None
    assert [(r.name, list(r.members)) for r in found.relations] == [
        ("ALL", ["LB", "VS"]),
        ("SAMPLE", ["EX", "LB", "VS"]),
    ]
    assert found.plan.comment == (
        "ALL: the datasets are related by equal values of LB.LBTESTCD and VS.VSTESTCD within a subject (ONE in VS, "
        "MANY in LB). SAMPLE: records of a subject with equal values of EX.EXSTDTC, LB.LBDTC and VS.VSDTC; a "
        "relation for each value."
    )
    assert found.relation("SAMPLE-2024-01-08").name == "SAMPLE"
    assert found.plan.keys == ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID")
    origins = {v.name: v.origin.type for v in found.plan.variables if v.origin}
    assert set(origins.values()) == {"Assigned"}


@pytest.mark.parametrize(
    ("types", "missing"),
    [("", {"RELTYPE"}), (", types: {LB: MANY, VS: MANY}", {"USUBJID", "IDVARVAL"})],
)
def test_what_no_relation_fills_has_no_data(tmp_path: Path, types: str, missing: set[str]) -> None:
    found = said(tmp_path, f"DAY: {{members: {{LB: LBDTC, VS: VSDTC}}{types}}}")
    assert found is not None
    assert {v.name for v in found.plan.variables if v.origin and v.origin.type == "Not Available"} == missing


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("day: {members: {LB: LBDTC, VS: VSDTC}}", "SPEC102", "relations.day: the name, which begins RELID"),
        ("DAY: {members: {LB: LBDTC}}", "SPEC102", "relations.DAY: a relation has two members or more"),
        (
            "DAY: {members: {LB: LBDTC, VS: VSDTC}, types: {LB: ONE}}",
            "SPEC102",
            "relations.DAY: 'types' says ONE or MANY",
        ),
        ("DAY: {members: {LB: LBDTC, VS: VSDTC}, types: {LB: ONE, VS: FEW}}", "SPEC102", "relations.DAY.types.VS"),
        ("DAY: {members: {LB: LBDTC, VT: VSDTC}}", "SPEC111", "relations.DAY: no dataset is called 'VT'"),
        ("DAY: {members: {LB: LBDTC, VS: VSDAT}}", "SPEC110", "relations.DAY: VS has no variable VSDAT"),
        ("DAY: {members: {LB: LBDTC, DM: RFICDTC}}", "SPEC110", "relations.DAY: DM has no variable DMSEQ"),
        ("DAY: {LB: LBDTC, VS: VSDTC}", "SPEC100", "relations.DAY: 'LB' is not known here"),
    ],
)
def test_wrong_relations(tmp_path: Path, line: str, code: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        said(tmp_path, line)
    first = error.value.problems[0]
    assert (first.file, first.code) == ("study.yaml", code)
    assert first.message.removeprefix("study.").startswith(message)
    lines = (tmp_path / "study.yaml").read_text().splitlines()
    assert lines[first.line - 1].strip() == line


def test_datasets_as_a_whole_need_no_sequence(tmp_path: Path) -> None:
    assert said(tmp_path, "DAY: {members: {LB: LBDTC, DM: RFICDTC}, types: {LB: MANY, DM: ONE}}") is not None


def test_relrec_is_described_once(tmp_path: Path) -> None:
    (tmp_path / "sdtm").mkdir()
    relrec = "dataset: RELREC\nrecords: [{from: events}]\nvariables: {RDOMAIN: {hardcode: AE}}\n"
    (tmp_path / "sdtm" / "relrec.yaml").write_text(relrec)
    with pytest.raises(SpecError) as error:
        said(tmp_path, "DAY: {members: {LB: LBDTC, VS: VSDTC}}")
    assert ("sdtm/relrec.yaml", "SPEC119") in {(p.file, p.code) for p in error.value.problems}
