"""Raw tables as blocks of forms: the form of each, the place of each of its columns."""

from __future__ import annotations

import re

from msgspec import Struct, field
from msgspec.structs import replace

from ..algorithms.iso8601 import format_kind
from ..profile.columns import ColumnProfile
from ..standards.classes import EVENTS, FINDINGS, INTERVENTIONS
from ..standards.guide import Guide
from ..standards.terminology import Terminology
from .columns import Placed, place_columns, readable
from .domains import CONSENT, guess_domain
from .reading import FoundTable, RawFolder
from .vocabulary import Kind, entries
from .wide import Wide, find_wide
from .written import options_of, with_options
from .yaml_text import Value

UNDECIDED = "DECIDE: drafted by init, "
NO_PLACE = f"{UNDECIDED}no place found"
_TOPIC = {EVENTS: ("term", "status"), INTERVENTIONS: ("treatment",)}


class Block(Struct, frozen=True):
    """A raw table as rows of a form. ``domain`` is None for a form of its own, of which nothing is known.

    ``left`` are the raw columns without a place, with a reason that a person must replace.
    """

    table: FoundTable
    form: str
    domain: str | None
    evidence: str
    placed: tuple[Placed, ...]
    left: dict[str, str]
    wide: Wide | None = None

    def column(self, name: str) -> Placed | None:
        """The form column of that name, where this block makes it."""
        return next((p for p in self.placed if p.column == name), None)


class Form(Struct, frozen=True):
    """A form of the draft: its columns with their kinds; ``not_submitted`` where it must be decided."""

    name: str
    domain: str | None
    row: str
    columns: dict[str, Kind] = field(default_factory=dict)
    not_submitted: str | None = None
    evidence: str = ""


class Drafted(Struct, frozen=True):
    """Every block, and the forms that they fill, in the order of their first block."""

    folder: RawFolder
    blocks: tuple[Block, ...]
    forms: dict[str, Form]

    def of_domain(self, domain: str) -> list[Block]:
        """The blocks of a domain's form."""
        return [b for b in self.blocks if b.domain == domain]

    def of_source(self, source: str) -> list[Block]:
        """The blocks of a source."""
        return [b for b in self.blocks if b.table.source == source]

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that were recognised, in the order of the vocabulary."""
        return tuple(e.name for e in entries("domain") if self.of_domain(e.name))


def draft_blocks(folder: RawFolder, tables: Guide, release: Terminology) -> Drafted:
    """A block for each raw table that has columns; of demography at most one a source."""
    taken = {e.target for e in entries("domain")}
    blocks: list[Block] = []
    demography: set[str] = set()
    for table in folder.tables:
        if not len(table.raw.columns):
            continue
        block, remark = _recognised(table, tables, release)
        if block is not None and block.domain == "DM" and table.source in demography:
            block, remark = None, "decide: it looks like demography, which another table of the source is already"
        if block is None:
            block = _of_its_own(table, remark, tables, taken)
        if block.domain == "DM":
            demography.add(table.source)
        blocks.append(block)
    return Drafted(folder, tuple(blocks), _forms(blocks))


def _recognised(table: FoundTable, tables: Guide, release: Terminology) -> tuple[Block | None, str]:
    """The table as a block of its domain's form; None, and why, where it cannot be one."""
    guess = guess_domain(table, tables)
    if guess.domain is None:
        return None, f"decide: {guess.evidence}"
    domain = guess.domain
    form = next(e for e in entries("domain") if e.name == domain)
    placed = _named_tests(place_columns(table, domain, tables), domain)
    wide = None
    if domain in tables and tables.dataset(domain).class_name == FINDINGS and not _long(placed):
        wide = find_wide(table, domain, tables, release)
        placed = (
            place_columns(table, domain, tables, ("test", "result", "unit", "test_name", "not_done"))
            if wide
            else placed
        )
    raw = {*(wide.columns if wide else ()), *(wide.raw if wide else ())}
    placed = [p for p in placed if p.raw not in raw]
    lacking = _lacking(domain, {p.column for p in placed}, wide, tables)
    if lacking:
        return None, f"decide: {guess.evidence}, so it may be {domain}; but no column was found for {lacking}"
    profiles = {c.name: c for c in table.profile.columns}
    ready = [_with_gaps(with_options(p, profiles[p.raw]), profiles[p.raw], table.name) for p in placed]
    ready = _with_times(ready, table)
    if wide is not None:
        ready += _wide_columns(wide, domain, table)
    left = _left(table, {p.raw for p in ready} | raw)
    remark = f"guess: {domain}, since {guess.evidence}"
    return Block(table, form.target, domain, remark, tuple(ready), left, wide), ""


def _with_gaps(placed: Placed, profile: ColumnProfile, table: str) -> Placed:
    """A subject that rows lack: cells that are merged or left empty below the first are read as no subject."""
    if placed.column != "subject" or not profile.missing:
        return placed
    said = f"decide: {profile.missing} of {profile.rows} rows of {table} have no subject and will be rejected"
    how = "; cells that the workbook merges are repeated by `merged: repeat` of the table"
    return replace(placed, remarks=(*placed.remarks, said + how))


def _named_tests(placed: list[Placed], domain: str) -> list[Placed]:
    """Where tests have names and no codes, the names are what the tests are told by."""
    if any(p.column == "test" for p in placed):
        return placed
    return [replace(p, column="test", variable=f"{domain}TESTCD") if p.column == "test_name" else p for p in placed]


