"""The package of an .xlsx workbook (ECMA-376): which sheets it has, opened within bounds.

Nothing in the file is trusted: the number of parts, their unpacked sizes, document type declarations. What the
spreadsheet parser is given is a copy of the parts that were unpacked and checked here.
"""

from __future__ import annotations

import fnmatch
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeAlias, cast

from lxml import etree
from msgspec import Struct
from python_calamine import CalamineWorkbook

from .limits import Limits
from .problems import Problems, did_you_mean
from .table import counted

Element: TypeAlias = "etree._Element"

OLE_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream's name in the directory of an encrypted workbook (MS-OFFCRYPTO 2.3.1)."""
XML_SUFFIXES = (".xml", ".rels")
MAIN_PART = "xl/workbook.xml"
STRINGS_PART = "xl/sharedStrings.xml"
PROLOG_BYTES = 1024
FED_BYTES = 1024 * 1024
"""How much of a part is given to a parser at once; its buffer is bounded."""


class Sheet(Struct, frozen=True):
    """A worksheet: its name, the part that holds it, and whether a person sees its tab."""

    name: str
    part: str
    hidden: bool


class Workbook(Struct, frozen=True, dict=True):
    """Unpacked XML parts by name, worksheets in the order of their tabs, what is worth knowing.

    ``epoch`` is the year from which day numbers count, 1900 or 1904 (ECMA-376 part 1, 18.17.4.1).
    """

    parts: dict[str, bytes]
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    epoch: int = 1900

    @cached_property
    def values(self) -> CalamineWorkbook:
        """The checked parts, open for reading values; CalamineError where they cannot be read."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
            for name, content in self.parts.items():
                package.writestr(name, content)
        file.seek(0)
        return CalamineWorkbook.from_filelike(file)


class LastWorkbook:
    """The workbook that was opened last: the tables of a source are often the sheets of one."""

    def __init__(self) -> None:
        self._key: tuple[str, Limits] | None = None
        self._workbook: Workbook | None = None

    def open(self, data: bytes, sha256: str, problems: Problems, limits: Limits) -> Workbook | None:
        """As `open_workbook`; ``sha256`` tells the bytes from those of another file."""
        if self._key != (sha256, limits) or self._workbook is None:
            self._workbook = open_workbook(data, problems, limits)
            self._key = (sha256, limits)
        return self._workbook


def open_workbook(data: bytes, problems: Problems, limits: Limits) -> Workbook | None:
    """The workbook; None after noting READ007, READ015, READ016 or READ031."""
    if data.startswith(OLE_SIGNATURE) and ENCRYPTED in data:
        problems.add("READ016", "the workbook is encrypted", hint="save it without a password")
        return None
    if data.startswith(OLE_SIGNATURE):
        problems.add("READ015", "this is a workbook of the old format (.xls)", hint="save it as .xlsx")
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = [e for e in package.infolist() if not e.is_dir()]
            if not _check_entries(entries, problems, limits):
                return None
            parts = {e.filename: package.read(e) for e in entries if e.filename.lower().endswith(XML_SUFFIXES)}
        return _workbook(parts, [e.filename for e in entries], problems)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, etree.XMLSyntaxError):
        problems.add("READ015", "this is no .xlsx workbook, or it is damaged")
        return None


def _check_entries(entries: list[zipfile.ZipInfo], problems: Problems, limits: Limits) -> bool:
    """Whether sizes and names are within bounds; checked on what the package declares, before unpacking.

    A part that unpacks to more than it declares is cut by zipfile, and fails its checksum.
    """
    total = sum(e.file_size for e in entries)
    if len(entries) > limits.zip_entries:
        problems.add("READ007", f"{len(entries)} parts are more than the limit of {limits.zip_entries}")
    elif total > limits.zip_bytes:
        problems.add("READ007", f"{total} unpacked bytes are more than the limit of {limits.zip_bytes}")
    elif any(e.file_size > limits.zip_ratio_from and _ratio(e) > limits.zip_ratio for e in entries):
        problems.add("READ007", f"a part unpacks to more than {limits.zip_ratio} times its packed size")
    elif any(e.flag_bits & 1 for e in entries):
        problems.add("READ016", "the workbook is encrypted", hint="save it without a password")
    elif len({e.filename.lower() for e in entries}) < len(entries):
        problems.add("READ015", "two parts have the same name")
    else:
        return True
    return False


def _ratio(entry: zipfile.ZipInfo) -> float:
    return entry.file_size / max(1, entry.compress_size)


def _workbook(parts: dict[str, bytes], names: list[str], problems: Problems) -> Workbook | None:
    for name, content in parts.items():
        if _has_doctype(content):
            problems.add("READ015", f"part {name} declares a document type", hint="save the workbook anew")
            return None
    if STRINGS_PART in parts:  # The parser of the values passes over what it does not understand.
        check_well_formed(parts[STRINGS_PART])
    if MAIN_PART not in parts:
        _note_other_archive(names, problems)
        return None
    if not _check_own(names, problems):
        return None
    epoch = 1904 if _counts_from_1904(parts[MAIN_PART]) else 1900
    return Workbook(parts, tuple(_sheets(parts)), tuple(_package_notes(names, epoch)), epoch)


def _note_other_archive(names: list[str], problems: Problems) -> None:
    inner = any(name.lower().endswith((".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".zip")) for name in names)
    hint = "unpack the archive and give the files in it" if inner else ""
    problems.add("READ015", "this is no .xlsx workbook: it has no xl/workbook.xml", hint=hint)


def _check_own(names: list[str], problems: Problems) -> bool:
    """Whether the workbook stands for itself: what macros and other files put into its cells cannot be judged."""
    lower = [name.lower() for name in names]
    links = sum(bool(re.fullmatch(r"xl/externallinks/[^/]+\.xml", name)) for name in lower)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower):
        problems.add("READ031", "the workbook holds macros", hint="save it as .xlsx, which holds none")
    if links:
        message = f"the workbook takes values from {links} other file{'s' if links > 1 else ''}"
        problems.add("READ031", message, hint="break the links (Data, Edit Links) and save it")
    return not problems.count


def _counts_from_1904(content: bytes) -> bool:
    properties = parse_part(content).find("{*}workbookPr")
    return properties is not None and properties.get("date1904") in ("1", "true", "on")


def _has_doctype(content: bytes) -> bool:
    """Whether the prolog declares a document type; only the prolog is parsed."""
    parsed = etree.iterparse(_Prolog(content), events=("start",), resolve_entities=False, no_network=True)
    _, root = next(iter(parsed))
    return bool(cast(Any, root.getroottree().docinfo).doctype)


class _Prolog(io.BytesIO):
    """A part that is read in small pieces, so that a parser sees little beyond its prolog."""

    def read(self, size: int | None = -1, /) -> bytes:
        """The next piece, of whatever size was asked for."""
        return super().read(PROLOG_BYTES)


class _Nothing:
    """A parser's target that keeps nothing; lxml calls only what is here."""

    def close(self) -> None:
        """The document has ended."""


