"""The walk-through of an eighth site: its commands are run, what it prints is printed, and the values are right."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cdisc_itp.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "new-site.md").read_text("utf-8")
MADE = ROOT / "docs" / "new-site"
STUDY = ROOT / "specs" / "nct05471050"
EXPORTS = ROOT / "fixtures" / "nct05471050"
COUNTRY = "COUNTRY: {hardcode_ct: CHN}", 'COUNTRY: [{hardcode_ct: DEU, when: {site: "08"}}, {hardcode_ct: CHN}]'
UNITS = ("G/l,10^9/L", "BILI,mg/dL,umol/L,17.1,1")  # the rows that the page adds last
# Rows of the trial's summary: the one that changes, and what stands there then.
SUBJECTS = "ACTSUB,,90,,,,,", "ACTSUB,,93,,,,,"
COUNTRIES = "FCNTRY,,CHN,,,ISO 3166,,", "FCNTRY,,CHN,,,ISO 3166,,\nFCNTRY,,DEU,,,ISO 3166,,"

# The page's commands in their order, the state of the study in which each is run, and its exit code.
COMMANDS = (
    ("tables", "sites study", 0),
    ("draft", "spec check", 0),
    ("draft", "convert study", 1),
    ("draft", "issues part", 0),
    ("units", "convert study", 1),
    ("units", "issues part", 0),
    ("mended", "convert study", 1),
    ("mended", "issues part", 0),
    ("mended", "issues part", 0),
    ("accepted", "convert study", 1),
    ("accepted", "issues build", 0),
    ("counted", "convert study", 0),
    ("counted", "trace study", 0),
    ("counted", "trace study", 0),
)


@dataclass(frozen=True)
class Shown:
    """A command of the page, and the lines that it shows below."""

    command: str
    lines: tuple[str, ...]


def _commands() -> Iterator[Shown]:
    for block in PAGE.split("```")[1::2]:
        lines = block.splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("$ cdisc-itp ")]
        for a, b in pairwise([*starts, len(lines)]):
            yield Shown(lines[a].removeprefix("$ cdisc-itp "), tuple(lines[a + 1 : b]))


SHOWN = tuple(_commands())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the page makes it, all its commands run; what each printed is in 00.txt, 01.txt ..."""
    there = tmp_path_factory.mktemp("eighth")
    shutil.copytree(EXPORTS / "raw", there / "raw")
    shutil.copytree(MADE / "raw", there / "raw", dirs_exist_ok=True)
    # The lines of `sites` that the page shows are of the new files; the survey of the others takes its time.
    shutil.copytree(MADE / "raw", there / "new" / "raw")
    before = Path.cwd()
    try:
        for i, ((state, _, _), shown) in enumerate(zip(COMMANDS, SHOWN, strict=True)):
            _prepare(there / "study", state)
            if state == "tables":
                shutil.copytree(there / "study", there / "new" / "study")
            os.chdir(there / "new" if state == "tables" else there)
            done = CliRunner(env={"COLUMNS": "100"}).invoke(app, _words(shown.command))
            (there / f"{i:02}.txt").write_text(f"{done.exit_code}\n{done.output}", "utf-8")
    finally:
        os.chdir(before)
    return there


def _words(command: str) -> list[str]:
    return command.split()


def _prepare(study: Path, state: str) -> None:
    """The study's specs with what the page has added so far."""
    shutil.rmtree(study, ignore_errors=True)
    shutil.copytree(STUDY, study)
    sources = MADE / ("first_draft" if state in ("tables", "draft") else "sources")
    shutil.copytree(sources, study / "sources", dirs_exist_ok=True)
    if state == "tables":
        (study / "sources" / "iwrs08.yaml").unlink()
        whole = (study / "sources" / "site08.yaml").read_text("utf-8")
        (study / "sources" / "site08.yaml").write_text(whole[: whole.index("every_form:")], "utf-8")
    if state in ("units", "mended", "accepted", "counted"):
        for rows in sorted((MADE / "maps").glob("*.csv")):
            _append(study / "maps" / rows.name, rows, UNITS if state == "units" else ())
    if state in ("mended", "accepted", "counted"):
        text = (study / "sdtm" / "dm.yaml").read_text("utf-8")
        assert COUNTRY[0] in text
        (study / "sdtm" / "dm.yaml").write_text(text.replace(*COUNTRY), "utf-8")
    if state in ("accepted", "counted"):
        _append(study / "accepted.csv", MADE / "accepted.csv", ())
    if state == "counted":
        path = study / "trial" / "ts.csv"
        assert SUBJECTS[0] in path.read_text("utf-8") and COUNTRIES[0] in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(*SUBJECTS).replace(*COUNTRIES), "utf-8")


