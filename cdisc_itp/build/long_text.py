"""Values of over 200 bytes: the first part stays, the rest goes into SUPP-- (SDTMIG 3.4, 4.5.3.2)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.long_text import MAX_BYTES, continued_name, split_text
from ..model.column import Column, collect_text, is_numeric, present, recoded, used
from ..model.metadata import DatasetPlan, VariablePlan
from ..spec.builds import DatasetBuild
from ..spec.plan import supplemental_origin

MAX_PARTS = 99


class Continued(Struct, frozen=True):
    """A further part of a variable's text: the variable, the number of the part from 1, the records' values (n,)."""

    variable: str
    number: int
    column: Column


def split_column(column: Column, encoding: str) -> list[Column] | None:
    """The parts (n,) of a text column, the first one the variable's own; None where nothing is divided.

    A value that cannot be divided (a word too long, a sign that the encoding does not have) stays whole in the first.
    """
    texts = column.categories
    if is_numeric(column) or not len(texts):
        return None
    size = pc.binary_length(pa.array(texts, pa.large_string()))
    cut: dict[int, list[str]] = {}
    for i in pc.indices_nonzero(pc.greater(pc.multiply(size, 4), MAX_BYTES)).to_pylist():
        parts = _parts(str(texts[i]), encoding)
        if len(parts) > 1:
            cut[i] = parts
    if not cut:
        return None
    most = max(map(len, cut.values()))
    listed = [cut.get(i) or [str(text)] for i, text in enumerate(texts)]
    return [recoded(column, collect_text([p[n] if n < len(p) else None for p in listed])) for n in range(most)]


def _parts(text: str, encoding: str) -> list[str]:
    try:
        if len(text.encode(encoding)) <= MAX_BYTES:
            return [text]
    except UnicodeEncodeError:
        return [text]
    return split_text(text, encoding) or [text]


def continue_long_text(
    build: DatasetBuild, columns: dict[str, Column], encoding: str
) -> tuple[dict[str, Column], dict[str, Continued]]:
    """The columns with long texts divided, and the further parts by QNAM.

    A variable whose parts would have the name of something else stays as it is.
    """
    out, found = dict(columns), dict[str, Continued]()
    if build.supplemental is None:
        return out, found
    taken = {*columns, *build.guide.by_name}
    for variable in dividable(build):
        parts = split_column(columns[variable], encoding)
        names = [continued_name(variable, n) for n in range(1, len(parts or ()))]
        if parts is None or len(names) > MAX_PARTS or taken & {*names}:
            continue
        taken |= {*names}
        out[variable] = parts[0]
        rest = zip(names, parts[1:], strict=True)
        found |= {name: Continued(variable, n, part) for n, (name, part) in enumerate(rest, 1) if present(part).any()}
    return out, found


def dividable(build: DatasetBuild) -> Iterator[str]:
    """Text variables without a codelist that are no identifier and no date, and the supplemental ones."""
    for v in build.plan.variables:
        if not v.numeric and v.codelist is None and v.role not in ("Identifier", "Timing"):
            yield v.name
    yield from build.spec.supplemental


def qualifier_plan(build: DatasetBuild, variable: str) -> VariablePlan:
    """What SUPP-- says of a variable's further parts: label, origin and method of the variable."""
    spec = build.spec.supplemental.get(variable)
    if spec is None:
        return build.plan.variable(variable)
    assert build.supplemental is not None
    return next(i for level in build.supplemental.value_level for i in level.items if i.name == variable)


def origin_of(build: DatasetBuild, variable: str) -> str:
    """QORIG of a supplemental variable, or of a further part of a variable."""
    spec = build.spec.supplemental.get(variable)
    if spec is not None:
        return spec.qorig or supplemental_origin(variable, spec)
    origin = build.plan.variable(variable).origin
    return origin.type if origin is not None else "Assigned"


def with_continued(build: DatasetBuild, frame: pd.DataFrame) -> DatasetPlan:
    """The plan of SUPP-- with an item for each further part that the data have."""
    assert build.supplemental is not None
    qnam: Column = frame["QNAM"].array
    seen = set(qnam.categories[used(qnam)]) - set(build.spec.supplemental)
    named = {continued_name(v, n): (v, n) for v in dividable(build) for n in range(1, MAX_PARTS + 1)} if seen else {}
    items = []
    for name in sorted(seen):
        variable, number = named[name]
        comment = f"Part {number + 1} of the text of {variable}, which has over {MAX_BYTES} bytes."
        plan = qualifier_plan(build, variable)
        items.append(replace(plan, name=name, comment=comment, role=None, core=None, data_type="text", standard=False))
    (level,) = build.supplemental.value_level
    return replace(build.supplemental, value_level=(replace(level, items=(*level.items, *items)),))
