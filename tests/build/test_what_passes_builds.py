"""What the judge of specs lets pass can be built: random lines either are problems with a place, or make data.

Nothing but SpecError may come out, whatever a line says; values that cannot be used are issues.
"""

from __future__ import annotations

import random
import shutil
import types
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdisc_itp.algorithms.registry import ALGORITHMS, DateRef, MapName, NumberRef, RawColumn, Ref, TimeRef, parameters
from cdisc_itp.build.datasets import build_datasets
from cdisc_itp.build.forms import build_forms
from cdisc_itp.model.issue import SpecError
from cdisc_itp.model.where import Condition
from tests.bad import load_with_tables

STUDY = Path(__file__).parent / "every_kind"
FILES = ("sdtm/dm.yaml", "sdtm/ex.yaml", "sdtm/lb.yaml", "sdtm/lb.yaml", "sources/a.yaml")
ELSEWHERE = ("EX.EXSTDTC", "EX.EXTRT", "LB.LBDTC", "LB.LBORRES", "laboratory.result", "exposure.start", "XX.YY")
NUMBERS = ("EX.EXDOSE", "exposure.dose", "laboratory.dose", "LB.LBSTRESN")
RAW = ("SUBJECT", "VISIT", "DATE", "TIME", "TEST", "RESULT", "UNIT", "LOW", "HIGH", "DOSE", "STAMP", "$value")
VALUES = (
    "HGB",
    "1",
    "10",
    "x",
    "2022-07-05",
    "F",
    "Y",
    "-1.5",
    "g/L",
    "dd/MM/yyyy",
    "HH:mm",
    "excel_serial",
    "term",
    "V1",
)
NAMES = {
    "dm": ("SUBJID", "SITEID", "SEX", "subject", "sex", "site", "USUBJID", "AGE", "RFICDTC", "birth", "EX.EXSTDTC"),
    "ex": ("EXTRT", "EXDOSE", "EXSTDTC", "EXENDTC", "drug", "dose", "start", "DM.RFSTDTC", "DM.SEX", "EXSEQ"),
    "lb": (
        "LBTESTCD",
        "LBORRES",
        "LBSTRESN",
        "LBDTC",
        "VISITNUM",
        "LBX",
        "LBD",
        "test",
        "result",
        "dose",
        "stamp",
        "time",
    ),
    "a": (
        "subject",
        "visit",
        "test",
        "result",
        "unit",
        "low",
        "dose",
        "date",
        "stamp",
        "STUDYID",
        "site",
        "start",
        "drug",
    ),
}
MAKES = ("LBCAT", "VISITNUM", "EPOCH", "LBSPEC", "LBSTAT", "LBBLFL", "LBSTRESC", "LBSTRESN", "LBDTC")


class Writer:
    """Writes random lines for one file."""

    def __init__(self, r: random.Random, stem: str) -> None:
        self.r, self.stem, self.names = r, stem, NAMES[stem]

    def value(self, hint: Any, word: str) -> Any:
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            return self.value(next(a for a in args if a is not type(None)), word)
        if origin is tuple:
            return [self.value(args[0], word) for _ in range(self.r.randint(1, 2))]
        if origin is dict:
            keys = self.r.sample(("test", "low", "subject", "145", "ND"), 2)
            return {
                k: self.r.choice((None, "NOT DONE"))
                if type(None) in typing.get_args(args[1])
                else self.value(args[1], word)
                for k in keys
            }
        if origin is typing.Literal:
            return self.r.choice(args)
        if hint is Condition:
            return self.condition()
        choice = {bool: ("yes", "no"), int: ("-2", "0", "1", "2"), MapName: ("sex", "units"), RawColumn: RAW}
        return self.r.choice(choice.get(hint) or (self.refs(hint, word) if issubclass(hint, Ref) else VALUES))

    def refs(self, hint: type[Ref], word: str) -> tuple[str, ...]:
        if hint is NumberRef:
            return NUMBERS
        if word in ("first", "last", "any", "count", "earliest_of", "latest_of"):
            return ELSEWHERE
        dates = tuple(n for n in self.names if n.endswith("DTC") or n in ("date", "birth", "start", "stamp"))
        return ("time",) if hint is TimeRef else dates if hint is DateRef else self.names

    def condition(self) -> dict[str, Any]:
        word = self.r.choice(("EQ", "NE", "LT", "GE", "IN", "IS"))
        value = {"IS": "MISSING", "IN": list(self.r.sample(VALUES, 2))}.get(word, self.r.choice(VALUES))
        return {self.r.choice(self.names): {word: value}}

    def line(self) -> dict[str, Any]:
        scope = "form" if self.stem == "a" else "dataset"
        word = self.r.choice(sorted(w for w, c in ALGORITHMS.items() if c.scope in ("any", scope)))
        known = parameters(ALGORITHMS[word])
        main = next(iter(known))
        given = {n for n, p in known.items() if p.required or n == main or self.r.random() < 0.3}
        given |= {other for n in given for other in known[n].needs}
        out = {word if n == main else n: self.value(p.type, word) for n, p in known.items() if n in given}
        return out | ({"when": self.condition()} if self.r.random() < 0.25 else {})

    def change(self, spec: dict[str, Any]) -> None:
        if self.stem == "a":
            places = [b["columns"] for b in spec["forms"].values()]
        else:
            places = [spec["variables"], spec["variables"], spec.setdefault("supplemental", {})]
        place = self.r.choice(places)
        name = self.r.choice([*place, *(MAKES if self.stem == "lb" else ()), *(() if place else ("EXTRA",))])
        place[name] = self.line() if self.r.random() < 0.7 else [self.line(), self.line()]
        if self.stem != "a" and self.r.random() < 0.1:
            spec["records"][0] |= {"where": self.condition(), "reason": "r"}


@pytest.mark.parametrize("seed", range(8))
def test_a_spec_that_passes_can_be_built(seed: int, tmp_path: Path) -> None:
    r = random.Random(seed)
    for i in range(20):
        folder = shutil.copytree(STUDY, tmp_path / str(i))
        path = folder / r.choice(FILES)
        spec = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        for _ in range(r.choice((1, 1, 2))):
            Writer(r, path.stem).change(spec)
        path.write_text(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False), encoding="utf-8")
        try:
            study, tables = load_with_tables(folder)
            build_datasets(study, build_forms(study.files, tables).forms)
        except SpecError as error:
            assert [p for p in error.problems if p.line < 1 or not (folder / p.file).is_file()] == []


def test_the_study_itself_passes() -> None:
    study, tables = load_with_tables(STUDY)
    made = build_datasets(study, build_forms(study.files, tables).forms)
    assert {n: len(f) for n, f in made.frames.items()} == {"DM": 3, "EX": 3, "LB": 5, "SUPPLB": 5}
