"""The table of mutations: each changes a written package in one place, and says which rules must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .written import Written


@dataclass(frozen=True)
class Mutation:
    """A change for which ``rule`` exists; ``relatives`` are the other rules that it must wake too, and no more."""

    rule: str
    relatives: frozenset[str]
    change: Callable[[Written], None]

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.change.__name__}"


MUTATIONS: list[Mutation] = []


def mutation(rule: str, *relatives: str) -> Callable[[Callable[[Written], None]], Callable[[Written], None]]:
    def register(change: Callable[[Written], None]) -> Callable[[Written], None]:
        MUTATIONS.append(Mutation(rule, frozenset(relatives), change))
        return change

    return register
