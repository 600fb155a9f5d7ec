"""What mends an issue, with the file and row to edit: the catalogue's words, and what the study's spec knows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ..algorithms.maps import folded, key_column
from ..spec.graph import all_steps
from ..spec.load import blocks_of
from ..spec.maps import CsvTable
from ..spec.study import Study
from ..spec.types import Step
from .issues import Issue, place_in_spec

# Codes that a row of a table mends: the value at fault is what the row's key columns must say.
ROW_CODES = ("DATA030", "DATA031", "DATA033", "DATA035")
# Codes of a text that no file can hold: a row of the table through which it came, unless the table said so itself.
TEXT_CODES = ("DATA070", "DATA071")
Line = tuple[str, int]
NONE = "(none)"
_WITHOUT_UNIT = (
    "The number has no unit: read or ask for it. A limit beside a test that was not done needs none: say "
    "`when: {{{result}: {{IS: PRESENT}}}}` in {spec}. A test that has no units gets a row in {files} "
    "with an empty unit."
)
_TWICE = (
    "{dataset} has several records of this subject, so that nothing is read of it: find them in the raw tables of "
    "{forms}, and leave out the wrong one by `where`, or equal ones by `duplicates: merge`, in sources/*.yaml."
)


def name_remedies(issues: Iterable[Issue], study: Study) -> list[Issue]:
    """The issues with remedies that name the file and row to edit, where the study's spec tells which."""
    spec = _Spec(study)
    return [spec.named(i) for i in issues]


class _Table(Struct, frozen=True):
    """A table of the spec with its file."""

    file: str
    table: CsvTable


class _Spec:
    """The lines of a study's spec, to be found by what an issue knows."""

    def __init__(self, study: Study) -> None:
        self.study, self.files = study, study.files
        self.steps: dict[str, list[Step]] = {}
        for step in _written_steps(study):
            self.steps.setdefault(place_in_spec(step.file, step.line), []).append(step)

    def named(self, issue: Issue) -> Issue:
        """The issue with its remedy and the row to add."""
        spec = issue.spec or self._line_of(issue)
        remedy, add = self._told(issue, spec) or self._row_to_add(issue, spec) or (issue.remedy, "")
        return replace(issue, remedy=self._with_files(remedy, issue, spec), add=add)

    def _line_of(self, issue: Issue) -> str:
        """Where the variable is made, or where the dataset, or the source's block of the form, is described."""
        dataset = self.study.datasets.get(issue.dataset)
        if dataset is not None:
            variable = dataset.variables.get(issue.variable)
            made = (variable.file, variable.line) if variable is not None else ("", 0)
            return place_in_spec(*(made if made[0] else self.files.places.get(f"{issue.dataset} records", ("", 0))))
        lines = self._block_lines(issue.source, issue.dataset, "")
        return place_in_spec(*lines[0]) if len(lines) == 1 else self._source_file(issue.source)

    def _steps_of(self, issue: Issue, spec: str) -> list[Step]:
        """The lines that may have met the value; defaults, which nobody wrote, among them."""
        if spec in self.steps:
            return self.steps[spec]
        dataset = self.study.datasets.get(issue.dataset)
        known = dataset is not None and issue.variable in dataset.variables
        return list(all_steps(dataset, issue.variable)) if dataset is not None and known else []

    def _tables(self, issue: Issue, spec: str) -> list[_Table]:
        """The tables of the lines that may have met the value; those of the source's lines for a text as a whole."""
        steps = self._steps_of(issue, spec)
        if issue.code in TEXT_CODES:
            places = [place_in_spec(*line) for line in sorted(self._source_lines(issue, spec))]
            steps = [*steps, *(s for p in places for s in self.steps.get(p, ()))]
        names = dict.fromkeys(str(t) for s in steps for t in s.algorithm.tables)
        return [_Table(self.files.places[f"map {n}"][0], self.files.tables[n]) for n in names if n in self.files.tables]

    def _told(self, issue: Issue, spec: str) -> tuple[str, str] | None:
        """What to do where the spec shows what kind of trouble it is; None where the code's own words will do."""
        if issue.code == "DATA031" and issue.value.endswith(f", {NONE}"):
            files = ", ".join(t.file for t in self._tables(issue, spec))
            result = f"{issue.variable[:2]}ORRES" if issue.variable.isupper() else "result"
            return _WITHOUT_UNIT.format(result=result, spec=spec, files=files or "maps/*.csv"), ""
        if issue.code == "DATA032":
            return self._term_to_declare(issue, spec), ""
        read = issue.message.rpartition("(")[2].removesuffix(")")
        if issue.code == "DATA060" and read in self.study.datasets:
            forms = dict.fromkeys(r.from_ for r in self.study.datasets[read].spec.records)
            return _TWICE.format(dataset=read, forms=", ".join(forms)), ""
        return None

    def _term_to_declare(self, issue: Issue, spec: str) -> str:
        """The term that define.xml must name: what the map says for the value, else the value itself."""
        said = [s for s in self._steps_of(issue, spec) if s.algorithm.tables]
        found = [(t.file, *line) for t in self._tables(issue, spec) for line in _rows_of(t.table, issue, said)]
        mapped = {term for _, _, term in found}
        term = mapped.pop() if len(mapped) == 1 else issue.value
        tables = [f"{file}:{line}" for file, line, _ in found] or [t.file for t in self._tables(issue, spec)]
        how = f"correct {' or '.join(tables)}" if found else f"add a row to {' or '.join(tables) or 'a map'}"
        return f"Declare the term '{term}' under `codelists` in study.yaml (`extends`), or {how}."

    def _row_to_add(self, issue: Issue, spec: str) -> tuple[str, str] | None:
        tables = self._tables(issue, spec) if issue.code in (*ROW_CODES, *TEXT_CODES) else []
        if len(tables) != 1 or not tables[0].table.columns:
            return None
        columns = tables[0].table.columns
        if issue.code in TEXT_CODES and any(issue.value in row for row in tables[0].table.rows):
            return None
        said = _key_cells(issue, columns)
        row = _csv_row([said.get(c, "" if c == "source" else f"<{c}>") for c in columns])
        return f"Add a row to {tables[0].file} ({','.join(columns)}).", row

    def _with_files(self, remedy: str, issue: Issue, spec: str) -> str:
        """The remedy with the study's own files in the place of ``sources/*.yaml`` and its like."""
        tables = dict.fromkeys(t.file for t in self._tables(issue, spec)) if "maps/*" in remedy else {}
        for pattern, name in (
            ("sources/*.yaml", self._in_sources(issue, spec)),
            ("sdtm/*.yaml", self._in_sdtm(issue, spec)),
            ("maps/*.csv", ", ".join(tables)),
        ):
            remedy = remedy.replace(pattern, name or pattern)
        return remedy

    def _in_sdtm(self, issue: Issue, spec: str) -> str:
        if spec.startswith("sdtm/"):
            return spec
        return self.files.places.get(f"{issue.dataset} dataset", ("", 0))[0]

    def _in_sources(self, issue: Issue, spec: str) -> str:
        """The source's line of the form column that the line reads, else the source's file."""
        if spec.startswith("sources/"):
            return spec
        lines = self._source_lines(issue, spec)
        return place_in_spec(*next(iter(lines))) if len(lines) == 1 else self._source_file(issue.source)

    def _source_lines(self, issue: Issue, spec: str) -> set[Line]:
        """Where the source writes the form columns that the line reads."""
        refs = {str(r) for s in self._steps_of(issue, spec) for r in s.algorithm.reads}
        dataset = self.study.datasets.get(issue.dataset)
        forms = {r.from_ for r in dataset.spec.records} if dataset is not None else set()
        return {n for f in forms for r in refs for n in self._block_lines(issue.source, f, r)}

    def _block_lines(self, source: str, form: str, column: str) -> list[Line]:
        """Where the source's blocks of a form, or a column of them, are written."""
        file = self._source_file(source)
        found = {
            n[column] for (s, f, _), n in self.files.block_lines.items() if (s, f) == (source, form) and column in n
        }
        return [(file, n) for n in sorted(found)]

    def _source_file(self, source: str) -> str:
        return self.files.places.get(f"source {source}", ("", 0))[0]


