"""Text that is longer than a value of a transport file: divided between words (SDTMIG 3.4, 4.5.3)."""

from __future__ import annotations

import re

MAX_BYTES = 200
MAX_NAME = 8


def split_text(text: str, encoding: str, limit: int = MAX_BYTES) -> list[str] | None:
    """The text in parts of at most ``limit`` bytes, cut at spaces, which are not kept; None where a word is longer.

    A sign that the encoding does not have counts as in UTF-8. No part begins or ends with a space.

    >>> split_text("one two three", "ascii", 7), split_text("seventeen", "ascii", 7)
    (['one two', 'three'], None)
    """
    first, *others = re.split("( +)", text.strip(" "))
    parts = [first]
    for gap, word in zip(others[::2], others[1::2], strict=True):
        longer = parts[-1] + gap + word
        if _size(longer, encoding) <= limit:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts if all(_size(part, encoding) <= limit for part in parts) else None


def _size(text: str, encoding: str) -> int:
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return len(text.encode())


def continued_name(variable: str, number: int) -> str:
    """The qualifier that holds part ``number`` of a variable's text; a digit takes the place of a letter too many.

    >>> continued_name("DVTERM", 1), continued_name("AEACNOTH", 2)
    ('DVTERM1', 'AEACNOT2')
    """
    digits = str(number)
    return variable[: MAX_NAME - len(digits)] + digits
