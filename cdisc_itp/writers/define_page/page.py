"""define.html from a define.xml that was read: one file, without anything from the network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ... import __version__
from ...model.define import DefineDocument, Leaf, Mark
from ...model.define_beside import DatasetBeside, DefineProblem
from ...model.define_changes import DefineChanges
from .links import Anchors, Files, safe_href, to_id
from .marks import Marks, word_changes
from .places import DatasetPlace, Place, Uses, place_datasets, unplaced
from .rows import Rows
from .where import Clauses

SHORT = 40  # characters of a name beside a variable


def render_define_page(
    document: DefineDocument,
    problems: Sequence[DefineProblem] = (),
    beside: Mapping[str, DatasetBeside] | None = None,
    there: frozenset[str] | None = None,
    changes: DefineChanges | None = None,
) -> str:
    """The page. ``problems`` are told at its head; ``beside`` are the datasets beside the file, by name.

    ``there`` are the files beside it that exist, by path; where it is None, no link is marked as dead. ``changes``
    are those from an earlier file to this one: they are marked, and summed up at the head. The same document gives
    the same page.
    """
    style, script = _packaged("page.css"), _packaged("page.js")
    context = _context(document, beside or {}, there, changes)
    text = (
        _environment()
        .get_template("page.html")
        .render(
            **context,
            problems=sorted(problems),
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            program=f"cdisc-itp {__version__}",
        )
    )
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


def prepare_templates() -> None:
    """Compile the page's templates before they are needed: that takes longer than a small page."""
    for name in _environment().list_templates(["html"]):
        _environment().get_template(name)


def _context(
    document: DefineDocument,
    beside: Mapping[str, DatasetBeside],
    there: frozenset[str] | None,
    changes: DefineChanges | None,
) -> dict[str, Any]:
    anchors = Anchors()
    for fixed in (
        "study",
        "changes",
        "standards",
        "datasets",
        "results",
        "codelists",
        "methods",
        "comments",
        "documents",
    ):
        anchors.claim("page", fixed)
    datasets = place_datasets(document, anchors)
    rest = unplaced(document, datasets, anchors)
    unused = _unused(document)
    ids = _claim_definitions(document, anchors, {m.oid for m in unused if m.element == "WhereClauseDef"})
    clauses = Clauses(document, _homes(datasets), lambda oid: anchors.href("ItemDef", oid))
    removed = [c for c in changes.changes if c.mark == "removed"] if changes else []
    places = {**ids, **_place_ids(document, datasets, rest)}
    places |= {id(c): anchors.claim("removed", f"removed-{n}") for n, c in enumerate(removed, 1)}
    return {
        "doc": document,
        "marks": Marks(document, changes),
        "places": places,
        "word_changes": word_changes,
        "short": _short,
        "title": document.study or document.metadata_name or document.file,
        "version": "2.1" if document.namespace.endswith("v2.1") else "2.0",
        "datasets": datasets,
        "by_class": _by_class(datasets),
        "rest": rest,
        "ids": ids,
        "rows": Rows(document, clauses, beside),
        "clauses": clauses,
        "uses": Uses(document, datasets, anchors),
        "unused": unused,
        "leaves": _leaves(document),
        "files": Files(document, there),
        "beside": beside,
        "seen": _seen(datasets, beside),
        "parents": _parents(datasets),
        "href": anchors.href,
        "to_id": to_id,
        "safe_href": safe_href,
        "item_names": _item_names(datasets),
        "of_nci": lambda aliases: next((n for c, n in aliases if c == "nci:ExtCodeID"), None),
    }


def _claim_definitions(document: DefineDocument, anchors: Anchors, unused: set[str]) -> dict[int, str]:
    """The ids of what stands in sections of its own, by the identity of its object; ``unused`` are where clauses."""
    named: list[tuple[str, str | None, object]] = [
        *(("Standard", s.oid, s) for s in document.standards),
        *(("CodeList", c.oid, c) for c in document.codelists),
        *(("MethodDef", m.oid, m) for m in document.methods),
        *(("CommentDef", c.oid, c) for c in document.comments),
        *(("leaf", x.id, x) for x in _leaves(document)),
        *(("WhereClauseDef", w.oid, w) for w in document.where_clauses if w.oid in unused),
    ]
    for display in document.results:
        named.append(("ResultDisplay", display.oid, display))
        named += (("AnalysisResult", r.oid, r) for r in display.results)
    return {id(thing): anchors.claim(kind, oid) for kind, oid, thing in named}


