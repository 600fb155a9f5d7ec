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
