"""Which form column each raw column of a recognised table seems to be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct, field

from ..profile.columns import ColumnProfile
from ..standards.guide import Guide, GuideVariable
from .domains import CONSENT, bare_names
from .reading import FoundTable
from .vocabulary import Entry, Kind, entries, said_of
from .yaml_text import Value

NEVER = re.compile(
    r"STUDYID|DOMAIN|USUBJID|..SEQ|..(ST|EN)?DY|VISITNUM|VISITDY|EPOCH|..STRES[CNU]|..STNR.*|RF[SXPE].*|..(BL|LOBX)FL"
)
"""Variables that the study derives or knows: a raw column of the name is never taken for one."""
OF_EVERY_FORM = ("subject", "site", "visit")
_ONLY = {"consented": CONSENT, "consented_time": CONSENT, "status": "DS", "status_date": "DS", "consent": "DM"}


class Placed(Struct, frozen=True):
    """A raw column (or $value and the like) as a form column: the variable that it is for, options, remarks."""

    column: str
    raw: str
    kind: Kind
    variable: str
    options: dict[str, Value] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class Candidate(Struct, frozen=True):
    """A form column that a raw column may be, and how much speaks for it."""

    score: int
    column: str
    kind: Kind
    variable: str
    evidence: str


def place_columns(table: FoundTable, domain: str, tables: Guide, without: Collection[str] = ()) -> list[Placed]:
    """The raw columns that have a likely place, the form columns ``without`` excepted; the rest has none.

    Each form column and each variable is taken once, by the raw column for which most speaks.
    """
    decoded = {coded: name for name, coded in table.raw.decodes.items()}
    found = [
        (c, i, profile)
        for i, profile in enumerate(table.profile.columns)
        for c in candidates(profile, domain, tables)
        if c.column not in without and profile.name not in decoded and readable(profile.name)
    ]
    out: list[Placed] = []
    raws, columns, targets = set[str](), set[str](), set[tuple[str, str]]()
    for c, _, profile in sorted(found, key=lambda f: (-f[0].score, f[1], f[0].column)):
        if profile.name in raws or c.column in columns or (c.variable, c.kind) in targets:
            continue
        raws.add(profile.name)
        columns.add(c.column)
        targets.add((c.variable, c.kind))
        out.append(Placed(c.column, profile.name, c.kind, c.variable, {}, (f"guess: {c.evidence}",)))
    return out


def readable(name: str) -> bool:
    """Whether a source file can name a raw column: what begins with $ is made by unpivot there."""
    return not name.startswith("$")


def candidates(profile: ColumnProfile, domain: str, tables: Guide) -> Iterator[Candidate]:
    """The form columns that a raw column may be by its name, its label and the kind of its values."""
    for entry in entries("column"):
        if _ONLY.get(entry.name, domain) != domain or (entry.name == "site" and profile.has_role("subject")):
            continue
        variable = variable_of(entry, domain, tables)
        if variable is None or not fits(profile, entry.kind, entry.name):
            continue
        score, evidence = _score(profile, entry, domain)
        if score:
            kind: Kind = entry.kind  # type: ignore[assignment]
            yield Candidate(score, entry.name, kind, variable, evidence)
    yield from _named_as_sdtm(profile, domain, tables)


def variable_of(entry: Entry, domain: str, tables: Guide) -> str | None:
    """The variable of a domain that an entry is for; None where the domain has none."""
    if entry.name in ("subject", "site") or domain == CONSENT:
        return entry.targets[0] if entry.name in ("subject", "site") or _ONLY.get(entry.name) == domain else None
    known = tables.dataset(domain).by_name
    return next((v for v in (t.replace("--", domain) for t in entry.targets) if v in known), None)


def fits(profile: ColumnProfile, kind: str, column: str = "") -> bool:
    """Whether the values of a raw column are of the kind that a form column takes."""
    if profile.kind == "empty":
        return True
    if kind == "date":
        return profile.kind in ("date", "datetime")
    if kind == "time":
        return profile.kind == "time"
    if kind == "number":
        return profile.kind in ("integer", "decimal")
    if column == "unit":
        return profile.kind in ("code list", "text", "yes/no") or profile.distinct <= 1
    return profile.kind not in ("date", "time", "datetime") or column == "test"


def _score(profile: ColumnProfile, entry: Entry, domain: str) -> tuple[int, str]:
    names = bare_names(profile.name)
    endings = [w[2:] for w in entry.words if w.startswith("--")]
    if any(n == domain + e for n in names for e in endings):
        return 6, f"named as {domain}'s own"
    if any(len(n) > 2 and n[2:] == e and n[:2].isalpha() for n in names for e in endings):
        return 3, "named as CDASH names it, for another domain"
    words = [w for w in entry.words if not w.startswith("--")]
    said, word = max((said_of(n.lower(), words) for n in (profile.name, *names)), key=lambda s: (s[0], len(s[1])))
    role = 1 if profile.has_role(entry.name) else 0
    if said == 3:
        return 5 + role, f"its name says '{word}'"
    labelled, text = said_of(profile.label, words)
    if labelled == 3:
        return 4 + role, f"its label says '{text}'"
    if said == 2 or labelled == 2:
        return 1 + role + (len(word or text) > 3), f"its {'name' if said else 'label'} holds '{word or text}'"
    if entry.name in OF_EVERY_FORM and role:
        return 2, f"{_role(profile, entry.name)}"
    return 0, ""


def _role(profile: ColumnProfile, name: str) -> str:
    return next(f"it may be the {r.name}: {r.evidence}" for r in profile.roles if r.name == name)


def _named_as_sdtm(profile: ColumnProfile, domain: str, tables: Guide) -> Iterator[Candidate]:
    """The variable of the domain that has the column's name, where the vocabulary does not know it."""
    if domain == CONSENT:
        return
    known = tables.dataset(domain).by_name
    taken = {variable_of(e, domain, tables) for e in entries("column")}
    for name in bare_names(profile.name):
        v = known.get(name)
        if v is None or v.name in taken or NEVER.fullmatch(v.name):
            continue
        kind = kind_of(v)
        if kind is not None and fits(profile, kind):
            column = (v.name[2:] if v.name.startswith(domain) and domain != "DM" else v.name).lower()
            column = column if column[:1].isalpha() else f"c_{column}"
            yield Candidate(6, column, kind, v.name, f"named as SDTM's {v.name} ({v.label})")


def kind_of(variable: GuideVariable) -> Kind | None:
    """The kind of a form column for a variable; None for what is neither text, number nor date."""
    if variable.iso8601:
        return "date" if variable.format == "ISO 8601 datetime" else None
    return "number" if variable.numeric else "text"
