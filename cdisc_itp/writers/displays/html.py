"""Displays as HTML: a page each, and one page of all of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from ... import __version__
from ...model.display import Display, Report, TableColumn
from ..html_page import STYLE
from .figures import figure_names

_OWN = """
.display th, .display td { padding: .22rem .65rem; } .display thead th { white-space: normal; vertical-align: bottom; }
.display { border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); }
.display thead tr:last-child th { border-bottom: 1px solid var(--ink); }
.display tbody th { font-weight: 400; white-space: normal; min-width: 12rem; } .display .head th { font-weight: 600; }
.display .in1 { padding-left: 1.9rem; } .display .in2 { padding-left: 3.2rem; } .display .in3 { padding-left: 4.4rem; }
td.number, th.number { text-align: center; }
figure { margin: .5rem 0; } figure img { max-width: 100%; height: auto; background: #fff; }
.notes { font-size: .8rem; color: var(--soft); } .files a { margin-right: .6rem; }
nav ul { list-style: none; padding: 0; }
.hide { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
section + section { break-before: page; }
"""


def render_display_page(report: Report, display: Display) -> str:
    """The page of one display, to lie in tables/ beside figures/."""
    return _render(report, (display,), f"{display.caption}. {display.title}", "../", False)


def render_index_page(report: Report) -> str:
    """The page of all displays, to lie above tables/ and figures/."""
    return _render(report, report.displays, f"{report.study}: tables and figures", "", True)


def _render(report: Report, shown: tuple[Display, ...], title: str, root: str, index: bool) -> str:
    style = (STYLE + _OWN).replace("\n\n", "\n").strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            shown=shown,
            title=title,
            root=root,
            index=index,
            style=style,
            policy=f"default-src 'none'; img-src 'self' file:; style-src 'sha256-{digest}'; base-uri 'none'",
            program=f"cdisc-itp {__version__}",
            spans=_spans,
            pictures=figure_names,
        )
    )
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


@cache
def _environment() -> Environment:
    loader = PackageLoader("cdisc_itp", "writers/displays")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _spans(columns: Iterable[TableColumn]) -> list[tuple[str, int]]:
    """What heads neighbouring columns together, and how many they are."""
    return [(group, len(list(some))) for group, some in groupby(columns, key=lambda c: c.group)]
