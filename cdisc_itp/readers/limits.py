"""Every bound of the readers, in one place: what is larger is refused with READ007, never cut."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one raw file.

    ``file_bytes``: size of the file; ``columns``: columns of a table (16,384 is Excel's own bound);
    ``problems``: problems shown of one file; ``zip_entries``, ``zip_bytes``: parts of a workbook and their
    unpacked size together; ``zip_ratio``: unpacked to packed size of a part larger than ``zip_ratio_from``;
    ``sheet_cells``: rows x columns of the rectangle that a sheet's cells span.
    """

    file_bytes: int = 4096 * MIB
    columns: int = 16_384
    problems: int = 50
    zip_entries: int = 10_000
    zip_bytes: int = 1024 * MIB
    zip_ratio: int = 250
    zip_ratio_from: int = 8 * MIB
    sheet_cells: int = 30_000_000


LIMITS = Limits()
