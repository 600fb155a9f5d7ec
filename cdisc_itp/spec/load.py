"""A study's folder read into typed specs: every problem of every file at once."""

from __future__ import annotations

import codecs
import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from ..algorithms import criteria, responses, toxicity, windows
from ..algorithms.categories import is_interval_table
from ..algorithms.maps import key_column
from ..algorithms.registry import Written
from ..model.issue import SpecProblem
from .accepted import AcceptedLine, load_accepted
from .analysis_types import AnalysisSpec
from .bind import Binder
from .maps import CsvTable, check_unique, read_table
from .said_once import with_said_once
from .types import BlockSpec, DatasetSpec, FormSpec, SourceSpec, StudySpec
from .yaml import Map, read_yaml

AnySpec = TypeVar("AnySpec", DatasetSpec, AnalysisSpec)
LOWER = "[a-z][a-z0-9_]*"
_LOWER_RULE = "names of forms and their columns are lower case letters, digits and _"
STUDY_TABLES = ("visits", "arms", "epochs")
# Keys of dataset files whose lines messages may need.
NOTED = (
    *("dataset", "keys", "order", "records", "variables", "supplemental", "comments", "omit", "ranked", "value_level"),
    *("copy", "parameters", "add"),
)
# Tables that have several rows for what their first column names.
JUDGED_BY_WORDS = (toxicity.CRITERIA, criteria.CRITERIA, windows.WINDOWS, responses.COUNTED)
FOLDERS = ("sources", "sdtm", "adam", "maps", "trial", "analysis", "ct")


class StudyFiles(Struct, frozen=True):
    """What the files of a study's folder say, before names are resolved.

    ``places`` and ``block_lines`` say where names stand. ``broken`` are the forms and datasets that have a problem
    of their own: that they are not here is no further problem.
    """

    folder: Path
    study: StudySpec
    forms: dict[str, FormSpec]
    sources: dict[str, SourceSpec]
    datasets: dict[str, DatasetSpec]
    tables: dict[str, CsvTable]
    places: dict[str, tuple[str, int]]
    sha256: str
    block_lines: dict[tuple[str, str, int], dict[str, int]] = field(default_factory=dict)
    accepted: tuple[AcceptedLine, ...] = ()
    broken: frozenset[str] = frozenset()
    trial: dict[str, CsvTable] = field(default_factory=dict)
    analysis: dict[str, AnalysisSpec] = field(default_factory=dict)


