"""The second process: the same answers, whoever gives them, and nothing left of it when the first one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdisc_itp import beside
from cdisc_itp.beside import Beside, is_worth_it, second_process
from cdisc_itp.checks.package import DatasetVariable
from cdisc_itp.checks.readback import compare_columns
from cdisc_itp.judging import read_package
from cdisc_itp.model.issue import Place, ReadError, ReadProblem
from cdisc_itp.pipeline import Order, convert
from cdisc_itp.writing import as_source
from tests.tiny import TINY, differing, whole

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def second() -> Iterator[Beside]:
    with Beside() as process:
        yield process


def pid() -> int:
    return os.getpid()


def refuse(file: str) -> None:
    raise ReadError([ReadProblem("READ001", "no such file", Place(file))])


def die_where_it_is(other: int) -> int:
    """End the process that this is called in, unless it is the one who asked."""
    if os.getpid() != other:
        os._exit(1)
    return other


def test_what_is_asked_is_worked_out_in_another_process(second: Beside) -> None:
    assert second.ask(pid).result() != os.getpid()


def test_what_the_work_raises_is_raised(second: Beside) -> None:
    with pytest.raises(ReadError, match="no such file"):
        second.ask(refuse, "a.csv").result()


def test_where_the_second_process_is_lost_the_first_one_does_its_work() -> None:
    with Beside() as process:
        assert process.ask(die_where_it_is, os.getpid()).result() == os.getpid()
        assert process.ask(pid).result() == os.getpid()


def test_the_outputs_are_those_of_one_process(second: Beside, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run = convert(Order(TINY / "spec", TINY / "raw", tmp_path / "two"), None, second)
    assert run.proving is not None
    assert differing(whole("tiny", request)[1], tmp_path / "two") == []


def test_what_is_written_is_in_the_shape_that_it_is_read_back_in(request: pytest.FixtureRequest) -> None:
    run, out = whole("tiny", request)
    written = as_source(run.sdtm, run.study.files.study.encoding)
    read = read_package(out / run.package, run.study.files.study.encoding).by_name
    assert {d.name for d in written} == set(read)
    for d in written:
        there = read[d.name]
        assert (d.file, d.label, d.encoding) == (there.file, there.label, there.encoding)
        assert list(map(declared, d.variables)) == list(map(declared, there.variables))
        assert compare_columns(d.name, d.columns, there.columns) == []
        assert dict(d.special_missing) == dict(there.special_missing)


def declared(v: DatasetVariable) -> tuple[str, str, bool, int, str]:
    return v.name, v.label, v.numeric, v.length, v.display_format


ASK = """
import os, signal
from cdisc_itp.beside import Beside
if __name__ == "__main__":
    process = Beside()
    print(process.ask(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_of_it_where_the_first_process_is_killed(tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(ASK, "utf-8")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "ask.py"], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while is_alive(int(done.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_there_is_none_where_the_system_lets_none_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with second_process(tmp_path) as process:
        assert isinstance(process, Beside)
    monkeypatch.setattr(beside, "ProcessPoolExecutor", refused)
    with second_process(tmp_path) as process:
        assert process is None


def test_it_is_not_worth_it_without_a_free_core(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert is_worth_it(tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert not is_worth_it(tmp_path)


def test_it_is_not_worth_it_where_both_would_hold_much(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    (tmp_path / "site").mkdir()
    with (tmp_path / "site" / "lb.csv").open("wb") as file:
        file.truncate(beside.SMALL + 1)
    assert not is_worth_it(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "site" / "lb.csv").unlink()
    assert is_worth_it(tmp_path)
