"""yamaa 0.6.2 in an environment of its own, and its spec of the laboratory job."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.processes import CommandError, run

VERSION = "0.6.2"
BENCH = Path(__file__).parents[1]
ENVIRONMENT = BENCH / ".venv-yamaa"
SPEC = BENCH.parents[1] / "shared" / "bench" / "yamaa-lb"
FILES = ("lb.yaml", "codelists.yaml", "project_xpt.yaml")
# A date that may have a time is another data type of define.xml.
FOR_TIMES = ("data_type: partialDate", "data_type: partialDatetime")


class NoPeerError(Exception):
    """Why the peer cannot run here."""


def prepare(named: str | None) -> Path:
    """The interpreter of yamaa's environment, made at the first call; NoPeerError says why there is none."""
    if not SPEC.is_dir():
        raise NoPeerError("its spec (../shared/bench/yamaa-lb) is not beside this repository")
    python = ENVIRONMENT / "bin" / "python"
    try:
        if not python.exists():
            run([_interpreter(named), "-m", "venv", str(ENVIRONMENT)])
        pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
        if f"yamaa=={VERSION}" not in run([*pip, "list", "--format", "freeze"])[0]:
            run([*pip, "install", "--quiet", f"yamaa=={VERSION}"])
    except CommandError as error:
        raise NoPeerError(f"it cannot be installed: {error}") from error
    return python


def _interpreter(named: str | None) -> str:
    """An interpreter from 3.12 on: yamaa's wheel needs one."""
    for candidate in [named] if named else _interpreters():
        try:
            run([candidate, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 12))"])
        except (CommandError, OSError):
            continue
        return candidate
    raise NoPeerError(f"{named or 'no Python on PATH'} is not 3.12 or later (name one with --peer-python)")


def _interpreters() -> Iterator[str]:
    found = (shutil.which(f"python3.{minor}") for minor in (12, 13, 14))
    yield from (f for f in found if f)
    yield from map(str, sorted(Path.home().glob(".pyenv/versions/3.1[2-4]*/bin/python3")))


def place_spec(folder: Path, shape: str) -> None:
    """Put the peer's spec beside the raw files."""
    for name in FILES:
        text = (SPEC / name).read_text("utf-8")
        (folder / name).write_text(text.replace(*FOR_TIMES) if shape == "times" else text, "utf-8")


def command(python: Path, folder: Path) -> list[str]:
    """The peer's whole job: ``folder`` holds raw files and spec, and gets xpt/lb.xpt."""
    return [str(python), str(SPEC / "run.py"), str(folder)]
