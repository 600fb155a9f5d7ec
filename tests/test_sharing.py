"""Sources shared out between two processes: what both make is what one makes, and nothing that is wrong is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from cdisc_itp.beside import Answer, Beside
from cdisc_itp.build.forms import Made
from cdisc_itp.build.together import together
from cdisc_itp.model.column import collect_text
from cdisc_itp.model.issue import ReadError, SpecError
from cdisc_itp.model.lineage import Occurrences, Places
from cdisc_itp.pipeline import Order, convert
from cdisc_itp.proving import Declared, write_and_prove
from cdisc_itp.sharing import divided
from cdisc_itp.spec.study import load_study
from cdisc_itp.writing import PackageContents
from tests.tiny import TINY, differing, spec_and_raw, whole

T = TypeVar("T")


@pytest.fixture
def second() -> Iterator[Beside]:
    with Beside() as process:
        yield process


def refused(order: Order, beside: Beside | None, error: type[ReadError] | type[SpecError]) -> list[str]:
    with pytest.raises(error) as caught:
        convert(order, None, beside)
    return [str(p) for p in caught.value.problems]


@pytest.fixture
def tiny(tmp_path: Path) -> Order:
    shutil.copytree(TINY, tmp_path / "tiny")
    return Order(tmp_path / "tiny/spec", tmp_path / "tiny/raw", tmp_path / "out")


@pytest.mark.parametrize("study", ["tiny", "nct05471050"])
def test_the_outputs_are_those_of_one_process(
    study: str, second: Beside, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run = convert(Order(*spec_and_raw(study, request), tmp_path / "two"), None, second)
    assert run.shared is not None
    theirs = len(run.shared.answer.result().tables)
    assert 0 < theirs < len(run.tables)
    assert {t.source for t in run.tables[:-theirs]} == set(run.shared.mine)
    assert differing(whole(study, request)[1], tmp_path / "two") == []


def test_the_outputs_are_the_same_where_the_second_process_is_lost(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with Beside() as process:
        process.end()
        run = convert(Order(TINY / "spec", TINY / "raw", tmp_path / "out"), None, process)
    assert run.shared is not None
    assert run.proving is not None
    assert differing(whole("tiny", request)[1], tmp_path / "out") == []


def write_half(contents: PackageContents, declared: Declared) -> None:
    """In the second process: begin to write, and be lost."""
    contents.folder.mkdir(parents=True)
    (contents.folder / "dm.xpt").write_bytes(b"HEADER")
    os._exit(1)


def test_what_a_lost_process_has_begun_to_write_is_written_over(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    class Half(Beside):
        def ask(self, work: Callable[..., T], *args: Any, **named: Any) -> Answer[T]:
            if work is not write_and_prove:
                return super().ask(work, *args, **named)
            lost = super().ask(write_half, *args)
            with contextlib.suppress(BrokenProcessPool):
                lost._future.result()
            return Answer(lost._future, lambda: work(*args, **named))

    with Half() as process:
        convert(Order(TINY / "spec", TINY / "raw", tmp_path / "out"), None, process)
    assert differing(whole("tiny", request)[1], tmp_path / "out") == []


def test_what_neither_process_can_read_is_told_of_both(tiny: Order, second: Beside) -> None:
    for file in ("a/dm.csv", "b/dm.csv", "b/lb.csv", "central/arms.csv"):
        (tiny.raw / file).write_bytes(b"")
    told = refused(tiny, None, ReadError)
    assert {t.split(":")[0] for t in told} == {"a/dm.csv", "b/dm.csv", "b/lb.csv", "central/arms.csv"}
    assert refused(tiny, second, ReadError) == told


def test_what_only_the_second_process_cannot_read_is_told(tiny: Order, second: Beside) -> None:
    (tiny.raw / "central/arms.csv").write_bytes(b"")
    told = refused(tiny, None, ReadError)
    assert told
    assert refused(tiny, second, ReadError) == told


@pytest.mark.parametrize("sites", ["ab", "a", "b"])
def test_columns_in_no_place_are_told_of_both(sites: str, tiny: Order, second: Beside) -> None:
    for site in sites:
        file = tiny.raw / site / "ae.csv"
        text = file.read_text("utf-8-sig" if site == "a" else "utf-8")
        mark = "," if "," in text.splitlines()[0] else ";"
        file.write_text("".join(f"{line}{mark}NEW\n" for line in text.splitlines()), "utf-8")
    told = refused(tiny, None, SpecError)
    assert len(told) == len(sites)
    assert refused(tiny, second, SpecError) == told


def test_a_part_of_a_study_is_not_shared_out(second: Beside, tmp_path: Path) -> None:
    assert convert(Order(TINY / "spec", TINY / "raw", tmp_path / "out", select=("LB",)), None, second).shared is None


def test_sources_are_divided_by_the_bytes_of_their_files(tmp_path: Path) -> None:
    sources = load_study(TINY / "spec").files.sources
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert divided([], tmp_path) == ((), ())
    (tmp_path / "a/ex.csv").write_bytes(b"x" * 400)
    (tmp_path / "b/ex.csv").write_bytes(b"x" * 600)
    assert divided(sources.values(), tmp_path) == (("01",), ("02", "central"))
    (tmp_path / "a/ex.csv").write_bytes(b"x" * 4000)
    assert divided(sources.values(), tmp_path)[0] == ("01",)
    (tmp_path / "a/ex.csv").unlink()
    (tmp_path / "a/dm.csv").write_bytes(b"x" * 60)
    (tmp_path / "central").mkdir()
    (tmp_path / "central/arms.csv").write_bytes(b"x" * 900)
    assert divided(sources.values(), tmp_path) == (("01", "02"), ("central",))


def test_what_is_put_together_is_numbered_through() -> None:
    def made(names: list[str], code: int, block: str) -> Made:
        places = Places(np.array([0], np.int32), np.array([7]), np.array([code], np.int32))
        issue = Occurrences("DATA020", "lb", "result", "", collect_text(["x"]), places)
        return Made(2, {}, [issue], names, [(block, "lb", 0)])

    both = together([made(["HGB", "PLT"], 1, "a"), made(["WBC", "HGB"], 1, "b"), made(["WBC"], -1, "c")])
    assert both.column_names == ["HGB", "PLT", "WBC"]
    assert [int(i.places.table[0]) for i in both.issues] == [0, 2, 4]
    assert [int(i.places.column[0]) for i in both.issues] == [1, 0, -1]
    assert [b for b, _, _ in both.blocks] == ["a", "b", "c"]


def test_nobody_waits_for_a_second_process_when_something_was_wrong() -> None:
    start = time.monotonic()
    with pytest.raises(ReadError), Beside() as process:
        process.ask(time.sleep, 600)
        raise ReadError([])
    assert time.monotonic() - start < 300
