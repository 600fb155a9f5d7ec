"""The package's tables are what the published files make."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from cdisc_itp.standards.compact import build_data, build_datasets, build_variables, read_release
from cdisc_itp.standards.guide import DATA


def test_the_published_files_rebuild_the_packages_tables(shared_data: Path, tmp_path: Path) -> None:
    build_data(shared_data / "standards", tmp_path)
    made = sorted(p.name for p in tmp_path.iterdir())
    assert sorted(p.name for p in DATA.iterdir() if not p.name.startswith("iso-")) == made
    for name in made:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_misprints_are_mended() -> None:
    published = {
        "Class": "Findings",
        "Dataset Name": "UR",
        "Dataset Label": "Urinary System Findings",
        "Structure": "One record per finding per location per per visit per subject.",
    }
    assert build_datasets([published])[0][3] == "One record per finding per location per visit per subject"
    variable = {"Variable Order": "1", "Dataset Name": "GF", "Variable Name": "GFSEQID", "Type": "Char"}
    variable |= {"Variable Label": "Sequence Identifier \n ", "CDISC CT Codelist Code(s)": "C1; C2", "Value List": ""}
    variable |= {"Role": "Record Qualifier", "Core": "Perm"}
    made = "GF 1 GFSEQID|Sequence Identifier|Char|C1;C2|||Record Qualifier|Perm"
    assert " ".join(build_variables([variable])[0][:3]) + "|" + "|".join(build_variables([variable])[0][3:]) == made


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with tarfile.open(tmp_path / "sdtm-ct-2025-03-28.txt.tar.xz", "w:xz") as archive:
        archive.add(tmp_path / "a.txt", "a.txt")
        archive.add(tmp_path / "a.txt", "b.txt")
    with pytest.raises(ValueError, match="not one file of a release"):
        read_release(tmp_path / "sdtm-ct-2025-03-28.txt.tar.xz")
