"""Links of the page: anchors that are named by OID, and files beside define.xml. Nothing that runs is linked."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from ...model.define import DefineDocument
from ...model.define_texts import DocumentRef, PageRef

# A browser drops these inside an address before it looks for a scheme (WHATWG URL, 4.4).
_DROPPED = re.compile(r"[\x00-\x20\x7f]+")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LINKED = ("http", "https", "mailto")


class Link(Struct, frozen=True):
    """A text with where it leads; without ``href`` it is shown as text, and ``fault`` says why."""

    text: str
    href: str | None = None
    fault: str = ""


def safe_href(href: str | None) -> str | None:
    """The address where it may be linked: relative, or http, https, mailto; else None.

    >>> safe_href("../crf.pdf"), safe_href("java\\tscript:alert(1)"), safe_href("//host/x")
    ('../crf.pdf', None, '//host/x')
    """
    if not href or not href.strip():
        return None
    scheme = _SCHEME.match(_DROPPED.sub("", href))
    return href.strip() if scheme is None or scheme.group(1).lower() in _LINKED else None


def local_path(href: str | None) -> str | None:
    """The path of a file beside define.xml that an address names; None where it is elsewhere."""
    safe = safe_href(href)
    try:
        parts = urlsplit(safe or "")
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or not parts.path else unquote(parts.path)


class Anchors:
    """The ids of the page: the OID itself where it is free, else with what it stands in."""

    def __init__(self) -> None:
        self._taken = {"top", "main", "nav", "q", "found", "filters", "problems", "unused"}
        self._of: dict[tuple[str, str], str] = {}

    def claim(self, kind: str, oid: str | None, within: str = "") -> str:
        """A new id for what ``oid`` names, an element of that kind; the first one is what references lead to."""
        stem = re.sub(r"\s+", "_", oid or "") or kind
        tries = [stem, f"{within}/{stem}" if within else f"{kind}/{stem}"]
        number = 2
        while tries[0] in self._taken:
            tries.pop(0)
            if not tries:
                tries.append(f"{kind}/{stem}/{number}")
                number += 1
        self._taken.add(tries[0])
        if oid:
            self._of.setdefault((kind, oid), tries[0])
        return tries[0]

    def href(self, kind: str, oid: str | None) -> str | None:
        """The address of what an OID names; None where nothing has it."""
        found = self._of.get((kind, oid or ""))
        return None if found is None else to_id(found)


def to_id(anchor: str) -> str:
    """The address of an id on the page."""
    return "#" + quote(anchor, safe="!$&'()*+,;=:@/?-._~")


class Files:
    """Links to the files that leaves name. ``there`` are those that exist, by path; None where it is not known."""

    def __init__(self, document: DefineDocument, there: frozenset[str] | None) -> None:
        self.document, self.there = document, there

    def link(self, leaf: str | None, place: str = "", text: str = "") -> Link:
        """A link to the file of a leaf, or to a place in it (after the #)."""
        found = self.document.leaf.get(leaf or "")
        if found is None:
            return Link(text or leaf or "?", None, f"no leaf has the ID {leaf}")
        shown = text or found.title or found.href or found.id or "?"
        href = safe_href(found.href)
        if href is None:
            return Link(shown, None, f"not linked: {found.href}" if found.href else "the leaf names no file")
        return Link(shown, f"{href}#{place}" if place else href, self._fault(found.href))

    def _fault(self, href: str | None) -> str:
        path = local_path(href)
        if self.there is None or path is None or path.removeprefix("./") in self.there:
            return ""
        return "file not found"

    def pages(self, ref: DocumentRef) -> list[Link]:
        """The places in a document that a reference means, each with its link."""
        return [link for page in ref.pages for link in self._page(ref.leaf, page)]

    def _page(self, leaf: str | None, page: PageRef) -> list[Link]:
        title = f" ({page.title})" if page.title else ""
        if page.refs and page.type == "NamedDestination":
            return [self.link(leaf, f"nameddest={quote(r)}", r + title) for r in page.refs]
        links = [self.link(leaf, f"page={quote(r)}", f"p. {r}{title}") for r in page.refs]
        if page.first or page.last:
            first, last = page.first or page.last or "", page.last or page.first or ""
            links.append(self.link(leaf, f"page={quote(first)}", f"pp. {first}–{last}{title}"))
        return links
