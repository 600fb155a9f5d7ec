"""The SDTM implementation guide: datasets and variables, and what a study may add to them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from .classes import GENERAL
from .general import build_class_variables, build_sponsor_dataset, find_addition, find_continuation, place
from .variables import GuideDataset, GuideVariable

__all__ = ["Guide", "GuideDataset", "GuideVariable", "guide"]

DATA = Path(__file__).parent / "data"
_SUPPLEMENTAL = re.compile(r"SUPP([A-Z][A-Z0-9]{1,3})")


class Guide:
    """SDTMIG of one version: the datasets of its tables, built when they are asked for."""

    def __init__(self, version: str, datasets: list[list[str]], variables: dict[str, list[list[str]]]) -> None:
        self.version = version
        self._rows = {row[0]: row for row in datasets}
        self._variables = variables
        self._built: dict[str, GuideDataset] = {}
        self._classes: dict[str, Mapping[str, GuideVariable]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the guide's datasets, in its order."""
        return tuple(self._rows)

    def __contains__(self, name: str) -> bool:
        return name in self._rows or _SUPPLEMENTAL.fullmatch(name) is not None

    def dataset(self, name: str) -> GuideDataset:
        """The dataset of that name, also SUPPAE and the like; KeyError where the guide has none."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def _build(self, name: str) -> GuideDataset:
        supplemental = _SUPPLEMENTAL.fullmatch(name)
        if name in self._rows:
            _, class_name, label, structure = self._rows[name]
            parsed = tuple(_parse_variable(row) for row in self._variables[name])
            domain = name if len(name) == 2 else ""
            return GuideDataset(name, label, class_name, structure, parsed, domain)
        if supplemental:
            return _supplemental(self.dataset("SUPPQUAL"), name, supplemental[1])
        raise KeyError(f"SDTMIG {self.version} has no dataset {name}")

    def class_variables(self, class_name: str) -> Mapping[str, GuideVariable]:
        """The variables of a general observation class by general name ("--DTC"), in SDTM order.

        ``core`` is a sponsor-defined domain's. Empty for a class whose datasets take no further variables.
        """
        if class_name not in self._classes:
            datasets = [self.dataset(name) for name in self.names]
            shared = build_class_variables(datasets, class_name) if class_name in GENERAL else {}
            self._classes[class_name] = shared
        return self._classes[class_name]

    def variable(self, dataset: str | GuideDataset, name: str) -> GuideVariable:
        """The variable of a dataset: of its table, else one that the SDTM model lets it have (core Perm).

        KeyError where it is neither: such a variable is a supplemental qualifier.
        """
        target = self.dataset(dataset) if isinstance(dataset, str) else dataset
        own = target.by_name.get(name)
        own = own or find_continuation(target, name)
        return own or find_addition(self.class_variables(target.class_name), target, name)

    def arrange(self, dataset: str | GuideDataset, names: Iterable[str]) -> tuple[GuideVariable, ...]:
        """The named variables in SDTM order, each once; KeyError as `variable`."""
        target = self.dataset(dataset) if isinstance(dataset, str) else dataset
        shared = self.class_variables(target.class_name)
        found = [self.variable(target, name) for name in dict.fromkeys(names)]
        return tuple(sorted(found, key=lambda v: place(shared, target, v)))

    def sponsor_dataset(self, name: str, class_name: str, label: str, structure: str | None = None) -> GuideDataset:
        """A sponsor-defined domain: every variable of its general observation class, in SDTM order.

        ``class_name`` is INTERVENTIONS, EVENTS, FINDINGS or FINDINGS ABOUT, else ValueError; so is a name that
        the guide has or that is not two characters. Core is that of most of the class's datasets.
        """
        if class_name not in GENERAL:
            raise ValueError(f"'{class_name}' is no general observation class; they are {', '.join(GENERAL)}")
        if name in self or not re.fullmatch(r"[A-Z][A-Z0-9]", name):
            raise ValueError(f"'{name}' cannot name a sponsor-defined domain: two characters, not yet taken")
        return build_sponsor_dataset(self.class_variables(class_name), name, class_name, label, structure)


def _parse_variable(row: list[str]) -> GuideVariable:
    _, order, name, label, kind, codelists, values, form, role, core = row
    return GuideVariable(
        name, label, kind == "Num", int(order), role, core, split_cell(codelists), split_cell(values), form
    )


def split_cell(cell: str) -> tuple[str, ...]:
    """The parts of a table cell with several values, separated by ";"."""
    return tuple(cell.split(";")) if cell else ()


def _supplemental(qualifiers: GuideDataset, name: str, parent: str) -> GuideDataset:
    """SUPP-- of one parent: the label names it, RDOMAIN holds its domain (the first two characters)."""
    variables = tuple(replace(v, value_list=(parent[:2],)) if v.name == "RDOMAIN" else v for v in qualifiers.variables)
    label = f"Supplemental Qualifiers for {parent}"
    return replace(qualifiers, name=name, label=label, variables=variables)


def read_rows(path: Path) -> list[list[str]]:
    """Rows of one of the package's CSV tables, without the header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@cache
def guide(version: str) -> Guide:
    """SDTMIG of that version ("3.4"); LookupError where the package has none."""
    path = DATA / f"sdtmig-{version.replace('.', '-')}-variables.csv"
    if not path.is_file():
        raise LookupError(f"no SDTMIG {version} in the package; it has 3.4")
    variables: dict[str, list[list[str]]] = {}
    for row in read_rows(path):
        variables.setdefault(row[0], []).append(row)
    return Guide(version, read_rows(path.with_name(path.name.replace("variables", "datasets"))), variables)
