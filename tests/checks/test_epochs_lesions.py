"""Epochs of records against elements by hand, and the last observation of each of several lesions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from cdisc_itp.checks import DatasetFile, Package, run_checks
from cdisc_itp.model.column import collect_text

# A subject who was screened from 1 March, treated from 10 March to 30 March, and followed up since.
SE = {
    "USUBJID": ["A", "A", "A", "B"],
    "EPOCH": ["SCREENING", "TREATMENT", "FOLLOW-UP", "SCREENING"],
    "SESTDTC": ["2023-03-01", "2023-03-10T11:00", "2023-03-30", "2023-03-05"],
    "SEENDTC": ["2023-03-10T11:00", "2023-03-30", None, "2023-03-06"],
}


def dataset(name: str, cells: dict[str, list[str | None]]) -> DatasetFile:
    columns = {n: collect_text(v) for n, v in cells.items()}
    records = len(next(iter(columns.values())))
    return cast(
        DatasetFile,
        SimpleNamespace(name=name, file=name, variables=(), columns=columns, records=records, encoding="ascii"),
    )


def found(rule: str, **datasets: dict[str, list[str | None]]) -> list[str]:
    result = run_checks(Package(tuple(dataset(n, cells) for n, cells in datasets.items())), [rule])
    assert result.ran == (rule,)
    return [f"{f.record}: {f.message}" for f in result.findings]


@pytest.mark.parametrize(
    ("subject", "date", "epoch"),
    [
        ("A", "2023-03-01", "SCREENING"),
        ("A", "2023-03-10T08:00", "SCREENING"),
        ("A", "2023-03-10", "TREATMENT"),
        ("A", "2023-03-30", "FOLLOW-UP"),
        ("A", "2099-01-01", "FOLLOW-UP"),
        # Nothing is known of these days: before the first element, after the last, in part, of nobody.
        ("A", "2022-12-31", "TREATMENT"),
        ("B", "2023-03-07", "TREATMENT"),
        ("A", "2023-03", "FOLLOW-UP"),
        ("A", None, "SCREENING"),
        ("C", "2023-03-10", "TREATMENT"),
        ("A", "2023-03-20", None),
    ],
)
def test_epoch_that_may_be(subject: str, date: str | None, epoch: str | None) -> None:
    assert found("TRI124", SE=dict(SE), AE={"USUBJID": [subject], "AESTDTC": [date], "EPOCH": [epoch]}) == []


def test_epoch_of_another_day() -> None:
    cells: dict[str, list[str | None]] = {
        "USUBJID": ["A", "A", "A", "B"],
        "LBDTC": ["2023-03-11", "2023-03-09", "2023-04-05T10:30", "2023-03-06"],
        "EPOCH": ["SCREENING", "TREATMENT", "TREATMENT", "FOLLOW-UP"],
    }
    assert found("TRI124", SE=dict(SE), LB=cells) == [
        "1: EPOCH is SCREENING on 2023-03-11, when SE has the subject in TREATMENT",
        "2: EPOCH is TREATMENT on 2023-03-09, when SE has the subject in SCREENING",
        "3: EPOCH is TREATMENT on 2023-04-05T10:30, when SE has the subject in FOLLOW-UP",
        "4: EPOCH is FOLLOW-UP on 2023-03-06, when SE has the subject in SCREENING",
    ]


def test_each_lesion_has_its_last_observation() -> None:
    dm: dict[str, list[str | None]] = {"USUBJID": ["A"], "RFXSTDTC": ["2023-03-10"]}
    tr: dict[str, list[str | None]] = {
        "USUBJID": ["A", "A", "A"],
        "TRLNKID": ["T01", "T02", "T02"],
        "TRTESTCD": ["LDIAM"] * 3,
        "TRORRES": ["32", "15", "16"],
        "TRSTRESC": ["32", "15", "16"],
        "TRLOBXFL": ["Y", None, "Y"],
        "TRDTC": ["2023-03-01", "2023-03-01", "2023-03-03"],
    }
    assert [found(rule, DM=dm, TR=tr) for rule in ("FND120", "FND122")] == [[], []]
    (message,) = found("FND120", DM=dm, TR={**tr, "TRLOBXFL": ["Y", "Y", "Y"]})
    assert message.startswith("3: ")
