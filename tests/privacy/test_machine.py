"""Nothing that is written tells on which machine, by whom, where or when it was written."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.privacy.opening import open_folder

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "tiny_study"
DONE = (
    ("convert", "spec", "--raw", "raw", "--out", "out"),
    ("convert", "spec", "--raw", "raw", "--out", "part", "--select", "LB", "--jobs", "2"),
    ("validate", "out", "--json"),
    ("issues", "out", "--all", "--report", "json"),
    ("issues", "out", "--queries", "queries"),
    ("sites", "spec", "--raw", "raw", "--report", "json", "-o", "sites.json"),
    ("sites", "spec", "--raw", "raw", "--report", "html", "-o", "sites.html"),
    ("init", "--raw", "raw", "draft"),
    ("trace", "spec", "out", "LB", "USUBJID=TINY-01-101", "LBSEQ=5", "LBSTRESN", "--raw", "raw"),
)
REFUSED = (
    ("convert", "nowhere", "--raw", "raw", "--out", "x"),
    ("convert", "spec", "--raw", "nowhere", "--out", "x"),
    ("convert", "spec", "--raw", "raw", "--out", "raw"),
    ("inspect", "raw/a/dm.csv"),
    ("validate", "raw"),
)


def write_everything(folder: Path, **environment: str) -> Path:
    """Run every command in a folder of its own, with relative paths; what they print becomes files."""
    work = folder / "work"
    shutil.copytree(TINY, work)
    (folder / "home").mkdir()
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "PYTHONPATH")}
    env = {**kept, "HOME": str(folder / "home"), "ZZ_TOKEN": "zzsecretzz", **environment}
    for number, words in enumerate([*DONE, *REFUSED]):
        command = [sys.executable, "-m", "cdisc_itp", *words]
        done = subprocess.run(command, cwd=work, env=env, capture_output=True, check=False)
        assert done.returncode in ((0, 1) if words in DONE else (2,)), done.stderr.decode()
        (work / f"{number:02}.stdout.log").write_bytes(done.stdout)
        (work / f"{number:02}.stderr.log").write_bytes(done.stderr)
    for given in ("spec", "raw"):
        shutil.rmtree(work / given)
    return work


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zzonezz")
    return write_everything(folder, USER="zzuserzz", LOGNAME="zzuserzz", HOSTNAME="zzhostzz", TZ="Asia/Tokyo")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zzother") / "deeper" / "張"
    folder.mkdir(parents=True)
    return write_everything(folder, USER="zzother", LOGNAME="zzother", TZ="America/New_York", PYTHONHASHSEED="7")


def traces_of(folder: Path) -> Iterator[str]:
    """Words that only this machine, its user and this moment know."""
    yield from ("zzonezz", "zzuserzz", "zzhostzz", "zzsecretzz", str(folder), str(ROOT), sys.prefix)
    yield from (name for name in {socket.gethostname(), socket.getfqdn()} if len(name) > 4 and name != "localhost")
    for moment in (datetime.now(UTC) + timedelta(hours=h) for h in (-12, 0, 9)):
        yield from (moment.strftime(f) for f in ("%Y-%m-%d", "%d%b%y:", "%Y%m%d", "%Y/%m/%d", "%d %b %Y", "%b %d %Y"))


def test_outputs_tell_nothing_of_the_machine_or_the_moment(one: Path) -> None:
    words = {w.lower() for w in traces_of(one)}
    texts = [(content.where, text.lower()) for content in open_folder(one) for text in content.every_text]
    assert [(where, word) for where, text in texts for word in words if word in text] == []


def test_outputs_are_the_same_for_another_user_place_and_time_zone(one: Path, other: Path) -> None:
    assert names(one) == names(other)
    assert [n for n in names(one) if content_of(one / n) != content_of(other / n)] == []


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def content_of(path: Path) -> object:
    """The bytes of a file; run.json without how long each stage took."""
    if path.name != "run.json":
        return path.read_bytes()
    said = json.loads(path.read_text("utf-8"))
    return {**said, "stages": [s["name"] for s in said["stages"]]}


def test_members_of_workbooks_have_no_time(one: Path) -> None:
    books = [*one.rglob("*.xlsx")]
    assert books
    assert {i.date_time for b in books for i in zipfile.ZipFile(b).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_such_words_are_found_where_they_are(tmp_path: Path) -> None:
    """The search can fail."""
    words = [*traces_of(tmp_path)]
    (tmp_path / "a.json").write_text(json.dumps({"words": words}), "utf-8")
    text = "\n".join(t for c in open_folder(tmp_path) for t in c.every_text)
    assert [w for w in words if w not in text] == []
