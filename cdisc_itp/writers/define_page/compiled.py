"""Compiled templates, kept as Python keeps compiled modules: in __pycache__ beside them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from importlib import metadata, util
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

SIZE = 32
"""Bytes of the digest that a file begins with."""


class CompiledTemplates(BytecodeCache):
    """What Jinja compiled, for the next run: compiling takes longer than rendering a page.

    A file counts for the very template, options and release of Jinja that it was made of. Where none can be written
    (``python -B``, a folder that is not the user's) each run compiles anew.
    """

    def __init__(self, folder: Path, options: dict[str, object]) -> None:
        self._folder = folder
        self._made_by = f"{metadata.version('jinja2')} {sorted(options.items())}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file that keeps a template."""
        module = util.cache_from_source(str(self._folder / f"{name}.py"))  # The name says the release of Python.
        return f"{module.removesuffix('.pyc')}.jinja"

    def get_source_checksum(self, source: str) -> str:
        """What a file must have been made of to count."""
        return hashlib.sha256(f"{self._made_by}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it is of this template and whole."""
        with contextlib.suppress(OSError):
            kept = Path(bucket.key).read_bytes()
            if kept[:SIZE] == _digest(kept[SIZE:]):
                bucket.bytecode_from_string(kept[SIZE:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, in one go: another process sees all of it or nothing."""
        if sys.dont_write_bytecode:
            return
        file, made = Path(bucket.key), bucket.bytecode_to_string()
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            file.parent.mkdir(exist_ok=True)
            new.write_bytes(_digest(made) + made)
            new.replace(file)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
