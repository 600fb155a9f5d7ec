"""What is written is read back by the strict loader of specs, sign by sign."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_itp.drafting.yaml_text import Lines, flow, scalar
from cdisc_itp.spec.yaml import read_yaml

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def read(text: str, folder: Path) -> object:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8", newline="\n")
    problems: list[object] = []
    found = read_yaml(path, "a.yaml", problems)  # type: ignore[arg-type]
    assert problems == [], text
    return found


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), min_size=1, max_size=4), TEXTS)
def test_texts_come_back_and_remarks_stay_outside(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str | list[str]], remark: str
) -> None:
    lines = Lines()
    for key, value in texts.items():
        lines.add(0, f"{scalar(key)}: {flow(value)}", remark, remark)
    assert read(str(lines), tmp_path_factory.mktemp("yaml")) == texts


@pytest.mark.parametrize(
    "text", ["NO", "no", "~", "null", "- a", "a: b", "a #b", "# a", "010", "12:30", "{x}", "a,b", "", " a"]
)
def test_what_yaml_takes_for_something_else_is_quoted(text: str, tmp_path: Path) -> None:
    assert read(f"a: [{scalar(text)}]", tmp_path) == {"a": [text]}
