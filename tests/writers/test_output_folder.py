"""The output folder: staged, swapped in, repaired after a kill, and never what is not its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc_itp.writers.output_folder import OutputError, OutputFolder

STAGING, PREVIOUS = ".out.cdisc-itp-staging", ".out.cdisc-itp-previous"


def output(folder: Path, text: str = "old", partial: bool = False) -> None:
    """Something that looks like an output of ours."""
    (folder / "run").mkdir(parents=True)
    (folder / "data.txt").write_text(text)
    (folder / "run" / "run.json").write_text(json.dumps({"tool": "cdisc-itp", "partial": partial}))
    (folder / "run" / "manifest.json").write_text(json.dumps({"files": {"data.txt": "0" * 64}}))


def write(out: Path, text: str = "new", partial: bool = False) -> None:
    """One run from start to end."""
    folder = OutputFolder(out)
    folder.prepare(partial)
    try:
        (folder.staging / "run").rmdir()
        folder.staging.rmdir()
        output(folder.staging, text, partial)
        folder.swap()
    finally:
        folder.discard()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("before", ["nothing", "an empty folder", "an older output"])
def test_the_new_output_takes_the_place(tmp_path: Path, before: str) -> None:
    out = tmp_path / "out"
    if before == "an empty folder":
        out.mkdir()
    elif before == "an older output":
        output(out)
    write(out)
    assert (out / "data.txt").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_a_failing_run_leaves_the_previous_output_and_nothing_else(tmp_path: Path) -> None:
    output(tmp_path / "out")
    folder = OutputFolder(tmp_path / "out")
    folder.prepare(False)
    (folder.staging / "half").write_text("x")
    folder.discard()
    assert (tmp_path / "out" / "data.txt").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_folders_that_were_made_for_it_are_gone_after_a_failing_run(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "a" / "b" / "out")
    folder.prepare(False)
    folder.discard()
    assert names(tmp_path) == []


def test_killed_before_the_renames(tmp_path: Path) -> None:
    output(tmp_path / "out")
    output(tmp_path / STAGING, "half")
    write(tmp_path / "out")
    assert (tmp_path / "out" / "data.txt").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_killed_between_the_renames(tmp_path: Path) -> None:
    output(tmp_path / PREVIOUS)
    output(tmp_path / STAGING, "whole, but not in place")
    folder = OutputFolder(tmp_path / "out")
    folder.prepare(False)
    assert (tmp_path / "out" / "data.txt").read_text() == "old"
    folder.discard()
    assert names(tmp_path) == ["out"]


def test_killed_while_the_previous_output_was_removed(tmp_path: Path) -> None:
    output(tmp_path / "out", "new")
    (tmp_path / PREVIOUS).mkdir()
    folder = OutputFolder(tmp_path / "out")
    folder.prepare(False)
    folder.discard()
    assert (tmp_path / "out" / "data.txt").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_a_rename_that_fails_puts_the_previous_output_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output(tmp_path / "out")
    folder = OutputFolder(tmp_path / "out")
    folder.prepare(False)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self == folder.staging:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        folder.swap()
    assert (tmp_path / "out" / "data.txt").read_text() == "old"


KILLED = """
import os, signal, sys
from pathlib import Path
from cdisc_itp.writers.output_folder import OutputFolder
folder = OutputFolder(Path(sys.argv[1]))
folder.prepare(False)
(folder.staging / "half").write_text("x")
rename = Path.rename
def once(self, target):
    rename(self, target)
    os.kill(os.getpid(), signal.SIGKILL)
Path.rename = once
folder.swap()
"""


def test_a_process_killed_between_the_renames_is_repaired_at_the_next_start(tmp_path: Path) -> None:
    output(tmp_path / "out")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert names(tmp_path) == [PREVIOUS, STAGING]
    write(tmp_path / "out")
    assert (tmp_path / "out" / "data.txt").read_text() == "new"
    assert names(tmp_path) == ["out"]


def foreign_folder(out: Path) -> None:
    out.mkdir()
    (out / "thesis.docx").write_text("x")


def output_of_something_else(out: Path) -> None:
    output(out)
    (out / "run" / "run.json").write_text(json.dumps({"tool": "other"}))


def broken_json(out: Path) -> None:
    output(out)
    (out / "run" / "run.json").write_text("{")


def output_with_a_file_more(out: Path) -> None:
    output(out)
    (out / "notes").mkdir()
    (out / "notes" / "mine.txt").write_text("x")


def output_with_a_link(out: Path) -> None:
    output(out)
    (out / "link").symlink_to("/etc/hosts")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda out: out.write_text("x"), "out is a file, not a folder"),
        (foreign_folder, "out holds files that cdisc-itp did not write"),
        (output_of_something_else, "out holds files that cdisc-itp did not write"),
        (broken_json, "out holds files that cdisc-itp did not write"),
        (output_with_a_file_more, r"out holds what cdisc-itp did not write \(notes/mine.txt\) - move it"),
        (output_with_a_link, r"out holds what cdisc-itp did not write \(link\)"),
    ],
)
def test_what_is_not_ours_is_refused_and_untouched(tmp_path: Path, make: object, said: str) -> None:
    make(tmp_path / "out")  # type: ignore[operator]
    before = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=said):
        OutputFolder(tmp_path / "out").prepare(False)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == before


def test_what_file_browsers_leave_behind_is_no_reason_to_refuse(tmp_path: Path) -> None:
    output(tmp_path / "out")
    (tmp_path / "out" / "run" / ".DS_Store").write_text("x")
    write(tmp_path / "out")
    assert (tmp_path / "out" / "data.txt").read_text() == "new"


@pytest.mark.parametrize(("old", "new", "refused"), [(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)])
def test_a_part_never_replaces_a_complete_output(tmp_path: Path, old: int, new: int, refused: int) -> None:
    output(tmp_path / "out", partial=bool(old))
    if refused:
        with pytest.raises(OutputError, match="out holds a complete output; --select and --source need another --out"):
            write(tmp_path / "out", partial=bool(new))
    else:
        write(tmp_path / "out", partial=bool(new))
    assert (tmp_path / "out" / "data.txt").read_text() == ("old" if refused else "new")


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    first, second = OutputFolder(tmp_path / "out"), OutputFolder(tmp_path / "out")
    first.prepare(False)
    with pytest.raises(OutputError, match="another run is writing out"):
        second.prepare(False)
    second.discard()
    assert first.staging.is_dir()
    first.discard()
    second.prepare(False)
    second.discard()
    assert names(tmp_path) == []
