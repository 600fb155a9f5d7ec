"""Default keys: one variable for each "per" of the structure text."""

from __future__ import annotations

import pytest

from cdisc_itp.standards.guide import guide
from cdisc_itp.standards.keys import natural_keys

GUIDE = guide("3.4")


@pytest.mark.parametrize(
    ("dataset", "keys"),
    [
        ("DM", "STUDYID USUBJID"),
        ("AE", "STUDYID USUBJID AETERM AESTDTC"),
        ("CM", "STUDYID USUBJID CMTRT CMSTDTC"),
        ("EX", "STUDYID USUBJID EXTRT EXSTDTC"),
        ("LB", "STUDYID USUBJID LBTESTCD VISITNUM LBTPTREF LBTPTNUM"),
        ("SC", "STUDYID USUBJID SCTESTCD VISITNUM"),
        ("OE", "STUDYID USUBJID OETESTCD OELOC OEMETHOD VISITNUM OETPTREF OETPTNUM"),
        ("TA", "STUDYID ARMCD TAETORD"),
        ("TS", "STUDYID TSPARMCD TSSEQ"),
        ("SUPPLB", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM"),
        ("RELREC", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL RELID"),
    ],
)
def test_keys_say_what_the_structure_says(dataset: str, keys: str) -> None:
    assert " ".join(natural_keys(GUIDE.dataset(dataset))) == keys


def test_keys_are_variables_of_their_dataset() -> None:
    for name in GUIDE.names:
        dataset = GUIDE.dataset(name)
        assert len(natural_keys(dataset)) >= 2
        assert set(natural_keys(dataset)) <= set(dataset.by_name)


def test_keys_are_of_the_variables_that_are_there() -> None:
    present = ["STUDYID", "USUBJID", "LBTESTCD", "VISITNUM", "LBDTC"]
    assert natural_keys(GUIDE.dataset("LB"), present) == ("STUDYID", "USUBJID", "LBTESTCD", "VISITNUM")
    assert natural_keys(GUIDE.dataset("MH"), ["STUDYID", "USUBJID", "MHTERM", "MHDTC"])[-1] == "MHDTC"
