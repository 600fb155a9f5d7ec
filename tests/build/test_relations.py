"""RELREC: related records and related datasets, against a naive loop; files, define.xml, lineage and trace."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.build.relations import build_relations
from cdisc_itp.build.trace import render_trace
from cdisc_itp.model.column import collect_numbers, collect_text, decoded
from cdisc_itp.model.metadata import DatasetPlan
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.readers.define_xml import read_define
from cdisc_itp.spec.relations import Relation, Relations
from cdisc_itp.spec.study import load_study
from cdisc_itp.standards.guide import guide
from cdisc_itp.tracing import trace_value
from tests.build.retold_study import written_by
from tests.tiny import TINY

NAMES = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")
# What the tiny study's data share: the visits of two domains.
DECLARED = """
relations:
  VISIT: {members: {LB: VISITNUM, VS: VISITNUM}}
  WHOLE: {members: {LB: VISITNUM, VS: VISITNUM}, types: {LB: MANY, VS: MANY}}
"""


def relations(*made: Relation) -> Relations:
    """Relations with a plan that says no more than the variables' names."""
    variables = guide("3.4").dataset("RELREC").variables
    assert tuple(v.name for v in variables) == NAMES
    plan = DatasetPlan("RELREC", "Related Records", "RELREC", "RELATIONSHIP", "", (), variables)  # type: ignore[arg-type]
    return Relations(plan, made)


def frame_of(domain: str, rows: list[tuple[str | None, Any]], numeric: bool = False) -> pd.DataFrame:
    """A dataset of subjects and identifiers, numbered within the subject."""
    seen: dict[str | None, int] = defaultdict(int)
    numbers = []
    for subject, _ in rows:
        seen[subject] += 1
        numbers.append(float(seen[subject]))
    identifiers = [i for _, i in rows]
    column = (
        collect_numbers([float("nan") if i is None else i for i in identifiers])
        if numeric
        else collect_text(identifiers)
    )
    columns = {
        "USUBJID": collect_text([s for s, _ in rows]),
        f"{domain}SEQ": collect_numbers(numbers),
        f"{domain}ID": column,
    }
    return pd.DataFrame({k: pd.Series(c) for k, c in columns.items()})


