"""A guide's variables and datasets, as they are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct


class GuideVariable(Struct, frozen=True):
    """One variable. ``codelists`` are C-codes, ``value_list`` the only values where the guide lists them,
    ``format`` the external format ("ISO 8601 datetime", "ISO 8601 duration", "ISO 3166-1 alpha-3") or "".

    ``order`` is the place in the dataset, from 1; a variable that the guide's table does not have for the
    dataset carries the order of the one that it follows.
    """

    name: str
    label: str
    numeric: bool
    order: int
    role: str | None
    core: str
    codelists: tuple[str, ...] = ()
    value_list: tuple[str, ...] = ()
    format: str = ""

    @property
    def iso8601(self) -> bool:
        """Whether the values are ISO 8601 dates, times, durations or intervals."""
        return self.format.startswith("ISO 8601")


class GuideDataset(Struct, frozen=True, dict=True):
    """One dataset. ``class_name`` is Define-XML's ("FINDINGS"), ``domain`` the prefix of its variables."""

    name: str
    label: str
    class_name: str
    structure: str
    variables: tuple[GuideVariable, ...]
    domain: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, GuideVariable]:
        """Variables by name, in the guide's order."""
        return {v.name: v for v in self.variables}  # A plain dict, so that a study can go to other processes.

    def variable(self, name: str) -> GuideVariable:
        """The variable of that name; KeyError where the guide's table of the dataset has none."""
        if name not in self.by_name:
            raise KeyError(f"{self.name} has no variable {name}")
        return self.by_name[name]

    def decode_of(self, name: str) -> str | None:
        """The coded variable of which ``name`` is the decode: LBTESTCD for LBTEST, ARMCD for ARM."""
        found = self.by_name.get(name)
        coded = "QNAM" if name == "QLABEL" else f"{name}CD"
        return coded if found and found.role == "Synonym Qualifier" and coded in self.by_name else None

    @property
    def repeating(self) -> bool:
        """Whether a subject may have several records (Define-XML Repeating)."""
        return self.structure != "One record per subject"

    @property
    def reference_data(self) -> bool:
        """Whether the records are of the study, not of subjects (Define-XML IsReferenceData)."""
        return "USUBJID" not in self.by_name
