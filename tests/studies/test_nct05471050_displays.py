"""Tables and figures of NCT05471050 from the files of its builds: what README and answer sheet say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cdisc_itp.analysis.displays import compute_displays
from cdisc_itp.analyzing import read_frames, transport_files
from cdisc_itp.model.display import Display, FlowFigure, ForestFigure, PanelsFigure, Report, Table
from cdisc_itp.readers.define_xml import read_define
from cdisc_itp.spec.displays import load_displays
from cdisc_itp.spec.load import load_files
from cdisc_itp.writers.displays.ars import reporting_event
from tests.analysis.ars_model import schema
from tests.studies.analysis_days import randomized
from tests.studies.builds import SPEC, Package

ARMS = ("Tacrolimus + danazol", "Danazol")
Packages = Callable[[str], Package]


@cache
def computed(folder: Path) -> Report:
    files, spec = load_files(SPEC, []), load_displays(SPEC)
    assert files is not None and spec is not None
    study = files.study
    found = transport_files(folder, study)
    return compute_displays(spec, read_frames(found, spec, study), study.study, study.title or "", study.data or "")


def displays(package: Package) -> dict[str, Display]:
    return {d.id: d for d in computed(package.folder).displays}


def cells(table: Table, *path: str) -> tuple[str, ...]:
    at = 0
    for label in path:
        at = next(i for i in range(at, len(table.rows)) if table.rows[i].label == label)
    return table.rows[at].cells


def test_what_the_issue_asks_for_is_shown(package: Package) -> None:
    assert [d.caption for d in displays(package).values()] == [
        *("Figure 14.1.1", "Table 14.1.1", "Table 14.1.2", "Table 14.2.1", "Table 14.2.2"),
        *(f"Figure 14.2.{i}" for i in range(1, 6)),
        *("Table 14.3.1", "Table 14.3.2", "Table 14.4.1"),
    ]
    for display in displays(package).values():
        assert any("SYNTHETIC - NO REAL PATIENT" in note for note in display.footnotes)
        assert any(note.startswith("Source: ") for note in display.footnotes)


def test_numbers_of_the_main_build(packages: Packages) -> None:
    shown = displays(packages("main"))
    demographics = shown["demographics"].table
    assert [c.heading for c in demographics.columns] == [f"{ARMS[0]} (N=43)", f"{ARMS[1]} (N=47)", "Total (N=90)"]
    assert cells(demographics, "Age (years)", "Median")[:2] == ("48.0", "40.0")
    assert cells(demographics, "Age (years)", "Min, max")[:2] == ("30, 53", "28, 51")
    assert cells(demographics, "Sex, n (%)", "Female")[:2] == ("24 (55.8)", "25 (53.2)")
    assert cells(demographics, "Duration of ITP (months)", "Median")[:2] == ("2.00", "2.00")
    assert cells(shown["sustained"].table, "Sustained Response at 6 Months", "Yes") == ("23 (53.5)", "14 (29.8)")
    assert cells(shown["sustained"].table, "Additional ITP Therapy", "Yes") == ("14 (32.6)", "17 (36.2)")
    events = cells(shown["adverse-events"].table, "Any adverse event")
    assert (events[0], events[6]) == ("17 (39.5)", "15 (31.9)")
    assert events[3:6] == events[9:] == ("0", "0", "0")


def test_sites_of_the_main_build(packages: Packages) -> None:
    figure = displays(packages("main"))["sites"].figure
    assert isinstance(figure, ForestFigure)
    assert [x.label for x in figure.lines[:-1]] == ["01", "02", "03", "04", "05", "06", "07"]
    assert [x.counts[0].split("/")[1] for x in figure.lines[:-1]] == ["13", "8", "6", "5", "5", "3", "3"]
    assert figure.lines[-1].text == "2.64 (1.12, 6.20)"
    assert figure.note.startswith("Cochran-Mantel-Haenszel p = 0.026")


def test_sustained_responses_are_those_of_the_answer_sheet(package: Package) -> None:
    arms = {"TACDAN": ARMS[0], "DAN": ARMS[1]}
    known = Counter((arms[row["arm"]], row["sr6"]) for row in randomized(package).values())
    found = cells(displays(package)["sustained"].table, "Sustained Response at 6 Months", "Yes")
    assert [int(c.split()[0]) for c in found] == [known[a, "Y"] for a in ARMS]


def test_flow_is_of_every_subject(package: Package) -> None:
    shown = displays(package)
    flow, panels = shown["flow"].figure, shown["platelets-by-subject"].figure
    assert isinstance(flow, FlowFigure) and isinstance(panels, PanelsFigure)
    counts = {b.id: b.count for b in flow.boxes if b.column is None}
    assert counts["screened"] == counts["randomized"] + counts["failed"] == len(package.answers.subjects)
    assert counts["randomized"] == len(randomized(package))
    seen = {p.label for _, page in panels.pages for p in page}
    assert seen == set(randomized(package))
    assert all(p.points for _, page in panels.pages for p in page)


def test_results_are_of_the_standards_classes(package: Package) -> None:
    event = reporting_event(computed(package.folder))
    assert [e.message for e in Draft202012Validator(schema()).iter_errors(event)] == []


def test_define_tells_each_display(package: Package) -> None:
    (path,) = package.folder.glob("m5/datasets/*/analysis/adam/datasets/define.xml")
    document, shown = read_define(path), displays(package)
    assert [(d.oid, d.name, d.text) for d in document.results] == [
        (f"RD.{d.id}", d.caption, d.title) for d in shown.values()
    ]
    ran = {f"AR.{a.plan.id}" for d in shown.values() for a in d.analyses}
    told = {r.oid for d in document.results for r in d.results}
    of_tabulations = {"AR.flow.screened", "AR.flow.failed", "AR.flow.failed.REASON"}
    assert told == {oid for oid in ran if not oid.endswith(".TOTAL")} - of_tabulations
    assert {m.oid for m in document.named} <= {m.oid for m in document.defined}


@pytest.mark.parametrize("name", ["time-to-response", "duration-of-response"])
def test_at_risk_on_the_first_day_is_everybody(package: Package, name: str) -> None:
    display = displays(package)[name]
    assert cells(display.table, "Subjects at risk", "Day 0") == cells(display.table, "Subjects")
