"""Which columns of a wide table are cells, and which stand beside them."""

from __future__ import annotations

import pytest

from cdisc_itp.build.unpivot import find_cells
from cdisc_itp.spec.types import UnpivotSpec

COLUMNS = ("NO", "ALT_SCR", "K_SCR", "ALT_W4", "K_W4", "DATE_SCR", "DATE_W4")


def test_what_stands_beside_other_cells_is_no_cell_itself() -> None:
    """The day of a visit fits {test}_{visit} too; it is no test called DATE."""
    cells = find_cells(UnpivotSpec(("{test}_{visit}",), with_={"day": "DATE_{visit}"}), COLUMNS)
    assert cells.columns == ("ALT_SCR", "K_SCR", "ALT_W4", "K_W4")
    assert cells.names[1] == {"test": "K", "visit": "SCR"}
    assert cells.beside == {"day": ("DATE_SCR", "DATE_SCR", "DATE_W4", "DATE_W4")}
    assert cells.used == {*COLUMNS} - {"NO"}
    assert cells.unmatched == ()


def test_a_unit_that_fits_the_pattern_is_no_test() -> None:
    spec = UnpivotSpec(("{test}",), values={}, with_={"unit": "{test}_U"})
    assert find_cells(spec, ("PLT", "PLT_U", "HGB")).columns == ("PLT", "HGB")


@pytest.mark.parametrize(
    ("spec", "cells"),
    [
        (UnpivotSpec(("A", "B"), with_={"other": "B"}), ("A", "B")),
        (UnpivotSpec(("{test}",), {"test": ("A", "B")}, {"other": "B"}), ("A", "B")),
        (UnpivotSpec(("{test}",), with_={"other": "B"}), ("A",)),
        (UnpivotSpec(("{test}",), with_={"same": "{test}"}), ("A", "B")),
    ],
)
def test_what_is_named_is_a_cell_in_any_case(spec: UnpivotSpec, cells: tuple[str, ...]) -> None:
    assert find_cells(spec, ("A", "B")).columns == cells
