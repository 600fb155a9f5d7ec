"""Guesses from small tables: what is guessed, on what, and what is left to decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drafting.drafts import drafted, line_of, node

AE = "SUBJID,AETERM,AESTDAT,AESEV,AEOUT,NOTE\n"


def dates(*days: str) -> str:
    return AE + "".join(f"{i},Nausea,{day},MILD,1,x{i}\n" for i, day in enumerate(days, 1))


def start_of(tmp_path: Path, *days: str) -> tuple[dict[str, object], str]:
    draft = drafted({"site01/ae.csv": dates(*days)}, tmp_path)
    at = draft.files["sources/site01.yaml"].splitlines()
    line = next(i for i, text in enumerate(at) if text.strip().startswith("start:"))
    return node(draft, "sources/site01.yaml")["forms"]["adverse_events"]["columns"]["start"], "\n".join(
        at[line - 1 : line + 1]
    )


def test_a_date_that_can_be_read_in_one_way(tmp_path: Path) -> None:
    column, said = start_of(tmp_path, "07 JUL 2022", "UN AUG 2022")
    assert column == {"column": "AESTDAT", "format": "dd MMM yyyy"}
    assert "2 of 2 values are dd MMM yyyy (1 partial); no value is ambiguous" in said


def test_an_order_that_no_value_tells_is_not_chosen(tmp_path: Path) -> None:
    column, said = start_of(tmp_path, "03/04/2022", "05/06/2022")
    assert column == {"column": "AESTDAT", "format": "DECIDE"}
    assert "decide: dd/MM/yyyy or MM/dd/yyyy? 2 of 2 values can be read as either; 0 only as dd/MM/yyyy" in said


def test_orders_that_contradict_each_other_are_not_chosen(tmp_path: Path) -> None:
    column, said = start_of(tmp_path, "25/04/2022", "04/25/2022", "03/04/2022")
    assert column["format"] == "DECIDE"
    assert "dd/MM/yyyy" in said and "MM/dd/yyyy" in said


def test_one_value_among_many_does_not_tell_the_order(tmp_path: Path) -> None:
    days = [f"{d:02}/{m:02}/2022" for d in range(1, 13) for m in range(1, 13) if d != m]
    assert start_of(tmp_path, "13/01/2022", *days)[0]["format"] == "DECIDE"


def test_an_order_that_most_values_tell_is_a_guess_with_its_counts(tmp_path: Path) -> None:
    column, said = start_of(tmp_path, "25/04/2022", "26/04/2022", "03/04/2022")
    assert column["format"] == "dd/MM/yyyy"
    assert "guess:" in said and "1 could be MM/dd/yyyy, 2 could not" in said


def test_a_column_without_a_place_has_a_reason_that_a_person_must_replace(tmp_path: Path) -> None:
    draft = drafted({"site01/ae.csv": dates("2022-07-01")}, tmp_path)
    left = node(draft, "sources/site01.yaml")["forms"]["adverse_events"]["not_submitted"]
    assert set(left) == {"NOTE"}
    assert left["NOTE"].startswith("DECIDE: drafted by init, no place found")


def test_terms_are_candidates_with_their_evidence_or_empty(tmp_path: Path) -> None:
    rows = "1,Nausea,2022-07-01,MILD,Recovered,\n2,Pain,2022-07-01,mild,7,\n"
    draft = drafted({"site01/ae.csv": AE + rows}, tmp_path)
    assert (
        line_of(draft, "sdtm/ae.yaml", "AESEV")
        == "AESEV: {assign_ct: severity}  # guess: all 2 values are terms of AESEV"
    )
    assert draft.files["maps/ae_outcome.csv"].splitlines() == [
        "raw,term,draft",
        "7,,decide: no term of OUT says so; 1 row(s)",
        "Recovered,RECOVERED/RESOLVED,guess: it commonly means the term; 1 row(s)",
    ]


def test_tests_in_columns_with_units_beside_them(tmp_path: Path) -> None:
    rows = "1,2022-07-01,9,K/uL,,13.4,g/dL,\n2,2022-07-02,,,Clotted,14,g/dL,\n"
    text = "SUBJID,LBDAT,PLT,PLT_U,PLT_ND,HGB,HGB_U,HGB_ND\n" + rows
    draft = drafted({"site01/lb.csv": text}, tmp_path)
    block = node(draft, "sources/site01.yaml")["forms"]["laboratory"]
    assert block["unpivot"] == {
        "columns": "{test}",
        "values": {"test": ["PLT", "HGB"]},
        "with": {"unit": "{test}_U", "not_done": "{test}_ND"},
        "keep_if": ["not_done"],
    }
    assert {k: v["column"] for k, v in block["columns"].items() if v["column"].startswith("$")} == {
        "test": "$test",
        "result": "$value",
        "unit": "$unit",
        "not_done": "$not_done",
    }
    assert "PLT,PLAT,guess:" in draft.files["maps/lb_tests.csv"]
    assert "K/uL,10^9/L,guess:" in draft.files["maps/lb_unit.csv"]


def test_units_in_names_of_columns(tmp_path: Path) -> None:
    text = "SUBJID,VSDAT,SYSBP_MMHG,TEMP (C),身高(cm)\n1,2022-07-01,120,36.6,170\n"
    draft = drafted({"site01/vs.csv": text}, tmp_path)
    assert draft.files["maps/vs_units.csv"].splitlines()[1:] == [
        "SYSBP_MMHG,mmHg,guess: from the name of the column",
        "TEMP (C),C,guess: from the name of the column",
        "身高(cm),cm,guess: from the name of the column",
    ]
    assert {r.split(",")[0]: r.split(",")[1] for r in draft.files["maps/vs_tests.csv"].splitlines()[1:]} == {
        "SYSBP_MMHG": "SYSBP",
        "TEMP (C)": "TEMP",
        "身高(cm)": "HEIGHT",
    }


@pytest.mark.parametrize(
    ("name", "header", "form"),
    [
        ("不良事件.csv", "受试者编号,不良事件名称,开始日期", "adverse_events"),
        ("unerwünschte ereignisse.csv", "Patientennummer,Ereignis,Beginn", "adverse_events"),
        ("événements indésirables.csv", "Numéro patient,Événement,Date de début", "adverse_events"),
        ("begleitmedikation.csv", "Patientennummer,Medikament,Startdatum", "medication"),
    ],
)
def test_words_of_other_languages(name: str, header: str, form: str, tmp_path: Path) -> None:
    draft = drafted({f"site01/{name}": f"{header}\n01001,Kopfschmerz,2022-07-01\n"}, tmp_path)
    block = node(draft, "sources/site01.yaml")["forms"][form]
    assert len(block["columns"]) == 3 and "start" in block["columns"]


def test_a_table_of_no_known_domain_is_a_form_of_its_own_to_be_decided(tmp_path: Path) -> None:
    draft = drafted({"site01/query_log.csv": "SUBJECT,ITEM\n01001,SYSBP\n"}, tmp_path)
    form = node(draft, "forms.yaml")["query_log"]
    assert form["not_submitted"] == "DECIDE: drafted by init, no domain recognised"
    assert form["columns"] == {"subject": "text", "item": "text"}


def test_sources_whose_subjects_are_written_differently_are_told(tmp_path: Path) -> None:
    files = {"site01/ae.csv": dates("2022-07-01"), "site02/ae.csv": dates("2022-07-01").replace("\n1,", "\n02-001,")}
    assert (
        "# decide: subject numbers look like 9 in site01, 99-999 in site02"
        in drafted(files, tmp_path).files["forms.yaml"]
    )


def test_an_empty_table_and_one_without_a_column_value(tmp_path: Path) -> None:
    draft = drafted({"site01/ae.csv": AE, "site01/x.csv": "A,B\n,\n"}, tmp_path)
    assert set(node(draft, "sources/site01.yaml")["tables"]) == {"ae", "x"}


def test_a_subject_that_rows_lack_is_told(tmp_path: Path) -> None:
    """Cells that look merged and are not: the rows below the first would be rejected, each with DATA041."""
    rows = [(f"S{n:03}" if n % 2 else "", f"2024-01-{n:02}") for n in range(1, 9)]
    vs = "SUBJID,VSDTC,SYSBP,DIABP\n" + "".join(f"{s},{d},{100 + i},80\n" for i, (s, d) in enumerate(rows))
    ae = "SUBJID,AETERM,AESTDTC\n" + "".join(f"{s or 'S009'},Headache,{d}\n" for s, d in rows)
    draft = drafted({"a/ae.csv": ae, "a/vitals.csv": vs}, tmp_path)
    (line,) = [row for row in draft.files["sources/a.yaml"].splitlines() if "have no subject" in row]
    assert "decide: 4 of 8 rows of vitals have no subject and will be rejected; cells that the workbook merges" in line


def test_a_unit_in_the_label_is_the_unit_of_the_column(tmp_path: Path) -> None:
    rows = "".join(f"S{n:03},{110 + n},{70 + n},{150 + n}\n" for n in range(1, 6))
    head = "SUBJID,SYSBP,DIABP,WEIGHT\nSubject,mmHg,mmHg,lb\n"
    draft = drafted({"a/vitals.csv": head + rows}, tmp_path)
    assert draft.files["maps/vs_units.csv"].splitlines()[1:] == [
        "SYSBP,mmHg,guess: from the label of the column",
        "DIABP,mmHg,guess: from the label of the column",
        "WEIGHT,LB,guess: from the label of the column",
    ]
