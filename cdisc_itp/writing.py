"""Packages written: transport files and define.xml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from .checks.package import DatasetFile
from .model.codelist import Codelist
from .model.column import Column
from .model.dataset import Dataset
from .model.define import DefineStudy, ExternalCodelist
from .model.display import PlannedDisplay
from .spec.types import StudySpec
from .watcher import Watcher
from .writers.define_xml import STYLESHEET, write_define, write_stylesheet
from .writers.xpt import SPLIT_LIMIT, XptVariable, split_xpt, write_xpt

NUMBER = 8
"""Bytes of a number in a transport file."""


def common_lengths(datasets: dict[str, Dataset]) -> dict[str, int]:
    """The length of each text variable: its longest value in any dataset but SUPP--."""
    out: dict[str, int] = {}
    for name, dataset in datasets.items():
        for variable in dataset.plan.variables:
            if not variable.numeric and not name.startswith("SUPP"):
                length = dataset.observed[variable.name].length
                out[variable.name] = max(out.get(variable.name, 1), length)
    return out


def xpt_variables(dataset: Dataset, lengths: dict[str, int]) -> list[XptVariable]:
    """The variables of a dataset as the transport file declares them."""
    out = []
    for v in dataset.plan.variables:
        own = max(1, dataset.observed[v.name].length)
        length = None if v.numeric else (own if dataset.name.startswith("SUPP") else lengths[v.name])
        out.append(XptVariable(v.name, v.label, v.numeric, length, v.display_format))
    return out


class MadePackage(Struct, frozen=True):
    """Datasets of one standard, and where they are written below the output folder."""

    standard: Literal["SDTMIG", "ADaMIG"]
    folder: Path
    datasets: dict[str, Dataset]


class PackageContents(Struct, frozen=True):
    """What is written into ``folder``: datasets, and what define.xml says of the study, its codelists and displays."""

    folder: Path
    datasets: dict[str, Dataset]
    study: StudySpec
    define: DefineStudy
    codelists: dict[str, Codelist | ExternalCodelist]
    displays: tuple[PlannedDisplay, ...]


def write_package(contents: PackageContents, watcher: Watcher) -> None:
    """One transport file a dataset (a file over 5 GB also in ``split/``), and a define.xml with its stylesheet.

    What a process that was lost has begun to write there is written over.
    """
    folder, datasets, lengths = contents.folder, contents.datasets, common_lengths(contents.datasets)
    folder.mkdir(parents=True, exist_ok=True)
    for done, dataset in enumerate(datasets.values(), 1):
        path = folder / f"{dataset.name.lower()}.xpt"
        _write_dataset(path, dataset, lengths, contents.study)
        watcher.advance(path.name, done, len(datasets))
    _write_metadata(contents, lengths)


def as_source(made: MadePackage, encoding: str) -> tuple[DatasetFile, ...]:
    """The datasets as their files have them, for those who need not read them."""
    lengths = common_lengths(made.datasets)
    return tuple(
        WrittenDataset(
            file=f"{d.name.lower()}.xpt",
            name=d.name,
            label=d.plan.label,
            variables=tuple(WrittenVariable(*_declared(v)) for v in xpt_variables(d, lengths)),
            encoding=encoding,
            columns={n: d.columns[n] for n in d.plan.names},
            records=d.records,
        )
        for d in made.datasets.values()
    )


def _declared(v: XptVariable) -> tuple[str, str, bool, int, str]:
    return v.name, v.label, v.numeric, v.length or NUMBER, v.display_format or ""


class WrittenVariable(Struct, frozen=True):
    """A variable in the shape that judges know; ``length`` in bytes."""

    name: str
    label: str
    numeric: bool
    length: int
    display_format: str


class WrittenDataset(Struct, frozen=True, eq=False):
    """A dataset in the shape that judges know (`checks.package.DatasetFile`)."""

    file: str
    name: str
    label: str
    variables: tuple[WrittenVariable, ...]
    encoding: str
    columns: Mapping[str, Column]
    records: int
    special_missing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def _write_dataset(path: Path, dataset: Dataset, lengths: dict[str, int], study: StudySpec) -> None:
    columns = {v: dataset.columns[v] for v in dataset.plan.names}
    variables = xpt_variables(dataset, lengths)
    write_xpt(path, dataset.name, dataset.plan.label, variables, columns, study.created, study.encoding)
    if path.stat().st_size > SPLIT_LIMIT:
        split_xpt(path, path.parent / "split")


def _write_metadata(contents: PackageContents, common: dict[str, int]) -> None:
    datasets = list(contents.datasets.values())
    lengths = {
        (d.name, v.name): common[v.name]
        for d in datasets
        if not d.name.startswith("SUPP")
        for v in d.plan.variables
        if not v.numeric
    }
    path, told = contents.folder / "define.xml", (contents.define, datasets, contents.codelists)
    write_define(path, *told, lengths=lengths, stylesheet=STYLESHEET, displays=contents.displays)
    write_stylesheet(contents.folder)
