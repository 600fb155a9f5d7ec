"""Drafts of sources/*.yaml: tables with their options, what all forms of a source say alike, the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ..model.raw import TableOptions
from ..model.written import words_of
from .blocks import NO_PLACE, UNDECIDED, Block, Drafted
from .columns import Placed
from .reading import FoundTable, Unread
from .yaml_text import Lines, Value, flow, scalar

DEFAULTS = TableOptions(file="")
_STUDY = re.compile(r"(?i)study(id)?|protocol")


class Site(Struct, frozen=True):
    """How a source says its site: a constant or a raw column; None where nothing tells it."""

    word: str
    value: str
    evidence: str


def site_of(drafted: Drafted, source: str) -> Site | None:
    """The column of the site where every table of the source has it, else the number in the source's name."""
    blocks = drafted.of_source(source)
    named = [{p.raw for p in b.placed if p.column == "site"} for b in blocks]
    common = set.intersection(*named) if named else set()
    if common:
        raw = min(common)
        return Site("column", raw, "guess: every table of the source has it")
    digits = re.findall(r"\d+", source)
    if len(digits) == 1 and not any(named):
        return Site("constant", digits[0], "guess: the number in the folder's name")
    return None


def write_source(drafted: Drafted, source: str, site: Site | None) -> str:
    """The file of a source."""
    out, blocks = Lines(), drafted.of_source(source)
    out.remark(0, "Drafted by cdisc-itp init; check every line. A guess says what it rests on, `decide` what is open.")
    out.add(0, f"source: {scalar(source)}")
    if site is not None:
        out.add(0, f"site: {flow({site.word: site.value})}", site.evidence)
    else:
        out.remark(
            0, "decide: no column and no name tells the site of this source; if it is one site: site: {constant: ...}"
        )
    _write_tables(out, drafted, source)
    every, alike = _said_alike(blocks, site)
    if every is not None or alike:
        out.add(0, "every_form:")
    if every is not None:
        out.add(1, "columns:")
        _write_column(out, 2, every, every.remarks)
    if alike:
        _write_left(out, 1, alike)
    if blocks:
        out.add(0, "forms:")
    for form in dict.fromkeys(b.form for b in blocks):
        _write_form(out, [b for b in blocks if b.form == form], site, every, alike)
    return str(out)


def _write_tables(out: Lines, drafted: Drafted, source: str) -> None:
    out.add(
        0,
        "tables:"
        if any(t.source == source for t in drafted.folder.tables) or _known(drafted, source)
        else "tables: {}",
    )
    for table in (t for t in drafted.folder.tables if t.source == source):
        out.add(1, f"{scalar(table.name)}: {flow(_options(table))}", *_table_remarks(table))
    for unread in _known(drafted, source):
        options = {**_said(unread.options), "not_submitted": f"{UNDECIDED}the file cannot be read"}
        out.add(1, f"{scalar(unread.name)}: {flow(options)}", f"decide: {unread.problem}")
    for unread in (u for u in drafted.folder.unread if u.source == source and not u.known):
        out.remark(1, f"decide: {unread.options.file} is no table here: {unread.problem}")


def _known(drafted: Drafted, source: str) -> list[Unread]:
    return [u for u in drafted.folder.unread if u.source == source and u.known]


def _table_remarks(table: FoundTable) -> list[str]:
    named = [f"guess: identifier {name}: {why}" for name, why in table.identifiers.items()]
    shaped = [
        f"decide: {c.name}: {i.count:,} value(s) have the shape of: {i.shape} (row {i.rows[0]}); is it an identifier?"
        for c in table.profile.columns
        for i in c.identifiers
    ]
    return [*(f"note: {n}" for n in table.raw.notes), *table.remarks, *named, *shaped]


def _options(table: FoundTable) -> dict[str, Value]:
    said = _said(table.options)
    if not len(table.raw.columns):
        said["not_submitted"] = f"{UNDECIDED}the table has no column"
    return said


def _said(options: TableOptions) -> dict[str, Value]:
    """The options that are not as they are by default."""
    out: dict[str, Value] = {}
    for word in words_of(TableOptions):
        value = getattr(options, word)
        if word == "file" or value != getattr(DEFAULTS, word):
            listed = isinstance(value, tuple)
            out[word] = [str(v) for v in value] if listed else "yes" if value is True else str(value)
    return out


