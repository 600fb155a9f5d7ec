"""Columns described: expected values by hand."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from cdisc_itp.model.column import collect_text
from cdisc_itp.profile.columns import COMMONEST, ColumnProfile, profile_column
from cdisc_itp.profile.words import header_roles, person_word


def profile(name: str, *texts: str | None, hide: str = "") -> ColumnProfile:
    return profile_column(name, collect_text(texts), np.arange(2, len(texts) + 2, dtype=np.int64), hide=hide)


def test_counts_of_missing_distinct_and_commonest() -> None:
    found = profile("ARM", "A", "B", None, "A", "A")
    assert (found.rows, found.missing, found.distinct, found.count) == (5, 1, 2, 4)
    assert [(v.value, v.count) for v in found.commonest] == [("A", 3), ("B", 1)]
    assert (found.kind, found.evidence) == ("code list", "2 distinct texts in 4 rows")


def test_the_commonest_values_are_bounded_and_ties_are_in_order() -> None:
    texts = [t for i in range(100, 200) for t in (str(i), str(i), str(i))]
    found = profile("X", *texts, "250", "250", "250", "250")
    assert [v.value for v in found.commonest] == ["250", *(str(i) for i in range(100, 99 + COMMONEST))]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("1", "2", "30"), "integer"),
        (("1.5", "2", "-3.25", "1e3"), "decimal"),
        (("1,5", "2,25"), "decimal"),
        (("<2.0", "3.1"), "decimal"),
        (("１２．５", "3.1"), "decimal"),
        (("Yes", "no", "Y"), "yes/no"),
        (("是", "否"), "yes/no"),
        (("05 JUL 2022",), "date"),
        (("2022-07-05 08:30",), "datetime"),
        (("08:30",), "time"),
        (("20220705", "20221231"), "date"),
        (("007", "012"), "text"),
        (("03", "03", "04", "04"), "code list"),
        (("headache", "cough", "pain in the left arm"), "text"),
        ((None, None), "empty"),
        ((".", "未查", "ND"), "empty"),
    ],
)
def test_kind(texts: tuple[str | None, ...], kind: str) -> None:
    assert profile("COLUMN", *texts).kind == kind


def test_serial_numbers_are_dates_only_where_the_name_says_so() -> None:
    assert profile("采样日期", "44747", "44750.5").formats == ("excel_serial",)
    assert profile("采样日期", "44747").kind == "date"
    assert profile("PLT", "44747").kind == "integer"


def test_serial_numbers_beside_written_dates() -> None:
    found = profile("LBDAT", "44747", "44750", "2022-07-05")
    assert (found.kind, found.formats) == ("date", ("excel_serial", "yyyy-MM-dd"))
    assert found.fitting == 3


def test_marks_of_missing_values_are_apart() -> None:
    found = profile("结果", "1.5", "未查", "ND", ".", "/", "nd", "2.5")
    assert found.kind == "decimal"
    assert {m.value: m.count for m in found.marks} == {"未查": 1, "ND": 1, ".": 1, "/": 1, "nd": 1}
    assert (found.count, found.fitting) == (2, 2)


def test_decimals_by_digits_with_their_mark() -> None:
    number = profile("X", "1,5", "2,25", "3", "1.234,5").number
    assert number is not None
    assert (number.mark, number.thousands) == (",", ".")
    assert number.decimals == ((0, 1), (1, 2), (2, 1))
    assert (number.low, number.high) == ("1,5", "1.234,5")


def test_a_comma_before_three_digits_is_either_mark() -> None:
    number = profile("X", "1,234", "12").number
    assert number is not None
    assert number.uncertain == 1
    plain = profile("X", "1,234", "12.5").number
    assert plain is not None
    assert (plain.mark, plain.thousands, plain.uncertain) == (".", ",", 0)


def test_traits_are_counted_in_rows() -> None:
    found = profile("X", "１２", "007", " 5 ", "<2.0", "05/07/22", "a\nb", "x" * 61, "x" * 61)
    assert found.traits == {
        "full-width digits": 1,
        "leading zeros": 1,
        "limits": 1,
        "outer blanks": 1,
        "two-digit years": 1,
        "line breaks": 1,
        "long texts": 2,
    }


@pytest.mark.parametrize(
    ("name", "texts", "role"),
    [
        ("SUBJECT", ("04-001", "04-002"), "subject"),
        ("试验编号", ("ITP0301", "ITP0302"), "subject"),
        ("pat", ("S06/001", "S06/002"), "subject"),
        ("ID", ("7001", "7002"), "subject"),
        ("VISIT", ("Screening", "Week 1", "Month 6"), "visit"),
        ("访视", ("筛选期", "第1周", "治疗结束"), "visit"),
        ("UNIT", ("10^9/L", "g/dL", "×10⁹/L", "%"), "unit"),
        ("单位", ("万/mm³", "K/uL"), "unit"),
        ("检查日期", ("2022年7月5日",), "date"),
    ],
)
def test_roles_by_name_and_values(name: str, texts: tuple[str, ...], role: str) -> None:
    assert profile(name, *texts).has_role(role)


def test_values_alone_make_units_but_letters_do_not() -> None:
    assert profile("X", "mmol/L", "U/L").has_role("unit")
    assert not profile("SEX", "M", "F", "M").roles
    assert not profile("GROUP", "D07", "D01", "D01").roles
    assert not profile("标准编号", "EXC01", "INC02").roles


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("NAME", "name"),
        ("SUBJ_NAME", "name"),
        ("PatientName", "name"),
        ("姓名", "name"),
        ("身份证号", "identity number"),
        ("住院号", "medical record number"),
        ("电话", "telephone"),
        ("MRN", "medical record number"),
        ("PHONE", "telephone"),
        ("INITIALS", "initials"),
        ("ID_CARD_NO", "identity number"),
        ("DRUG_NAME", None),
        ("药品名称", None),
        ("TESTNAME", None),
        ("SUBJECT", None),
        ("INITIAL_DOSE", "initials"),
    ],
)
def test_names_that_speak_of_a_person(name: str, what: str | None) -> None:
    assert person_word(name) == what


def test_roles_of_names() -> None:
    assert header_roles("VisitDate") == ("visit", "date")
    assert header_roles("RANDOM") == ()


SECRET = ("Weixiao Muran", "99999919711220442X", "13000000401", "muran@example.org")


def said(found: ColumnProfile) -> str:
    return json.dumps(msgspec.to_builtins(found), ensure_ascii=False)


@pytest.mark.parametrize("text", SECRET)
@pytest.mark.parametrize("name", ["SUBJ_NAME", "电话"])
def test_no_value_of_a_column_that_names_a_person_is_shown(name: str, text: str) -> None:
    found = profile(name, text, text)
    assert found.identifier and found.hidden
    assert text not in said(found)


@pytest.mark.parametrize("text", SECRET[1:])
def test_identifiers_in_other_columns_are_counted_with_places_and_not_shown(text: str) -> None:
    found = profile("REMARK", "seen", f"call {text}", text, "９" * 3)
    assert text not in said(found)
    assert [(i.count, i.rows) for i in found.identifiers] == [(2, (3, 4))]
    assert "seen" in {v.value for v in found.commonest}


def test_full_width_identifiers_are_found() -> None:
    found = profile("备注", "１３００００００４０１")
    assert [i.shape for i in found.identifiers] == ["mobile number"]
    assert found.commonest == ()


def test_an_identity_number_needs_a_date() -> None:
    assert profile("X", "999999199713204421").identifiers == ()


def test_hidden_by_declaration() -> None:
    found = profile("X", "17", "18", hide="declared")
    assert (found.hidden, found.commonest, found.shapes) == ("declared", (), ())
    assert "17" not in said(msgspec.structs.replace(found, rows=0))


def test_subject_numbers_show_their_shape_only() -> None:
    found = profile("SUBJID", "04-001", "04-002", "04-010")
    assert found.commonest == ()
    assert [(v.value, v.count) for v in found.shapes] == [("99-999", 3)]
