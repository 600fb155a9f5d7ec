"""The laboratory job measured: our `convert` against yamaa, on the same two files, in turn."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.lb import peer
from bench.processes import CommandError, Cost, in_turn, run, run_json, spread, table

ROOT = Path(__file__).parents[2]
WORK = ROOT / "bench" / ".work"
SPEC = ROOT / "bench" / "lb" / "spec"
SMALL = 2_000
OURS = "import sys; from cdisc_itp.cli import main; sys.argv[0] = 'cdisc-itp'; main()"
LB = "m5/datasets/demo/tabulations/sdtm/lb.xpt"


@dataclass(frozen=True)
class Measured:
    """One shape: the costs of each run, ours by stage, and how the cells compare (None: there is no peer)."""

    shape: str
    rows: int
    ours: list[Cost]
    stages: list[dict[str, float]]
    theirs: list[Cost] = field(default_factory=list)
    refusal: str = ""
    differences: dict[str, Any] | None = None

    @property
    def ratios(self) -> dict[str, list[float]]:
        """Ours to theirs, pair by pair."""
        pairs = list(zip(self.ours, self.theirs, strict=True)) if self.theirs else []
        return {f: [getattr(a, f) / getattr(b, f) for a, b in pairs] for f in ("cpu", "wall", "peak")}

    def document(self) -> dict[str, Any]:
        """For results.json."""
        return {
            "shape": self.shape,
            "rows": self.rows,
            "ours": [vars(c) for c in self.ours],
            "stages_cpu": self.stages,
            "yamaa": [vars(c) for c in self.theirs],
            "ratios": self.ratios,
            "refusal": self.refusal,
            "differences": self.differences,
        }


def measure(shape: str, rows: int, repeat: int, python: Path | None) -> Measured:
    """Make the input, run both sides in turn, and compare the cells of LB."""
    refusal = warm_up(shape, python)
    work, made = prepare(shape, rows)

    def ours() -> tuple[Cost, dict[str, float]]:
        return convert(work / "raw", work / "out")

    def theirs() -> Cost:
        return run(peer.command(python or Path(), work / "peer"))[1]

    found = in_turn(repeat, ours, *([] if refusal else [theirs]))
    costs, stages = [c for c, _ in found[0]], [s for _, s in found[0]]
    if refusal:
        return Measured(shape, made, costs, stages, refusal=refusal)
    compare = [sys.executable, "-m", "bench.lb.compare", str(work / "out" / LB), str(work / "peer/xpt/lb.xpt")]
    return Measured(shape, made, costs, stages, found[1], "", run_json(compare, ROOT))


def prepare(shape: str, rows: int) -> tuple[Path, int]:
    """Raw files for our side and, with its spec, for the peer; the folder, and how many rows there are."""
    work = WORK / f"{shape}-{rows}"
    shutil.rmtree(work, ignore_errors=True)
    words = [str(work / "raw"), "--rows", str(rows), "--shape", shape]
    made = run_json([sys.executable, "-m", "bench.lb.generate", *words], ROOT)
    shutil.copytree(work / "raw", work / "peer")
    if peer.SPEC.is_dir():
        peer.place_spec(work / "peer", shape)
    return work, int(made["rows"])


def warm_up(shape: str, python: Path | None) -> str:
    """A small run of each side that does not count; why the peer has no figures, if it has none."""
    work, _ = prepare(shape, SMALL)
    convert(work / "raw", work / "out")
    if python is None:
        return "it is not here"
    try:
        run(peer.command(python, work / "peer"))
    except CommandError as error:
        return "it refuses this input: " + str(error).rpartition("/peer/")[2]
    return ""


def convert(raw: Path, out: Path) -> tuple[Cost, dict[str, float]]:
    """Our whole job: XPT, define.xml, issues, ledger, lineage, read-back and judging; with CPU seconds by stage."""
    words = ["convert", str(SPEC), "--raw", str(raw), "--out", str(out), "--fail-on", "never", "--progress", "none"]
    _, cost = run([sys.executable, "-c", OURS, *words], ROOT)
    document = json.loads((out / "run" / "run.json").read_text("utf-8"))
    stages = {str(s["name"]): float(s["cpu"]) for s in document["stages"]}
    return cost, {**stages, "start and end": cost.cpu - sum(stages.values())}


def render(measured: Measured) -> str:
    """The figures of one shape as text."""
    m = measured
    head = ("", "CPU s", "wall s", "peak MiB")
    rows: list[tuple[str, ...]] = [("cdisc-itp", *_figures(m.ours))]
    if m.theirs:
        rows.append((f"yamaa {peer.VERSION}", *_figures(m.theirs)))
        rows.append(("ours / yamaa", *(spread(m.ratios[f]) for f in ("cpu", "wall", "peak"))))
    stages = ", ".join(f"{n} {statistics.median([s[n] for s in m.stages]):.2f}" for n in m.stages[0])
    lines = [f"LB, {m.rows:,} rows, shape {m.shape}: median (minimum-maximum) of {len(m.ours)}", table(head, rows)]
    if m.refusal:
        lines.append(f"no figures of yamaa: {m.refusal}")
    if m.differences is not None:
        lines.append(_compared(m.differences))
    return "\n".join([*lines, f"our CPU s by stage: {stages}"])


def _figures(costs: list[Cost]) -> tuple[str, str, str]:
    return spread([c.cpu for c in costs]), spread([c.wall for c in costs]), spread([c.peak for c in costs], 0)


def _compared(differences: dict[str, Any]) -> str:
    if not differences:
        return "the 19 columns are equal cell by cell"
    return "cells differ: " + "; ".join(f"{n} {k} ({', '.join(some)})" for n, (k, some) in differences.items())
