"""IBM System/370 double precision, the number format of SAS transport files (SAS TS-140).

A word is eight bytes, big-endian: one sign bit, seven bits of exponent (power of 16, excess 64) and a
fraction of 56 bits. A double has 53 significant bits, so every double whose magnitude lies in the range below
goes into a word exactly, and a word that came from a double goes back exactly.

Decided here: the range is that of normalised words, 16**-65 up to 16**63. Smaller magnitudes (all subnormal
doubles among them) would lose digits or become 0, and infinities have no word: ``out_of_range`` marks them
and the writer refuses them. -0.0 becomes the zero word. NaN, whatever its payload, becomes the missing
value ``.``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Doubles: TypeAlias = npt.NDArray[np.float64]
Words: TypeAlias = "npt.NDArray[np.uint64]"

SMALLEST = 16.0**-65
LIMIT = 16.0**63
MISSING_FIRST_BYTES = b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_FRACTION_OF_DOUBLE = np.uint64(0x000F_FFFF_FFFF_FFFF)
_HIDDEN_BIT = np.uint64(0x0010_0000_0000_0000)
_FRACTION_OF_WORD = np.uint64(0x00FF_FFFF_FFFF_FFFF)
_SIGN = np.uint64(1 << 63)
_DOT = np.uint64(ord(".") << 56)


def out_of_range(values: Doubles) -> npt.NDArray[np.bool_]:
    """Which values (n,) no normalised word can hold: infinities and magnitudes outside the range.

    >>> out_of_range(np.array([0.0, 1.0, np.nan, np.inf, 1e76, 5e-324])).tolist()
    [False, False, False, True, True, True]
    """
    size = np.abs(values)
    return (size >= LIMIT) | ((size < SMALLEST) & (size > 0))


def compute_words(values: Doubles) -> Words:
    """Words (n,), big-endian, of doubles in range; ValueError where ``out_of_range`` holds for one.

    >>> compute_words(np.array([1.0, -118.625, np.nan])).tobytes().hex(" ", 8)
    '4110000000000000 c276a00000000000 2e00000000000000'
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    if out_of_range(values).any():
        raise ValueError("a number has no IBM double precision word")
    bits = values.view(np.uint64)
    power = ((bits >> np.uint64(52)) & np.uint64(0x7FF)).astype(np.int64) - 1022
    digits = (power + 3) >> 2  # the least power of 16 that is not below 2**power
    shift = (3 - (digits * 4 - power)).astype(np.uint64)
    fraction = ((bits & _FRACTION_OF_DOUBLE) | _HIDDEN_BIT) << shift
    words = (bits & _SIGN) | ((digits + 64).astype(np.uint64) << np.uint64(56)) | fraction
    words[values == 0] = 0
    words[np.isnan(values)] = _DOT
    big_endian: Words = words.astype(">u8")
    return big_endian


def missing_letters(words: Words) -> npt.NDArray[np.uint8]:
    """First byte (n,) of each word that is a missing value ("." "_" "A" to "Z", then zeros), 0 for a number.

    >>> missing_letters(np.array([0x2E << 56, 0x41 << 56, 0x4110 << 48], ">u8")).tolist()
    [46, 65, 0]
    """
    native = words.astype(np.uint64)
    first = (native >> np.uint64(56)).astype(np.uint8)
    table = np.zeros(256, bool)
    table[list(MISSING_FIRST_BYTES)] = True
    return np.where(table[first] & ((native & _FRACTION_OF_WORD) == 0), first, 0).astype(np.uint8)


def compute_doubles(words: Words) -> Doubles:
    """Doubles (n,) nearest to the words, NaN for missing values.

    A fraction of more than 53 significant bits, which only other systems write, is rounded half to even.

    >>> compute_doubles(np.array([0xC276A00000000000, 0x2E << 56], ">u8")).tolist()
    [-118.625, nan]
    """
    native = words.astype(np.uint64)
    power = ((native >> np.uint64(56)) & np.uint64(0x7F)).astype(np.int64) * 4 - (256 + 56)
    size: npt.NDArray[Any] = np.ldexp((native & _FRACTION_OF_WORD).astype(np.float64), power)
    values = np.where(native & _SIGN, -size, size)
    values[missing_letters(words) != 0] = np.nan
    return values
