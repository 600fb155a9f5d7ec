"""The synthetic NCT05471050: grades of laboratory results, against CTCAE v5.0 written down once more, apart."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from tests.studies.builds import Package
from tests.studies.truth import Row

Limits = list[Decimal | None]
GRADED = {"ALP", "ALT", "AST", "BILI", "CHOL", "CREAT", "GGT", "GLUC", "HGB", "K", "MG", "NEUT", "PLAT", "TRIG", "WBC"}
UNITS = {"HGB": "g/L", **dict.fromkeys(("PLAT", "WBC", "NEUT"), "10^9/L")}
UNITS |= dict.fromkeys(("GLUC", "K", "MG", "CHOL", "TRIG"), "mmol/L")
LOWER = {  # <LLN is grade 1; then below
    "PLAT": ((75, 2), (50, 3), (25, 4)),
    "HGB": ((100, 2), (80, 3)),
    "WBC": ((3, 2), (2, 3), (1, 4)),
    "NEUT": (("1.5", 2), (1, 3), ("0.5", 4)),
    "GLUC": ((3, 2), ("2.2", 3), ("1.7", 4)),
    "K": ((3, 3), ("2.5", 4)),
    "MG": (("0.5", 2), ("0.4", 3), ("0.3", 4)),
}
UPPER = {  # >ULN is grade 1; then above
    "K": (("5.5", 2), (6, 3), (7, 4)),
    "MG": (("1.23", 3), ("3.30", 4)),
    "CHOL": (("7.75", 2), ("10.34", 3), ("12.92", 4)),
}
# Multiples of ULN, or of an abnormal baseline, at which grades 2, 3 and 4 begin, and the baseline's for grade 1.
LIVER = {
    "ALT": ((3, 5, 20), "1.5"),
    "AST": ((3, 5, 20), "1.5"),
    "ALP": (("2.5", 5, 20), "2"),
    "GGT": (("2.5", 5, 20), "2"),
    "BILI": (("1.5", 3, 10), None),
}


def above(value: Decimal, steps: tuple[tuple[int | str, int], ...], times: Decimal = Decimal(1)) -> int:
    return max((g for bound, g in steps if value > Decimal(bound) * times), default=0)


def low_grade(test: str, value: Decimal, lln: Decimal | None) -> int | None:
    if test not in LOWER:
        return 0
    fixed = max((g for bound, g in LOWER[test] if value < Decimal(bound)), default=0)
    return fixed or (None if lln is None else int(value < lln))


def high_grade(
    test: str, value: Decimal, uln: Decimal | None, base: Decimal | None, was_high: bool | None
) -> int | None:
    if test == "WBC":
        return 3 if value > 100 else 0
    if test == "TRIG":
        return above(value, (("3.42", 2), ("5.7", 3), ("11.4", 4))) or int(value >= Decimal("1.71"))
    if test == "HGB":
        return None if uln is None else above(value - uln, ((0, 1), (20, 2), (40, 3)))
    if test in UPPER:
        return above(value, UPPER[test]) or (None if uln is None else int(value > uln))
    if test == "CREAT":
        return creatinine(value, uln, base)
    return liver(test, value, uln, base, was_high) if test in LIVER else 0


def creatinine(value: Decimal, uln: Decimal | None, base: Decimal | None) -> int | None:
    by_uln = None if uln is None else above(value, ((1, 1), ("1.5", 2), (3, 3), (6, 4)), uln)
    by_base = None if base is None else above(value, (("1.5", 2), (3, 3)), base)
    if by_base is None:
        return by_uln if by_uln in (3, 4) else None
    return None if by_uln is None else max(by_uln, by_base)


def liver(test: str, value: Decimal, uln: Decimal | None, base: Decimal | None, was_high: bool | None) -> int | None:
    (two, three, four), first = LIVER[test]
    if was_high is None:
        return None
    of = base if was_high else uln
    if of is None:
        return None
    grade = above(value, ((two, 2), (three, 3), (four, 4)), of)
    begins = value >= Decimal(first) * of if was_high and first else value > of
    return grade or int(begins)


def decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def expected(r: Row, base: Row | None) -> tuple[str, bool]:
    """Grade of a record, and whether it is a low one."""
    if r["LBTESTCD"] not in GRADED or not r["LBSTRESN"]:
        return "", False
    assert r["LBSTRESU"] == UNITS.get(r["LBTESTCD"], r["LBSTRESU"])
    value = Decimal(r["LBSTRESC"])
    low = low_grade(r["LBTESTCD"], value, decimal(r["LBSTNRLO"]))
    was_high = None if base is None or not base["LBNRIND"] else base["LBNRIND"] == "HIGH"
    of_base = None if base is None else decimal(base["LBSTRESC"])
    high = high_grade(r["LBTESTCD"], value, decimal(r["LBSTNRHI"]), of_base, was_high)
    if low:
        return str(low), True
    if high:
        return str(high), False
    return ("0" if low == high == 0 else ""), False


def test_every_result_has_the_grade_of_ctcae(package: Package) -> None:
    records = package.built.records["LB"]
    base = {(r["SUBJID"], r["LBTESTCD"]): r for r in records if r["LBLOBXFL"] == "Y"}
    seen = Counter[tuple[str, str]]()
    for r in records:
        grade, is_low = expected(r, base.get((r["SUBJID"], r["LBTESTCD"])))
        assert r["LBTOXGR"] == grade, (r, base.get((r["SUBJID"], r["LBTESTCD"])))
        assert (r["LBTOX"] != "") == (grade not in ("", "0"))
        words = ("Anemia", "decreased", "Hypo") if is_low else ("increased", "high", "Hyper", "Leukocytosis")
        assert not r["LBTOX"] or any(w in r["LBTOX"] for w in words)
        seen[(r["LBTESTCD"], grade)] += 1
    assert {test for test, grade in seen if grade == "0"} == GRADED
    assert all(seen[("PLAT", g)] > 20 for g in "01234") and seen[("ALT", "1")] and seen[("HGB", "1")]


def test_grades_of_true_platelets(package: Package) -> None:
    """Below 75 the grade needs nothing but the true count."""
    rows = [r for r in package.answers.forms["blood_count"] if r["item"] == "PLAT"]
    counts = [(r["subject"], Decimal(r["standard_value"])) for r in rows if r["standard_value"][:1].isdigit()]
    true = Counter((subject, low_grade("PLAT", v, v)) for subject, v in counts if v < 75)
    found = Counter(
        (r["SUBJID"], int(r["LBTOXGR"])) for r in package.built.of("LB", LBTESTCD="PLAT") if r["LBTOXGR"] in set("234")
    )
    assert found == true


def test_no_grade_of_the_laboratory_is_an_adverse_event(package: Package) -> None:
    """Everybody starts with platelets of grade 3 or 4; "no grade 3 or 4" is said of AE, as sites reported."""
    built, truth = package.built, package.answers
    baseline = built.of("LB", LBTESTCD="PLAT", LBLOBXFL="Y")
    assert len(baseline) >= 20 and {r["LBTOXGR"] for r in baseline} <= {"3", "4"}
    reported = Counter((r["subject"], r["value"]) for r in truth.forms["adverse_events"] if r["item"] == "AETOXGR")
    assert Counter((r["SUBJID"], r["AETOXGR"]) for r in built.records["AE"]) == reported
    assert {r["AETOXGR"] for r in built.records["AE"]} <= {"1", "2"}


@pytest.mark.parametrize("suffix", ["", "GR"])
def test_a_dictionary_with_its_version_names_them(package: Package, suffix: str) -> None:
    text = next(package.folder.rglob("define.xml")).read_text("utf-8")
    assert 'Version="5.0"' in text and "NCI CTCAE" in text
    item = text[text.index(f'<ItemDef OID="IT.LB.LBTOX{suffix}"') :]
    assert 'CodeListOID="CL.CTCAE' in item[: item.index("</ItemDef>")]
