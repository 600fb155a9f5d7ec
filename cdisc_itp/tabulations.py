"""SDTM datasets that exist already, read so that analysis datasets can be made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct, field
from msgspec.structs import replace

from .algorithms.values import PLAIN_NUMBER, matching
from .model.column import Column, codes_of, collect_numbers
from .model.issue import Place, ReadError, ReadProblem
from .model.metadata import DatasetPlan, VariablePlan
from .readers.registry import find_files, read_tables
from .readers.xpt import read_xpt
from .spec.types import StudySpec, TabulationsSpec
from .standards.data_types import data_type
from .standards.guide import Guide, guide
from .standards.variables import GuideVariable


class Tabulations(Struct):
    """What was read: frames and plans by dataset, and the hash of each file by its name below the raw folder."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    plans: dict[str, DatasetPlan] = field(default_factory=dict)
    files: dict[str, tuple[str, int]] = field(default_factory=dict)


def read_tabulations(spec: TabulationsSpec, raw: Path, tables: Guide, encoding: str) -> Tabulations:
    """Every file that ``spec`` names, as the dataset that the file is named after; ReadError with all problems.

    An XPT file says the type of its variables. In other files a variable has the guide's type; one that the guide
    does not know, or that is numeric there and holds something else, is text.
    """
    out, problems = Tabulations(), list[ReadProblem]()
    for path in find_files(raw, spec.file):
        name = path.stem.upper()
        if name in out.frames:
            problems.append(ReadProblem("READ001", f"two files are the dataset {name}", Place(path.name)))
            continue
        try:
            out.frames[name], out.plans[name], out.files[path.relative_to(raw).as_posix()] = _read(
                spec, raw, path, name, tables, encoding
            )
        except ReadError as error:
            problems += error.problems
    if problems:
        raise ReadError(problems)
    out.plans = {n: _with_qualifiers(p, out.frames.get(f"SUPP{n}")) for n, p in out.plans.items()}
    return out


def plans_in(raw: Path) -> Callable[[TabulationsSpec, StudySpec], Mapping[str, DatasetPlan]]:
    """What reads the plans of a study's given tabulations in a folder."""

    def read(spec: TabulationsSpec, study: StudySpec) -> Mapping[str, DatasetPlan]:
        return read_tabulations(spec, raw, guide(study.standards.sdtmig), study.encoding).plans

    return read


def _with_qualifiers(plan: DatasetPlan, qualifiers: pd.DataFrame | None) -> DatasetPlan:
    """The plan of a dataset with the qualifiers of its supplemental dataset, as variables of text."""
    if qualifiers is None or not {"QNAM", "QLABEL"} <= set(qualifiers.columns):
        return plan
    pairs = qualifiers[["QNAM", "QLABEL"]].astype(str).drop_duplicates("QNAM").sort_values("QNAM")
    named = ((str(n), str(label)) for n, label in pairs.itertuples(index=False))
    own = tuple(VariablePlan(n, label, False, "text", core="Perm") for n, label in named if n not in plan.names)
    return replace(plan, variables=plan.variables + own)


def _read(
    spec: TabulationsSpec, raw: Path, path: Path, name: str, tables: Guide, encoding: str
) -> tuple[pd.DataFrame, DatasetPlan, tuple[str, int]]:
    if path.suffix.lower() == ".xpt":
        file = read_xpt(path, spec.encoding or encoding)
        known = {v.name: _variable(v.name, v.label, v.numeric, tables, name) for v in file.variables}
        return file.frame, _plan(name, file.label, known, tables), (file.sha256, len(file.frame))
    (table,) = read_tables(raw, replace(spec, file=path.relative_to(raw).as_posix()))
    known, columns = {}, dict[str, Column]()
    for variable in table.columns:
        text: Column = table.columns[variable]
        wanted = _guide_variable(variable, tables, name)
        numeric = numbers_of(text) if wanted is not None and wanted.numeric else None
        label = table.labels.get(variable, "")
        known[variable] = _variable(variable, label, numeric is not None, tables, name)
        columns[variable] = text if numeric is None else numeric
    frame = pd.DataFrame(columns, copy=False)
    return frame, _plan(name, "", known, tables), (table.sha256, len(table.rows))


def numbers_of(text: Column) -> Column | None:
    """The numbers that texts are; None where one of them is no plain decimal."""
    values = pa.array(text.categories, pa.large_string())
    if not matching(values, PLAIN_NUMBER).all():
        return None
    each = np.append(np.asarray(pc.cast(values, pa.float64()), np.float64), np.nan)
    return collect_numbers(each[codes_of(text)])


def _guide_variable(variable: str, tables: Guide, dataset: str) -> GuideVariable | None:
    """The guide's variable; None where the guide has no such dataset or variable."""
    try:
        return tables.variable(dataset, variable)
    except KeyError:
        return None


def _variable(variable: str, label: str, numeric: bool, tables: Guide, dataset: str) -> VariablePlan:
    known = _guide_variable(variable, tables, dataset)
    said = label or (known.label if known else variable)
    as_guide = known if known and known.numeric == numeric else GuideVariable(variable, said, numeric, 0, None, "Perm")
    return VariablePlan(variable, said, numeric, data_type(as_guide), core=as_guide.core)


def _plan(name: str, label: str, variables: dict[str, VariablePlan], tables: Guide) -> DatasetPlan:
    known = tables.dataset(name) if name in tables else None
    return DatasetPlan(
        name=name,
        label=label or (known.label if known else name),
        domain=name[:2],
        class_name=known.class_name if known else "",
        structure=known.structure if known else "",
        keys=(),
        variables=tuple(variables.values()),
    )
