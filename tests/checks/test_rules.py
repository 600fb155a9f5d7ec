"""The registry: every rule is catalogued, a rule that crashes did not pass, one without anything to judge says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from cdisc_itp.checks import FAMILIES, RULES, Package, registry, rules_of, run_checks
from cdisc_itp.checks.registry import OF_ANALYSIS, Found, found, rule, show
from cdisc_itp.model.catalogue import CATALOGUE

from .study import write_study
from .written import Written

FAMILY_NAMES = "CAT XPT STR KEY CT ISO TIM SUB FND COD STA DSP EVT SUPP REL DEF TRI EXP"
PREFIXES = tuple(f"{name}1" for name in (*FAMILY_NAMES.split(), *OF_ANALYSIS))


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_is_explained(code: str) -> None:
    each = RULES[code]
    assert each.id == code and code.startswith(PREFIXES) and re.fullmatch(r"[A-Z]+\d{3}", code)
    assert each.severity in ("error", "warning", "note")
    for text in (each.entry.explanation, each.entry.remedy):
        assert text.endswith(".") and len(text) > 12
        assert text[0].isupper() or text.startswith(("--", "def:"))
    assert each.entry.title[0].isupper() and not each.entry.title.endswith(".")
    assert each.message and not each.message.endswith(".")
    assert each.source
    assert [name for _, name, _, _ in Formatter().parse(each.message) if name == ""] == []
    assert each.check.__doc__


def test_codes_are_not_those_of_other_trouble() -> None:
    assert set(RULES) & set(CATALOGUE) == set()


def test_titles_are_different() -> None:
    titles = [r.entry.title for r in RULES.values()]
    assert len(set(titles)) == len(titles)


def test_every_family_is_loaded() -> None:
    homes = {r.check.__module__ for r in RULES.values()}
    assert homes == {f.__name__ for f in FAMILIES}


def test_a_code_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two rules have the code XPT101"):
        rule("XPT101", "error", "t", "e", "r", "m")(lambda package: [])
    assert RULES["XPT101"].entry.title == "Dataset name that is not allowed"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError, match="XPT999"):
        run_checks(Package(()), ["XPT999"])


def test_a_rule_that_crashes_did_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(package: Package) -> Iterator[Found]:
        yield found("DM")
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(registry, "RULES", dict(RULES))
    rule("XPT190", "error", "Title", "Explanation.", "Remedy.", "message")(crash)
    result = registry.run_checks(Package(()), ["XPT190", "XPT101"])
    assert result.did_not_run == (("XPT190", "ZeroDivisionError: by nothing"),)
    assert result.findings == ()
    assert result.ran == ("XPT101",)


def test_nothing_to_judge_is_said() -> None:
    result = run_checks(Package(()))
    assert result.did_not_run == ()
    reasons = dict(result.not_applicable)
    assert reasons["STR101"] == "no implementation guide is given"
    assert reasons["CT101"] == "no implementation guide is given"
    assert reasons["DEF101"] == "no define.xml"
    assert reasons["SUB102"] == "no dataset DM"
    assert reasons["KEY102"] == "no dataset has --SEQ"
    assert reasons["FND101"] == "no Findings dataset has --STRESC and --STRESN"
    assert {f.rule for f in result.findings} == {"STR113", "STR114"}
    assert set(result.ran) | set(reasons) == set(rules_of(Package(())))


def test_a_partial_package_lacks_nothing(tmp_path: Path) -> None:
    write_study(tmp_path)
    for name in ("dm", "ts", "ex", "relrec", "ae", "suppae", "co"):
        (tmp_path / f"{name}.xpt").unlink()
    (tmp_path / "define.xml").unlink()
    result = Written(tmp_path, partial=True).judge()
    assert result.findings == ()
    assert dict(result.not_applicable)["XPT104"] == "datasets are left out, which may hold the longest value"


def test_findings_name_the_place(tmp_path: Path) -> None:
    write_study(tmp_path)
    w = Written(tmp_path)
    w.dataset("LB", lambda d: d.set("LBDY", 27.0, row=1))
    (finding,) = w.judge(["TIM101"]).findings
    assert (finding.dataset, finding.record, finding.variable, finding.value) == ("LB", 2, "LBDY", "27")
    assert finding.message == "LBDY is 27, LBDTC is day 28"


def test_findings_are_in_order(tmp_path: Path) -> None:
    write_study(tmp_path)
    w = Written(tmp_path)
    w.dataset("LB", lambda d: d.set("LBDY", *[5.0] * 9))
    w.dataset("EX", lambda d: d.set("EXSTDY", *[5.0] * 3))
    places = [(f.rule, f.dataset, f.variable, f.record) for f in w.judge().findings]
    assert places == sorted(places)
    assert len(places) == 12


def test_numbers_are_shown_as_written() -> None:
    assert [show(x) for x in (1.0, 0.5, -3.0, "a", 7)] == ["1", "0.5", "-3", "a", "7"]


def test_a_missing_value_is_called_missing(tmp_path: Path) -> None:
    write_study(tmp_path)
    w = Written(tmp_path)
    w.dataset("DM", lambda d: d.set("RFXENDTC", None))
    (finding,) = w.judge(["SUB110"]).findings
    assert finding.value is None
    assert finding.message == "RFXENDTC is missing, the latest EXENDTC 2022-04-05"
