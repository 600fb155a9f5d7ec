"""SE and SV of the public studies: nobody has published them, so they are held against the datasets that are."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.studies.comparison import built_records
from tests.studies.conftest import Convert
from tests.studies.truth import Row


def published(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def built(convert: Convert, spec: Path, raw: Path, dataset: str) -> list[dict[str, object]]:
    return [dict(r) for r in built_records(convert(spec, raw).frames[dataset])]


@pytest.mark.parametrize(("study", "folder"), [("abc01", "abc01"), ("cdiscpilot01", "pharmaverse")])
def test_elements(shared_data: Path, specs: Path, converted: Convert, study: str, folder: str) -> None:
    """Screened from the consent, treated from the first dose, up to the last contact that DM has."""
    found: dict[object, list[dict[str, object]]] = defaultdict(list)
    for r in built(converted, specs / study, shared_data / folder / "raw", "SE"):
        found[r["USUBJID"]].append(r)
    subjects = built(converted, specs / study, shared_data / folder / "raw", "DM")
    arms = {(r["USUBJID"], r["ACTARMCD"]) for r in published(shared_data / folder / "sdtm" / "dm.csv")}
    for dm in subjects:
        elements = [(r["ETCD"], r["SESTDTC"], r["SEENDTC"]) for r in found[dm["USUBJID"]]]
        consent, dosed, end = dm["RFICDTC"], dm["RFXSTDTC"], dm["RFPENDTC"]
        treated = dosed is not None and dm["ARMCD"] == dm["ACTARMCD"]
        expected = [("SCRN", consent, dosed or end)] if consent is not None else []
        assert elements[: len(expected)] == expected
        assert [(start, stop) for _, start, stop in elements[len(expected) :]] == ([(dosed, end)] if treated else [])
        assert (dm["USUBJID"], dm["ACTARMCD"] or "") in arms


def test_visits_of_abc01(shared_data: Path, specs: Path, converted: Convert) -> None:
    """A record for each visit of the published LB and VS, from its first date to its last."""
    dates: dict[tuple[str, float], list[str]] = defaultdict(list)
    for name in ("LB", "VS"):
        for r in published(shared_data / "abc01" / "sdtm" / f"{name.lower()}.csv"):
            dates[r["USUBJID"], float(r["VISITNUM"])].append(r[f"{name}DTC"][:10])
    records = built(converted, specs / "abc01", shared_data / "abc01" / "raw", "SV")
    found = {(r["USUBJID"], r["VISITNUM"]): (r["SVSTDTC"], r["SVENDTC"]) for r in records}
    assert len(found) == len(records) == 24
    assert found == {visit: (min(days), max(days)) for visit, days in dates.items()}
