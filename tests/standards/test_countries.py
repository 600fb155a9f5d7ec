from __future__ import annotations

from cdisc_itp.standards.countries import countries


def test_there_are_249_countries_with_three_letters_each() -> None:
    terms = countries().terms
    assert len(terms) == len({t.value for t in terms}) == len({t.decode for t in terms}) == 249
    assert all(len(t.value) == 3 and t.value.isascii() and t.value.isupper() for t in terms)


def test_codes_that_are_often_wrong() -> None:
    names = {t.value: t.decode for t in countries().terms}
    assert names["CHN"] == "China"
    assert names["DEU"] == "Germany"
    assert names["CHE"] == "Switzerland"
    assert names["ROU"] == "Romania"
    assert names["SRB"] == "Serbia"
    assert not {"ROM", "SCG", "YUG", "GER", "SUI", "ENG", "UK", "XKX", "ANT"} & set(names)
