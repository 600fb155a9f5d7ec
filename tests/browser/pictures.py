"""The README's pictures of define.html, from an output: python -m tests.browser.pictures OUT FOLDER (make pictures)."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

SIZE = {"width": 1280, "height": 760}
COLOURS = 96  # of a picture; text on paper needs no more


def take(page: Page, source: Path, target: Path, shown: tuple[str, ...], search: str) -> None:
    """A picture of a page at the first anchor of ``shown`` that it has, after a search where there is one."""
    page.goto(source.as_uri())
    anchor = next(a for a in shown if page.evaluate("id => !!document.getElementById(id)", a))
    page.evaluate("id => document.getElementById(id).scrollIntoView()", anchor)
    if search:
        page.keyboard.press("/")
        page.keyboard.type(search)
        page.evaluate("id => document.getElementById(id).scrollIntoView()", anchor)
    page.wait_for_timeout(500)
    page.screenshot(path=target)
    with Image.open(target) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


def main(out: Path, folder: Path) -> None:
    """Both pictures: value level of a tabulation dataset, and analysis results (or a dataset of the analysis)."""
    (sdtm,), (adam,) = (
        list(out.glob(f"m5/datasets/*/{p}/define.html")) for p in ("tabulations/sdtm", "analysis/adam/datasets")
    )
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
        take(page, sdtm, folder / "define-sdtm.png", ("IT.LB.LBTESTCD", "IG.LB"), "")
        take(page, adam, folder / "define-adam.png", ("results", "IG.ADTTE", "datasets"), "platelet")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
