"""Judging a folder: by what its define.xml names, with what its run.json says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_itp.judging import find_package, read_package, validate_folder
from cdisc_itp.model.issue import ReadError
from tests.tiny import whole


@pytest.fixture
def out(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    run, made = whole("tiny", request)
    shutil.copytree(made, tmp_path / "out")
    assert (tmp_path / "out" / run.package).is_dir()
    return tmp_path / "out"


def test_the_package_is_found_in_an_output_and_where_it_is_named(out: Path) -> None:
    place = find_package(out)
    assert place.name == "sdtm"
    assert find_package(place) == place
    with pytest.raises(ReadError, match=r"there is no \.xpt file and no define\.xml"):
        find_package(out / "run")
    shutil.copytree(place.parents[1], out / "m5/datasets/other", dirs_exist_ok=True)
    with pytest.raises(ReadError, match="there are 2 packages"):
        find_package(out)


def test_the_release_that_define_names_is_the_one_to_judge_by(out: Path) -> None:
    place = find_package(out)
    assert read_package(place, None).terminology is not None
    define = place / "define.xml"
    define.write_bytes(define.read_bytes().replace(b"2025-03-28", b"../../x"))
    package = read_package(place, None)
    assert package.terminology is not None and package.terminology.release.endswith("2025-03-28")


def test_every_file_that_cannot_be_read_is_named(out: Path) -> None:
    place = find_package(out)
    for name in ("dm.xpt", "lb.xpt"):
        (place / name).write_bytes(b"nothing")
    with pytest.raises(ReadError) as told:
        read_package(place, None)
    assert {p.place.file for p in told.value.problems} == {"dm.xpt", "lb.xpt"}


@pytest.mark.parametrize(("partial", "missed"), [("true", False), ("false", True)])
def test_a_part_of_a_package_need_not_have_every_dataset(out: Path, partial: str, missed: bool) -> None:
    path = out / "run/run.json"
    path.write_text(path.read_text().replace('"partial": false', f'"partial": {partial}'))
    found = {i.code for i in validate_folder(out, False, None).issues}
    assert ("STR114" in found) == missed


def test_a_finding_fails_from_its_severity_on(out: Path) -> None:
    judged = validate_folder(out, False, None)
    assert [judged.fails(f) for f in ("error", "warning", "never")] == [True, True, False]


def test_a_package_with_names_in_upper_case_is_judged_too(out: Path) -> None:
    place = find_package(out)
    judged = {i.code for i in validate_folder(place, False, None).issues}
    for path in [*place.glob("*.xpt"), place / "define.xml"]:
        path.rename(path.with_name(path.name.upper()))
    assert find_package(place) == place
    again = validate_folder(place, False, None)
    assert {*again.datasets} >= {"DM", "LB"}
    assert judged <= {i.code for i in again.issues}
    assert {(i.code, i.value) for i in again.issues} >= {
        ("XPT111", "DM.XPT"),
        ("XPT111", "LB.XPT"),
        ("STR113", "define.xml, but DEFINE.XML"),
        ("DEF104", "dm.xpt"),
    }


@pytest.mark.parametrize("deep", [False, True])
def test_a_second_dataset_of_a_transport_file_is_not_passed_over(out: Path, deep: bool) -> None:
    """The header of the library is three cards of 80 bytes; members follow (SAS TS-140)."""
    place = find_package(out)
    dm, lb = place / "dm.xpt", place / "lb.xpt"
    dm.write_bytes(dm.read_bytes() + lb.read_bytes()[240:])
    lb.unlink()
    judged = validate_folder(place, deep, None)
    assert {"DM", "LB"} <= {*judged.datasets}
    assert ("XPT112", "dm.xpt") in {(i.code, i.value) for i in judged.issues}
    assert not judged.did_not_run
