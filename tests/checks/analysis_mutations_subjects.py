"""Mutations of ADSL, of flags, names and dates."""

from __future__ import annotations

from .analysis_study import NAME, at
from .analysis_written import AnalysisWritten, add, change, mutate, put, put_beside, put_day, rename, twice, without
from .written import Draft

S6 = f"{NAME}-006"

mutate("ADS101", "subject twice", twice("ADSL", 3), also="ADN114 DEF131 KEY101")
mutate("ADS102", "subject unknown to DM", put_beside("DM", "USUBJID", S6, row=3), also="ADS103")
mutate("ADS103", "assigned and left out", put_beside("DM", "ARMCD", "PBO", row=4))
mutate("ADS104", "age of another", put("ADSL", "AGE", 31.0), also="ADM105")
mutate("ADS105", "record of a stranger", put("ADTTE", "USUBJID", S6, row=3))
mutate("ADS106", "another first dose", put_day("ADLB", "TRTSDT", "2022-03-08"), also="ADM105")
mutate("ADS107", "no population flag", without("ADSL", "SAFFL", "ITTFL", "RANDFL", "DTHFL"), also="ADM104 DEF123")
mutate("ADS108", "safety without treatment", put("ADSL", "TRT01A", None), put("ADSL", "TRT01AN", None))
mutate("ADS109", "randomized to nothing", put("ADSL", "TRT01P", None), put("ADSL", "TRT01PN", None))
mutate("ADS110", "safety without a dose", put("ADSL", "SAFFL", "Y", row=3), put("ADSL", "TRT01A", "Placebo", row=3))
mutate("ADS111", "old among the young", put("ADSL", "AGE", 75.0, row=1), put_beside("DM", "AGE", 75.0, row=1))
mutate("ADS112", "dead without a day", put("ADSL", "DTHFL", "Y"))
mutate("ADS113", "completed for a reason", put("ADSL", "DCSREAS", "DEATH"))
mutate("ADS114", "randomized on no day", put("ADSL", "RANDDT", None))
mutate("ADS115", "site in two groups", put("ADSL", "SITEGR1", "02", row=1))
mutate("ADS116", "longer than the days", put("ADSL", "TRTDURD", 90.0))
mutate("ADS117", "age in no unit", put("ADSL", "AGEU", None), put_beside("DM", "AGEU", None))

mutate("ADF101", "population unknown", put("ADSL", "ITTFL", None))
mutate("ADF102", "record flag N", put("ADLB", "ANL01FL", "N", row=5))
mutate("ADF103", "perhaps", put("ADAE", "PREFL", "U", row=2))
mutate("ADF104", "flag of 2", put("ADLB", "CRIT1FN", 2.0, row=4), also="ADF105")
mutate("ADF105", "Y and 0", put("ADLB", "CRIT1FN", 0.0, row=4))
mutate(
    "ADF106",
    "number alone",
    add("ADLB", "ABLFN", "Baseline Record Flag (N)", *[1.0] * 8, numeric=True),
    without("ADLB", "ABLFL"),
    also="DEF122 DEF123",
)
mutate("ADF107", "two last values", put("ADLB", "LVOTFL", "Y", row=0))
mutate(
    "ADF108",
    "flag of numbers",
    without("ADAE", "PREFL"),
    add("ADAE", "PREFL", "Pre-Treatment Flag", 1.0, None, None, None, numeric=True),
    also="DEF124 DEF140",
)


def reverse(d: Draft) -> None:
    for values in d.cells.values():
        values.reverse()


def another_name(d: Draft) -> None:
    d.name = "LBANA"


def renamed(w: AnalysisWritten) -> None:
    w.dataset("ADLB", another_name, "lbana.xpt")
    (w.folder / "adlb.xpt").unlink()


