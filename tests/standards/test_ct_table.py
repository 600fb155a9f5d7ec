"""Compact tables: what is written is read again, what is broken is located."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_itp.model.issue import ReadError
from cdisc_itp.standards.ct_table import read_compact, write_compact
from cdisc_itp.standards.terminology import HEADER, Terminology

FIRST = "# SDTM CT 2024-09-27. Source: NCI EVS, CDISC controlled terminology"
LIST = "C3\tNo\t\tLEVEL\tLevel\t"
HIGH = "C3\t\tC21\tHIGH\tHigh Level\tUp"
CELLS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(CELLS.filter(str.strip), CELLS, max_size=5))
def test_what_is_written_is_read_again(tmp_path: Path, terms: dict[str, str]) -> None:
    rows = tuple(f"C3\t\tC{100 + i}\t{value}\t{decode}\t" for i, (value, decode) in enumerate(terms.items()))
    made = Terminology("SDTM", "2024-09-27", {"C3": (LIST, *rows)})
    write_compact(made, tmp_path / "ct.tsv")
    found = read_compact(tmp_path / "ct.tsv")
    assert found == made
    assert [(t.value, t.decode) for t in found.codelist("C3").terms] == list(terms.items())


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "ct.tsv").write_bytes("\r\n".join([FIRST, HEADER, LIST, HIGH, ""]).encode())
    assert read_compact(tmp_path / "ct.tsv").by_name("LEVEL").by_value["HIGH"].decode == "High Level"


@pytest.mark.parametrize(
    ("lines", "code", "row"),
    [
        (["SDTM", HEADER, LIST], "READ040", 1),
        ([FIRST, "Code\tValue", LIST], "READ040", 1),
        ([FIRST], "READ040", 1),
        ([FIRST, HEADER, LIST, "C3\t\tC21\tHIGH"], "READ041", 4),
        ([FIRST, HEADER, LIST, HIGH.replace("C21", "")], "READ042", 4),
        ([FIRST, HEADER, LIST.replace("C3", "X3")], "READ042", 3),
        ([FIRST, HEADER, LIST, HIGH.replace("HIGH", "")], "READ042", 4),
        ([FIRST, HEADER, LIST.replace("No", "maybe")], "READ042", 3),
        ([FIRST, HEADER, HIGH], "READ043", 3),
        ([FIRST, HEADER, LIST, HIGH, HIGH.replace("C21", "C22")], "READ044", 5),
        ([FIRST, HEADER, LIST, HIGH, HIGH.replace("HIGH", "LOW")], "READ044", 5),
        ([FIRST, HEADER, LIST, HIGH, LIST], "READ044", 5),
    ],
)
def test_faults_are_located(tmp_path: Path, lines: list[str], code: str, row: int) -> None:
    path = tmp_path / "ct.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ReadError) as raised:
        read_compact(path)
    assert [(p.code, p.place.file, p.place.row) for p in raised.value.problems] == [(code, "ct.tsv", row)]
