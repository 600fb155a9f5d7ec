"""The house's rules that no linter holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import cdisc_itp
from cdisc_itp.model.catalogue import CATALOGUE
from cdisc_itp.readers.odm_clinical import KEYS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cdisc_itp"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN_STEMS = ("util", "helper", "manager", "process", "entity", "misc", "common")


def raw_column_names() -> set[str]:
    """Names of raw columns of the studies in specs/, those that are no variable or key of a standard."""
    from cdisc_itp.spec.load import load_files
    from cdisc_itp.spec.types import BlockSpec
    from cdisc_itp.standards.guide import guide
    from cdisc_itp.standards.terminology import terminology

    tables = guide("3.4")
    variables = {v.name for name in tables.names for v in tables.dataset(name).variables}
    variables |= set(terminology("sdtm", "2025-03-28").by_name("TSPARMCD").by_value)  # parameters of TS
    keys = {"LocationOID", *(name for _, level in KEYS for name in level)}  # of ODM
    names: set[str] = set()
    for study in sorted((ROOT / "specs").iterdir()):
        files = load_files(study, [])
        assert files is not None
        blocks: list[BlockSpec] = [b for s in files.sources.values() for bs in s.forms.values() for b in bs]
        for block in blocks:
            names |= set(block.not_submitted)
            names |= {str(getattr(x.algorithm, "column", "")) for c in block.columns.values() for x in c.steps}
    return {n for n in names - keys if len(n) > 5 and n not in variables and not n.startswith("$")}


def test_no_study_or_raw_column_is_named_in_the_package() -> None:
    studies = "|".join(["NCT[0-9]", "ABC-?01", "CDISCPILOT", *(re.escape(p.name) for p in (ROOT / "specs").iterdir())])
    columns = "|".join(re.escape(n) for n in sorted(raw_column_names()))
    assert columns
    pattern = re.compile(rf"(?i:{studies})|[\"']({columns})[\"']")
    found = [
        f"{path.relative_to(ROOT)}:{n}: {line.strip()}"
        for path in SOURCES
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line) and not line.strip().startswith(">>>")
    ]
    assert found == []


def test_modules_have_names_of_the_field() -> None:
    assert [p.name for p in SOURCES if any(p.stem == s or p.stem == f"{s}s" for s in FORBIDDEN_STEMS)] == []


def test_nothing_unsafe_is_called() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                found.append(f"{path.name}:{node.lineno}")
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
                found += [f"{path.name}:{node.lineno} {n}" for n in names if n in ("pickle", "marshal", "shelve")]
    assert found == []


def test_objects_are_structs_but_for_words_and_fields_that_are_not_shown_or_given() -> None:
    """A Struct is made in a thirtieth of a dataclass's time; it cannot hide a field, nor leave one to be set later."""
    found = []
    for path in (p for p in SOURCES if p.parent.name != "algorithms"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                options = {k.arg for c in ast.walk(node) if isinstance(c, ast.Call) for k in c.keywords}
                found += [] if options & {"repr", "compare", "init"} else [f"{path.name}: {node.name}"]
    assert found == []


def test_every_code_that_is_written_somewhere_has_a_catalogue_entry() -> None:
    pattern = re.compile(r'"((?:SPEC|DATA|READ|XPT|ACC|DRAFT)[0-9]{3})"')
    used = {c for p in SOURCES if "catalogue" not in p.stem for c in pattern.findall(p.read_text("utf-8"))}
    rules = {c for c in used if c.startswith("XPT") and int(c[3:]) >= 100}
    assert sorted(used - rules - set(CATALOGUE)) == []


def test_every_catalogue_entry_says_what_helps() -> None:
    for entry in CATALOGUE.values():
        assert entry.title and entry.explanation and entry.remedy, entry.code
        assert entry.title[0].isupper() and not entry.title.endswith("."), entry.code


def test_the_public_names_are_few() -> None:
    names = vars(cdisc_itp)
    public = sorted(n for n in names if not n.startswith("_") and not isinstance(names[n], ModuleType))
    assert public == []
    assert re.fullmatch(r"\d+\.\d+\.\d+", cdisc_itp.__version__)


def test_help_imports_neither_pandas_nor_lxml() -> None:
    heavy = "('pandas', 'pyarrow', 'lxml', 'pyreadstat')"
    code = f"import sys, cdisc_itp.cli; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
