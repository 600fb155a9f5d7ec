"""SDTM that other people published, put into transport files with the guide's labels: what the judges find is true.

Each finding was looked up by hand in the published tables; the reasons stand beside it.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from cdisc_itp.checks import Package, run_checks
from cdisc_itp.model.column import Column, collect_numbers, collect_text, is_numeric
from cdisc_itp.readers.xpt import read_xpt
from cdisc_itp.standards.guide import guide
from cdisc_itp.standards.terminology import terminology
from cdisc_itp.writers.xpt import XptVariable, write_xpt

GUIDE = guide("3.4")

PILOT = {
    # Milestones of the sponsor's own in an extensible codelist, without a define.xml to declare them.
    ("CT102", "DS", "DSDECOD"): 290,
    # The order of an older guide: ARMNRS and ACTARMUD at the end.
    ("STR104", "DM", "ACTARMUD"): 1,
    ("STR104", "DM", "ARMNRS"): 1,
    # Arms of screen failures as SDTMIG 3.2 had them (Scrnfail), beside the ARMNRS of later guides.
    ("SUB106", "DM", "ARMNRS"): 52,
    ("SUB107", "DM", "ARMCD"): 52,
    ("SUB107", "DM", "ARM"): 52,
    ("SUB107", "DM", "ACTARMCD"): 52,
    ("SUB107", "DM", "ACTARM"): 52,
    # Flags of populations, which older guides let SUPPDM have: ITT and SAFETY, 254 each.
    ("SUPP109", "SUPPDM", "QNAM"): 508,
    # The last record in EX has no end and starts after RFXENDTC (01-704-1233: 2013-04-05, RFXENDTC 2013-04-04).
    ("SUB110", "DM", "RFXENDTC"): 6,
    # 01-716-1063, AESEQ 1: AESTDTC = RFSTDTC = 2013-05-09, AESTDY 366.
    ("TIM101", "AE", "AESTDY"): 1,
    # " 7" and others: numbers that were padded before they became text.
    ("XPT114", "DS", "DSSPID"): 58,
    # The published tables are a part of the study, without define.xml.
    ("STR113", "DM", None): 1,
    ("STR114", "TS", None): 1,
    # Criteria of seriousness of events called not serious; ends of events called not resolved; two open periods.
    ("EVT101", "AE", "AESER"): 36,
    ("EVT103", "AE", "AEOUT"): 250,
    ("SUB115", "DM", "RFXSTDTC"): 2,
    # Dates of collection without a study day.
    ("TIM109", "AE", "AEDTC"): 1,
    ("TIM109", "DS", "DSDTC"): 1,
}

ABC = {
    # MedDRA, dose form and the flags of newer guides are not in this small study.
    ("STR102", "AE", ""): 12,
    ("STR102", "DM", ""): 2,
    ("STR102", "EX", ""): 1,
    ("STR102", "LB", ""): 1,
    ("STR102", "VS", ""): 1,
    # Subjects with a week-4 visit after the end of participation that RFPENDTC states.
    ("TIM107", "LB", "LBDTC"): 6,
    ("TIM107", "VS", "VSDTC"): 5,
    ("STR113", "DM", None): 1,
    ("STR114", "TS", None): 1,
}


def column_of(dataset: str, name: str, values: list[str]) -> tuple[str, Column]:
    try:
        v = GUIDE.variable(dataset, name)
    except KeyError:
        return name, collect_text([x or None for x in values])
    if v.numeric:
        return v.label, collect_numbers([float(x) if x else math.nan for x in values])
    return v.label, collect_text([x or None for x in values])


def write_published(source: Path, folder: Path) -> None:
    """The tables as transport files: labels and types of the guide, lengths of the longest value in any of them."""
    tables = {}
    for path in sorted(source.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        name = path.stem.upper()
        tables[name] = {c: column_of(name, c, [r[c] for r in rows]) for c in rows[0]}
    longest: Counter[tuple[str, str]] = Counter()
    for name, columns in tables.items():
        for c, (_, cells) in columns.items():
            key = (name if name.startswith("SUPP") else "", c)
            longest[key] = max(longest[key], 1, *(len(str(x)) for x in cells.categories), 1)
    for name, columns in tables.items():
        home = name if name.startswith("SUPP") else ""
        variables = [
            XptVariable(c, label, is_numeric(x), None if is_numeric(x) else longest[home, c])
            for c, (label, x) in columns.items()
        ]
        cells = {c: x for c, (_, x) in columns.items()}
        label = GUIDE.dataset(name).label
        write_xpt(folder / f"{name.lower()}.xpt", name, label, variables, cells, datetime(2024, 1, 1))


def judged(folder: Path) -> Counter[tuple[str, str, str | None]]:
    files = tuple(read_xpt(p) for p in sorted(folder.glob("*.xpt")))
    result = run_checks(Package(files, guide=GUIDE, terminology=terminology("sdtm", "2025-03-28")))
    assert result.did_not_run == ()
    return Counter((f.rule, f.dataset, f.variable) for f in result.findings)


def test_pilot(shared_data: Path, tmp_path: Path) -> None:
    write_published(shared_data / "pharmaverse" / "sdtm", tmp_path)
    assert dict(judged(tmp_path)) == PILOT


def test_small_study(shared_data: Path, tmp_path: Path) -> None:
    write_published(shared_data / "abc01" / "sdtm", tmp_path)
    found: Counter[tuple[str, str, str | None]] = Counter()
    for (rule, dataset, variable), n in judged(tmp_path).items():
        found[rule, dataset, "" if rule == "STR102" else variable] += n
    assert dict(found) == ABC


@pytest.mark.parametrize("name", ["dm", "ae", "ds", "ex", "suppae", "suppdm"])
def test_the_published_values_are_in_the_files(name: str, shared_data: Path, tmp_path: Path) -> None:
    """The judged files hold what was published: read by pyreadstat, not by our reader."""
    import pyreadstat

    write_published(shared_data / "pharmaverse" / "sdtm", tmp_path)
    frame, _ = pyreadstat.read_xport(str(tmp_path / f"{name}.xpt"))
    with (shared_data / "pharmaverse" / "sdtm" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(frame) == len(rows)
    for c in rows[0]:
        for own, published in zip(frame[c], (r[c] for r in rows), strict=True):
            same = own == float(published) if isinstance(own, float) and published else own == published
            assert same or (published == "" and own != own), (c, own, published)
