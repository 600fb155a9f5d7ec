"""A second process that works beside this one: where a core is free, half of the work takes no time of its own.

It starts clean (it is no copy of this process), imports what it needs while this process does the same, and ends
with this process however that ends. What it is asked and what it answers is the same as in this process: an answer
does not depend on who gave it.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SWEPT_AFTER = 200_000
"""New objects after which Python looks for cycles; by its own 700 that takes a fifth of a conversion's time."""
SMALL = 8 * 2**20
"""Bytes of raw files: with more of them a second process would hold too much that this one holds already."""


class Answer(Generic[T]):
    """What was asked of the second process; this process works it out where the other one was lost."""

    def __init__(self, future: Future[T], work: Callable[[], T]) -> None:
        self._future, self._work = future, work

    def result(self) -> T:
        """The answer; what the work raised is raised."""
        try:
            return self._future.result()
        except BrokenProcessPool:
            return self._work()


class Beside:
    """The second process. It begins at once, with ``first``; leaving the context ends it, and drops what nobody waited
    for.
    """

    def __init__(self, first: Callable[[], None] | None = None) -> None:
        others = set(multiprocessing.active_children())
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin)
        self._pool.submit(first or _nothing)
        self._children = set(multiprocessing.active_children()) - others

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()
        self._pool.shutdown(cancel_futures=True)

    def end(self) -> None:
        """End it, whatever it is doing: nobody waits for that, and what it was going to write is not wanted."""
        for child in self._children:
            child.terminate()
            child.join()

    def ask(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> Answer[T]:
        """Have a function of a module called there, with arguments that can be sent."""
        return Answer(self._submitted(work, *args, **named), lambda: work(*args, **named))

    def _submitted(self, work: Callable[..., T], *args: Any, **named: Any) -> Future[T]:
        try:
            return self._pool.submit(work, *args, **named)
        except BrokenProcessPool as error:
            lost: Future[T] = Future()
            lost.set_exception(error)
            return lost


def second_process(raw: Path, first: Callable[[], None] | None = None) -> AbstractContextManager[Beside | None]:
    """The second process where it is worth it and the system lets one begin; else none. It begins with ``first``."""
    if not is_worth_it(raw):
        return nullcontext()
    try:
        return Beside(first)
    except (OSError, ImportError):  # No semaphores, as in some containers: ImportError tells so where there are none.
        return nullcontext()


def is_worth_it(raw: Path) -> bool:
    """Whether a core is free for a second process, and the raw files are small enough to be held by both."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2:
        return False
    left = SMALL
    for folder, _, names in os.walk(raw):
        for name in names:
            left -= _size(Path(folder, name))
            if left < 0:
                return False
    return True


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # a link to nothing: who reads it says so
        return 0


def _begin() -> None:
    """In the second process: an interrupt is the first one's affair, and nothing goes on without it."""
    gc.set_threshold(SWEPT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _nothing() -> None:
    """Begin."""


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
