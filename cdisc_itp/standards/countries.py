"""Countries: ISO 3166-1 alpha-3 codes with their English short names, the terms of DM.COUNTRY."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ..model.codelist import Codelist, Term


@cache
def countries() -> Codelist:
    """The 249 countries as a codelist; ``name`` is "ISO3166", it has no C-code (an external dictionary)."""
    path = Path(__file__).parent / "data" / "iso-3166-1.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        terms = tuple(Term(row["alpha3"], row["name"]) for row in rows)
    return Codelist("ISO3166", "ISO 3166-1 Alpha-3 Country Codes", None, False, terms, "ISO 3166-1")