def check_well_formed(content: bytes) -> None:
    """Raise lxml's XMLSyntaxError where the part is no well-formed XML; no tree is built (0.9 s for 66 MB)."""
    parser = etree.XMLParser(target=cast(Any, _Nothing()), resolve_entities=False, no_network=True, huge_tree=False)
    for start in range(0, len(content), FED_BYTES):
        parser.feed(content[start : start + FED_BYTES])
    parser.close()


def parse_part(content: bytes) -> Element:
    """Root of one part; entities are not resolved, nothing is fetched."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _sheets(parts: dict[str, bytes]) -> Iterator[Sheet]:
    relations = {
        r.get("Id"): _target(r.get("Target") or "")
        for r in parse_part(parts.get("xl/_rels/workbook.xml.rels", b"<none/>")).iterfind("{*}Relationship")
        if (r.get("Type") or "").endswith("/worksheet")
    }
    for sheet in parse_part(parts[MAIN_PART]).iterfind("{*}sheets/{*}sheet"):
        identity = next((v for k, v in sheet.attrib.items() if re.fullmatch(r"\{.*/relationships\}id", str(k))), None)
        part = relations.get(str(identity))
        if part in parts:
            hidden = sheet.get("state", "visible") != "visible"
            yield Sheet(sheet.get("name") or "", part, hidden)


def _target(target: str) -> str:
    """Part name of a relationship of xl/workbook.xml: absolute, or relative to xl/."""
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _package_notes(names: list[str], epoch: int) -> Iterator[str]:
    lower = [name.lower() for name in names]
    if epoch == 1904:
        yield "day numbers count from 1904: dates are given as dates, numbers need the format excel_serial_1904"
    if n := sum(name.startswith("xl/embeddings/") for name in lower):
        yield f"the workbook holds {counted(n, 'embedded file')}: not read"
    if "xl/connections.xml" in lower:
        yield "the workbook is filled from a database or another program: its stored values are read"


def choose_sheets(workbook: Workbook, declared: str | None, problems: Problems) -> list[tuple[Sheet, list[str]]]:
    """The sheets that a name or pattern finds, or the only or first visible one, with notes.

    None of them after noting READ014. A sheet's name holds no sign that a pattern gives a meaning to (18.2.19).
    """
    names = [sheet.name for sheet in workbook.sheets]
    if declared is None:
        return _first_visible(workbook, problems)
    wanted = [s for s in workbook.sheets if s.name == declared or fnmatch.fnmatchcase(s.name, declared)]
    if not wanted:
        hint = did_you_mean(declared, names) or f"the workbook has: {', '.join(names)}"
        what = "no sheet matches" if set(declared) & set("*?[") else "there is no sheet"
        problems.add("READ014", f"{what} '{declared}'", hint=hint)
    return [(s, [f"sheet {s.name} is hidden"] * s.hidden) for s in wanted]


def _first_visible(workbook: Workbook, problems: Problems) -> list[tuple[Sheet, list[str]]]:
    first = next((sheet for sheet in workbook.sheets if not sheet.hidden), None)
    if first is None:
        problems.add("READ014", "the workbook has no visible worksheet", hint="declare `sheet`")
        return []
    others = ", ".join(f"{s.name} (hidden)" if s.hidden else s.name for s in workbook.sheets if s != first)
    return [(first, [f"the first sheet is read; others: {others}"] * bool(others))]
