"""Two by two tables enumerated with whole numbers, apart from the code that is tested."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from cdisc_itp.analysis.two_by_two import TwoByTwo

# The published counts; one with a wide gap; empty cells in each place; equal groups.
TABLES = [
    TwoByTwo(23, 43, 14, 47),
    TwoByTwo(7, 12, 1, 9),
    TwoByTwo(0, 5, 3, 6),
    TwoByTwo(5, 5, 2, 7),
    TwoByTwo(4, 11, 0, 8),
    TwoByTwo(3, 10, 3, 10),
    TwoByTwo(2, 31, 9, 14),
]


def weights(table: TwoByTwo) -> dict[int, int]:
    """The number of ways to each count of responders in the first group that the margins allow."""
    total = table.x1 + table.x2
    return {
        x: math.comb(table.n1, x) * math.comb(table.n2, total - x)
        for x in range(max(0, total - table.n2), min(table.n1, total) + 1)
    }


def conditional(table: TwoByTwo, ratio: float) -> dict[int, float]:
    """The probability of each count, given the margins and an odds ratio."""
    ways = weights(table)
    whole = math.fsum(w * ratio**x for x, w in ways.items())
    return {x: w * ratio**x / whole for x, w in ways.items()}


def least_probable(table: TwoByTwo, ratio: float, own: float = 1.0) -> float:
    p = conditional(table, ratio)
    seen = p[table.x1]
    return math.fsum(q for x, q in p.items() if x != table.x1 and q <= seen * (1 + 1e-9)) + own * seen


def smaller_tail(table: TwoByTwo, ratio: float) -> float:
    """Blaker's p value by his definition: all counts whose smaller tail is no larger than the observed one's."""
    p = conditional(table, ratio)

    def tail(x: int) -> float:
        return min(math.fsum(q for y, q in p.items() if y <= x), math.fsum(q for y, q in p.items() if y >= x))

    limit = tail(table.x1) * (1 + 1e-9)
    return math.fsum(q for x, q in p.items() if tail(x) <= limit)


def every_table(n1: int, n2: int) -> Iterator[TwoByTwo]:
    return (TwoByTwo(x1, n1, x2, n2) for x1 in range(n1 + 1) for x2 in range(n2 + 1))


def largest_probability(n1: int, n2: int, extreme: Callable[[TwoByTwo], bool]) -> float:
    """The largest probability, over a common rate, of the tables that are extreme."""
    chosen = [t for t in every_table(n1, n2) if extreme(t)]
    ways = [0] * (n1 + n2 + 1)
    for t in chosen:
        ways[t.x1 + t.x2] += math.comb(n1, t.x1) * math.comb(n2, t.x2)
    grid = [i / 2000 for i in range(2001)]
    return max(math.fsum(w * p**s * (1 - p) ** (n1 + n2 - s) for s, w in enumerate(ways)) for p in grid)
