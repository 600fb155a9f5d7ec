"""Numbers as reports write them: decimals as written, a rounding rule, and slips of the pen."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

from ..spec.published_types import Rounding

RULES: Final[dict[Rounding, str]] = {
    "half up": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
}
NOT_COMPUTED = "not estimable"


def decimals_of(text: str) -> int:
    """The decimals that a number is written with.

    >>> decimals_of("2.17"), decimals_of("53")
    (2, 0)
    """
    return len(text.partition(".")[2])


def round_text(value: float | None, decimals: int, rule: Rounding = "half up") -> str:
    """A number with so many decimals; never -0. What differs from a half by a rounding error is a half.

    >>> round_text(0.031866, 3), round_text(2.5, 0), round_text(2.5, 0, "half even"), round_text(None, 2)
    ('0.032', '3', '2', 'not estimable')
    """
    if value is None or math.isnan(value):
        return NOT_COMPUTED
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    exact = Decimal(format(value, ".12g"))
    made = exact.quantize(Decimal(1).scaleb(-decimals), RULES[rule])
    return format(made if made else abs(made), "f")


def exchanged(written: str, meant: str) -> bool:
    """Whether two numbers are the same but for two neighbouring digits in exchanged places.

    >>> exchanged("2.17", "2.71"), exchanged("2.17", "2.17"), exchanged("2.17", "1.72")
    (True, False, False)
    """
    a, b = written.replace(".", ""), meant.replace(".", "")
    if len(written) != len(meant) or written.find(".") != meant.find("."):
        return False
    differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and a[differ[0]] == b[differ[1]]
        and a[differ[1]] == b[differ[0]]
    )
