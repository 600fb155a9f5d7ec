"""Variables beyond a dataset's own table, and sponsor-defined domains (SDTMIG 3.4, 2.6 and 4.1.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.standards.classes import GENERAL
from cdisc_itp.standards.guide import guide

GUIDE = guide("3.4")
GENERAL_DATASETS = [n for n in GUIDE.names if GUIDE.dataset(n).class_name in GENERAL]
ROLES = {"Identifier": 0, "Topic": 1, "Timing": 3}


def group(role: str | None) -> int:
    return ROLES.get(role or "", 2)


@pytest.mark.parametrize(
    ("dataset", "name", "label", "role"),
    [
        ("VS", "VSSTRTPT", "Start Relative to Reference Time Point", "Timing"),
        ("MH", "VISITNUM", "Visit Number", "Timing"),
        ("MH", "MHTOXGR", "Standard Toxicity Grade", "Record Qualifier"),
        ("AE", "AEDTC", "Date/Time of Collection", "Timing"),
        ("VS", "SPDEVID", "Sponsor Device Identifier", "Identifier"),
        ("VS", "VSNRIND", "Reference Range Indicator", "Variable Qualifier"),
    ],
)
def test_a_class_lends_its_variables(dataset: str, name: str, label: str, role: str) -> None:
    assert name not in GUIDE.dataset(dataset).by_name
    found = GUIDE.variable(dataset, name)
    assert (found.name, found.label, found.role, found.core) == (name, label, role, "Perm")


def test_lent_variables_keep_a_codelist_that_most_datasets_share() -> None:
    assert GUIDE.variable("VS", "VSNRIND").codelists == ("C78736",)
    assert GUIDE.variable("VS", "VSSTRTPT").codelists == ("C66728",)
    assert GUIDE.variable("AE", "EPOCH").codelists == ("C99079",)
    assert GUIDE.variable("VS", "VSDTC").iso8601


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("LB", "LBTERM"),  # an event's topic
        ("LB", "LBTRT"),  # an intervention's topic
        ("LB", "LBSER"),  # an event's qualifier
        ("AE", "AEORRES"),  # a finding's qualifier
        ("LB", "LBOBJ"),  # findings about only
        ("DM", "EPOCH"),  # special purpose: nothing is added
        ("TS", "VISITNUM"),
        ("LB", "LBCOLOUR"),
        ("LB", "AESEQ"),
        ("LB", "--DTC"),
        ("AE", "DTC"),
    ],
)
def test_what_no_dataset_of_the_class_has_is_a_key_error(dataset: str, name: str) -> None:
    with pytest.raises(KeyError, match=f"{dataset} has no variable {name}"):
        GUIDE.variable(dataset, name)


def test_additions_follow_their_neighbours_of_the_model() -> None:
    # SDTM 2.0, 3.1.5: VISITNUM VISIT VISITDY TAETORD EPOCH --DTC --STDTC ... --STRTPT --STTPT --ENRTPT --ENTPT
    wanted = ["AEENRTPT", "AESTRTPT", "AESTDTC", "EPOCH", "VISITNUM", "AEDTC", "AETERM", "SPDEVID", "AESEQ", "USUBJID"]
    expected = ["USUBJID", "SPDEVID", "AESEQ", "AETERM", "VISITNUM", "EPOCH", "AEDTC", "AESTDTC"]
    assert [v.name for v in GUIDE.arrange("AE", wanted)] == [*expected, "AESTRTPT", "AEENRTPT"]


def test_arranging_a_whole_dataset_is_the_guides_order() -> None:
    for name in GUIDE.names:
        published = [v.name for v in GUIDE.dataset(name).variables]
        assert [v.name for v in GUIDE.arrange(name, reversed(published))] == published


@given(st.sampled_from(GENERAL_DATASETS), st.data())
def test_arranged_additions_keep_roles_together_and_the_guides_order(name: str, data: st.DataObject) -> None:
    dataset = GUIDE.dataset(name)
    shared = [g.replace("--", name) for g, v in GUIDE.class_variables(dataset.class_name).items() if v.role != "Topic"]
    wanted = data.draw(st.lists(st.sampled_from([*dataset.by_name, *shared]), unique=True))
    arranged = GUIDE.arrange(name, wanted)
    assert {v.name for v in arranged} == set(wanted)
    assert [v.name for v in arranged if v.name in dataset.by_name] == [n for n in dataset.by_name if n in set(wanted)]
    groups = [group(v.role) for v in arranged]
    assert groups == sorted(groups)
    assert arranged == GUIDE.arrange(name, reversed(wanted))


def test_sponsor_defined_findings_domain() -> None:
    dataset = GUIDE.sponsor_dataset("XB", "FINDINGS", "Bleeding Assessments")
    assert (dataset.name, dataset.domain, dataset.class_name) == ("XB", "XB", "FINDINGS")
    required = [v.name for v in dataset.variables if v.core == "Req"]
    assert required == ["STUDYID", "DOMAIN", "USUBJID", "XBSEQ", "XBTESTCD", "XBTEST"]
    assert dataset.variable("DOMAIN").value_list == ("XB",)
    # The codelists of test codes are their domains' own.
    assert dataset.variable("XBTESTCD").codelists == ()
    assert dataset.variable("XBORRESU").codelists == ("C71620",)
    assert dataset.variable("XBBLFL").codelists == ("C66742",)
    assert dataset.decode_of("XBTEST") == "XBTESTCD"


@pytest.mark.parametrize(
    ("class_name", "topic"), [("EVENTS", "XBTERM"), ("INTERVENTIONS", "XBTRT"), ("FINDINGS ABOUT", "XBTESTCD")]
)
def test_sponsor_defined_domains_have_their_class_topic(class_name: str, topic: str) -> None:
    dataset = GUIDE.sponsor_dataset("XB", class_name, "Test", "One record per test")
    assert [v.name for v in dataset.variables if v.role == "Topic"] == [topic]
    assert dataset.structure == "One record per test"
    assert [v.name for v in GUIDE.arrange(dataset, ["XBSEQ", topic, "USUBJID"])] == ["USUBJID", "XBSEQ", topic]
    assert max(len(v.label) for v in dataset.variables) <= 40
    assert ("XBOBJ" in dataset.by_name) == (class_name == "FINDINGS ABOUT")


@pytest.mark.parametrize(
    ("name", "class_name"), [("LB", "FINDINGS"), ("XBB", "FINDINGS"), ("xb", "EVENTS"), ("XB", "TRIAL DESIGN")]
)
def test_sponsor_defined_domains_need_a_free_name_and_a_general_class(name: str, class_name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot name a sponsor-defined domain|no general observation class"):
        GUIDE.sponsor_dataset(name, class_name, "Test")
