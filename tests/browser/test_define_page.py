"""define.html in a real browser (Debian's chromium, where it is installed): search, filters, citations, console."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from cdisc_itp.readers.define_xml import read_broken_define
from cdisc_itp.writers.define_page.page import render_define_page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
MADE = Path(__file__).parents[1] / "writers" / "define_files" / "adam_2_1.xml"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.fixture(scope="module")
def page() -> str:
    return render_define_page(read_broken_define(MADE)[0])


def browse(path: Path, query: str = "", *options: str) -> tuple[html.HtmlElement, str]:
    """The document after its script ran, and what the browser logged."""
    assert CHROMIUM is not None
    words = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", *options]
    profile = f"--user-data-dir={path.parent / 'profile'}"
    done = subprocess.run(
        [*words, profile, "--dump-dom", f"{path.as_uri()}{query}"], capture_output=True, text=True, timeout=120
    )
    return html.document_fromstring(done.stdout), done.stderr


def drive(tmp_path: Path, page: str, script: str, query: str = "") -> Any:
    """What a script says that acts on the page as a person would (the page's policy would keep it out)."""
    path = tmp_path / "driven.html"
    said = f"""const say = x => {{
        const o = document.createElement("pre");
        o.id = "said-by-test";
        o.textContent = JSON.stringify(x);
        document.body.append(o);
    }}; {script}"""
    path.write_text(POLICY.sub("", page).replace("</body>", f"<script>{said}</script></body>"), "utf-8")
    document, _ = browse(path, query)
    return json.loads(document.get_element_by_id("said-by-test").text_content())


TYPE = """const q = document.getElementById("q");
const key = (k, e) => e.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true, cancelable: true }));
const type = t => { q.value = t; q.dispatchEvent(new Event("input")); };"""


def test_the_console_is_empty_and_the_policy_lets_the_page_run(tmp_path: Path, page: str) -> None:
    path = tmp_path / "define.html"
    path.write_text(page, "utf-8")
    document, log = browse(path)
    assert "CONSOLE" not in log
    assert document.xpath("//div[@id='seek'][not(@hidden)]") and document.xpath("//button[@class='fold']")


def test_a_search_and_filters_come_from_the_address(tmp_path: Path, page: str) -> None:
    path = tmp_path / "define.html"
    path.write_text(page, "utf-8")
    document, _ = browse(path, "?q=sysbp&show=n")
    assert document.xpath("//p[@id='said']")[0].text_content()
    names = document.xpath("//ul[@id='found']/li/text()")
    assert names[0] == "SYSBP" and "ADVS.AVAL where PARAMCD = SYSBP" in names
    kept = document.xpath("//section[@data-n='ADSL']//tr[@id and not(contains(@class, 'out'))]/@id")
    assert kept == ["IT.ADSL.NODATA"] and "out" in document.xpath("//section[@data-n='ADVS']/@class")[0]


def test_slash_arrows_enter_and_escape(tmp_path: Path, page: str) -> None:
    said = drive(
        tmp_path,
        page,
        TYPE + "key('/', document.body); const first = document.activeElement.id; type('analysis date');"
        "const search = location.search; key('ArrowDown', q); key('ArrowUp', q);"
        "const picked = q.getAttribute('aria-activedescendant'); key('Enter', q);"
        "const focus = document.activeElement.textContent, hash = location.hash; q.focus(); type('zzz');"
        "const none = document.getElementById('said').textContent; key('Escape', q);"
        "say([first, search, picked, hash, focus, none, q.value, document.getElementById('found').hidden]);",
    )
    assert said == ["q", "?q=analysis+date", "hit0", "#IT.ADT", "ADT", "0 results", "", True]


def test_a_row_offers_its_link_and_its_citation(tmp_path: Path, page: str) -> None:
    said = drive(
        tmp_path,
        page,
        "const out = [], writeText = t => { out.push(t); return Promise.resolve(); };"
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText}});"
        "for (const id of ['IT.AVAL.SBP', 'IT.AVAL.OTHER', 'IT.ADSL.AGE', 'MT.AVAL']) {"
        "document.getElementById(id).querySelector('a, th').dispatchEvent(new MouseEvent('click', {bubbles: true}));"
        "document.querySelectorAll('.tools button').forEach(b => b.click()); } say(out);",
    )
    links, citations = said[::2], said[1::2]
    assert [x.rpartition("#")[2] for x in links] == ["IT.AVAL.SBP", "IT.AVAL.OTHER", "IT.ADSL.AGE", "MT.AVAL"]
    assert citations == [
        "ADVS.AVAL where PARAMCD = SYSBP",
        "ADVS.AVAL where PARAMCD not in (SYSBP, PULSE) and AVISITN ≥ 4 or ADSL.AGE > 65",
        "ADSL.AGE",
        "Value of the analysis",
    ]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_wider_than_the_window(tmp_path: Path, page: str, width: int) -> None:
    (tmp_path / "in.html").write_text(
        POLICY.sub("", page).replace(
            "</body>",
            "<script>setTimeout(() => parent.postMessage([document.documentElement.scrollWidth,"
            "document.documentElement.clientWidth], '*'), 500)</script></body>",
        ),
        "utf-8",
    )
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<pre id="o"></pre><iframe src="in.html" width="{width}" height="900" style="border:0"></iframe>'
        "<script>const o = document.getElementById('o');"
        "addEventListener('message', e => { o.textContent = e.data.join(' '); })</script>",
        "utf-8",
    )
    document, _ = browse(frame, "", "--virtual-time-budget=5000")
    needed, there = map(int, document.get_element_by_id("o").text_content().split())
    assert needed <= there <= width


def test_it_prints_every_variable(tmp_path: Path, page: str) -> None:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None or CHROMIUM is None:
        pytest.skip("no pdftotext is installed")
    path, pdf = tmp_path / "define.html", tmp_path / "define.pdf"
    path.write_text(page, "utf-8")
    words = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    subprocess.run([*words, f"--print-to-pdf={pdf}", path.as_uri()], capture_output=True, timeout=120, check=True)
    text = subprocess.run([pdftotext, "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for name in ("USUBJID", "NODATA", "AVISITN", "PARAMCD", "Systolic value", "proc mixed", "Un commentaire"):
        assert name in text
