"""Workbooks in the making, by openpyxl, and changed part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers.excel import raw_tables_from_xlsx
from cdisc_itp.readers.limits import LIMITS, Limits

Change = Callable[[dict[str, bytes]], None]


class Book:
    """A workbook in the making: ``sheet`` is its first sheet; read as a table, or refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.Workbook()
        self.sheet: Worksheet = self.book.worksheets[0]
        self.sheet.title = "Labs"

    def save(self, change: Change | None = None) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return repack(out.getvalue(), change) if change else out.getvalue()

    def read_all(self, change: Change | None = None, limits: Limits = LIMITS, **options: object) -> list[RawTable]:
        self.path.write_bytes(self.save(change))
        return raw_tables_from_xlsx(self.path, TableOptions(file="*.xlsx", **options), limits)  # type: ignore[arg-type]

    def read(self, change: Change | None = None, limits: Limits = LIMITS, **options: object) -> RawTable:
        (table,) = self.read_all(change, limits, **options)
        return table

    def refused(self, change: Change | None = None, limits: Limits = LIMITS, **options: object) -> list[str]:
        with pytest.raises(ReadError) as caught:
            self.read_all(change, limits, **options)
        return [str(problem) for problem in caught.value.problems]


def repack(data: bytes, change: Change) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def replacing(old: str, new: str, part: str = SHEET) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode())

    return change


def cells(table: RawTable) -> dict[str, list[str | None]]:
    return {name: decoded(table.frame[name].array).tolist() for name in table.frame}
