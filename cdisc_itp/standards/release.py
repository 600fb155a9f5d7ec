"""Official terminology releases as NCI EVS publishes them: tab separated text or CSV, read strictly."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date as calendar_date
from pathlib import Path

from msgspec import Struct

from ..model.issue import Place, ReadError, ReadProblem
from .ct_table import check_cells, check_twice, decode_text
from .terminology import Terminology

PUBLISHED = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "CDISC Definition",
    "NCI Preferred Term",
)
"""Columns of a release; newer ones have "Standard and Date" after them."""
WITH_STANDARD = (*PUBLISHED, "Standard and Date")

_STANDARDS = {s.lower(): s for s in ("SDTM", "ADaM", "SEND", "CDASH", "Define-XML", "Protocol", "QRS", "COA")}
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ", b"BZh")
_SHOWN = 100
_DOMAIN = "C66734"


class _Entry(Struct, frozen=True):
    """One published row; ``codelist`` is empty where the row is the codelist itself."""

    line: int
    code: str
    codelist: str
    extensible: str
    name: str
    value: str
    synonyms: str
    preferred: str
    standard: str


def import_terminology(path: Path, standard: str | None = None, date: str | None = None) -> Terminology:
    """Read an official release, a plain .txt (tab separated) or .csv file with the published columns.

    ``standard`` ("SDTM") and ``date`` ("2025-03-28") are read from the column "Standard and Date" or from the
    file's name where they are not given. Decodes are the paired name list's submission values (LBTEST of
    LBTESTCD), else the NCI preferred terms. Raises ReadError: READ040 no such file form, READ041 number of
    columns, READ042 cells, READ043 a term without its codelist, READ044 duplicates, READ045 no release.
    """
    return parse_release(path.read_bytes(), path.name, standard, date)


def parse_release(content: bytes, name: str, standard: str | None = None, date: str | None = None) -> Terminology:
    """`import_terminology` of a file's content; ``name`` is the file's name."""
    if content.startswith(_ARCHIVES):
        raise ReadError([ReadProblem("READ040", "an archive", Place(name), "unpack it, import the text file")])
    entries, problems = _read_entries(decode_text(content, name), name)
    problems += _check_entries(entries, name)
    release = _release_of(entries, name, standard, date)
    if isinstance(release, ReadProblem):
        problems.append(release)
    if problems or isinstance(release, ReadProblem):
        raise ReadError(_shortened(problems, name))
    return Terminology(*release, _compact_rows(entries))


def _shortened(problems: list[ReadProblem], name: str) -> list[ReadProblem]:
    """The first problems, and how many more there are: a wrong file may have one on every line."""
    rest = len(problems) - _SHOWN
    more = [ReadProblem("READ040", f"{rest} further problems", Place(name))] if rest > 0 else []
    return problems[:_SHOWN] + more


def _read_entries(text: str, name: str) -> tuple[list[_Entry], list[ReadProblem]]:
    """Rows of the file; ReadError where the header is not the published one."""
    tabbed = "\t" in text.partition("\n")[0]
    rows = _split_tabs(text) if tabbed else _split_commas(text, name)
    line, header = next(rows, (1, []))
    if tuple(header) not in (PUBLISHED, WITH_STANDARD):
        hint = "the columns are " + ", ".join(PUBLISHED)
        raise ReadError([ReadProblem("READ040", "no terminology release", Place(name, row=line), hint)])
    entries, problems = [], []
    for line, cells in rows:
        if len(cells) != len(header) or any(c in cell for cell in cells for c in "\t\n"):
            message = f"{len(cells)} columns where {len(header)} are due, or a tab or line end in one"
            problems.append(ReadProblem("READ041", message, Place(name, row=line)))
        else:
            entries.append(_parse_entry(line, [c.strip() for c in cells]))
    return entries, problems


def _split_tabs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells; the published text has no quoting."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line:
            yield number, line.split("\t")


def _split_commas(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of CSV; READ040 where the quoting is broken."""
    reader = csv.reader(io.StringIO(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError([ReadProblem("READ040", f"broken CSV: {error}", Place(name, row=line))]) from error


def _parse_entry(line: int, cells: list[str]) -> _Entry:
    code, codelist, extensible, name, value, synonyms, _, preferred, *standard = cells
    return _Entry(line, code, codelist, extensible, name, value, synonyms, preferred, "".join(standard))


def _check_entries(entries: list[_Entry], name: str) -> list[ReadProblem]:
    """READ042 cells, READ043 terms of a codelist that the file does not have, READ044 duplicates."""
    codelists = {e.code for e in entries if not e.codelist}
    seen: set[tuple[str, str]] = set()
    found: list[ReadProblem] = []
    for e in entries:
        place = Place(name, row=e.line)
        found += check_cells(e.code, e.value, e.extensible or ("" if e.codelist else "empty"), place)
        if e.codelist and e.codelist not in codelists:
            found.append(ReadProblem("READ043", f"codelist {e.codelist} of {e.value} is not in the file", place))
        found += check_twice(e.codelist or e.code, (e.code, e.value) if e.codelist else None, seen, place)
    return found


def _release_of(
    entries: list[_Entry], name: str, standard: str | None, date: str | None
) -> tuple[str, str] | ReadProblem:
    """Standard and date: of the column, else as given, else of the file's name; READ045 where they clash."""
    written = {e.standard for e in entries if e.standard}
    if len(written) > 1:
        return ReadProblem("READ045", f"several releases: {', '.join(sorted(written))}", Place(name))
    stated = _named_release("".join(written))
    given = (_STANDARDS.get((standard or "").lower(), standard or ""), date or "")
    if any(s and g and s != g for s, g in zip(stated, given, strict=True)):
        return ReadProblem("READ045", f"the file says {''.join(written)}, not {' '.join(given)}", Place(name))
    named = _named_release(name)
    found = tuple(s or g or n for s, g, n in zip(stated, given, named, strict=True))
    if not all(found) or found[0].lower() not in _STANDARDS or not _is_date(found[1]):
        hint = "give the standard and its date, or keep both in the file's name: SDTM CT 2025-03-28.txt"
        return ReadProblem("READ045", "the release's standard and date are not known", Place(name), hint)
    return found[0], found[1]


def _named_release(text: str) -> tuple[str, str]:
    """Standard and date that a text names, empty where it does not.

    >>> _named_release("SDTM Terminology 2025-03-28.txt")
    ('SDTM', '2025-03-28')
    >>> _named_release("terms.txt")
    ('', '')
    """
    standard = re.search(r"(?<![a-z])(" + "|".join(_STANDARDS) + r")(?![a-z])", text.lower())
    date = re.search(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", text)
    return _STANDARDS[standard[1]] if standard else "", date[0] if date else ""


def _is_date(text: str) -> bool:
    try:
        return calendar_date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _compact_rows(entries: list[_Entry]) -> dict[str, tuple[str, ...]]:
    """Compact table rows by codelist, both sorted (`terminology.COLUMNS`)."""
    terms: dict[str, list[_Entry]] = defaultdict(list)
    for e in entries:
        if e.codelist:
            terms[e.codelist].append(e)
    heads = {e.code: e for e in entries if not e.codelist}
    decodes, name_lists = _paired_lists(heads, terms)
    rows = {}
    for code in sorted(heads, key=lambda c: (len(c), c)):
        head = heads[code]
        first = "\t".join((code, head.extensible, "", head.value, head.name, ""))
        ordered = sorted(terms[code], key=lambda e: e.value)
        if code in name_lists:
            # A name list's terms are the decodes of its code list and have none of their own.
            rest = ["\t".join((code, "", e.code, e.value, "", "")) for e in ordered]
        else:
            rest = [_term_row(e, decodes.get(code, {})) for e in ordered]
        rows[code] = (first, *rest)
    return rows


def _term_row(e: _Entry, names: dict[str, str]) -> str:
    """One term with its decode and the synonyms that are neither value nor decode."""
    synonyms = [s.strip() for s in e.synonyms.split(";") if s.strip()]
    # The preferred terms of domains end in "Domain"; their first synonym is the dataset's label.
    decode = synonyms[0] if e.codelist == _DOMAIN and synonyms else e.preferred
    decode = names.get(e.code, decode)
    kept = "; ".join(s for s in dict.fromkeys(synonyms) if s not in (e.value, decode))
    return "\t".join((e.codelist, "", e.code, e.value, decode, kept))


def _paired_lists(
    heads: dict[str, _Entry], terms: dict[str, list[_Entry]]
) -> tuple[dict[str, dict[str, str]], set[str]]:
    """Names by C-code for each code list, and the name lists.

    A pair is two codelists with the same C-codes of which only one is called a code ("... Test Code").
    """
    same: dict[frozenset[str], list[str]] = defaultdict(list)
    for codelist, entries in terms.items():
        same[frozenset(e.code for e in entries)].append(codelist)
    decodes: dict[str, dict[str, str]] = {}
    name_lists: set[str] = set()
    for group in same.values():
        coded = [c for c in group if re.search(r"\b(Code|Short Name)$", heads[c].name)]
        if len(group) == 2 and len(coded) == 1:
            (name_list,) = set(group) - set(coded)
            decodes[coded[0]] = {e.code: e.value for e in terms[name_list]}
            name_lists.add(name_list)
    return decodes, name_lists
