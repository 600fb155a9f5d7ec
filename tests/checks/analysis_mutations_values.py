"""Mutations of parameters, baselines, criteria, windows, occurrences, times and sources."""

from __future__ import annotations

from .analysis_written import add, mutate, put, put_beside, put_day, twice, without, without_record

mutate("ADP101", "two names", put("ADLB", "PARAM", "Platelets", row=7), also="ADM109")
mutate("ADP102", "two numbers", put("ADLB", "PARAMN", 3.0, row=7))
mutate("ADP103", "code with a blank", put("ADRS", "PARAMCD", "RSP VIS", row=1), also="DEF150 DEF160 DEF163")
mutate("ADP104", "two categories", put("ADLB", "PARCAT1", "CHEMISTRY", row=7))
mutate("ADP105", "two texts", put("ADRS", "AVALC", "Y", row=2))
mutate("ADP106", "two visit numbers", put("ADLB", "AVISITN", 5.0, row=7))
mutate("ADP107", "two treatment numbers", put("ADLB", "TRTPN", 1.0, row=7))
mutate("ADP108", "two group numbers", put("ADSL", "AGEGR1N", 1.0, row=3))
mutate("ADP109", "value in two categories", put("ADLB", "BASECAT1", "> 40", row=4), also="ADB106")
mutate(
    "ADP110",
    "category of nothing",
    put("ADLB", "AVAL", None, row=1),
    put("ADLB", "AVALC", None, row=1),
    also="ADB107 ADB108 ADB109 ADB110 ADB118 ADB119",
)
mutate("ADP111", "range upside down", put("ADLB", "A1LO", 200.0, row=1), also="DEF142")
mutate(
    "ADP112",
    "categories overlap",
    put("ADLB", "AVALCAT1", "> 40", row=6),
    put("ADLB", "AVALCA1N", 2.0, row=6),
    also="ADB106",
)

mutate("ADB101", "two baselines", put("ADLB", "ABLFL", "Y", row=1), put("ADLB", "BASETYPE", "DAY 1"))
mutate(
    "ADB102",
    "baseline of another",
    put("ADLB", "BASE", 30.0, 30.0),
    put("ADLB", "BASEC", "25"),
    also="ADB107 ADB108 ADB109 ADB118 ADB119",
)
mutate("ADB103", "no record flagged", put("ADLB", "ABLFL", None, row=6))
mutate(
    "ADB104",
    "baseline varies",
    put("ADLB", "BASE", 21.0, row=4),
    put("ADLB", "CHG", 39.0, row=4),
    also="ADB102 ADB108 ADB109 ADB118 ADB119",
)
mutate(
    "ADB105",
    "nothing flagged",
    put("ADLB", "AVAL", None, row=6),
    put("ADLB", "AVALC", None, row=6),
    also="ADB102 ADB110 ADP110",
)
mutate("ADB106", "indicator of another", put("ADLB", "BNRIND", "HIGH", row=0))
mutate("ADB107", "change miscounted", put("ADLB", "CHG", 24.0, row=1))
mutate("ADB108", "percent miscounted", put("ADLB", "PCHG", 99.0, row=1))
mutate("ADB109", "ratio miscounted", put("ADLB", "R2BASE", 2.5, row=1))
mutate("ADB110", "ratio to the limit miscounted", put("ADLB", "R2A1HI", 1.5, row=1))
mutate(
    "ADB111", "change of what", add("ADRS", "CHG", "Change from Baseline", 1.0, None, None, numeric=True), also="DEF122"
)
mutate("ADB112", "shift of another", put("ADLB", "SHIFT1", "HIGH to LOW", row=1), also="XPT104")
mutate(
    "ADB113",
    "derived from nothing",
    put("ADLB", "AVAL", None, row=5),
    put("ADLB", "AVALC", None, row=5),
    also="ADB107 ADB108 ADB109 ADB110 ADB118 ADB119 ADP110 ADW104",
)
mutate("ADB114", "indicator beside the range", put("ADLB", "ANRIND", "NORMAL", row=1), also="ADB112")
mutate(
    "ADB115",
    "baseline after the dose",
    put("ADLB", "BASETYPE", *[None] * 8),
    put("ADLB", "ABLFL", None, "Y"),
    also="ADB102 ADB106 ADB117 DEF132 XPT104",
)
mutate(
    "ADB116",
    "on treatment too early",
    put_day("ADLB", "ADT", "2022-03-01"),
    put("ADLB", "ADY", -8.0),
    also="ADD109 ADW107 ADW108",
)
mutate("ADB117", "baseline of no type", put("ADLB", "BASETYPE", None), also="ADB103")
mutate("ADB118", "change to baseline miscounted", put("ADLB", "BCHG", 24.0, row=1))
mutate("ADB119", "percent to baseline miscounted", put("ADLB", "PBCHG", 24.0, row=1))

