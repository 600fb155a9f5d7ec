"""`ct`: controlled terminology."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .ending import guarded

app = typer.Typer(
    help="Controlled terminology.",
    epilog="Example: cdisc-itp ct import SDTM_Terminology.txt --out specs/mystudy/ct",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(
    "import",
    epilog="Example: cdisc-itp ct import SDTM_Terminology.txt --standard SDTM --date 2025-03-28 --out specs/x/ct",
)
def ct_import(
    file: Annotated[Path, typer.Argument(help="The official release: tab separated text, or CSV.")],
    out: Annotated[Path, typer.Option("--out", help="The study's ct folder.")],
    standard: Annotated[str | None, typer.Option(help="SDTM or ADaM, where the file does not say it.")] = None,
    date: Annotated[str | None, typer.Option(help="The release date, where the file does not say it.")] = None,
) -> None:
    """Import an official terminology release into a study's ct folder."""

    def work() -> int:
        from ..terminal import import_ct

        return import_ct(file, out, standard, date)

    guarded(work)
