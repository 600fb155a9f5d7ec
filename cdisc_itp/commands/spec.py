"""`spec`: a study's spec."""

from __future__ import annotations

import typer

from .arguments import Study, Tabulated
from .ending import guarded

app = typer.Typer(
    help="Check a study's spec, or print the schema for editors.",
    epilog="Example: cdisc-itp spec check specs/mystudy",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("check", epilog="Example: cdisc-itp spec check specs/mystudy")
def spec_check(study: Study, raw: Tabulated = None) -> None:
    """Check a study's spec: every problem at once, with file, line and hint."""

    def work() -> int:
        from ..terminal import print_spec

        return print_spec(study, raw)

    guarded(work)


@app.command("schema", epilog="Example: cdisc-itp spec schema > cdisc-itp.schema.json")
def spec_schema() -> None:
    """Print the JSON Schema of spec files, for editors."""

    def work() -> int:
        from ..terminal import print_schema

        return print_schema()

    guarded(work)
