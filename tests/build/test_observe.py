"""Observed metadata against an oracle that goes record by record and knows nothing of distinct values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cdisc_itp.build.observe import merge_observed, merge_value_level, observe
from cdisc_itp.build.sizes import TYPES, join_types
from cdisc_itp.model.column import collect_numbers, collect_text, number_column, text_column
from cdisc_itp.model.dataset import Dataset
from cdisc_itp.model.metadata import DatasetPlan, Observed, ValueLevelPlan, VariablePlan

Cell = str | float | None


def variable(name: str, data_type: str = "text", **more: object) -> VariablePlan:
    return VariablePlan(name, name, data_type in ("integer", "float"), data_type, **more)  # type: ignore[arg-type]


PLAN = DatasetPlan(
    name="LB",
    label="Laboratory Test Results",
    domain="LB",
    class_name="FINDINGS",
    structure="One record per test",
    keys=("USUBJID",),
    variables=(
        variable("LBTESTCD", codelist="LBTESTCD"),
        variable("LBTEST", decode_of="LBTESTCD"),
        variable("LBSPEC"),
        variable("LBORRES"),
        variable("LBORRESU", codelist="UNIT"),
        variable("LBSTRESN", "float"),
        variable("LBDTC", "datetime"),
    ),
    value_level=(
        ValueLevelPlan("LBORRES", ("LBTESTCD",)),
        ValueLevelPlan("LBORRESU", ("LBTESTCD", "LBSPEC")),
        ValueLevelPlan("LBSTRESN", ("LBTESTCD",)),
    ),
)
NAMES = PLAN.names


def frame_of(rows: Sequence[Sequence[Cell]], shuffled: bool = False) -> pd.DataFrame:
    """Rows as Categoricals; ``shuffled`` adds a distinct value that no record has, and another order."""
    columns = {}
    for i, v in enumerate(PLAN.variables):
        cells = [row[i] for row in rows]
        if v.numeric:
            column = collect_numbers([np.nan if c is None else c for c in cells])
            extra = number_column(np.where(column.codes < 0, -1, column.codes + 1), [123456.789, *column.categories])
        else:
            column = collect_text(cells)  # type: ignore[arg-type]
            extra = text_column(np.where(column.codes < 0, -1, column.codes + 1), ["no such value", *column.categories])
        columns[v.name] = extra if shuffled else column
    return pd.DataFrame(columns)


def plain(value: float) -> str:
    text = format(Decimal(repr(value + 0.0)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def oracle_type(cells: list[Cell], numeric: bool, dates: bool, results: bool) -> str | None:
    """The data type, from Python's own parsers."""
    if not cells:
        return None
    if numeric:
        return "integer" if all(float(c).is_integer() for c in cells) else "float"  # type: ignore[arg-type]
    if dates:
        return oracle_dates([str(c) for c in cells])
    if results and all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", str(c), re.ASCII) for c in cells):
        return "float" if any("." in str(c) for c in cells) else "integer"
    return "text"


def oracle_dates(cells: list[str]) -> str:
    kinds = {oracle_date(c) for c in cells}
    if len(kinds) == 1:
        return kinds.pop()
    if "text" in kinds or (kinds & {"time", "partialTime"} and kinds - {"time", "partialTime"}):
        return "text"
    if kinds == {"time", "partialTime"}:
        return "partialTime"
    if "incompleteDatetime" in kinds:
        return "incompleteDatetime"
    return "partialDate" if kinds == {"date", "partialDate"} else "partialDatetime"


def oracle_date(text: str) -> str:
    for kind, parse in (
        ("date", date.fromisoformat),
        ("datetime", datetime.fromisoformat),
        ("time", time.fromisoformat),
    ):
        try:
            parse(text)
        except ValueError:
            continue
        if kind == "time" and ":" not in text:  # Python reads 2022 as 20:22
            continue
        short = {"date": 10, "datetime": 19, "time": 8}[kind]
        return kind if len(text) >= short else {"datetime": "partialDatetime", "time": "partialTime"}[kind]
    if re.fullmatch(r"\d{4}(-\d\d)?", text):
        return "partialDate"
    return "incompleteDatetime" if re.fullmatch(r"[-\dT:]+", text) and "-" in text else "text"


def oracle(v: VariablePlan, cells: list[Cell], results: bool) -> Observed:
    cells = [c for c in cells if c is not None]
    texts = [plain(c) if isinstance(c, float) else str(c) for c in cells]
    kind = oracle_type(cells, v.numeric, v.data_type == "datetime", results and not v.codelist)
    return Observed(
        length=max((len(t.encode()) for t in texts), default=0),
        digits=max((len(t.partition(".")[2]) for t in texts), default=0) if kind == "float" else 0,
        integer=kind in (None, "integer"),
        n=len(cells),
        terms=tuple(sorted(set(texts))) if v.codelist else (),
        data_type=kind,
    )


