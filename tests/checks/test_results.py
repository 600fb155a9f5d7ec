"""The codelist of a result is for words (SDTMIG 3.4, 4.5.1): numbers and limits are none of its terms."""

from __future__ import annotations

import re
from pathlib import Path

from .study import write_study
from .written import Written


def test_only_words_of_a_result_are_held_against_its_codelist(tmp_path: Path) -> None:
    write_study(tmp_path)
    w = Written(tmp_path)
    w.dataset("LB", lambda d: d.set("LBSTRESC", "POSITIVE", "HIGH", "< 2.0", "31.5"))
    define = (tmp_path / "define.xml").read_text("utf-8")
    item = re.search(r'<ItemDef OID="IT\.LB\.LBSTRESC".*?</Description>', define, re.DOTALL)
    assert item is not None
    w.define(item.group(), f'{item.group()}\n<CodeListRef CodeListOID="CL.NRIND"/>')
    assert [(f.record, f.value) for f in w.judge(["DEF150"]).findings] == [(1, "POSITIVE")]
