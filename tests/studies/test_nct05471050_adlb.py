"""ADLB of NCT05471050 against the answer sheet: baseline, windows, month 6, peak, criteria, flags."""

from __future__ import annotations

import csv
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

from tests.studies.builds import SPEC, Package
from tests.studies.truth import Row

Packages = Callable[[str], Package]


def collected(package: Package, **where: str) -> list[Row]:
    """Records that were made from one laboratory result each."""
    return package.analysis.of("ADLB", DTYPE="", **where)


def randomized(package: Package) -> dict[str, Row]:
    return {s: r for s, r in package.answers.subjects.items() if r["randomized"]}


def test_every_result_of_a_randomized_subject(package: Package) -> None:
    ours = Counter((r["SUBJID"], r["PARAMCD"], r["LBSEQ"], r["AVALC"], r["AVAL"]) for r in collected(package))
    known = randomized(package)
    results = [r for r in package.built.records["LB"] if r["LBSTRESC"] and r["SUBJID"] in known]
    assert ours == Counter((r["SUBJID"], r["LBTESTCD"], r["LBSEQ"], r["LBSTRESC"], r["LBSTRESN"]) for r in results)


def test_the_baseline_of_platelets(package: Package) -> None:
    known = randomized(package)
    flagged = package.analysis.of("ADLB", PARAMCD="PLAT", ABLFL="Y")
    assert {r["SUBJID"]: r["AVAL"] for r in flagged} == {s: r["baseline"] for s, r in known.items()}
    assert len(flagged) == len(known)
    assert all(r["BASE"] == known[r["SUBJID"]]["baseline"] for r in package.analysis.of("ADLB", PARAMCD="PLAT"))


def test_one_baseline_a_parameter(package: Package) -> None:
    flags = Counter((r["SUBJID"], r["PARAMCD"]) for r in package.analysis.of("ADLB", ABLFL="Y"))
    assert set(flags.values()) == {1}


def test_the_count_of_month_6(package: Package) -> None:
    """Nearest to day 180 from day 166 to 208; the answer sheet says which."""
    found = package.analysis.of("ADLB", PARAMCD="PLAT", AVISIT="MONTH 6", ANL01FL="Y")
    expected = {s: (r["month6_platelets"], r["month6_day"]) for s, r in randomized(package).items() if r["month6_day"]}
    assert {r["SUBJID"]: (r["AVAL"], r["ADY"]) for r in found} == expected


def test_the_peak_before_additional_therapy(package: Package) -> None:
    peaks = package.analysis.of("ADLB", DTYPE="MAXIMUM")
    assert Counter(r["SUBJID"] for r in peaks) == Counter(randomized(package).keys())
    assert {r["SUBJID"]: r["AVAL"] for r in peaks} == {s: r["peak"] for s, r in randomized(package).items()}
    assert {(r["PARAMCD"], r["AVISIT"], r["ANL01FL"], r["ABLFL"]) for r in peaks} == {("PLAT", "PEAK", "", "")}


def test_the_published_medians_of_the_peak(packages: Packages) -> None:
    peaks = defaultdict(list)
    for r in packages("main").analysis.of("ADLB", DTYPE="MAXIMUM"):
        peaks[r["TRTP"]].append(float(r["AVAL"]))
    assert {arm: statistics.median(values) for arm, values in peaks.items()} == {
        "Tacrolimus + danazol": 90,
        "Danazol": 70,
    }


def test_the_peak_is_the_record_that_it_was_taken_from(package: Package) -> None:
    for peak in package.analysis.of("ADLB", DTYPE="MAXIMUM"):
        one = [r for r in collected(package, PARAMCD="PLAT", SUBJID=peak["SUBJID"]) if r["LBSEQ"] == peak["LBSEQ"]]
        assert [(r["AVAL"], r["ADT"], r["SRCSEQ"]) for r in one] == [(peak["AVAL"], peak["ADT"], peak["SRCSEQ"])]


def test_a_transient_count_after_a_transfusion(packages: Packages) -> None:
    package = packages("main")
    subject = next(r["subject"] for r in package.answers.planted if r["case"] == "transfusion_transient")
    high = [r for r in collected(package, PARAMCD="PLAT", SUBJID=subject) if r["AVAL"] == "120"]
    assert [(r["ADY"], r["ANL02FL"]) for r in high] == [("51", "")]
    assert package.analysis.one("ADLB", SUBJID=subject, DTYPE="MAXIMUM")["AVAL"] == "27"


@pytest.mark.parametrize(("case", "day", "visit"), [("month6_day200", "200", "MONTH 6"), ("month6_day215", "215", "")])
def test_counts_at_the_end_of_the_window(packages: Packages, case: str, day: str, visit: str) -> None:
    package = packages("main")
    subject = next(r["subject"] for r in package.answers.planted if r["case"] == case)
    record = package.analysis.one("ADLB", SUBJID=subject, PARAMCD="PLAT", ADY=day)
    assert (record["AVISIT"], record["ANL01FL"]) == (visit, "Y" if visit else "")


