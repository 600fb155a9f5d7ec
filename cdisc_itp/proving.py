"""What was written, proved: read back from its files, compared with what was to be written, judged, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from .checks.package import Package
from .judging import Judgement, ReadBackError, check_written, judge_package, read_package
from .model.dataset import Dataset
from .model.issue import ReadError
from .readers.xpt import XptFile
from .standards.terminology import Terminology
from .watcher import Silent
from .writing import PackageContents, write_package


class Declared(Struct, frozen=True):
    """What the study declares of its packages, and what files do not say of themselves."""

    encoding: str
    guide: str
    release: Terminology
    partial: bool


class Proof(Struct, frozen=True):
    """What the judges say of a package, and the SHA-256 of its transport files by name."""

    judgement: Judgement
    hashes: dict[str, str]


def prove(
    folder: Path, written: Mapping[str, Dataset], declared: Declared, source: Package | None = None
) -> tuple[Proof, Package]:
    """A package read back, compared with what was to be written, and judged; and the package as it was read.

    Without the ``source`` of analysis datasets it is read where the submission's folders have it. ReadBackError where
    a file cannot be read or holds something else: our own bug, not the user's.
    """
    package = read_written(folder, declared, source)
    check_written(package, written)
    hashes = {d.file: d.sha256 for d in package.datasets if isinstance(d, XptFile)}
    return Proof(judge_package(package), hashes), package


def read_written(folder: Path, declared: Declared, source: Package | None = None) -> Package:
    """A package as its files have it; ReadBackError where one cannot be read."""
    try:
        return read_package(folder, declared.encoding, declared.guide, declared.release, declared.partial, source)
    except ReadError as error:
        raise ReadBackError(f"what was written cannot be read: {error}") from error


def show(folder: Path, package: Package) -> None:
    """Write define.html beside the define.xml of a package that was read back."""
    from .define_files import render_package_page  # Not where a second process does this.

    if package.define is not None:
        page = render_package_page(folder, package)
        (folder / "define.html").write_text(page, encoding="utf-8", newline="\n")


def write_and_prove(contents: PackageContents, declared: Declared) -> Proof:
    """`write_package`, `prove` and `show`, in a second process."""
    write_package(contents, Silent())
    proof, package = prove(contents.folder, contents.datasets, declared)
    show(contents.folder, package)
    return proof


def read_and_show(folder: Path, declared: Declared) -> None:
    """`show` a package of analysis datasets that another process proves."""
    show(folder, read_written(folder, declared, Package(())))
