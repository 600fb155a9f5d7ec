"""The process in which ReadStat reads a file: a file that brings it down, or keeps it busy, is a damaged one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

import pyarrow as pa

from .problems import Problems

PROGRAM = Path(__file__).with_name("readstat_program.py")
BYTES = "ISO-8859-1"
"""What ReadStat is told the encoding is, so that it gives every byte as a character."""


class ReadStat:
    """One file, opened by ReadStat. A context manager: the process ends with it."""

    def __init__(self, path: Path, kind: str, problems: Problems) -> None:
        self._path, self._kind, self._problems = path, kind, problems
        # -P: the modules beside the program (csv, xml) must not stand in for Python's.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> ReadStat:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read_header(self, encoding: str | None, seconds: float) -> dict[str, Any]:
        """What the file declares, texts in BYTES or by the file's own encoding (None); READ009, READ080, READ081."""
        header: dict[str, Any] = json.loads(self._ask(None, encoding, seconds))
        if header["duplicates"]:
            self._problems.add("READ009", "two variables have the same name")
            self._problems.raise_any()
        return header

    def read_columns(self, names: list[str], seconds: float) -> list[tuple[Any, Any]]:
        """Numbers and texts (Arrow arrays, dictionary-encoded) of each variable; READ080, READ081."""
        with pa.ipc.open_stream(self._ask(names, BYTES, seconds)) as stream:
            columns = stream.read_next_batch().columns
        return list(zip(columns[::2], columns[1::2], strict=True))

    def _ask(self, columns: list[str] | None, encoding: str | None, seconds: float) -> bytes:
        """The answer's bytes; raises ReadError where there is none, or an error."""
        named = {"path": str(self._path.absolute()), "format": self._kind}
        order = {**named, "encoding": encoding, "columns": columns, "seconds": seconds}
        assert self._process.stdin is not None and self._process.stdout is not None
        timer = Timer(seconds, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
            self._process.stdin.flush()
            letter, size = self._process.stdout.read(1), int.from_bytes(self._process.stdout.read(8), "big")
            body = self._process.stdout.read(size)
        except BrokenPipeError:
            letter = body = b""
        late = not timer.is_alive()
        timer.cancel()
        if not letter or len(body) < size:
            reason = f"took more than {seconds:.0f} seconds" if late else "breaks down on it"
            self._fail(f"ReadStat, its reader, {reason}")
        if letter == b"J" and "error" in (document := json.loads(body)):
            self._note_error(document["error"], document["undecodable"])
        return body

    def _note_error(self, error: str, undecodable: bool) -> None:
        hint = "declare `encoding`"
        if undecodable or "convert string" in error:
            self._problems.add("READ081", "names or labels are no text in the file's own encoding", hint=hint)
        elif "character set" in error:
            self._problems.add("READ081", "the file's own encoding is not known", hint=hint)
        else:
            self._fail(error)
        self._problems.raise_any()

    def _fail(self, reason: str) -> None:
        self._problems.add("READ080", f"not a readable {self._kind} file: {reason}")
        self._problems.raise_any()
