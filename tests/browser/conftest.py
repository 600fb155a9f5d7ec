"""Pages of define.xml files and the browsers that open them: the machine's own chromium and firefox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cdisc_itp.define_files import print_define_diff, write_define_page
from tests.browser.firefox import Firefox

ROOT = Path(__file__).parents[1]
MADE = ROOT / "writers" / "define_files"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by name, each made by the command: ADaM with ARM, SEND 2.0, a whole study, and a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    sources = {
        "adam": MADE / "adam_2_1.xml",
        "send": MADE / "send_2_0.xml",
        "study": ROOT / "golden" / "nct05471050" / "define.xml",
    }
    made = {name: folder / name / "define.html" for name in (*sources, "diff")}
    for name, source in sources.items():
        made[name].parent.mkdir()
        assert write_define_page(source, made[name]) == 0
    later = folder / "later.xml"
    text = (MADE / "adam_2_1.xml").read_text("utf-8").replace("Mean of the readings", "Median of the readings")
    later.write_text(text.replace('<EnumeratedItem CodedValue="4" Rank="2" OrderNumber="2"/>', ""), "utf-8")
    made["diff"].parent.mkdir()
    assert print_define_diff(sources["adam"], later, made["diff"], "html") == 1
    return made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The installed Chromium, driven by Playwright."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed (make browsers)")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@dataclass
class Visit:
    """An open page, with what it asked for and what the browser said while it was open."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Opens a file in a context of its own: ``visit(path, query, width=..., **context options)``."""
    contexts = []

    def open_page(path: Path, query: str = "", width: int = 1280, **options: Any) -> Visit:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        found = Visit(page)
        page.on("request", lambda r: found.requests.append(r.url))
        page.on("console", lambda m: found.said.append(m.text))
        page.on("pageerror", lambda e: found.said.append(str(e)))
        page.on("dialog", lambda d: (found.said.append(d.message), d.dismiss()))
        page.goto(f"{path.as_uri()}{query}")
        return found

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """The installed Firefox, driven by WebDriver BiDi, which it speaks itself."""
    if FIREFOX is None:
        pytest.skip("no firefox is installed (make browsers)")
    pytest.importorskip("websocket")
    driven = Firefox(FIREFOX, tmp_path_factory.mktemp("profile"))
    yield driven
    driven.quit()
