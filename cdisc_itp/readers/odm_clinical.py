"""ClinicalData of an ODM file, element by element: which record and item each belongs to, by the standard's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from .odm_records import ABSENT, CONTEXT, REMOVAL, ContextRows, Key, Path, Place, Records
from .xml_stream import BETWEEN, XmlStream

GROUP_ELEMENT = "ItemGroupData"
KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ClinicalData", ("StudyOID", "MetaDataVersionOID")),
    ("SubjectData", ("SubjectKey",)),
    ("StudyEventData", ("StudyEventOID", "StudyEventRepeatKey")),
    ("FormData", ("FormOID", "FormRepeatKey")),
    (GROUP_ELEMENT, ("ItemGroupOID", "ItemGroupRepeatKey")),
)
"""The levels of clinical data, outermost first, and the attributes that identify one; the first is required."""
LEVELS = {element: level for level, (element, _) in enumerate(KEYS)}
CLINICAL, SUBJECT, EVENT, FORM, GROUP, ITEM = range(6)
FIRST_DEPTH = 2
"""Depth of ClinicalData; the root has 1."""
TYPES = frozenset({"Insert", "Update", "Upsert", "Remove", "Context"})
STANDARD = frozenset(name for _, names in KEYS for name in names) | {"TransactionType"}
ITEM_ATTRIBUTES = frozenset(
    {"ItemOID", "Value", "IsNull", "TransactionType", "MeasurementUnitOID"}
    | {"AuditRecordID", "SignatureID", "AnnotationID"}
)
COLLECTED = ("ItemDataString", "ItemDataAny")
"""Typed data whose blanks count; the other types collapse them (XML Schema part 2, whiteSpace)."""
RAVE = "http://www.mdsol.com/ns/odm/metadata"
OPENCLINICA = "http://www.openclinica.org/ns/odm_ext_v130/v3.1"
# What systems collect and write nowhere but in attributes of their own: a subject's number where SubjectKey is an
# internal identifier, demographic data of the subject's registration, the dates of a study event.
EXTENSIONS: dict[int, dict[str, str]] = {
    SUBJECT: {
        f"{RAVE} SubjectName": "mdsol:SubjectName",
        **{
            f"{OPENCLINICA} {name}": f"OpenClinica:{name}"
            for name in ("StudySubjectID", "UniqueIdentifier", "Sex", "DateOfBirth", "YearOfBirth")
        },
    },
    EVENT: {f"{OPENCLINICA} {name}": f"OpenClinica:{name}" for name in ("StartDate", "EndDate")},
}


class Context(Struct):
    """An element of a level that is open: its keys, what to keep of it, and its TransactionType or its parent's."""

    key: Key
    values: dict[str, str]
    transaction: str
    row: int | None = None


class Item(Struct):
    """An ItemData that is open."""

    oid: str
    typed: str | None
    kept: bool