def oracle_items(rows: Sequence[Sequence[Cell]]) -> dict[tuple[str, tuple[str, ...]], Observed]:
    found = {}
    for level in PLAN.value_level:
        place = NAMES.index(level.variable)
        by = [NAMES.index(b) for b in level.by]
        for key in {tuple(row[b] for b in by) for row in rows}:
            cells = [row[place] for row in rows if tuple(row[b] for b in by) == key]
            if any(c is not None for c in cells):
                where = tuple("" if k is None else str(k) for k in key)
                found[level.variable, where] = oracle(PLAN.variable(level.variable), cells, True)
    return found


def items_of(dataset: Dataset) -> dict[tuple[str, tuple[str, ...]], Observed]:
    return {(i.variable, tuple(c.values[0] for c in i.where.comparisons)): i.observed for i in dataset.value_level}


NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12).map(float),
    st.decimals(-1000, 1000, places=3).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
)
RESULTS = st.one_of(
    st.integers(-500, 500).map(str),
    st.decimals(0, 100, places=2).map(str),
    st.sampled_from(["<2.0", "POSITIVE", "+5", "5.", ".5", "1e3", "未查", "1,5", "0x1", "٣"]),
)
DATES = st.one_of(
    st.dates(date(1900, 1, 1)).map(str),
    st.datetimes(datetime(1900, 1, 1)).map(lambda d: d.replace(microsecond=0).isoformat()),
    st.sampled_from(
        ["2022", "2022-07", "2022-07-05T08:30", "2022-07-05T08", "--07-05", "2022---05", "08:30:00", "08:30"]
    ),
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ALT", "PLAT", "GLUC"]),
        st.none() | st.sampled_from(["Platelets", "Glucose"]),
        st.none() | st.sampled_from(["BLOOD", "URINE"]),
        st.none() | RESULTS,
        st.none() | st.sampled_from(["U/L", "10^9/L", "×10⁹/L"]),
        st.none() | NUMBERS,
        st.none() | DATES,
    ),
    max_size=30,
)


@settings(deadline=None)
@given(ROWS, st.booleans())
def test_as_the_oracle_says(rows: list[tuple[Cell, ...]], shuffled: bool) -> None:
    dataset = observe(PLAN, frame_of(rows, shuffled))
    for i, v in enumerate(PLAN.variables):
        expected = oracle(v, [row[i] for row in rows], results=False)
        assert replace(dataset.observed[v.name], decodes=()) == expected, v.name
    assert items_of(dataset) == oracle_items(rows)


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(0, 30), min_size=2, max_size=2))
def test_partitions_merge_into_the_whole(rows: list[tuple[Cell, ...]], cuts: list[int]) -> None:
    a, b = sorted(cuts)
    parts = [observe(PLAN, frame_of(part)) for part in (rows[:a], rows[a:b], rows[b:])]
    whole = observe(PLAN, frame_of(rows))
    for name in NAMES:
        first, second, third = (p.observed[name] for p in parts)
        merged = merge_observed(merge_observed(first, second), third)
        assert merged == whole.observed[name]
        assert merged == merge_observed(first, merge_observed(third, second))
    assert merge_value_level(PLAN, *(p.value_level for p in parts)) == whole.value_level


@settings(deadline=None)
@given(ROWS)
def test_the_order_of_records_does_not_matter(rows: list[tuple[Cell, ...]]) -> None:
    a, b = observe(PLAN, frame_of(rows)), observe(PLAN, frame_of(rows[::-1]))
    assert (a.observed, a.value_level) == (b.observed, b.value_level)


@settings(deadline=None)
@given(ROWS)
def test_items_partition_the_records_with_a_value(rows: list[tuple[Cell, ...]]) -> None:
    dataset = observe(PLAN, frame_of(rows))
    for level in PLAN.value_level:
        n = sum(i.observed.n for i in dataset.value_level if i.variable == level.variable)
        assert n == dataset.observed[level.variable].n


def test_join_is_a_lattice() -> None:
    for a in TYPES:
        assert join_types((a, None)) == join_types((a, a)) == a
        for b in TYPES:
            assert join_types((a, b)) == join_types((b, a))
            for c in TYPES:
                assert join_types((join_types((a, b)), c)) == join_types((a, join_types((b, c))))


def one_column(v: VariablePlan, cells: list[str | None], encoding: str = "utf-8") -> Observed:
    plan = replace(PLAN, variables=(v,), value_level=())
    return observe(plan, pd.DataFrame({v.name: collect_text(cells)}), encoding).observed[v.name]


# The forms are those of the ODM 1.3.2 schema (partialDate, partialDatetime, incompleteDatetime, ...).
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2022-07-05", None], "date"),
        (["2022-07-05", "2022-07", "2022"], "partialDate"),
        (["2022-07-05T08:30:00", "2022-07-05T08:30:00.5+08:00"], "datetime"),
        (["2022-07-05T08:30"], "partialDatetime"),
        (["2022-07-05T08:30:00", "2022-07-05"], "partialDatetime"),
        (["2022---05", "2022-07-05"], "incompleteDatetime"),
        (["-----T07:15"], "incompleteDatetime"),
        (["2003-12-15T-:15"], "incompleteDatetime"),
        (["07:15:00", "07:15"], "partialTime"),
        (["07:15:00"], "time"),
        (["P1Y2M10DT2H30M", "PT2H", "P6W", "P10D"], "durationDatetime"),
        (["2022-07-01/2022-07-05"], "intervalDatetime"),
        (["2022-07-05", "P1D"], "text"),
        (["05JUL2022", "2022-07-05"], "text"),
        (["2022-13-05"], "text"),
        (["P", "PT"], "text"),
    ],
)
def test_dates(cells: list[str | None], expected: str) -> None:
    assert one_column(variable("LBDTC", "datetime"), cells).data_type == expected


