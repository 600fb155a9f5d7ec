"""``python -m bench``: the laboratory job against yamaa, XPT files against pyreadstat and pandas, a large page."""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.lb import job as lb
from bench.lb import peer
from bench.page import job as page
from bench.xpt import job as xpt

SHAPES = ("two", "four", "times", "dirty")
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure, print tables, and keep every figure in bench/results.json."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--rows", type=int, default=400_000, help="rows of the laboratory job (XPT: a quarter)")
    parser.add_argument("--shape", choices=SHAPES, action="append", help="repeatable; default: two")
    parser.add_argument("--only", choices=("lb", "xpt", "page"), help="one of the benches")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--peer-python", help="a Python from 3.12 on, for yamaa's environment")
    arguments = parser.parse_args()
    results: dict[str, Any] = {"machine": machine()}
    print(results["machine"]["shown"], flush=True)
    if arguments.only in (None, "lb"):
        results["lb"] = bench_lb(arguments.shape or ["two"], arguments.rows, arguments.repeat, arguments.peer_python)
    if arguments.only in (None, "xpt"):
        measured = xpt.measure(arguments.rows // 4, arguments.repeat)
        results["xpt"] = measured.document()
        print(f"\n{xpt.render(measured)}")
    if arguments.only in (None, "page"):
        painted = page.measure(arguments.repeat)
        results["page"] = None if painted is None else painted.document()
        print(f"\n{page.render(painted)}")
    RESULTS.write_text(json.dumps(results, indent=1), "utf-8")


def bench_lb(shapes: list[str], rows: int, repeat: int, named: str | None) -> list[dict[str, Any]]:
    """Measure and print each shape."""
    try:
        python = peer.prepare(named)
    except peer.NoPeerError as error:
        print(f"yamaa {peer.VERSION} is not measured: {error}")
        python = None
    found = []
    for shape in shapes:
        measured = lb.measure(shape, rows, repeat, python)
        found.append(measured.document())
        print(f"\n{lb.render(measured)}", flush=True)
    return found


def machine() -> dict[str, Any]:
    """Where and when this is measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = {p: version(p) for p in ("pandas", "numpy", "pyarrow", "pyreadstat")}
    shown = ", ".join(f"{k} {v}" for k, v in {"Python": platform.python_version(), **packages}.items())
    return {
        "date": date.today().isoformat(),
        "cores": cores,
        "system": platform.system(),
        "processor": platform.machine(),
        "shown": f"{date.today()}, {cores} cores, {platform.system()} {platform.machine()}, {shown}",
    }


if __name__ == "__main__":
    main()