def _rows_of(table: CsvTable, issue: Issue, steps: list[Step]) -> Iterator[tuple[int, str]]:
    """Line and term of the rows that speak of an issue's value; those of its source, where there are such."""
    columns = [c for c in {getattr(s.algorithm, "to", "term") for s in steps} if c in table.columns]
    if len(columns) != 1:
        return
    sources = table.column("source") if "source" in table.columns else [None] * len(table)
    keys = zip(table.column(key_column(table.columns)), table.column(columns[0]), sources, table.lines, strict=True)
    rows = [(s, n, t) for raw, t, s, n in keys if raw and t and folded(raw) == folded(issue.value)]
    own = [r for r in rows if r[0] == issue.source] or [r for r in rows if r[0] is None]
    yield from ((line, term) for _, line, term in own)


def _key_cells(issue: Issue, columns: tuple[str, ...]) -> dict[str, str]:
    """What the key columns of a missing row say: the value, or test and unit."""
    if issue.code != "DATA031":
        return {key_column(columns): issue.value}
    parts = issue.value.split(", ")
    if len(parts) != 2:
        return {}
    return {c: "" if p == NONE else p for c, p in zip(("test", "unit"), parts, strict=True)}


def _csv_row(cells: list[str]) -> str:
    """A line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _written_steps(study: Study) -> Iterator[Step]:
    """Every line that somebody wrote."""
    for dataset in study.datasets.values():
        for variable in dataset.variables:
            yield from (s for s in all_steps(dataset, variable) if s.file)
    for source in study.files.sources.values():
        yield from source.site.steps if source.site else ()
        for _, _, block in blocks_of(source):
            for steps in block.columns.values():
                yield from steps.steps
    yield from study.files.study.subject_id.steps
