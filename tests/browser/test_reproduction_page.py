"""The page of `reproduce` in the installed Chromium: requests, console, widths, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdisc_itp.reproducing import report_reproduction
from tests.analysis.reports import STUDY, datasets, subjects, write_output

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reproduced")
    file = folder / "results.html"
    assert report_reproduction(STUDY, write_output(folder, datasets(subjects())), "html", file) == 0
    return file


def test_no_request_leaves_the_file_and_the_console_is_empty(visit: Open, made: Path) -> None:
    seen = visit(made)
    assert (seen.requests, seen.said) == ([made.as_uri()], [])
    assert seen.page.locator("h1").inner_text() == "Published results, computed again"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
def test_axe_finds_no_violation(visit: Open, made: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(made, width=width, color_scheme=scheme).page
    page.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    found = axe.run(page)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert len(found.response["passes"]) > 15


def test_a_narrow_window_does_not_scroll_sideways(visit: Open, made: Path) -> None:
    page = visit(made, width=320).page
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