def test_a_visit_near_its_day_lies_in_its_own_window(package: Package) -> None:
    planned = {label: int(day) for _, label, day in package.answers.visits.values() if day}
    named = [r for r in collected(package) if r["VISIT"] in planned and abs(int(r["ADY"]) - planned[r["VISIT"]]) <= 3]
    assert len(named) > 1000
    assert [r for r in named if r["AVISIT"] != r["VISIT"].removesuffix(" / EOT")] == []


def windows() -> list[Row]:
    with (SPEC / "maps" / "windows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days(first: int, last: int) -> int:
    """Days between two days of which none is day 0, counted one by one."""
    return sum(1 for d in range(min(first, last), max(first, last)) if d != 0)


def test_the_analyzed_record_of_each_window(package: Package) -> None:
    groups = defaultdict(list)
    for r in collected(package):
        day = int(r["ADY"])
        mine = [w for w in windows() if int(w["AWLO"] or -999) <= day <= int(w["AWHI"])]
        assert [w["AVISIT"] for w in mine] == ([r["AVISIT"]] if r["AVISIT"] else [])
        for w in mine:
            assert (r["AVISITN"], r["AWTARGET"], r["AWLO"], r["AWHI"]) == tuple(
                w[c] for c in ("AVISITN", "AWTARGET", "AWLO", "AWHI")
            )
            assert r["AWTDIFF"] == str(days(day, int(w["AWTARGET"])))
            groups[r["SUBJID"], r["PARAMCD"], r["AVISIT"]].append(r)
    for records in groups.values():
        best = min(records, key=lambda r: (int(r["AWTDIFF"]), -int(r["ADT"]), -int(r["LBSEQ"])))
        assert [r for r in records if r["ANL01FL"] == "Y"] == [best]


def test_change_and_percent_change(package: Package) -> None:
    for r in package.analysis.records["ADLB"]:
        if not (r["AVAL"] and r["BASE"] and int(r["ADY"]) > 1):
            assert (r["CHG"], r["PCHG"]) == ("", "")
            continue
        value, base = float(r["AVAL"]), float(r["BASE"])
        assert float(r["CHG"]) == pytest.approx(value - base)
        assert float(r["PCHG"]) == pytest.approx(100 * (value - base) / base)


def test_criteria_of_platelets_only(package: Package) -> None:
    for r in package.analysis.records["ADLB"]:
        found = tuple(r[f"CRIT{i}FL"] for i in (1, 2, 3))
        if r["PARAMCD"] != "PLAT":
            assert {*found, r["CRIT1"], r["CRIT2"], r["CRIT3"]} == {""}
            continue
        value, base = float(r["AVAL"]), float(r["BASE"])
        expected = (value > 50, value >= 30 and value >= 2 * base, value >= 100)
        assert found == tuple("Y" if e else "N" for e in expected)
        assert all(r[f"CRIT{i}"] for i in (1, 2, 3))


def test_shift_and_baseline_categories(package: Package) -> None:
    baseline = {(r["SUBJID"], r["PARAMCD"]): r for r in package.analysis.of("ADLB", ABLFL="Y")}
    for r in package.analysis.records["ADLB"]:
        base = baseline.get((r["SUBJID"], r["PARAMCD"]), {"ANRIND": "", "ATOXGR": ""})
        assert (r["BNRIND"], r["BTOXGR"]) == (base["ANRIND"], base["ATOXGR"])
        both = r["BNRIND"] and r["ANRIND"] and int(r["ADY"]) > 1
        assert r["SHIFT1"] == (f"{r['BNRIND']} to {r['ANRIND']}" if both else "")


def test_before_additional_therapy(package: Package) -> None:
    therapy = {s: int(r["rescue_day"]) for s, r in randomized(package).items() if r["rescue_day"]}
    for r in collected(package):
        day = int(r["ADY"])
        assert r["ANL02FL"] == ("Y" if 1 < day < therapy.get(r["SUBJID"], 10_000) else "")


def test_sequence_numbers_follow_the_keys(package: Package) -> None:
    records = package.analysis.records["ADLB"]
    by_subject = defaultdict(list)
    for r in records:
        by_subject[r["SUBJID"]].append(int(r["ASEQ"]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_subject.values())


def test_toxicity_of_one_direction_agrees_with_that_of_both(package: Package) -> None:
    for r in package.analysis.records["ADLB"]:
        graded = [g for g in (r["ATOXGRL"], r["ATOXGRH"]) if g]
        assert r["ATOXGR"] == max(graded, default="")
        shift = r["BTOXGRL"] and r["ATOXGRL"] and int(r["ADY"]) > 1
        assert r["SHIFT2"] == (f"{r['BTOXGRL']} to {r['ATOXGRL']}" if shift else "")
