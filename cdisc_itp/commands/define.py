"""`define`: anybody's define.xml."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from .ending import guarded

DefineFile = Annotated[Path, typer.Argument(metavar="FILE.xml", help="A define.xml.", show_default=False)]
app = typer.Typer(
    help="Anybody's define.xml, 2.0 or 2.1: its page for reviewers, and its check.",
    epilog="Example: cdisc-itp define html define.xml",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class DiffFormat(enum.StrEnum):
    """How a comparison is written."""

    text = "text"
    json = "json"
    html = "html"


class CheckReport(enum.StrEnum):
    """How a check is printed."""

    text = "text"
    json = "json"


@app.command("html", epilog="Example: cdisc-itp define html define.xml -o review.html")
def define_html(
    file: DefineFile,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE.html", help="Default: beside it.")] = None,
    data: Annotated[bool, typer.Option("--data/--no-data", help="Read the transport files beside it.")] = True,
) -> None:
    """Write a define.xml as one HTML page that any browser shows, without network, stylesheet or script.

    What is broken is said on the page and on stderr, the rest is shown. Where the transport files lie beside it, the
    page tells terms seen, records and hashes. Exit codes: 0 written; 2 nothing of the file can be read.
    """

    def work() -> int:
        from ..define_files import write_define_page

        return write_define_page(file, out, data)

    guarded(work)


@app.command("check", epilog="Example: cdisc-itp define check define.xml --report json")
def define_check(
    file: DefineFile,
    report: Annotated[CheckReport, typer.Option(help="How the check is printed.")] = CheckReport.text,
) -> None:
    """Check a define.xml: the publisher's schema (2.0, 2.1, ARM), and every OID defined once and used.

    Exit codes: 0 no error; 1 errors; 2 nothing of the file can be read.
    """

    def work() -> int:
        from ..define_files import print_define_check

        return print_define_check(file, report.value)

    guarded(work)


@app.command("diff", epilog="Example: cdisc-itp define diff first/define.xml second/define.xml -o changes.html")
def define_diff(
    before: Annotated[Path, typer.Argument(metavar="A.xml", help="The earlier define.xml.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="B.xml", help="The later define.xml.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it to a file.")] = None,
    form: Annotated[
        DiffFormat | None, typer.Option("--format", help="Default: html for an .html file, else text.")
    ] = None,
) -> None:
    """Tell what was added, removed and changed from one define.xml to another: as text, JSON, or on B's page.

    Parts are the same by OID and name, else by name, else by OID, so that files with other OIDs can be compared.
    Exit codes: 0 no change; 1 changes; 2 nothing of a file can be read.
    """

    def work() -> int:
        from ..define_files import print_define_diff

        page = out is not None and out.suffix.lower() in (".html", ".htm")
        return print_define_diff(before, after, out, form.value if form else "html" if page else "text")

    guarded(work)