def _said_alike(blocks: list[Block], site: Site | None) -> tuple[Placed | None, dict[str, str]]:
    """What every form of a source says of its subject, and the columns that no form of it reads."""
    if len(blocks) < 2:
        return None, {}
    subjects = [b.column("subject") for b in blocks]
    first = subjects[0]
    same = first is not None and all(
        s is not None and (s.raw, s.options) == (first.raw, first.options) for s in subjects
    )
    left = [_left(b, site) for b in blocks]
    alike = {c: r for c, r in left[0].items() if all(c in other for other in left[1:])}
    if not same or first is None:
        return None, alike
    remarks = dict.fromkeys(r for s in subjects if s is not None for r in s.remarks)
    return replace(first, remarks=tuple(remarks)), alike


def _left(block: Block, site: Site | None) -> dict[str, str]:
    """The raw columns of a block that nothing reads."""
    out = {c: _reason(block, c, r) for c, r in block.left.items()}
    for p in block.placed:
        if p.column == "site" and (site is None or site.word != "column" or site.value != p.raw):
            out[p.raw] = NO_PLACE
    return out


def _reason(block: Block, column: str, reason: str) -> str:
    profile = block.table.profile[column]
    if profile.distinct == 1 and _STUDY.fullmatch(column):
        return f"{UNDECIDED}one value in all rows, the study's identifier"
    return reason


def _write_form(
    out: Lines, blocks: list[Block], site: Site | None, every: Placed | None, alike: Mapping[str, str]
) -> None:
    several = len(blocks) > 1
    out.add(1, f"{blocks[0].form}:")
    for block in blocks:
        depth = 3 if several else 2
        out.remark(2, block.evidence)
        out.add(2, f"{'- ' if several else ''}from: {scalar(block.table.name)}")
        if block.wide is not None:
            _write_unpivot(out, depth, block)
        shown = [p for p in block.placed if p.column != "site" and not (p.column == "subject" and every is not None)]
        if shown:
            out.add(depth, "columns:")
        for placed in shown:
            _write_column(out, depth + 1, placed, placed.remarks if block.domain or placed.column == "subject" else ())
        if not shown:
            out.add(depth, "columns: {}")
        left = {c: r for c, r in _left(block, site).items() if c not in alike}
        if left:
            _write_left(out, depth, left)


def _write_column(out: Lines, depth: int, placed: Placed, remarks: tuple[str, ...]) -> None:
    if placed.raw.startswith("$") and not remarks:
        remarks = ("",)
    out.add(depth, f"{placed.column}: {flow({'column': placed.raw, **placed.options})}", *_joined(remarks))


def _joined(remarks: tuple[str, ...]) -> tuple[str, ...]:
    """Guesses of one line as one remark; what must be decided stands apart."""
    guesses = [r.removeprefix("guess: ") for r in remarks if r.startswith("guess: ")]
    others = [r for r in remarks if r and not r.startswith("guess: ")]
    return (*others, *([f"guess: {'; '.join(guesses)}"] if guesses else []))


def _write_left(out: Lines, depth: int, left: Mapping[str, str]) -> None:
    out.add(depth, "not_submitted:")
    for column, reason in left.items():
        out.add(depth + 1, f"{scalar(column)}: {scalar(reason)}")


def _write_unpivot(out: Lines, depth: int, block: Block) -> None:
    wide = block.wide
    assert wide is not None
    remarks = [f"guess: {t.column}: {t.evidence}" for t in wide.tests if t.term and t.term != t.column]
    unknown = [t.column for t in wide.tests if not t.term]
    remarks += [f"decide: which tests are these? {', '.join(unknown)}"] if unknown else []
    if not wide.beside:
        out.add(depth, f"unpivot: {flow({'columns': list(wide.columns)})}", *remarks, "guess: these columns are tests")
        return
    said: dict[str, Value] = {
        "columns": "{test}",
        "values": {"test": list(wide.columns)},
        "with": dict(wide.beside),
    }
    if "not_done" in wide.beside:
        said["keep_if"] = ["not_done"]
    beside = ", ".join(f"{what} in {pattern}" for what, pattern in wide.beside.items())
    out.add(depth, f"unpivot: {flow(said)}", *remarks, f"guess: these columns are tests, with {beside}")
