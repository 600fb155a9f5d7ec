"""Hints of messages: the word that was meant, and what was found instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .yaml import Map, Node

MANY = 12


def near(word: str, words: Iterable[str]) -> str:
    """A did-you-mean hint, or the choice where nothing is near.

    >>> near("asign", ["assign", "join"]), near("x", ["assign", "join"])
    ("did you mean 'assign'?", 'one of assign, join')
    """
    choice = [str(w) for w in words]
    lower = {c.lower(): c for c in choice if c != word}
    close = [lower[word.lower()]] if word.lower() in lower else difflib.get_close_matches(word, choice, 1, 0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"one of {', '.join(sorted(choice))}" if 0 < len(choice) <= MANY else ""


def shown(node: Node) -> str:
    """A node as a message shows it."""
    if node is None:
        return "nothing"
    if isinstance(node, Map):
        return "'key: value' lines"
    return "a list" if isinstance(node, list) else f"'{node}'"
