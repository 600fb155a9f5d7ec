"""What the survey of sources says, in words that the page and the terminal share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..standards.identifiers import said_kind

Document = dict[str, Any]
VALUES = 6


def counted(n: int, what: str) -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(2000, "row")
    ('1 file', '2,000 rows')
    """
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def attention(document: Document) -> list[tuple[str, str]]:
    """What a person should look at first: the section and a sentence."""
    tables, said = document["tables"], document["identifiers"]
    columns = [c for t in tables for c in t["columns"]]
    unsure = [c for c in columns if any(d["other"] and not d["certain"] for d in c["dates"])]
    judged = document["values"]
    shown = [
        ("attention", len(document["spec_problems"]), "problem", "of the spec"),
        ("files", len(document["unreadable"]), "file", "cannot be read"),
        ("files", len(document["unclaimed"]), "file", "that no source names"),
        ("files", sum(len(t["unknown"]) for t in tables), "raw column", "in no place of the spec"),
        ("files", sum(len(t["missing"]) for t in tables), "raw column", "that the spec names and a file has not"),
        ("files", sum(t["duplicates"] for t in tables), "row", "that agree with an earlier one in every column"),
        ("values", len(judged), "value", f"in {sum(v['count'] for v in judged):,} rows that the spec cannot take"),
        ("raw", len(unsure), "column", "of dates in which nothing tells the day from the month"),
        (
            "columns",
            sum(c["differs"] for f in document["forms"] for c in f["columns"]),
            "form column",
            "written differently",
        ),
        ("subjects", len(document["subjects"]["gaps"]), "gap", "between forms and the subjects of demography"),
        ("identifiers", len(said["suspected"]), "place", "with what looks like a direct identifier"),
    ]
    return [(at, f"{counted(n, what)} {text}") for at, n, what, text in shown if n]


def said_detected(d: Document) -> str:
    """How a file was read.

    >>> said_detected({"what": "encoding", "value": "gbk", "confidence": 0.93, "declared": False})
    'encoding gbk, detected (0.93)'
    """
    how = "declared" if d["declared"] else f"detected ({d['confidence']:.2f})"
    return f"{d['what']} {said_value(d['value'])}, {how}"


def said_value(value: str) -> str:
    """What was detected, with a name for a sign that is hard to see.

    >>> said_value(";"), said_value("gbk")
    ('semicolon', 'gbk')
    """
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe", " ": "blank"}.get(value, value)


def said_place(place: Document) -> str:
    """Where a raw column goes."""
    return f"{place['fate']}: {place['reason']}" if place["reason"] else str(place["fate"])


def said_gap(gap: Document) -> str:
    """What a form has too little or too much of."""
    return {
        "not in demography": "have rows here and none in demography",
        "no row": "are in demography and have no row here",
        "several rows": "have several rows here, and should have one",
    }[str(gap["what"])]


def said_decimals(number: Document | None) -> str:
    """Digits after the mark, and what else is in the numbers.

    >>> said_decimals({"decimals": {"0": 3, "1": 7}, "mark": ",", "limits": 2, "thousands": None, "uncertain": 0})
    'decimals 0 (3x), 1 (7x), mark ",", limits such as <2 (2x)'
    """
    if number is None:
        return ""
    decimals = ", ".join(f"{d} ({n:,}x)" for d, n in number["decimals"].items())
    mark = f', mark "{number["mark"]}"' if number["mark"] == "," else ""
    thousands = f', thousands "{number["thousands"]}"' if number["thousands"] else ""
    limits = f", limits such as <2 ({number['limits']:,}x)" if number["limits"] else ""
    unsure = f", decimals or thousands ({number['uncertain']:,}x)" if number["uncertain"] else ""
    return ("whole numbers" if set(number["decimals"]) == {"0"} else f"decimals {decimals}") + (
        mark + thousands + limits + unsure
    )


def said_column(c: Document) -> Iterator[tuple[str, str]]:
    """How a raw column is written: ("", "soft", "warn" or "bad", a short text)."""
    if c["dates"]:
        yield from (_said_date(d) for d in c["dates"])
        other = c["count"] - sum(d["count"] for d in c["dates"])
        if other > 0:
            yield "bad", f"{other:,} other texts"
    elif c["kind"] in ("integer", "decimal") and (c["hidden"] or len(c["values"]) < c["distinct"] - len(c["marks"])):
        yield "", said_decimals(c["number"])
    elif c["kind"] in ("integer", "decimal"):
        yield "", f"{said_decimals(c['number'])}: {_said_values(c)}"
    else:
        yield "soft" if c["kind"] == "empty" else "", _said_texts(c)
    if c["marks"]:
        yield "soft", "missing: " + ", ".join(f"{m['value']} ({m['count']:,}x)" for m in c["marks"])
    for trait, n in c["traits"].items():
        if trait not in ("limits", "leading zeros") or c["kind"] not in ("integer", "decimal"):
            yield "soft", f"{trait} ({n:,}x)"
    for i in c["identifier_like"]:
        yield "bad", f"{said_kind(i['shape'])} ({i['count']:,}x)"
    if c["identifier"]:
        yield "bad", f"the name speaks of a person's {c['identifier']}"


def _said_date(d: Document) -> tuple[str, str]:
    parts = [f"{d['format']} ({d['count']:,}x"]
    parts += [f", {d['partial']:,} partial"] if d["partial"] else []
    parts += [f", {d['impossible']:,} no such day"] if d["impossible"] else []
    if d["other"]:
        parts.append(f", {d['ambiguous']:,} could be {d['other']}" if d["ambiguous"] else f", or {d['other']}")
    undecided = d["other"] and not d["certain"]
    return "warn" if undecided or d["impossible"] else "", "".join(parts) + ")"


def _said_texts(c: Document) -> str:
    if c["kind"] == "empty":
        return "no value"
    if c["hidden"]:
        shapes = ", ".join(f"{s['value']} ({s['count']:,}x)" for s in c["shapes"])
        return f"{c['hidden']}: not shown" + (f"; written {shapes}" if shapes else "")
    if c["kind"] in ("code list", "yes/no"):
        return _said_values(c)
    return str(c["evidence"])


def _said_values(c: Document) -> str:
    shown = ", ".join(f"{v['value']} ({v['count']:,}x)" for v in c["values"][:VALUES])
    more = c["distinct"] - len(c["marks"]) - min(VALUES, len(c["values"]))
    return shown + (f" and {more:,} more" if more > 0 else "")
