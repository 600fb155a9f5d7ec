"""Transport files measured: our writer and reader against pyreadstat and pandas, on one table, in turn."""

from __future__ import annotations

import shutil
import statistics
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.processes import in_turn, run_json, spread, table

ROOT = Path(__file__).parents[2]
WORK = ROOT / "bench" / ".work" / "xpt"
# Task: what is shown, and the task that it is compared with. The readers read what "write columns" wrote.
TASKS: dict[str, tuple[str, str]] = {
    "write columns": ("write, the engine's columns", "write str pyreadstat"),
    "write str": ("write, pandas str", "write str pyreadstat"),
    "write str pyreadstat": ("write, pandas str: pyreadstat", ""),
    "write disk": ("the same bytes to disk, synced", ""),
    "read": ("read", "read pandas"),
    "read pandas": ("read: pandas.read_sas", ""),
    "read pyreadstat": ("read: pyreadstat", "read pandas"),
}


@dataclass(frozen=True)
class MeasuredXpt:
    """Wall and CPU seconds and MiB above what was held before, of each run of each task."""

    rows: int
    size: int
    runs: dict[str, list[dict[str, float]]]

    def speed(self, task: str) -> list[float]:
        """Thousands of rows a second."""
        return [self.rows / r["wall"] / 1000 for r in self.runs[task]]

    def ratio(self, task: str) -> list[float]:
        """How many times as fast as what it is compared with, run by run."""
        other = TASKS[task][1]
        return [a / b for a, b in zip(self.speed(task), self.speed(other), strict=True)] if other else []

    def document(self) -> dict[str, Any]:
        """For results.json."""
        ratios = {task: self.ratio(task) for task in TASKS if TASKS[task][1]}
        return {"rows": self.rows, "bytes": self.size, "runs": self.runs, "ratios": ratios}


def measure(rows: int, repeat: int) -> MeasuredXpt:
    """Every task ``repeat`` times, each in a process of its own."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    found = in_turn(repeat, *(partial(_task, task, rows) for task in TASKS))
    size = (WORK / "columns.xpt").stat().st_size
    return MeasuredXpt(rows, size, dict(zip(TASKS, found, strict=True)))


def _task(task: str, rows: int) -> dict[str, float]:
    file = "columns.xpt" if task.startswith(("read", "write disk", "write columns")) else "str.xpt"
    return run_json([sys.executable, "-m", "bench.xpt.worker", task, str(WORK / file), str(rows)], ROOT)


def render(m: MeasuredXpt) -> str:
    """The figures as text."""
    rows = []
    for task, (shown, other) in TASKS.items():
        ratio = f"{statistics.median(m.ratio(task)):.1f} x {TASKS[other][0].rpartition(': ')[2]}" if other else ""
        above = spread([r["above"] for r in m.runs[task]], 0)
        rows.append((shown, spread(m.speed(task), 0), spread([r["cpu"] for r in m.runs[task]]), above, ratio))
    head = ("", "1,000 rows/s", "CPU s", "MiB above input", "speed")
    count = len(next(iter(m.runs.values())))
    title = f"XPT, {m.rows:,} rows, 24 variables, {m.size / 2**20:,.0f} MiB: median (minimum-maximum) of {count}"
    return f"{title}\n{table(head, rows)}"
