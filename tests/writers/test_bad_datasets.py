"""Each dataset that version 5 cannot hold is refused with exactly what is wrong, and nothing is written."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cdisc_itp.model.catalogue_xpt import XPT
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.writers.xpt import WrittenXpt, XptError, XptVariable, write_xpt
from tests.bad import BAD, expected

CODES = [entry.code for entry in XPT]
# What a case does not say of its dataset is this.
PLAIN: dict[str, Any] = {
    "name": "DM",
    "label": "Demographics",
    "created": "2023-07-31T00:00:00",
    "encoding": "ascii",
    "variables": [{"name": "A"}],
    "columns": {"A": ["x"]},
}


def write(path: Path, said: dict[str, Any]) -> WrittenXpt:
    assert said.keys() <= PLAIN.keys()
    d = PLAIN | said
    variables = [XptVariable(**v) for v in d["variables"]]
    numeric = {v.name for v in variables if v.numeric}
    columns = {n: (collect_numbers if n in numeric else collect_text)(cells) for n, cells in d["columns"].items()}
    created = datetime.fromisoformat(d["created"])
    return write_xpt(path, d["name"], d["label"], variables, columns, created, d["encoding"])


@pytest.mark.parametrize("code", CODES)
def test_refused_and_nothing_is_written(code: str, tmp_path: Path) -> None:
    said = json.loads((BAD / code / "dataset.json").read_text("utf-8"))
    with pytest.raises(XptError) as caught:
        write(tmp_path / "dm.xpt", said)
    assert [str(p) for p in caught.value.problems] == expected(code)
    assert {p.code for p in caught.value.problems} == {code}
    assert list(tmp_path.iterdir()) == []


def test_the_dataset_that_the_cases_change_is_written(tmp_path: Path) -> None:
    assert write(tmp_path / "dm.xpt", {}).records == 1
