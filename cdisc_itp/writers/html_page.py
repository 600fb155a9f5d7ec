"""A page of HTML from elements: every text is escaped by the serialiser, nothing is loaded, nothing is scripted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from lxml import etree

Child: TypeAlias = "etree._Element | str | None"
# Characters that no XML document may hold (XML 1.0, 2.2); a page shows them by their number.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6877; --line: #d8dee6; --paper: #fff; --band: #f4f6f9;
  --warn: #8a5300; --warn-band: #fff4e0; --bad: #9b1c1c; --bad-band: #fdecec; --link: #1f5aa6; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe5ec; --soft: #98a5b3; --line: #333d48; --paper: #14191f;
  --band: #1c232b; --warn: #f0b860; --warn-band: #33280f; --bad: #f29a9a; --bad-band: #3a1b1b; --link: #86b6f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .3rem 0; max-width: 60rem; }
a { color: var(--link); }
nav a { margin-right: 1rem; }
.soft { color: var(--soft); }
.tight { white-space: nowrap; }
.notice { background: var(--band); border-left: 3px solid var(--line); padding: .4rem .8rem; }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .65rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--band); white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td div + div { margin-top: .15rem; }
code { font: .92em ui-monospace, "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace;
  overflow-wrap: anywhere; }
.warn { color: var(--warn); background: var(--warn-band); padding: 0 .3em; border-radius: 3px; }
.bad { color: var(--bad); background: var(--bad-band); padding: 0 .3em; border-radius: 3px; }
details { margin: .35rem 0; } summary { cursor: pointer; padding: .15rem 0; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
@media print { body { max-width: none; padding: 0; font-size: 9pt; } nav { display: none; }
  .scroll { overflow: visible; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; }
  thead { display: table-header-group; } }
"""


def element(tag: str, *children: Child, **attributes: str) -> etree._Element:
    """An element with texts and elements inside; ``class_`` is the attribute class, and None is nothing.

    >>> etree.tostring(element("p", "a < b ", element("b", "c"), class_="soft")).decode()
    '<p class="soft">a &lt; b <b>c</b></p>'
    """
    made = etree.Element(tag, {k.rstrip("_"): shown_text(v) for k, v in attributes.items()})
    for child in children:
        if isinstance(child, str):
            _append_text(made, shown_text(child))
        elif child is not None:
            made.append(child)
    return made


def _append_text(made: etree._Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def shown_text(text: str) -> str:
    """Text with characters that no page may hold shown by their number.

    >>> shown_text("a\\x07b")
    'a\\\\x07b'
    """
    return _FORBIDDEN.sub(lambda m: f"\\x{ord(m.group()):02x}", text)


def table(header: Sequence[Child], rows: Iterable[Sequence[Child]], numbers: Iterable[int] = ()) -> etree._Element:
    """A table whose first column heads its rows; ``numbers`` are the columns that are set flush right."""
    right = set(numbers)
    classes = [{"class_": "number"} if i in right else {} for i in range(len(header))]
    head = element("tr", *(element("th", h, scope="col", **c) for h, c in zip(header, classes, strict=True)))
    body = [
        element("tr", *(_cell(i, c, **a) for i, (c, a) in enumerate(zip(row, classes, strict=True)))) for row in rows
    ]
    whole = element("table", element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll")


def _cell(number: int, child: Child, **attributes: str) -> etree._Element:
    return element("td", child, **attributes) if number else element("th", child, scope="row", **attributes)


def lines(*children: Child) -> etree._Element:
    """Several things below each other in a cell."""
    return element("div", *(element("div", c) for c in children if c is not None))


def render_page(title: str, body: Iterable[etree._Element], language: str = "en") -> str:
    """The whole page as text: HTML 5, one file, the same for the same content."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        etree.Element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("title", title),
        element("style", STYLE),
    )
    page = element("html", head, element("body", element("main", *body)), lang=language)
    text = etree.tostring(page, method="html", encoding="unicode", doctype="<!DOCTYPE html>", pretty_print=True)
    return f"{text.rstrip()}\n"
