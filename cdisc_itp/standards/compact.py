"""Rebuild the package's standards data from the published files: ``python -m cdisc_itp.standards.compact FOLDER``.

FOLDER holds ``sdtmig-3-4-datasets.csv``, ``sdtmig-3-4-variables.csv``, ``adamig-1-3-variables.csv`` as the CDISC
Library exports them, and terminology releases of NCI EVS named ``sdtm-ct-DATE`` and ``adam-ct-DATE`` (.txt, .csv,
or one of them in a .tar.xz). Only facts are kept: names, labels, types, order, roles, core, codes, values.
"""

from __future__ import annotations

import csv
import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from .classes import define_class
from .ct_table import write_compact
from .guide import DATA
from .release import parse_release
from .terminology import Terminology

_DATASETS = ("dataset", "class", "label", "structure")
_VARIABLES = ["dataset", "order", "name", "label", "type", "codelists", "values", "format", "role", "core"]
_ADAM = ["class", "set", "order", "name", "label", "type", "codelists", "values", "core"]
_MAX_MEMBER = 100_000_000

# Codelists of TSVAL, which SDTMIG names parameter by parameter and not in its variable table.
_TRIAL_SUMMARY = {
    *("C66732", "C66735", "C66736", "C66737", "C66739", "C66785"),
    *("C99076", "C99077", "C99078", "C127259", "C127260", "C127261"),
}
# The table leaves out the external formats (SDTMIG 3.4, 4.4.1-4.4.3: ISO 8601; DM: ISO 3166-1).
_DURATIONS = re.compile(r"..(DUR|PDUR|ELTM|EVLINT|STINT|ENINT)|TDSTOFF|TD(TGT|MIN|MAX)PAI")


def format_of(name: str) -> str:
    """External format of a character variable's values.

    >>> format_of("LBDTC"), format_of("PCELTM"), format_of("COUNTRY"), format_of("LBTEST")
    ('ISO 8601 datetime', 'ISO 8601 duration', 'ISO 3166-1 alpha-3', '')
    """
    if name.endswith("DTC"):
        return "ISO 8601 datetime"
    if _DURATIONS.fullmatch(name):
        return "ISO 8601 duration"
    return "ISO 3166-1 alpha-3" if name == "COUNTRY" else ""


def _plain(text: str) -> str:
    """One line, without a full stop at its end or a word printed twice, as one structure text has it."""
    return re.sub(r"\bper per\b", "per", " ".join(text.split())).rstrip(".")


def _parts(cell: str) -> str:
    return ";".join(part.strip() for part in cell.split(";"))


def build_datasets(rows: Iterable[dict[str, str]]) -> list[list[str]]:
    """Rows of the dataset table from the published ones."""
    return [[r["Dataset Name"], define_class(r["Class"]), r["Dataset Label"], _plain(r["Structure"])] for r in rows]


def build_variables(rows: Iterable[dict[str, str]]) -> list[list[str]]:
    """Rows of the SDTM variable table from the published ones, in their order."""
    return [
        [
            *(r["Dataset Name"], r["Variable Order"], r["Variable Name"], _plain(r["Variable Label"]), r["Type"]),
            *(_parts(r["CDISC CT Codelist Code(s)"]), _parts(r["Value List"])),
            *(format_of(r["Variable Name"]), r["Role"], r["Core"]),
        ]
        for r in rows
    ]


def build_adam_variables(rows: Iterable[dict[str, str]]) -> list[list[str]]:
    """Rows of the ADaM variable table from the published ones; ``order`` counts in each structure."""
    built: list[list[str]] = []
    orders: dict[str, int] = {}
    for r in rows:
        structure = define_class(r["Data Structure Name"])
        orders[structure] = orders.get(structure, 0) + 1
        built.append(
            [
                *(structure, r["Variable Set"], str(orders[structure])),
                *(r["Variable Name"], _plain(r["Variable Label"]), r["Type"]),
                *(_parts(r["CDISC CT Codelist Code(s)"]), _parts(r["Value List Value"]), r["Core"]),
            ]
        )
    return built


def _read_published(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_release(path: Path) -> Terminology:
    """A published terminology release, alone or as the one member of a .tar.xz archive."""
    if path.suffix != ".xz":
        return parse_release(path.read_bytes(), path.name)
    with tarfile.open(path, "r:xz") as archive:
        members = archive.getmembers()
        content = archive.extractfile(members[0]) if len(members) == 1 else None
        if content is None or members[0].size > _MAX_MEMBER:
            raise ValueError(f"{path.name}: not one file of a release")
        return parse_release(content.read(), path.name)


def build_data(folder: Path, out: Path) -> None:
    """Write every table that is made from the published files in ``folder`` to the folder ``out``."""
    published = _read_published(folder / "sdtmig-3-4-variables.csv")
    adam = _read_published(folder / "adamig-1-3-variables.csv")
    datasets = build_datasets(_read_published(folder / "sdtmig-3-4-datasets.csv"))
    _write_table(out / "sdtmig-3-4-datasets.csv", _DATASETS, datasets)
    _write_table(out / "sdtmig-3-4-variables.csv", _VARIABLES, build_variables(published))
    _write_table(out / "adamig-1-3-variables.csv", _ADAM, build_adam_variables(adam))
    named = re.findall(r"C\d+", " ".join(r["CDISC CT Codelist Code(s)"] for r in [*published, *adam]))
    for path in sorted(folder.glob("sdtm-ct-*")):
        release = read_release(path)
        _write_release(release.selected({*named, *_TRIAL_SUMMARY}), out)
    # ADaM's terminology is small: all of it.
    for path in sorted(folder.glob("adam-ct-*")):
        _write_release(read_release(path), out)


def _write_release(release: Terminology, out: Path) -> None:
    write_compact(release, out / f"{release.standard.lower()}-ct-{release.date}.tsv")


if __name__ == "__main__":
    build_data(Path(sys.argv[1]), DATA)
