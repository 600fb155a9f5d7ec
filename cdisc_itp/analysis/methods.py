"""The registry of analysis methods: a word of published.yaml, what it is called, and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from .samples import Sample
from .two_by_two import TwoByTwo

Kind = Literal["estimate", "interval", "test", "stratified", "comparison", "description", "figures"]
# A statistic by its name, or by its name and group ("median tacdan").
Statistics = dict[str, float]
METHODS: dict[str, Method]


class Method(Struct, frozen=True):
    """A method; ``gives`` are the names of its statistics, without groups.

    ``measure`` is what an estimate or interval is of. ``closed`` marks a formula of a two by two table that is quick
    enough to be tried on all tables.
    """

    word: str
    label: str
    kind: Kind
    gives: tuple[str, ...]
    compute: Callable[[Sample], Statistics]
    measure: str = ""
    closed: Callable[[TwoByTwo], float] | None = None


METHODS = {}


def register(method: Method) -> None:
    """Add a method; AssertionError where there is one of that name."""
    if method.word in METHODS:
        raise AssertionError(f"two methods are called {method.word}")
    METHODS[method.word] = method