def _append(to: Path, rows: Path, without: tuple[str, ...]) -> None:
    """Put rows below those of a table of the study; the columns are told by their names."""
    with to.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    kept = [line for line in rows.read_text("utf-8").splitlines() if line not in without]
    with to.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(csv.DictReader(kept))


def test_the_page_has_the_commands_of_this_test() -> None:
    assert len(SHOWN) == len(COMMANDS)
    for (_, begins, _), shown in zip(COMMANDS, SHOWN, strict=True):
        assert shown.command.startswith(begins)


@pytest.mark.parametrize("at", range(len(COMMANDS)))
def test_the_page_shows_what_the_command_prints(place: Path, at: int) -> None:
    code, *printed = map(_plain, (place / f"{at:02}.txt").read_text("utf-8").splitlines())
    assert code == str(COMMANDS[at][2]), "\n".join(printed)
    rest = iter(printed)
    for line in map(_plain, SHOWN[at].lines):
        # `in` takes lines off the iterator: what the page shows must come in this order.
        assert line == "..." or line in rest, f"not printed, or not here: {line}"


def _plain(line: str) -> str:
    """Without line numbers of the study's own files, which its other sites may change."""
    return re.sub(r"(sdtm/\w+\.yaml:|csv line )\d+", r"\1n", line.rstrip())


def test_every_row_and_line_that_the_page_shows_is_in_the_example() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    draft = (MADE / "first_draft" / "site08.yaml").read_text("utf-8")
    assert len(blocks) == 3
    tables, every_form, forms = blocks
    assert draft.startswith(tables + every_form)
    for form in re.split(r"(?=^  \w+:$)", forms.removeprefix("forms:\n"), flags=re.MULTILINE):
        assert form in draft
    for line in (MADE / "accepted.csv").read_text("utf-8").splitlines()[1:]:
        assert f"\n{line}\n" in PAGE
    assert set(UNITS) <= {r for f in (MADE / "maps").glob("*.csv") for r in f.read_text("utf-8").splitlines()}
    assert f"into {len(list((MADE / 'maps').glob('*.csv')))} files" in PAGE
    assert all(f"`{shown}`" in PAGE for shown in (*UNITS, *COUNTRY, SUBJECTS[1], COUNTRIES[1].splitlines()[1]))