def _long(placed: list[Placed]) -> bool:
    return {"test", "result"} <= {p.column for p in placed}


def _lacking(domain: str, columns: set[str], wide: Wide | None, tables: Guide) -> str:
    """What a form of the domain cannot be without, and this one would be."""
    if "subject" not in columns:
        return "the subject"
    if domain == CONSENT:
        return "" if "consented" in columns else "the date of the consent"
    if domain == "DM":
        return "" if columns & {"sex", "birth", "age"} else "sex, birth or age"
    kind = tables.dataset(domain).class_name
    if kind == FINDINGS:
        return "" if wide is not None or {"test", "result"} <= columns else "the test or the result"
    return "" if columns & set(_TOPIC[kind]) else "its topic"


def _with_times(placed: list[Placed], table: FoundTable) -> list[Placed]:
    """A time for each date that is written with one, where no other column gives the time."""
    made = {p.column for p in placed}
    out = []
    for p in placed:
        out.append(p)
        time = {"date": "time", "start": "start_time", "end": "end_time", "consented": "consented_time"}.get(p.column)
        if time is not None and p.options.get("part") == "date" and time not in made:
            remark = (f"guess: the time that column {p.raw} holds beside the date",)
            options = {**p.options, "part": "time", "format": _with_time(p.options["format"])}
            out.append(replace(p, column=time, kind="time", options=options, remarks=remark))
    return out


def _with_time(formats: Value) -> Value:
    """Of several formats those that hold a time."""
    timed = [str(f) for f in formats if format_kind(str(f)) == "datetime"] if not isinstance(formats, str) else []
    return formats if isinstance(formats, str) else timed[0] if len(timed) == 1 else timed


def _wide_columns(wide: Wide, domain: str, table: FoundTable) -> list[Placed]:
    """The form columns that the unpivoted tests make."""
    profiles = [p for p in table.profile.columns if p.name in wide.columns]
    options, remarks = options_of("text", "result", profiles)
    test = "$test" if wide.beside else "$column"
    out = [
        Placed("test", test, "text", f"{domain}TESTCD"),
        Placed("result", "$value", "text", f"{domain}ORRES", options, remarks),
    ]
    if "unit" in wide.beside:
        out.append(Placed("unit", "$unit", "text", f"{domain}ORRESU"))
    elif any(t.unit for t in wide.tests) or domain in ("VS", "LB", "PC"):
        how: dict[str, Value] = {"map": f"{domain.lower()}_units", "to": "unit"}
        out.append(Placed("unit", test, "text", f"{domain}ORRESU", how))
    if "not_done" in wide.beside:
        out.append(Placed("not_done", "$not_done", "text", f"{domain}REASND"))
    return out


def _left(table: FoundTable, placed: set[str]) -> dict[str, str]:
    """Raw columns without a place, with the reason for a person to replace."""
    out = {}
    read = {coded: decode for decode, coded in table.raw.decodes.items() if decode in placed}
    for profile in table.profile.columns:
        name = profile.name
        if name in placed or name in table.raw.decodes:
            continue
        if name in read:
            out[name] = f"{UNDECIDED}its decode {read[name]} is read"
        elif profile.kind == "empty":
            out[name] = f"{UNDECIDED}no place found, and no row has a value"
        elif profile.distinct == 1 and not profile.missing:
            out[name] = f"{UNDECIDED}no place found; all rows have the same value"
        else:
            out[name] = NO_PLACE
    return out


def _of_its_own(table: FoundTable, remark: str, tables: Guide, taken: set[str]) -> Block:
    """A form that is named after the table, with all columns as text; whether it is submitted must be decided."""
    name = _form_name(table.name, taken)
    taken.add(name)
    known = {p.raw: p for p in place_columns(table, CONSENT, tables) if p.column == "subject"}
    placed: list[Placed] = list(known.values())
    used = {"subject", "site"}
    for number, column in enumerate(table.raw.columns, 1):
        if column in known or column in table.raw.decodes or not readable(column):
            continue
        own = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
        own = own if re.fullmatch(r"[a-z][a-z0-9_]*", own) and own not in used else f"column_{number}"
        while own in used:
            own += "_"
        used.add(own)
        placed.append(Placed(own, column, "text", ""))
    left = {c: f"{UNDECIDED}a name with $ cannot be read" for c in table.raw.columns if not readable(c)}
    return Block(table, name, None, remark, tuple(placed), left)


def _form_name(name: str, taken: set[str]) -> str:
    own = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    own = own if re.fullmatch(r"[a-z][a-z0-9_]*", own) else "table"
    free, n = own, 1
    while free in taken:
        n += 1
        free = f"{own}_{n}"
    return free


def _forms(blocks: list[Block]) -> dict[str, Form]:
    rows = {e.target: e.kind for e in entries("domain")}
    out: dict[str, Form] = {}
    for block in blocks:
        known = out.get(block.form)
        columns = {**(known.columns if known else {}), **{p.column: p.kind for p in block.placed}}
        reason = None if block.domain else f"{UNDECIDED}no domain recognised"
        row = rows.get(block.form, f"one row of {block.table.raw.file}")
        out[block.form] = Form(block.form, block.domain, row, columns, reason, block.evidence)
    return {n: replace(f, columns=_subject_first(f.columns)) for n, f in out.items()}


def _subject_first(columns: dict[str, Kind]) -> dict[str, Kind]:
    first = [c for c in ("subject", "site", "visit") if c in columns]
    return {c: columns[c] for c in (*first, *(c for c in columns if c not in first))}
