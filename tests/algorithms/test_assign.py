"""Words that copy, recode or set a value."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.algorithms.assign import (
    Assign,
    AssignCt,
    AssignNumber,
    Decode,
    Hardcode,
    HardcodeCt,
    Replace,
    submission_values,
)
from cdisc_itp.algorithms.maps import by_folded, folded, recode
from cdisc_itp.algorithms.registry import AnyText, MapName, Ref
from cdisc_itp.standards.terminology import terminology
from tests.sample import Sample, Table, codelist, made, table

SEX = table("raw,term,order\nFemale,F,2\nMale,M,1\nN/A,,9")
CODES = codelist("SEX", F="Female", M="Male", U="Unknown")


def test_assign_is_the_value_as_it_is() -> None:
    assert made(Assign(Ref("a")), Sample({"a": ["x ", None, "x "]})) == ["x ", None, "x "]
    assert made(Assign(Ref("N")), Sample({"N": [1.5, None]})) == [1.5, None]


def test_assign_in_case() -> None:
    assert made(Assign(Ref("a"), case="upper"), Sample({"a": ["große", "é", None]})) == ["GROẞE", "É", None]
    assert made(Assign(Ref("a"), case="lower"), Sample({"a": ["ÀB"]})) == ["àb"]
    assert made(Assign(Ref("N"), case="upper"), Sample({"N": [1.5]})) == ["1.5"]


def test_assign_by_a_map() -> None:
    records = Sample({"a": ["Female", " male ", "Other", None, "N/A"]}, {"sex": SEX})
    assert made(Assign(Ref("a"), map=MapName("sex")), records) == ["F", "M", None, None, None]
    # A row that says nothing for the text has said so; only what the table lacks is an issue.
    assert records.issues == {"DATA030": [2]}
    assert made(Assign(Ref("a"), map=MapName("sex"), to="order", case="lower"), records)[:2] == ["2", "1"]


def test_numbers_are_looked_up_by_their_decimal_text() -> None:
    codes = table("raw,term\n1,M\n0.5,half")
    assert made(Assign(Ref("N"), map=MapName("t")), Sample({"N": [1.0, 0.5, None]}, {"t": codes})) == [
        "M",
        "half",
        None,
    ]


def test_a_row_of_the_source_wins_over_a_general_one() -> None:
    rows = table("raw,source,term\nY,,YES\nY,03,JA\nno,,NO\nNo,03,NEIN")
    texts = ["Y", "y", "no", "NO"]
    for source, expected in (
        (None, ["YES", "YES", "NO", "NO"]),
        ("03", ["JA", "JA", "NO", "NEIN"]),
        ("04", ["YES"] * 2),
    ):
        found, unknown = recode(pa.array(texts), rows, "term", source)
        assert found.to_pylist()[: len(expected)] == expected
        assert not unknown.any()


def test_rows_that_differ_in_case_only_are_told_apart_or_nothing_is_said() -> None:
    units = table("raw,term\nmg,MILLIGRAM\nMg,MEGAGRAM\nML,MILLILITRE\nml,MILLILITRE")
    found, unknown = recode(pa.array(["mg", "Mg", "MG", "mL"]), units, "term", None)
    assert found.to_pylist() == ["MILLIGRAM", "MEGAGRAM", None, "MILLILITRE"]
    assert unknown.tolist() == [False, False, True, False]


@given(
    st.dictionaries(st.sampled_from("aAbBcC"), st.sampled_from(["x", "y"]), min_size=1),
    st.lists(st.sampled_from("aAbBcCd")),
)
def test_recoding_is_the_naive_search(rows: dict[str, str], texts: list[str]) -> None:
    def meaning(text: str) -> str | None:
        if text in rows:
            return rows[text]
        terms = {v for k, v in rows.items() if k.lower() == text.lower()}
        return terms.pop() if len(terms) == 1 else None

    cells: dict[str, list[str | None]] = {"raw": list(rows), "term": list(rows.values())}
    found, unknown = recode(pa.array(texts, pa.string()), Table(cells), "term", None)
    assert found.to_pylist() == [meaning(t) for t in texts]
    assert unknown.tolist() == [meaning(t) is None for t in texts]


def test_folding() -> None:
    assert folded(" Größe ") == folded("GRÖSSE")
    assert by_folded([]) == {}


def test_assign_ct_takes_terms_but_for_case_and_blanks() -> None:
    records = Sample({"a": ["F", "m", " U ", "Female", None]}, codelists={"SEX": CODES}, target="SEX")
    assert made(AssignCt(Ref("a")), records) == ["F", "M", "U", None, None]
    assert records.issues == {"DATA030": [3]}


def test_assign_ct_by_a_map_then_by_itself() -> None:
    records = Sample({"a": ["Female", "U", "X"]}, {"sex": SEX}, {"SEX": CODES}, target="SEX")
    assert made(AssignCt(Ref("a"), map=MapName("sex")), records) == ["F", "U", None]
    assert records.issues == {"DATA030": [2]}


def test_assign_ct_refuses_a_map_that_gives_no_term() -> None:
    wrong = table("raw,term\nFemale,Woman")
    records = Sample({"a": ["Female"]}, {"sex": wrong}, {"SEX": CODES}, target="SEX")
    assert made(AssignCt(Ref("a"), map=MapName("sex")), records) == [None]
    assert records.issues == {"DATA030": [0]}


def test_an_extensible_codelist_takes_what_it_lacks_and_says_so() -> None:
    units = codelist("UNIT", "mg", "g", extensible=True)
    records = Sample({"a": ["MG", "drops", None]}, codelists={"U": units}, target="U")
    assert made(AssignCt(Ref("a")), records) == ["mg", "drops", None]
    assert records.issues == {"DATA032": [1]}


def test_collected_decodes() -> None:
    twins = codelist("NY", "Y", "N", Y="Yes", N="No", NA="none", U="None")
    records = Sample({"a": ["yes", "No", "N", "none", "Maybe"]}, codelists={"V": twins}, target="V")
    assert made(AssignCt(Ref("a"), collected="decode"), records) == ["Y", "N", "N", None, None]
    assert records.issues == {"DATA030": [3, 4]}
    assert made(AssignCt(Ref("a")), Sample({"a": ["yes"]}, codelists={"V": twins}, target="V")) == [None]


def test_terms_that_differ_in_case_only_are_never_guessed() -> None:
    # The published codelists hold such twins; each is its own term, and any other spelling is none.
    release, twins = terminology("sdtm", "2025-03-28"), 0
    for name in release.names:
        terms = release.by_name(name)
        spelt: dict[str, list[str]] = {}
        for term in terms.terms:
            spelt.setdefault(folded(term.value), []).append(term.value)
        for alike in (v for v in spelt.values() if len(set(v)) > 1):
            twins += 1
            others = [t for t in (alike[0].swapcase(), f" {alike[0]} ") if t not in alike]
            assert submission_values(pa.array(alike), terms).to_pylist() == alike
            assert submission_values(pa.array(others, pa.string()), terms).to_pylist() == [None] * len(others)
    assert twins > 0


def test_assign_number_is_text_until_the_variable_makes_it_a_number() -> None:
    assert made(AssignNumber(Ref("a")), Sample({"a": ["5.0", None]})) == ["5.0", None]
    assert AssignNumber.numeric


@pytest.mark.parametrize("word", [Hardcode("YEARS"), HardcodeCt("YEARS")])
def test_hardcode(word: Hardcode | HardcodeCt) -> None:
    assert made(word, Sample({"a": ["x", None, "y"]})) == ["YEARS"] * 3
    assert made(word, Sample({"a": []})) == []


def test_decode_by_the_codelist() -> None:
    records = Sample({"SEX": ["F", None, "X"]}, codelists={"SEX": CODES})
    assert made(Decode(Ref("SEX")), records) == ["Female", None, None]
    assert records.issues == {"DATA033": [2]}


def test_decode_by_a_map() -> None:
    arms = table("raw,decode\nA,Drug A\nP,Placebo")
    records = Sample({"ARMCD": ["A", "p", "B", None]}, {"arms": arms})
    assert made(Decode(Ref("ARMCD"), map=MapName("arms")), records) == ["Drug A", "Placebo", None, None]
    assert records.issues == {"DATA033": [2]}


def test_replace_is_of_plain_text() -> None:
    records = Sample({"a": ["a.b.c", "...", None, "abc"]})
    assert made(Replace(Ref("a"), text=".", by=AnyText("-")), records) == ["a-b-c", "---", None, "abc"]
    assert made(Replace(Ref("a"), text="."), records) == ["abc", None, None, "abc"]
