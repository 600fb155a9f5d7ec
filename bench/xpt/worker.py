"""One tool writes or reads the table once, in a process of its own; what it took is printed as JSON."""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from bench.xpt.make import NUMBERS, as_frame, make_columns
from cdisc_itp.readers.xpt import read_xpt
from cdisc_itp.writers.xpt import XptVariable, columns_of, write_xpt

CREATED = datetime(2026, 11, 22)


def _write(path: Path, columns: Any) -> None:
    variables = [XptVariable(n, n.capitalize(), n in NUMBERS) for n in columns]
    write_xpt(path, "LB", "Laboratory Test Results", variables, columns, CREATED)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        os.fsync(file.fileno())


def prepare(task: str, path: Path, rows: int) -> Callable[[], Any]:
    """What is to be timed; its input is made here."""
    if task == "write columns":
        columns = make_columns(rows)
        return lambda: _write(path, columns)
    if task in ("write str", "write str pyreadstat"):
        frame = as_frame(make_columns(rows))
        if task == "write str":
            return lambda: _write(path, columns_of(frame))
        return lambda: pyreadstat.write_xport(frame, str(path), table_name="LB", file_format_version=5)
    if task == "write disk":
        data = path.read_bytes()
        return lambda: _write_synced(path.with_suffix(".copy"), data)
    readers: dict[str, Callable[[], Any]] = {
        "read": lambda: read_xpt(path),
        "read pandas": lambda: pd.read_sas(path, format="xport", encoding="ascii"),
        "read pyreadstat": lambda: pyreadstat.read_xport(str(path), encoding="ascii"),
    }
    return readers[task]


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """CPU and wall seconds, and by how much the peak lay above what the process held before (MiB; Linux)."""
    before = _reset_peak()
    start, cpu = time.perf_counter(), _cpu()
    kept = work()
    seconds, used = time.perf_counter() - start, _cpu() - cpu
    above = _status("VmHWM") - before
    del kept
    return {"wall": seconds, "cpu": used, "above": above}


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _reset_peak() -> float:
    """What the process holds (MiB); the peak is counted from here on."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")
    return _status("VmRSS")


def _status(name: str) -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    found = [line.split() for line in status.read_text().splitlines() if line.startswith(f"{name}:")]
    return float(found[0][1]) / 1024


def main() -> None:
    """Run one task."""
    parser = argparse.ArgumentParser(prog="python -m bench.xpt.worker", description=main.__doc__)
    parser.add_argument("task")
    parser.add_argument("path", type=Path)
    parser.add_argument("rows", type=int)
    arguments = parser.parse_args()
    print(json.dumps(timed(prepare(arguments.task, arguments.path, arguments.rows))))


if __name__ == "__main__":
    main()
