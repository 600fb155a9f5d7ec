"""Wide tables: columns that are tests, with their units and reasons beside them or in their names."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.codelist import Codelist
from ..profile.columns import ColumnProfile
from ..standards.classes import FINDINGS
from ..standards.guide import Guide
from ..standards.terminology import Terminology
from .columns import readable
from .reading import FoundTable
from .vocabulary import entries, said_of, unit_of

_IN_BRACKETS = re.compile(r"(?P<stem>.*?)\s*[(（\[](?P<unit>[^)）\]]+)[)）\]]\s*")
_AT_END = re.compile(r"(?P<stem>.+?)[_ ](?P<unit>[A-Za-z%°]{1,6})")
_PLAIN = re.compile(r"[^{}$]+")


class Test(Struct, frozen=True):
    """A column that is a test: the short name and the unit that its name speaks of, if any."""

    column: str
    term: str = ""
    unit: str = ""
    evidence: str = ""


class Wide(Struct, frozen=True):
    """The tests of a table; ``beside`` gives the patterns of columns that share their names, by what they say."""

    tests: tuple[Test, ...]
    beside: dict[str, str] = field(default_factory=dict)
    raw: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold results."""
        return tuple(t.column for t in self.tests)


def test_codes(domain: str, tables: Guide, release: Terminology) -> tuple[Codelist, ...]:
    """The codelists of a domain's --TESTCD."""
    variable = tables.dataset(domain).by_name.get(f"{domain}TESTCD")
    return release.codelists_for(variable) if variable is not None else ()


def test_of(name: str, domain: str, lists: tuple[Codelist, ...], release: Terminology) -> Test:
    """What a column's name says of a test and of a unit."""
    for pattern in (None, _IN_BRACKETS, _AT_END):
        match = pattern.fullmatch(name) if pattern is not None else None
        if pattern is not None and match is None:
            continue
        stem, unit = (match["stem"], match["unit"]) if match else (name, "")
        term, why = term_of(stem, domain, lists, release)
        if term:
            known = unit_of(unit, release) if unit else ""
            said = f"; unit {known} for '{unit}'" if known else ""
            if pattern is _AT_END and not known:
                continue
            return Test(name, term, known, f"{why}{said}")
    return Test(name)


def term_of(text: str, domain: str, lists: tuple[Codelist, ...], release: Terminology) -> tuple[str, str]:
    """The short test name that a text is or speaks of, and why; nothing where it is none or several."""
    found = {v for c in lists if (v := release.submission_value(str(c.code), text.strip()))}
    if len(found) == 1:
        return found.pop(), f"'{text}' is a name of the term"
    own = [e.name for e in entries("test") if e.target == domain and said_of(text, e.words)[0] == 3]
    known = [t for t in own if any(t in c.by_value for c in lists)]
    return (known[0], f"'{text}' commonly means it") if len(known) == 1 else ("", "")


def find_wide(table: FoundTable, domain: str, tables: Guide, release: Terminology) -> Wide | None:
    """The tests in the columns of a findings table; None where too little speaks for them."""
    if domain not in tables or tables.dataset(domain).class_name != FINDINGS:
        return None
    profiles = {c.name: c for c in table.profile.columns}
    lists = test_codes(domain, tables, release)
    beside = {base: found for base in profiles if (found := _beside(base, list(profiles)))}
    companions = {c for found in beside.values() for c in found.values()}
    tests = []
    for name, profile in profiles.items():
        if name in companions or not readable(name) or not _may_be_result(profile):
            continue
        test = test_of(name, domain, lists, release)
        if test.term and not test.unit and (known := unit_of(profile.label, release) if profile.label else ""):
            test = replace(test, unit=known, evidence=f"{test.evidence}; unit {known} for the label '{profile.label}'")
        if test.term or name in beside:
            tests.append(test if test.term else Test(name))
    units = sum(bool(t.unit) or "unit" in beside.get(t.column, {}) for t in tests)
    if len(tests) < 2 and not units:
        return None
    return _with_patterns(tests, beside)


def _may_be_result(profile: ColumnProfile) -> bool:
    roles = {r.name for r in profile.roles}
    return profile.kind not in ("date", "time", "datetime") and not roles & {"subject", "visit", "site", "unit", "test"}


def _beside(base: str, names: list[str]) -> dict[str, str]:
    """Columns whose name is that of ``base`` with a word behind it: a unit, a reason."""
    out: dict[str, str] = {}
    for name in names:
        rest = name[len(base) :] if name.startswith(base) and len(name) > len(base) else ""
        word = rest.lstrip("_- .").lower()
        found = next((e.name for e in entries("part") if word in e.words), None) if rest[:1] in "_- ." else None
        if found is not None:
            out.setdefault(found, name)
    return out


def _with_patterns(tests: list[Test], beside: dict[str, dict[str, str]]) -> Wide:
    """The patterns that most tests share; a name that a pattern could not hold has none."""
    patterns: dict[str, str] = {}
    for what in ("unit", "not_done"):
        endings = Counter(beside[t.column][what][len(t.column) :] for t in tests if what in beside.get(t.column, {}))
        for ending, _ in sorted(endings.items(), key=lambda e: (-e[1], e[0]))[:1]:
            patterns[what] = ending
    plain = all(_PLAIN.fullmatch(t.column) for t in tests) and all(_PLAIN.fullmatch(p) for p in patterns.values())
    patterns = patterns if plain else {}
    names = {c for found in beside.values() for c in found.values()}
    used = {t.column + e for t in tests for e in patterns.values() if t.column + e in names}
    return Wide(tuple(tests), {k: f"{{test}}{e}" for k, e in patterns.items()}, frozenset(used))
