"""What the standards allow though it looks wrong: the rule judges it and is silent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .study import write_study
from .written import Draft, Written

Change = Callable[[Draft], None]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_study(folder)
    return folder


def put(name: str, *values: str | float | None, row: int = 0) -> Change:
    return lambda d: d.set(name, *values, row=row)


def several(*changes: Change) -> Change:
    def change(d: Draft) -> None:
        for each in changes:
            each(d)

    return change


def add(name: str, label: str, *values: str | float | None, numeric: bool = False) -> Change:
    return lambda d: d.add(name, label, list(values), numeric)


ALLOWED = [
    # A grade or a criterion that was not collected contradicts nothing; events of a month may be two.
    ("EVT107", "AE", several(put("AETOXGR", None, row=2), put("AESDTH", None, row=2))),
    ("EVT108", "AE", several(put("AETERM", "BRUISE"), put("AESTDTC", "2022-05-18", row=1))),
    ("EVT106", "AE", put("AETOXGR", None)),
    # What was specified beside OTHER; a category that another dataset's term has; no category at all; a sign in a text.
    ("CAT101", "AE", put("AETERM", "OTHER HEADACHE")),
    ("CAT102", "DS", put("DSSCAT", "DISPOSITION")),
    ("CAT103", "DS", several(put("DSCAT", None), put("DSSCAT", None))),
    ("SUPP109", "SUPPAE", put("QNAM", "ITTFOUND")),
    ("XPT117", "AE", put("AETERM", "...")),
    # Several races: the races themselves are in SUPPDM (SDTMIG 3.4, DM and 4.2.8.3).
    ("CT101", "DM", put("RACE", "MULTIPLE")),
    # Results are no terms, and neither are limits of detection.
    ("CT102", "LB", put("LBSTRESC", "< 0.05", "1e3", "+7.5")),
    # An interval of uncertainty, a component that is not known, a duration from a date (SDTMIG 3.4, 4.4.2).
    ("ISO101", "LB", put("LBDTC", "2022-03-01/2022-03-09", "2022---05", "2022-03-09/P1D", "2022-03-09T-:30")),
    ("ISO102", "AE", put("AEDUR", "-PT15M", "P1Y2M", "P0.5Y")),
    ("ISO103", "DM", put("AGE", 0.0)),
    # An age in days may be a large number.
    ("ISO103", "DM", several(put("AGE", 400.0), put("AGEU", "DAYS"))),
    # Times do not count for the study day, and neither do partial reference dates.
    ("TIM101", "LB", put("LBDTC", "2022-03-05T23:59")),
    ("TIM101", "DM", put("RFSTDTC", "2022-03")),
    # A month that ends after it began; a time of the same day that is not known at the end; another time zone.
    ("TIM105", "AE", several(put("AESTDTC", "2022-03"), put("AEENDTC", "2022"))),
    ("TIM105", "AE", several(put("AESTDTC", "2022-03-12T08:30"), put("AEENDTC", "2022-03-12"))),
    ("TIM105", "AE", several(put("AESTDTC", "2022-03-13T01:00+08:00"), put("AEENDTC", "2022-03-12T20:00Z"))),
    ("TIM105", "AE", put("AEENDTC", None, None, None)),
    ("TIM106", "LB", several(put("VISITNUM", 1.01, 1.02), put("VISIT", "UNSCHEDULED", "UNSCHEDULED"))),
    # Treated otherwise than planned: the planned and the actual arm differ, the pairs are whole.
    ("SUB103", "DM", several(put("ACTARMCD", "PBO"), put("ACTARM", "Placebo"))),
    # Assigned, but never treated: no actual arm, and the reason.
    ("SUB105", "DM", several(put("ACTARMCD", None), put("ACTARM", None), put("ARMNRS", "ASSIGNED, NOT TREATED"))),
    ("SUB106", "DM", several(put("ACTARMCD", None), put("ACTARM", None), put("ARMNRS", "ASSIGNED, NOT TREATED"))),
    # The last dose has no end: its start counts.
    ("SUB110", "EX", several(put("EXSTDTC", "2022-04-05", row=1), put("EXENDTC", None, row=1))),
    # A dose whose date is not known to the day: the first dose cannot be told.
    ("SUB109", "EX", put("EXSTDTC", "2022-03")),
    ("FND101", "LB", several(put("LBSTRESC", "25.10"), put("LBSTRESN", 25.1))),
    ("FND102", "LB", several(put("LBSTRESC", "NEGATIVE"), put("LBSTRESN", None))),
    # No unit anywhere: a test without unit (a ratio, a score).
    ("FND104", "LB", several(*(put(n, *[None] * 2) for n in ("LBORRESU", "LBSTRESU")), put("LBTESTCD", "INR", "INR"))),
    # The same test in another specimen has a unit of its own.
    ("FND105", "LB", several(put("LBSTRESU", "mg/dL", "mg/dL"), put("LBSPEC", "URINE", "URINE"))),
    ("FND106", "LB", put("LBNRIND", "LOW LOW", row=2)),
    ("FND106", "LB", several(put("LBORRES", "<50"), put("LBNRIND", "HIGH"))),
    ("FND106", "LB", several(put("LBORNRLO", None), put("LBORRES", "1"), put("LBNRIND", "NORMAL"))),
    ("FND107", "LB", several(put("LBORRES", "<50"), put("LBNRIND", None))),
    ("FND109", "LB", put("LBTESTCD", "A_LT")),
    (
        "FND112",
        "LB",
        several(put("LBSTAT", None, row=5), add("LBDRVFL", "Derived Flag", *[None] * 5, "Y", *[None] * 3)),
    ),
    # Derived: a standard result with its unit, and nothing collected.
    ("FND114", "LB", several(put("LBORRES", None), put("LBORRESU", None), put("LBSTRESC", "25"))),
    # Two positions, two last observations.
    ("FND120", "LB", several(put("LBLOBXFL", "Y", row=2), add("LBPOS", "Position", *"AABCAAAAA"))),
    # On the day of the first dose, without a time: it may have been before it.
    ("FND121", "LB", put("LBDTC", "2022-03-09T23:59")),
    ("FND122", "LB", several(put("LBORRES", None, row=2), put("LBSTRESC", None, row=2))),
    ("SUPP103", "RELREC", put("IDVARVAL", None, None)),
    ("KEY102", "RELREC", put("USUBJID", None, None)),
    # A relation of datasets: no subject, no value.
    ("SUPP108", "RELREC", several(put("USUBJID", None, None), put("IDVARVAL", None, None))),
    # Datasets as a whole, and nothing else.
    ("REL101", "RELREC", several(lambda d: d.delete_record(0), lambda d: d.delete_record(0))),
    # A number that two subjects have; records without an identifier.
    ("REL102", "RELREC", several(put("IDVAR", "LBSEQ", row=3), put("RELTYPE", "ONE", row=3))),
    ("REL102", "RELREC", several(put("IDVAR", "LBREASND", row=3), put("RELTYPE", "ONE", row=3))),
    # A third dataset shares with one of two.
    ("REL103", "RELREC", lambda d: d.copy_record(3, RDOMAIN="EX", IDVAR="EXSEQ")),
    # Related as a whole: every record is, and one without a partner is no trouble.
    ("REL104", "RELREC", put("IDVAR", "LBLNKID", row=3)),
    ("SUPP105", "SUPPAE", several(put("QNAM", "AESITE2"), put("QLABEL", "Site of Bleeding"))),
    ("XPT104", "EX", put("EXTRT", None, None, "PLACEBO")),
    ("STR105", "AE", add("AELOC", "Location of Event", "HEAD", "HEAD", "HEAD")),
    ("STR107", "AE", add("AESTRTPT", "Start Relative to Reference Time Point", *["BEFORE"] * 3)),
]


@pytest.mark.parametrize(("rule", "dataset", "change"), ALLOWED, ids=[f"{i}-{a[0]}" for i, a in enumerate(ALLOWED)])
def test_the_rule_is_silent(rule: str, dataset: str, change: Change, base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    w.dataset(dataset, change)
    result = w.judge([rule])
    assert [f.message for f in result.findings] == []
    assert result.ran == (rule,)


def test_define_may_hold_terms_that_the_data_do_not(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    w.dataset("AE", lambda d: d.set("AESEV", "MILD", row=2))
    assert w.judge(["DEF150", "CT101"]).findings == ()


def test_multiple_is_no_extension(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    asian = '<EnumeratedItem CodedValue="ASIAN">'
    w.define(asian, f'<EnumeratedItem CodedValue="MULTIPLE"/>\n{asian}')
    assert w.judge(["DEF151", "DEF152"]).findings == ()


def test_a_declared_extension_is_a_term(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    w.dataset("EX", lambda d: d.set("EXDOSFRM", "SPOON", row=2))
    assert [f.record for f in w.judge(["CT102"]).findings] == [3]
    tablet = '<EnumeratedItem CodedValue="TABLET">'
    w.define(tablet, f'<EnumeratedItem CodedValue="SPOON" def:ExtendedValue="Yes"/>\n{tablet}')
    assert w.judge(["CT102", "DEF150", "DEF151", "DEF152", "DEF153"]).findings == ()


def test_a_dataset_of_the_sponsors_own_is_judged_by_its_class(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path, dirs_exist_ok=True)
    w = Written(tmp_path)
    w.define('OID="IG.AE" Name="AE" Domain="AE"', 'OID="IG.XA" Name="XA" Domain="XA"')

    def own(d: Draft) -> None:
        d.name, d.label = "XA", "Things of Our Own"
        for v in list(d.variables):
            if v.name.startswith("AE"):
                d.change(v.name, name=f"XA{v.name[2:]}")
        d.set("DOMAIN", "XA", "XA", "XA")
        for name in ("XASER", "XAACN"):
            d.change(name, label="x")

    w.dataset("AE", own, "xa.xpt")
    (tmp_path / "ae.xpt").unlink()
    result = w.judge(["STR101", "STR107", "STR108", "STR106", "STR111", "KEY102"])
    assert result.findings == ()
    w.dataset("XA", lambda d: d.add("XAFOO", "Foo", ["x"] * 3))
    assert [f.variable for f in w.judge(["STR107"]).findings] == ["XAFOO"]
