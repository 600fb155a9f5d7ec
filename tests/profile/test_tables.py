"""Tables described, on the synthetic exports: expected values by plain pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_itp.model.raw import TableOptions
from cdisc_itp.profile.tables import TableProfile, profile_table
from cdisc_itp.readers.registry import read_tables

RAW = Path(__file__).parents[2] / "fixtures/nct05471050/raw"
FILES = sorted(p.relative_to(RAW).as_posix() for p in (RAW / "site04").glob("*.csv"))


def profile(file: str, **options: object) -> TableProfile:
    (table,) = read_tables(RAW, TableOptions(file=file, comment="#", **options))  # type: ignore[arg-type]
    return profile_table(table)


@pytest.mark.parametrize("file", FILES)
def test_counts_as_plain_pandas_has_them(file: str) -> None:
    frame = pd.read_csv(RAW / file, dtype=str, keep_default_na=False, comment="#")
    found = profile(file)
    assert (found.rows, found.duplicates) == (len(frame), int(frame.duplicated().sum()))
    assert {c.name: c.missing for c in found.columns} == {c: int((frame[c] == "").sum()) for c in frame}
    assert {c.name: c.distinct for c in found.columns} == {c: frame.loc[frame[c] != "", c].nunique() for c in frame}


def test_dates_of_a_form() -> None:
    found = profile("site04/mh.csv")
    starts = pd.read_csv(RAW / "site04/mh.csv", dtype=str, comment="#")["MHSTDAT"]
    (style,) = found["MHSTDAT"].dates
    assert (style.format, style.count) == ("dd MMM yyyy", len(starts))
    assert style.partial == int(starts.str.startswith("UN").sum())


def test_identifiers_of_a_form_by_name_and_by_shape() -> None:
    found = profile("site04/dm.csv")
    named = {c.name: c.identifier for c in found.columns if c.identifier}
    assert set(named) == {"SUBJ_NAME", "SUBJ_INIT", "ID_CARD_NO", "MRN", "PHONE"}
    assert {c.name for c in found.columns if c.identifiers} == {"ID_CARD_NO", "PHONE"}


def test_dropped_columns_are_counted_and_not_described() -> None:
    found = profile("site04/dm.csv", identifiers=("PHONE",))
    assert found.dropped == {"PHONE": found.rows}
    assert "PHONE" not in [c.name for c in found.columns]
    with pytest.raises(KeyError):
        found["PHONE"]


def test_roles_lead_to_columns() -> None:
    found = profile("site04/lb_chem.csv")
    roles = {r: [c.name for c in found.with_role(r)] for r in ("subject", "visit", "unit", "test", "result", "date")}
    assert roles == {
        "subject": ["SUBJECT"],
        "visit": ["VISIT"],
        "unit": ["UNIT"],
        "test": ["TEST"],
        "result": ["RESULT"],
        "date": ["LBDAT", "ENTRY_DT"],
    }
