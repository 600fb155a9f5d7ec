"""define.html in the installed Chromium: requests, console, links, keyboard, search, filters, widths, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NAMES = ("adam", "send", "diff", "study")
Open = Callable[..., Any]
Pages = dict[str, Path]


def texts(page: Any, selector: str) -> list[str]:
    return [" ".join(t.split()) for t in page.locator(selector).all_text_contents()]


@pytest.mark.parametrize("name", NAMES)
def test_no_request_leaves_the_file_and_the_console_is_empty(visit: Open, pages: Pages, name: str) -> None:
    seen = visit(pages[name])
    assert seen.page.locator("#seek").is_visible()  # its script ran
    assert (seen.requests, seen.said) == ([pages[name].as_uri()], [])


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_the_page_lands(visit: Open, pages: Pages, name: str) -> None:
    page = visit(pages[name]).page
    script = """() => { const hashes = [...new Set([...document.querySelectorAll('a[href^="#"]')].map(a => a.hash))];
        const lost = hashes.filter(h => !document.getElementById(decodeURIComponent(h.slice(1))));
        const some = hashes.filter((h, i) => i % Math.ceil(hashes.length / 40) === 0);
        const missed = some.filter(h => { location.hash = h; const e = document.querySelector(':target');
            const box = e && e.getBoundingClientRect(); return !box || box.bottom < 0 || box.top > innerHeight; });
        return [hashes.length, lost, missed]; }"""
    number, lost, missed = page.evaluate(script)
    assert number > 10 and (lost, missed) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript_nothing_is_lost(visit: Open, pages: Pages, name: str) -> None:
    # The text of the document as it is shown: what is hidden is left out of innerText.
    script = """() => { const m = document.querySelector('main').cloneNode(true);
        m.querySelectorAll('button, .tools').forEach(e => e.remove()); document.body.append(m);
        document.querySelectorAll('style').forEach(s => s.append('section { content-visibility: visible !important }'));
        const text = m.innerText.replace(/\\s+/g, ' '); m.remove(); return text; }"""
    plain = visit(pages[name], java_script_enabled=False).page
    assert not plain.locator("#seek").is_visible() and plain.locator("button").count() == 0
    assert plain.locator("nav a").first.is_visible()
    without, with_it = plain.evaluate(script), visit(pages[name]).page.evaluate(script)
    assert len(without) > 1000 and without == with_it
    hidden = plain.evaluate(
        "() => [...document.querySelectorAll('main td, main th, main h2, main h3, main p')].filter(e =>"
        " e.textContent.trim() && !e.getClientRects().length && !e.closest('section.ds, section.cl')).length"
    )
    assert hidden == 0


SEEN = [("adam", 1280, "light"), ("adam", 1280, "dark"), ("adam", 320, "light"), ("send", 320, "dark")]


@pytest.mark.parametrize(("name", "width", "scheme"), [*SEEN, ("diff", 1280, "light"), ("diff", 1280, "dark")])
def test_axe_finds_no_violation(visit: Open, pages: Pages, name: str, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(pages[name], width=width, color_scheme=scheme).page
    page.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    found = axe.run(page)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert len(found.response["passes"]) > 20


def test_the_tab_key_reaches_every_control_in_the_order_of_the_page(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"]).page
    script = """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
        .filter(e => e.getClientRects().length)"""
    number = page.evaluate(f"() => {{ window.all = ({script})(); return window.all.length; }}")
    reached = []
    for _ in range(number + 40):
        page.keyboard.press("Tab")
        # Buttons that copy appear where the focus is; they are no part of the page's own order.
        at = page.evaluate("() => window.all.indexOf(document.activeElement)")
        if at >= 0:
            reached.append(at)
        if at == number - 1:
            break
    assert reached == list(range(number))
    assert page.locator("button.fold").count() > 0 and page.locator("#filters input").count() > 3


def test_a_toggle_folds_value_level_by_keyboard(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"]).page
    fold, row = page.locator("button.fold").first, page.locator('[id="IT.AVAL.SBP"]')
    assert fold.get_attribute("aria-expanded") == "true" and row.is_visible()
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("aria-expanded") == "false" and not row.is_visible()
    page.evaluate("() => { location.hash = '#IT.AVAL.SBP'; }")
    row.wait_for(state="visible")  # a link to what is folded opens it


def test_search_by_keyboard_and_its_state_in_the_address(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"]).page
    page.keyboard.press("/")
    page.keyboard.type("analysis date")
    assert page.evaluate("() => [document.activeElement.id, location.search]") == ["q", "?q=analysis+date"]
    assert texts(page, "#found li")[0].startswith("ADVS.ADT")
    number = page.locator("#found li").count()
    picked = page.locator("#q").get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert number == 1 or page.locator("#q").get_attribute("aria-activedescendant") != picked
    page.keyboard.press("ArrowUp")
    assert page.locator("#q").get_attribute("aria-activedescendant") == picked
    page.keyboard.press("Enter")
    assert page.evaluate("() => [location.hash, document.activeElement.textContent]") == ["#IT.ADT", "ADT"]
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    assert page.locator("#said").text_content() == "0 results"
    page.keyboard.press("Escape")
    assert page.locator("#q").input_value() == "" and page.evaluate("() => location.search") == ""


def test_a_search_and_filters_come_from_the_address(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"], "?q=sysbp&show=n").page
    page.locator("#q").focus()
    names = texts(page, "#found li")
    assert names[0].startswith("SYSBP") and any(n.startswith("ADVS.AVAL where PARAMCD = SYSBP") for n in names)
    kept = page.locator("section.ds tr[id]:visible")
    assert kept.evaluate_all("rows => rows.map(r => r.id)") == ["IT.ADSL.NODATA"]


def test_filters_show_what_they_say_and_nothing_else(visit: Open, pages: Pages) -> None:
    page = visit(pages["diff"]).page
    labels = texts(page, "#filters label")
    assert (
        labels == ["Derived", "Collected", "No data", "Has comment", "Keys", "Non-standard", "Changed"][: len(labels)]
    )
    page.get_by_label("Keys", exact=True).check()
    shown = page.locator("section.ds .v tbody tr[id]:visible").evaluate_all(
        "rows => rows.map(r => r.cells[2].textContent)"
    )
    assert shown and all(shown) and page.evaluate("() => location.search") == "?show=k"
    page.get_by_label("Keys", exact=True).uncheck()
    assert page.evaluate("() => document.querySelectorAll('.out').length") == 0


def test_a_row_copies_its_link_and_its_citation(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"]).page
    page.evaluate(
        "() => { window.out = []; Object.defineProperty(navigator, 'clipboard',"
        " {value: {writeText: t => { window.out.push(t); return Promise.resolve(); }}}); }"
    )
    for oid in ("IT.AVAL.SBP", "IT.AVAL.OTHER", "IT.ADSL.AGE", "MT.AVAL"):
        row = page.locator(f'[id="{oid}"]')
        if oid == "MT.AVAL":
            row.locator("th").first.click()
        else:
            row.locator("a").first.focus()
        page.get_by_role("button", name="Copy link").click()
        page.get_by_role("button", name="Copy citation").click()
    out = page.evaluate("() => window.out")
    assert out[::2] == [
        f"{pages['adam'].as_uri()}#{oid}" for oid in ("IT.AVAL.SBP", "IT.AVAL.OTHER", "IT.ADSL.AGE", "MT.AVAL")
    ]
    assert out[1::2] == [
        "ADVS.AVAL where PARAMCD = SYSBP",
        "ADVS.AVAL where PARAMCD not in (SYSBP, PULSE) and AVISITN ≥ 4 or ADSL.AGE > 65",
        "ADSL.AGE",
        "Value of the analysis",
    ]


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_window(visit: Open, pages: Pages, name: str, width: int) -> None:
    page = visit(pages[name], width=width).page
    # All of it is laid out, also what is far below.
    page.evaluate("() => document.querySelectorAll('section').forEach(s => { s.style.contentVisibility = 'visible'; })")
    needed, there = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert needed <= there <= width


def test_nothing_moves_where_less_motion_is_asked_for(visit: Open, pages: Pages) -> None:
    page = visit(pages["adam"], reduced_motion="reduce").page
    page.locator("button.fold").first.click()
    moving = """() => [document.getAnimations().length, getComputedStyle(document.documentElement).scrollBehavior,
        [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length]"""
    assert page.evaluate(moving) == [0, "auto", 0]