def records(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(zip(*(decoded(frame[n].array).tolist() for n in NAMES), strict=True))


AE_CE = Relation("R", {"AE": "AEID", "CE": "CEID"}, {}, {"AE": "AE", "CE": "CE"}, 3)
AE_CE_FA = Relation("R", {"AE": "AEID", "CE": "CEID", "FA": "FAID"}, {}, {d: d for d in ("AE", "CE", "FA")}, 3)


def test_records_with_an_equal_identifier_are_related() -> None:
    frames = {
        "AE": frame_of("AE", [("S1", "1"), ("S1", "2"), ("S2", "1"), ("S2", None)]),
        "CE": frame_of("CE", [("S1", "2"), ("S1", "2"), ("S3", "1"), ("S2", None)]),
    }
    frame, links = build_relations("STUDY", relations(AE_CE), frames)
    assert records(frame) == [
        ("STUDY", "AE", "S1", "AESEQ", "2", None, "R-2"),
        ("STUDY", "CE", "S1", "CESEQ", "1", None, "R-2"),
        ("STUDY", "CE", "S1", "CESEQ", "2", None, "R-2"),
    ]
    assert {(k.origin, k.variable): list(zip(k.record, k.row, strict=True)) for k in links} == {
        ("AE", "IDVARVAL"): [(0, 1)],
        ("CE", "IDVARVAL"): [(1, 0), (2, 1)],
    }


def test_numbers_and_text_are_equal_where_they_read_alike() -> None:
    frames = {
        "AE": frame_of("AE", [("S1", 2.0), ("S1", 2.5)], True),
        "CE": frame_of("CE", [("S1", "2"), ("S1", "2.5")]),
    }
    frame, _ = build_relations("STUDY", relations(AE_CE), frames)
    assert [r[-1] for r in records(frame)] == ["R-2", "R-2", "R-2.5", "R-2.5"]


def test_related_datasets_come_first_and_point_at_no_record() -> None:
    whole = Relation("ALL", {"AE": "AEID", "CE": "CEID"}, {"AE": "ONE", "CE": "MANY"}, AE_CE.domains, 9)
    frames = {"AE": frame_of("AE", [("S1", "1")]), "CE": frame_of("CE", [("S1", "1")])}
    frame, links = build_relations("STUDY", relations(whole, AE_CE), frames)
    assert records(frame)[:2] == [
        ("STUDY", "AE", None, "AEID", None, "ONE", "ALL"),
        ("STUDY", "CE", None, "CEID", None, "MANY", "ALL"),
    ]
    assert len(frame) == 4
    assert [(k.origin, k.row.tolist()) for k in links if k.variable == "RELTYPE"] == [("study.yaml", [8, 8])]


@pytest.mark.parametrize("types", [{}, {"AE": "ONE", "CE": "MANY"}])
def test_nothing_is_related_to_an_empty_dataset(types: dict[str, str]) -> None:
    relation = Relation("R", {"AE": "AEID", "CE": "CEID"}, types, AE_CE.domains, 3)
    frames = {"AE": frame_of("AE", [("S1", "1")]), "CE": frame_of("CE", [])}
    frame, links = build_relations("STUDY", relations(relation), frames)
    assert (list(frame), len(frame), links) == (list(NAMES), 0, [])


ROWS = st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3"]), st.sampled_from([None, "1", "2", "10"])), max_size=9)


@given(ROWS, ROWS, ROWS)
def test_law_of_a_naive_loop(ae: list[Any], ce: list[Any], fa: list[Any]) -> None:
    rows = {"AE": ae, "CE": ce, "FA": fa}
    frame, _ = build_relations("STUDY", relations(AE_CE_FA), {d: frame_of(d, r) for d, r in rows.items()})
    expected = set()
    for domain, own in rows.items():
        others = {pair for d, r in rows.items() if d != domain for pair in r}
        for at, (subject, identifier) in enumerate(own):
            sequence = sum(s == subject for s, _ in own[: at + 1])
            if identifier is not None and (subject, identifier) in others:
                expected.add(("STUDY", domain, subject, f"{domain}SEQ", str(sequence), None, f"R-{identifier}"))
    found = records(frame)
    assert (set(found), len(found)) == (expected, len(expected))
    assert [r[2] for r in found] == sorted(r[2] for r in found)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """The tiny study, with relations."""
    folder = tmp_path_factory.mktemp("relations")
    shutil.copytree(TINY / "spec", folder / "spec")
    with (folder / "spec" / "study.yaml").open("a") as file:
        file.write(DECLARED)
    return convert(Order(folder / "spec", TINY / "raw", folder / "out")), folder


def files(tiny: tuple[Run, Path]) -> dict[str, Any]:
    run, folder = tiny
    return {p.stem.upper(): pyreadstat.read_xport(str(p))[0] for p in (folder / "out" / run.package).glob("*.xpt")}


def test_another_study_relates_its_records(tiny: tuple[Run, Path]) -> None:
    read = files(tiny)
    at = {d: read[d].groupby(["USUBJID", "VISITNUM"])[f"{d}SEQ"].apply(list).to_dict() for d in ("LB", "VS")}
    expected = {
        (subject, d, f"{d}SEQ", f"{s:.0f}", f"VISIT-{visit:.0f}")
        for (subject, visit), _ in at["LB"].items()
        if (subject, visit) in at["VS"]
        for d in at
        for s in at[d][subject, visit]
    }
    own = read["RELREC"][read["RELREC"]["USUBJID"] != ""]
    found = set(map(tuple, own[["USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "RELID"]].values.tolist()))
    assert expected and found == expected and len(own) == len(expected)
    whole = read["RELREC"][read["RELREC"]["USUBJID"] == ""]
    assert whole[["RDOMAIN", "IDVAR", "IDVARVAL", "RELTYPE", "RELID"]].values.tolist() == [
        ["LB", "VISITNUM", "", "MANY", "WHOLE"],
        ["VS", "VISITNUM", "", "MANY", "WHOLE"],
    ]


def test_the_judges_find_nothing_in_it(tiny: tuple[Run, Path]) -> None:
    judged = tiny[0].judgement
    assert judged is not None
    assert not [f for f in judged.findings if f.dataset == "RELREC"]


def test_define_says_keys_and_relations(tiny: tuple[Run, Path]) -> None:
    run, folder = tiny
    define = read_define(folder / "out" / run.package / "define.xml")
    group = next(g for g in define.item_groups if g.name == "RELREC")
    items = {define.item[i.item or ""].name: i for i in group.items}
    assert list(items) == list(NAMES)
    assert [define.item[k.item or ""].name for k in group.keys] == [n for n in NAMES if n != "RELTYPE"]
    assert {n for n, i in items.items() if i.mandatory == "Yes"} == {"STUDYID", "RDOMAIN", "IDVAR", "RELID"}
    assert group.class_name == "RELATIONSHIP"


def test_lineage_names_record_or_line(tiny: tuple[Run, Path]) -> None:
    _, folder = tiny
    rows = [
        r for r in pq.read_table(folder / "out" / "run" / "lineage.parquet").to_pylist() if r["dataset"] == "RELREC"
    ]
    read = files(tiny)
    assert sorted(r["record"] for r in rows) == list(range(1, len(read["RELREC"]) + 1))
    for r in rows:
        record = read["RELREC"].iloc[r["record"] - 1]
        if r["origin"] == "study.yaml":
            line = (folder / "spec" / "study.yaml").read_text().splitlines()[r["origin_row"] - 1]
            assert line.strip().startswith(f"{record['RELID']}:")
        else:
            parent = read[r["origin"]].iloc[r["origin_row"] - 1]
            assert (r["origin"], parent["USUBJID"]) == (record["RDOMAIN"], record["USUBJID"])
            assert f"{parent[record['IDVAR']]:.0f}" == record["IDVARVAL"]


def test_every_cell_is_told(tiny: tuple[Run, Path]) -> None:
    run, folder = tiny
    written = written_by(run, folder / "out")
    frame = written.files["RELREC"]
    for row in range(len(frame)):
        for variable in frame.columns:
            written.check("RELREC", row, variable)


def test_trace_of_a_related_record(tiny: tuple[Run, Path]) -> None:
    _, folder = tiny
    first = files(tiny)["RELREC"].iloc[2]
    names = [f"{n}={first[n]}" for n in ("USUBJID", "RDOMAIN", "IDVARVAL", "RELID")]
    told = render_trace(trace_value(folder / "spec", folder / "out", TINY / "raw", ["RELREC", *names, "RELID"]))
    line = next(i for i, x in enumerate((folder / "spec" / "study.yaml").read_text().splitlines(), 1) if "VISIT:" in x)
    assert told.startswith(
        f"RELREC.RELID = '{first['RELID']}'\n  relations [study.yaml:{line}]: VISIT: records of a subject with equal "
        "values of LB.VISITNUM and VS.VISITNUM; a relation for each value.\n    LB.VISITNUM = "
    )


def test_the_same_from_several_parts_and_by_selection(tiny: tuple[Run, Path], tmp_path: Path) -> None:
    run, folder = tiny
    whole = (folder / "out" / run.package / "relrec.xpt").read_bytes()
    convert(Order(folder / "spec", TINY / "raw", tmp_path / "parts", parts=3))
    assert (tmp_path / "parts" / run.package / "relrec.xpt").read_bytes() == whole
    chosen = convert(Order(folder / "spec", TINY / "raw", tmp_path / "one", select=("relrec",)))
    assert list(chosen.datasets) == ["RELREC"]
    assert records(chosen.datasets["RELREC"].frame) == records(run.datasets["RELREC"].frame)
    other = convert(Order(folder / "spec", TINY / "raw", tmp_path / "two", select=("lb",)))
    assert "RELREC" not in other.datasets


def test_a_study_without_relations_has_no_relrec() -> None:
    assert load_study(TINY / "spec").relations is None
