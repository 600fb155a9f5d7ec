"""The reproduction as one page: no network, no script, the same bytes for the same document."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from .schema import STATUSES
from .words import (
    MEANINGS,
    agreement,
    number,
    said_computed,
    said_data,
    said_methods,
    said_statistics,
    sensitivity_rows,
)

# How a status is marked; never by colour alone, its word stands beside.
TONES = {"REPRODUCED": "good", "REPRODUCED_BY_METHOD": "good", "NOT_REPRODUCED": "bad", "INCONSISTENT": "bad"}


def render_reproduction_page(document: dict[str, Any]) -> str:
    """The page of a reproduction, as `schema` has it."""
    style = _style()
    text = (
        _environment()
        .get_template("page.html")
        .render(
            doc=document,
            style=style,
            policy=f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'",
            meanings={s: MEANINGS[s] for s in STATUSES if s in document["statuses"]},
            tones=TONES,
            rows=sensitivity_rows(document["sensitivity"]["results"]),
            agreement=agreement,
            number=number,
            said_computed=said_computed,
            said_data=said_data,
            said_methods=said_methods,
            said_statistics=said_statistics,
        )
    )
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    lines = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line)


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("cdisc_itp.writers", "reproduction")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
