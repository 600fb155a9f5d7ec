"""The ADaM implementation guide: variables of ADSL and of the basic data structure, also by pattern (TRTxxP)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from .classes import ADSL, BDS
from .guide import DATA, read_rows, split_cell
from .variables import GuideVariable

# ADaMIG 1.3, 3.1: xx and zz are two digits from 01, y and w one digit from 1.
_INDEX = {"xx": r"0[1-9]|[1-9]\d", "zz": r"0[1-9]|[1-9]\d", "y": r"[1-9]", "w": r"[1-9]"}


_Pattern = tuple[GuideVariable, re.Pattern[str]]


class AdamGuide(Struct, frozen=True):
    """ADaMIG of one version; ``structures`` are Define-XML's class names with their variables."""

    version: str
    structures: dict[str, tuple[GuideVariable, ...]]

    def variable(self, class_name: str, name: str) -> GuideVariable:
        """The variable of a dataset of that class; indexed ones (TRT01P) with their index in the label.

        Any dataset may also hold what ADSL has (core Perm), and one of a class without a table of its own
        (occurrence data, ADaM other) what the basic data structure has. A variable of which the guide only says
        the ending (*DT) has no label: the study gives it one. KeyError where the guide has none: an analysis
        dataset may hold variables of its own.
        """
        found = _variable(self.version, class_name, name)
        if found is None:
            raise KeyError(f"ADaMIG {self.version} has no variable {name} in {class_name}")
        return found

    def place(self, class_name: str, name: str) -> int | None:
        """Where the guide has a variable among those of the class; None where it has none."""
        try:
            return self.variable(class_name, name).order
        except KeyError:
            return None


@lru_cache(4096)
def _variable(version: str, class_name: str, name: str) -> GuideVariable | None:
    plain, patterns = _names(version, class_name)
    if name in plain:
        return plain[name]
    for v, pattern in patterns:
        match = pattern.fullmatch(name)
        if match:
            return replace(v, name=name, label=_indexed_label(v.label, match.groupdict()))
    return None


@cache
def _names(version: str, class_name: str) -> tuple[dict[str, GuideVariable], tuple[_Pattern, ...]]:
    """Variables by name, and those that many names stand for with the pattern of these.

    The class's own come before borrowed ones; mere suffixes are last.
    """
    structures = adam_guide(version).structures
    own = structures.get(class_name, ())
    lenders = [c for c in (BDS, ADSL) if c != class_name and (c == ADSL or not own) and class_name != ADSL]
    borrowed = [replace(v, core="Perm") for c in lenders for v in structures[c]]
    ordered = sorted([*own, *borrowed], key=lambda v: ("*" in v.name, not v.name.isupper()))
    plain = {v.name: v for v in reversed(ordered) if v.name.isupper() and "*" not in v.name}
    return plain, tuple((v, _name_pattern(v.name)) for v in ordered if v.name not in plain)


def _name_pattern(name: str) -> re.Pattern[str]:
    """Pattern of the names that a guide's name stands for.

    >>> bool(_name_pattern("TRTxxP").fullmatch("TRT01P")), bool(_name_pattern("TRTxxP").fullmatch("TRTP"))
    (True, False)
    """
    text = name.replace("*", "[A-Z][A-Z0-9_]*")
    return re.compile(re.sub(r"xx|zz|y|w", lambda m: f"(?P<{m[0]}>{_INDEX[m[0]]})", text))


def _indexed_label(label: str, index: dict[str, str]) -> str:
    if label.startswith("{"):
        return ""
    return re.sub(r"\b(xx|zz|y|w)\b", lambda m: index.get(m[0], m[0]), label)


def _parse_variable(row: list[str]) -> GuideVariable:
    _, _, order, name, label, kind, codelists, values, core = row
    return GuideVariable(name, label, kind == "Num", int(order), None, core, split_cell(codelists), split_cell(values))


@cache
def adam_guide(version: str) -> AdamGuide:
    """ADaMIG of that version ("1.3"); LookupError where the package has none."""
    path = DATA / f"adamig-{version.replace('.', '-')}-variables.csv"
    if not path.is_file():
        raise LookupError(f"no ADaMIG {version} in the package; it has 1.3")
    structures: dict[str, list[GuideVariable]] = {}
    for row in read_rows(path):
        structures.setdefault(row[0], []).append(_parse_variable(row))
    return AdamGuide(version, {name: tuple(variables) for name, variables in structures.items()})
