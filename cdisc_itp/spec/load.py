"""A study's folder read into typed specs: every problem of every file at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..model.issue import SpecProblem
from .accepted import AcceptedLine, load_accepted
from .bind import Binder, near
from .maps import CsvTable, check_unique, read_table
from .types import BlockSpec, DatasetSpec, FormSpec, SourceSpec, StudySpec
from .yaml import Map, read_yaml

FOLDERS = ("sources", "sdtm", "adam", "maps", "analysis", "ct")


@dataclass(frozen=True)
class StudyFiles:
    """What the files of a study's folder say, before names are resolved; ``lines`` say where each name stands."""

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


def load_files(folder: Path, problems: list[SpecProblem]) -> StudyFiles | None:
    """Read study.yaml, forms.yaml, sources/, sdtm/ and maps/; None where study.yaml itself is wrong."""
    if not (folder / "study.yaml").is_file():
        problems.append(SpecProblem("study.yaml", 1, "SPEC002", f"there is no study.yaml in {folder.name}"))
        return None
    places: dict[str, tuple[str, int]] = {}
    study = _load_one(folder, "study.yaml", StudySpec, "study", problems)
    forms = _load_forms(folder, problems, places)
    block_lines: dict[tuple[str, str, int], dict[str, int]] = {}
    sources = _load_sources(folder, problems, places, block_lines)
    datasets = _load_datasets(folder, problems, places)
    tables = _load_tables(folder, study, problems, places)
    accepted = load_accepted(folder, problems)
    if study is None:
        return None
    digest = spec_hash(folder)
    return StudyFiles(folder, study, forms, sources, datasets, tables, places, digest, block_lines, accepted)


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


def _load_one(folder: Path, name: str, cls: type[Any], what: str, problems: list[SpecProblem]) -> Any:
    before = len(problems)
    node = read_yaml(folder / name, name, problems)
    return None if len(problems) > before else Binder(name, problems).bind(cls, node, 1, what)


def _load_forms(folder: Path, problems: list[SpecProblem], places: dict[str, tuple[str, int]]) -> dict[str, FormSpec]:
    if not (folder / "forms.yaml").is_file():
        problems.append(SpecProblem("forms.yaml", 1, "SPEC002", "there is no forms.yaml"))
        return {}
    node, out = read_yaml(folder / "forms.yaml", "forms.yaml", problems), {}
    binder = Binder("forms.yaml", problems)
    for name, value in node.items():
        places[f"form {name}"] = ("forms.yaml", node.lines[name])
        if name != name.lower() or "." in name:
            binder.fail(node.lines[name], "SPEC130", f"form '{name}': names of forms are lower case, without a dot")
        form = binder.bind(FormSpec, value, node.lines[name], name)
        if form is not None:
            out[name] = form
            _check_form_columns(binder, name, form, value)
    return out


def _check_form_columns(binder: Binder, name: str, form: FormSpec, node: Any) -> None:
    columns = node["columns"]
    for column in form.columns:
        if column != column.lower() or "." in column or column.startswith("$"):
            message = f"{name}.{column}: form columns are lower case, without a dot"
            binder.fail(columns.lines[column], "SPEC130", message, f"'{column.lower()}'")


def _load_sources(
    folder: Path,
    problems: list[SpecProblem],
    places: dict[str, tuple[str, int]],
    block_lines: dict[tuple[str, str, int], dict[str, int]],
) -> dict[str, SourceSpec]:
    out: dict[str, SourceSpec] = {}
    for path in sorted((folder / "sources").glob("*.yaml")):
        name = f"sources/{path.name}"
        before = len(problems)
        node = read_yaml(path, name, problems)
        if len(problems) > before:
            continue
        spec = Binder(name, problems).bind(SourceSpec, node, 1, path.stem)
        if spec is None:
            continue
        if spec.source in out:
            problems.append(SpecProblem(name, 1, "SPEC119", f"two files describe the source '{spec.source}'"))
        out[spec.source] = with_every_form(spec)
        places[f"source {spec.source}"] = (name, 1)
        _note_lines(node, spec.source, name, places, block_lines)
    return out


def with_every_form(source: SourceSpec) -> SourceSpec:
    """The source with what ``every_form`` says written into each of its blocks; a block's own line wins."""
    every = source.every_form
    if every is None:
        return source
    forms = {
        form: tuple(
            replace(
                b,
                columns={**every.columns, **b.columns},
                not_submitted={**every.not_submitted, **b.not_submitted},
            )
            for b in blocks
        )
        for form, blocks in source.forms.items()
    }
    return replace(source, forms=forms)


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


def _load_datasets(
    folder: Path, problems: list[SpecProblem], places: dict[str, tuple[str, int]]
) -> dict[str, DatasetSpec]:
    out: dict[str, DatasetSpec] = {}
    for path in sorted((folder / "sdtm").glob("*.yaml")):
        name = f"sdtm/{path.name}"
        before = len(problems)
        node = read_yaml(path, name, problems)
        if len(problems) > before:
            continue
        spec = Binder(name, problems).bind(DatasetSpec, node, 1, path.stem.upper())
        if spec is None:
            continue
        if spec.dataset in out:
            problems.append(SpecProblem(name, 1, "SPEC119", f"two files describe the dataset {spec.dataset}"))
        out[spec.dataset] = spec
        for key in ("dataset", "keys", "order", "records", "variables", "supplemental", "omit", "ranked"):
            places[f"{spec.dataset} {key}"] = (name, node.lines.get(key, 1))
    return out


def _load_tables(
    folder: Path, study: StudySpec | None, problems: list[SpecProblem], places: dict[str, tuple[str, int]]
) -> dict[str, CsvTable]:
    paths = {p.stem: p for p in sorted((folder / "maps").glob("*.csv"))}
    for word in ("visits", "arms", "epochs"):
        file = getattr(study, word) if study else None
        if file and not (folder / file).resolve().is_relative_to(folder.resolve()):
            problems.append(SpecProblem("study.yaml", 1, "SPEC002", f"{word}: {file} lies outside the study's folder"))
        elif file:
            paths[word] = folder / file
    out = {}
    for stem, path in paths.items():
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        table = read_table(path, name, problems)
        out[stem] = CsvTable(stem, table.columns, table.rows, table.lines)
        places[f"map {stem}"] = (name, 1)
        _check_keys(out[stem], name, problems)
    return out


def _check_keys(table: CsvTable, name: str, problems: list[SpecProblem]) -> None:
    if not table.columns:
        return
    if {"test", "unit", "factor"} <= set(table.columns):
        key: tuple[str, ...] = ("test", "unit")
    elif "source" in table.columns:
        key = ("source", next(c for c in table.columns if c != "source"))
    else:
        key = (table.columns[0],)
    check_unique(table, name, key, problems)


def blocks_of(source: SourceSpec) -> list[tuple[str, int, BlockSpec]]:
    """Every block of a source with its form and number."""
    return [(form, i, b) for form, blocks in source.forms.items() for i, b in enumerate(blocks)]


def unknown_table(source: SourceSpec, name: str) -> str:
    """The hint for a table that the source does not have."""
    return near(name, source.tables)