mutate("ADW101", "result of no criterion", put("ADLB", "CRIT1", None, row=4))
mutate("ADW102", "criterion without result", without("ADRS", "CRIT1FL"), also="DEF123")
mutate("ADW103", "two criteria", put("ADRS", "CRIT1", "Platelets > 30", row=2))
mutate(
    "ADW104",
    "result of no value",
    put("ADLB", "AVAL", None, row=5),
    put("ADLB", "AVALC", None, row=5),
    also="ADB107 ADB108 ADB109 ADB110 ADB113 ADB118 ADB119 ADP110",
)
mutate("ADW105", "over without being over", put("ADLB", "CRIT1FL", "Y", row=3), put("ADLB", "CRIT1FN", 1.0, row=3))
mutate(
    "ADW106", "target outside", put("ADLB", "AWTARGET", 50.0, row=1), put("ADLB", "AWTDIFF", 21.0, row=1), also="DEF142"
)
mutate("ADW107", "day outside", put("ADLB", "AWHI", 28.0, row=1), also="ADW106")
mutate("ADW108", "difference miscounted", put("ADLB", "AWTDIFF", 2.0, row=1))
mutate("ADW109", "two windows", put("ADLB", "AWHI", 43.0, row=7))
mutate("ADW110", "unit unknown", put("ADLB", "AWU", None, row=1))
mutate("ADW111", "windows overlap", put("ADLB", "AWLO", 30.0, row=4))

mutate("ADO101", "emergent and over", put("ADAE", "TRTEMFL", "Y"), put("ADAE", "PREFL", None), also="ADO102 DEF132")
mutate(
    "ADO102",
    "emergent from before",
    put("ADAE", "TRTEMFL", "Y"),
    put_day("ADAE", "AENDT", "2022-03-20"),
    also="ADD109 ADD112 ADO108 ADO109",
)
mutate("ADO103", "under treatment and not flagged", put("ADAE", "TRTEMFL", None, row=2))
mutate("ADO104", "two firsts", put("ADAE", "AOCCFL", "Y", row=2))
mutate("ADO105", "first without its term", put("ADAE", "AOCCPFL", None, row=3))
mutate("ADO106", "event lost", without_record("ADAE", 2), also="DEF132 XPT104")
mutate("ADO107", "event twice", twice("ADAE", 3, AOCCFL=None, AOCCSFL=None, AOCCPFL=None), also="KEY101")
mutate("ADO108", "duration miscounted", put("ADAE", "ADURN", 4.0))
mutate("ADO109", "before and under", put("ADAE", "PREFL", "Y", row=1))
mutate("ADO110", "grade 6", put("ADAE", "ATOXGR", "6"))
mutate("ADO111", "no first", put("ADAE", "AOCCFL", None, row=3))

mutate("ADT101", "half censored", put("ADTTE", "CNSR", 0.5), also="DEF141 DEF142")
mutate("ADT102", "censoring unknown", put("ADTTE", "CNSR", None))
mutate("ADT103", "event unknown", put("ADTTE", "EVNTDESC", None), also="XPT104")
mutate("ADT104", "date of what", put("ADTTE", "CNSDTDSC", None))
mutate("ADT105", "event with the date of censoring", put("ADTTE", "CNSDTDSC", "Last dose", row=1))
mutate("ADT106", "ends before it begins", put_day("ADTTE", "STARTDT", "2022-06-09"), also="ADT107")
mutate("ADT107", "time miscounted", put("ADTTE", "AVAL", 60.0, row=1))
mutate("ADT108", "two times", twice("ADTTE", 3), also="ADN114 KEY101")
mutate(
    "ADT109",
    "one word for two things",
    put("ADTTE", "EVNTDESC", "Additional therapy"),
    put("ADTTE", "CNSDTDSC", None),
    also="ADT104 XPT104",
)
mutate("ADT110", "from no day", put("ADTTE", "STARTDT", None))
mutate("ADT111", "to no day", put("ADTTE", "ADT", None))
mutate("ADT112", "negative time", put("ADTTE", "AVAL", -1.0), also="ADT107")

mutate("ADX101", "no such dataset", put("ADRS", "SRCDOM", "XY"))
mutate("ADX102", "no such variable", put("ADRS", "SRCVAR", "LBXYZ", row=1), also="XPT104")
mutate("ADX103", "no such record", put("ADRS", "SRCSEQ", 44.0, row=1), also="DEF142")
mutate("ADX104", "source of another day", put("ADTTE", "SRCSEQ", 4.0, row=1))
mutate("ADX105", "source in part", put("ADRS", "SRCDOM", None))
mutate("ADX106", "no record of that number", put("ADLB", "LBSEQ", 9.0, row=5))
mutate("ADX107", "event of another name", put("ADAE", "AETERM", "NAUSEAS", row=2), also="ADM105")
mutate("ADX108", "result left out", without_record("ADLB", 7))
mutate("ADX109", "result of another value", put_beside("LB", "LBSTRESN", 51.0, row=1))

mutate("ADC101", "imputed W", put("ADAE", "ASTDTF", "W", row=2), also="ADD108 ADD110")
mutate("ADC102", "derived otherwise", put("ADLB", "DTYPE", "PEAK", row=5), also="DEF150 XPT104")
mutate(
    "ADC103",
    "another severity",
    put("ADAE", "AESEV", "AWFUL"),
    put_beside("AE", "AESEV", "AWFUL", row=2),
    also="DEF150",
)
