"""From what was read of an ODM item group to the columns of a raw table: keys, items, their decodes and units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from msgspec import Struct

from ..model.column import (
    Column,
    collect_text,
    distinct_tuples,
    empty_column,
    present,
    take,
    text_column,
    values_of,
)
from .odm_clinical import CLINICAL, EXTENSIONS, FORM, KEYS, SUBJECT, ClinicalReader
from .odm_metadata import Metadata
from .odm_records import CONTEXT, Order
from .table import counted

SHOWN = 10
"""Names that a note lists."""


class OdmColumn(Struct, frozen=True):
    """A column: its name, label and text; ``decodes`` names the column that it is the decode of."""

    name: str
    label: str
    texts: Column
    decodes: str | None = None


class OdmTable:
    """The columns of one item group of a file that was read."""

    def __init__(self, clinical: ClinicalReader, metadata: Metadata, group: str) -> None:
        self.clinical = clinical
        self.metadata = metadata
        self.group = group
        self.live: Order = clinical.records.live()
        self.versions = list(clinical.versions) or list(metadata.versions)
        self._levels = self._rows_of_levels()

    def columns(self) -> Iterator[OdmColumn]:
        """Keys first, then each item with its decode and unit."""
        yield from self._keys()
        version = self._version_column()
        for oid in self.items():
            definition = next((d for v in self.versions if (d := self.metadata.item(v, oid))), None)
            label = definition.label if definition else ""
            cells = self.clinical.records.items.get(oid)
            texts = cells.column(self.live) if cells else empty_column(len(self.live))
            yield OdmColumn(oid, label, texts)
            decodes = [self.metadata.decodes(v, oid) for v in self.versions]
            if any(decodes):
                decoded = _looked_up(version, texts, lambda v, value, d=decodes: d[v].get(value))  # type: ignore[misc]
                yield OdmColumn(f"{oid}.decode", label, decoded, oid)
            yield from self._unit(oid, version)

    def items(self) -> list[str]:
        """OIDs of the items: those of the definition in its order, then the others in order of appearance."""
        groups = [g for v in self.versions if (g := self.metadata.group(v, self.group))]
        defined = dict.fromkeys(oid for g in groups for oid in g.items())
        return list(dict.fromkeys([*defined, *self.clinical.records.items]))

    def notes(self) -> Iterator[str]:
        """What is worth knowing of how the records came about, and what was not read."""
        records = self.clinical.records
        counts = [f"{n} {name}" for name, n in sorted(records.counts.items()) if n and name[0].isupper()]
        if counts:
            yield "transactions, applied in their order: " + ", ".join(counts)
        yield from (f"{name}: {n}" for name, n in records.counts.items() if n and not name[0].isupper())
        if n := len(records.skipped.get(CONTEXT, ())):
            yield f"{counted(n, 'item group')} resent as context only: not read"
        if repeated := self._repeated():
            yield f"{counted(repeated, 'record')} with the keys of an earlier one, kept as records of their own"
        missing = [v for v in self.versions if v not in self.metadata.versions]
        if missing:
            shown = _listed(f"{version} of study {study}" for study, version in missing)
            yield f"metadata not in the file, so no labels and no decodes of it: {shown}"
        undefined = [o for o in records.items if not any(self.metadata.item(v, o) for v in self.versions)]
        if undefined and len(missing) < len(self.versions):
            yield f"items that the file does not define, read all the same: {_listed(undefined)}"
        ignored = sorted(self.clinical.ignored.items())
        if ignored:
            yield "not read: " + _listed(f"{n} {name}" for name, n in ignored)

    def _keys(self) -> Iterator[OdmColumn]:
        """Columns of the keys, named as the standard's attributes, and of what systems collect in their own."""
        for level, rows in enumerate(self.clinical.rows):
            names = [n for n in KEYS[level][1] if n != "MetaDataVersionOID"]
            if level == SUBJECT:
                names = ["LocationOID", *names]
            names += [n for n in EXTENSIONS.get(level, {}).values() if n in rows.cells]
            for name in names:
                cells, at = rows.cells.get(name), self._levels[level]
                yield OdmColumn(name, "", cells.column(at) if cells else empty_column(len(at)))
        yield OdmColumn("ItemGroupRepeatKey", "", self.clinical.records.repeat_keys.column(self.live))

    def _rows_of_levels(self) -> list[Order]:
        """Row of each record (n,) in each level, outermost first."""
        at = np.asarray(self.clinical.records.forms, np.int32)[self.live]
        levels = [at]
        for level in range(FORM, CLINICAL, -1):
            at = np.asarray(self.clinical.rows[level].parents, np.int32)[at]
            levels.insert(0, at)
        return levels

    def _version_column(self) -> Column:
        """Which of ``versions`` governs each record."""
        rows, at = self.clinical.rows[CLINICAL], self._levels[CLINICAL]
        number = {v: i for i, v in enumerate(self.versions)}
        keys = zip(rows.texts("StudyOID"), rows.texts("MetaDataVersionOID"), strict=True)
        codes = np.asarray([number[study or "", version or ""] for study, version in keys], np.int32)
        return text_column(codes[at], [str(i) for i in range(len(self.versions))])

    def _unit(self, oid: str, version: Column) -> Iterator[OdmColumn]:
        """The unit that was given with the values, as the file defines it, else its OID."""
        cells = self.clinical.records.units.get(oid)
        if cells is None:
            return
        units, studies = self.metadata.units, [study for study, _ in self.versions]
        texts = _looked_up(version, cells.column(self.live), lambda v, unit: units.get((studies[v], unit), unit))
        if present(texts).any():
            yield OdmColumn(f"{oid}.unit", "", texts)

    def _repeated(self) -> int:
        """Records whose keys an earlier record has."""
        if len(self.live) < 2:
            return 0
        names = {"StudyOID", *(n for _, names in KEYS[SUBJECT:] for n in names)}
        _, parts = distinct_tuples([c.texts for c in self._keys() if c.name in names])
        return len(self.live) - len(parts[0])


def _looked_up(version: Column, texts: Column, look: Callable[[int, str], str | None]) -> Column:
    """Text for each record that has one, from the number of its version and its text."""
    group, (versions, codes) = distinct_tuples([version, texts])
    values = values_of(texts)
    found = [look(v, values[c]) if c >= 0 else None for v, c in zip(versions.tolist(), codes.tolist(), strict=True)]
    return take(collect_text(found), group.astype(np.int64)) if len(found) else empty_column(len(texts))


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
