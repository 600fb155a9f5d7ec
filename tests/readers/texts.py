"""Text files in the making."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers.csv import raw_table_from_csv
from cdisc_itp.readers.limits import LIMITS, Limits


class Folder:
    """Writes text to a file and reads it back as a table."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, text: str | bytes, limits: Limits = LIMITS, **options: object) -> RawTable:
        file = self.path / "lab.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return raw_table_from_csv(file, TableOptions(file="lab.csv", **options), limits)  # type: ignore[arg-type]

    def refused(self, text: str | bytes, limits: Limits = LIMITS, **options: object) -> list[str]:
        with pytest.raises(ReadError) as caught:
            self.read(text, limits, **options)
        return [str(problem) for problem in caught.value.problems]


def cells(table: RawTable) -> dict[str, list[str | None]]:
    return {name: decoded(table.frame[name].array).tolist() for name in table.frame}
