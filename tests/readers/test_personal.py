"""Identifiers of persons in any text: what is found, what is not mistaken for one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.readers.personal import DROPPED, find_personal, prepare_identifiers

# Invented: the region 999999 does not exist, numbers that begin with 1300000 are not given out.
IDENTITY = "99999919711220442X"
KNOWN = prepare_identifiers(
    [
        *(
            "Wang Li",
            "ZHAO",
            "张伟",
            "欧阳 娜娜",
            "0012345",
            "MR-00123",
            "13000000401",
            IDENTITY,
            "WM",
            "12345",
            "20220705",
        ),
        *("1975-03-04", "05 JUL 2022", "1975年3月4日", "72.5", "Male", "男性", "", " "),
    ]
)


def kinds(text: str | None) -> list[str]:
    found = find_personal(pa.array([text, "x"], pa.string()), KNOWN)
    assert all(mask.tolist() == [True, False] for mask in found.values())
    return sorted(found)


@pytest.mark.parametrize(
    "text",
    [
        *("Wang Li", "seen by WANG LI.", "wang, li", "wangli", "Ｗａｎｇ　Ｌｉ", "Dr ZHAO called", "zhao"),
        *("张伟", "患者张伟来电", "患者 张 伟 来电", "张伟(男)", "欧阳娜娜", "请联系欧阳 娜娜"),
        *("病历号0012345", "no 0012345 of the ward", "MR-00123", "mr 00123", "MR00123"),
    ],
)
def test_what_an_identifier_column_holds_is_found_in_any_text(text: str) -> None:
    assert kinds(text) == [DROPPED]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010119900307123X", "identity number"),
        ("no. 110101 19900307 012x.", "identity number"),
        ("身份证110101199003071234。", "identity number"),
        ("tel 13912345678", "mobile number"),
        ("139-1234-5678", "mobile number"),
        ("+86 139 1234 5678", "mobile number"),
        ("１３９１２３４５６７８", "mobile number"),
        ("write to a.b@example.org", "e-mail address"),
    ],
)
def test_shapes_need_no_column(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        # Parts of words, other words, initials.
        *("Wangling Liu", "Li Wang", "WM", "zhaos", "wang", "伟大", "张", "0012345678", "MR-001234"),
        # A short number that is a cell of its own may be any number; an even shorter one is none.
        *("0012345", "12345", "no 12345"),
        # Dates, decimals and words that identifier columns may hold are nobody's.
        *("20220705", "1975-03-04", "on 1975-03-04", "05 JUL 2022", "1975年3月4日", "72.5", "Male", "男性"),
        # Numbers of other shapes.
        *("90000", "110101199013071234", "12912345678", "139123456789", "0.13912345678", "2022-07-05T10:30", "@", ""),
        None,
    ],
)
def test_what_is_no_identifier(text: str | None) -> None:
    assert kinds(text) == []


def test_words_of_the_data_that_are_names_are_passed_over() -> None:
    known = prepare_identifiers(["高峰", "Brown", "Wang Li"], ["高峰", "BROWN"])
    found = find_personal(pa.array(["高峰期", "brown urine", "Wang Li"]), known)
    assert {k: m.tolist() for k, m in found.items()} == {DROPPED: [False, False, True]}


def test_values_are_not_shown() -> None:
    assert "wang" not in repr(KNOWN).lower() and "张" not in repr(KNOWN)


words = st.text(st.sampled_from("ab张伟 ,1"), max_size=6)


@given(st.lists(words, max_size=5), words, words)
def test_a_text_around_an_identifier_never_hides_it(others: list[str], before: str, after: str) -> None:
    """Blanks or signs around a name are no disguise, whatever else stands there."""
    known = prepare_identifiers([*others, "Wang Li", "欧阳娜"])
    texts = pa.array([f"{before} Wang Li, {after}", f"{before}欧阳娜{after}"])
    assert np.array(find_personal(texts, known)[DROPPED]).tolist() == [True, True]
