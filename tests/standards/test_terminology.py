"""Facts of the NCI EVS releases that the package carries."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from cdisc_itp.standards.adam import adam_guide
from cdisc_itp.standards.ct_table import read_compact
from cdisc_itp.standards.guide import guide
from cdisc_itp.standards.terminology import DATA, packaged, terminology

SDTM = terminology("sdtm", "2025-03-28")
ADAM = terminology("adam", "2025-09-26")
GUIDE = guide("3.4")


@pytest.mark.parametrize(
    ("codelist", "value", "code", "decode"),
    [
        ("NY", "Y", "C49488", "Yes"),
        ("NY", "N", "C49487", "No"),
        ("SEX", "F", "C16576", "Female"),
        ("LBTESTCD", "PLAT", "C51951", "Platelets"),
        ("UNIT", "10^9/L", "C67255", "Billion per Liter"),
        ("UNIT", "mg", "C28253", "Milligram"),
        ("FREQ", "BID", "C64496", "Twice Daily"),
        ("ROUTE", "ORAL", "C38288", "Oral Route of Administration"),
        ("ONCRTSCD", "PLATRESP", "C202442", "Platelets Response"),
        ("VSTESTCD", "SYSBP", "C25298", "Systolic Blood Pressure"),
        ("TSPARMCD", "ADDON", "C49703", "Added on to Existing Treatments"),
        ("PKPARMCD", "CMAX", "C70918", "Max Conc"),
        ("DOMAIN", "LB", "C49592", "Laboratory Test Results"),
    ],
)
def test_terms_codes_and_decodes(codelist: str, value: str, code: str, decode: str) -> None:
    term = SDTM.by_name(codelist).by_value[value]
    assert (term.code, term.decode) == (code, decode)


def test_name_lists_are_the_decodes_and_have_none() -> None:
    codes, names = SDTM.by_name("LBTESTCD"), SDTM.by_name("LBTEST")
    assert {t.code: t.decode for t in codes.terms} == {t.code: t.value for t in names.terms}
    assert not any(t.decode for t in names.terms)


def test_codelists_say_whether_they_are_extensible() -> None:
    assert [SDTM.by_name(n).extensible for n in ("NY", "UNIT", "LBTESTCD", "SEX")] == [False, True, True, False]


def test_codelist_by_code_and_by_name_are_one() -> None:
    found = SDTM.codelist("C66742")
    assert found is SDTM.by_name("NY")
    assert (found.name, found.label, found.release) == ("NY", "No Yes Response", "SDTM CT 2025-03-28")


def test_adam_terms() -> None:
    assert ADAM.by_name("DATEFL").by_value["D"].code == "C81212"
    assert ADAM.by_name("PARAMTYP").label == "Parameter Type"
    assert ADAM.codelists_for(adam_guide("1.3").variable("BASIC DATA STRUCTURE", "DTYPE"))[0].name == "DTYPE"
    assert len(ADAM.codes) == 23


def test_every_codelist_of_the_guides_is_there() -> None:
    named = {c for n in GUIDE.names for v in GUIDE.dataset(n).variables for c in v.codelists}
    # The guide's codelist of MSRESCAT has left the terminology since.
    assert named - set(SDTM.codes) == {"C85495"}
    adam = {c for variables in adam_guide("1.3").structures.values() for v in variables for c in v.codelists}
    assert adam <= set(SDTM.codes) | set(ADAM.codes)


def test_codelists_for_a_variable() -> None:
    names = [c.name for c in SDTM.codelists_for(GUIDE.variable("DS", "DSDECOD"))]
    assert names == ["NCOMPLT", "PROTMLST", "OTHEVENT"]
    assert SDTM.codelists_for(GUIDE.variable("MS", "MSRESCAT")) == ()
    assert SDTM.codelists_for(GUIDE.variable("LB", "LBORRES")) == ()


@pytest.mark.parametrize(
    ("codelist", "text", "value"),
    [
        ("C66742", "Y", "Y"),
        ("C66742", "yes", "Y"),
        ("C66742", " YES ", "Y"),
        ("C71620", "MG", "mg"),
        ("C71620", "Milligram", "mg"),
        ("C71620", "G/L", "10^9/L"),  # as written a synonym of giga per litre, only folded gram per litre
        ("C71620", "10^3/uL", "10^9/L"),
        ("C65047", "Platelets", "PLAT"),
        ("C65047", "plat", "PLAT"),
        ("C66729", "po", "ORAL"),
        ("C71620", "pa", None),  # Pa is a pascal, PA is per year
        ("C71620", "PA", "PA"),
        ("C71620", "万/mm³", None),
        ("C66742", "", None),
    ],
)
def test_suggestions(codelist: str, text: str, value: str | None) -> None:
    assert SDTM.submission_value(codelist, text) == value


def test_every_term_suggests_itself() -> None:
    for code in SDTM.codes:
        for term in SDTM.codelist(code).terms:
            assert SDTM.submission_value(code, term.value) == term.value


def test_unknown_codelists_and_releases_are_named() -> None:
    with pytest.raises(KeyError, match="SDTM CT 2025-03-28 has no codelist C99999"):
        SDTM.codelist("C99999")
    with pytest.raises(KeyError, match="has no codelist NOSUCH"):
        SDTM.by_name("NOSUCH")
    with pytest.raises(LookupError, match=r"no SDTM CT 2024-09-27 .* adam 2025-09-26, sdtm 2025-03-28"):
        terminology("sdtm", "2024-09-27")


def test_codelists_are_parsed_when_they_are_asked_for() -> None:
    fresh = SDTM.selected(["C66742", "C65047", "C99999"])
    assert fresh.codes == ("C65047", "C66742")
    assert fresh._parsed == {}
    fresh.codelist("C66742")
    assert set(fresh._parsed) == {"C66742"}


def test_a_release_is_loaded_in_well_under_a_second() -> None:
    terminology.cache_clear()
    start = time.perf_counter()
    terminology("sdtm", "2025-03-28").codelist("C66742")
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("release", packaged())
def test_packaged_tables_pass_the_checks_of_read_compact(release: str) -> None:
    path = DATA / f"{release.replace(' ', '-ct-')}.tsv"
    assert read_compact(path) == terminology(*release.split())
    assert path.stat().st_size < 3_000_000


@pytest.mark.parametrize("release", packaged())
def test_packaged_tables_are_sorted(release: str) -> None:
    found = terminology(*release.split())
    assert list(found.codes) == sorted(found.codes, key=lambda c: int(c[1:]))
    for code in found.codes:
        values = [t.value for t in found.codelist(code).terms]
        assert values == sorted(values)


def test_packaged_tables_name_their_source() -> None:
    for path in Path(DATA).glob("*-ct-*.tsv"):
        first = path.read_text("utf-8").partition("\n")[0]
        assert re.fullmatch(r"# \w+ CT [\d-]{10}\. Source: NCI EVS, CDISC controlled terminology", first)
