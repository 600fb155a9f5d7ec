"""What an ODM file defines: item groups, items, code lists and units, by study and metadata version."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from .limits import Limits
from .xml_stream import XmlStream

Texts = list[tuple[str, str]]
"""Language and text of each TranslatedText of an element."""
VersionKey = tuple[str, str]
"""OID of study and of metadata version."""

# The elements that are read, by the elements that they may stand in (ODM 1.3.2, 3.1.1).
_WITHIN: dict[str, tuple[str, ...]] = {
    "BasicDefinitions": ("Study",),
    "MeasurementUnit": ("BasicDefinitions",),
    "Symbol": ("MeasurementUnit",),
    "MetaDataVersion": ("Study",),
    "Include": ("MetaDataVersion",),
    "ItemGroupDef": ("MetaDataVersion",),
    "ItemRef": ("ItemGroupDef",),
    "ItemDef": ("MetaDataVersion",),
    "Question": ("ItemDef",),
    "Description": ("ItemDef",),
    "CodeListRef": ("ItemDef",),
    "CodeList": ("MetaDataVersion",),
    "CodeListItem": ("CodeList",),
    "Decode": ("CodeListItem",),
    "TranslatedText": ("Symbol", "Question", "Description", "Decode"),
}
LANG = "http://www.w3.org/XML/1998/namespace lang"


class GroupDef(Struct):
    """An ItemGroupDef: its name, and order number and OID of each ItemRef."""

    name: str
    refs: list[tuple[str | None, str]] = field(default_factory=list)

    def items(self) -> list[str]:
        """OIDs of the items, by OrderNumber where every one has it (ODM 1.3.2, ItemRef), else as written."""
        orders = [order for order, _ in self.refs]
        if all(order is not None and order.strip().isdecimal() for order in orders):
            return [oid for _, oid in sorted(self.refs, key=lambda ref: int(ref[0] or 0))]
        return [oid for _, oid in self.refs]


class ItemDefinition(Struct):
    """An ItemDef: its name, its texts by element, and the OID of its code list."""

    name: str
    codelist: str | None = None
    texts: dict[str, Texts] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The question as asked, else the description, else the name."""
        return (
            choose_text(self.texts.get("Question", [])) or choose_text(self.texts.get("Description", [])) or self.name
        )


class Version(Struct):
    """One MetaDataVersion; ``codelists`` gives decode by coded value, ``include`` the version that it builds on."""

    groups: dict[str, GroupDef] = field(default_factory=dict)
    items: dict[str, ItemDefinition] = field(default_factory=dict)
    codelists: dict[str, dict[str, Texts]] = field(default_factory=dict)
    include: VersionKey | None = None


class Metadata(Struct):
    """Everything that the file defines; ``units`` by study and OID, as they are written on the form."""

    versions: dict[VersionKey, Version] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)

    def chain(self, key: VersionKey) -> Iterator[Version]:
        """The version and those that it includes, nearest first (ODM 1.3.2, Include)."""
        seen: set[VersionKey] = set()
        following: VersionKey | None = key
        while following is not None and following not in seen and following in self.versions:
            seen.add(following)
            yield self.versions[following]
            following = self.versions[following].include

    def group(self, key: VersionKey, oid: str) -> GroupDef | None:
        """ItemGroupDef that the version knows."""
        return next((v.groups[oid] for v in self.chain(key) if oid in v.groups), None)

    def item(self, key: VersionKey, oid: str) -> ItemDefinition | None:
        """ItemDef that the version knows."""
        return next((v.items[oid] for v in self.chain(key) if oid in v.items), None)

    def decodes(self, key: VersionKey, item: str) -> dict[str, str]:
        """Decode of each coded value of an item; EnumeratedItem and ExternalCodeList have none."""
        definition = self.item(key, item)
        oid = definition.codelist if definition else None
        found = next((v.codelists[oid] for v in self.chain(key) if oid in v.codelists), {}) if oid else {}
        return {value: text for value, texts in found.items() if (text := choose_text(texts))}

    def group_names(self) -> dict[str, str]:
        """Name of each item group that the file defines, by OID."""
        return {oid: group.name for v in self.versions.values() for oid, group in v.groups.items()}


def choose_text(texts: Texts) -> str:
    """The first English text, else the first one.

    >>> choose_text([("de", "Ja"), ("en-GB", "Yes")]), choose_text([("de", "Ja")])
    ('Yes', 'Ja')
    """
    english = [text for lang, text in texts if lang.lower().split("-")[0] == "en"]
    return next(iter(english or [text for _, text in texts]), "")


