"""ADTTE of NCT05471050: what ends each time, and the record that decided it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.studies.analysis_days import days_between, iso, randomized
from tests.studies.builds import Package
from tests.studies.test_nct05471050_adrs import results
from tests.studies.truth import Row

Packages = Callable[[str], Package]


def times(package: Package, parameter: str) -> dict[str, Row]:
    rows = package.analysis.of("ADTTE", PARAMCD=parameter)
    assert max(Counter(r["SUBJID"] for r in rows).values()) == 1
    return {r["SUBJID"]: r for r in rows}


def test_every_time_is_from_its_start_to_its_end(package: Package) -> None:
    for row in package.analysis.records["ADTTE"]:
        assert int(row["AVAL"]) == days_between(iso(row["STARTDT"]), iso(row["ADT"])) + 1 > 0
        assert row["CNSR"] in ("0", "1")
        assert row["EVNTDESC"] and (row["CNSDTDSC"] != "") == (row["CNSR"] == "1")


def test_time_to_additional_therapy(package: Package) -> None:
    known = randomized(package)
    rows = times(package, "TTADDITP")
    assert set(rows) == set(known)
    for subject, row in rows.items():
        fact = known[subject]
        assert iso(row["ADT"]) == (fact["rescue_date"] or fact["last_contact"])
        assert row["CNSR"] == ("0" if fact["rescue_date"] else "1")
        assert (row["SRCDOM"], row["SRCVAR"], row["SRCSEQ"]) == (
            "ADSL",
            "RESCDT" if fact["rescue_date"] else "LSTCNDT",
            "",
        )
        assert iso(row["STARTDT"]) == fact["first_dose"]


def test_time_to_response_ends_with_the_response_or_additional_therapy(package: Package) -> None:
    known, found = randomized(package), results(package)
    for parameter, response in (("TTRESP", "OVRLRSP"), ("TTCR", "CRSP")):
        rows = times(package, parameter)
        assert set(rows) == set(known)
        for subject, row in rows.items():
            decided, therapy = found[subject][response], known[subject]["rescue_date"]
            assert (row["CNSR"] == "0") == (decided["AVALC"] == "Y")
            if row["CNSR"] == "0":
                assert (row["ADT"], row["SRCDOM"], row["SRCSEQ"]) == (decided["ADT"], "ADRS", decided["ASEQ"])
            elif therapy:
                assert (iso(row["ADT"]), row["CNSDTDSC"]) == (therapy, "Additional ITP therapy")
            else:
                assert (row["SRCDOM"], row["SRCVAR"]) == ("ADLB", "ADT")


def test_duration_of_response_is_of_responders(package: Package) -> None:
    known, found = randomized(package), results(package)
    rows = times(package, "DURRESP")
    assert set(rows) == {s for s, r in found.items() if r["BOR"]["AVALC"] in ("CR", "R")}
    for subject, row in rows.items():
        lost, therapy = iso(found[subject]["LOSSRSP"]["ADT"]), known[subject]["rescue_date"]
        ends = [d for d in (lost, therapy) if d]
        assert row["STARTDT"] == found[subject]["BOR"]["ADT"]
        assert row["CNSR"] == ("0" if ends else "1")
        if ends:
            assert iso(row["ADT"]) == min(ends)
            assert row["EVNTDESC"] == ("Loss of response" if min(ends) == lost else "Additional ITP therapy")


def test_the_sequence_number_finds_the_record(package: Package) -> None:
    """SRCDOM, SRCVAR and SRCSEQ of a record lead to the date that it has."""
    dates = {
        (name, r["SUBJID"], r["ASEQ"]): r["ADT"] for name in ("ADLB", "ADRS") for r in package.analysis.records[name]
    }
    rows = [r for name in ("ADTTE", "ADRS") for r in package.analysis.records[name] if r["SRCDOM"] in ("ADLB", "ADRS")]
    assert len(rows) > 500
    assert all(dates[r["SRCDOM"], r["SUBJID"], r["SRCSEQ"]] == r["ADT"] for r in rows)


def test_main_has_the_responders_of_the_answer_sheet(packages: Packages) -> None:
    """Who never rose above 50 has no complete response; the day of the crossing is not the day of a response."""
    package = packages("main")
    known = randomized(package)
    never = {s for s, r in known.items() if not r["crossing_day"]}
    assert never and all(times(package, "TTCR")[s]["CNSR"] == "1" for s in never)
