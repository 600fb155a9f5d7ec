"""Text over 200 bytes: the first part in the variable, the rest in SUPP--, whatever the parts of the study."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.build.datasets import Datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.build.long_text import split_column, with_continued
from cdisc_itp.build.partition import build_study
from cdisc_itp.model.column import collect_text, decoded
from cdisc_itp.spec.study import Study
from tests.bad import lay_out, load_with_tables

LONG = " ".join(["specimen was drawn again"] * 20)


def built(folder: Path, result: str, parts: int = 1, spec: str = "") -> tuple[Study, Datasets]:
    """The tiny study with another first result."""
    lay_out(None, folder)
    raw, lb = folder / "raw" / "lb.csv", folder / "sdtm" / "lb.yaml"
    raw.write_text(raw.read_text().replace("145", result))
    lb.write_text(lb.read_text() + spec)
    study, tables = load_with_tables(folder)
    return study, build_study(study, build_forms(study.files, tables).forms, parts)


def cells(made: Datasets, dataset: str, variable: str) -> list[object]:
    found: list[object] = decoded(made.frames[dataset][variable].array).tolist()
    return found


@pytest.mark.parametrize("parts", [1, 3])
def test_the_rest_is_in_qualifiers(tmp_path: Path, parts: int) -> None:
    study, made = built(tmp_path / "s", LONG, parts)
    qualifiers = cells(made, "SUPPLB", "QVAL")
    assert cells(made, "SUPPLB", "QNAM") == ["LBORRES1", "LBORRES2"]
    assert cells(made, "SUPPLB", "QLABEL") == ["Result or Finding in Original Units"] * 2
    assert cells(made, "SUPPLB", "QORIG") == ["Collected"] * 2
    first, other = cells(made, "LB", "LBORRES")
    assert (" ".join(map(str, [first, *qualifiers])), other) == (LONG, "140")
    assert max(len(str(part)) for part in [first, *qualifiers]) <= 200
    (level,) = with_continued(study.datasets["LB"], made.frames["SUPPLB"]).value_level
    assert [(i.name, i.origin and i.origin.type) for i in level.items] == [
        (n, "Collected") for n in ("LBORRES1", "LBORRES2")
    ]


def test_without_long_text_there_is_no_supplemental_dataset(tmp_path: Path) -> None:
    assert "SUPPLB" not in built(tmp_path / "s", "145")[1].frames


def test_a_supplemental_value_goes_on_too(tmp_path: Path) -> None:
    spec = "supplemental:\n  LBNOTE: {assign: result, label: Note}\n"
    _, made = built(tmp_path / "s", LONG, spec=spec)
    found = list(zip(cells(made, "SUPPLB", "QNAM"), cells(made, "SUPPLB", "QLABEL"), strict=True))
    notes = [(n, label) for n, label in found if str(n).startswith("LBNOTE")]
    assert notes == [("LBNOTE", "Note"), ("LBNOTE1", "Note"), ("LBNOTE2", "Note"), ("LBNOTE", "Note")]


def test_a_name_that_is_taken_leaves_the_text_out(tmp_path: Path) -> None:
    spec = "supplemental:\n  LBORRES2: {assign: unit, label: Unit}\n"
    _, made = built(tmp_path / "s", LONG, spec=spec)
    assert [o.code for o in made.issues] == ["DATA071"]
    assert cells(made, "LB", "LBORRES") == [None, "140"]


def test_what_has_no_blank_or_no_sign_stays_whole() -> None:
    column = collect_text(["x" * 201, "\u9ad8 " * 150, "short", None])
    assert split_column(column, "ascii") is None
    parts = split_column(column, "utf-8")
    assert parts is not None
    assert [v and len(v.encode()) for v in decoded(parts[0]).tolist()] == [201, 199, 5, None]