def _dataset(place: Path, name: str) -> pd.DataFrame:
    """A written dataset, read by pandas."""
    path = place / "build" / "m5" / "datasets" / "nct05471050" / "tabulations" / "sdtm" / f"{name}.xpt"
    frame = pd.read_sas(path, format="xport", encoding="ascii")
    assert isinstance(frame, pd.DataFrame)
    texts = [c for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    return frame.assign(**{c: frame[c].fillna("") for c in texts})


def test_four_subjects_more(place: Path) -> None:
    with (EXPORTS / "truth" / "counts.csv").open(encoding="utf-8") as file:
        file.readline()
        before = sum(int(r["submitted"]) for r in csv.DictReader(file) if r["form"] == "demography")
    sites = _dataset(place, "dm")["SITEID"]
    assert (sites != "08").sum() == before
    assert (sites == "08").sum() == 4


# Read by eye from docs/new-site/raw/site08; creatinine in mg/dL times 88.42 is umol/L.
EXPECTED = (
    ("dm", {"USUBJID": "08001"}, {"SEX": "M", "RACE": "WHITE", "COUNTRY": "DEU", "ARMCD": "TACDAN"}),
    ("dm", {"USUBJID": "08001"}, {"RFICDTC": "2022-07-05T08:05", "BRTHDTC": "1971-03-14", "AGE": 51}),
    ("dm", {"USUBJID": "08003"}, {"ARMNRS": "SCREEN FAILURE", "BRTHDTC": "1968", "SEX": "F"}),
    ("ie", {"USUBJID": "08003"}, {"IETESTCD": "EXC01", "IEORRES": "Y", "IEDTC": "2022-07-19"}),
    ("lb", {"USUBJID": "08001", "LBTESTCD": "PLAT", "VISITNUM": 7}, {"LBSTRESN": 118, "LBSTRESU": "10^9/L"}),
    ("lb", {"USUBJID": "08001", "LBTESTCD": "PLAT", "VISITNUM": 7}, {"LBDTC": "2022-08-25T08:02"}),
    ("lb", {"USUBJID": "08001", "LBTESTCD": "CREAT", "VISITNUM": 1}, {"LBSTRESN": 77, "LBSTRESU": "umol/L"}),
    ("lb", {"USUBJID": "08001", "LBTESTCD": "BILDIR", "VISITNUM": 10}, {"LBORRES": "<2.0", "LBSTRESC": "<2.0"}),
    ("lb", {"USUBJID": "08002", "LBTESTCD": "WBC", "VISITNUM": 1}, {"LBORRES": "5.4", "LBORRESU": "10^9/L"}),
    ("lb", {"USUBJID": "08002", "LBTESTCD": "PLAT", "VISITNUM": 4}, {"LBSTAT": "NOT DONE", "LBORRESU": ""}),
    ("lb", {"USUBJID": "08002", "LBTESTCD": "HGB", "VISITNUM": 7}, {"LBORRES": "1I,9", "LBSTRESC": ""}),
    ("vs", {"USUBJID": "08002", "VSTESTCD": "WEIGHT", "VISITNUM": 2}, {"VSSTRESN": 61.8, "VSSTRESU": "kg"}),
    ("ae", {"USUBJID": "08001"}, {"AETERM": "Muscle cramps", "AESTDTC": "2022-08", "AEENRTPT": "ONGOING"}),
    ("cm", {"USUBJID": "08001", "CMTRT": "Ramipril"}, {"CMDOSE": 2.5, "CMDOSFRQ": "QD", "CMSTDTC": "2019-07"}),
    ("cm", {"USUBJID": "08001", "CMTRT": "Ramipril"}, {"CMINDC": "Hypertension"}),
    ("ex", {"USUBJID": "08004", "EXTRT": "TACROLIMUS"}, {"EXDOSE": 1.5, "EXDOSFRQ": "BID", "EXENDTC": "2022-09-21"}),
)


@pytest.mark.parametrize(("name", "key", "values"), EXPECTED)
def test_the_values_are_those_of_the_exports(
    place: Path, name: str, key: dict[str, object], values: dict[str, object]
) -> None:
    frame = _dataset(place, name)
    key = {**key, "USUBJID": f"NCT05471050-{key['USUBJID']}"}
    (row,) = frame[(frame[list(key)] == pd.Series(key)).all(axis=1)].to_dict("records")
    assert {c: row[c] for c in values} == values


def test_no_name_of_the_exports_is_in_the_output(place: Path) -> None:
    with (MADE / "raw" / "site08" / "Patienten.csv").open(encoding="windows-1252") as file:
        file.readline()
        people = list(csv.DictReader(file, delimiter=";"))
    names = [p for row in people for p in (*row["Patientenname"].split(", "), row["Versichertennummer"])]
    assert len(names) == 12
    files = [p for p in sorted((place / "build").rglob("*")) if p.is_file() and p.suffix != ".parquet"]
    assert len(files) > 12
    written = b"".join(p.read_bytes() for p in files)
    assert [n for n in names if n.encode() in written] == []


def test_the_first_line_of_each_export_says_that_it_is_invented() -> None:
    files = sorted((MADE / "raw").rglob("*.csv"))
    assert len(files) == 15
    for file in files:
        assert b"SYNTHETIC - NO REAL PATIENT" in file.read_bytes().splitlines()[0]
