"""Every code has an entry and a smallest bad input, and the codes of the rules are their own."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from cdisc_itp.checks import RULES
from cdisc_itp.model.catalogue import CATALOGUE, FAMILIES
from tests import test_bad_runs
from tests.bad import BAD, code_of
from tests.build import test_bad_data
from tests.readers import test_bad_input
from tests.spec import test_bad_specs
from tests.standards import test_bad_releases
from tests.writers import test_bad_datasets

ROOT = Path(__file__).parents[1]
BASE = "base"  # the study that the cases change

# Codes that no input can raise, since they are conditions of the installation: why, and the test that raises them.
INSTALLATION = {
    "READ054": (
        "the publisher's schema files are missing, not a file of the study",
        "tests/readers/test_define_xml.py::test_without_the_schema",
    ),
}
# The tests of bad inputs, each with its cases ("SPEC102/kind", "READ001"): raised alone, with the whole message.
PROVED = {
    test_bad_input: [*test_bad_input.TABLES, *test_bad_input.DEFINES],
    test_bad_releases: test_bad_releases.CODES,
    test_bad_datasets: test_bad_datasets.CODES,
    test_bad_specs: test_bad_specs.CASES,
    test_bad_data: test_bad_data.CASES,
    test_bad_runs: test_bad_runs.CASES,
}


def folders() -> set[str]:
    return {p.name for p in BAD.iterdir() if p.is_dir()} - {BASE}


def test_each_code_is_in_one_family() -> None:
    counts = Counter(entry.code for family in FAMILIES for entry in family)
    assert [code for code, n in counts.items() if n > 1] == []
    assert counts.keys() == CATALOGUE.keys()


def test_each_code_has_a_bad_input_or_is_of_the_installation() -> None:
    assert sorted(CATALOGUE.keys() - folders()) == sorted(INSTALLATION)


def test_each_bad_input_is_that_of_a_code() -> None:
    assert sorted(folders() - CATALOGUE.keys()) == []


def test_each_bad_input_is_proved_by_one_test() -> None:
    proved = Counter(code for cases in PROVED.values() for code in {code_of(case) for case in cases})
    assert [code for code, n in proved.items() if n > 1] == []
    assert proved.keys() == folders()


def test_no_file_is_passed_over() -> None:
    cases = {BAD / case for each in PROVED.values() for case in each} | {BAD / BASE}
    files = [p for p in BAD.rglob("*") if p.is_file() and p.parent != BAD]
    assert [str(p) for p in files if cases.isdisjoint(p.parents)] == []


@pytest.mark.parametrize("code", sorted(INSTALLATION))
def test_a_code_of_the_installation_is_raised_by_the_test_that_is_named(code: str) -> None:
    reason, test = INSTALLATION[code]
    path, name = test.split("::")
    (body,) = [n for n in ast.parse((ROOT / path).read_text("utf-8")).body if getattr(n, "name", "") == name]
    assert reason and f"'{code}'" in ast.dump(body)


def rules_written() -> int:
    """How often ``@rule(...)`` is written in ``checks``, in modules that are loaded and in others."""
    trees = [ast.parse(p.read_text("utf-8")) for p in (ROOT / "cdisc_itp" / "checks").glob("*.py")]
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    calls = [d for f in functions for d in f.decorator_list if isinstance(d, ast.Call)]
    return [ast.unparse(call.func) for call in calls].count("rule")


def test_each_rule_has_a_code_of_its_own() -> None:
    # A code that is taken is refused (tests/checks/test_rules.py): two rules of one code would be one too few.
    assert len(RULES) == rules_written()
    assert all(rule.entry.code == code for code, rule in RULES.items())
    assert sorted(RULES.keys() & CATALOGUE.keys()) == []
