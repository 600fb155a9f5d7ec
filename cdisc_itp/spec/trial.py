"""Trial design datasets (TA, TE, TV, TI, TS and others of the guide's class): made from the study's tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.long_text import MAX_BYTES
from ..model.issue import SpecProblem
from ..model.metadata import DatasetPlan, Origin, VariablePlan
from ..standards.data_types import data_type
from ..standards.guide import Guide, GuideDataset, GuideVariable
from ..standards.keys import natural_keys
from .codelists import Codelists
from .load import StudyFiles
from .suggest import near
from .trial_rows import Cells, Row, Rows
from .trial_summary import complete_summary, value_level

CLASS = "TRIAL DESIGN"
_NUMBER = r"-?[0-9]{1,8}(\.[0-9]{1,6})?"
_ASSIGNED = ("DOMAIN", "TSPARMCD", "TSPARM", "TSVALNF", "TSVALCD", "TSVCDREF", "TSVCDVER")
_SEQUENCE = "Sequential number of the record within TSPARMCD, in the order of the table of the trial summary."


class TrialDataset(Struct, frozen=True):
    """A trial design dataset: its plan, the file that it is made from, and its records in order.

    ``records`` are the cells by variable, as text; ``lines`` the line of ``file`` that each record is made from.
    """

    plan: DatasetPlan
    file: str
    records: tuple[Cells, ...]
    lines: tuple[int, ...]


def load_trial(
    files: StudyFiles, tables: Guide, codelists: Codelists, problems: list[SpecProblem]
) -> dict[str, TrialDataset]:
    """Every trial design dataset that study.yaml names.

    Problems: SPEC112 (no trial design dataset), SPEC119 (described in sdtm/ too), and of its table SPEC114, SPEC118,
    SPEC132, SPEC133, SPEC140.
    """
    read = {}
    for name, table in files.trial.items():
        if _is_trial_design(files, tables, name, problems):
            file, _ = files.places[f"table of {name}"]
            read[name] = Rows(name, file, _rows(files, name, problems) if table.columns else (), problems)
    return {name: _dataset(files, tables.dataset(name), read, codelists) for name in sorted(read)}


def _is_trial_design(files: StudyFiles, tables: Guide, name: str, problems: list[SpecProblem]) -> bool:
    file, line = files.places[f"trial {name}"]
    known = [n for n in tables.names if tables.dataset(n).class_name == CLASS]
    if name not in known:
        message = f"trial: {name} is no trial design dataset"
        problems.append(SpecProblem(file, line, "SPEC112", message, near(name, known)))
    elif name in files.datasets:
        message = f"{files.places[f'{name} dataset'][0]} describes the dataset {name} too"
        problems.append(SpecProblem(file, line, "SPEC119", message))
    else:
        return True
    return False


def _rows(files: StudyFiles, name: str, problems: list[SpecProblem]) -> tuple[Row, ...]:
    """The rows of a table: columns in upper case are variables, and those that ``columns`` says are."""
    table, said = files.trial[name], files.study.trial[name].columns
    source = {c: c for c in table.columns if c.isupper()}
    for variable, column in said.items():
        if column not in table.columns:
            file, line = files.places[f"trial {name}"]
            message = f"trial.{name}: the table has no column '{column}'"
            problems.append(SpecProblem(file, line, "SPEC114", message, near(column, table.columns)))
        else:
            source[variable] = column
    at = {c: i for i, c in enumerate(table.columns)}
    return tuple(
        Row(line, {v: row[at[c]] for v, c in source.items()}, {c: row[i] for c, i in at.items() if not c.isupper()})
        for line, row in zip(table.lines, table.rows, strict=True)
    )


def _dataset(files: StudyFiles, guide: GuideDataset, read: dict[str, Rows], codelists: Codelists) -> TrialDataset:
    rows, study = read[guide.name], files.study
    made = _completed(rows, read, codelists, str(study.standards.sdtm_ct), study.encoding)
    made = [row.having(STUDYID=str(study.study), DOMAIN=guide.name) for row in made]
    names = list(dict.fromkeys(["STUDYID", "DOMAIN", *(v for row in made for v in row.cells)]))
    names += [v.name for v in guide.variables if v.core == "Exp" and v.name not in names]
    known = _known(rows, codelists.tables, guide, names)
    for row in made:
        _check_row(rows, row, known, codelists, study.encoding)
    keys = natural_keys(guide, {v.name for v in known})
    _check_keys(rows, made, keys)
    numeric = {v.name for v in known if v.numeric}
    made = sorted(made, key=lambda row: tuple(_rank(row.cells.get(k), k in numeric) for k in keys))
    plan = _plan(guide, known, keys, made, codelists)
    return TrialDataset(plan, rows.file, tuple(row.cells for row in made), tuple(row.line for row in made))


def _completed(rows: Rows, read: dict[str, Rows], codelists: Codelists, release: str, encoding: str) -> list[Row]:
    """The rows with what need not be written in the table."""
    if rows.dataset == "TS":
        return complete_summary(rows, codelists, release, encoding)
    if rows.dataset == "TV":
        visits = [_with_start_rule(row) for row in rows.rows if row.cells.get("VISITNUM") is not None]
        # A visit that sites write in several ways has as many rows, which differ in that alone.
        first = {tuple(row.cells.items()): row.line for row in reversed(visits)}
        return [row for row in visits if first[tuple(row.cells.items())] == row.line]
    if rows.dataset == "TA" and "TE" in read:
        called = {row.cells.get("ETCD"): row.cells.get("ELEMENT") for row in read["TE"].rows}
        named = [row.having(ELEMENT=called.get(row.cells.get("ETCD"))) for row in rows.rows]
        return [n if row.cells.get("ELEMENT") is None else row for n, row in zip(named, rows.rows, strict=True)]
    return list(rows.rows)


def _with_start_rule(row: Row) -> Row:
    """A visit of a schedule with windows: TVSTRL is the window in words. A visit without number is not planned."""
    low, high = row.own.get("from_day"), row.own.get("to_day")
    if row.cells.get("TVSTRL") is not None or low is None or high is None:
        return row
    return row.having(TVSTRL=f"On study day {low}" if low == high else f"Between study day {low} and study day {high}")


def _known(rows: Rows, tables: Guide, guide: GuideDataset, names: list[str]) -> tuple[GuideVariable, ...]:
    """The guide's variables of these names, in its order; SPEC132 for others, SPEC133 for required ones not there
    (a table without rows has no columns to speak of).
    """
    known = []
    for name in names:
        try:
            known.append(tables.variable(guide, name).name)
        except KeyError:
            rows.fail(None, "SPEC132", f"the guide has no variable {name}", near(name, guide.by_name))
    for v in guide.variables if rows.rows else ():
        if v.core == "Req" and v.name not in names:
            rows.fail(None, "SPEC133", f"the required variable {v.name} ({v.label}) is no column")
    return tables.arrange(guide, known)


def _check_row(rows: Rows, row: Row, known: Iterable[GuideVariable], codelists: Codelists, encoding: str) -> None:
    for v in known:
        value = row.cells.get(v.name)
        if value is None:
            if v.core == "Req":
                rows.fail(row, "SPEC118", f"the row has nothing under '{v.name}'")
        elif v.numeric:
            if not re.fullmatch(_NUMBER, value):
                rows.fail(row, "SPEC118", f"{v.name} '{value}' is no number")
        else:
            _check_text(rows, row, v, value, codelists, encoding)


def _check_text(rows: Rows, row: Row, v: GuideVariable, value: str, codelists: Codelists, encoding: str) -> None:
    codelist = codelists.of(rows.dataset, v.name)
    if codelist is not None and not codelist.extensible and value not in codelist.by_value:
        rows.fail(row, "SPEC140", f"'{value}' is no term of {codelist.name}", near(value, codelist.by_value))
    try:
        size = len(value.encode(encoding))
    except UnicodeEncodeError:
        rows.fail(row, "SPEC118", f"{v.name} '{value}' has signs that {encoding} does not have")
        return
    if size > MAX_BYTES and not v.name.startswith("TSVAL"):
        rows.fail(row, "SPEC118", f"{v.name} has {size} bytes, XPT holds {MAX_BYTES}", "write it shorter")


def _check_keys(rows: Rows, made: list[Row], keys: tuple[str, ...]) -> None:
    seen: dict[tuple[str | None, ...], int] = {}
    for row in made:
        values = tuple(row.cells.get(k) for k in keys)
        if values in seen:
            shown = ", ".join(v for v in values[1:] if v is not None)
            rows.fail(row, "SPEC118", f"'{shown}' has two rows", f"first on line {seen[values]}")
        seen.setdefault(values, row.line)


def _rank(value: str | None, numeric: bool) -> tuple[bool, float, str]:
    """Order by a key: records without it first, numbers by size."""
    fits = numeric and value is not None and re.fullmatch(_NUMBER, value) is not None
    return value is not None, float(value or 0) if fits else 0.0, value or ""


def _plan(
    guide: GuideDataset,
    known: tuple[GuideVariable, ...],
    keys: tuple[str, ...],
    made: list[Row],
    codelists: Codelists,
) -> DatasetPlan:
    written = {name for row in made for name, value in row.cells.items() if value is not None}
    return DatasetPlan(
        name=guide.name,
        label=guide.label,
        domain=guide.name,
        class_name=guide.class_name,
        structure=guide.structure,
        keys=keys,
        variables=tuple(_variable(guide, v, v.name in written, codelists) for v in known),
        standard="SDTMIG",
        value_level=(value_level(made, codelists),) if guide.name == "TS" else (),
        repeating=guide.repeating,
        reference_data=guide.reference_data,
    )


def _variable(guide: GuideDataset, v: GuideVariable, written: bool, codelists: Codelists) -> VariablePlan:
    plan = VariablePlan(
        name=v.name,
        label=v.label,
        numeric=v.numeric,
        data_type=data_type(v),
        role=v.role,
        core=v.core,
        codelist=codelists.name_for(guide.name, v.name),
        decode_of=guide.decode_of(v.name),
    )
    if not written:
        return replace(plan, origin=Origin("Not Available"))
    if v.name == "TSVAL":
        return plan  # Its origin is that of each parameter (value level).
    if v.name == "TSSEQ":
        return replace(plan, origin=Origin("Derived", "Sponsor"), method=_SEQUENCE)
    return replace(plan, origin=Origin("Assigned" if v.name in _ASSIGNED else "Protocol", "Sponsor"))
