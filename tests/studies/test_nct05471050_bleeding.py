"""Bleeding in NCT05471050: every score and every bleed of the answer sheet is in FA, CE or AE, and nothing else is."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.studies.builds import Package
from tests.studies.truth import Answers, Facts, Row, facts

SCORE = ("FATESTCD", "FAORRES", "FASTRESC", "FASTRESN")
OF_A_VISIT = ("FASCAT", "FADTC", "FADY", "VISITNUM", "VISIT", "VISITDY")
OF_AN_EVENT = ("CETERM", "CESTDTC", "CEENDTC", "CEENRTPT")


def scored(value: str) -> Row:
    """A score as a finding."""
    return {"FATESTCD": "BLEEDSCR", "FAORRES": value, "FASTRESC": value, "FASTRESN": value}


def bleeds(truth: Answers) -> list[Row]:
    """The bleeding log: one row a bleed."""
    out: dict[tuple[str, str], Row] = defaultdict(dict)
    for row in truth.forms["bleeds"]:
        bleed = out[(row["subject"], row["record"])]
        bleed |= {"SUBJID": row["subject"], "number": row["record"], row["item"]: row["value"]}
    return list(out.values())


def true_scores(truth: Answers) -> Counter[Facts]:
    """One finding for each score of a visit."""
    out = Counter[Facts]()
    for row in truth.forms["bleeding_score"]:
        number, visit, day = truth.visit_of(row)
        at = {"VISITNUM": number, "VISIT": visit, "VISITDY": day, "FADTC": row["date"], "FADY": truth.study_day(row)}
        said = {"SUBJID": row["subject"], "FAOBJ": "BLEEDING", "FASCAT": row["item"], **scored(row["value"]), **at}
        out[facts(said)] += 1
    return out


def test_scores_at_visits(package: Package) -> None:
    found = package.built.of("FA", FAOBJ="BLEEDING")
    assert {r["FASPID"] for r in found} == {""}
    assert package.built.said(found, ("FAOBJ", *SCORE, *OF_A_VISIT)) == true_scores(package.answers)


def test_last_score_before_treatment_is_flagged_once_a_site_of_bleeding(package: Package) -> None:
    treated = {s for s, row in package.answers.subjects.items() if row["first_dose"]}
    flagged = Counter((r["SUBJID"], r["FASCAT"]) for r in package.built.of("FA", FALOBXFL="Y"))
    assert flagged == Counter((s, site) for s in treated for site in ("SKIN", "MUCOSA", "ORGAN", "TOTAL"))
    assert {r["FADY"] for r in package.built.of("FA", FALOBXFL="Y")} == {"1"}


def test_the_score_of_each_bleed(package: Package) -> None:
    coded = {(r["SUBJID"], r["AELNKID"]): r["AEDECOD"] for r in package.built.records["AE"] if r["AELNKID"]}

    def named(bleed: dict[str, str]) -> str:
        """The object of the score: the bleed as written, or as coded where it was reported as an event."""
        return coded.get((bleed["SUBJID"], bleed["number"]), bleed["CETERM"])

    expected = Counter(
        facts(
            {"SUBJID": b["SUBJID"], "FASPID": b["number"], "FAOBJ": named(b), "FASCAT": b["CELOC"]} | scored(b["SCORE"])
        )
        for b in bleeds(package.answers)
    )
    found = [r for r in package.built.records["FA"] if r["FAOBJ"] != "BLEEDING"]
    assert package.built.said(found, ("FASPID", "FAOBJ", *SCORE, *OF_A_VISIT)) == expected


def test_bleeds_that_are_no_adverse_events(package: Package) -> None:
    expected = Counter(
        facts(
            {
                "SUBJID": b["SUBJID"],
                "CESPID": b["number"],
                "CESCAT": b["CELOC"],
                **{v: b.get(v, "") for v in OF_AN_EVENT},
            }
        )
        for b in bleeds(package.answers)
        if b["AEYN"] == "N"
    )
    assert expected
    assert package.built.said(package.built.records["CE"], ("CESPID", "CESCAT", *OF_AN_EVENT)) == expected


def test_no_bleed_is_both_and_each_is_one(package: Package) -> None:
    events = {(r["SUBJID"], r["CESPID"]) for r in package.built.records["CE"]}
    adverse = {(r["SUBJID"], r["AELNKID"]) for r in package.built.records["AE"] if r["AELNKID"]}
    assert not events & adverse
    assert events | adverse == {(b["SUBJID"], b["number"]) for b in bleeds(package.answers)}
    assert adverse == {(b["SUBJID"], b["number"]) for b in bleeds(package.answers) if b["AEYN"] == "Y"}


def true_relations(truth: Answers) -> Counter[tuple[str, frozenset[tuple[str, str]]]]:
    """Subject, and the domain and number on the form of both sides: what each bleed is, what each medicine is for."""
    out = Counter[tuple[str, frozenset[tuple[str, str]]]]()
    of_event = {
        (r["subject"], r["value"]): r["record"] for r in truth.forms["adverse_events"] if r["item"] == "AELNKID"
    }
    for b in bleeds(truth):
        event = of_event.pop((b["SUBJID"], b["number"]), None)
        assert (event is not None) == (b["AEYN"] == "Y")
        other = ("CE", b["number"]) if event is None else ("AE", event)
        out[b["SUBJID"], frozenset({("FA", b["number"]), other})] += 1
    assert not of_event
    for r in truth.forms["medication"]:
        if r["item"] == "CMLNKID":
            out[r["subject"], frozenset({("CM", r["record"]), ("AE", r["value"])})] += 1
    return out


def test_relations_are_those_of_the_forms(package: Package) -> None:
    number = {
        (d, r["SUBJID"], r[f"{d}SEQ"]): r[f"{d}SPID"]
        for d in ("AE", "CE", "CM", "FA")
        for r in package.built.records[d]
    }
    found = defaultdict[tuple[str, str], list[tuple[str, str]]](list)
    for r in package.built.records["RELREC"]:
        assert (r["IDVAR"], r["RELTYPE"]) == (f"{r['RDOMAIN']}SEQ", "")
        found[r["SUBJID"], r["RELID"]].append((r["RDOMAIN"], number[r["RDOMAIN"], r["SUBJID"], r["IDVARVAL"]]))
    assert all(len(sides) == 2 for sides in found.values())
    assert Counter((s, frozenset(sides)) for (s, _), sides in found.items()) == true_relations(package.answers)
    named = {(relid.partition("-")[0], "CM" in dict(sides)) for (_, relid), sides in found.items()}
    assert named <= {("BLEED", False), ("TREATMENT", True)}
