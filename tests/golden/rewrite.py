"""Golden files: compared as they are, or written anew with ``make golden``."""

from __future__ import annotations

import os
from pathlib import Path

REWRITE = os.environ.get("CDISC_ITP_GOLDEN") == "write"


def compare(path: Path, content: str) -> None:
    """Assert that a golden file holds this text; with ``make golden`` write it."""
    if REWRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    assert path.is_file(), f"{path.name} is not there: run `make golden` and read the diff"
    assert path.read_bytes().decode("utf-8") == content
