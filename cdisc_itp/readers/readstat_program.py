"""A program of its own that reads SPSS and SAS files with ReadStat, for `readstat_source`.

ReadStat is written in C, and a damaged file can make it break down or never end. In a process of its own it takes
nothing else with it. Orders come as lines of JSON on standard input; an answer is a letter (J: JSON, A: an Arrow
stream), its length in eight bytes, and itself.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO

import pyarrow as pa
import pyreadstat

READ: dict[str, Callable[..., Any]] = {"SPSS": pyreadstat.read_sav, "SAS7BDAT": pyreadstat.read_sas7bdat}


def answer(order: dict[str, Any]) -> tuple[bytes, bytes]:
    """Letter and bytes of the answer to an order: ``path``, ``format``, ``encoding``, ``columns`` (None: header);
    ``seconds`` is the time that it may take.
    """
    columns = order["columns"]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            cells, meta = READ[order["format"]](
                order["path"],
                encoding=order["encoding"],
                user_missing=True,
                disable_datetime_conversion=True,
                output_format="dict",
                metadataonly=columns is None,
                usecols=columns,
            )
        except Exception as error:  # several of its own without a common ancestor, and Python's
            undecodable = isinstance(error, UnicodeDecodeError)
            return _json({"error": str(error) or type(error).__name__, "undecodable": undecodable})
    if columns is None:
        return _json({**_header(meta), "duplicates": any("duplicated" in str(w.message) for w in told)})
    return b"A", _stream({name: cells[name] for name in columns})


def _json(document: dict[str, Any]) -> tuple[bytes, bytes]:
    return b"J", json.dumps(document).encode("ascii")


def _header(meta: Any) -> dict[str, Any]:
    """What the file declares; codes and bounds are text or numbers."""
    variables = [
        {
            "name": name,
            "label": label,
            "numeric": meta.readstat_variable_types[name] != "string",
            "format": meta.original_variable_types[name],
            "width": meta.variable_storage_width[name],
            "decodes": list(meta.variable_value_labels.get(name, {}).items()),
            "missing": [(r["lo"], r["hi"]) for r in meta.missing_ranges.get(name, ())],
        }
        for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    ]
    return {"encoding": meta.file_encoding, "records": meta.number_rows, "variables": variables}


def _stream(cells: dict[str, list[Any]]) -> bytes:
    """An Arrow stream of two columns a variable: its numbers (or nothing), its texts and letters (or nothing)."""
    arrays: list[Any] = []
    for values in cells.values():
        texts = [v if isinstance(v, str) else None for v in values]
        numbers = [None if isinstance(v, str) else v for v in values]
        arrays += [pa.array(numbers, pa.float64()), pa.array(texts, pa.large_string()).dictionary_encode()]
    batch = pa.record_batch(arrays, [str(i) for i in range(len(arrays))])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def limit_time(seconds: float) -> None:
    """End this program once it has computed for so long from now on: who asked may be gone, and kill nobody."""
    with contextlib.suppress(ImportError):  # Windows
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, most))


def main(orders: BinaryIO, answers: BinaryIO) -> None:
    """Answer every order, until there are no more."""
    for line in orders:
        order = json.loads(line)
        limit_time(order["seconds"])
        letter, body = answer(order)
        answers.write(letter + len(body).to_bytes(8, "big"))
        answers.write(body)
        answers.flush()


if __name__ == "__main__":
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what C code prints is no answer
    main(sys.stdin.buffer, own)
