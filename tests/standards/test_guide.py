"""Facts of SDTMIG 3.4, and the published tables where they are beside the repository."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc_itp.standards.guide import guide
from cdisc_itp.standards.variables import GuideVariable

GUIDE = guide("3.4")


def test_holds_the_63_datasets_and_1917_variables_of_the_standard() -> None:
    assert len(GUIDE.names) == 63
    assert sum(len(GUIDE.dataset(name).variables) for name in GUIDE.names) == 1917


def test_laboratory_variables_stand_in_the_order_of_the_standard() -> None:
    names = [v.name for v in GUIDE.dataset("LB").variables]
    assert names[:4] == ["STUDYID", "DOMAIN", "USUBJID", "LBSEQ"]
    assert names[4:10] == ["LBGRPID", "LBREFID", "LBSPID", "LBTESTCD", "LBTEST", "LBTSTCND"]
    assert names[38:42] == ["LBTMTHSN", "LBLOBXFL", "LBBLFL", "LBFAST"]
    assert [v.order for v in GUIDE.dataset("LB").variables] == list(range(1, 63))


def test_test_code_is_required_and_has_its_codelist() -> None:
    assert GUIDE.variable("LB", "LBTESTCD") == GuideVariable(
        "LBTESTCD", "Lab Test or Examination Short Name", False, 8, "Topic", "Req", ("C65047",)
    )


def test_a_variable_may_have_several_codelists() -> None:
    assert GUIDE.variable("DS", "DSDECOD").codelists == ("C66727", "C114118", "C150811")


def test_domain_holds_its_one_value() -> None:
    assert GUIDE.variable("AE", "DOMAIN").value_list == ("AE",)


def test_numeric_variables_are_marked() -> None:
    assert GUIDE.variable("LB", "LBSTRESN").numeric
    assert not GUIDE.variable("LB", "LBSTRESC").numeric


@pytest.mark.parametrize(
    ("dataset", "name", "form"),
    [
        ("LB", "LBDTC", "ISO 8601 datetime"),
        ("DM", "RFSTDTC", "ISO 8601 datetime"),
        ("DM", "BRTHDTC", "ISO 8601 datetime"),
        ("AE", "AEDUR", "ISO 8601 duration"),
        ("PC", "PCELTM", "ISO 8601 duration"),
        ("QS", "QSEVLINT", "ISO 8601 duration"),
        ("PP", "PPSTINT", "ISO 8601 duration"),
        ("LB", "LBPDUR", "ISO 8601 duration"),
        ("TE", "TEDUR", "ISO 8601 duration"),
        ("TD", "TDSTOFF", "ISO 8601 duration"),
        ("DM", "COUNTRY", "ISO 3166-1 alpha-3"),
        ("LB", "LBTEST", ""),
        ("QS", "QSEVINTX", ""),
        ("DM", "AGE", ""),
    ],
)
def test_external_formats_of_the_standard(dataset: str, name: str, form: str) -> None:
    found = GUIDE.variable(dataset, name)
    assert found.format == form
    assert found.iso8601 == form.startswith("ISO 8601")


def test_every_variable_called_a_date_is_iso_8601() -> None:
    dates = [v for n in GUIDE.names for v in GUIDE.dataset(n).variables if "Date/Time" in v.label]
    assert len(dates) > 100
    assert all(v.format == "ISO 8601 datetime" and not v.numeric for v in dates)


def test_classes_are_define_xml_terms() -> None:
    assert GUIDE.dataset("LB").class_name == "FINDINGS"
    assert GUIDE.dataset("DM").class_name == "SPECIAL PURPOSE"
    assert GUIDE.dataset("FA").class_name == "FINDINGS ABOUT"
    assert GUIDE.dataset("TS").class_name == "TRIAL DESIGN"
    assert GUIDE.dataset("OI").class_name == "STUDY REFERENCE"
    assert GUIDE.dataset("RELREC").class_name == "RELATIONSHIP"


def test_labels_fit_the_transport_file() -> None:
    datasets = [GUIDE.dataset(n) for n in GUIDE.names if n != "SUPPQUAL"]
    assert max(len(v.label) for d in datasets for v in d.variables) <= 40
    assert max(len(d.label) for d in datasets) <= 40


def test_supplemental_qualifiers_name_their_parent() -> None:
    dataset = GUIDE.dataset("SUPPAE")
    assert dataset.name == "SUPPAE"
    assert dataset.label == "Supplemental Qualifiers for AE"
    assert dataset.class_name == "RELATIONSHIP"
    assert dataset.variable("RDOMAIN").value_list == ("AE",)
    assert "SUPPAE" in GUIDE
    assert " ".join(dataset.by_name) == "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG QEVAL"


@pytest.mark.parametrize("name", ["XB", "LBX", "SUPP", "SUPP1", "lb", ""])
def test_what_the_guide_does_not_have_is_a_key_error(name: str) -> None:
    assert name not in GUIDE
    with pytest.raises(KeyError, match=r"SDTMIG 3\.4 has no dataset"):
        GUIDE.dataset(name)


def test_unknown_version_says_which_there_are() -> None:
    with pytest.raises(LookupError, match=r"no SDTMIG 3\.3 in the package; it has 3\.4"):
        guide("3.3")


def test_decodes_follow_their_codes() -> None:
    assert GUIDE.dataset("LB").decode_of("LBTEST") == "LBTESTCD"
    assert GUIDE.dataset("TS").decode_of("TSPARM") == "TSPARMCD"
    assert GUIDE.dataset("DM").decode_of("ACTARM") == "ACTARMCD"
    assert GUIDE.dataset("SUPPAE").decode_of("QLABEL") == "QNAM"
    # TSVALCD is a code of TSVAL in another terminology; TSVAL is no decode of it.
    assert GUIDE.dataset("TS").decode_of("TSVAL") is None
    assert GUIDE.dataset("LB").decode_of("LBORRES") is None


def test_repeating_and_reference_data_as_define_xml_says_them() -> None:
    assert [GUIDE.dataset(n).repeating for n in ("DM", "AE", "TS")] == [False, True, True]
    reference = [n for n in GUIDE.names if GUIDE.dataset(n).reference_data]
    assert reference == ["TA", "TD", "TE", "TI", "TM", "TS", "TV", "OI"]


def test_importing_the_guide_reads_no_data_and_no_pandas() -> None:
    code = (
        "import sys, cdisc_itp.standards.guide as g, cdisc_itp.standards.terminology as t\n"
        "assert 'pandas' not in sys.modules\n"
        "assert g.guide.cache_info().currsize == t.terminology.cache_info().currsize == 0\n"
        "tables = g.guide('3.4')\n"
        "tables.dataset('LB')\n"
        "assert set(tables._built) == {'LB'}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_row_is_the_published_one(shared_data: Path) -> None:
    with (shared_data / "standards/sdtmig-3-4-variables.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    assert len(published) == 1917
    for row in published:
        found = GUIDE.dataset(row["Dataset Name"]).variable(row["Variable Name"])
        assert found.label == row["Variable Label"].strip()
        assert (found.role, found.core, found.order) == (row["Role"], row["Core"], int(row["Variable Order"]))
        assert found.numeric == (row["Type"] == "Num")
        assert "; ".join(found.codelists) == row["CDISC CT Codelist Code(s)"]
