"""Official releases: read as published, and every fault with its file and line."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from cdisc_itp.model.issue import ReadError
from cdisc_itp.standards.ct_table import read_compact, write_compact
from cdisc_itp.standards.release import PUBLISHED, WITH_STANDARD, import_terminology
from cdisc_itp.standards.terminology import terminology

HEADER = "\t".join(PUBLISHED)
CODES = "C1\t\tYes\tColour Test Code\tCOLTESTCD\tColour Test Code\tTest codes.\tCDISC Colour Code"
NAMES = "C2\t\tYes\tColour Test Name\tCOLTEST\tColour Test Name\tTest names.\tCDISC Colour Name"
RED_CODE = 'C11\tC1\t\tColour Test Code\tRED\tRouge; Rot\tThe "red" one.\tRed Colour Measurement'
RED_NAME = 'C11\tC2\t\tColour Test Name\tRedness\tRouge; Rot\tThe "red" one.\tRed Colour Measurement'
LEVEL = "C3\t\tNo\tLevel\tLEVEL\tLevel\tLevels.\tCDISC Level"
HIGH = "C21\tC3\t\tLevel\tHIGH\t\tMuch.\tHigh Level"
GOOD = [CODES, RED_CODE, NAMES, RED_NAME, LEVEL, HIGH]


def write(folder: Path, lines: list[str], name: str = "SDTM Terminology 2024-09-27.txt") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def problems(path: Path, standard: str | None = None, date: str | None = None) -> list[tuple[str, int | None]]:
    with pytest.raises(ReadError) as raised:
        import_terminology(path, standard, date)
    assert all(p.place.file == path.name for p in raised.value.problems)
    return [(p.code, p.place.row) for p in raised.value.problems]


def test_a_release_is_read_with_its_pairs(tmp_path: Path) -> None:
    found = import_terminology(write(tmp_path, GOOD))
    assert (found.standard, found.date, found.codes) == ("SDTM", "2024-09-27", ("C1", "C2", "C3"))
    assert found.by_name("COLTESTCD").by_value["RED"].decode == "Redness"
    assert found.by_name("COLTEST").by_value["Redness"].decode is None
    assert found.by_name("LEVEL").by_value["HIGH"].decode == "High Level"
    assert found.submission_value("C1", "rouge") == "RED"
    assert [found.codelist(c).extensible for c in found.codes] == [True, True, False]


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    other = tmp_path / "SDTM_CT_2024-09-27.txt"
    other.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert import_terminology(other) == import_terminology(path)


def test_rows_in_any_order_make_the_same_table(tmp_path: Path) -> None:
    forward = import_terminology(write(tmp_path, GOOD))
    assert import_terminology(write(tmp_path, GOOD[::-1])) == forward


def test_csv_with_its_release_in_a_column(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    rows = [WITH_STANDARD, [*LEVEL.split("\t"), "ADaM CT 2025-09-26"], [*HIGH.split("\t"), "ADaM CT 2025-09-26"]]
    path.write_text("\n".join(",".join(f'"{c}"' for c in row) for row in rows), encoding="utf-8")
    found = import_terminology(path)
    assert found.release == "ADaM CT 2025-09-26"
    assert found.by_name("LEVEL").by_value["HIGH"].code == "C21"
    assert problems(path, date="2024-03-29") == [("READ045", None)]


def test_standard_and_date_as_given(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "terms.txt")
    assert problems(path) == [("READ045", None)]
    assert problems(path, "sdtm") == [("READ045", None)]
    assert problems(path, "sdtm", "2024-02-30") == [("READ045", None)]
    assert problems(path, "sdmt", "2024-03-29") == [("READ045", None)]
    assert import_terminology(path, "sdtm", "2024-03-29").release == "SDTM CT 2024-03-29"


def test_several_releases_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "sdtm 2024-09-27.txt"
    lines = ["\t".join(WITH_STANDARD), f"{LEVEL}\tSDTM CT 2024-09-27", f"{HIGH}\tSDTM CT 2024-03-29"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert problems(path) == [("READ045", None)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([*GOOD, "C22\tC3\t\tLevel\tLOW"], [("READ041", 8)]),
        ([*GOOD, HIGH.replace("C21", "21").replace("HIGH", "LOW")], [("READ042", 8)]),
        ([*GOOD, HIGH.replace("C21", "C22").replace("HIGH", " ")], [("READ042", 8)]),
        ([LEVEL.replace("No", "Maybe"), HIGH], [("READ042", 2)]),
        ([LEVEL.replace("No", ""), HIGH], [("READ042", 2)]),
        ([CODES, HIGH], [("READ043", 3)]),
        ([LEVEL, LEVEL, HIGH], [("READ044", 3)]),
        ([LEVEL, HIGH, HIGH], [("READ044", 4), ("READ044", 4)]),
        ([LEVEL, HIGH, HIGH.replace("C21", "C22")], [("READ044", 4)]),
        ([LEVEL, HIGH, HIGH.replace("HIGH", "LOW")], [("READ044", 4)]),
        ([LEVEL, "", HIGH, "x"], [("READ041", 5)]),
    ],
)
def test_faults_are_located(tmp_path: Path, lines: list[str], expected: list[tuple[str, int]]) -> None:
    assert problems(write(tmp_path, lines)) == expected


def test_every_fault_is_told_at_once_up_to_a_hundred(tmp_path: Path) -> None:
    found = problems(write(tmp_path, ["x"] * 250))
    assert found[:2] == [("READ041", 2), ("READ041", 3)]
    assert len(found) == 101


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "sdtm 2024-09-27.txt"
    other.write_text("Code\tValue\nC1\tY\n", encoding="utf-8")
    assert problems(other) == [("READ040", 1)]
    other.write_text("", encoding="utf-8")
    assert problems(other) == [("READ040", 1)]
    other.write_bytes(HEADER.encode() + b"\n" + "C1\tgrün".encode("latin-1"))
    assert problems(other) == [("READ040", 2)]
    other.write_text(",".join(PUBLISHED) + '\nC1,"open', encoding="utf-8")
    assert problems(other) == [("READ040", 2)]


def test_archives_are_refused(tmp_path: Path) -> None:
    text = write(tmp_path, GOOD)
    zipped, tarred, packed = (tmp_path / n for n in ("a.zip", "a.tar.gz", "a.xz"))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(text)
    with tarfile.open(tarred, "w:gz") as tar:
        tar.add(text)
    packed.write_bytes(lzma.compress(text.read_bytes()))
    for path in (zipped, tarred, packed):
        with pytest.raises(ReadError, match=r"READ040 an archive - unpack it"):
            import_terminology(path)


def test_the_official_release_has_the_terms_of_the_packages_table(shared_data: Path, tmp_path: Path) -> None:
    with tarfile.open(shared_data / "standards/sdtm-ct-2025-03-28.txt.tar.xz") as archive:
        content = archive.extractfile("SDTM Terminology.txt")
        assert content is not None
        path = tmp_path / "SDTM Terminology 2025-03-28.txt"
        path.write_bytes(content.read())
    official, packaged = import_terminology(path), terminology("sdtm", "2025-03-28")
    assert len(official.codes) == 1158
    assert sum(len(rows) - 1 for rows in official.rows.values()) == 43698
    assert official.selected(packaged.codes) == packaged
    # Submission values and codes are compared with the published lines, not with our reading of them.
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    published = {(c[1], c[0], c[4]) for c in lines if c[1] in packaged}
    ours = {(c, t.code, t.value) for c in packaged.codes for t in packaged.codelist(c).terms}
    assert ours == published
    write_compact(official, tmp_path / "sdtm-ct.tsv")
    assert read_compact(tmp_path / "sdtm-ct.tsv") == official


def test_the_official_adam_csv_is_the_packages_table(shared_data: Path) -> None:
    found = import_terminology(shared_data / "standards/adam-ct-2025-09-26.csv")
    assert found == terminology("adam", "2025-09-26")
