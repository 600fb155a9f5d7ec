"""How soon Chromium paints the define.html of 60 datasets with 5,000 variables."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from cdisc_itp.define_files import write_define_page

MADE = Path(__file__).parents[2] / "tests" / "writers" / "define_files" / "adam_2_1.xml"
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def large(path: Path, datasets: int = 60, variables: int = 84) -> Path:
    """A define.xml of as many datasets and variables, each with its codelist, origin and comment of some length."""
    root = etree.parse(MADE).getroot()
    (group,) = (g for g in root.iter(f"{ODM}ItemGroupDef") if g.get("Name") == "ADSL")
    version = group.getparent()
    item = next(i for i in root.iter(f"{ODM}ItemDef") if i.get("Name") == "AGE")
    for d in range(datasets - 2):
        of = etree.fromstring(etree.tostring(group))
        for e in of.findall(f"{ODM}ItemRef"):
            of.remove(e)
        of.set("OID", f"IG.{d}")
        of.set("Name", f"AD{d:02d}")
        of.attrib.pop(f"{DEF}ArchiveLocationID")
        of.remove(of.find(f"{DEF}leaf"))
        group.addnext(of)
        for v in range(variables):
            one = etree.fromstring(etree.tostring(item))
            one.set("OID", f"IT.{d}.{v}")
            one.set("Name", f"V{v:03d}")
            version.insert(version.index(item), one)
            ref = etree.Element(f"{ODM}ItemRef", ItemOID=f"IT.{d}.{v}", OrderNumber=str(v + 1), Mandatory="No")
            of.insert(1 + v, ref)
    root.getroottree().write(str(path), encoding="UTF-8", xml_declaration=True)
    return path


@dataclass(frozen=True)
class Painted:
    """Bytes of the define.xml and of its page; milliseconds until something was painted, by visit."""

    define: int
    page: int
    paints: tuple[float, ...]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def measure(repeat: int) -> Painted | None:
    """Open the page ``repeat`` times; None where no Chromium is installed."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        return None
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = large(Path(folder) / "define.xml")
        write_define_page(path)
        page = path.with_suffix(".html")
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=options)
        paints = []
        for _ in range(repeat):
            seen = browser.new_page()
            seen.goto(page.as_uri())
            paints.append(round(seen.evaluate(_PAINT), 1))
            seen.close()
        browser.close()
        return Painted(path.stat().st_size, page.stat().st_size, tuple(paints))


def render(found: Painted | None) -> str:
    if found is None:
        return "define.html of a large study is not measured: no chromium is installed (make browsers)"
    shown = ", ".join(f"{p:,.0f}" for p in found.paints)
    return f"define.html of 60 datasets, {found.define:,} to {found.page:,} bytes: first paint {shown} ms"