@dataclass
class ClinicalReader:
    """Reads ClinicalData into ``records`` of one item group; ``chosen`` None takes the first one there is.

    ``transactional`` says that the file may hold several instructions for one record, as a snapshot may not.
    ``groups`` counts the ItemGroupData by item group, ``ignored`` what is not read by name, ``versions`` the
    (study, metadata version) of each ClinicalData.
    """

    stream: XmlStream
    chosen: str | None
    transactional: bool = False
    records: Records = field(init=False)
    groups: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    versions: dict[tuple[str, str], None] = field(default_factory=dict)
    rows: list[ContextRows] = field(default_factory=lambda: [ContextRows() for _ in range(GROUP)])
    _open: list[Context] = field(default_factory=list)
    _row: int | None = None
    _place: Place = (0, 0)
    _offered: bool = False
    _seen: set[str] = field(default_factory=set)
    _item: Item | None = None

    def __post_init__(self) -> None:
        self.records = Records(self.stream, self._paths)

    def start(self, name: str, attributes: dict[str, str]) -> bool:
        """Begin an element; False where it and all within it is passed over."""
        inside = self.stream.depth - FIRST_DEPTH
        if name == "ItemData" or name.startswith("ItemData"):
            if inside != ITEM or len(self._open) != ITEM:
                self._check_place(name, inside, ITEM)
            return self._start_item(name, attributes)
        level = LEVELS.get(name)
        if level is not None:
            self._check_place(name, inside, level)
            return self._start_level(level, attributes)
        if name == "SiteRef" and inside == EVENT:
            return self._read_site(attributes)
        if name == "MeasurementUnitRef" and inside > ITEM and self._item:
            self._put_unit(self._item, attributes)
            return True
        self.ignored[self._shown(name)] += 1
        return False

    def end(self, name: str) -> None:
        """End of an element that was taken."""
        if self._item is not None and name.startswith("ItemData"):
            if self._item.typed:
                self._end_typed(self._item)
            self._item = None
        elif name in LEVELS:
            if name == GROUP_ELEMENT and self._row is None:
                self._end_without_record()
            self._open.pop()

    def _check_place(self, name: str, inside: int, level: int) -> None:
        if inside != level or len(self._open) != level:
            parent = KEYS[level - 1][0] if level else "ODM"
            self.stream.fail("READ072", f"{name} does not stand in {parent}, where ODM has it")

    def _start_level(self, level: int, attributes: dict[str, str]) -> bool:
        element, names = KEYS[level]
        key = attributes.get(names[0])
        if not key:
            self.stream.fail("READ072", f"{element} has no {names[0]}")
        own = self._transaction(attributes) if level else None
        values = {name: attributes[name] for name in names if name in attributes}
        if not attributes.keys() <= STANDARD:
            self._read_extensions(level, attributes, values)
        repeat = (attributes.get(names[1]) or None) if len(names) > 1 else self._open[CLINICAL].key[0]
        context = Context((key, repeat), values, own or (self._open[-1].transaction if level else ""))
        if level == CLINICAL:
            self.versions[key, repeat or ""] = None
        elif level == GROUP and not self._choose(key):
            return False
        self._open.append(context)
        found = self.records.remove(self._path()) if own == "Remove" else 1
        return self._start_record(context, found) if level == GROUP else True

    def _choose(self, oid: str) -> bool:
        """Count an ItemGroupData; whether it is of the chosen item group."""
        if oid not in self.groups and len(self.groups) >= self.stream.limits.columns:
            self.stream.refuse(f"{len(self.groups) + 1} item groups", self.stream.limits.columns)
        self.groups[oid] += 1
        if self.chosen is None:
            self.chosen = oid
        return oid == self.chosen

    def _start_record(self, context: Context, found: int) -> bool:
        """Begin an ItemGroupData of the chosen item group; ``found`` records were just removed by it."""
        self._seen.clear()
        self._row, self._offered = None, False
        self._place = (self.stream.line, self.groups[context.key[0]])
        if context.transaction:
            self.records.counts[context.transaction] += 1
        if context.transaction == "Remove":
            self.records.counts[ABSENT] += not found
            self.records.skip(REMOVAL, self._place)
            self._open.pop()
            return False
        if context.transaction not in ("", "Context"):
            self._row = self._record_for(context.transaction)
        return True

    def _end_without_record(self) -> None:
        """End of an ItemGroupData none of whose items made it a record."""
        if not self._open[GROUP].transaction and not self._offered:
            self._add_record()
        else:
            self.records.skip(CONTEXT, self._place)

    def _record_for(self, transaction: str) -> int:
        """The record that an Update or Upsert means, else a new one."""
        row = self.records.find(self._path()) if transaction in ("Update", "Upsert", "Remove") else None
        if row is None:
            self.records.counts[ABSENT] += transaction in ("Update", "Remove")
            return self._add_record()
        self._touch(row)
        return row

    def _touch(self, row: int) -> None:
        """Change a record; what the elements around it say of subject and study event is the latest."""
        self.records.touch(row, self._place)
        at = self.records.forms[row]
        for level in range(FORM, CLINICAL, -1):
            for name, value in self._open[level].values.items():
                self.rows[level].put(at, name, value)
            at = self.rows[level].parents[at]

    def _record_by_item(self, item: str, transaction: str) -> int | None:
        """The record of an ItemGroupData that leaves it to its items to say (Rave's audit records), or is context.

        An Insert of an item that the record does not hold yet goes into it, any other makes a record of its own.
        """
        if transaction:
            self.records.counts[transaction] += 1
        row = self.records.find(self._path()) if transaction in ("Insert", "Remove") else None
        if transaction == "Remove" and row is None:
            self.records.counts[ABSENT] += 1
            return None
        if transaction == "Insert" and self.transactional and row is not None and not self.records.holds(row, item):
            self._touch(row)
            return row
        return self._record_for(transaction)

    def _add_record(self) -> int:
        """A new record, and rows of its form, study event and subject where they have none yet."""
        parent = -1
        for context, rows in zip(self._open[:GROUP], self.rows, strict=True):
            if context.row is None:
                context.row = rows.add(parent, context.values)
            parent = context.row
        return self.records.add(parent, self._path(), self._place)

    def _paths(self) -> Iterator[Path]:
        """Keys of every record so far."""
        studies = self.rows[CLINICAL].texts("StudyOID")
        subjects = zip(self.rows[SUBJECT].texts("SubjectKey"), self.rows[SUBJECT].parents, strict=True)
        above: list[Path] = [((key or "", studies[parent]),) for key, parent in subjects]
        for level in (EVENT, FORM):
            oids, repeats = (self.rows[level].texts(name) for name in KEYS[level][1])
            keys = zip(self.rows[level].parents, oids, repeats, strict=True)
            above = [(*above[parent], (oid or "", repeat)) for parent, oid, repeat in keys]
        repeats = self.records.repeat_keys.texts(len(self.records.forms))
        for form, repeat in zip(self.records.forms, repeats, strict=True):
            yield (*above[form], (self.chosen or "", repeat))

    def _path(self) -> Path:
        return tuple(context.key for context in self._open[SUBJECT:])

    def _read_site(self, attributes: dict[str, str]) -> bool:
        subject, location = self._open[SUBJECT], attributes.get("LocationOID", "")
        subject.values["LocationOID"] = location
        if subject.row is not None:
            self.rows[SUBJECT].put(subject.row, "LocationOID", location)
        return True

    def _read_extensions(self, level: int, attributes: dict[str, str], values: dict[str, str]) -> None:
        kept = EXTENSIONS.get(level, {})
        for name in attributes.keys() - STANDARD:
            if name in kept:
                values[kept[name]] = attributes[name]
            else:
                self.ignored[f"attribute {self._shown(name)}"] += 1

    def _start_item(self, name: str, attributes: dict[str, str]) -> bool:
        oid = attributes.get("ItemOID")
        if not oid:
            self.stream.fail("READ072", f"{name} has no ItemOID")
        if not attributes.keys() <= ITEM_ATTRIBUTES:
            for extra in attributes.keys() - ITEM_ATTRIBUTES:
                self.ignored[f"attribute {self._shown(extra)}"] += 1
        transaction = self._transaction(attributes) or self._open[GROUP].transaction
        self._offered = True
        self._item = item = Item(oid, None if name == "ItemData" else name, transaction != "Context")
        if item.kept and self._row is None:
            self._row = self._record_by_item(oid, transaction)
            item.kept = self._row is not None
        if item.kept:
            self._set_item(item, attributes, transaction)
        return True

    def _set_item(self, item: Item, attributes: dict[str, str], transaction: str) -> None:
        if "MeasurementUnitOID" in attributes:
            self._put_unit(item, attributes)
        value = attributes.get("Value")
        self._check_item(item, attributes, transaction)
        if transaction == "Remove" or attributes.get("IsNull") == "Yes":
            self._put(item, None)
            item.kept = False
        elif item.typed:
            self.stream.listen()
        if value is not None and item.kept:
            self._put(item, value)

    def _check_item(self, item: Item, attributes: dict[str, str], transaction: str) -> None:
        """READ073 for what contradicts itself; only a transaction other than Insert may set an item again."""
        if item.oid in self._seen and transaction in ("", "Insert"):
            self.stream.problems.add("READ073", "the item is given twice in one record", self.stream.line, item.oid)
        if "IsNull" in attributes and attributes["IsNull"] == "Yes" and attributes.get("Value"):
            self.stream.problems.add("READ073", "the item has IsNull and a value", self.stream.line, item.oid)
        self._seen.add(item.oid)

    def _end_typed(self, item: Item) -> None:
        """Put the text of typed data; one without text may have Value, which the standard does not foresee."""
        if item.kept:
            text = self.stream.heard()
            text = text if item.typed in COLLECTED else text.strip()
            if text:
                self._put(item, text)

    def _put(self, item: Item, value: str | None) -> None:
        limit = self.stream.limits.xml_value
        if value is not None and len(value) > limit:
            self.stream.refuse(f"a value of {len(value)} characters", limit)
        assert self._row is not None
        self.records.put(self._row, item.oid, value)

    def _put_unit(self, item: Item, attributes: dict[str, str]) -> None:
        if item.kept and self._row is not None:
            self.records.put_unit(self._row, item.oid, attributes.get("MeasurementUnitOID"))

    def _transaction(self, attributes: dict[str, str]) -> str | None:
        own = attributes.get("TransactionType")
        if own is not None and own not in TYPES:
            self.stream.fail(
                "READ072", "a TransactionType that ODM does not have", f"known: {', '.join(sorted(TYPES))}"
            )
        return own

    def _shown(self, name: str) -> str:
        """Name with the prefix that the file gives its namespace."""
        namespace, _, local = name.rpartition(BETWEEN)
        shown = f"{self.stream.prefixes.get(namespace, namespace)}:{local}" if namespace else local
        return shown[:60] if len(self.ignored) < self.stream.limits.columns else "others"
