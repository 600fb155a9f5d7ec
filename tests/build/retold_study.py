"""A converted study and the stories of its values, held against its raw files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from cdisc_itp.build.replay import Replay
from cdisc_itp.pipeline import Order, Run, convert
from cdisc_itp.tracing import replay_subject
from tests.build import retold_columns, retold_records, retold_rows, retold_words
from tests.build.retelling import Retelling, number
from tests.tiny import whole

REGISTERED = (retold_columns, retold_records, retold_rows, retold_words)
_WRITTEN: dict[str, Written] = {}


@dataclass(frozen=True)
class Written:
    """A study that was converted, with a replay of all its subjects and the files as pyreadstat reads them."""

    replay: Replay
    telling: Retelling
    files: dict[str, Any]

    def check(self, name: str, row: int, variable: str) -> None:
        """The cell of the file is what its story leads to."""
        step = self.replay.trace(name, self.order(name)[row], variable)
        assert self.telling.value(step) == self.cell(name, row, variable), f"{name} {row + 1} {variable}"

    def order(self, name: str) -> list[int]:
        return self.replay.records_in_file(name)

    def cell(self, name: str, row: int, variable: str) -> str | None:
        cell = self.files[name][variable].iloc[row]
        if (name, variable) in self.telling.numeric:
            return None if cell != cell else number(str(cell))
        return cell or None


def write(spec: Path, raw: Path, out: Path) -> Written:
    return written_by(convert(Order(spec, raw, out)), out)


def written_by(run: Run, out: Path) -> Written:
    spec, raw = run.order.study, run.order.raw
    replay = replay_subject(run.study, raw, None)
    read = {p.stem.upper(): pyreadstat.read_xport(str(p)) for p in sorted((out / run.package).glob("*.xpt"))}
    types = {(n, v): t for n, (_, meta) in read.items() for v, t in meta.readstat_variable_types.items()}
    numeric = {v for v, t in types.items() if t == "double"}
    return Written(replay, Retelling(replay, raw, spec, numeric), {n: frame for n, (frame, _) in read.items()})


def whole_written(study: str, request: pytest.FixtureRequest) -> Written:
    """A study converted and replayed once for all tests."""
    if study not in _WRITTEN:
        _WRITTEN[study] = written_by(*whole(study, request))
    return _WRITTEN[study]
