"""Two sources of one fact, by a small study: a laboratory's dump and a thin form, a subject who moves."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq

from cdisc_itp.build.forms import Built, build_forms
from cdisc_itp.build.trace import render_trace
from cdisc_itp.model.column import decoded
from cdisc_itp.model.lineage import Fate
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.tracing import trace_value
from tests.bad import lay_out, load_with_tables
from tests.tiny import csv_rows

HEADER = "SUBJECT,DATE,TEST,RESULT,UNIT\n"
LINES = """\
    columns:
      subject: {column: SUBJECT, map: subjects}
      date: {column: DATE, format: dd/MM/yyyy}
      test: {column: TEST}
      result: {column: RESULT}
      unit: {column: UNIT}
"""
STANDARD = "      standard: {standard_result: result, test: test, unit: unit, table: conversions}\n"


def study(
    folder: Path, yields: str, lab: list[str], crf: list[str], subjects: str = "", lines: str = LINES, where: str = ""
) -> Path:
    """Source a: the laboratory. Source b: the thin form, whose rows yield."""
    lay_out(None, folder)
    (folder / "raw/lb.csv").write_text(HEADER + "".join(f"{r}\n" for r in lab))
    (folder / "raw/crf.csv").write_text(HEADER + "".join(f"{r}\n" for r in crf))
    (folder / "maps/subjects.csv").write_text("source,raw,term\n,001,001\n,002,002\n" + subjects)
    dm = "  demography:\n    from: dm\n    columns: {subject: {column: SUBJECT}, sex: {column: SEX}}\n"
    tables = "tables: {dm: {file: dm.csv}, lb: {file: lb.csv}}"
    (folder / "sources/a.yaml").write_text(
        f"source: a\n{tables}\nforms:\n{dm}  laboratory:\n    from: lb\n{where}{lines}"
    )
    (folder / "sources/b.yaml").write_text(
        f"source: b\ntables: {{crf: {{file: crf.csv}}}}\nforms:\n  laboratory:\n    from: crf\n    {yields}\n{lines}"
    )
    return folder


YIELDS = "yields_to: {source: a, same: [date, test], compare: [result], reason: the laboratory wins}"
DAYS = [f"001,{d:02}/07/2022" for d in range(1, 10)]


def built(folder: Path) -> Built:
    found, tables = load_with_tables(folder)
    return build_forms(found.files, tables)


def results(made: Built) -> list[str | None]:
    form = made.forms["laboratory"]
    values = decoded(form.columns["result"]).tolist()
    return [v for v, live in zip(values, form.live, strict=True) if live]


def conflicts(made: Built) -> list[str]:
    assert {o.code for o in made.issues} <= {"DATA054"}
    return [v for o in made.issues for v in decoded(o.value).tolist()]


def test_the_source_that_is_named_wins_and_what_has_no_partner_stays(tmp_path: Path) -> None:
    lab = [f"{DAYS[0]},HGB,145,g/L", f"{DAYS[1]},HGB,139.0,g/L", "002,01/07/2022,HGB,120,g/L"]
    crf = [
        f"{DAYS[0]},HGB,154,g/L",  # disagrees
        f"{DAYS[1]},HGB,139,g/L",  # the same number
        f"{DAYS[2]},HGB,141,g/L",  # no such day
        f"{DAYS[0]},WBC,5,g/L",  # no such test
        "002,02/07/2022,HGB,145,g/L",  # another subject's day
        "001,,HGB,133,g/L",  # no day: nobody knows whether it is the same fact
    ]
    made = built(study(tmp_path / "s", YIELDS, lab, crf))
    assert results(made) == ["145", "139.0", "120", "141", "5", "145", "133"]
    assert conflicts(made) == ["154, and 145 in lb.csv row 2"]
    [out] = [o for o in made.outcomes if o.reason.startswith("yields")]
    assert (out.fate, out.reason, out.rows.tolist()) == (
        Fate.LEFT_OUT,
        "yields to source a: the laboratory wins",
        [3, 4],
    )


def test_what_the_winner_lacks_is_a_conflict_and_what_the_other_lacks_is_none(tmp_path: Path) -> None:
    lab = [f"{DAYS[0]},HGB,,g/L", f"{DAYS[1]},HGB,139,g/L"]
    crf = [f"{DAYS[0]},HGB,154,g/L", f"{DAYS[1]},HGB,,g/L"]
    made = built(study(tmp_path / "s", YIELDS, lab, crf))
    assert results(made) == [None, "139"]
    assert conflicts(made) == ["154, and no value in lb.csv row 2"]


def test_of_several_rows_that_win_one_must_say_the_same(tmp_path: Path) -> None:
    lab = [f"{DAYS[0]},HGB,145,g/L", f"{DAYS[0]},HGB,154,g/L"]
    crf = [f"{DAYS[0]},HGB,154,g/L", f"{DAYS[0]},HGB,160,g/L"]
    made = built(study(tmp_path / "s", YIELDS, lab, crf))
    assert results(made) == ["145", "154"]
    assert conflicts(made) == ["160, and 145 in lb.csv row 2"]


def test_nothing_yields_to_a_row_that_is_not_submitted(tmp_path: Path) -> None:
    where = "    where: {unit: {NE: g/dL}}\n    reason: wrong unit\n"
    lab, crf = [f"{DAYS[0]},HGB,14.5,g/dL"], [f"{DAYS[0]},HGB,145,g/L"]
    made = built(study(tmp_path / "s", YIELDS, lab, crf, where=where))
    assert results(made) == ["145"] and conflicts(made) == []


def test_values_in_different_units_are_compared_as_standard_results(tmp_path: Path) -> None:
    lab = [f"{DAYS[0]},HGB,14.5,g/dL", f"{DAYS[1]},HGB,13.9,g/dL"]
    crf = [f"{DAYS[0]},HGB,145,g/L", f"{DAYS[1]},HGB,193,g/L"]
    folder = study(tmp_path / "s", YIELDS.replace("[result]", "[standard]"), lab, crf, lines=LINES + STANDARD)
    table = "test,unit,standard_unit,factor,decimals\nHGB,g/L,g/L,1,\nHGB,g/dL,g/L,10,0\n"
    (folder / "maps/conversions.csv").write_text(table)
    forms = folder / "forms.yaml"
    forms.write_text(forms.read_text().replace("result: text,", "result: text, standard: text,"))
    made = built(folder)
    assert results(made) == ["14.5", "13.9"]
    assert conflicts(made) == ["193, and 139 in lb.csv row 3"]


def moved(folder: Path) -> Path:
    """Subject 002 of site a is 501 at site b, whose export repeats one row; in b, 001 is somebody else: 003."""
    lab = [f"{DAYS[0]},HGB,145,g/L", "002,01/07/2022,HGB,120,g/L", "002,02/07/2022,HGB,121,g/L"]
    crf = [
        "501,01/07/2022,HGB,120.0,g/L",
        "501,02/07/2022,HGB,112,g/L",
        "501,03/07/2022,HGB,123,g/L",
        f"{DAYS[0]},HGB,99,g/L",
    ]
    out = study(folder, YIELDS, lab, crf, subjects="b,501,002\nb,001,003\n")
    (out / "raw/dm.csv").write_text("SUBJECT,SEX\n001,M\n002,F\n003,F\n")
    return out


def test_a_subject_who_moves_is_one_subject_and_a_number_means_what_its_source_says(tmp_path: Path) -> None:
    made = built(moved(tmp_path / "s"))
    assert results(made) == ["145", "120", "121", "123", "99"]
    assert conflicts(made) == ["112, and 121 in lb.csv row 4"]
    form = made.forms["laboratory"]
    who = [s for s, live in zip(decoded(form.columns["USUBJID"]), form.live, strict=True) if live]
    assert who == ["TINY-001", "TINY-002", "TINY-002", "TINY-002", "TINY-003"]


def run(folder: Path, out: Path, **how: int) -> Run:
    return convert(Order(folder, folder / "raw", out, fail_on="never", **how))


def hashes(out: Path) -> dict[str, str]:
    files = [*out.rglob("*.xpt"), *out.rglob("define.xml"), *(out / "run").glob("*.csv"), *out.rglob("*.parquet")]
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_ledger_closes_and_parts_make_the_same_bytes(tmp_path: Path) -> None:
    folder = moved(tmp_path / "s")
    run(folder, tmp_path / "one")
    fates = [(r["file"], r["row"], r["reason"]) for r in csv_rows(tmp_path / "one/run/ledger.csv") if r["row"]]
    why = "yields to source a: the laboratory wins"
    assert fates == [("crf.csv", "2", why), ("crf.csv", "3", why)]
    for parts in (3, 10):
        run(folder, tmp_path / f"parts{parts}", parts=parts)
        assert hashes(tmp_path / f"parts{parts}") == hashes(tmp_path / "one")


def test_the_order_of_the_rows_changes_nothing_that_is_submitted(tmp_path: Path) -> None:
    folder = moved(tmp_path / "s")
    run(folder, tmp_path / "one")
    for name in ("lb.csv", "crf.csv"):
        head, *rows = (folder / "raw" / name).read_text().splitlines()
        (folder / "raw" / name).write_text("\n".join([head, *reversed(rows)]) + "\n")
    run(folder, tmp_path / "two")
    for file in (tmp_path / "one").rglob("*.xpt"):
        assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()


def test_the_story_of_a_value_names_the_rows_that_yield_to_it(tmp_path: Path) -> None:
    folder = moved(tmp_path / "s")
    run(folder, tmp_path / "out")
    story = render_trace(
        trace_value(folder, tmp_path / "out", folder / "raw", ["LB", "USUBJID=TINY-002", "LBORRES=121", "LBORRES"])
    )
    told = [line.strip() for line in story.splitlines()]
    at = next(i for i, line in enumerate(told) if line.startswith("yields_to [sources/b.yaml:"))
    assert "agrees in date and test yields to this one: the laboratory wins" in told[at]
    rows = ["-> 1. lb.csv row 4: result '121'", "- 2. crf.csv row 3: result '112'"]
    assert told[at + 1 : at + 4] == ["DATA054: Two sources disagree", *rows]


def test_lineage_names_the_row_that_yields_and_the_one_that_won(tmp_path: Path) -> None:
    folder = moved(tmp_path / "s")
    run(folder, tmp_path / "out")
    links = pq.read_table(tmp_path / "out/run/lineage.parquet").to_pylist()
    (lost,) = (x for x in links if x["yields_to"] and (x["file"], x["row"]) == ("crf.csv", 3))
    assert (lost["fate"], lost["dataset"], lost["record"]) == ("not submitted", None, None)
    winner = (lost["origin"], lost["yields_to"], None)
    (won,) = (x for x in links if x["record"] and (x["origin"], x["origin_row"], x["variable"]) == winner)
    assert (won["dataset"], won["file"], won["row"]) == ("LB", "lb.csv", 4)


def test_with_one_source_the_one_to_which_it_yields_is_read_too(tmp_path: Path) -> None:
    folder = moved(tmp_path / "s")
    done = convert(Order(folder, folder / "raw", tmp_path / "out", sources=("b",), fail_on="never"))
    assert {t.source for t in done.tables} == {"a", "b"}
    shown = decoded(done.datasets["LB"].frame["LBORRES"].array).tolist()
    assert "112" not in shown


def test_a_chain_of_three_blocks(tmp_path: Path) -> None:
    """The thin form yields to the laboratory's preliminary dump, which yields to the final one."""
    folder = study(tmp_path / "s", YIELDS, [f"{DAYS[0]},HGB,1,g/L"], [f"{DAYS[0]},HGB,3,g/L"])
    (folder / "raw/first.csv").write_text(f"{HEADER}{DAYS[0]},HGB,2,g/L\n{DAYS[1]},HGB,5,g/L\n")
    a = (
        (folder / "sources/a.yaml")
        .read_text()
        .replace("lb: {file: lb.csv}", "lb: {file: lb.csv}, first: {file: first.csv}")
    )
    head, _, block = a.partition("  laboratory:\n")
    indented = block.replace("    from:", "  - from:", 1)
    early = "  - from: first\n    " + YIELDS.replace("source: a", "from: lb") + "\n" + LINES
    (folder / "sources/a.yaml").write_text(f"{head}  laboratory:\n{early}{indented}")
    made = built(folder)
    assert results(made) == ["5", "1"]
    assert sorted(conflicts(made)) == ["2, and 1 in lb.csv row 2", "3, and 1 in lb.csv row 2"]
