"""Who is told how the work goes."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Who is told how the work goes."""

    def stage(self, name: str, number: int, of: int) -> None:
        """A stage begins."""
        ...

    def advance(self, what: str, done: int, of: int) -> None:
        """Something within the stage is done."""
        ...


class Silent:
    """Nobody watches."""

    def stage(self, name: str, number: int, of: int) -> None:
        """Say nothing."""

    def advance(self, what: str, done: int, of: int) -> None:
        """Say nothing."""
