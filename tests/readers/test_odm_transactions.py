"""Transactions of ODM (1.3.2, section 2.4): applied in their order; nothing is lost without being counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.raw import RawTable
from tests.readers.odm_files import (
    assert_valid,
    clinical,
    column,
    document,
    group,
    item,
    problems,
    read,
    records,
    write,
)


def transactional(folder: Path, *parts: str) -> Path:
    path = write(folder, document("".join(parts), "Transactional"))
    assert_valid(path)
    return path


def line_of(path: Path, mark: str) -> int:
    lines = path.read_text().split("\n")
    (number,) = [i for i, line in enumerate(lines, 1) if mark in line]
    return number


def test_later_transactions_win_and_what_is_not_mentioned_stays(tmp_path: Path) -> None:
    path = transactional(
        tmp_path,
        clinical(group(item("A", "1") + item("B", "b"), "1", "Insert") + group(item("A", "9"), "2", "Insert")),
        clinical(group(item("A", "2"), "1", "Update")),
        clinical(group(item("A", "3") + item("C", "new"), "1", "Upsert")),
    )
    table = read(path)
    assert records(table, "ItemGroupRepeatKey", "A", "B", "C") == [("1", "3", "b", "new"), ("2", "9", None, None)]
    assert table.rows.tolist() == [line_of(path, 'Value="3"'), line_of(path, 'Value="9"')]
    changed = (line_of(path, 'Value="1"'), line_of(path, 'Value="2"'))
    assert table.skipped == {"changed by a later transaction": changed}
    assert "transactions, applied in their order: 2 Insert, 1 Update, 1 Upsert" in table.notes
    assert "values replaced by later transactions: 2" in table.notes


def test_values_that_were_replaced_are_nowhere_in_the_table(tmp_path: Path) -> None:
    first, second = group(item("A", "old"), "1", "Insert"), group(item("A", "new"), "1", "Update")
    table = read(transactional(tmp_path, clinical(first), clinical(second)))
    assert table.frame["A"].cat.categories.tolist() == ["new"]


def test_an_update_can_null_or_remove_an_item(tmp_path: Path) -> None:
    null = '<ItemData ItemOID="A" IsNull="Yes"/><ItemData ItemOID="B" TransactionType="Remove"/>'
    inserted = group(item("A", "1") + item("B", "2") + item("C", "3"), "1", "Insert")
    table = read(transactional(tmp_path, clinical(inserted), clinical(group(null, "1", "Update"))))
    assert records(table, "A", "B", "C") == [(None, None, "3")]


INSERTED = group(item("A", "1"), "1", "Insert") + group(item("A", "2"), "2", "Insert")


def removal(level: str) -> str:
    """A file part that removes the whole level for subject 001."""
    start, end = '<ClinicalData StudyOID="S.1" MetaDataVersionOID="V.1">', "</ClinicalData>"
    subject = '<SubjectData SubjectKey="001"'
    event = '<StudyEventData StudyEventOID="SE.1"'
    remove = ' TransactionType="Remove"'
    inner = {
        "subject": f"{subject}{remove}/>",
        "event": f"{subject}>{event}{remove}/></SubjectData>",
        "form": f'{subject}>{event}><FormData FormOID="F.1"{remove}/></StudyEventData></SubjectData>',
    }
    return f"\n{start}{inner[level]}{end}"


@pytest.mark.parametrize("level", ["subject", "event", "form"])
def test_removal_of_a_level_removes_all_below_and_nothing_else(tmp_path: Path, level: str) -> None:
    parts = [
        clinical(INSERTED),
        clinical(INSERTED, "002"),
        removal(level),
        clinical(group(item("A", "3"), "1", "Insert")),
    ]
    table = read(transactional(tmp_path, *parts))
    assert records(table, "SubjectKey", "A") == [("002", "1"), ("002", "2"), ("001", "3")]
    assert [len(rows) for rows in table.skipped.values()] == [2]


def test_removal_of_a_record(tmp_path: Path) -> None:
    path = transactional(tmp_path, clinical(INSERTED), clinical(group("", "1", "Remove")))
    table = read(path)
    assert records(table, "ItemGroupRepeatKey", "A") == [("2", "2")]
    assert set(table.skipped) == {"removed by a later transaction", "removal of a record"}
    every = path.read_text().count("<ItemGroupData")
    assert len(table.rows) + sum(map(len, table.skipped.values())) == every


def test_children_of_what_is_removed_are_removed_with_it_and_not_missed(tmp_path: Path) -> None:
    whole = clinical(group(item("A", "1"), "1")).replace(
        'SubjectKey="001"', 'SubjectKey="001" TransactionType="Remove"'
    )
    table = read(transactional(tmp_path, clinical(group(item("A", "1"), "1", "Insert")), whole))
    assert len(table.frame) == 0
    assert not any("does not hold" in note for note in table.notes)


def test_context_is_not_data(tmp_path: Path) -> None:
    table = read(
        transactional(
            tmp_path,
            clinical(group(item("A", "1"), "1", "Insert")),
            clinical(group(item("A", "8"), "1", "Context") + group(item("A", "9"), "5", "Context")),
        )
    )
    assert column(table, "A") == ["1"]
    assert [(why, len(rows)) for why, rows in table.skipped.items()] == [("resent as context only", 2)]
    assert "2 item groups resent as context only: not read" in table.notes


def test_an_item_may_change_in_a_group_that_is_context(tmp_path: Path) -> None:
    change = item("A", "2", 'TransactionType="Update"') + item("B", "7")
    path = transactional(
        tmp_path, clinical(group(item("A", "1"), "1", "Insert")), clinical(group(change, "1", "Context"))
    )
    assert records(read(path), "A") == [("2",)]
    assert "B" not in read(path).frame.columns


def test_a_child_inherits_the_transaction_of_its_parent(tmp_path: Path) -> None:
    upsert = clinical(group(item("A", "2"), "1")).replace(
        'SubjectKey="001"', 'SubjectKey="001" TransactionType="Upsert"'
    )
    table = read(transactional(tmp_path, clinical(group(item("A", "1"), "1", "Insert")), upsert))
    assert column(table, "A") == ["2"]


def test_changes_of_records_that_are_not_in_the_file_are_kept_and_counted(tmp_path: Path) -> None:
    parts = clinical(group(item("A", "1"), "1", "Update") + group("", "2", "Remove"))
    table = read(transactional(tmp_path, parts))
    assert column(table, "A") == ["1"]
    assert "changes and removals of records that the file does not hold: 2" in table.notes


@pytest.mark.parametrize("file_type", ["Snapshot", "Transactional"])
def test_records_with_the_same_keys_are_never_merged_without_a_transaction(tmp_path: Path, file_type: str) -> None:
    path = write(tmp_path, document(clinical(group(item("A", "1")) + group(item("A", "2"))), file_type))
    table = read(path)
    assert column(table, "A") == ["1", "2"]
    assert "1 record with the keys of an earlier one, kept as records of their own" in table.notes


def test_repeat_keys_empty_and_absent_are_the_same_to_a_later_update(tmp_path: Path) -> None:
    parts = clinical(group(item("A", "1"), None, "Insert")) + clinical(group(item("A", "2"), "", "Update"))
    assert column(read(write(tmp_path, document(parts, "Transactional"))), "A") == ["2"]


def test_an_index_made_late_knows_every_record_before(tmp_path: Path) -> None:
    body = "".join(clinical(group(item("A", str(i)), "1", "Insert"), f"{i:03}") for i in range(50))
    body += clinical(group(item("A", "x"), "1", "Update"), "007")
    values = column(read(write(tmp_path, document(body, "Transactional"))), "A")
    assert values == [*map(str, range(7)), "x", *map(str, range(8, 50))]


def test_a_later_transaction_may_set_an_item_twice(tmp_path: Path) -> None:
    twice = item("A", "1") + item("A", "2")
    upsert = document(clinical(group(twice, "1", "Upsert")), "Transactional")
    assert column(read(write(tmp_path, upsert)), "A") == ["2"]
    insert = document(clinical(group(twice, "1", "Insert")), "Transactional")
    (problem,) = problems(write(tmp_path, insert))
    assert "READ073 the item is given twice in one record" in problem
    assert "column A" in problem


def test_a_transaction_that_odm_does_not_have(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, document(clinical(group("", "1", "Delete")))))
    known = "known: Context, Insert, Remove, Update, Upsert"
    assert problem.endswith(f"READ072 a TransactionType that ODM does not have - {known}")


def audit(items: str, name: str = "123 ABC") -> str:
    """One audit record as Rave Web Services writes it: the transaction stands on the item alone."""
    return clinical(group(items, None, None, "DM")).replace(
        'SubjectKey="001"', f'SubjectKey="u1" m:SubjectName="{name}"'
    )


def read_audit(folder: Path, *parts: str) -> RawTable:
    more = 'xmlns:m="http://www.mdsol.com/ns/odm/metadata"'
    return read(write(folder, document("".join(parts), "Transactional", more)), "DM")


UPSERT, INSERT = 'TransactionType="Upsert"', 'TransactionType="Insert"'


def test_items_with_transactions_of_their_own_make_one_record(tmp_path: Path) -> None:
    table = read_audit(
        tmp_path,
        audit(item("DM.BRTHDTC", "01 JAN 1980", UPSERT)),
        audit(item("DM.SEX", "MALE", UPSERT)),
        audit(item("DM.BRTHDTC", "01 JAN 1990", UPSERT), "124 ABC"),
        audit(f'<ItemData ItemOID="DM.SEX" {UPSERT}><m:Query/></ItemData>', "124 ABC"),
    )
    assert records(table, "SubjectKey", "mdsol:SubjectName", "DM.BRTHDTC", "DM.SEX") == [
        ("u1", "124 ABC", "01 JAN 1990", "MALE")
    ]
    assert len(table.skipped["changed by a later transaction"]) == 3
    assert "transactions, applied in their order: 4 Upsert" in table.notes


def test_inserts_of_items_fill_the_record_and_never_overwrite_it(tmp_path: Path) -> None:
    parts = [audit(item(oid, value, INSERT)) for oid, value in (("A", "1"), ("B", "2"), ("A", "3"))]
    table = read_audit(tmp_path, *parts)
    assert records(table, "A", "B") == [("1", "2"), ("3", None)]


def test_an_item_group_without_items_is_a_record(tmp_path: Path) -> None:
    table = read(write(tmp_path, document(clinical(group("", "1") + group(item("A", "1"), "2")))))
    assert records(table, "ItemGroupRepeatKey", "A") == [("1", None), ("2", "1")]


def test_a_snapshot_never_merges_records_with_the_same_keys(tmp_path: Path) -> None:
    path = write(tmp_path, document(clinical(group(item("A", "1", INSERT)) + group(item("B", "2", INSERT)))))
    assert records(read(path), "A", "B") == [("1", None), (None, "2")]
