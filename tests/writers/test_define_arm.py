"""ARM 1.0 in define.xml: valid by the publisher's schema, and read back as what was planned."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from msgspec.structs import replace

from cdisc_itp.analysis.displays import plan_displays
from cdisc_itp.build.observe import observe
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.define import DefineDocument, DefineStudy, Standard
from cdisc_itp.model.display import PlannedDisplay
from cdisc_itp.model.metadata import DatasetPlan, Origin, VariablePlan
from cdisc_itp.readers.define_xml import read_define, validate_define_xsd
from cdisc_itp.spec.displays import display_texts, load_displays
from cdisc_itp.writers.define_xml import render_define
from tests.analysis.made_up import frames, write_displays
from tests.define_study import STUDY

ADAM = (Standard("ADaMIG", "IG", "1.3"), Standard("CDISC/NCI", "CT", "2025-09-26", publishing_set="ADaM"))
MADE = Origin("Derived", "Sponsor")
CLASSES = {"ADSL": "SUBJECT LEVEL ANALYSIS DATASET", "ADAE": "OCCURRENCE DATA STRUCTURE"}


def dataset(name: str, frame: pd.DataFrame) -> Dataset:
    columns, variables = {}, []
    for column in frame.columns:
        numeric = frame[column].dtype != object
        values = frame[column].tolist()
        columns[column] = collect_numbers(values) if numeric else collect_text([v or None for v in values])
        kind = "float" if numeric else "text"
        variables.append(VariablePlan(column, column.title(), numeric, kind, origin=MADE, method="Made."))
    plan = DatasetPlan(
        name,
        name,
        name,
        CLASSES.get(name, "BASIC DATA STRUCTURE"),
        "One record",
        ("USUBJID",),
        tuple(variables),
        "ADaMIG",
    )
    return observe(plan, pd.DataFrame(columns, copy=False))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlannedDisplay, ...]:
    folder = write_displays(tmp_path_factory.mktemp("study"))
    spec = load_displays(folder)
    assert spec is not None
    return plan_displays(spec, display_texts(folder, spec))


@pytest.fixture(scope="module")
def study() -> DefineStudy:
    return replace(STUDY, standards=ADAM, documents=())


@pytest.fixture(scope="module")
def file(planned: tuple[PlannedDisplay, ...], study: DefineStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    datasets = [dataset(n, f) for n, f in frames(12).items() if n.startswith("AD")]
    path = tmp_path_factory.mktemp("define") / "define.xml"
    path.write_bytes(render_define(study, datasets, {}, displays=planned))
    return path


@pytest.fixture(scope="module")
def document(file: Path) -> DefineDocument:
    return read_define(file)


def test_valid_by_the_publishers_schema(file: Path, tmp_path: Path) -> None:
    assert validate_define_xsd(file) == []
    broken = tmp_path / "define.xml"
    broken.write_bytes(file.read_bytes().replace(b'AnalysisReason="SPECIFIED IN PROTOCOL" ', b"", 1))
    assert validate_define_xsd(broken) != []


def test_every_oid_that_is_named_is_defined_once(document: DefineDocument) -> None:
    defined = [m.oid for m in document.defined]
    assert len(set(defined)) == len(defined)
    assert {m.oid for m in document.named} <= set(defined)


def test_displays_are_those_of_the_spec(document: DefineDocument, planned: tuple[PlannedDisplay, ...]) -> None:
    assert [(d.oid, d.name, d.text) for d in document.results] == [(f"RD.{p.id}", p.caption, p.title) for p in planned]
    for display, plan in zip(document.results, planned, strict=True):
        for result in display.results:
            assert (result.reason, result.purpose) == (plan.reason, plan.purpose)
            assert result.code is not None and result.code.code == plan.code
            assert result.documentation and result.datasets


def test_selection_and_variables_of_a_result(document: DefineDocument) -> None:
    (display,) = (d for d in document.results if d.oid == "RD.time")
    first, test = display.results
    assert first.parameter == test.parameter == "IT.ADTTE.PARAMCD"
    records, subjects = first.datasets
    assert (records.item_group, subjects.item_group) == ("IG.ADTTE", "IG.ADSL")
    assert records.variables == ("IT.ADTTE.AVAL", "IT.ADTTE.CNSR", "IT.ADTTE.PARAMCD")
    assert subjects.variables == ("IT.ADSL.ITTFL", "IT.ADSL.TRT01P")
    said = [
        (c.item, c.comparator, c.values)
        for d in first.datasets
        for w in d.where_clauses
        for c in document.where_clause[w].checks
    ]
    assert said == [("IT.ADTTE.PARAMCD", "EQ", ("TTRESP",)), ("IT.ADSL.ITTFL", "EQ", ("Y",))]
    assert "Kaplan-Meier" in (first.documentation or "")


def test_what_a_where_clause_cannot_say_is_said_in_words(document: DefineDocument) -> None:
    """A comparison with a missing value, and a dataset of the tabulations."""
    (course,) = (d for d in document.results if d.oid == "RD.course")
    (result,) = course.results
    assert result.datasets[0].where_clauses == ()
    assert "Records of ADLB: PARAMCD EQ PLAT and AVISIT IS PRESENT." in (result.documentation or "")
    (flow,) = (d for d in document.results if d.oid == "RD.flow")
    assert "AR.flow.screened" not in {r.oid for r in flow.results}
    assert {"AR.flow.randomized", "AR.flow.stopped.REASON"} <= {r.oid for r in flow.results}


def test_without_displays_nothing_is_added(study: DefineStudy) -> None:
    datasets = [dataset(n, f) for n, f in frames(12).items() if n == "ADSL"]
    assert b"arm:" not in render_define(study, datasets, {})