@pytest.mark.parametrize(
    ("encoding", "length"), [("ascii", 6), ("utf-8", 6), ("UTF8", 6), ("gb18030", 4), ("gbk", 4), ("cp1252", 6)]
)
def test_length_is_in_bytes_of_the_encoding(encoding: str, length: int) -> None:
    assert one_column(variable("AETERM"), ["血小", "abc", None], encoding).length == length


@pytest.mark.parametrize(
    ("values", "length", "digits"),
    [
        ([90.0, -5.0], 2, 0),
        ([0.1 + 0.2], 19, 17),
        ([1e-7], 9, 7),
        ([1e22, -0.0], 23, 0),
        ([12345678901.5], 13, 1),
        ([-0.25, 100.0], 5, 2),
        ([np.inf], 3, 0),
    ],
)
def test_numbers_in_their_shortest_decimal_form(values: list[float], length: int, digits: int) -> None:
    plan = replace(PLAN, variables=(variable("LBSTRESN", "float"),), value_level=())
    observed = observe(plan, pd.DataFrame({"LBSTRESN": collect_numbers(values)})).observed["LBSTRESN"]
    assert (observed.length, observed.digits) == (length, digits)


def test_numbers_are_no_terms_of_a_results_codelist() -> None:
    names = ("LBTESTCD", "LBSTRESC", "LBTOXGR")
    plan = replace(
        PLAN,
        variables=tuple(variable(n, codelist=n) for n in names),
        value_level=tuple(ValueLevelPlan(n, ("LBTESTCD",)) for n in names[1:]),
    )
    cells = {
        "LBTESTCD": ["ALT", "ALT", "HCG", "HCG", "MIX", "MIX", "MIX"],
        "LBSTRESC": ["25", "1.5", "NEGATIVE", "POSITIVE", "<2.0", ">= 3", "TRACE"],
        "LBTOXGR": ["1", "2", None, None, None, None, None],
    }
    frame = pd.DataFrame({k: collect_text(v) for k, v in cells.items()})
    dataset = observe(plan, frame)
    assert dataset.observed["LBSTRESC"].terms == ("NEGATIVE", "POSITIVE", "TRACE")
    assert dataset.observed["LBTOXGR"].terms == ("1", "2")
    assert [(i.variable, i.data_type, i.codelist, i.observed.terms) for i in dataset.value_level] == [
        ("LBSTRESC", "float", None, ()),
        ("LBSTRESC", "text", "LBSTRESC", ("NEGATIVE", "POSITIVE")),
        ("LBSTRESC", "text", "LBSTRESC", ("TRACE",)),
        ("LBTOXGR", "text", "LBTOXGR", ("1", "2")),
    ]
    parts = [observe(plan, frame.iloc[a:b]) for a, b in ((0, 5), (5, 6), (6, 7))]
    assert merge_value_level(plan, *(p.value_level for p in parts)) == dataset.value_level


def test_decodes() -> None:
    rows: list[tuple[Cell, ...]] = [
        ("ALT", "Alanine", None, "5", None, None, None),
        ("PLAT", None, None, "6", None, None, None),
        ("PLAT", "Platelets", None, "x", None, None, None),
        ("PLAT", "Count", None, None, None, None, None),
    ]
    dataset = observe(PLAN, frame_of(rows))
    assert dataset.observed["LBTESTCD"].decodes == (("ALT", "Alanine"), ("PLAT", "Count"), ("PLAT", "Platelets"))


def test_what_the_spec_says_of_one_item_wins() -> None:
    own = variable("AESOSP", codelist="NY", comment="ticked")
    plan = replace(
        PLAN,
        variables=(variable("QNAM"), variable("QVAL")),
        value_level=(ValueLevelPlan("QVAL", ("QNAM",), (own, variable("AENO"))),),
    )
    cells = {"QNAM": ["AESOSP", "AENO", "AEX"], "QVAL": ["Y", "007", "12"]}
    dataset = observe(plan, pd.DataFrame({k: collect_text(v) for k, v in cells.items()}))
    found = {i.where.comparisons[0].values[0]: i for i in dataset.value_level}
    assert {k: (i.data_type, i.codelist, i.observed.terms) for k, i in found.items()} == {
        "AENO": ("text", None, ()),
        "AESOSP": ("text", "NY", ("Y",)),
        "AEX": ("integer", None, ()),
    }
    assert found["AESOSP"].plan == own


def test_empty_and_absent_variables() -> None:
    dataset = observe(PLAN, frame_of([]).drop(columns="LBSPEC"))
    assert dataset.observed == {name: Observed() for name in NAMES if name != "LBSPEC"}
    assert dataset.value_level == ()