mutate(
    "ADN101",
    "no AD",
    renamed,
    also="ADX101 DEF104 DEF120 DEF121",
)
mutate("ADN102", "no planned treatment", without("ADSL", "TRT01P"), also="ADN107 DEF123")
mutate("ADN103", "no parameter", put("ADRS", "PARAM", None))
mutate("ADN104", "own label", change("ADLB", "CHG", label="Change"), also="DEF126")
mutate(
    "ADN105",
    "visit number as text",
    without("ADLB", "AVISITN"),
    add("ADLB", "AVISITN", "Analysis Visit (N)", *"04048904"),
    also="DEF124 DEF140",
)
mutate(
    "ADN106",
    "date as text",
    without("ADRS", "ADT"),
    add("ADRS", "ADT", "Analysis Date", *["2022-05-04"] * 3),
    also="ADN109 DEF124 DEF140",
)
mutate("ADN107", "number without text", without("ADAE", "TRTA"), also="DEF123")
mutate("ADN108", "period 1", rename("ADSL", "TRT01A", "TRT1A"), also="ADN107 DEF122 DEF123")
mutate(
    "ADN109",
    "two types",
    without("ADRS", "SRCSEQ"),
    add("ADRS", "SRCSEQ", "Source Sequence Number", *"542"),
    also="ADN105 ADX103 DEF140",
)
mutate("ADN110", "two labels", change("ADRS", "SRCDOM", label="Source Dataset"), also="ADN104 DEF126")
mutate("ADN111", "no value", without("ADRS", "AVAL", "AVALC"), also="DEF123")
mutate("ADN112", "out of order", lambda w: w.dataset("ADRS", reverse))
mutate("ADN113", "count twice", put("ADLB", "ASEQ", 3.0, row=3))
mutate("ADN114", "same record", twice("ADRS", 2), also="KEY101")
mutate("ADN115", "label of its own", change("ADSL", "SITEID", label="Site"), also="ADN104 DEF126")

mutate("ADD101", "half a day", put("ADSL", "DTHDT", 22_784.5, row=1), also="DEF141 DEF142")
mutate("ADD102", "year 4000", put("ADSL", "RANDDT", 800_000.0), also="DEF142")
mutate("ADD103", "25 hours", put("ADSL", "TRTSTM", 90_000.0))
mutate("ADD104", "time of another day", put("ADSL", "TRTSDTM", at("2022-03-11T08:00"), row=1))
mutate("ADD105", "time of another hour", put("ADSL", "TRTSDTM", at("2022-03-10T09:00"), row=1))
mutate("ADD106", "datetime alone", put("ADSL", "TRTSDTM", at("2022-03-12T08:00"), row=3))
mutate(
    "ADD107",
    "nothing imputed",
    put("ADAE", "ASTDTF", "D", row=1),
    put("ADAE", "ASTDT", None, row=1),
    put("ADAE", "ASTDY", None, row=1),
    also="ADD111 ADN112 DEF129",
)
mutate("ADD108", "hour of a date", put("ADAE", "ASTDTF", "H", row=2), also="ADC101 ADD110")
mutate(
    "ADD109",
    "another month",
    put_day("ADAE", "ASTDT", "2022-05-01", row=2),
    put("ADAE", "ASTDY", 54.0, row=2),
    also="ADD114 ADO108",
)
mutate("ADD110", "imputed in secret", put("ADAE", "ASTDTF", None, row=2), also="DEF132")
mutate("ADD111", "flagged though known", put("ADAE", "ASTDTF", "D", row=1))
mutate("ADD112", "day off by one", put("ADLB", "ADY", 30.0, row=3), put("ADLB", "AWTDIFF", 1.0, row=3))
mutate("ADD113", "day 0", put("ADAE", "ASTDY", 0.0, row=1), also="ADD112")
mutate(
    "ADD114",
    "ends before it starts",
    put_day("ADAE", "AENDT", "2022-03-10", row=1),
    put("ADAE", "AENDY", 2.0, row=1),
    also="ADD109 ADO108",
)
mutate("ADD115", "last dose first", put_day("ADSL", "TRTEDT", "2022-03-01"), also="ADD116 ADS116")
mutate("ADD116", "another last dose than in DM", put_day("ADSL", "TRTEDT", "2022-06-01"))
mutate("ADD117", "date without format", change("ADRS", "ADT", display_format=None))
mutate("ADD118", "treated after death", put_day("ADSL", "DTHDT", "2022-05-01", row=1))

mutate("ADR101", "no ADSL", lambda w: (w.folder / "adsl.xpt").unlink(), also="ADM104 ADX101 DEF104 DEF121")
mutate("ADR102", "no define.xml", lambda w: (w.folder / "define.xml").unlink())
mutate("ADR103", "no study start", put_beside("TS", "TSVAL", None))
