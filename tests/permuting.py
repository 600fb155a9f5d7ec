"""Raw exports with exact duplicates among their rows, and the same rows in another order."""

from __future__ import annotations

import codecs
import random
from pathlib import Path


def with_duplicates(raw: Path, to: Path, seed: str = "twins", of_each: int = 3) -> None:
    """Copy a raw folder; some rows of each text file are there twice, one below the other."""
    for path, head, rows in _files(raw):
        chance = random.Random(f"{seed} {path.name}")
        twice = set(chance.sample(range(len(rows)), min(of_each, len(rows))))
        _write(raw, path, to, head, [r for i, row in enumerate(rows) for r in [row] * (1 + (i in twice))])


def permuted(raw: Path, to: Path, seed: str) -> None:
    """Copy a raw folder with the rows of each text file in another order."""
    for path, head, rows in _files(raw):
        random.Random(f"{seed} {path.name}").shuffle(rows)
        _write(raw, path, to, head, rows)


def _files(raw: Path) -> list[tuple[Path, list[bytes], list[bytes]]]:
    """Each file with its lines down to the header, and its rows; a file that is no table of lines is a head."""
    out = []
    for path in sorted(p for p in raw.rglob("*") if p.is_file()):
        lines = path.read_bytes().splitlines(keepends=True)
        if path.suffix not in (".csv", ".txt"):
            out.append((path, lines, []))
            continue
        header = next(i for i, line in enumerate(lines) if not line.removeprefix(codecs.BOM_UTF8).startswith(b"#"))
        rows = [line if line.endswith(b"\n") else line + b"\n" for line in lines[header + 1 :]]
        assert not any(line.count(b'"') % 2 for line in rows), f"{path.name}: a cell holds a line end"
        out.append((path, lines[: header + 1], rows))
    return out


def _write(raw: Path, path: Path, to: Path, head: list[bytes], rows: list[bytes]) -> None:
    target = to / path.relative_to(raw)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join([*head, *rows]))
