"""The analysis datasets of NCT05471050 from its tabulations alone: the same files as from the raw exports."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from cdisc_itp.pipeline import Order, convert
from cdisc_itp.spec.graph import all_steps
from cdisc_itp.spec.study import load_study
from tests.studies.builds import SPEC, Package

STUDY = """
study: NCT05471050
created: 2023-07-31T00:00:00
tabulations: {file: "*.xpt"}
"""


def tables_read() -> set[str]:
    """The tables that the specs of the analysis datasets read."""
    datasets = load_study(SPEC).analysis.datasets.values()
    read = {str(t) for d in datasets for v in d.variables for s in all_steps(d, v) for t in s.algorithm.tables}
    return read | {str(a.visits) for d in datasets for a in d.add if a.visits}


def codelists_of_adam() -> str:
    """The study's own codelists that lines of the analysis datasets name."""
    named = set(re.findall(r"codelist: (\w+)", "".join(p.read_text("utf-8") for p in (SPEC / "adam").glob("*.yaml"))))
    lines = (SPEC / "study.yaml").read_text("utf-8").splitlines()
    return "codelists:\n" + "\n".join(x for x in lines if any(x.startswith(f"  {n}: {{label") for n in named)) + "\n"


def test_the_tabulations_alone_give_the_same_files(packages: Callable[[str], Package], tmp_path: Path) -> None:
    place = packages("main").folder / "m5" / "datasets" / "nct05471050"
    shutil.copytree(SPEC / "adam", tmp_path / "spec" / "adam")
    (tmp_path / "spec" / "study.yaml").write_text(STUDY + codelists_of_adam())
    (tmp_path / "spec" / "maps").mkdir()
    for table in tables_read():
        shutil.copy(SPEC / "maps" / f"{table}.csv", tmp_path / "spec" / "maps")
    run = convert(Order(tmp_path / "spec", place / "tabulations" / "sdtm", tmp_path / "out"))
    assert run.exit_code == 0
    written = sorted((place / "analysis" / "adam" / "datasets").glob("*.xpt"))
    assert len(written) == 9
    for path in written:
        assert (tmp_path / "out" / run.analysis_package / path.name).read_bytes() == path.read_bytes(), path.name
