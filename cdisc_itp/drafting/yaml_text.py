"""Text of YAML files: scalars that are read back as they were, and comments that stay on their line.

Only what the strict loader of specs takes is written: plain or double quoted scalars, flow lists and mappings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"
_PLAIN = re.compile(r"(?:[^\W\d_][\w./()-]*(?: [\w./()-]+)*|\$[a-z_]+)")
# What YAML or a person could take for something else.
_WORDS = frozenset({"null", "yes", "no", "true", "false", "on", "off", "y", "n", "nan", "inf"})


def scalar(text: str) -> str:
    """A text as a YAML scalar: plain where nothing could be mistaken, else in double quotes.

    >>> [scalar(t) for t in ("PLT_U", "04", "dd MMM yyyy", "a: b", "No", "", "日期")]
    ['PLT_U', '"04"', 'dd MMM yyyy', '"a: b"', '"No"', '""', '日期']
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS and text.isprintable():
        return text
    return '"' + "".join(f"\\{c}" if c in '"\\' else _shown(c) for c in text) + '"'


def _shown(sign: str) -> str:
    """A sign, or its number where YAML or a person would not see it."""
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def flow(value: Value) -> str:
    """A value in one line.

    >>> flow({"column": "A", "format": ["dd/MM/yyyy", "d.M.yyyy"]})
    '{column: A, format: [dd/MM/yyyy, d.M.yyyy]}'
    """
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def plain_text(text: str) -> str:
    """A text for a comment: on one line, and of signs that YAML allows.

    >>> plain_text("two\\nlines")
    'two\\\\u000alines'
    """
    return "".join(map(_shown, text))


class Lines:
    """The lines of one file, each with what it rests on."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, depth: int, text: str, *remarks: str) -> None:
        """A line; the first remark stands behind it where it is short, the others above it."""
        *above, last = [plain_text(r) for r in remarks if r] or [""]
        for remark in above:
            self.remark(depth, remark)
        self.lines.append("  " * depth + text + (f"  # {last}" if last else ""))

    def remark(self, depth: int, remark: str) -> None:
        """A line of its own that is only a comment."""
        self.lines.append(f"{'  ' * depth}# {plain_text(remark)}")

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"
