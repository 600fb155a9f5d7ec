"""Facts of ADaMIG 1.3."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cdisc_itp.standards.adam import adam_guide

GUIDE = adam_guide("1.3")
ADSL = "SUBJECT LEVEL ANALYSIS DATASET"
BDS = "BASIC DATA STRUCTURE"
OCCDS = "OCCURRENCE DATA STRUCTURE"


@pytest.mark.parametrize(
    ("class_name", "name", "label", "core"),
    [
        (ADSL, "TRT01P", "Planned Treatment for Period 01", "Req"),
        (ADSL, "TRT02AN", "Actual Treatment for Period 02 (N)", "Perm"),
        (ADSL, "AP01SDT", "Period 01 Start Date", "Perm"),
        (ADSL, "P01S2SDM", "Period 01 Subperiod 2 Start Datetime", "Perm"),
        (ADSL, "SAFFL", "Safety Population Flag", "Cond"),
        (BDS, "AVAL", "Analysis Value", "Cond"),
        (BDS, "AVALCAT1", "Analysis Value Category 1", "Perm"),
        (BDS, "ANL01FL", "Analysis Flag 01", "Cond"),
        (BDS, "CRIT1FL", "Criterion 1 Evaluation Result Flag", "Cond"),
        (BDS, "A1LO", "Analysis Range 1 Lower Limit", "Cond"),
        (BDS, "TRTSDT", "Date of First Exposure to Treatment", "Perm"),
        (OCCDS, "TRTA", "Actual Treatment", "Perm"),
        (OCCDS, "TRT01A", "Actual Treatment for Period 01", "Perm"),
    ],
)
def test_variables_by_name_and_by_pattern(class_name: str, name: str, label: str, core: str) -> None:
    found = GUIDE.variable(class_name, name)
    assert (found.name, found.label, found.core) == (name, label, core)


def test_a_mere_suffix_leaves_the_label_to_the_study() -> None:
    found = GUIDE.variable(BDS, "RESCDT")
    assert (found.name, found.label, found.numeric) == ("RESCDT", "", True)


@pytest.mark.parametrize(
    ("class_name", "name"), [(ADSL, "TRT00P"), (ADSL, "TRT1P"), (ADSL, "AVAL"), (BDS, "CRIT0FL"), (BDS, "MYVAR")]
)
def test_unknown_names_are_key_errors(class_name: str, name: str) -> None:
    with pytest.raises(KeyError, match=f"ADaMIG 1.3 has no variable {name}"):
        GUIDE.variable(class_name, name)


def test_flags_list_their_values() -> None:
    assert GUIDE.variable(ADSL, "ITTFL").value_list == ("Y", "N")
    assert GUIDE.variable(BDS, "ABLFL").value_list == ("Y",)
    assert GUIDE.variable(BDS, "DTYPE").codelists == ("C81224",)


def test_unknown_version_says_which_there_are() -> None:
    with pytest.raises(LookupError, match=r"it has 1\.3"):
        adam_guide("1.1")


def test_every_row_is_the_published_one(shared_data: Path) -> None:
    with (shared_data / "standards/adamig-1-3-variables.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    ours = [v for structure in (ADSL, BDS) for v in GUIDE.structures[structure]]
    assert len(published) == len(ours) == 336
    for row, v in zip(published, ours, strict=True):
        assert (v.name, v.label, v.core) == (row["Variable Name"], row["Variable Label"].strip(), row["Core"])
        assert v.numeric == (row["Type"] == "Num")
