"""The schema for editors and the loader judge the shape of a file alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cdisc_itp.algorithms.registry import ALGORITHMS, parameters
from cdisc_itp.model.issue import SpecProblem
from cdisc_itp.spec.load import load_files
from cdisc_itp.spec.schema import FILES, file_schema, spec_schema
from cdisc_itp.spec.yaml import Map, Node, read_yaml
from tests.bad import BAD, cases, code_of, expected, lay_out

SPECS = Path(__file__).parents[2] / "specs"
KINDS = (*FILES, "forms.yaml")
# What a schema of one file cannot see: YAML itself, names, other files, raw columns, and parameters together.
BEYOND = re.compile("SPEC(00[1-7]|106|109|11[0-9]|12[01]|13[1-4]|14[0-2]|15[023]|160|21[0-4])")
# Cases of shape that JSON Schema has no words for: the calendar, codecs, scopes of words, what subject_id needs, and
# names of populations and methods.
ALSO_BEYOND = {
    *("SPEC102/moment", "SPEC102/encoding", "SPEC108/subject_id", "SPEC101/subject"),
    *("SPEC102/display", "SPEC102/published"),
}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: numbers, true, false, null, everything else text."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(?:null|Null|NULL|~|)$", [*"nN~", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("int", r"^[-+]?[0-9]+$", [*"-+0123456789"]),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", [*"-+0123456789."]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
EditorLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))


def kind_of(path: Path) -> str:
    named = (path.name, f"{path.parent.name}/{path.name}")
    return next((k for k in named if k in KINDS), f"{path.parent.name}/*.yaml")


def plain(node: Node) -> Any:
    if isinstance(node, Map):
        return {k: plain(v) for k, v in node.items()}
    return [plain(i) for i in node] if isinstance(node, list) else node


def readings(path: Path) -> Iterator[Any]:
    """The file as the loader reads it (text only), and as an editor does (numbers, true and false)."""
    yield plain(read_yaml(path, path.name, []))
    yield yaml.load(path.read_text(encoding="utf-8"), EditorLoader)


def spec_paths(folder: Path) -> list[Path]:
    return [p for pattern in KINDS for p in sorted(folder.glob(pattern))]


@cache
def validator_of(kind: str) -> Draft202012Validator:
    return Draft202012Validator(file_schema(kind))


def errors(path: Path) -> list[list[str]]:
    validator = validator_of(kind_of(path))
    return [[e.message for e in validator.iter_errors(r)] for r in readings(path)]


RIGHT = [p for study in sorted(SPECS.iterdir()) for p in spec_paths(study)] + spec_paths(BAD / "base")
OF_SHAPE = [c for c in cases("SPEC") if not BEYOND.fullmatch(code_of(c)) and c not in ALSO_BEYOND]
OTHERS = [c for c in cases("SPEC") if c not in OF_SHAPE and not code_of(c).startswith("SPEC00")]


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_right_files_are_right_for_both(path: Path) -> None:
    assert errors(path) == [[], []]


@pytest.mark.parametrize("case", OF_SHAPE)
def test_wrong_shapes_are_wrong_for_both(case: str, tmp_path: Path) -> None:
    folder = lay_out(case, tmp_path / "study")
    wrong = {line.partition(":")[0] for line in expected(case)}
    problems: list[SpecProblem] = []
    load_files(folder, problems)
    for path in spec_paths(folder):
        name = path.relative_to(folder).as_posix()
        assert [bool(e) for e in errors(path)] == [name in wrong] * 2, name
    assert {p.file for p in problems} == wrong or code_of(case) == "SPEC108"


@pytest.mark.parametrize("case", OTHERS)
def test_what_names_mean_is_beyond_the_schema(case: str, tmp_path: Path) -> None:
    folder = lay_out(case, tmp_path / "study")
    assert {kind_of(p) for p in spec_paths(folder) if errors(p) != [[], []]} == set()


@pytest.mark.parametrize("text", ["Yes", "no", "TRUE", "false"])
def test_both_take_yes_and_no_in_any_case(text: str, tmp_path: Path) -> None:
    line = f"LBORRES: {{join: [result], partial: {text}}}"
    folder = lay_out(None, tmp_path / "study")
    path = folder / "sdtm" / "lb.yaml"
    path.write_text(path.read_text().replace("LBORRES: {assign: result}", line))
    problems: list[SpecProblem] = []
    load_files(folder, problems)
    assert problems == []
    assert errors(path) == [[], []]


def test_it_is_a_schema() -> None:
    whole = spec_schema()
    Draft202012Validator.check_schema(whole)
    for kind in KINDS:
        schema = file_schema(kind)
        # The definitions are the same ones: they have been checked with the whole.
        assert schema.pop("$defs") == whole["$defs"]
        Draft202012Validator.check_schema(schema)


def test_the_whole_takes_each_kind_of_file() -> None:
    validator = Draft202012Validator(spec_schema())
    for path in spec_paths(BAD / "base"):
        assert validator.is_valid(next(readings(path))), path.name


def test_every_word_and_parameter_is_in_it() -> None:
    defs = spec_schema()["$defs"]
    lines = [line for d in ("variable", "form column") for line in defs[d]["anyOf"][0]["anyOf"]]
    for word, cls in ALGORITHMS.items():
        mine = [line for line in lines if word in line["required"]]
        assert len(mine) == (2 if cls.scope == "any" else 1), word
        for line in mine:
            assert set(list(parameters(cls))[1:]) <= line["properties"].keys()
            assert line["properties"][word]["description"].startswith((cls.__doc__ or "").split("\n")[0][:20])


def test_an_unknown_kind_of_file() -> None:
    with pytest.raises(KeyError):
        file_schema("raw/*.yaml")
