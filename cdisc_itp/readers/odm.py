"""ODM-XML 1.3 (and 1.2) clinical data: one item group as a raw table, every cell the text that was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from ..model.column import present
from ..model.raw import Detected, RawTable, TableOptions
from .limits import LIMITS, Limits
from .odm_clinical import GROUP_ELEMENT, ClinicalReader
from .odm_metadata import DefinitionReader
from .odm_table import OdmColumn, OdmTable
from .problems import Problems, did_you_mean
from .table import Cells, Header, assemble, check_header, counted
from .xml_stream import BETWEEN, XmlStream
from .xml_text import XmlText

CDISC = "http://www.cdisc.org/ns/"
NAMESPACES = {f"{CDISC}odm/v1.3": "1.3", f"{CDISC}odm/v1.2": "1.2"}
SHOWN = 50
"""Item groups that a problem lists."""


class ItemGroup(Struct, frozen=True):
    """An item group of a file: OID, name where it is defined, and the number of its ItemGroupData."""

    oid: str
    name: str
    records: int

    def __str__(self) -> str:
        return f"{self.oid} ({self.name + ', ' if self.name else ''}{self.records})"


class OdmReader:
    """Reads one ODM file: definitions, and the clinical data of one item group (None: of the first one there is)."""

    def __init__(self, stream: XmlStream, group: str | None) -> None:
        self.stream = stream
        self.definitions = DefinitionReader(stream, stream.limits)
        self.clinical = ClinicalReader(stream, group)
        self.version = ""
        self.has_clinical = False
        self._prefix = ""
        self._passed = 0
        self._names: dict[str, str] = {}
        self._inner: DefinitionReader | ClinicalReader = self.definitions

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hand an element to the reader of definitions or of clinical data; both may pass over it."""
        if self._passed:
            return
        depth = self.stream.depth
        local = self._names.get(name) or self._local(name)
        if depth == 1:
            self._start_root(name, attributes)
            return
        if depth == 2:
            self._inner = self.definitions if local == "Study" else self.clinical
            self.has_clinical |= local == "ClinicalData"
        if self._inner.start(local, attributes):
            return
        if local == GROUP_ELEMENT:
            self.stream.pass_over(name)
        else:
            self._passed = depth

    def end(self, name: str) -> None:
        """End of an element."""
        if not self._passed:
            if self.stream.depth > 1:
                self._inner.end(self._names.get(name) or self._local(name))
        elif self._passed == self.stream.depth:
            self._passed = 0

    def _local(self, name: str) -> str:
        """Name without namespace for the elements of ODM; others keep theirs."""
        local = name.removeprefix(self._prefix)
        if len(self._names) < self.stream.limits.columns:
            self._names[name] = local
        return local

    def _start_root(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(BETWEEN)
        if local != "ODM" or namespace not in NAMESPACES:
            self.stream.fail("READ070", _what_root(namespace, local), "ODM 1.2 and 1.3 are read")
        if any(key.startswith(f"{CDISC}Dataset-XML") for key in attributes):
            self.stream.fail("READ070", "the file is Dataset-XML, no ODM clinical data")
        self._prefix, self.version = namespace + BETWEEN, NAMESPACES[namespace]
        self._names.clear()
        self.clinical.transactional = attributes.get("FileType") == "Transactional"


def _what_root(namespace: str, local: str) -> str:
    """What a file is whose root is not that of ODM 1.2 or 1.3."""
    if local == "ODM" and namespace.startswith(f"{CDISC}odm/v"):
        return f"the file is ODM {namespace.rpartition('/v')[2]}"
    if local == "ODM" and not namespace:
        return "the root ODM has no namespace, so it tells no version"
    return f"the file is no ODM: its root is {local[:100]}" + (f" of {namespace[:100]}" if namespace else "")


def read_item_groups(path: Path, encoding: str | None = None, limits: Limits = LIMITS) -> tuple[ItemGroup, ...]:
    """Item groups of an ODM file, the defined ones in their order, then the others as they appear.

    Raises ReadError (READ001 to READ003, READ007, READ050, READ051, READ070, READ072).
    """
    problems = Problems(path.name, limits.problems)
    return _groups(_read(XmlText(path, encoding, problems, limits), "", problems, limits))


def raw_table_from_odm(path: Path, options: TableOptions, limits: Limits = LIMITS) -> RawTable:
    """Table of one item group, a row an ItemGroupData.

    Columns: StudyOID, LocationOID (of SiteRef), SubjectKey, StudyEventOID, StudyEventRepeatKey, FormOID,
    FormRepeatKey, ItemGroupRepeatKey; then each item by its OID, ``OID.decode`` beside an item with a code list,
    and ``OID.unit`` where units are given with its values. ``labels`` are the items' questions. Transactions are
    applied in their order. ``rows`` are lines of the file, or, where several records stand on one line, numbers
    of ItemGroupData. Raises ReadError (READ001 to READ003, READ006, READ007, READ009, READ013, READ019, READ050,
    READ051, READ070 to READ073).
    """
    problems = Problems(path.name, limits.problems)
    text = XmlText(path, options.encoding, problems, limits)
    reader = _read(text, options.item_group, problems, limits)
    problems.raise_any()
    group = _choose_group(reader, options, problems)
    return _raw_table(path, text, OdmTable(reader.clinical, reader.definitions.metadata, group), options, problems)


def _read(text: XmlText, group: str | None, problems: Problems, limits: Limits) -> OdmReader:
    """The file, read; READ070 where it holds no clinical data."""
    stream = XmlStream(problems, limits)
    reader = OdmReader(stream, group)
    stream.parse(text.parts(), reader)
    if not reader.has_clinical:
        define = any(namespace.startswith(f"{CDISC}def/") for namespace in stream.prefixes)
        what = "the file is a Define-XML" if define else "the file holds definitions only"
        problems.add("READ070", f"{what}: it has no ClinicalData", hint="export the clinical data as ODM")
        problems.raise_any()
    return reader


def _groups(reader: OdmReader) -> tuple[ItemGroup, ...]:
    names, counts = reader.definitions.metadata.group_names(), reader.clinical.groups
    return tuple(ItemGroup(oid, names.get(oid, ""), counts[oid]) for oid in dict.fromkeys([*names, *counts]))


def _choose_group(reader: OdmReader, options: TableOptions, problems: Problems) -> str:
    """The item group that is declared, or the only one; READ071."""
    groups = _groups(reader)
    oids = [group.oid for group in groups]
    if options.item_group in oids or (options.item_group is None and len(oids) == 1):
        return options.item_group or oids[0]
    listed = ", ".join(map(str, groups[:SHOWN])) + (", ..." if len(groups) > SHOWN else "")
    if options.item_group is None:
        _fail(problems, f"the file holds {counted(len(oids), 'item group')}", f"declare `item_group`: {listed}")
    hint = did_you_mean(options.item_group, oids) or f"there are: {listed}"
    _fail(problems, f"item group '{options.item_group}' is not in the file", hint)


def _fail(problems: Problems, message: str, hint: str) -> NoReturn:
    problems.add("READ071", message, hint=hint)
    problems.raise_any()
    raise AssertionError("unreachable")


def _raw_table(path: Path, text: XmlText, odm: OdmTable, options: TableOptions, problems: Problems) -> RawTable:
    columns = [c for c in odm.columns() if c.decodes is None or c.decodes not in options.identifiers]
    rows, skipped, apart = odm.clinical.records.places(odm.live)
    header = Header(tuple(c.name for c in columns), tuple(c.label for c in columns))
    check_header(header, options, problems)
    problems.raise_any()
    hidden = frozenset(options.identifiers)
    cells = tuple(present(c.texts) if c.name in hidden else c.texts for c in columns)
    table = assemble(header, Cells(cells, rows, skipped), options, problems)
    problems.raise_any()
    return RawTable(
        file=path.name,
        sheet=odm.group,
        columns=table.columns,
        rows=table.rows,
        sha256=text.sha256,
        labels=table.labels,
        decodes=_decodes(columns),
        skipped=table.skipped,
        dropped=table.dropped,
        detected=(text.encoding.detected, _detected_group(odm.group, options)),
        notes=(*text.encoding.notes, *_place_notes(apart), *odm.notes(), *table.notes),
    )


def _decodes(columns: Sequence[OdmColumn]) -> dict[str, str]:
    return {c.name: c.decodes for c in columns if c.decodes is not None}


def _detected_group(group: str, options: TableOptions) -> Detected:
    return Detected("item group", group, 1.0 if options.item_group else 0.99)


def _place_notes(apart: bool) -> tuple[str, ...]:
    said = "several item groups stand on one line: a row is the number of the ItemGroupData in the file"
    return () if apart else (said,)
