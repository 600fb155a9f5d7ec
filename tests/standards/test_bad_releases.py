"""Each terminology release that cannot be imported says exactly what is wrong with it, and raises nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.catalogue_terminology import TERMINOLOGY
from cdisc_itp.model.issue import ReadError
from cdisc_itp.standards.release import PUBLISHED, import_terminology
from tests.bad import BAD, EXPECTED, expected

CODES = [entry.code for entry in TERMINOLOGY]


@pytest.mark.parametrize("code", CODES)
def test_says_exactly_what_is_wrong(code: str) -> None:
    (release,) = [p for p in (BAD / code).iterdir() if p.name != EXPECTED]
    with pytest.raises(ReadError) as caught:
        import_terminology(release)
    assert [str(p) for p in caught.value.problems] == expected(code)
    assert {p.code for p in caught.value.problems} == {code}


def test_the_release_that_the_cases_change_is_imported(tmp_path: Path) -> None:
    nameless = BAD / "READ045" / "terms.txt"
    header, *rows = nameless.read_text("utf-8").splitlines()
    assert (tuple(header.split("\t")), len(rows)) == (PUBLISHED, 2)
    found = import_terminology(nameless, "SDTM", "2024-09-27")
    assert found.by_name("LEVEL").by_value["HIGH"].code == "C21"