def _place_ids(document: DefineDocument, datasets: Iterable[DatasetPlace], rest: Iterable[Place]) -> dict[int, str]:
    """The ids of what a change may be of, by the identity of its object; a term has that of its codelist."""
    found = {id(document): "study"}
    for d in datasets:
        found[id(d.group)] = d.id
        found |= {id(p.ref): p.id for v in d.variables for p in (v, *v.values)}
    return found | {id(p.item): p.id for p in rest}


def _short(name: str) -> str:
    """The name of a codelist beside a variable: without what a long one says in parentheses, which its section says."""
    return name.partition(" (")[0] if len(name) > SHORT else name


def _leaves(document: DefineDocument) -> list[Leaf]:
    """The document's leaves, then those of datasets."""
    return [*document.leaves, *(g.leaf for g in document.item_groups if g.leaf)]


def _unused(document: DefineDocument) -> list[Mark]:
    """What the document defines and never refers to, but for studies, datasets and results."""
    named = {(m.element, m.oid) for m in document.named}
    roots = ("Study", "MetaDataVersion", "ItemGroupDef", "ResultDisplay", "AnalysisResult")
    return [m for m in document.defined if m.element not in roots and (m.element, m.oid) not in named]


def _homes(datasets: Iterable[DatasetPlace]) -> dict[str, list[str]]:
    homes: dict[str, list[str]] = defaultdict(list)
    for d in datasets:
        for place in d.variables:
            homes[place.ref.item or ""].append(d.name)
    return homes


def _item_names(datasets: Iterable[DatasetPlace]) -> dict[str, str]:
    """DATASET.VARIABLE of each item, in its first dataset."""
    names: dict[str, str] = {}
    for d in datasets:
        for place in (p for v in d.variables for p in (v, *v.values)):
            names.setdefault(place.ref.item or "", f"{d.name}.{place.name}")
    return names


def _by_class(datasets: Iterable[DatasetPlace]) -> dict[str, list[DatasetPlace]]:
    groups: dict[str, list[DatasetPlace]] = defaultdict(list)
    for d in datasets:
        groups[d.group.class_name or "No class"].append(d)
    return groups


def _parents(datasets: Sequence[DatasetPlace]) -> dict[str, tuple[list[DatasetPlace], list[DatasetPlace]]]:
    """For each dataset (by id): the datasets that its qualifiers belong to, and those that qualify it."""
    parents = {d.id: [p for p in datasets if d.name in (f"SUPP{p.name}", f"SQ{p.name}")] for d in datasets}
    for d in datasets:
        if not parents[d.id] and d.name.startswith("SUPP") and d.name != "SUPP":
            # A split parent (QSAB, QSCD) may share one dataset of qualifiers, named by their domain.
            parents[d.id] = [p for p in datasets if p.group.domain == d.name[4:] and p is not d]
    children: dict[str, list[DatasetPlace]] = {d.id: [] for d in datasets}
    for d in datasets:
        for p in parents[d.id]:
            children[p.id].append(d)
    return {d.id: (parents[d.id], children[d.id]) for d in datasets}


def _seen(datasets: Iterable[DatasetPlace], beside: Mapping[str, DatasetBeside]) -> dict[str, Counter[str]]:
    """How often the data hold each term of a codelist: by the codelist's OID, over all that use it.

    A variable with value level is counted by its own codelist, its items by theirs. Codelists whose users are all
    in datasets that do not lie beside are left out: nothing is known of them.
    """
    counts: dict[str, Counter[str]] = {}
    for d in datasets:
        known = beside.get(d.name)
        for place in (p for v in d.variables for p in (v, *v.values)):
            codelist = place.item.codelist if place.item else None
            found = known.terms.get(_key(place)) if known and codelist else None
            if found is not None and codelist:
                counts.setdefault(codelist, Counter()).update(found)
    return counts


def _key(place: Place) -> str:
    return (place.ref.item or "") if place.of else place.name


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _packaged(name: str) -> str:
    lines = resources.files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("cdisc_itp.writers", "define_page"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # Folding constants takes longer than it saves: a page is rendered once or twice.
    )
    made.filters["ident"] = id
    return made
