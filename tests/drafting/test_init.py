"""Whole drafts: of two studies, with the edits that docs/init.md lists, and the laws that hold for any tables."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_itp.drafting.draft import init_study
from cdisc_itp.drafting.summary import render_summary
from cdisc_itp.model.issue import UserError
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.spec.load import load_files
from cdisc_itp.spec.undecided import find_undecided
from tests.drafting.drafts import drafted, edit, problems_of
from tests.studies.comparison import compare, read_published

ROOT = Path(__file__).parents[2]
RAW = ROOT / "fixtures" / "nct05471050" / "raw"
CREATED = ("study.yaml", "created: DECIDE", "created: 2024-05-01T00:00:00")
# docs/init.md says why of each; file, text, what stands there instead.
EDITS_ABC01 = [CREATED]
EDITS_SITE04 = [CREATED, ("sdtm/dm.yaml", "hardcode_ct: DECIDE", "hardcode_ct: CHN")]
# Records of the published files are found by what was collected, since the study ranks some tests and terms.
KEYS = {
    "DM": ["USUBJID"],
    "DS": ["USUBJID", "DSDECOD"],
    "EX": ["USUBJID", "EXTRT"],
    "AE": ["USUBJID", "AETERM"],
    "CM": ["USUBJID", "CMTRT"],
    "LB": ["USUBJID", "LBTESTCD", "LBDTC"],
    "VS": ["USUBJID", "VSTESTCD", "VSDTC"],
}
# Cells of the published ABC-01 that the draft makes alike, of all that are published: docs/init.md.
EQUAL = {
    "DM": (144, 184),
    "DS": (49, 216),
    "EX": (104, 104),
    "AE": (106, 140),
    "CM": (110, 120),
    "LB": (892, 1056),
    "VS": (1504, 2048),
}


def converted(study: Path, raw: Path, out: Path) -> Run:
    return convert(Order(study, raw, out))


@pytest.fixture(scope="module")
def abc01(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder, raw = tmp_path_factory.mktemp("abc01"), shared_data / "abc01" / "raw"
    init_study(folder / "study", raw)
    assert len(problems_of(folder / "study")) == 1
    for change in EDITS_ABC01:
        edit(folder / "study", *change)
    assert problems_of(folder / "study") == []
    return converted(folder / "study", raw, folder / "out")


def test_abc01_passes_spec_check_after_the_edits_and_converts(abc01: Run) -> None:
    assert len(EDITS_ABC01) <= 10
    assert {n: len(d.frame) for n, d in abc01.datasets.items()} == {
        "AE": 10,
        "CM": 8,
        "DM": 8,
        "DS": 8,
        "EX": 8,
        "LB": 48,
        "VS": 128,
    }


@pytest.mark.parametrize("name", KEYS)
def test_cells_of_abc01_that_are_equal_already(abc01: Run, shared_data: Path, name: str) -> None:
    path = shared_data / "abc01" / "sdtm" / f"{name.lower()}.csv"
    header, published = read_published(path, set())
    frame = abc01.datasets[name].frame
    found = compare(frame, path, KEYS[name], set(header) - set(frame))
    assert (found.cells - len(found.different), len(header) * len(published)) == EQUAL[name]


def test_what_is_open_fails_the_conversion(abc01: Run) -> None:
    left = [i for i in abc01.issues if i.code == "DRAFT001"]
    assert {i.file for i in left} >= {"sources/raw.yaml", "maps/ae_outcome.csv", "maps/dm_sex.csv"}
    assert abc01.exit_code == 1


@pytest.fixture(scope="module")
def site04(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site04")
    for name in ("central", "site04"):
        shutil.copytree(RAW / name, folder / "raw" / name)
    init_study(folder / "study", folder / "raw")
    return folder


def test_site04_passes_spec_check_after_the_edits_and_converts(site04: Path) -> None:
    assert problems_of(site04 / "study") != []
    for change in EDITS_SITE04:
        edit(site04 / "study", *change)
    assert problems_of(site04 / "study") == []
    run = converted(site04 / "study", site04 / "raw", site04 / "out")
    records = {n: len(d.frame) for n, d in run.datasets.items()}
    # Of 13 subjects; the other numbers are rows (or filled cells) of the raw files.
    assert (records["DM"], records["AE"], records["EX"], records["IE"]) == (13, 8, 54, 156)
    assert len(EDITS_SITE04) <= 10


def test_no_value_of_an_identifier_is_in_the_draft(site04: Path) -> None:
    text = (RAW / "site04" / "dm.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in text if line[0] != "#"))
    columns = [rows[0].index(c) for c in ("SUBJ_NAME", "ID_CARD_NO", "MRN", "PHONE")]
    values = {row[i] for row in rows[1:] for i in columns if row[i]}
    written = "\n".join(p.read_text("utf-8") for p in (site04 / "study").rglob("*") if p.is_file())
    assert len(values) > 20
    assert [v for v in sorted(values) if v in written] == []


def test_all_sites(tmp_path: Path) -> None:
    draft = init_study(tmp_path / "study", RAW)
    assert len(draft.drafted.folder.unread) == 0
    assert {b.table.source for b in draft.drafted.blocks} == {"central", *(f"site0{i}" for i in range(1, 8))}
    problems = problems_of(tmp_path / "study")
    assert problems == ["study.yaml:4: SPEC102 study.created: 'DECIDE' is not a date and time (2023-07-31T00:00:00)"]
    edit(tmp_path / "study", *CREATED)
    codes = {p.split(" ")[1] for p in problems_of(tmp_path / "study")}
    assert codes == {"SPEC133", "SPEC140"}  # IECAT is made by nothing, DM.COUNTRY says DECIDE.
    assert "84 tables as DM, AE" in render_summary(draft)


def test_the_other_public_raw_files(shared_data: Path, tmp_path: Path) -> None:
    draft = init_study(tmp_path / "study", shared_data / "pharmaverse" / "raw")
    edit(tmp_path / "study", *CREATED)
    assert set(draft.drafted.domains) == {"DM", "AE", "VS", "DS"}
    assert {p.split(" ")[1] for p in problems_of(tmp_path / "study")} == {"SPEC133"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    draft = drafted({"a/ae.csv": "SUBJID,AETERM\n1,Nausea\n"}, tmp_path)
    before = {p: p.read_bytes() for p in draft.folder.rglob("*") if p.is_file()}
    with pytest.raises(UserError, match="init never overwrites"):
        init_study(draft.folder, tmp_path / "raw")
    assert {p: p.read_bytes() for p in draft.folder.rglob("*") if p.is_file()} == before
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="init never overwrites"):
        init_study(tmp_path / "file", tmp_path / "raw")
    (tmp_path / "empty").mkdir()
    init_study(tmp_path / "empty", tmp_path / "raw")


def test_visits_of_tables_without_records_are_read_by_the_draft(tmp_path: Path) -> None:
    draft = drafted({"s1/lb_1.csv": "SUBJID,PLT_U,VISIT\n"}, tmp_path)
    edit(draft.folder, *CREATED)
    assert draft.files["visits.csv"] == "visit,VISITNUM,VISIT,draft\n"
    assert problems_of(draft.folder) == []


def test_same_input_same_bytes(site04: Path, tmp_path: Path) -> None:
    drafts = [init_study(tmp_path / name / "study", site04 / "raw").files for name in ("one", "two")]
    assert drafts[0] == drafts[1]


NAMES = st.sampled_from(
    ["SUBJID", "AETERM", "AESTDAT", "AEENDAT", "PLT", "PLT_U", "VISIT", "TEST", "RESULT", "DOSE", "姓名"]
)
HEADERS = st.lists(NAMES | st.text("aBé$ {}:#'\"-.%字", max_size=6), min_size=1, max_size=6, unique=True)
CELLS = st.sampled_from(
    ["", "01/02/2022", "13/01/2022", "1,5", "Yes", "UNK", "#x", "DECIDE", "5", "2022-07-01 08:15", "\ta", "é"]
)
TABLES = HEADERS.flatmap(
    lambda h: st.lists(st.lists(CELLS, min_size=len(h), max_size=len(h)), max_size=6).map(lambda r: [h, *r])
)
FILES = st.sampled_from(["ae", "lb_1", "vs", "dm", "不良事件", "x", "ds", "ie", "ex"])
# What a draft may leave for `spec check`: what is marked DECIDE, and required variables that no column makes.
OPEN = {"SPEC102", "SPEC117", "SPEC133", "SPEC140"}


def quoted(cells: list[str]) -> str:
    return ",".join('"' + c.replace('"', '""') + '"' for c in cells)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FILES, TABLES, min_size=1, max_size=3))
def test_any_tables_are_drafted_and_only_what_is_marked_is_wrong(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, list[list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    files = {f"s1/{name}.csv": "\n".join(map(quoted, rows)) + "\n" for name, rows in tables.items()}
    draft = drafted(files, folder)
    assert len(draft.drafted.folder.tables) + len(draft.drafted.folder.unread) == len(files)
    render_summary(draft)
    edit(draft.folder, *CREATED)
    found = problems_of(draft.folder)
    nobody = {"SPEC110"} if "decide: no column of a subject" in draft.files["study.yaml"] else set()
    assert {p.split(" ")[1] for p in found} <= OPEN | nobody, found
    placed = {
        (b.table.name, c)
        for b in draft.drafted.blocks
        for c in (
            *(p.raw for p in b.placed),
            *b.left,
            *(b.wide.columns if b.wide else ()),
            *(b.wide.raw if b.wide else ()),
        )
    }
    for table in draft.drafted.folder.tables:
        assert {(table.name, str(c)) for c in table.raw.frame.columns} <= placed
    loaded = load_files(draft.folder, [])
    if loaded is not None:
        find_undecided(loaded)
