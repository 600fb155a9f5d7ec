"""Compiled templates that are kept: taken for what they were made of, and for nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from cdisc_itp.writers.define_page.compiled import CompiledTemplates


@pytest.fixture(autouse=True)
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def render(folder: Path, source: str, **options: Any) -> str:
    """Render as a new process would: an environment of its own."""
    cache = CompiledTemplates(folder, options)
    return (
        Environment(loader=DictLoader({"a.html": source}), bytecode_cache=cache, **options)
        .from_string('{% include "a.html" %}')
        .render(x="<b>")
    )


def kept(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that are compiled from now on."""
    seen: list[str] = []
    compile_source: Callable[..., Any] = Environment.compile

    def told(self: Environment, source: str, name: str | None = None, *rest: Any, **named: Any) -> Any:
        seen.extend([source] if name == "a.html" else [])
        return compile_source(self, source, name, *rest, **named)

    monkeypatch.setattr(Environment, "compile", told)
    return seen


def test_a_template_is_compiled_once(tmp_path: Path, compiled: list[str]) -> None:
    assert [render(tmp_path, "1 {{ x }}", autoescape=True) for _ in range(3)] == ["1 &lt;b&gt;"] * 3
    assert compiled == ["1 {{ x }}"]
    assert len(kept(tmp_path)) == 1
    assert "__pycache__" in kept(tmp_path)[0].parts


def test_another_source_or_other_options_are_compiled_anew(tmp_path: Path, compiled: list[str]) -> None:
    assert render(tmp_path, "1 {{ x }}", autoescape=True) == "1 &lt;b&gt;"
    assert render(tmp_path, "2 {{ x }}", autoescape=True) == "2 &lt;b&gt;"
    assert render(tmp_path, "2 {{ x }}", autoescape=False) == "2 <b>"
    assert compiled == ["1 {{ x }}", "2 {{ x }}", "2 {{ x }}"]
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize("damage", [lambda c: b"", lambda c: c[:-9], lambda c: c[:50] + b"?" + c[51:]])
def test_a_damaged_file_is_not_taken(damage: Callable[[bytes], bytes], tmp_path: Path, compiled: list[str]) -> None:
    render(tmp_path, "1 {{ x }}")
    (file,) = kept(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert render(tmp_path, "1 {{ x }}") == "1 <b>"
    assert len(compiled) == 2


def test_where_nothing_can_be_written_it_is_compiled_each_time(tmp_path: Path, compiled: list[str]) -> None:
    (tmp_path / "file").write_text("no folder")
    assert [render(tmp_path / "file", "1 {{ x }}") for _ in range(2)] == ["1 <b>"] * 2
    assert len(compiled) == 2


def test_python_that_writes_no_bytecode_keeps_no_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert render(tmp_path, "1 {{ x }}") == "1 <b>"
    assert kept(tmp_path) == []
