"""What was written, proved: read back from its files, compared with what was to be written, judged, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .checks.package import Package
from .define_files import render_package_page
from .judging import Judgement, ReadBackError, check_written, judge_package, read_package
from .model.dataset import Dataset
from .model.issue import ReadError
from .readers.xpt import XptFile
from .standards.terminology import Terminology


@dataclass(frozen=True)
class Declared:
    """What the study declares of its packages, and what files do not say of themselves."""

    encoding: str
    guide: str
    release: Terminology
    partial: bool


@dataclass(frozen=True)
class Proof:
    """What the judges say of a package, and the SHA-256 of its transport files by name."""

    judgement: Judgement
    hashes: dict[str, str]


def prove_package(folder: Path, written: Mapping[str, Dataset], declared: Declared) -> Proof:
    """`prove`, of a package whose source nobody holds: it is read where the submission's folders have it."""
    return prove(folder, written, declared)[0]


def prove(
    folder: Path, written: Mapping[str, Dataset], declared: Declared, source: Package | None = None
) -> tuple[Proof, Package]:
    """A package read back, compared and judged, with define.html written beside its define.xml; and the package.

    ReadBackError where a file cannot be read or holds something else: our own bug, not the user's.
    """
    try:
        package = read_package(folder, declared.encoding, declared.guide, declared.release, declared.partial, source)
    except ReadError as error:
        raise ReadBackError(f"what was written cannot be read: {error}") from error
    check_written(package, written)
    proof = Proof(judge_package(package), {d.file: d.sha256 for d in package.datasets if isinstance(d, XptFile)})
    if package.define is not None:
        page = render_package_page(folder, package)
        (folder / "define.html").write_text(page, encoding="utf-8", newline="\n")
    return proof, package
