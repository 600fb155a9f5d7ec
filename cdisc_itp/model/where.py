"""Define-XML where clauses: comparisons that are AND-ed; a list of clauses is OR."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Comparator = Literal["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN", "IS"]
COMPARATORS: tuple[Comparator, ...] = ("EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN", "IS")
ORDERED: frozenset[str] = frozenset({"LT", "LE", "GT", "GE"})


class Comparison(Struct, frozen=True):
    """``ref comparator values``: one value but for IN and NOTIN; IS takes MISSING or PRESENT (filters only)."""

    ref: str
    comparator: Comparator
    values: tuple[str, ...]

    def __str__(self) -> str:
        if self.comparator == "IS":
            return f"{self.ref} IS {self.values[0]}"
        if self.comparator in ("IN", "NOTIN"):
            return f"{self.ref} {self.comparator} ({', '.join(self.values)})"
        return f"{self.ref} {self.comparator} {self.values[0]}"


class WhereClause(Struct, frozen=True):
    """Comparisons that all hold."""

    comparisons: tuple[Comparison, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.comparisons))


class Condition(Struct, frozen=True):
    """Clauses of which at least one holds."""

    clauses: tuple[WhereClause, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """Every name that the condition reads, each once."""
        return tuple(dict.fromkeys(c.ref for w in self.clauses for c in w.comparisons))

    def __str__(self) -> str:
        return " or ".join(map(str, self.clauses))
