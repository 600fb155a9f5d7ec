"""The reference of the words is what the registry holds."""

from __future__ import annotations

import inspect
from pathlib import Path

from cdisc_itp.algorithms.registry import ALGORITHMS, Algorithm, parameters
from tests.golden.rewrite import compare

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spec-language.md"
START, END = "<!-- words: made by `make golden` from the registry -->\n", "<!-- end of words -->\n"
PLACES = {"any": "source files and datasets", "form": "source files", "dataset": "datasets"}


def render_words() -> str:
    """A paragraph a word: where it is used, its parameters, and what its docstring says, without the doctest."""
    return "\n".join(_word(word, cls) for word, cls in sorted(ALGORITHMS.items())) + "\n"


def _word(word: str, cls: type[Algorithm]) -> str:
    main, *others = parameters(cls).items()
    said = [f"`{name}`" + ("" if p.required else " (optional)") for name, p in others]
    listed = f"; parameters {', '.join(said)}" if said else ""
    text = " ".join(inspect.cleandoc(cls.__doc__ or "").split(">>>")[0].split())
    return f"**`{word}: {main[0]}`** ({PLACES[cls.scope]}{listed}). {text}\n"


def test_the_page_lists_every_word() -> None:
    text = PAGE.read_text("utf-8")
    head, rest = text.split(START)
    tail = rest.split(END)[1]
    compare(PAGE, f"{head}{START}\n{render_words()}\n{END}{tail}")
