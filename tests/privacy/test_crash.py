"""A bug tells where it happened, never what the data were."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

import cdisc_itp.raw_tables
import cdisc_itp.readers.csv
from cdisc_itp.cli import app
from cdisc_itp.crash import WITHHELD, describe_crash
from cdisc_itp.model.issue import UserError
from tests.bad import lay_out

NAME = "Wang Li"


def crash_of(raises: object) -> str:
    with pytest.raises(Exception) as caught:
        raises()  # type: ignore[operator]
    return describe_crash(caught.value)


def quote(text: str = NAME) -> None:
    float(text)


def chained() -> None:
    try:
        quote()
    except ValueError as error:
        error.add_note(f"the cell was {NAME}")
        raise KeyError(NAME) from error


def in_context() -> None:
    try:
        quote()
    except ValueError:
        {}[NAME]


def own() -> None:
    raise UserError("row 3 is missing")


def elsewhere() -> None:
    with ProcessPoolExecutor(1) as pool:
        pool.submit(quote).result()


@pytest.mark.parametrize("raises", [quote, chained, in_context])
def test_texts_of_others_are_withheld(raises: object) -> None:
    said = crash_of(raises)
    assert NAME not in said
    assert WITHHELD in said
    assert "ValueError" in said and 'test_crash.py", line' in said


def test_places_of_another_process_are_told_and_its_text_is_not() -> None:
    said = crash_of(elsewhere)
    assert NAME not in said
    assert "In another process" in said and said.count(", in quote") >= 1


def test_texts_of_our_own_are_shown() -> None:
    assert "UserError: row 3 is missing" in crash_of(own)


def test_places_do_not_tell_where_the_program_is_installed() -> None:
    said = crash_of(quote)
    assert str(Path(__file__).parents[2]) not in said and sys.prefix not in said


def test_the_developer_mode_shows_everything() -> None:
    code = f"from cdisc_itp.crash import describe_crash\ntry:\n float({NAME!r})\nexcept Exception as e:\n"
    code += " print(describe_crash(e))"
    said = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=True).stdout
    assert NAME in said


@pytest.mark.parametrize(
    "where", [(cdisc_itp.raw_tables, "prepare_identifiers"), (cdisc_itp.readers.csv, "check_header")]
)
def test_a_bug_in_a_run_shows_no_cell(
    where: tuple[ModuleType, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = lay_out(None, tmp_path / "study")

    def broken(*arguments: object) -> None:
        raise ValueError(f"cannot convert '{NAME}' of {arguments}")

    monkeypatch.setattr(*where, broken)
    words = ["convert", str(study), "--raw", str(study / "raw"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 3
    assert f"ValueError: {WITHHELD}" in done.stderr and "this is a bug of cdisc-itp" in done.stderr
    assert NAME not in done.output + done.stderr
