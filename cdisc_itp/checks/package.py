"""What the judges get: what readers read back from files, and the standards to judge by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import numpy as np
import pandas as pd

from ..model.column import Column
from ..model.define import DefineDocument
from ..standards.adam import AdamGuide
from ..standards.classes import GENERAL
from ..standards.guide import Guide
from ..standards.terminology import Terminology
from ..standards.variables import GuideDataset
from .dates import Dates, parse_dates

_SUPPLEMENTAL = re.compile(r"(SUPP|SQ)[A-Z0-9]{2,4}")
_OF_ANALYSIS = re.compile(r"AD[A-Z0-9]{1,6}")
_OF_DOMAIN = re.compile(r"[A-Z][A-Z0-9]{1,3}")


class DatasetVariable(Protocol):
    """A variable as its file has it; ``length`` in bytes."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def numeric(self) -> bool: ...  # noqa: D102
    @property
    def length(self) -> int: ...  # noqa: D102
    @property
    def display_format(self) -> str: ...  # noqa: D102


class DatasetFile(Protocol):
    """A dataset as a reader found it in its file: the reader's own object, or one of equal shape.

    ``columns`` are Categoricals of ``records`` records in the order of the file; ``special_missing`` counts records
    by variable and special missing value (".A"); ``encoding`` is the one that the text was read with.
    """

    @property
    def file(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def variables(self) -> Sequence[DatasetVariable]: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def columns(self) -> Mapping[str, Column]: ...  # noqa: D102
    @property
    def records(self) -> int: ...  # noqa: D102
    @property
    def special_missing(self) -> Mapping[str, Mapping[str, int]]: ...  # noqa: D102


Options = ParamSpec("Options")
Answer = TypeVar("Answer")


def once_a_package(
    compute: Callable[Concatenate[Package, Options], Answer],
) -> Callable[Concatenate[Package, Options], Answer]:
    """What is computed of a package, its datasets and names is kept in it, for the next rule that asks."""

    @wraps(compute)
    def kept(package: Package, /, *options: Options.args, **named: Options.kwargs) -> Answer:
        key = (compute, *(o if isinstance(o, str) else (o.file, o.name) for o in cast(Any, options)))
        if key not in package.kept:
            made = package.kept[key] = compute(package, *options, **named)
            if isinstance(made, np.ndarray):
                made.flags.writeable = False
        known: Answer = package.kept[key]
        return known

    return kept


@dataclass(frozen=True, eq=False)
class Package:
    """The tabulation datasets, or the analysis datasets, of one study with their define.xml.

    ``guide`` and ``terminology`` are the standards to judge by; ``encoding`` the declared one of text in the files;
    ``files`` the paths relative to define.xml of the files that exist, among those that its leaves name; ``schema``
    line and message of what the publisher's schema found. What is None is not judged, and the rules say so.
    ``partial`` tells that datasets are left out on purpose; ``readings`` are the frames that other programs read
    from the files, by dataset. Of analysis datasets ``source`` are the tabulation datasets beside them, ``adam_guide``
    and ``adam_terminology`` what they are judged by. ``kept`` holds what `once_a_package` computed.
    """

    datasets: tuple[DatasetFile, ...]
    define: DefineDocument | None = None
    guide: Guide | None = None
    terminology: Terminology | None = None
    encoding: str = "ascii"
    files: frozenset[str] | None = None
    schema: tuple[tuple[int, str], ...] | None = None
    partial: bool = False
    source: Package | None = None
    adam_guide: AdamGuide | None = None
    adam_terminology: Terminology | None = None
    readings: Mapping[str, Sequence[pd.DataFrame]] = field(default_factory=dict)
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def by_name(self) -> dict[str, DatasetFile]:
        """Datasets by name, the first of equal ones."""
        return {d.name: d for d in reversed(self.datasets)}

    @cached_property
    def is_analysis(self) -> bool:
        """Whether these are analysis datasets: by their names, else by the guide that define.xml names."""
        if self.datasets:
            return any(_OF_ANALYSIS.fullmatch(d.name) for d in self.datasets)
        named = [s.name or "" for s in self.define.standards] if self.define else []
        return any(n.startswith("ADaM") for n in named)

    @cached_property
    def by_domain(self) -> dict[str, tuple[DatasetFile, ...]]:
        """The datasets of each domain (several where it is split); none for SUPP-- and relationships."""
        found: dict[str, tuple[DatasetFile, ...]] = {}
        for d in self.datasets:
            if domain := domain_of(d):
                found[domain] = (*found.get(domain, ()), d)
        return found

    @once_a_package
    def dates(self, d: DatasetFile, name: str) -> Dates:
        """The distinct values of a variable as dates, parsed once."""
        return parse_dates(d.columns[name])

    @once_a_package
    def guide_dataset(self, d: DatasetFile) -> GuideDataset | None:
        """The guide's dataset; for a sponsor's domain the one of its class in define.xml; None where unknown."""
        if self.guide is None:
            return None
        for name in (d.name, domain_of(d)):
            if name in self.guide:
                return self.guide.dataset(name)
        groups = self.define.item_groups if self.define else ()
        class_name = next((g.class_name or "" for g in groups if g.name == d.name), "")
        if class_name not in GENERAL or not re.fullmatch("[A-Z][A-Z0-9]", domain_of(d)):
            return None
        return self.guide.sponsor_dataset(domain_of(d), class_name, d.label)


def is_supplemental(d: DatasetFile) -> bool:
    """Whether the dataset holds supplemental qualifiers."""
    return _SUPPLEMENTAL.fullmatch(d.name) is not None


def domain_of(d: DatasetFile) -> str:
    """The domain, which is the prefix of the variables and begins the name; "" for SUPP--, RELREC and the like."""
    return d.name[:2] if _OF_DOMAIN.fullmatch(d.name) else ""
