"""Drafts of study.yaml, forms.yaml and visits.csv: what the study is, as far as its raw files tell."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np

from ..model.column import codes_of
from ..spec.undecided import MARK
from .blocks import Block, Drafted
from .sources import Site
from .terms import Map, collected, ordered
from .yaml_text import Lines, flow, scalar

_STUDY = ("studyid", "study", "protocol", "studyoid", "study id", "protocol no", "研究编号")
_UNPLANNED = re.compile(r"(?i)unsch|unplan|计划外|ungeplant|non planifi")
BEGINS = 0.9


def write_study(drafted: Drafted, folder: Path, sites: dict[str, Site | None], visits: Map | None) -> str:
    """study.yaml."""
    out = Lines()
    out.remark(0, "Drafted by cdisc-itp init; check every line. A guess says what it rests on, `decide` what is open.")
    name, why = study_name(drafted, folder)
    out.add(0, f"study: {scalar(name)}", why)
    out.remark(0, "decide: title, sponsor, protocol, and `data` with what everybody must know of them")
    out.add(
        0,
        "created: DECIDE",
        "decide: the creation time in every output, such as 2024-05-01T00:00:00; never the clock's",
    )
    parts, reason = subject_parts(drafted, sites)
    out.add(0, f"subject_id: {flow({'join': parts, 'by': '-'})}", reason)
    if "EX" in drafted.domains and any(b.column("start") for b in drafted.of_domain("EX")):
        out.add(0, "reference_start: {first: EX.EXSTDTC}", "guess: study days count from the first dose")
    else:
        out.remark(
            0, "decide: reference_start, from which study days count; no form of exposure with a start was found"
        )
    if visits is not None:
        out.add(0, "visits: visits.csv", f"{'decide' if visits.open else 'guess'}: numbers of visits, see the file")
    return str(out)


def study_name(drafted: Drafted, folder: Path) -> tuple[str, str]:
    """The one value of a column that is named for the study, else the folder's name."""
    found: Counter[str] = Counter()
    for table in drafted.folder.tables:
        for column in table.profile.columns:
            if column.distinct == 1 and column.name.lower() in _STUDY and not column.hidden:
                found.update(str(v) for v in table.raw.columns[column.name].categories[:1])
    if len(found) == 1 and 2 * sum(found.values()) > len(drafted.folder.tables):
        value = next(iter(found))
        return value, f"guess: the one value of the column of the study's identifier in {found[value]} table(s)"
    if found:
        return (
            folder.resolve().name.upper(),
            f"decide: the folder's name; {sum(found.values())} table(s) name {len(found)} other(s)",
        )
    return folder.resolve().name.upper(), "guess: the folder's name; no column of a study's identifier was found"


def subject_parts(drafted: Drafted, sites: dict[str, Site | None]) -> tuple[list[str], str]:
    """What makes USUBJID: the site is a part of it unless subject numbers begin with it."""
    if not any("subject" in f.columns for f in drafted.forms.values()):
        return ["STUDYID", "subject"], "decide: no column of a subject was found in any table"
    begun = total = 0
    lacking = [s for s in sites if sites[s] is None and any(b.domain for b in drafted.of_source(s))]
    for block in (b for b in drafted.blocks if b.domain):
        numbers, site = _subjects(block), sites[block.table.source]
        for number, of_site in numbers if site is not None else []:
            total += 1
            begun += _plain(number).startswith(_plain(of_site))
    if total and begun >= BEGINS * total:
        return [
            "STUDYID",
            "subject",
        ], f"guess: {begun:,} of {total:,} subject numbers begin with the number of their site"
    if not total:
        return [
            "STUDYID",
            "subject",
        ], "decide: nothing tells the site of a subject, which is often a part of the identifier"
    said = f"{begun:,} of {total:,} subject numbers begin with the number of their site"
    if lacking:
        return [
            "STUDYID",
            "subject",
        ], f"decide: {said}; the site should be a part, but {', '.join(lacking)} does not say it"
    return ["STUDYID", "site", "subject"], f"guess: {said}, so the site is a part"


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def _subjects(block: Block) -> list[tuple[str, str]]:
    """Distinct pairs of subject and site; without a column of the site, the number in the source's name."""
    subject, site = block.column("subject"), block.column("site")
    if subject is None:
        return []
    frame = block.table.raw.frame
    if site is not None:
        pairs = frame[[subject.raw, site.raw]].drop_duplicates().dropna()
        return list(zip(*(pairs[c].astype(str).tolist() for c in (subject.raw, site.raw)), strict=True))
    own = re.findall(r"\d+", block.table.source)
    column = frame[subject.raw].array
    used = np.unique(codes_of(column)[codes_of(column) >= 0])
    return [(str(column.categories[i]), own[0] if own else "") for i in used]


