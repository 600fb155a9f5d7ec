"""The survey of sources as a page: what needs attention first, then source beside source, then every raw column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from .html_page import Child, element, lines, render_page, table
from .sites_words import attention, counted, said_column, said_decimals, said_detected, said_gap, said_place

Document = dict[str, Any]
SECTIONS = (
    ("attention", "What needs attention"),
    ("forms", "Forms by source"),
    ("files", "Files"),
    ("values", "Values that the spec cannot take"),
    ("units", "Units and decimals of each test"),
    ("subjects", "Subjects"),
    ("identifiers", "Direct identifiers"),
    ("columns", "How each source writes each form column"),
    ("raw", "Every raw column"),
)


def render_sites_html(document: Document) -> str:
    """The page: one file, without scripts or anything from the network."""
    makers = (_attention, _forms, _files, _values, _units, _subjects, _identifiers, _columns, _raw)
    body: list[etree._Element] = [
        element("h1", f"{document['study']}: what each source has"),
        element("p", f"{len(document['tables'])} raw tables of {len(document['sources'])} sources", class_="soft"),
    ]
    if document["data"]:
        body.append(element("p", document["data"], class_="notice"))
    body.append(element("nav", *(element("a", title, href=f"#{at}") for at, title in SECTIONS)))
    for (at, title), make in zip(SECTIONS, makers, strict=True):
        body += [element("h2", title, id=at), *make(document)]
    body.append(element("p", f"cdisc-itp {document['version']}, spec {document['spec_sha256'][:12]}", class_="soft"))
    return render_page(f"{document['study']}: sources", body)


def code(text: str) -> etree._Element:
    """A name or a value as it is written."""
    return element("code", text)


def several(items: Iterable[Child]) -> etree._Element | None:
    """Things below each other, or nothing."""
    found = list(items)
    return lines(*found) if found else None


def none_said(text: str) -> etree._Element:
    """That there is nothing."""
    return element("p", text, class_="soft")


def _attention(document: Document) -> Iterator[etree._Element]:
    found = attention(document)
    if not found:
        yield none_said("Nothing: the spec knows everything that the sources have.")
        return
    yield element("ul", *(element("li", element("a", text, href=f"#{at}")) for at, text in found))
    if document["spec_problems"]:
        yield element("h3", "Problems of the spec")
        yield element("ul", *(element("li", code(p)) for p in document["spec_problems"]))


def _forms(document: Document) -> Iterator[etree._Element]:
    sources = document["sources"]
    rows = []
    for form in document["forms"]:
        cells = [_rows_of(form["sources"].get(s)) for s in sources]
        rows.append([element("a", form["form"], href=f"#form-{form['form']}"), form["row"], *cells])
    yield element("p", "Form rows, and subjects with one. A source without a number fills no such form.")
    yield table(["form", "one row is", *sources], rows, range(2, 2 + len(sources)))
    if document["unfilled"]:
        yield element("p", f"No table of any source fills: {', '.join(document['unfilled'])}.")


def _rows_of(said: Document | None) -> Child:
    if said is None:
        return None
    subjects = element("span", f"{said['subjects']:,} subj.", class_="soft") if said["subjects"] else None
    return lines(f"{said['form_rows']:,}", subjects)


def _files(document: Document) -> Iterator[etree._Element]:
    header = ["file", "source", "rows", "read as", "twice", "passed over", "columns in no place", "columns not there"]
    yield table([*header, "notes"], [_file(t) for t in document["tables"]], (2, 4))
    if document["unreadable"]:
        yield element("h3", "Files that cannot be read")
        yield table(
            ["source", "table", "problem"], [[u["source"], u["table"], u["problem"]] for u in document["unreadable"]]
        )
    if document["unclaimed"]:
        yield element("h3", "Files that no source names")
        yield element("ul", *(element("li", code(f)) for f in document["unclaimed"]))


def _file(t: Document) -> list[Child]:
    name = lines(code(t["file"]), f"sheet {t['sheet']}" if t["sheet"] else None)
    skipped = several(counted(n, reason) for reason, n in t["skipped"].items())
    unknown = several(element("span", code(c), class_="bad") for c in t["unknown"])
    missing = several(
        lines(element("span", code(m["column"]), class_="bad"), f"for {', '.join(m['for'])}", m["hint"] or None)
        for m in t["missing"]
    )
    notes = [*t["problems"], *t["notes"], *([f"not submitted: {t['not_submitted']}"] if t["not_submitted"] else [])]
    twice = element("span", f"{t['duplicates']:,}", class_="warn") if t["duplicates"] else None
    read_as = several(element("span", said_detected(d), class_="tight") for d in t["detected"])
    return [name, t["source"], f"{t['rows']:,}", read_as, twice, skipped, unknown, missing, several(notes)]


def _values(document: Document) -> Iterator[etree._Element]:
    if not document["values"]:
        yield none_said("None: maps, codelists, formats and the visit schedule take every value.")
        return
    header = ["form", "becomes", "source", "made of", "value", "rows", "looked up in", "first", "code"]
    rows = [
        [
            v["form"],
            v["where"],
            v["source"],
            code(v["column"]),
            code(v["value"]) if v["value"] is not None else element("span", "not shown", class_="soft"),
            f"{v['count']:,}",
            v["against"],
            f"{v['file']} row {v['row']}",
            v["code"],
        ]
        for v in document["values"]
    ]
    yield table(header, rows, (5,))


def _units(document: Document) -> Iterator[etree._Element]:
    yield element("p", "Units as the form holds them, after the maps of source files; tests with several are marked.")
    for form in dict.fromkeys(u["form"] for u in document["units"]):
        mine = [u for u in document["units"] if u["form"] == form]
        sources = [s for s in document["sources"] if any(u["source"] == s for u in mine)]
        rows: list[list[Child]] = []
        for test in dict.fromkeys(u["test"] for u in mine):
            cells = [[u for u in mine if u["test"] == test and u["source"] == s] for s in sources]
            units = {tuple(sorted({u["unit"] or "" for u in c})) for c in cells if c}
            name = element("span", test, class_="warn") if len(units) > 1 else test
            rows.append([name, *(several(_unit(u) for u in c) for c in cells)])
        yield element("h3", form)
        yield table(["test", *sources], rows)
    if not document["units"]:
        yield none_said("No form has tests with numbers or units.")


def _unit(u: Document) -> Child:
    unit = code(u["unit"]) if u["unit"] else element("span", "no unit", class_="soft")
    decimals = said_decimals(u["number"])
    return lines(unit, element("span", f"{u['count']:,} results{f'; {decimals}' if decimals else ''}", class_="soft"))


def _subjects(document: Document) -> Iterator[etree._Element]:
    said = document["subjects"]
    if said["demography"]:
        text = f"Subjects of every form against those of {', '.join(said['demography'])}, which DM is made from."
        single = f" One row a subject have: {', '.join(said['one_row'])}." if said["one_row"] else ""
        yield element("p", text + single)
    rows = [[g["form"], g["source"], said_gap(g), f"{g['count']:,}", ", ".join(g["subjects"])] for g in said["gaps"]]
    yield (
        table(["form", "source", "what", "subjects", "the first of them"], rows, (3,)) if rows else none_said("No gap.")
    )


def _identifiers(document: Document) -> Iterator[etree._Element]:
    said = document["identifiers"]
    yield element("p", "Values are never shown. Declared columns are dropped when a file is read.")
    if said["suspected"]:
        yield element("h3", "Looks like an identifier, and is not declared as one")
        rows = [
            [i["file"], i["source"], code(i["column"]), i["why"], f"{i['count']:,}", ", ".join(map(str, i["rows"]))]
            for i in said["suspected"]
        ]
        yield table(["file", "source", "column", "why", "values", "first rows"], rows, (4,))
    yield element("h3", "Dropped")
    dropped = [[i["file"], i["source"], code(i["column"]), f"{i['cells']:,}"] for i in said["dropped"]]
    yield (
        table(["file", "source", "column", "cells"], dropped, (3,)) if dropped else none_said("No column is declared.")
    )


def _columns(document: Document) -> Iterator[etree._Element]:
    yield element("p", "A form column that sources write differently is marked.")
    for form in document["forms"]:
        sources = list(form["sources"])
        rows = []
        for column in form["columns"]:
            name = element("span", column["column"], class_="warn") if column["differs"] else column["column"]
            cells = [[w for w in column["written"] if w["source"] == s] for s in sources]
            rows.append([name, column["kind"], *(several(_writing(w) for w in _distinct(c)) for c in cells)])
        yield element("h3", form["form"], id=f"form-{form['form']}")
        yield table(["column", "kind", *sources], rows)


def _distinct(written: list[Document]) -> list[Document]:
    """Without lines that say and show the same of another file."""
    return list({(w["said"], _seen(w)): w for w in written}.values())


def _seen(w: Document) -> str:
    return " ".join(text for _, text in said_column(w["seen"])) if w["seen"] else ""


def _writing(w: Document) -> Child:
    name = code(w["raw"]) if w["raw"] else element("span", w["said"])
    if w["seen"]:
        return lines(name, *_said(w["seen"]))
    return lines(name, element("span", "not in the file", class_="bad")) if w["raw"] else name


def _said(column: Document) -> Iterator[Child]:
    for grade, text in said_column(column):
        yield element("span", text, class_=grade)


def _raw(document: Document) -> Iterator[etree._Element]:
    for t in document["tables"]:
        name = t["file"] + (f", sheet {t['sheet']}" if t["sheet"] else "")
        rows = [
            [
                code(c["column"]),
                c["label"],
                said_place(c["place"]),
                c["kind"],
                several(_said(c)),
                f"{c['missing']:,}",
                f"{c['distinct']:,}",
            ]
            for c in t["columns"]
        ]
        header: list[Child] = ["column", "label", "place", "kind", "how it is written", "missing", "distinct"]
        summary = element("summary", code(name), f" {t['rows']:,} rows, {len(t['columns'])} columns")
        yield element("details", summary, table(header, rows, (5, 6)))
