"""Arguments that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Study = Annotated[Path, typer.Argument(help="The study's folder, with study.yaml.", show_default=False)]
Raw = Annotated[Path, typer.Option("--raw", help="The folder with the raw exports.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Tabulated = Annotated[
    Path | None, typer.Option("--raw", help="The folder with SDTM files that the study is given.", show_default=False)
]
