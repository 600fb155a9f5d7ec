"""The bad inputs of fixtures/bad: a tiny study, with what each case changes in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cdisc_itp.build.forms import NumberedTable
from cdisc_itp.readers.registry import read_tables
from cdisc_itp.spec.study import Study, load_study

BAD = Path(__file__).parents[1] / "fixtures" / "bad"
PACKAGE = Path(__file__).parents[1] / "cdisc_itp"
EXPECTED, REMOVED, ISSUES = "expected.txt", "removed.txt", "issues.csv"


def cases(family: str) -> list[str]:
    """Folders of a family with an expected.txt, such as ``SPEC102/kind``."""
    return sorted(p.parent.relative_to(BAD).as_posix() for p in BAD.glob(f"{family}*/**/{EXPECTED}"))


def code_of(case: str) -> str:
    return case.partition("/")[0]


def expected(case: str) -> list[str]:
    return (BAD / case / EXPECTED).read_text(encoding="utf-8").splitlines()


def lay_out(case: str | None, folder: Path) -> Path:
    """The tiny study in ``folder``, as the case changes it: files of its own, files that ``removed.txt`` names."""
    shutil.copytree(BAD / "base", folder)
    if case is not None:
        shutil.copytree(BAD / case, folder, dirs_exist_ok=True)
        for name in (BAD / case / REMOVED).read_text().split() if (BAD / case / REMOVED).is_file() else ():
            (folder / name).unlink()
        for name in (EXPECTED, REMOVED, ISSUES):
            (folder / name).unlink(missing_ok=True)
    return folder


def load_with_tables(folder: Path) -> tuple[Study, list[NumberedTable]]:
    """The study, and its raw tables below ``raw``."""
    study = load_study(folder)
    tables: list[NumberedTable] = []
    for source in study.files.sources.values():
        for name, options in source.tables.items():
            for raw in read_tables(folder / "raw", options):
                tables.append(NumberedTable(len(tables), source.source, name, raw))
    return study, tables


def codes_written(family: str, *folders: str) -> set[str]:
    """Codes of a family that stand in the package's folders."""
    files = [p for f in folders for p in (PACKAGE / f).rglob("*.py") if not p.name.startswith("catalogue")]
    return {c for p in files for c in re.findall(rf"\b{family}[0-9]{{3}}\b", p.read_text(encoding="utf-8"))}
