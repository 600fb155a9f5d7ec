"""From nodes to typed objects: types, lists, hints, and how much is judged at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.algorithms.registry import ALGORITHMS, DateRef, MapName, Ref, parameters
from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from cdisc_itp.spec.bind import METADATA, Binder
from cdisc_itp.spec.suggest import near
from cdisc_itp.spec.types import DatasetSpec, IntervalsSpec, SourceSpec, Step, Steps, VariableSpec
from cdisc_itp.spec.yaml import read_yaml

WORDS = (
    *("assign", "assign_ct", "assign_number", "assign_datetime", "hardcode", "hardcode_ct", "join", "part_of"),
    *("replace", "decode", "standard_result", "number_of", "range_indicator", "study_day", "sequence", "last_before"),
    *("baseline_at_visit", "visit", "epoch", "age_in_years", "first", "last", "min", "max", "any", "count", "duration"),
)


def bound(tmp_path: Path, cls: type, text: str) -> tuple[object, list[str]]:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    problems: list[SpecProblem] = []
    node = read_yaml(path, "x.yaml", problems)
    return Binder("x.yaml", problems).bind(cls, node, 1, "X"), [str(p) for p in problems]


def variable(tmp_path: Path, line: str) -> tuple[VariableSpec, list[str]]:
    text = f"dataset: LB\nrecords: {{from: laboratory}}\nvariables:\n  V: {line}\n"
    spec, problems = bound(tmp_path, DatasetSpec, text)
    assert isinstance(spec, DatasetSpec)
    return spec.variables["V"], problems


def test_every_word_of_the_language_is_there() -> None:
    assert set(WORDS) <= set(ALGORITHMS)


def test_no_parameter_has_an_algorithms_name() -> None:
    assert {(w, p) for w, cls in ALGORITHMS.items() for p in list(parameters(cls))[1:] if p in ALGORITHMS} == set()


def test_no_parameter_is_called_like_what_stands_beside_it() -> None:
    beside = {*METADATA, "when"}
    assert {(w, p) for w, cls in ALGORITHMS.items() for p in parameters(cls) if p in beside} == set()


def test_a_line(tmp_path: Path) -> None:
    spec, problems = variable(tmp_path, "{assign: term, map: ae_terms, case: upper, when: {term: {NE: x}}, comment: C}")
    condition = Condition((WhereClause((Comparison("term", "NE", ("x",)),)),))
    word = ALGORITHMS["assign"](source=Ref("term"), map=MapName("ae_terms"), case="upper")  # type: ignore[call-arg]
    assert problems == []
    assert spec == VariableSpec((Step(word, condition, 4, "x.yaml"),), comment="C", line=4, file="x.yaml")


def test_key_order_is_free(tmp_path: Path) -> None:
    assert variable(tmp_path, "{case: upper, assign: term}") == variable(tmp_path, "{assign: term, case: upper}")


def test_a_list_of_one_is_a_list(tmp_path: Path) -> None:
    assert variable(tmp_path, "{join: a}") == variable(tmp_path, "{join: [a]}")
    text = "dataset: LB\nkeys: {}\nrecords: {{from: a}}\nvariables: {{}}\n"
    one, several = (bound(tmp_path, DatasetSpec, text.format(k)) for k in ("LBSEQ", "[LBSEQ]"))
    assert one == several


def test_names_know_their_lines(tmp_path: Path) -> None:
    spec, _ = variable(tmp_path, "\n    - join:\n      - a\n      - b\n      when:\n        c: d\n    - {assign: e}")
    join = spec.steps[0]
    assert [r.line for r in join.algorithm.parts] == [6, 7]  # type: ignore[attr-defined]
    assert join.when is not None and [getattr(r, "line", 0) for r in join.when.reads] == [9]
    assert [s.line for s in spec.steps] == [5, 10]


def test_types_of_names(tmp_path: Path) -> None:
    intervals, problems = bound(tmp_path, IntervalsSpec, "same: [EXTRT]\nstart: EXSTDTC\nend: EXENDTC\ngap: -1\n")
    assert problems == []
    assert isinstance(intervals, IntervalsSpec)
    assert (type(intervals.start), intervals.start, intervals.gap) == (DateRef, "EXSTDTC", -1)


def test_words_without_a_meaning_may_be_a_list(tmp_path: Path) -> None:
    text = (
        "source: a\ntables: {{t: {{file: t}}}}\nforms: {{f: {{from: t, columns: {{c: {{column: C, missing: {}}}}}}}}}\n"
    )
    plain, said = (bound(tmp_path, SourceSpec, text.format(m)) for m in ("[., ND]", "{'.': , ND: NOT DONE}"))
    words = [s.forms["f"][0].columns["c"].steps[0].algorithm.missing for s, _ in (plain, said)]  # type: ignore[attr-defined]
    assert words == [{".": None, "ND": None}, {".": None, "ND": "NOT DONE"}]
    assert bound(tmp_path, SourceSpec, text.format("[., .]"))[1] == [
        "x.yaml:3: SPEC102 X.f.c: column.missing: '.' is written twice"
    ]
    assert bound(tmp_path, SourceSpec, text.format("[{a: b}]"))[1] == [
        "x.yaml:3: SPEC102 X.f.c: column.missing: expected one value"
    ]


def test_a_wrong_line_leaves_the_others_to_be_judged(tmp_path: Path) -> None:
    spec, problems = variable(tmp_path, "[{assing: a}, {assign: b}, {assign: c, cas: upper}, {join: [d], when: e}]")
    assert [str(s.algorithm.reads[0]) for s in spec.steps] == ["b"]
    assert [p.split(" ")[1] for p in problems] == ["SPEC104", "SPEC105", "SPEC151"]


def test_every_missing_key_at_once(tmp_path: Path) -> None:
    assert bound(tmp_path, DatasetSpec, "label: L\n") == (
        None,
        [f"x.yaml:1: SPEC101 X: '{word}' is missing" for word in ("dataset", "records")],
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{A: x}", [[("A", "EQ", ("x",))]]),
        ("{A: [x, y]}", [[("A", "IN", ("x", "y"))]]),
        ("{A: {GE: 1, LT: 5}}", [[("A", "GE", ("1",)), ("A", "LT", ("5",))]]),
        ("{A: x, B.C: {IS: MISSING}}", [[("A", "EQ", ("x",)), ("B.C", "IS", ("MISSING",))]]),
        ("[{A: NO}, {B: {NOTIN: [1, 010]}}]", [[("A", "EQ", ("NO",))], [("B", "NOTIN", ("1", "010"))]]),
        ("{A: {IN: x}}", [[("A", "IN", ("x",))]]),
    ],
)  # fmt: skip
def test_conditions(tmp_path: Path, condition: str, expected: list[list[tuple[str, str, tuple[str, ...]]]]) -> None:
    spec, problems = variable(tmp_path, f"{{assign: a, when: {condition}}}")
    assert problems == []
    when = spec.steps[0].when
    assert when is not None
    assert [[(c.ref, c.comparator, c.values) for c in w.comparisons] for w in when.clauses] == expected


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("[]", "when: no condition - leave the word out, or write {NAME: value}"),
        ("{}", "when: expected {NAME: {EQ: value}}, got nothing"),
        ("[{A: x}, y]", "when: expected {NAME: {EQ: value}}, got 'y'"),
        ("{A: {}}", "when.A: a condition needs a value"),
        ("{A: []}", "when.A: a condition needs a value, got nothing - {IS: MISSING} asks for records without a value"),
        ("{A: ''}", "when.A: a condition needs a value, got nothing - {IS: MISSING} asks for records without a value"),
        ("{A: [x, [y]]}", "when.A: a condition needs a value, got a list"),
        ("{A: {eq: x}}", "when.A: 'eq' is no comparator - did you mean 'EQ'?"),
        ("{A: {IS: x}}", "when.A: IS takes MISSING or PRESENT, not 'x' - one of MISSING, PRESENT"),
        ("{A: {GT: [1]}}", "when.A: GT takes one value, not a list - IN and NOTIN take several"),
    ],
)
def test_wrong_conditions(tmp_path: Path, condition: str, message: str) -> None:
    assert variable(tmp_path, f"{{assign: a, when: {condition}}}")[1] == [f"x.yaml:4: SPEC151 X.V.{message}"]


@pytest.mark.parametrize(
    ("word", "choice", "hint"),
    [
        ("standard_resul", ALGORITHMS, "did you mean 'standard_result'?"),
        ("ASSIGN", ALGORITHMS, "did you mean 'assign'?"),
        ("试验编码", ["中心", "试验编号", "科室"], "did you mean '试验编号'?"),
        ("zzz", ["b", "a"], "one of a, b"),
        ("zzz", [str(i) for i in range(13)], ""),
        ("zzz", [], ""),
    ],
)
def test_hints(word: str, choice: list[str], hint: str) -> None:
    assert near(word, choice) == hint


def test_steps_of_a_form_column_have_no_metadata(tmp_path: Path) -> None:
    text = "source: a\ntables: {t: {file: t.csv}}\nsite: {constant: '03', label: Site}\n"
    assert bound(tmp_path, SourceSpec, text)[1] == [
        "x.yaml:3: SPEC105 X.site: 'constant' has no parameter 'label' - one of when"
    ]


def test_a_step_without_problems_is_kept(tmp_path: Path) -> None:
    spec, _ = bound(tmp_path, SourceSpec, "source: a\ntables: {t: {file: t.csv}}\nsite: {constant: 007}\n")
    assert isinstance(spec, SourceSpec) and isinstance(spec.site, Steps)
    assert spec.site.steps[0].algorithm.value == "007"  # type: ignore[attr-defined]
