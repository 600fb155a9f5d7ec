"""IBM double precision against exact rational arithmetic and published words."""

import math
import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.model.ibm import compute_doubles, compute_words, missing_letters, out_of_range


def exact(word: int) -> Fraction:
    """Value of a word by the definition: sign, 16 ** (exponent - 64), 56-bit fraction."""
    sign = -1 if word >> 63 else 1
    exponent = (word >> 56 & 0x7F) - 64
    return sign * Fraction(word & (1 << 56) - 1, 1 << 56) * Fraction(16) ** exponent


def word_of(value: float) -> int:
    return int.from_bytes(compute_words(np.array([value])).tobytes(), "big")


in_range = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: x == 0 or Fraction(16) ** -65 <= abs(Fraction(x)) < Fraction(16) ** 63
)


# IBM System/370 Principles of Operation (1.0, 0.5, 1/64, 0, -15), and the often quoted -118.625.
@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1.0, 0x4110000000000000),
        (0.5, 0x4080000000000000),
        (1 / 64, 0x3F40000000000000),
        (0.0, 0),
        (-15.0, 0xC1F0000000000000),
        (-118.625, 0xC276A00000000000),
        (16.0**-65, 0x0010000000000000),
        (16.0**63 - 16.0**63 * 2.0**-53, 0x7FFFFFFFFFFFFFF8),
    ],
)
def test_published_words(value, word):
    assert word_of(value) == word
    assert compute_doubles(np.array([word], ">u8"))[0] == value


@given(in_range)
def test_every_double_in_range_goes_and_comes_back_exactly(value):
    word = word_of(value)
    assert exact(word) == Fraction(value)
    assert word == 0 or word >> 52 & 0xF  # normalised
    assert compute_doubles(np.array([word], ">u8"))[0] == value


@given(st.integers(0, 2**64 - 1))
def test_every_word_gives_the_nearest_double(word):
    letter = missing_letters(np.array([word], ">u8"))[0]
    value = compute_doubles(np.array([word], ">u8"))[0]
    if letter:
        assert math.isnan(value)
    else:
        assert Fraction(value) == Fraction(float(exact(word)))  # Fraction to float rounds half to even


@given(st.floats())
def test_out_of_range_is_what_no_normalised_word_holds(value):
    inside = math.isnan(value) or value == 0
    if math.isfinite(value) and value:
        inside = Fraction(16) ** -65 <= abs(Fraction(value)) < Fraction(16) ** 63
    assert out_of_range(np.array([value]))[0] == (not inside)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 16.0**63, 16.0**-65 * (1 - 2**-53), 5e-324])
def test_values_without_a_word_are_refused(value):
    with pytest.raises(ValueError, match="no IBM double precision word"):
        compute_words(np.array([1.0, value]))


def test_every_nan_is_the_plain_missing_value():
    payload = struct.unpack(">d", bytes.fromhex("fff8000000000041"))[0]
    assert compute_words(np.array([math.nan, payload])).tobytes() == b".\0\0\0\0\0\0\0" * 2


def test_negative_zero_is_the_zero_word():
    assert word_of(-0.0) == 0


def test_missing_values_need_zeros_after_the_letter():
    letters = b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    words = np.frombuffer(b"".join(bytes([c]) + b"\0" * 7 for c in letters), ">u8")
    assert bytes(missing_letters(words)) == letters
    assert not missing_letters(words + np.uint64(1)).any()
    others = np.frombuffer(b"".join(bytes([c]) + b"\0" * 7 for c in range(256) if c not in letters), ">u8")
    assert not missing_letters(others).any()
