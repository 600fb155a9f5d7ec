from __future__ import annotations

import pytest

from cdisc_itp.standards.adam import adam_guide
from cdisc_itp.standards.data_types import data_type
from cdisc_itp.standards.guide import guide

GUIDE = guide("3.4")


@pytest.mark.parametrize(
    ("dataset", "name", "kind"),
    [
        ("LB", "LBTESTCD", "text"),
        ("LB", "LBSEQ", "integer"),
        ("LB", "LBSTRESN", "float"),
        ("BS", "BSSTREFN", "float"),
        ("LB", "LBSTNRLO", "float"),
        ("LB", "VISITNUM", "float"),
        ("LB", "VISITDY", "integer"),
        ("LB", "LBDY", "integer"),
        ("LB", "LBTPTNUM", "float"),
        ("LB", "LBDTC", "datetime"),
        ("LB", "TAETORD", "integer"),
        ("DM", "AGE", "integer"),
        ("DM", "COUNTRY", "text"),
        ("AE", "AEPTCD", "integer"),
        ("AE", "AEDUR", "durationDatetime"),
        ("EX", "EXDOSE", "float"),
        ("TS", "TSVAL", "text"),
    ],
)
def test_sdtm_data_types(dataset: str, name: str, kind: str) -> None:
    assert data_type(GUIDE.variable(dataset, name)) == kind


@pytest.mark.parametrize(
    ("class_name", "name", "kind"),
    [
        ("SUBJECT LEVEL ANALYSIS DATASET", "TRT01P", "text"),
        ("SUBJECT LEVEL ANALYSIS DATASET", "TRT01PN", "integer"),
        ("SUBJECT LEVEL ANALYSIS DATASET", "TRTSDT", "integer"),
        ("BASIC DATA STRUCTURE", "ADT", "integer"),
        ("BASIC DATA STRUCTURE", "ADTM", "integer"),
        ("BASIC DATA STRUCTURE", "ADY", "integer"),
        ("BASIC DATA STRUCTURE", "AVAL", "float"),
        ("BASIC DATA STRUCTURE", "PCHG", "float"),
        ("BASIC DATA STRUCTURE", "AVISITN", "float"),
        ("BASIC DATA STRUCTURE", "PARAMN", "integer"),
        ("BASIC DATA STRUCTURE", "CNSR", "integer"),
        ("BASIC DATA STRUCTURE", "ANRLO", "float"),
    ],
)
def test_adam_data_types(class_name: str, name: str, kind: str) -> None:
    assert data_type(adam_guide("1.3").variable(class_name, name)) == kind


def test_numeric_variables_are_never_text() -> None:
    for name in GUIDE.names:
        for v in GUIDE.dataset(name).variables:
            assert (data_type(v) in ("integer", "float")) == v.numeric