class DefinitionReader:
    """Reads one Study element after another into ``metadata``; what ``_WITHIN`` does not name is passed over."""

    def __init__(self, stream: XmlStream, limits: Limits) -> None:
        self.metadata = Metadata()
        self._stream = stream
        self._limit = limits.odm_definitions
        self._taken = 0
        self._open: list[str] = []
        self._study = self._lang = ""
        self._version = Version()
        self._item = ItemDefinition("")
        self._group = GroupDef("")
        self._codelist: dict[str, Texts] = {}
        self._texts: Texts = []
        self._unit: tuple[str, str] = ("", "")

    def start(self, name: str, attributes: dict[str, str]) -> bool:
        """Begin an element; False where it and all within it is to be passed over."""
        if name != "Study" and (not self._open or self._open[-1] not in _WITHIN.get(name, ())):
            return False
        self._taken += 1
        if self._taken > self._limit:
            self._stream.refuse(f"{self._taken} definitions", self._limit)
        self._open.append(name)
        read = _READ.get(name)
        if read is not None:
            read(self, attributes)
        return True

    def end(self, name: str) -> None:
        """End of an element that was taken."""
        self._open.pop()
        if name == "TranslatedText":
            if text := self._stream.heard().strip():
                self._texts.append((self._lang, text))
        elif name == "Symbol" and (text := choose_text(self._texts)):
            self.metadata.units[self._unit] = text

    def _read_study(self, attributes: dict[str, str]) -> None:
        self._study = attributes.get("OID", "")

    def _read_unit(self, attributes: dict[str, str]) -> None:
        self._unit = self._study, attributes.get("OID", "")
        self.metadata.units[self._unit] = attributes.get("Name") or self._unit[1]

    def _read_version(self, attributes: dict[str, str]) -> None:
        key = self._study, attributes.get("OID", "")
        self._version = self.metadata.versions.setdefault(key, Version())

    def _read_include(self, attributes: dict[str, str]) -> None:
        self._version.include = attributes.get("StudyOID", self._study), attributes.get("MetaDataVersionOID", "")

    def _read_group(self, attributes: dict[str, str]) -> None:
        self._group = GroupDef(attributes.get("Name", ""))
        self._version.groups[attributes.get("OID", "")] = self._group

    def _read_item_ref(self, attributes: dict[str, str]) -> None:
        self._group.refs.append((attributes.get("OrderNumber"), attributes.get("ItemOID", "")))

    def _read_item(self, attributes: dict[str, str]) -> None:
        self._item = ItemDefinition(attributes.get("Name", ""))
        self._version.items[attributes.get("OID", "")] = self._item

    def _read_codelist_ref(self, attributes: dict[str, str]) -> None:
        self._item.codelist = attributes.get("CodeListOID")

    def _read_codelist(self, attributes: dict[str, str]) -> None:
        self._codelist = self._version.codelists.setdefault(attributes.get("OID", ""), {})

    def _read_codelist_item(self, attributes: dict[str, str]) -> None:
        self._texts = self._codelist.setdefault(attributes.get("CodedValue", ""), [])

    def _read_symbol(self, attributes: dict[str, str]) -> None:
        self._texts = []

    def _read_item_text(self, attributes: dict[str, str]) -> None:
        self._texts = self._item.texts.setdefault(self._open[-1], [])

    def _read_translated(self, attributes: dict[str, str]) -> None:
        self._lang = attributes.get(LANG, "")
        self._stream.listen()


_READ: dict[str, Callable[[DefinitionReader, dict[str, str]], None]] = {
    "Study": DefinitionReader._read_study,
    "MeasurementUnit": DefinitionReader._read_unit,
    "Symbol": DefinitionReader._read_symbol,
    "MetaDataVersion": DefinitionReader._read_version,
    "Include": DefinitionReader._read_include,
    "ItemGroupDef": DefinitionReader._read_group,
    "ItemRef": DefinitionReader._read_item_ref,
    "ItemDef": DefinitionReader._read_item,
    "Question": DefinitionReader._read_item_text,
    "Description": DefinitionReader._read_item_text,
    "CodeListRef": DefinitionReader._read_codelist_ref,
    "CodeList": DefinitionReader._read_codelist,
    "CodeListItem": DefinitionReader._read_codelist_item,
    "TranslatedText": DefinitionReader._read_translated,
}
