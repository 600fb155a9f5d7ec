"""A record whose topic the files cannot hold is rejected, with the one issue that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.column import decoded
from cdisc_itp.model.lineage import Fate
from cdisc_itp.pipeline import Order, Run, convert
from tests.bad import lay_out

EVENTS = """\
dataset: AE
records: [{from: laboratory}]
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
variables:
  AETERM: {assign: result}
  AEDECOD: {assign: unit}
  AEOUT: {assign_ct: test}
  AESTDTC: {assign_datetime: date}
"""


def run(folder: Path, results: list[str], term: str = "{column: RESULT}", terms: str = "") -> Run:
    """The small study, with an adverse event for each of its two results."""
    study = lay_out(None, folder / "study")
    (study / "sdtm/lb.yaml").unlink()
    (study / "sdtm/ae.yaml").write_text(EVENTS, "utf-8")
    if "map: terms" in term:
        (study / "maps/terms.csv").write_text("raw,term\nFever,Fever\n" + terms, "utf-8")
    source = study / "sources/a.yaml"
    source.write_text(source.read_text("utf-8").replace("{column: RESULT}", term), "utf-8")
    rows = [f"001,05/07/2022,RECOVERED/RESOLVED,{result},unit\n" for result in results]
    (study / "raw/lb.csv").write_text("SUBJECT,DATE,TEST,RESULT,UNIT\n" + "".join(rows), "utf-8")
    return convert(Order(study, study / "raw", folder / "out", fail_on="never"))


def told(done: Run, variable: str = "AETERM") -> list[tuple[str, str, int | None]]:
    return [(i.code, i.value, i.row) for i in done.issues if (i.dataset, i.variable) == ("AE", variable)]


@pytest.mark.parametrize(("code", "text"), [("DATA070", "耳鸣"), ("DATA071", "a" * 201)])
def test_a_topic_that_cannot_be_written_rejects_the_record(tmp_path: Path, code: str, text: str) -> None:
    done = run(tmp_path, [text, "Fever"])
    assert decoded(done.datasets["AE"].frame["AETERM"].array).tolist() == ["Fever"]
    assert [(c, row) for c, _, row in told(done)] == [(code, 2)]
    fates = done.ledger.fates_of("laboratory").tolist()
    assert fates == [int(Fate.REJECTED), int(Fate.SUBMITTED)]
    (reason,) = {done.ledger.reasons[r] for r in done.ledger.reason[done.ledger.fate == int(Fate.REJECTED)]}
    assert reason == code


def test_the_remedy_names_the_map_through_which_the_text_came(tmp_path: Path) -> None:
    term = "{column: RESULT, map: terms, otherwise: keep}"
    done = run(tmp_path / "one", ["耳鸣", "Fever"], term)
    (found,) = (i for i in done.issues if i.code == "DATA070")
    assert (found.remedy, found.add) == ("Add a row to maps/terms.csv (raw,term).", "耳鸣,<term>")
    mended = run(tmp_path / "two", ["耳鸣", "Fever"], term, found.add.replace("<term>", "Ringing in ears") + "\n")
    assert told(mended) == []
    assert sorted(decoded(mended.datasets["AE"].frame["AETERM"].array)) == ["Fever", "Ringing in ears"]


def test_a_term_of_the_map_itself_that_cannot_be_written_is_mended_there(tmp_path: Path) -> None:
    done = run(tmp_path, ["x", "Fever"], "{column: RESULT, map: terms, otherwise: keep}", "x,耳鸣\n")
    (found,) = (i for i in done.issues if i.code == "DATA070")
    assert found.add == ""
    assert "maps/terms.csv" in found.remedy
