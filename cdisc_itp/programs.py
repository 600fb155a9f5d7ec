"""The programs of the analysis datasets as text: what made them, for those who review or repeat it."""

from __future__ import annotations

from . import __version__
from .run import Run
from .spec.displays import FILE as DISPLAYS
from .spec.graph import all_steps

README = """cdisc-itp {version}

The analysis datasets of {study} were made by cdisc-itp {version} from the specs in this folder. A spec declares what
each variable is; the engine has no code of the study. Beside it stand study.txt (study.yaml) and the tables that the
specs read, named table-*.txt; displays.txt says what tables and figures are made of them.
"""


def write_programs(run: Run) -> None:
    """Specs of the analysis datasets, the tables that they read, and the version of the engine, as text files."""
    if not run.analysis:
        return
    files, folder = run.study.files, run.staging / run.analysis_programs
    folder.mkdir(parents=True)
    paths = {"study.txt": files.folder / "study.yaml"}
    paths |= {f"{name.lower()}.txt": files.folder / files.places[f"{name} dataset"][0] for name in run.analysis}
    paths |= {f"table-{name}.txt": files.folder / files.places[f"map {name}"][0] for name in _tables(run)}
    if run.study.displays is not None:
        paths["displays.txt"] = files.folder / DISPLAYS
    for name, path in paths.items():
        (folder / name).write_bytes(path.read_bytes())
    said = README.format(version=__version__, study=run.study.name)
    (folder / "readme.txt").write_text(said, encoding="utf-8", newline="\n")


def _tables(run: Run) -> list[str]:
    """The tables of maps/ that the specs of the analysis datasets read."""
    builds = [run.study.analysis.datasets[name] for name in run.analysis]
    read = {str(t) for d in builds for v in d.variables for s in all_steps(d, v) for t in s.algorithm.tables}
    read |= {str(a.visits) for d in builds for a in d.add if a.visits is not None}
    return sorted(read)
