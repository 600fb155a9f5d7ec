"""define.html in the installed Firefox, by WebDriver BiDi."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.firefox import Firefox

NAMES = ("adam", "send", "diff", "study")


@pytest.mark.parametrize("name", NAMES)
def test_no_request_leaves_the_file_and_the_console_is_empty(
    firefox: Firefox, pages: dict[str, Path], name: str
) -> None:
    firefox.open(pages[name].as_uri())
    assert firefox.evaluate("document.querySelector('#seek').hidden") is False  # its script ran
    assert [e["params"] for e in firefox.events if e["method"] == "log.entryAdded"] == []
    asked = {e["params"]["request"]["url"] for e in firefox.events if e["method"] == "network.beforeRequestSent"}
    # Firefox itself loads a font of its own, from a data: address.
    assert {a for a in asked if not a.startswith("data:font/")} <= {pages[name].as_uri()}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_the_page_lands(firefox: Firefox, pages: dict[str, Path], name: str) -> None:
    firefox.open(pages[name].as_uri())
    lost = "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1)).filter(h => h)"
    assert firefox.evaluate(f"{lost}.filter(h => !document.getElementById(decodeURIComponent(h)))") == []
    assert firefox.evaluate(f"{lost}.length") > 20


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_window(firefox: Firefox, pages: dict[str, Path], name: str, width: int) -> None:
    firefox.open(pages[name].as_uri(), width)
    needed, there = firefox.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert needed <= there <= width


def test_search_by_keyboard(firefox: Firefox, pages: dict[str, Path]) -> None:
    firefox.open(pages["adam"].as_uri())
    firefox.keys("/", *"analysis date")
    assert firefox.evaluate("[document.activeElement.id, location.search]") == ["q", "?q=analysis+date"]
    firefox.keys("\ue015", "\ue013", "\ue007")  # down, up, Enter
    assert firefox.evaluate("[location.hash, document.activeElement.textContent]") == ["#IT.ADT", "ADT"]