class _Loading(Struct):
    """One study's folder while it is read."""

    folder: Path
    problems: list[SpecProblem]
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    block_lines: dict[tuple[str, str, int], dict[str, int]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def fail(self, file: str, line: int, code: str, message: str, hint: str = "") -> None:
        self.problems.append(SpecProblem(file, line, code, message, hint))

    def node(self, name: str) -> Map | None:
        return read_yaml(self.folder / name, name, self.problems)

    def bind(self, name: str, cls: type[Any], node: Map, what: str) -> Any:
        return Binder(name, self.problems).bind(cls, node, 1, what)

    def names(self, folder: str, pattern: str = "*.yaml") -> list[str]:
        return [f"{folder}/{p.name}" for p in sorted((self.folder / folder).glob(pattern))]


def load_files(folder: Path, problems: list[SpecProblem]) -> StudyFiles | None:
    """Read study.yaml, forms.yaml, sources/, sdtm/, adam/, maps/ and accepted.csv.

    None where study.yaml or forms.yaml cannot be used: nothing else can be judged without them. A study whose
    tabulations are given needs no forms.
    """
    at = _Loading(folder, problems)
    study = _load_study(at)
    given = study is not None and study.tabulations is not None
    for name in ("study.yaml", "forms.yaml"):
        if not (folder / name).is_file() and not (given and name == "forms.yaml"):
            at.fail(name, 1, "SPEC002", f"there is no {name} in the study's folder")
    forms = {} if given and not (folder / "forms.yaml").is_file() else _load_forms(at)
    sources, tables = _load_sources(at, forms), _load_tables(at, study)
    datasets, analysis = _load_datasets(at, "sdtm", DatasetSpec), _load_datasets(at, "adam", AnalysisSpec)
    trial = _load_trial(at, study)
    accepted = load_accepted(folder, problems)
    if study is None or forms is None:
        return None
    digest, broken = spec_hash(folder), frozenset(at.broken)
    lines = at.block_lines
    return StudyFiles(
        folder, study, forms, sources, datasets, tables, at.places, digest, lines, accepted, broken, trial, analysis
    )


def spec_files(folder: Path) -> list[Path]:
    """Every file of a spec, in a fixed order."""
    names = [p for p in folder.iterdir() if p.is_file() and p.suffix in (".yaml", ".csv")]
    for sub in FOLDERS:
        names += [p for p in (folder / sub).rglob("*") if p.is_file()] if (folder / sub).is_dir() else []
    return sorted(names, key=lambda p: p.relative_to(folder).as_posix())


def spec_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of a spec's files."""
    total = hashlib.sha256()
    for path in spec_files(folder):
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


_FOLDER = r"(?!\.)[^/\\:*?\"<>|\x00-\x1f]*[^/\\:*?\"<>|\x00-\x1f. ]"
"""One folder on any system, and not hidden: m5/datasets/<study>."""


def _load_study(at: _Loading) -> StudySpec | None:
    node = at.node("study.yaml") if (at.folder / "study.yaml").is_file() else None
    if node is None:
        return None
    for word in ("codelists", "dictionaries", "trial", "relations"):
        inner = node.get(word)
        if isinstance(inner, Map):
            at.places.update({f"{word} {name}": ("study.yaml", line) for name, line in inner.lines.items()})
    study: StudySpec | None = at.bind("study.yaml", StudySpec, node, "study")
    if study is not None:
        _check_study(at, node, study)
    return study


def _check_study(at: _Loading, node: Map, study: StudySpec) -> None:
    """SPEC101, SPEC102: what a study needs, and whether its identifier can be written and its folder made."""

    def fail(word: str, message: str, hint: str = "") -> None:
        at.fail("study.yaml", node.lines[word], "SPEC102", f"study.{word}: {message}", hint)

    if not study.subject_id.steps and study.tabulations is None:
        at.fail("study.yaml", node.line, "SPEC101", "study: 'subject_id' is missing")
    if not _is_codec(study.encoding):
        fail("encoding", f"'{study.encoding}' is no encoding")
    elif not _fits(study.study, study.encoding):
        hint = f"STUDYID and USUBJID hold it: write it in {study.encoding}, or declare a wider `encoding`"
        fail("study", f"'{study.study}' has signs that {study.encoding} does not have", hint)
    folder, word = (study.folder, "folder") if study.folder else (study.study, "study")
    if not re.fullmatch(_FOLDER, folder):
        hint = "" if word == "folder" else "declare `folder`, the study's in the output"
        fail(word, f"'{folder}' cannot be the name of a folder", hint)


def _fits(text: str, encoding: str) -> bool:
    try:
        return bool(text.encode(encoding))
    except UnicodeEncodeError:
        return False


def _is_codec(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _load_forms(at: _Loading) -> dict[str, FormSpec] | None:
    node = at.node("forms.yaml") if (at.folder / "forms.yaml").is_file() else None
    if node is None:
        return None
    out, binder = {}, Binder("forms.yaml", at.problems)
    for name, value in node.items():
        at.places[f"form {name}"] = ("forms.yaml", node.lines[name])
        before = len(at.problems)
        if not re.fullmatch(LOWER, name):
            binder.fail(node.lines[name], "SPEC130", f"form '{name}': {_LOWER_RULE}")
        form = binder.bind(FormSpec, value, node.lines[name], name)
        if form is not None:
            _check_form_columns(binder, name, form, value)
        if form is None or len(at.problems) > before:
            at.broken.add(name)
        else:
            out[name] = form
    return out


def _check_form_columns(binder: Binder, name: str, form: FormSpec, node: Any) -> None:
    lines = node["columns"].lines
    for column, kind in form.columns.items():
        if not re.fullmatch(LOWER, column):
            binder.fail(lines[column], "SPEC130", f"{name}: column '{column}': {_LOWER_RULE}")
        elif column == "site" and kind != "text":
            binder.fail(lines[column], "SPEC130", f"{name}: the column 'site' is text")


def _options_said(node: Map) -> dict[str, set[str]]:
    """The options that each table of a source file has of its own."""
    tables = node.get("tables")
    return {n: set(t) if isinstance(t, Map) else set() for n, t in tables.items()} if isinstance(tables, Map) else {}


def _fail_without_file(at: _Loading, source: str, table: str) -> None:
    file, line = at.places[f"table {source}.{table}"]
    at.fail(file, line, "SPEC101", f"{table}: 'file' is missing", "or say it once under every_table")


def _load_sources(at: _Loading, forms: dict[str, FormSpec] | None) -> dict[str, SourceSpec]:
    out: dict[str, SourceSpec] = {}
    for name in at.names("sources"):
        node = at.node(name)
        spec = None if node is None else at.bind(name, SourceSpec, node, Path(name).stem)
        if node is None or spec is None:
            continue
        if spec.source in out:
            at.fail(name, spec.source.line, "SPEC119", f"two files describe the source '{spec.source}'")
            continue
        at.places[f"source {spec.source}"] = (name, spec.source.line)
        _note_lines(node, spec.source, name, at.places, at.block_lines)
        without_file = partial(_fail_without_file, at, spec.source)
        out[spec.source] = with_said_once(spec, forms or {}, _options_said(node), without_file)
    return out


def _note_lines(
    node: Map,
    source: str,
    name: str,
    places: dict[str, tuple[str, int]],
    block_lines: dict[tuple[str, str, int], dict[str, int]],
) -> None:
    forms, tables = node.get("forms"), node.get("tables")
    every = _lines_of(node.get("every_form"))
    if isinstance(tables, Map):
        for table, line in tables.lines.items():
            places[f"table {source}.{table}"] = (name, line)
    if not isinstance(forms, Map):
        return
    for form, blocks in forms.items():
        for i, block in enumerate(blocks if isinstance(blocks, list) else [blocks]):
            if isinstance(block, Map):
                block_lines[(source, form, i)] = {"": block.line, **every, **_lines_of(block)}


def _lines_of(block: Any) -> dict[str, int]:
    """The lines on which a block's columns, and its raw columns that go nowhere, are written."""
    columns, not_submitted = (block.get(k) if isinstance(block, Map) else None for k in ("columns", "not_submitted"))
    out = dict(columns.lines) if isinstance(columns, Map) else {}
    if isinstance(not_submitted, Map):
        out.update({f"not_submitted {k}": v for k, v in not_submitted.lines.items()})
    return out


def _load_datasets(at: _Loading, folder: str, cls: type[AnySpec]) -> dict[str, AnySpec]:
    out: dict[str, AnySpec] = {}
    for name in at.names(folder):
        node = at.node(name)
        spec = None if node is None else at.bind(name, cls, node, Path(name).stem.upper())
        if node is None or spec is None:
            at.broken |= {Path(name).stem.upper(), str(node.get("dataset") if node else "")}
            continue
        if spec.dataset in out:
            at.fail(name, spec.dataset.line, "SPEC119", f"two files describe the dataset {spec.dataset}")
            continue
        out[spec.dataset] = spec
        for key in NOTED:
            at.places[f"{spec.dataset} {key}"] = (name, node.lines.get(key, 1))
    return out


def _load_tables(at: _Loading, study: StudySpec | None) -> dict[str, CsvTable]:
    paths = {p.stem: p for p in sorted((at.folder / "maps").glob("*.csv"))}
    for word in STUDY_TABLES:
        file: Written | None = getattr(study, word) if study else None
        path = _table_path(at, word, file) if file is not None else None
        if path is not None:
            paths[word] = path
    out = {}
    for stem, path in paths.items():
        name = path.resolve().relative_to(at.folder.resolve()).as_posix()
        table = read_table(path, name, at.problems)
        at.places[f"map {stem}"] = (name, 1)
        if set(table.columns) == {"source"}:
            at.fail(name, 1, "SPEC118", "the table has no column but 'source'")
            table = CsvTable(stem, (), (), ())
        out[stem] = CsvTable(stem, table.columns, table.rows, table.lines)
        _check_keys(out[stem], name, at.problems)
    return out


def _table_path(at: _Loading, what: str, file: Written) -> Path | None:
    """The file that study.yaml names; None, with SPEC002, where it is not in the study's folder."""
    path = at.folder / file
    if not path.resolve().is_relative_to(at.folder.resolve()):
        at.fail("study.yaml", file.line, "SPEC002", f"{what}: {file} lies outside the study's folder")
    elif not path.is_file():
        at.fail("study.yaml", file.line, "SPEC002", f"{what}: there is no {file}")
    else:
        return path
    return None


def _load_trial(at: _Loading, study: StudySpec | None) -> dict[str, CsvTable]:
    """The tables of the trial design by dataset, as they are written."""
    out = {}
    for dataset, spec in study.trial.items() if study else ():
        path = _table_path(at, f"trial.{dataset}", spec.file)
        if path is not None:
            name = path.resolve().relative_to(at.folder.resolve()).as_posix()
            problems: list[SpecProblem] = []
            out[dataset] = read_table(path, name, problems)
            # A table of maps/ or the schedule is read there too: what is wrong with it is told once.
            at.problems += [p for p in problems if p not in at.problems]
            at.places[f"table of {dataset}"] = (name, 1)
    return out


def _check_keys(table: CsvTable, name: str, problems: list[SpecProblem]) -> None:
    if not table.columns:
        return
    if {"test", "unit", "factor"} <= set(table.columns):
        check_unique(table, name, ("test", "unit"), problems)
    elif any(set(columns) <= set(table.columns) for columns in JUDGED_BY_WORDS) or is_interval_table(table.columns):
        return  # several rows a test, parameter or level, open bounds: the word that reads the table judges them
    elif "source" in table.columns:
        check_unique(table, name, ("source", key_column(table.columns)), problems)
    else:
        check_unique(table, name, (table.columns[0],), problems)


def blocks_of(source: SourceSpec) -> list[tuple[str, int, BlockSpec]]:
    """Every block of a source with its form and number."""
    return [(form, i, b) for form, blocks in source.forms.items() for i, b in enumerate(blocks)]
