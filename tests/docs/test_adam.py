"""The examples of docs/adam.md: every one is bound by the loader of specs, every table is one that its words accept."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from cdisc_itp.algorithms.categories import Category, is_interval_table
from cdisc_itp.algorithms.criteria import Criterion
from cdisc_itp.algorithms.registry import ALGORITHMS, Algorithm, MapName, MomentRef, NumberRef, Ref
from cdisc_itp.algorithms.responses import BestOverallResponse
from cdisc_itp.algorithms.windows import AnalysisWindow
from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.spec.analysis_types import AddSpec, AnalysisSpec, ParameterSpec, SourceRecordsSpec
from cdisc_itp.spec.bind import Binder
from cdisc_itp.spec.types import VariableSpec
from cdisc_itp.spec.yaml import Map, read_yaml

PAGE = Path(__file__).parents[2] / "docs" / "adam.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
SPECS = [text for kind, text in BLOCKS if kind == "yaml" and not text.startswith("study:")]
TABLES = [text for kind, text in BLOCKS if kind == "csv"]
PARTS: dict[str, Any] = {"parameters": ParameterSpec, "variables": VariableSpec}
LISTS: dict[str, Any] = {"add": AddSpec, "records": SourceRecordsSpec}


def bound(text: str, folder: Path) -> list[SpecProblem]:
    """The problems of an example: a whole dataset, some of its parts, parameters, or variables."""
    problems: list[SpecProblem] = []
    binder = Binder("docs/adam.md", problems)
    (folder / "example.yaml").write_text(text, "utf-8")
    node = read_yaml(folder / "example.yaml", "docs/adam.md", problems)
    assert isinstance(node, Map) and not problems
    if "dataset" in node:
        binder.bind(AnalysisSpec, node, 1, "example")
        return problems
    for name, value in node.items():
        if name in PARTS and isinstance(value, Map):
            for inner, part in value.items():
                binder.value(PARTS[name], part, node.lines[name], inner)
        elif name in LISTS:
            binder.value(tuple[LISTS[name], ...], value, node.lines[name], name)
        else:
            is_parameter = isinstance(value, Map) and "label" in value and not set(value) & set(ALGORITHMS)
            binder.value(ParameterSpec if is_parameter else VariableSpec, value, node.lines[name], name)
    return problems


@pytest.mark.parametrize("text", SPECS, ids=lambda text: str(text.split("\n")[0]))
def test_examples_are_specs(text: str, tmp_path: Path) -> None:
    assert bound(text, tmp_path) == []


def test_a_wrong_example_would_be_seen(tmp_path: Path) -> None:
    assert [p.code for p in bound("AVAL: {assing: LB.LBSTRESN}\n", tmp_path)] == ["SPEC104"]
    assert [p.code for p in bound("PFS: {label: P, from: ADSL, time_to_event: {start: A.B}}\n", tmp_path)] == [
        "SPEC101"
    ]


class Table:
    def __init__(self, text: str) -> None:
        self.rows = list(csv.DictReader(io.StringIO(text)))
        self.columns = tuple(self.rows[0])

    def column(self, name: str) -> list[str | None]:
        return [row[name] or None for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)


def readers(table: Table) -> list[Algorithm]:
    """The words that read a table of such columns."""
    if is_interval_table(table.columns) and "term" in table.columns:
        return [Category(NumberRef("AGE"), MapName("t"))]
    if "AVISIT" in table.columns:
        return [AnalysisWindow(NumberRef("ADY"), MapName("t"))]
    if "crit" in table.columns:
        names = dict.fromkeys(str(n) for n in table.column("crit"))
        value, base, high = (NumberRef(n) for n in ("AVAL", "BASE", "ANRHI"))
        more: Any = {"baseline": base, "high": high, "by": {"PARAMCD": Ref("PARAMCD")}}
        return [Criterion(value, MapName("t"), n, "level" if n.startswith("M") else "flag", **more) for n in names]
    return [BestOverallResponse(Ref("A.B"), MapName("t"), date=MomentRef("A.C"))]


def test_tables_are_accepted_by_their_words() -> None:
    tables = [Table(text) for text in TABLES]
    words = [word for table in tables for word in readers(table)]
    assert {type(w).__name__ for w in words} >= {"AnalysisWindow", "Category", "Criterion", "BestOverallResponse"}
    assert [flaw for table in tables for word in readers(table) for flaw in word.flaws(table)] == []
