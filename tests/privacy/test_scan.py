"""The scanner can fail: every kind of identifier is found in every format and spelling; other things are not."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter
import yaml

from tests.privacy.scan import Secret, read_secrets, scan_folder, scan_text, secret, shapes_in
from tests.studies.truth import COMMITTED

# Invented: the region 999999 does not exist, numbers that begin with 1300000 are not given out.
PLANTED = {
    "Latin name": "Yunhe Tiaoran",
    "Han name": "欧阳娜娜",
    "short Han name": "张伟",
    "identity number": "99999919740604672X",
    "record number": "ZY02783661",
    "plain number": "0278366",
    "phone": "13000000201",
}
INITIALS = ["YT", "TW", "WX"]
SECRETS = [secret(v) for v in PLANTED.values()] + [secret(v, "dm.csv") for v in [*INITIALS, "QQ"]]
WORDS = ["fine", "value 12.5", "2022-07-05T10:30", "0c1f5e5b7c4b", "YTX"]


def write_csv(path: Path, values: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["A", "B"], *([v, "x"] for v in values)])


def write_json(path: Path, values: list[str]) -> None:
    path.write_text(json.dumps({"cells": [{"v": v} for v in values]}), "utf-8")


def write_yaml(path: Path, values: list[str]) -> None:
    path.write_text(yaml.safe_dump({"cells": values}), "utf-8")


def write_xml(path: Path, values: list[str]) -> None:
    cells = "".join(f'<c v="{html.escape(v)}">{html.escape(v)}</c>' for v in values)
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><r>{cells}</r>', "utf-8")


def write_html(path: Path, values: list[str]) -> None:
    cells = "".join(f"<td>{''.join(f'&#{ord(c)};' for c in v)}</td>" for v in values)
    path.write_text(f"<table><tr>{cells}</tr></table>", "ascii")


def write_workbook(path: Path, values: list[str], **options: object) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, **options}) as book:
        sheet = book.add_worksheet("a")
        for i, value in enumerate(values):
            sheet.write_string(i, 0, value)


def write_inline(path: Path, values: list[str]) -> None:
    write_workbook(path, values, constant_memory=True)


def write_parquet(path: Path, values: list[str]) -> None:
    pq.write_table(pa.table({"v": pa.array(values).dictionary_encode()}), path, compression="zstd")


def write_unused(path: Path, values: list[str]) -> None:
    """A dictionary that knows values which no cell has."""
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array(["", *values]))
    pq.write_table(pa.table({"v": column}), path, compression="zstd")


def write_metadata(path: Path, values: list[str]) -> None:
    table = pa.table({"v": [1]}).replace_schema_metadata({f"k{i}": v for i, v in enumerate(values)})
    pq.write_table(table, path)


def write_xpt(path: Path, values: list[str]) -> None:
    pyreadstat.write_xport(pd.DataFrame({"V": values}), str(path), table_name="A", file_format_version=5)


def write_zip(path: Path, values: list[str]) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "\n".join(values))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.zip", inner.getvalue())


def write_name(path: Path, values: list[str]) -> None:
    for value in values:
        path.with_name(f"{value}.txt").write_text("")


def write_text(encoding: str) -> Callable[[Path, list[str]], None]:
    return lambda path, values: path.write_bytes("\n".join(values).encode(encoding)) and None


def write_between(encode: Callable[[str], str]) -> Callable[[Path, list[str]], None]:
    return lambda path, values: path.write_text("".join(f"seen {encode(v)}, then\n" for v in values), "utf-8") and None


FORMATS: dict[str, Callable[[Path, list[str]], None]] = {
    "a.csv": write_csv,
    "a.json": write_json,
    "a.yaml": write_yaml,
    "a.xml": write_xml,
    "a.html": write_html,
    "a.xlsx": write_workbook,
    "inline.xlsx": write_inline,
    "a.parquet": write_parquet,
    "unused.parquet": write_unused,
    "metadata.parquet": write_metadata,
    "a.xpt": write_xpt,
    "a.zip": write_zip,
    "name of a file": write_name,
    **{f"{e}.log": write_text(e) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")},
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "without blanks": lambda v: v.replace(" ", ""),
    "upper case": str.upper,
    "lower case": str.lower,
    "blanks between": lambda v: " ".join(v),
    "hyphens": lambda v: v.replace(" ", "-"),
    "comma": lambda v: v.replace(" ", ", "),
    "full width": lambda v: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in v),
    "URL": lambda v: quote(v),
    "URL with plus": lambda v: quote(v).replace("%20", "+"),
    "URL in GBK": lambda v: quote(v.encode("gb18030")),
    "HTML": lambda v: "".join(f"&#x{ord(c):x};" for c in v),
    "tags": lambda v: f"<b>{v[:1]}</b>{v[1:]}",
    "JSON": lambda v: json.dumps(v)[1:-1],
    "JSON of every sign": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "repr of bytes": lambda v: repr("".join(c if ord(c) < 128 else f"\\x{ord(c):x}" for c in v)) if v.isascii() else v,
    "Base64": lambda v: base64.b64encode(v.encode()).decode(),
    "Base64 of a text around it": lambda v: base64.b64encode(f"by {v}, at".encode()).decode(),
    "hexadecimal": lambda v: v.encode("gb18030").hex(" ").upper(),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_each_format(name: str, kind: str, tmp_path: Path) -> None:
    FORMATS[name](tmp_path / name, [*WORDS, PLANTED[kind]])
    assert PLANTED[kind] in {h.value for h in scan_folder(tmp_path, SECRETS)}


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_found_where_nothing_is(name: str, tmp_path: Path) -> None:
    FORMATS[name](tmp_path / name, [*WORDS, *INITIALS[:2]])
    assert scan_folder(tmp_path, SECRETS) == []


@pytest.mark.parametrize("how", SPELLINGS)
@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_each_spelling(how: str, kind: str, tmp_path: Path) -> None:
    write_between(SPELLINGS[how])(tmp_path / "a.log", [PLANTED[kind]])
    assert PLANTED[kind] in {h.value for h in scan_folder(tmp_path, SECRETS)}


CELLS = [n for n in FORMATS if n.endswith((".csv", ".json", ".xlsx", ".parquet", ".xpt")) and "metadata" not in n]


@pytest.mark.parametrize("name", CELLS)
def test_initials_are_found_as_cells_of_a_column(name: str, tmp_path: Path) -> None:
    FORMATS[name](tmp_path / name, [*WORDS, *INITIALS])
    assert {h.kind for h in scan_folder(tmp_path, SECRETS)} == {"initials"}


def test_initials_of_several_tables_are_not_counted_together(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["TC", "TG", "TO"])
    assert scan_folder(tmp_path, [Secret("initials", v, f"{v}.csv") for v in ("TC", "TG", "TO")]) == []
    assert scan_folder(tmp_path, [Secret("initials", v, "a.csv") for v in ("TC", "TG", "TO")]) != []


@pytest.mark.parametrize(
    "text",
    [
        *("Yunhe Tiaorana", "Yunhe", "Tiaoran Yunhe", "yunhes tiaoran", "伟", "张 三 伟", "ZY027836610", "AZY02783661"),
        *("130000002012", "a13000000201b", "5130000002010", "99999919740604672"),
    ],
)
def test_parts_and_longer_words_are_not_found(text: str) -> None:
    assert scan_text("a.log", f"seen {text} there", SECRETS) == []


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        *((f"{a}11010119900307123X{b}", "identity number") for a, b in (("", ""), ("id:", ";"), ("身份证", "。"))),
        *((f"{a}13912345678{b}", "mobile number") for a, b in (("", ""), ("tel ", "."), ("电话", ","), ("+86 ", "\n"))),
        ("１３９１２３４５６７８", "mobile number"),
    ],
)
def test_shapes_are_found(text: str, shape: str) -> None:
    assert [s for s, _ in shapes_in(text)] == [shape]


@pytest.mark.parametrize(
    "text",
    [
        # No day of the calendar, another length, a part of a word, of a decimal or of a hash.
        *("110101199002301234", "1101011990030712345", "A110101199003071234", "11010119900307123"),
        *("139123456789", "12912345678", "0.13912345678", "13912345678.5", "1.13912345678e3", "a13912345678"),
        *("13912345678f", "9f3d-13912345678", "13912345678-9", "1,13912345678"),
    ],
)
def test_other_numbers_have_no_shape(text: str) -> None:
    assert [*shapes_in(text)] == []


def test_the_answer_sheet_has_every_kind() -> None:
    found = read_secrets(COMMITTED / "truth" / "identifiers.csv")
    assert {s.kind for s in found} == {"name", "initials", "number"}


def test_raw_files_hold_every_identifier_of_the_answer_sheet() -> None:
    """Where the identifiers are, they are found: in text of several encodings and in workbooks."""
    secrets = [s for s in read_secrets(COMMITTED / "truth" / "identifiers.csv") if s.kind != "initials"]
    open_to_us = ("site02", "site03", "site04", "site05")
    rows = [s for s in secrets if any(s.value.startswith(p) for p in ("ZY02", "ZY03", "ZY04", "ZY05"))]
    found = {h.value for site in open_to_us for h in scan_folder(COMMITTED / "raw" / site, secrets)}
    assert {s.value for s in rows} <= found
