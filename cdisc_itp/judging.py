"""A written package read back from its files and judged."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from msgspec import Struct

from .checks.package import Package
from .checks.readback import compare_columns
from .checks.registry import RULES, run_checks
from .model.dataset import Dataset
from .model.define import DefineDocument
from .model.issue import Finding, Place, ReadError, ReadProblem, Severity
from .readers.define_xml import read_validated_define
from .readers.xpt import XptFile, read_xpt_members
from .reports.issues import Issue, issues_of_findings
from .standards.adam import adam_guide
from .standards.guide import Guide, guide
from .standards.terminology import Terminology, packaged, terminology


class Judgement(Struct, frozen=True):
    """What the judges say: findings, the rules they are of, and what became of each rule."""

    findings: tuple[Finding, ...]
    ran: tuple[str, ...]
    not_applicable: tuple[tuple[str, str], ...]
    did_not_run: tuple[tuple[str, str], ...]

    @property
    def rules(self) -> Mapping[str, tuple[Severity, str]]:
        """Severity and remedy of each rule."""
        return {code: (rule.severity, rule.entry.remedy) for code, rule in RULES.items()}

    @property
    def summary(self) -> dict[str, Any]:
        """For run.json."""
        return {
            "findings": len(self.findings),
            "ran": len(self.ran),
            "not_applicable": dict(self.not_applicable),
            "did_not_run": dict(self.did_not_run),
        }


class ReadBackError(Exception):
    """A file does not hold what was to be written: a bug of the converter (exit code 3)."""


def read_package(
    folder: Path,
    encoding: str | None,
    guide_version: str | None = None,
    release: Terminology | None = None,
    partial: bool = False,
    source: Package | None = None,
) -> Package:
    """Every transport file in a folder with its define.xml, read back; ReadError with all problems.

    Guide and terminology release are those that are given, else those that define.xml names. ``source`` are the
    tabulation datasets beside analysis datasets; without it they are read where the submission's folders have them.
    """
    datasets, problems = _read_datasets(folder, encoding)
    define = find_define(folder)
    document, schema = None, None
    if define is not None:
        try:
            document, found = read_validated_define(define)
            schema = tuple(found)
        except ReadError as error:
            problems += error.problems
    if problems:
        raise ReadError(problems)
    if not datasets and document is None:
        raise ReadError([ReadProblem("READ001", "there is no .xpt file and no define.xml", Place(str(folder)))])
    package = Package(
        datasets=tuple(datasets),
        define=document,
        guide=_guide(guide_version, document),
        terminology=release or _release(document),
        encoding=encoding or "ascii",
        files=frozenset(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()),
        schema=schema,
        partial=partial,
    )
    return _as_analysis(package, folder, source) if package.is_analysis else package


def _read_datasets(folder: Path, encoding: str | None) -> tuple[list[XptFile], list[ReadProblem]]:
    """Every dataset of every transport file in a folder, and what is wrong with those that cannot be read."""
    datasets, problems = list[XptFile](), list[ReadProblem]()
    for path in find_transport(folder):
        try:
            datasets += read_xpt_members(path, encoding)
        except ReadError as error:
            problems += error.problems
    return datasets, problems


def _as_analysis(package: Package, folder: Path, source: Package | None) -> Package:
    """Analysis datasets with what they are judged by and with the tabulation datasets beside them, if any are."""
    if source is None and len(folder.resolve().parents) > 2:
        datasets, problems = _read_datasets(folder.resolve().parents[2] / "tabulations" / "sdtm", package.encoding)
        if problems:
            raise ReadError(problems)
        source = Package(tuple(datasets), encoding=package.encoding, partial=package.partial) if datasets else None
    released = sorted(p.partition(" ")[2] for p in packaged() if p.startswith("adam "))
    terms = terminology("adam", released[-1]) if released else None
    return replace(package, guide=None, source=source, adam_guide=adam_guide("1.3"), adam_terminology=terms)


def _guide(version: str | None, define: DefineDocument | None) -> Guide:
    """The SDTMIG of that version, else the one that define.xml names, where we have it, else 3.4."""
    named = [s.version or "" for s in define.standards if s.name == "SDTMIG"] if define else []
    for wanted in [version] if version else [v for v in named if re.fullmatch("[0-9.]+", v)]:
        with contextlib.suppress(LookupError):
            return guide(wanted)
    return guide("3.4")


def _release(define: DefineDocument | None) -> Terminology:
    """The terminology release that define.xml names, where the package has it, else its own."""
    known = sorted(p.partition(" ")[2] for p in packaged() if p.startswith("sdtm "))
    named = [s.version for s in define.standards if s.type == "CT" and s.publishing_set == "SDTM"] if define else []
    return terminology("sdtm", next((v for v in named if v in known), known[-1]))


def judge_package(package: Package) -> Judgement:
    """The rules of its kind over a package, of tabulation datasets or of analysis datasets."""
    result = run_checks(package)
    return Judgement(result.findings, result.ran, result.not_applicable, result.did_not_run)


def taken_together(each: Sequence[Judgement]) -> Judgement:
    """What was said of each package of one submission, as one judgement."""
    ran = {code: None for j in each for code in j.ran}
    return Judgement(
        tuple(f for j in each for f in j.findings),
        tuple(ran),
        tuple({code: why for j in each for code, why in j.not_applicable if code not in ran}.items()),
        tuple({code: why for j in each for code, why in j.did_not_run}.items()),
    )


def check_written(package: Package, written: Mapping[str, Dataset]) -> None:
    """ReadBackError where a file differs in a cell from the dataset that was to be written."""
    for name, dataset in written.items():
        file = package.by_name.get(name)
        if file is None:
            raise ReadBackError(f"{name}: the file is not there")
        different = compare_columns(name, dataset.columns, file.columns)
        if different:
            first = different[0]
            raise ReadBackError(f"{name}: {len(different)} cells read back differently, first {first.message}")


class Validation(Struct, frozen=True):
    """What `validate` says of a folder."""

    folder: Path
    issues: list[Issue]
    ran: int
    did_not_run: tuple[tuple[str, str], ...] = ()
    not_applicable: tuple[tuple[str, str], ...] = ()
    datasets: tuple[str, ...] = ()

    def fails(self, fail_on: str) -> bool:
        """Whether a finding at or above a severity is there, or a rule did not run."""
        limit = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on]
        return any(i.severity in limit for i in self.issues) or (fail_on != "never" and bool(self.did_not_run))

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "folder": str(self.folder),
            "datasets": list(self.datasets),
            "ran": self.ran,
            "not_applicable": dict(self.not_applicable),
            "did_not_run": dict(self.did_not_run),
            "findings": [
                {
                    "severity": i.severity,
                    "rule": i.code,
                    "dataset": i.dataset,
                    "variable": i.variable,
                    "value": i.value,
                    "record": i.row,
                    "count": i.count,
                    "message": i.message,
                    "remedy": i.remedy,
                }
                for i in self.issues
            ],
        }


def find_transport(folder: Path) -> list[Path]:
    """The transport files in a folder, however their names are written: programs on Windows write DM.XPT too."""
    return sorted(folder.glob("*.[xX][pP][tT]"))


def find_define(folder: Path) -> Path | None:
    """The define.xml of a folder, however its name is written, or None."""
    there = (p for p in sorted(folder.glob("*.[xX][mM][lL]"), reverse=True) if p.name.lower() == "define.xml")
    return next((p for p in there if p.is_file()), None)


def find_package(folder: Path) -> Path:
    """The folder with the transport files: ``folder`` itself, or the one tabulation folder of an output."""
    if find_transport(folder) or find_define(folder) is not None:
        return folder
    found = sorted({p.parent for p in folder.glob("m5/datasets/*/tabulations/sdtm/*") if p.suffix in (".xpt", ".xml")})
    if len(found) != 1:
        message = "there is no .xpt file and no define.xml" if not found else f"there are {len(found)} packages"
        raise ReadError([ReadProblem("READ001", message, Place(str(folder)), "name the folder with the XPT files")])
    return found[0]


def find_packages(folder: Path) -> list[Path]:
    """The folder with the transport files; of an output that of the tabulations, and the one of the analysis."""
    analysis = sorted({p.parent for p in folder.glob("m5/datasets/*/analysis/adam/datasets/*.xpt")})
    first = find_package(folder)
    return [first] if first == folder else [first, *analysis]


def validate_folder(folder: Path, deep: bool, encoding: str | None) -> Validation:
    """Judge what was written, tabulation and analysis datasets; ``deep`` reads them with pyreadstat and pandas too."""
    places, said = find_packages(folder), _said_by_run(folder)
    packages: list[Package] = []
    for place in places:
        partial, source = bool(said.get("partial", False)), packages[0] if packages else None
        package = read_package(place, encoding or said.get("encoding"), partial=partial, source=source)
        if deep:
            inside = Counter(d.file for d in package.datasets)  # other programs read no file of several (XPT112)
            alone = (d for d in package.datasets if inside[d.file] == 1)
            read = {d.name: _readings(place / d.file, d.encoding) for d in alone}
            package = replace(package, readings=read)
        packages.append(package)
    judgement = taken_together([judge_package(p) for p in packages])
    issues = issues_of_findings(judgement.findings, judgement.rules)
    names = tuple(d.name for p in packages for d in p.datasets)
    shown = places[0] if len(places) == 1 else folder
    return Validation(shown, issues, len(judgement.ran), judgement.did_not_run, judgement.not_applicable, names)


def _said_by_run(folder: Path) -> dict[str, Any]:
    """run.json of an output of ours; nothing for other folders."""
    try:
        found = json.loads((folder / "run" / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _readings(path: Path, encoding: str) -> tuple[pd.DataFrame, ...]:
    """A transport file as pyreadstat and as pandas read it."""
    from .readers.outside import read_with_pandas, read_with_pyreadstat

    return tuple(read(path, encoding) for read in (read_with_pyreadstat, read_with_pandas))
