"""Kinds of direct identifiers of persons, and the shapes of those that can be told by their signs alone."""

from __future__ import annotations

import re

# A citizen's number (GB 11643-1999): six digits of the region, the date of birth, three digits and a check sign.
_BIRTH = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_IDENTITY = rf"[1-9][0-9]{{5}}[ -]?{_BIRTH}[ -]?[0-9]{{3}}[0-9Xx]"
_MOBILE = r"(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}"
DROPPED = "dropped identifier"
"""The kind of a text that repeats what an identifier column holds; of all others it is a shape."""
SHAPES: dict[str, str] = {
    "identity number": rf"(?:^|[^0-9]){_IDENTITY}(?:$|[^0-9Xx])",
    "mobile number": rf"(?:^|[^0-9.]){_MOBILE}(?:$|[^0-9])",
    "e-mail address": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}",
}


def shape_of(text: str) -> str | None:
    """The first shape that a text holds something of.

    >>> shape_of("tel 13000000401"), shape_of("TEL")
    ('mobile number', None)
    """
    return next((shape for shape, pattern in SHAPES.items() if re.search(pattern, text)), None)


def said_kind(kind: str) -> str:
    """A kind in words.

    >>> said_kind("mobile number"), said_kind(DROPPED)
    ('shape of: mobile number', 'repeats an identifier column')
    """
    return "repeats an identifier column" if kind == DROPPED else f"shape of: {kind}"
