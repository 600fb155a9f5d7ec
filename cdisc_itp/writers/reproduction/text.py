"""The reproduction as plain text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .words import MEANINGS, said_computed, said_data, said_methods, said_statistics, sensitivity_rows

WIDTH = 120


def render_reproduction_text(document: dict[str, Any], width: int = WIDTH) -> str:
    """The head with what the data are, the statuses, every item, and the table of all methods."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(Text(f"{document['study']}: published results, computed again"))
    if document["data"]:
        console.print(Text(document["data"]))
    console.print(Text(document["evidence"]))
    console.print()
    for status, count in document["statuses"].items():
        console.print(Text(f"{count:>3}  {status}: {MEANINGS[status]}"))
    for item in document["items"]:
        console.print(Text(f"\n{item['id']}: {item['status']}{_against(item)}\n  {item['label']}"))
        for name, said in _lines(item):
            line = Table.grid(padding=(0, 1))
            line.add_column(width=11)
            line.add_column()
            line.add_row(Text(name), Text(said))
            console.print(Padding(line, (0, 0, 0, 2)))
    _print_sensitivity(console, document["sensitivity"])
    console.print(Text(_verdict(document)))
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def _against(item: dict[str, Any]) -> str:
    return "" if item["as_expected"] else f" (the study expects {item['expected']})"


def _lines(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "reported", item["reported"] or "not reported"
    if item["results"]:
        yield "computed", said_computed(item)
        yield "method", said_methods(item)
    if item["readings"]:
        yield "rounding", item["rounding"]
    yield "data", said_data(item["data"])
    yield "basis", item["basis"]
    yield "source", item["source"]
    for found in item["assertions"]:
        yield "in words", f"{found['said']}: {'holds' if found['holds'] else 'does not hold'}"
    for figure in item["registry"]:
        yield "registry", f"{figure['what']}: {figure['registered']}, here {figure['computed']}"
    if item["words"]:
        yield "taken as", item["words"]
    for r in item["results"] if len(item["results"]) > 1 else ():
        yield "", f"{r['label']}: {said_statistics(r)}"
    for remark in item["computed"]:
        yield "also", remark
    for remark in item["inferred"]:
        yield "inferred", remark


def _print_sensitivity(console: Console, sensitivity: dict[str, Any]) -> None:
    if not sensitivity["results"]:
        return
    header = ("of", "method", "estimate", "lower", "upper", "p")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        table.add_column(name, justify="left" if name in ("of", "method") else "right")
    for row in sensitivity_rows(sensitivity["results"]):
        table.add_row(*map(Text, row))
    counts = " v ".join(f"{g['events']}/{g['n']}" for g in sensitivity["data"]["groups"])
    console.print(Text(f"\nEvery method on {counts}: intervals of 95%, tests two-sided"))
    console.print(Text(said_data(sensitivity["data"])))
    console.print(table)


def _verdict(document: dict[str, Any]) -> str:
    wrong = [i["id"] for i in document["items"] if not i["as_expected"]]
    if not wrong:
        return f"Every status of {len(document['items'])} items is as the study expects."
    return f"{len(wrong)} of {len(document['items'])} statuses are not as the study expects: {', '.join(wrong)}."
