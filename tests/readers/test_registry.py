from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.model.catalogue_read import READ
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import TableOptions
from cdisc_itp.readers.limits import Limits
from cdisc_itp.readers.registry import READERS, find_files, read_tables

ROOT = Path(__file__).parents[2]
CODES = [entry.code for entry in READ]


def messages(raw_dir: Path, **options: object) -> list[str]:
    with pytest.raises(ReadError) as caught:
        read_tables(raw_dir, TableOptions(**options))  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "site").mkdir(parents=True)
    for name in ("site/b.csv", "site/a.CSV", "top.csv"):
        (folder / name).write_text("A\n1\n")
    (tmp_path / "outside.csv").write_text("A\nsecret\n")
    return folder


def test_every_match_is_read_in_the_order_of_its_path(raw: Path) -> None:
    assert [t.file for t in read_tables(raw, TableOptions(file="site/*"))] == ["site/a.CSV", "site/b.csv"]
    assert [t.file for t in read_tables(raw, TableOptions(file="**/*.csv"))] == ["site/b.csv", "top.csv"]


def test_no_match_says_what_is_close(raw: Path) -> None:
    assert messages(raw, file="site/bb.csv") == [
        "site/bb.csv: READ001 no file below the raw folder matches - did you mean 'site/b.csv'?"
    ]
    assert messages(raw, file="*.xlsx") == ["*.xlsx: READ001 no file below the raw folder matches"]
    absent = raw / "absent"
    assert messages(absent, file="*.csv") == [f"{absent}: READ001 there is no such raw folder - correct its path"]
    assert messages(raw, file="") == [": READ001 no file below the raw folder matches"]


@pytest.mark.parametrize(
    "pattern", ["../outside.csv", "site/../../outside.csv", "/etc/hosts", "C:\\a.csv", "..\\a.csv"]
)
def test_a_path_out_of_the_raw_folder_is_refused(raw: Path, pattern: str) -> None:
    assert messages(raw, file=pattern) == [
        f"{pattern}: READ004 the path is absolute or holds '..' - give a path below the raw folder"
    ]


def test_a_link_out_of_the_raw_folder_is_refused(raw: Path) -> None:
    (raw / "link.csv").symlink_to(raw.parent / "outside.csv")
    assert messages(raw, file="*.csv") == [
        "link.csv: READ004 a link leads out of the raw folder - put the file itself there"
    ]
    (raw / "folder").symlink_to(raw.parent)
    assert messages(raw, file="folder/outside.csv")[0].startswith("folder/outside.csv: READ004")


def test_a_link_within_the_raw_folder_is_followed(raw: Path) -> None:
    (raw / "link.csv").symlink_to(raw / "top.csv")
    assert [p.name for p in find_files(raw, "*.csv")] == ["link.csv", "top.csv"]


def test_problems_of_all_files_come_together_with_their_paths(raw: Path) -> None:
    (raw / "site" / "b.csv").write_text("A,B\n1\n")
    (raw / "top.csv").write_text("A,B\n1,2\n1\n")
    assert messages(raw, file="**/*.csv") == [
        "site/b.csv row 2: READ010 the row has 1 cell, the header 2",
        "top.csv row 3: READ010 the row has 1 cell, the header 2",
    ]


def test_format_is_declared_or_known_by_suffix(raw: Path) -> None:
    (raw / "lab.export").write_text("A\n1\n")
    assert messages(raw, file="lab.export") == [
        f"lab.export: READ005 the suffix '.export' tells no format - declare `format`: {', '.join(READERS)}"
    ]
    assert len(read_tables(raw, TableOptions(file="lab.export", format="csv"))[0].frame) == 1
    assert messages(raw, file="top.csv", format="xslx") == [
        "top.csv: READ005 'xslx' is no format known here - did you mean 'xlsx'?"
    ]


def test_options_that_do_not_apply_are_refused(raw: Path) -> None:
    assert messages(raw, file="top.csv", sheet="A") == [
        "top.csv: READ006 sheet: the option does not apply to this format (.csv)"
    ]
    assert messages(raw, file="top.csv", format="xlsx", delimiter="tab", encoding="gbk") == [
        "top.csv: READ006 delimiter: the option does not apply to this format (xlsx)",
        "top.csv: READ006 encoding: the option does not apply to this format (xlsx)",
    ]


def test_a_file_above_the_size_limit_is_not_opened(raw: Path) -> None:
    with pytest.raises(ReadError, match=r"top.csv: READ007 4 bytes are more than the limit of 3"):
        read_tables(raw, TableOptions(file="top.csv"), Limits(file_bytes=3))


def test_suffixes_are_known_once() -> None:
    suffixes = [suffix for reader in READERS.values() for suffix in reader.suffixes]
    assert len(set(suffixes)) == len(suffixes)


def test_catalogue_holds_every_code_that_these_readers_can_raise() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "cdisc_itp" / "readers").glob("*.py"))
    raised = {f"READ{number}" for number in re.findall(r'"READ(\d{3})"', source)}
    assert {code for code in raised if code <= "READ019"} == set(CODES)
    assert [CATALOGUE[code] for code in CODES] == list(READ)
    assert all(entry.title and entry.explanation and entry.remedy for entry in READ)
