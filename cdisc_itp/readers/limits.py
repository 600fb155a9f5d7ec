"""Every bound of the readers, in one place: what is larger is refused with READ007, never cut."""

from __future__ import annotations

from msgspec import Struct

MIB = 1024 * 1024


class Limits(Struct, frozen=True):
    """Bounds of one raw file.

    ``file_bytes``: size of the file; ``line_bytes``: a line of a text file; ``columns``: columns of a table (16,384
    is Excel's own bound);
    ``problems``: problems shown of one file; ``zip_entries``, ``zip_bytes``: parts of a workbook and their
    unpacked size together; ``zip_ratio``: unpacked to packed size of a part larger than ``zip_ratio_from``;
    ``sheet_cells``: rows x columns of the rectangle that a sheet's cells span; ``stored_cells``: records x variables
    that an SPSS or SAS file declares; ``xml_depth``: elements within each other; ``xml_token``: bytes of one tag;
    ``xml_value``: characters of one item's value; ``odm_cells``: records x columns of an item group;
    ``odm_definitions``: items, code list items and the like that an ODM file defines.
    """

    file_bytes: int = 4096 * MIB
    line_bytes: int = 64 * MIB
    columns: int = 16_384
    problems: int = 50
    zip_entries: int = 10_000
    zip_bytes: int = 1024 * MIB
    zip_ratio: int = 250
    zip_ratio_from: int = 8 * MIB
    sheet_cells: int = 30_000_000
    xml_depth: int = 100
    xml_token: int = 8 * MIB
    xml_value: int = MIB
    odm_cells: int = 200_000_000
    odm_definitions: int = 2_000_000
    stored_cells: int = 500_000_000


LIMITS = Limits()
