"""How sites write, as whole source files: wide visits, markers in result cells, one code with two meanings."""

from __future__ import annotations

from pathlib import Path

from cdisc_itp.build.forms import Built, build_forms
from cdisc_itp.model.column import decoded
from cdisc_itp.model.lineage import Fate
from cdisc_itp.pipeline import Order, convert
from tests.bad import lay_out, load_with_tables
from tests.tiny import csv_rows

FORMS = """\
demography:
  row: one subject
  columns: {subject: text, sex: text}
laboratory:
  row: one result of one test
  columns:
    subject: text
    visit: text
    date: date
    test: text
    result: text
    result_status: text
    result_reason: text
    unit: text
"""
WIDE = """\
source: "03"
tables: {dm: {file: dm.csv}, wide: {file: lb.csv}}
forms:
  demography:
    from: dm
    columns: {subject: {column: SUBJECT}, sex: {column: SEX, map: sex}}
  laboratory:
    from: wide
    unpivot:
      columns: "{visit}{test}"
      values: {visit: [筛选, 第1周, 第2周], test: [PLAT, HGB]}
      with: {date: "{visit}采样日期"}
    columns:
      subject: {column: 编号, pad: 3}
      visit: {column: $visit, map: visit_names}
      date: {column: $date, format: [excel_serial, yyyy年M月d日]}
      test: {column: $test}
      result: {column: $value, digits: ascii, missing: {未查: NOT DONE, 标本凝块: SAMPLE CLOTTED}}
      unit: [{constant: 10^9/L, when: {test: PLAT}}, {constant: g/L}]
"""
HEADER = "编号,筛选采样日期,筛选PLAT,筛选HGB,第1周采样日期,第1周PLAT,第1周HGB,第2周采样日期,第2周PLAT,第2周HGB"
ROWS = ["1,44747,９,１４５,2022年7月12日,标本凝块,140,,,", "2,44748,12,未查,,,,,,"]


def wide(folder: Path, header: str = HEADER) -> Path:
    lay_out(None, folder)
    (folder / "forms.yaml").write_text(FORMS, "utf-8")
    (folder / "sources/a.yaml").write_text(WIDE, "utf-8")
    (folder / "maps/visit_names.csv").write_text("raw,term\n筛选,SCR\n第1周,W1\n第2周,W2\n", "utf-8")
    with (folder / "sdtm/lb.yaml").open("a") as lines:
        lines.write(
            "  LBSPID: {assign: visit}\n  LBSTAT: {assign_ct: result_status}\n  LBREASND: {assign: result_reason}\n"
        )
    (folder / "maps/sex.csv").write_text("source,raw,term\n,1,M\n,2,F\n03,1,F\n03,2,M\n")
    (folder / "raw/dm.csv").write_text("SUBJECT,SEX\n001,1\n002,2\n")
    (folder / "raw/lb.csv").write_text("\n".join([header, *ROWS]) + "\n", "utf-8")
    return folder


def built(folder: Path) -> Built:
    study, tables = load_with_tables(folder)
    return build_forms(study.files, tables)


def test_a_wide_sheet_with_markers_in_its_cells(tmp_path: Path) -> None:
    made = built(wide(tmp_path / "s"))
    form = made.forms["laboratory"]
    names = ("subject", "visit", "date", "test", "result", "result_status", "result_reason", "unit")
    rows = list(zip(*(decoded(form.columns[n]) for n in names), strict=True))
    assert [r for r, live in zip(rows, form.live, strict=True) if live] == [
        ("001", "SCR", "2022-07-05", "PLAT", "9", None, None, "10^9/L"),
        ("001", "SCR", "2022-07-05", "HGB", "145", None, None, "g/L"),
        ("001", "W1", "2022-07-12", "PLAT", None, "NOT DONE", "SAMPLE CLOTTED", "10^9/L"),
        ("001", "W1", "2022-07-12", "HGB", "140", None, None, "g/L"),
        ("002", "SCR", "2022-07-06", "PLAT", "12", None, None, "10^9/L"),
        ("002", "SCR", "2022-07-06", "HGB", None, "NOT DONE", None, "g/L"),
    ]
    assert made.issues == []


def test_visits_without_a_value_are_counted_and_make_no_noise(tmp_path: Path) -> None:
    folder = wide(tmp_path / "s")
    [out] = built(folder).outcomes
    assert (out.fate, out.reason, len(out.rows)) == (Fate.LEFT_OUT, "no value in the cell", 6)
    convert(Order(folder, folder / "raw", tmp_path / "out", fail_on="never"))
    ledger = [r for r in csv_rows(tmp_path / "out/run/ledger.csv") if r["reason"] == "no value in the cell"]
    assert [(r["unit"], r["count"]) for r in ledger] == [("form row", "6")]
    assert not [r for r in csv_rows(tmp_path / "out/run/issues.csv") if r["file"] == "lb.csv"]


def test_one_code_means_what_its_source_says(tmp_path: Path) -> None:
    folder = wide(tmp_path / "s")
    (folder / "raw/other.csv").write_text("SUBJECT,SEX\n003,1\n004,2\n")
    (folder / "sources/b.yaml").write_text(
        'source: "04"\ntables: {dm: {file: other.csv}}\nforms:\n  demography:\n    from: dm\n'
        "    columns: {subject: {column: SUBJECT}, sex: {column: SEX, map: sex}}\n"
    )
    form = built(folder).forms["demography"]
    assert decoded(form.columns["sex"]).tolist() == ["F", "M", "M", "F"]
