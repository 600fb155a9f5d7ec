"""The survey of sources as plain text: the short form of the page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..writers.sites_words import attention, said_column, said_decimals, said_gap, said_value

Document = dict[str, Any]
WIDTH = 120
SHOWN = 40


def render_sites_text(document: Document, width: int = WIDTH) -> str:
    """What needs attention, rows by form and source, files, values, units, differences, subjects, identifiers."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(f"{document['study']}: {len(document['tables'])} raw tables of {len(document['sources'])} sources")
    if document["data"]:
        console.print(Text(document["data"]))
    for _, text in attention(document):
        console.print(Text(f"- {text}"))
    for line in _problems(document):
        console.print(Text(f"  {line}"), soft_wrap=True)
    _print(console, "forms", ["form", *document["sources"]], _forms(document))
    _print(console, "files", ["file", "source", "rows", "twice", "read as"], _files(document))
    _print(console, "values that the spec cannot take", VALUE_HEADER, _values(document))
    _print(console, "written differently", ["form column", "source", "raw column", "how"], _differences(document))
    _print(console, "units and decimals", ["form", "test", *document["sources"]], _units(document))
    _print(console, "subjects", ["form", "source", "subjects", "what"], _gaps(document))
    _print(console, "like identifiers", ["file", "column", "values", "why", "first rows"], _suspected(document))
    dropped = document["identifiers"]["dropped"]
    if dropped:
        cells = sum(d["cells"] for d in dropped)
        console.print(f"\nidentifiers dropped: {cells:,} cells of {len(dropped)} declared columns")
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


VALUE_HEADER = ["becomes", "source", "made of", "value", "rows", "looked up in", "first"]


def _print(console: Console, title: str, header: Sequence[str], rows: list[list[str]]) -> None:
    """A table, cut after SHOWN rows with the number of the others; nothing where there is no row."""
    if not rows:
        return
    table = Table(*header, title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows[:SHOWN]:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN:,} more: see --report html or json")


def _problems(document: Document) -> Iterable[str]:
    """Each thing that stops a conversion, in a line."""
    yield from document["spec_problems"]
    for u in document["unreadable"]:
        yield f"source {u['source']}, {u['table']}: {u['problem']}"
    for name in document["unclaimed"]:
        yield f"{name}: no source names it"
    for t in document["tables"]:
        place = t["file"] + (f" sheet {t['sheet']}" if t["sheet"] else "")
        yield from (f"{place}: {p}" for p in t["problems"])
        yield from (f"{place}: column '{c}' is in no place" for c in t["unknown"])
        for m in t["missing"]:
            hint = f" - {m['hint']}" if m["hint"] else ""
            yield f"{place}: has no column '{m['column']}' (for {', '.join(m['for'])}){hint}"


def _forms(document: Document) -> list[list[str]]:
    said = [(f["form"], [f["sources"].get(s) for s in document["sources"]]) for f in document["forms"]]
    return [[form, *(f"{c['form_rows']:,}" if c else "" for c in cells)] for form, cells in said]


def _files(document: Document) -> list[list[str]]:
    return [
        [
            t["file"] + (f" [{t['sheet']}]" if t["sheet"] else ""),
            t["source"],
            f"{t['rows']:,}",
            f"{t['duplicates']:,}" if t["duplicates"] else "",
            ", ".join(_detected(d) for d in t["detected"]),
        ]
        for t in document["tables"]
    ]


def _detected(d: Document) -> str:
    return f"{said_value(d['value'])} ({'declared' if d['declared'] else format(d['confidence'], '.2f')})"


def _values(document: Document) -> list[list[str]]:
    return [
        [
            v["where"],
            v["source"],
            v["column"],
            v["value"] if v["value"] is not None else "(not shown)",
            f"{v['count']:,}",
            v["against"],
            f"{v['file']} row {v['row']}",
        ]
        for v in document["values"]
    ]


def _differences(document: Document) -> list[list[str]]:
    out = []
    for form in document["forms"]:
        for column in form["columns"]:
            for w in column["written"] if column["differs"] else ():
                seen = "; ".join(text for _, text in said_column(w["seen"])) if w["seen"] else ""
                out.append([f"{form['form']}.{column['column']}", w["source"], w["raw"] or w["said"], seen])
    return out


def _units(document: Document) -> list[list[str]]:
    """A row a test, a cell a source: units, with the numbers of results."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for u in document["units"]:
        said = f"{u['unit'] or 'no unit'}: {u['count']:,}; {said_decimals(u['number'])}".removesuffix("; ")
        found.setdefault((u["form"], u["test"]), {}).setdefault(u["source"], []).append(said)
    return [[*key, *("\n".join(cells.get(s, ())) for s in document["sources"])] for key, cells in found.items()]


def _gaps(document: Document) -> list[list[str]]:
    gaps = document["subjects"]["gaps"]
    return [[g["form"], g["source"], f"{g['count']:,}", f"{said_gap(g)}: {', '.join(g['subjects'])}"] for g in gaps]


def _suspected(document: Document) -> list[list[str]]:
    found = document["identifiers"]["suspected"]
    return [[i["file"], i["column"], f"{i['count']:,}", i["why"], ", ".join(str(r) for r in i["rows"])] for i in found]
