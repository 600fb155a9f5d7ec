"""Trial design datasets on their way: files, define.xml, lineage, trace, selection."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cdisc_itp.build.trace import TraceError, render_trace
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.readers.define_xml import read_define
from cdisc_itp.readers.xpt import read_xpt
from cdisc_itp.spec.selection import SelectionError
from cdisc_itp.tracing import trace_value

SPEC = Path(__file__).parents[2] / "specs" / "abc01"
RAW = Path(__file__).parents[1] / "studies" / "excerpt" / "abc01" / "raw"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    out = tmp_path_factory.mktemp("trial") / "out"
    return convert(Order(SPEC, RAW, out)), out


def tabulations(run: tuple[Run, Path]) -> Path:
    return run[1] / "m5/datasets/abc-01/tabulations/sdtm"


def test_files_hold_what_the_tables_say(run: tuple[Run, Path]) -> None:
    for name in ("TA", "TE", "TS", "TV"):
        frame = read_xpt(tabulations(run) / f"{name.lower()}.xpt").frame
        table = pd.read_csv(SPEC / "trial" / f"{name.lower()}.csv", comment="#", dtype=str, keep_default_na=False)
        variables = [c for c in table.columns if c.isupper()]
        made = frame[variables].astype(object).fillna("").map(lambda v: str(v).removesuffix(".0"))
        assert sorted(map(tuple, made.values)) == sorted(map(tuple, table[variables].values))


def test_define_says_that_they_are_of_the_protocol(run: tuple[Run, Path]) -> None:
    define = read_define(tabulations(run) / "define.xml")
    groups = {g.name: g for g in define.item_groups}
    assert {n for n, g in groups.items() if g.class_name == "TRIAL DESIGN"} == {"TA", "TE", "TS", "TV"}
    items = [define.item[r.item or ""] for r in groups["TA"].items]
    assert {i.name: i.origins[0].type for i in items if i.origins}["ETCD"] == "Protocol"


def test_lineage_names_the_line_of_the_table(run: tuple[Run, Path]) -> None:
    rows = pq.read_table(run[1] / "run/lineage.parquet").to_pylist()
    ts = [r for r in rows if r["dataset"] == "TS"]
    lines = (SPEC / "trial" / "ts.csv").read_text().splitlines()
    names = read_xpt(tabulations(run) / "ts.xpt").frame["TSPARMCD"].tolist()
    assert [lines[r["origin_row"] - 1].split(",")[0] for r in ts] == names
    assert {(r["origin"], r["file"]) for r in ts} == {("trial/ts.csv", None)}


def test_trace_names_the_line_of_the_table(run: tuple[Run, Path]) -> None:
    told = render_trace(trace_value(SPEC, run[1], RAW, ["TS", "TSPARMCD=TCNTRL", "TSVAL"]))
    line = next(i for i, x in enumerate((SPEC / "trial/ts.csv").read_text().splitlines(), 1) if x.startswith("TCNTRL"))
    assert told == f"TS.TSVAL = 'PLACEBO'\n  written in trial/ts.csv, line {line}"
    made = render_trace(trace_value(SPEC, run[1], RAW, ["TS", "TSPARMCD=TCNTRL", "TSSEQ=1.0", "TSVALCD"]))
    assert made == f"TS.TSVALCD = 'C49648'\n  follows from trial/ts.csv, line {line}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["TS", "TSPARMCD=FCNTRY", "TSVAL"], "TS has 3 records with TSPARMCD=FCNTRY - name more variables"),
        (["TS", "TSPARMCD=DOSE", "TSVAL"], "TS has no record with TSPARMCD=DOSE"),
        (["TS", "TSPARMCD=TCNTRL", "TSVALUE"], "TS has no variable TSVALUE"),
    ],
)
def test_trace_names_one_record(run: tuple[Run, Path], words: list[str], told: str) -> None:
    with pytest.raises(TraceError, match=told):
        trace_value(SPEC, run[1], RAW, words)


def test_one_of_them_can_be_selected(tmp_path: Path) -> None:
    made = convert(Order(SPEC, RAW, tmp_path / "out", select=("ts",)))
    assert list(made.datasets) == ["TS"]
    assert not [i for i in made.issues if i.code.startswith("TRI")]
    with pytest.raises(SelectionError, match="the study has no dataset TI"):
        convert(Order(SPEC, RAW, tmp_path / "other", select=("ti",)))
