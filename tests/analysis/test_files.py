"""The files of an analysis: the same bytes every time, the same numbers in each."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import docx
import pytest
from jsonschema import Draft202012Validator
from lxml import etree, html

from cdisc_itp.model.display import CourseFigure, CurvesFigure, Display, ForestFigure, PanelsFigure, Report
from cdisc_itp.model.issue import UserError
from cdisc_itp.writers.displays.ars import reporting_event
from cdisc_itp.writers.displays.figures import figure_names, render_figures
from cdisc_itp.writers.displays.folder import write_report
from cdisc_itp.writers.output_folder import OutputFolder
from tests.analysis.ars_model import schema
from tests.analysis.conftest import CREATED, NOTICE

SVG = "{http://www.w3.org/2000/svg}"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_bytes_every_time(report: Report, written: Path, tmp_path: Path) -> None:
    again = files(write_report(tmp_path, report, CREATED, lambda caption: None, {"ADSL": "0" * 64}))
    assert again == files(written)
    assert set(again) >= {"index.html", "ars.json", "manifest.json", "tables/ae.docx", "figures/panels-2.svg"}


def test_figures_do_not_depend_on_the_machines_settings(shown: dict[str, Display]) -> None:
    import matplotlib

    first = render_figures(shown["time"], NOTICE)
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "other", "font.family": "serif"}):
        assert render_figures(shown["time"], NOTICE) == first


def html_cells(path: Path) -> list[list[str]]:
    (table,) = html.fromstring(path.read_text("utf-8")).iter("table")
    return [[c.text_content() for c in row.iter("th", "td")] for row in table.iter("tr")]


def docx_cells(path: Path) -> list[list[str]]:
    """Each cell once: a merged one is met again in every place that it covers."""
    (table,) = docx.Document(str(path)).tables
    out: list[list[str]] = []
    seen: set[object] = set()
    for row in table.rows:
        own = {c._tc: c.text for c in row.cells if c._tc not in seen}
        seen |= set(own)
        out.append(list(own.values()))
    return out


def test_docx_and_html_have_the_cells_of_the_table(shown: dict[str, Display], written: Path) -> None:
    for name, display in shown.items():
        rows = html_cells(written / "tables" / f"{name}.html")
        head = 2 if any(c.group for c in display.table.columns) else 1
        body = [[r.label, *r.cells] for r in display.table.rows]
        assert rows[head:] == body
        assert rows[head - 1][-len(display.table.columns) :] == [c.heading for c in display.table.columns]
        others = docx_cells(written / "tables" / f"{name}.docx")
        assert [[c for c in r if c] for r in others] == [[c for c in r if c] for r in rows]


def test_every_file_says_what_the_data_are(written: Path) -> None:
    for name, data in files(written).items():
        if name.endswith((".html", ".svg", "ars.json")):
            assert b"SYNTHETIC - NO REAL PATIENT" in data, name
        if name.endswith(".docx"):
            document = docx.Document(str(written / name))
            assert NOTICE in document.sections[0].header.paragraphs[0].text
            assert document.core_properties.created is not None
            assert document.core_properties.created.replace(tzinfo=None) == CREATED


def svg_texts(data: bytes) -> list[str]:
    root = etree.fromstring(data)
    return ["".join(t.itertext()).strip() for t in root.iter(f"{SVG}text")]


def test_figures_have_their_labels_and_numbers_as_text(shown: dict[str, Display], written: Path) -> None:
    for display in shown.values():
        for name in figure_names(display):
            texts = svg_texts((written / "figures" / f"{name}.svg").read_bytes())
            assert any(t.startswith(f"{display.caption}. {display.title}") for t in texts)
            assert (written / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    time = shown["time"].figure
    assert isinstance(time, CurvesFigure)
    texts = svg_texts((written / "figures" / "time.svg").read_bytes())
    assert {time.x_label, time.y_label, time.note, "At risk", *(c.treatment for c in time.curves)} <= set(texts)
    for curve in time.curves:
        numbers = [str(n) for n in curve.at_risk]
        assert any(texts[i : i + len(numbers)] == numbers for i in range(len(texts)))


def test_course_forest_and_panels_have_their_numbers(shown: dict[str, Display], written: Path) -> None:
    course, sites, panels = (shown[n].figure for n in ("course", "sites", "panels"))
    assert isinstance(course, CourseFigure) and isinstance(sites, ForestFigure) and isinstance(panels, PanelsFigure)
    texts = svg_texts((written / "figures" / "course.svg").read_bytes())
    assert {course.y_label, *(word for visit in course.visits for word in visit.split())} <= set(texts)
    texts = svg_texts((written / "figures" / "sites.svg").read_bytes())
    for line in sites.lines:
        assert {line.label, line.text, *line.counts} <= set(texts)
    for i, (_, page) in enumerate(panels.pages, 1):
        assert {p.label for p in page} <= set(svg_texts((written / "figures" / f"panels-{i}.svg").read_bytes()))


def test_treatments_have_the_same_colours_everywhere(written: Path) -> None:
    for name in ("time", "course", "panels-1"):
        assert b"#0072b2" in (written / "figures" / f"{name}.svg").read_bytes().lower(), name
    for name in ("time", "course", "panels-2"):
        assert b"#d55e00" in (written / "figures" / f"{name}.svg").read_bytes().lower(), name


def test_pages_load_nothing_but_their_figures(written: Path) -> None:
    for name, data in files(written).items():
        if not name.endswith(".html"):
            continue
        text = data.decode()
        assert "<script" not in text and "http://" not in text and "https://" not in text
        for target in re.findall(r'(?:src|href)="([^"#]+)"', text):
            assert ((written / name).parent / target).resolve().is_file(), (name, target)


def test_ars_is_of_the_standards_classes(written: Path) -> None:
    event = json.loads((written / "ars.json").read_text("utf-8"))
    errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in Draft202012Validator(schema()).iter_errors(event)]
    assert errors == []
    event["analyses"][0]["groupingFactors"] = []
    assert list(Draft202012Validator(schema()).iter_errors(event))


def test_ars_refers_to_what_it_defines(report: Report) -> None:
    event = reporting_event(report)
    ids = {k: [x["id"] for x in event[k]] for k in ("analysisSets", "dataSubsets", "methods", "analyses", "outputs")}
    groupings = {g["id"]: g for g in event["analysisGroupings"] + event["dataGroupings"]}
    assert all(len(set(v)) == len(v) for v in ids.values())
    operations = {o["id"] for m in event["methods"] for o in m["operations"]}
    for analysis in event["analyses"]:
        assert analysis["methodId"] in ids["methods"]
        assert analysis.get("analysisSetId", ids["analysisSets"][0]) in ids["analysisSets"]
        assert analysis.get("dataSubsetId", ids["dataSubsets"][0]) in ids["dataSubsets"]
        assert analysis["results"], analysis["id"]
        for result in analysis["results"]:
            assert result["operationId"] in operations
            for group in result.get("resultGroups", ()):
                known = {g["id"] for g in groupings[group["groupingId"]].get("groups", ())}
                assert group.get("groupId") in known if known else group["groupValue"]
    listed = [i["outputId"] for i in event["mainListOfContents"]["contentsList"]["listItems"]]
    assert listed == ids["outputs"]


def test_ars_has_the_numbers_of_the_table(report: Report, shown: dict[str, Display]) -> None:
    event = reporting_event(report)
    (analysis,) = (a for a in event["analyses"] if a["id"] == "AN.demographics.1.AGE")
    means = [r["formattedValue"] for r in analysis["results"] if r["operationId"].endswith(".MEAN")]
    (row,) = (r for r in shown["demographics"].table.rows if r.label == "Mean (SD)")
    assert means == [cell.split()[0] for cell in row.cells[:2]]


def test_the_next_conversion_may_replace_what_analyze_wrote(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "run").mkdir(parents=True)
    (out / "run" / "run.json").write_text('{"tool": "cdisc-itp"}')
    (out / "run" / "manifest.json").write_text('{"files": {}}')
    for name, data in files(written).items():
        (out / "analysis" / name).parent.mkdir(parents=True, exist_ok=True)
        (out / "analysis" / name).write_bytes(data)
    OutputFolder(out).check(partial=False)
    (out / "analysis" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match=r"mine\.txt"):
        OutputFolder(out).check(partial=False)


def test_manifest_has_every_file_with_its_hash(written: Path) -> None:
    said = json.loads((written / "manifest.json").read_text("utf-8"))
    assert said["datasets"] == {"ADSL": "0" * 64}
    found = {f"analysis/{n}": hashlib.sha256(b).hexdigest() for n, b in files(written).items() if n != "manifest.json"}
    assert said["files"] == found
