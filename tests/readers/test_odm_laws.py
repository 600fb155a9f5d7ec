"""Laws of the ODM reader: it says what a tree of the same file says, and damage never makes it fail otherwise."""

from __future__ import annotations

import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cdisc_itp.model.issue import ReadError
from tests.readers.odm_files import DEFINITIONS, clinical, column, document, group, item, read, write

NAMES = ("A", "B", "MH.TERM")
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=8
)
RECORDS = st.lists(st.dictionaries(st.sampled_from(NAMES), TEXT, min_size=1), min_size=1, max_size=12)
SAMPLE = document(DEFINITIONS + clinical(group(item("MH.TERM", "Cough"), "1") + group(item("A", "1"), "2"))).encode()


def body(records: list[dict[str, str]]) -> str:
    def one(values: dict[str, str]) -> str:
        return "".join(f"<ItemData ItemOID='{name}' Value={quoteattr(text)}/>" for name, text in values.items())

    return clinical("".join(group(one(values), str(i)) for i, values in enumerate(records)))


@given(RECORDS)
def test_every_value_is_that_of_a_tree_of_the_file(records: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), document(body(records)))
        table, tree = read(path), etree.parse(str(path))
    groups = tree.findall(".//{*}ItemGroupData")
    for name in sorted({name for values in records for name in values}):
        found = [g.find(f"{{*}}ItemData[@ItemOID='{name}']") for g in groups]
        assert column(table, name) == [(e.get("Value") or None) if e is not None else None for e in found]
    assert table.rows.tolist() == [g.sourceline for g in groups]


@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=6), st.integers(0, 40))
def test_damage_gives_a_table_or_says_what_is_wrong(at: int, put: bytes, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), SAMPLE[:at] + put + SAMPLE[at + cut :])
        try:
            table = read(path)
        except ReadError as error:
            assert all(p.code.startswith("READ") and p.place.file == "odm.xml" for p in error.problems)
        else:
            assert len(table.rows) == len(table.frame)


KINDS = st.sampled_from(["Insert", "Update", "Upsert", "Remove", "Context"])
STEPS = st.lists(st.tuples(KINDS, st.sampled_from("12"), st.sampled_from("AB"), st.sampled_from("xyz")), max_size=14)


@given(STEPS)
def test_transactions_leave_what_a_plain_model_leaves(steps: list[tuple[str, str, str, str]]) -> None:
    """The model: a list of records; the last one with the key is changed, Remove takes all with the key."""
    model: list[tuple[str, dict[str, str]]] = []
    for kind, key, name, value in steps:
        last = next((values for k, values in reversed(model) if k == key), None)
        if kind == "Insert" or (kind in ("Update", "Upsert") and last is None):
            model.append((key, {name: value}))
        elif kind == "Remove":
            model = [(k, values) for k, values in model if k != key]
        elif kind != "Context" and last is not None:
            last[name] = value
    text = "".join(group("" if k == "Remove" else item(n, v), key, k) for k, key, n, v in steps)
    with tempfile.TemporaryDirectory() as folder:
        table = read(write(Path(folder), document(DEFINITIONS + clinical(text), "Transactional")))
    assert column(table, "ItemGroupRepeatKey") == [key for key, _ in model]
    for name in "AB":
        if name in table.frame.columns:
            assert column(table, name) == [values.get(name) for _, values in model]
    assert len(table.rows) + sum(map(len, table.skipped.values())) == len(steps)
