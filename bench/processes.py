"""Commands measured as whole processes: CPU seconds, wall seconds, peak memory, as the operating system counts them.

This process stays small and imports no numpy: a child's peak counts what its parent held when it was started.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """What one finished process took: user and system CPU seconds, wall seconds, peak resident MiB."""

    cpu: float
    wall: float
    peak: float


class CommandError(Exception):
    """A command that failed: its last line on stderr."""


def run(command: Sequence[str], cwd: Path | None = None) -> tuple[str, Cost]:
    """Run a command to its end: what it printed, and its cost with that of its children. Raises CommandError.

    Python may keep compiled modules, as an installed program does.
    """
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd, env=env) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        if process.returncode:
            lines = err.read().decode("utf-8", "replace").strip().splitlines()
            raise CommandError(lines[-1] if lines else f"exit code {process.returncode}")
        return out.read().decode("utf-8"), Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def run_json(command: Sequence[str], cwd: Path) -> dict[str, Any]:
    """Run a command that prints JSON."""
    found: dict[str, Any] = json.loads(run(command, cwd)[0])
    return found


def in_turn(repeat: int, *jobs: Callable[[], Any]) -> list[list[Any]]:
    """Each job ``repeat`` times, A B A B ...; the results of each job."""
    found: list[list[Any]] = [[] for _ in jobs]
    for _ in range(repeat):
        for results, job in zip(found, jobs, strict=True):
            results.append(job())
    return found


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, with minimum and maximum.

    >>> spread([3.0, 1.0, 2.0], 1)
    '2.0 (1.0-3.0)'
    """
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a header, in columns; the first column is text, the others are figures."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    shown = [
        "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    return "\n".join([shown[0], "  ".join("-" * w for w in widths), *shown[1:]])