def subjects_differ(drafted: Drafted) -> list[str]:
    """What must be decided where sources write subject numbers in different shapes."""
    shapes: dict[str, Counter[str]] = {}
    for block in (b for b in drafted.blocks if b.domain):
        for number, _ in _subjects(block):
            shape = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", number))
            shapes.setdefault(block.table.source, Counter())[shape] += 1
    common = {s: ordered(c)[0] for s, c in sorted(shapes.items())}
    if len(set(common.values())) < 2:
        return []
    said = ", ".join(f"{shape} in {source}" for source, shape in common.items())
    return [f"decide: subject numbers look like {said}; one subject must have one number (remove, pad, prefix, split)"]


def write_forms(drafted: Drafted) -> str:
    """forms.yaml: every form that the blocks fill."""
    out = Lines()
    out.remark(0, "Drafted by cdisc-itp init. A form without a domain has text in all columns until it is decided.")
    for remark in subjects_differ(drafted):
        out.remark(0, remark)
    if not drafted.forms:
        out.remark(0, "decide: no table could be read")
        out.add(0, 'nothing: {row: nothing, columns: {subject: text}, not_submitted: "DECIDE: no table could be read"}')
    for form in drafted.forms.values():
        made = {c: str(k) for c, k in form.columns.items() if c != "site"}
        out.add(0, f"{form.name}:", form.evidence)
        out.add(1, f"row: {scalar(form.row)}")
        out.add(1, f"columns: {flow(made)}")
        if form.not_submitted is not None:
            out.add(1, f"not_submitted: {scalar(form.not_submitted)}")
    return str(out)


def draft_visits(drafted: Drafted) -> Map | None:
    """visits.csv: every visit as the tables write it, numbered in the order of the table that has most of them.

    None where no table has visits; no row where none of them has a record yet.
    """
    blocks = [b for b in drafted.blocks if b.domain and b.column("visit")]
    if not blocks:
        return None
    values = collected(blocks, "visit")
    order = _order(max(blocks, key=lambda b: (len(_visits(b)), len(b.table.raw.rows))))
    rows = []
    for name in [*order, *(v for v in ordered(values) if v not in order)]:
        if name not in values:
            continue
        said = f"{values[name]:,} row(s)"
        if re.fullmatch(r"[0-9]{1,4}", name):
            rows.append((name, name, name, f"guess: the number that is collected; {said}"))
        elif name not in order or _UNPLANNED.search(name):
            rows.append((name, "", name, f"decide: its number; {said}"))
        else:
            rows.append((name, str(order.index(name) + 1), name, f"guess: in the order of the first rows; {said}"))
    return Map("visits", ("visit", "VISITNUM", "VISIT", MARK), tuple(rows))


def _visits(block: Block) -> list[str]:
    placed = block.column("visit")
    return [] if placed is None else [str(v) for v in block.table.raw.columns[placed.raw].categories]


def _order(block: Block) -> list[str]:
    """The visits of a table in the order in which they appear."""
    placed = block.column("visit")
    assert placed is not None
    column = block.table.raw.columns[placed.raw]
    codes = codes_of(column)
    seen = dict.fromkeys(codes[codes >= 0].tolist())
    return list(dict.fromkeys(str(column.categories[c]).strip() for c in seen))
