"""Strict YAML: what was written stays text, every key has its line, nothing is guessed or kept silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.spec.maps import MAX_BYTES as MAX_TABLE
from cdisc_itp.spec.maps import read_table
from cdisc_itp.spec.yaml import MAX_BYTES, MAX_DEPTH, Map, Sequence, read_yaml


def read(tmp_path: Path, text: str | bytes) -> tuple[Map | None, list[str]]:
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[SpecProblem] = []
    return read_yaml(path, "x.yaml", problems), [str(p) for p in problems]


SCALARS = (
    *("NO", "no", "yes", "on", "12:30", "12:30:45", "010", "0o10", "0x1F", "1_000", "1e3", "2025-03-28", ".5", "5."),
    *("3.4", "1.0", "NaN", ".nan", ".inf", "True", "Null", "NULL", "=", "<<", "！", "第1周", "a:b", "-", "007"),
)


@pytest.mark.parametrize("scalar", SCALARS)
def test_scalars_stay_the_text_that_was_written(tmp_path: Path, scalar: str) -> None:
    node, problems = read(tmp_path, f"a: '{scalar}'\n" if scalar == "-" else f"a: {scalar}\nb: [{scalar}]\n")
    assert problems == []
    assert node is not None
    assert {v if isinstance(v, str) else v[0] for v in node.values() if v} == {scalar}  # type: ignore[index]


@pytest.mark.parametrize("nothing", ["", "~", "null", "# a comment"])
def test_nothing_is_nothing(tmp_path: Path, nothing: str) -> None:
    assert read(tmp_path, f"a: {nothing}\n") == ({"a": None}, [])


@pytest.mark.parametrize("quoted", ["''", '""'])
def test_an_empty_text_is_a_text(tmp_path: Path, quoted: str) -> None:
    assert read(tmp_path, f"a: {quoted}\n") == ({"a": ""}, [])


@pytest.mark.parametrize("word", ["null", "~"])
def test_quotes_make_a_text_of_nothing(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"a: '{word}'\n") == ({"a": word}, [])


def test_keys_are_text_too(tmp_path: Path) -> None:
    node, problems = read(tmp_path, "NO: 1\n010: 2\n12:30: 3\n'': 4\n")
    assert (list(node or ()), problems) == (["NO", "010", "12:30", ""], [])


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    node, _ = read(tmp_path, "# head\na: 1\nb:\n  c: 2\n\n  d: [x,\n    y]\ne:\n- f: 1\n-\n  g: 2\n")
    assert node is not None
    assert node.lines == {"a": 2, "b": 3, "e": 8}
    b, e = node["b"], node["e"]
    assert isinstance(b, Map) and b.lines == {"c": 4, "d": 6}
    assert isinstance(b["d"], Sequence) and b["d"].lines == [6, 7]
    assert isinstance(e, Sequence) and e.lines == [9, 11]
    assert [i.line for i in e if isinstance(i, Map)] == [9, 11]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, "﻿a: 1\n") == ({"a": "1"}, [])


def test_a_key_twice_keeps_the_first_and_says_so(tmp_path: Path) -> None:
    node, problems = read(tmp_path, "a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert node == {"a": "1", "b": {"c": "1"}}
    assert problems == [
        "x.yaml:2: SPEC003 key 'c' is written twice - first written on line 2",
        "x.yaml:3: SPEC003 key 'a' is written twice - first written on line 1",
    ]


TABS = "indent by blanks, not by tabs"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x 1\nb: *x\n", "x.yaml:1: SPEC004 anchors and aliases are not used here"),
        ("a: 1\nb: {<<: *x}\n", "x.yaml:2: SPEC004 anchors and aliases are not used here"),
        ("a: !!int 3\n", "x.yaml:1: SPEC004 the tag tag:yaml.org,2002:int is not used here (every value is text)"),
        ("a: !py/os x\n", "x.yaml:1: SPEC004 the tag !py/os is not used here (every value is text)"),
        ("", "x.yaml:1: SPEC005 the file is empty"),
        ("# nothing\n\n", "x.yaml:1: SPEC005 the file is empty"),
        ("just text\n", "x.yaml:1: SPEC006 expected 'key: value' lines"),
        ("\n- a\n", "x.yaml:2: SPEC006 expected 'key: value' lines"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: SPEC001 not YAML: but found another document"),
        ("a: [1, 2\nb: 3\n", "x.yaml:2: SPEC001 not YAML: did not find expected ',' or ']'"),
        ("a: 1\n\tb: 2\n", f"x.yaml:2: SPEC001 not YAML: found a tab character that violates indentation - {TABS}"),
        ("a: [\n1,\n]\n\tc: 2\n", f"x.yaml:4: SPEC001 not YAML: found character that cannot start any token - {TABS}"),
        ("a: 1\nb: x\x07y\n", "x.yaml:2: SPEC001 not YAML: control characters are not allowed"),
        ("a: 1\nb: x\x00y\n", "x.yaml:2: SPEC001 not YAML: control characters are not allowed"),
        (b"a: 1\nb: \xe9t\xe9\n", "x.yaml:2: SPEC002 is not UTF-8: bytes e9 - save it as UTF-8"),
        ("a: 1\n".encode("utf-16"), "x.yaml:1: SPEC002 is not UTF-8: bytes ff - save it as UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(tmp_path: Path, text: str | bytes, problem: str) -> None:
    assert read(tmp_path, text) == (None, [problem])


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting_is_refused_before_anything_is_built(tmp_path: Path, brackets: str) -> None:
    opening = "[" if brackets == "[]" else "{a: "
    deep = 100_000
    node, problems = read(tmp_path, f"a: {opening * deep}{brackets[1] * deep}\n")
    assert node is None
    assert len(problems) == 1 and " SPEC00" in problems[0] and problems[0].startswith("x.yaml:1: ")


def test_as_deep_as_is_allowed(tmp_path: Path) -> None:
    inner = MAX_DEPTH - 1
    assert read(tmp_path, f"a: {'[' * inner}{']' * inner}\n")[1] == []
    assert read(tmp_path, f"a: {'[' * (inner + 1)}{']' * (inner + 1)}\n")[1] == ["x.yaml:1: SPEC007 nested too deeply"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    node, problems = read(tmp_path, b"a: 1\n" + b"#" * MAX_BYTES)
    assert node is None
    assert problems == ["x.yaml:1: SPEC002 has over 4,000,000 bytes, more than a spec needs"]


def test_a_huge_table_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    with path.open("wb") as file:
        file.truncate(MAX_TABLE + 1)
    problems: list[SpecProblem] = []
    assert len(read_table(path, "maps/m.csv", problems)) == 0
    assert [str(p) for p in problems] == ["maps/m.csv:1: SPEC002 has over 64,000,000 bytes, more than a spec needs"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    problems: list[SpecProblem] = []
    assert read_yaml(tmp_path, "sdtm/lb.yaml", problems) is None
    assert [str(p) for p in problems] == ["sdtm/lb.yaml:1: SPEC002 cannot be read: Is a directory"]
