"""Which SDTM domain a raw table seems to be of: by the names of its file and sheet, and by those of its columns."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from msgspec import Struct

from ..standards.guide import Guide
from .reading import FoundTable
from .vocabulary import Entry, entries, said_of

CONSENT = "RFIC"
"""Stands for the consent form, which is read by DM."""
ENOUGH = 3
_BY_NAME = {3: 5, 2: 4, 0: 0}


class DomainGuess(Struct, frozen=True):
    """The domain (None: not decided), what speaks for it, and the domains that are as likely."""

    domain: str | None
    evidence: str
    rivals: tuple[str, ...] = ()


def bare_names(name: str) -> tuple[str, ...]:
    """A column's name as it may be one of SDTM's: as it is, without what stands before a point.

    >>> bare_names("X.AETERM"), bare_names("X.MH.TERM"), bare_names("lbdat")
    (('X.AETERM', 'AETERM'), ('X.MH.TERM', 'TERM', 'MHTERM'), ('LBDAT',))
    """
    name = name.upper()
    parts = name.split(".")
    return tuple(dict.fromkeys([name, parts[-1], "".join(parts[-2:])] if len(parts) > 2 else [name, parts[-1]]))


def guess_domain(table: FoundTable, tables: Guide) -> DomainGuess:
    """The likeliest domain where it is clearly so; a table without subjects is none."""
    scores: Counter[str] = Counter()
    why: dict[str, list[str]] = {}
    for entry in entries("domain"):
        said, word = _named(table, entry)
        if said:
            scores[entry.name] += _BY_NAME[said]
            why.setdefault(entry.name, []).append(f"its name says '{word}'")
    for domain, names in _prefixed(table, tables).items():
        scores[domain] += min(len(names), 4)
        shown = ", ".join(names[:3])
        why.setdefault(domain, []).append(f"{len(names)} column(s) are named as {domain}'s ({shown})")
    ranked = sorted(scores.items(), key=lambda s: (-s[1], s[0]))
    if not ranked or ranked[0][1] < ENOUGH:
        return DomainGuess(None, "neither its name nor its columns speak of a domain")
    best = [d for d, n in ranked if n == ranked[0][1]]
    if len(best) > 1:
        return DomainGuess(None, f"{' and '.join(best)} are as likely", tuple(best))
    return DomainGuess(best[0], "; ".join(why[best[0]]))


def _named(table: FoundTable, entry: Entry) -> tuple[int, str]:
    """What the names of sheet, item group and file say, the first that says something."""
    texts = [table.label, table.options.sheet or "", table.options.item_group or ""]
    for text in [*(t for t in texts if t), PurePosixPath(table.raw.file).stem]:
        found = said_of(text, entry.words)
        if found[0]:
            return found
    return 0, ""


def _prefixed(table: FoundTable, tables: Guide) -> dict[str, list[str]]:
    """Columns that are named as variables of a domain are, or as CDASH names what becomes of one."""
    endings = {w[2:] for e in entries("column") for w in e.words if w.startswith("--")}
    out: dict[str, list[str]] = {}
    for entry in entries("domain"):
        if entry.name not in tables or entry.name == "DM":
            continue
        known = set(tables.dataset(entry.name).by_name)
        for column in table.raw.columns:
            if any(_is_of(n, entry.name, known, endings) for n in bare_names(column)):
                out.setdefault(entry.name, []).append(column)
    return out


def _is_of(name: str, domain: str, known: set[str], endings: set[str]) -> bool:
    return name.startswith(domain) and (name in known or name[2:] in endings) and bool(re.fullmatch(r"[A-Z0-9]+", name))
