"""Comments: every remark on an adverse event is in CO, in English, and points at its event."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.studies.builds import Package
from tests.studies.truth import Row


def test_every_remark_points_at_its_event(package: Package) -> None:
    events: dict[tuple[str, str], Row] = defaultdict(dict)
    for r in package.answers.forms["adverse_events"]:
        events[r["subject"], r["record"]][r["item"]] = r["value"]
    expected = Counter((s, e["AETERM"], e["AESTDTC"], e["REMARK"]) for (s, _), e in events.items() if "REMARK" in e)
    found = Counter[tuple[str, str, str, str]]()
    for c in package.built.records.get("CO", []):
        assert (c["RDOMAIN"], c["IDVAR"], c["COEVAL"]) == ("AE", "AESEQ", "INVESTIGATOR")
        event = package.built.one("AE", SUBJID=c["SUBJID"], AESEQ=c["IDVARVAL"])
        found[c["SUBJID"], event["AETERM"], event["AESTDTC"], c["COVAL"]] += 1
    assert found == expected
    assert package.build == "random" or expected


def test_no_remark_names_somebody(package: Package) -> None:
    values = {r["value"] for r in package.answers.table("identifiers")}
    told = " ".join(c["COVAL"] for c in package.built.records.get("CO", []))
    assert not [v for v in values if len(v) > 3 and v in told]
