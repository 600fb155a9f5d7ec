"""Controlled terminology: a release's codelists, parsed when they are asked for.

The compact table is tab separated text, UTF-8. Line 1 names the release and its source; line 2 the columns
(`COLUMNS`). A row with ``Extensible`` (Yes or No) opens a codelist: its code, its short name as submission
value, its long name as decode. Every other row is a term. Codelists are sorted by C-code, terms by submission
value. The terms are those of NCI EVS (CDISC controlled terminology), free to use with the release named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from ..model.codelist import Codelist, Term
from ..model.issue import Place, ReadError, ReadProblem
from .variables import GuideVariable

DATA = Path(__file__).parent / "data"
COLUMNS = ("Codelist Code", "Extensible", "Code", "Submission Value", "Decode", "Synonyms")
Rows = Mapping[str, tuple[str, ...]]
"""Rows of each codelist by its C-code, the codelist's own row first, as compact table text."""

_HEAD = re.compile(r"# (?P<standard>\S+) CT (?P<date>\d{4}-\d{2}-\d{2})\b")
HEADER = "\t".join(COLUMNS)


@dataclass(frozen=True)
class Terminology:
    """One release: ``standard`` is "SDTM", "ADaM", ...; ``date`` the release date, ISO 8601."""

    standard: str
    date: str
    rows: Rows = field(repr=False)
    _parsed: dict[str, Codelist] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def release(self) -> str:
        """The release's name, "SDTM CT 2025-03-28"."""
        return f"{self.standard} CT {self.date}"

    @property
    def codes(self) -> tuple[str, ...]:
        """C-codes of the codelists."""
        return tuple(self.rows)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """C-code of each codelist by its short name."""
        return {rows[0].split("\t")[3]: code for code, rows in self.rows.items()}

    def __contains__(self, code: str) -> bool:
        return code in self.rows

    def codelist(self, code: str) -> Codelist:
        """The codelist of that C-code; KeyError where the release does not have it."""
        if code not in self._parsed:
            if code not in self.rows:
                raise KeyError(f"{self.release} has no codelist {code}")
            self._parsed[code] = _parse_codelist(code, self.rows[code], self.release)
        return self._parsed[code]

    def by_name(self, name: str) -> Codelist:
        """The codelist of that short name ("NY"); KeyError where the release does not have it."""
        if name not in self.names:
            raise KeyError(f"{self.release} has no codelist {name}")
        return self.codelist(self.names[name])

    def codelists_for(self, variable: GuideVariable) -> tuple[Codelist, ...]:
        """The guide's codelists of a variable, without those that the release no longer has."""
        return tuple(self.codelist(code) for code in variable.codelists if code in self.rows)

    def submission_value(self, code: str, text: str) -> str | None:
        """The submission value that ``text`` may mean, for a message; None where none or several fit.

        A decode or synonym as written counts first (G/L is 10^9/L, not g/L), then values, decodes and synonyms
        without regard to case. Never a conversion: the study's map decides.
        """
        if text in self.codelist(code).by_value:
            return text
        if code not in self._known:
            self._known[code] = _spellings(self.rows[code][1:])
        for level, spelling in zip(self._known[code], (text, *[_folded(text)] * 3), strict=True):
            if spelling in level:
                return level[spelling] or None
        return None

    def selected(self, codes: Iterable[str]) -> Terminology:
        """The release with only these codelists; codes that it does not have are passed over."""
        wanted = set(codes)
        return Terminology(self.standard, self.date, {c: r for c, r in self.rows.items() if c in wanted})


def _parse_codelist(code: str, rows: tuple[str, ...], release: str) -> Codelist:
    _, extensible, _, name, label, _ = rows[0].split("\t")
    terms = (row.split("\t") for row in rows[1:])
    parsed = tuple(Term(cells[3], cells[4] or None, cells[2]) for cells in terms)
    return Codelist(name, label, code, extensible == "Yes", parsed, release)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _spellings(rows: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Submission value by spelling, "" where terms share it: as written, then folded values, decodes, synonyms."""
    cells = [row.split("\t") for row in rows]
    values, decodes = ({c[3]: [c[i]] for c in cells} for i in (3, 4))
    synonyms = {c[3]: c[5].split("; ") for c in cells}
    written = _owners({v: decodes[v] + synonyms[v] for v in values})
    folded = ({v: [_folded(t) for t in texts] for v, texts in level.items()} for level in (values, decodes, synonyms))
    return (written, *map(_owners, folded))


def _owners(spellings: dict[str, list[str]]) -> dict[str, str]:
    """The value that has each spelling, "" where several have it."""
    owners: dict[str, str] = {}
    for value, texts in spellings.items():
        for text in filter(None, texts):
            owners[text] = value if owners.get(text, value) == value else ""
    return owners


@cache
def terminology(standard: str, date: str) -> Terminology:
    """A release that the package carries, e.g. ``terminology("sdtm", "2025-03-28")``.

    It holds the codelists that the guides' variables name. LookupError where the package has no such release.
    """
    path = DATA / f"{standard.lower()}-ct-{date}.tsv"
    if not path.is_file():
        raise LookupError(
            f"no {standard.upper()} CT {date} in the package; it has {', '.join(packaged())}. "
            "Import the published release into the study's ct folder"
        )
    return group_rows(path.read_text("utf-8").split("\n"), path)


def packaged() -> tuple[str, ...]:
    """The releases that the package carries: "adam 2025-09-26", "sdtm 2025-03-28"."""
    return tuple(sorted(p.stem.replace("-ct-", " ") for p in DATA.glob("*-ct-*.tsv")))


def group_rows(lines: list[str], path: Path) -> Terminology:
    """Terminology of a compact table's lines; checks the two head lines only (ReadError, READ040)."""
    first = _HEAD.match(lines[0])
    if first is None or len(lines) < 2 or lines[1] != HEADER:
        hint = "line 1 is '# SDTM CT 2025-03-28', line 2 the columns; import the published release again"
        raise ReadError([ReadProblem("READ040", "no compact terminology table", Place(path.name, row=1), hint)])
    rows: dict[str, list[str]] = {}
    for line in lines[2:]:
        if line:
            rows.setdefault(line[: line.find("\t")], []).append(line)
    return Terminology(first["standard"], first["date"], {code: tuple(r) for code, r in rows.items()})
