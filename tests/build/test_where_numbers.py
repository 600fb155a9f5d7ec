"""A form column of kind number is compared as a number, however its digits are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.build.datasets import build_datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.column import decoded
from tests.bad import lay_out, load_with_tables

DOSES = ["5", "5.0", "05.00", "6", ""]


def kept(tmp_path: Path, where: str, place: str) -> list[str]:
    """The tests whose dose meets a condition that stands in a source file, with records, or with a line."""
    folder = lay_out(None, tmp_path / "study")
    forms, source, lb = folder / "forms.yaml", folder / "sources" / "a.yaml", folder / "sdtm" / "lb.yaml"
    forms.write_text(forms.read_text().replace("unit: text}", "unit: text, dose: number}"))
    source.write_text(source.read_text() + "      dose: {column: DOSE}\n")
    text = lb.read_text() + "supplemental: {LBDOSE: {assign_number: dose, label: Dose}}\n"
    if place == "source":
        source.write_text(source.read_text().replace("from: lb\n", f"from: lb\n    where: {where}\n    reason: r\n"))
    if place == "records":
        text = text.replace("{from: laboratory}", f"{{from: laboratory, where: {where}, reason: r}}")
    if place == "line":
        text = text.replace("{assign: result}", f"{{assign: result, when: {where}}}")
    lb.write_text(text)
    if place == "look-up":
        dm = folder / "sdtm" / "dm.yaml"
        dm.write_text(dm.read_text().replace('{hardcode: "01"}', f"{{first: laboratory.result, where: {where}}}"))
    rows = [f"00{i},05/07/2022,T{i},r{i},g/L,{dose}" for i, dose in enumerate(DOSES, 1)]
    (folder / "raw" / "lb.csv").write_text("SUBJECT,DATE,TEST,RESULT,UNIT,DOSE\n" + "\n".join(rows) + "\n")
    (folder / "raw" / "dm.csv").write_text("SUBJECT,SEX\n" + "".join(f"00{i},Male\n" for i in range(1, 6)))
    study, tables = load_with_tables(folder)
    frames = build_datasets(study, build_forms(study.files, tables).forms).frames
    column = frames["DM"]["SITEID"] if place == "look-up" else frames["LB"]["LBORRES"]
    return [v for v in decoded(column.array).tolist() if v is not None]


@pytest.mark.parametrize("place", ["source", "records", "line", "look-up"])
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{dose: 5}", ["r1", "r2", "r3"]),
        ("{dose: [5.000, 7]}", ["r1", "r2", "r3"]),
        ("{dose: {NE: 5}}", ["r4", "r5"]),
        ("{dose: {NOTIN: [5, 6]}}", ["r5"]),
        ("{dose: {GT: 5}}", ["r4"]),
    ],
)
def test_compared_as_numbers(tmp_path: Path, where: str, expected: list[str], place: str) -> None:
    assert kept(tmp_path, where, place) == expected
