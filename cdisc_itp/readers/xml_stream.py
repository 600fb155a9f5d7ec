"""XML as a stream of events, for files that are too large for a tree.

The parser is expat: its line numbers are right beyond line 65,535 (those of libxml2 2.14 are not), and it knows
no network. A document type is refused where it begins, so that there is no entity to expand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn, Protocol
from xml.parsers import expat

from .limits import Limits
from .problems import Problems

DOCTYPE = "a document type declaration is not read: it can hold entities and call other files"
BETWEEN = " "
"""Stands between namespace and local name; a namespace holds no blank."""
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class Events(Protocol):
    """What is told of a document. Names are ``namespace local``, or ``local`` without namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


class XmlStream:
    """A parse under way: where it is, and its bounds."""

    def __init__(self, problems: Problems, limits: Limits) -> None:
        self.problems = problems
        self.limits = limits
        self.depth = 0
        self.prefixes: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8", BETWEEN)
        self._parser.buffer_text = True
        self._fed = self._length = 0
        self._parts: list[str] = []
        self._handlers: tuple[Start | None, End | None] = None, None

    @property
    def line(self) -> int:
        """Line of the event, 1-based."""
        return self._parser.CurrentLineNumber

    def fail(self, code: str, message: str, hint: str = "") -> NoReturn:
        """Raise ReadError at the line of the event."""
        self.problems.add(code, message, self.line, hint=hint)
        self.problems.raise_any()
        raise AssertionError("unreachable")

    def refuse(self, message: str, limit: int) -> NoReturn:
        """Raise ReadError (READ007) for what is beyond a bound."""
        self.fail("READ007", f"{message}: more than the limit of {limit}")

    def listen(self) -> None:
        """Keep the text from here on, for ``heard``."""
        self._parts, self._length = [], 0
        self._parser.CharacterDataHandler = self._hear

    def heard(self) -> str:
        """The text since ``listen``; no more is kept."""
        self._parser.CharacterDataHandler = None
        return "".join(self._parts)

    def pass_over(self, name: str) -> None:
        """Tell nothing of the element that just began, not even its end; no ``name`` may stand in it."""

        def end(ended: str) -> None:
            if ended == name:
                self.depth -= 1
                self._parser.StartElementHandler, self._parser.EndElementHandler = self._handlers

        self._parser.StartElementHandler, self._parser.EndElementHandler = None, end

    def _hear(self, data: str) -> None:
        self._parts.append(data)
        self._length += len(data)
        if self._length > self.limits.xml_value:
            self.refuse(f"a text of over {self.limits.xml_value} characters", self.limits.xml_value)

    def parse(self, parts: Iterable[bytes], events: Events) -> None:
        """Tell ``events`` what the UTF-8 parts hold; raises ReadError (READ007, READ050, READ051)."""
        parser, deepest = self._parser, self.limits.xml_depth
        told_start, told_end = events.start, events.end

        def start(name: str, attributes: dict[str, str]) -> None:
            self.depth += 1
            if self.depth > deepest:
                self.refuse(f"elements {self.depth} deep", deepest)
            told_start(name, attributes)

        def end(name: str) -> None:
            told_end(name)
            self.depth -= 1

        self._handlers = start, end
        parser.StartElementHandler, parser.EndElementHandler = self._handlers
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            for part in parts:
                self._feed(part)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "not well-formed XML"
            self.problems.add("READ050", f"{reason}, column {error.offset + 1}", error.lineno)
            self.problems.raise_any()

    def _feed(self, part: bytes) -> None:
        """Parse a part; what the parser holds back is one tag or comment that has not ended, and must not grow."""
        self._parser.Parse(part, False)
        self._fed += len(part)
        held, most = self._fed - max(self._parser.CurrentByteIndex, 0), self.limits.xml_token
        if held > most + len(part):
            self.refuse(f"a tag, comment or section of over {held - len(part)} bytes", most)

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        if prefix and namespace and len(self.prefixes) < self.limits.columns:
            self.prefixes.setdefault(namespace, prefix)

    def _refuse_doctype(self, *_: object) -> None:
        self.fail("READ051", DOCTYPE, "remove the DOCTYPE")
