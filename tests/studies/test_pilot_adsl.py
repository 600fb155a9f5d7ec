"""ADSL of the CDISC pilot study from its published SDTM, by specs alone.

The expected numbers are those of the pilot's clinical study report (summary of demographics, of end of study data):
subjects on placebo, the low and the high dose.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc_itp.pipeline import Order, convert

SPEC = Path(__file__).parent / "pilot_adam"
DOSES = (0, 54, 81)


@pytest.fixture(scope="module")
def adsl(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    out = tmp_path_factory.mktemp("pilot") / "out"
    run = convert(Order(SPEC, shared_data / "pharmaverse" / "sdtm", out))
    assert run.exit_code == 0
    frame: pd.DataFrame = pyreadstat.read_xport(str(out / run.analysis_package / "adsl.xpt"))[0]
    return frame


@pytest.mark.parametrize(
    ("variable", "value", "subjects"),
    [
        ("ITTFL", "Y", (86, 84, 84)),
        ("SAFFL", "Y", (86, 84, 84)),
        ("SEX", "F", (53, 50, 40)),
        ("SEX", "M", (33, 34, 44)),
        ("AGEGR1", "<65", (14, 8, 11)),
        ("AGEGR1", "65-80", (42, 47, 55)),
        ("AGEGR1", ">80", (30, 29, 18)),
        ("EOSSTT", "COMPLETED", (58, 25, 27)),
        ("EOSSTT", "DISCONTINUED", (28, 59, 57)),
        ("DCSREAS", "Adverse Event", (8, 44, 40)),
        ("DCSREAS", "Death", (2, 1, 0)),
        ("DCSREAS", "Lack of Efficacy", (3, 0, 1)),
        ("DCSREAS", "Lost to Follow-up", (1, 1, 0)),
        ("DCSREAS", "Withdrew Consent", (9, 10, 8)),
        ("DCSREAS", "Physician Decision", (1, 0, 2)),
        ("DCSREAS", "Protocol Violation", (2, 1, 3)),
        ("DCSREAS", "Sponsor Decision", (2, 2, 3)),
    ],
)
def test_counts_are_those_of_the_report(
    adsl: pd.DataFrame, variable: str, value: str, subjects: tuple[int, int, int]
) -> None:
    chosen = adsl[adsl[variable] == value]
    assert tuple(int((dose == chosen.TRT01PN).sum()) for dose in DOSES) == subjects


def test_ages_are_those_of_the_report(adsl: pd.DataFrame) -> None:
    ages = adsl.groupby("TRT01PN").AGE
    assert [round(x, 1) for x in ages.mean()] == [75.2, 75.7, 74.4]
    assert ages.median().tolist() == [76.0, 77.5, 76.0]
    assert [round(x, 2) for x in ages.std()] == [8.59, 8.29, 7.89]


def test_sites_with_few_subjects_are_pooled(adsl: pd.DataFrame) -> None:
    sizes = adsl.groupby("SITEID").size()
    pooled = set(adsl.loc[adsl.SITEGR1 == "900", "SITEID"])
    assert pooled == set(sizes[sizes < 9].index)
    assert (adsl.loc[adsl.SITEGR1 != "900", "SITEGR1"] == adsl.loc[adsl.SITEGR1 != "900", "SITEID"]).all()


def test_treatment_days_are_counted_from_both_ends(adsl: pd.DataFrame) -> None:
    known = adsl[adsl.TRTEDT.notna()]
    days = [(e - s).days + 1 for s, e in zip(known.TRTSDT, known.TRTEDT, strict=True)]
    assert days == known.TRTDURD.tolist()
    assert (adsl.RANDDT == adsl.TRTSDT).sum() > 250
