"""Each input that cannot be read says exactly what is wrong with it, and raises nothing else."""

from __future__ import annotations

import json

import pytest

from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import TableOptions
from cdisc_itp.readers.define_xml import read_define
from cdisc_itp.readers.registry import read_tables
from tests.bad import BAD, cases, expected

TABLES = [c for c in cases("READ") if (BAD / c / "table.json").is_file()]
DEFINES = [c for c in cases("READ") if (BAD / c / "define.xml").is_file()]
ALSO = {"READ019": {"READ010"}}  # READ019 only counts the problems of another code.


def problems(case: str) -> list[str]:
    with pytest.raises(ReadError) as caught:
        if case in DEFINES:
            read_define(BAD / case / "define.xml")
        else:
            options = json.loads((BAD / case / "table.json").read_text("utf-8"))
            options["identifiers"] = tuple(options.get("identifiers", ()))
            read_tables(BAD / case / "raw", TableOptions(**options))
    assert {p.code for p in caught.value.problems} == {case, *ALSO.get(case, ())}
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize("case", TABLES + DEFINES)
def test_says_exactly_what_is_wrong(case: str) -> None:
    assert problems(case) == expected(case)


def test_every_code_of_these_readers_has_its_input() -> None:
    ranges = (range(1, 20), range(20, 29), range(30, 33), range(70, 74), range(80, 83))
    files = [f"READ0{number:02}" for numbers in ranges for number in numbers]
    assert files == TABLES
    assert DEFINES == ["READ050", "READ051", "READ052", "READ053"]
