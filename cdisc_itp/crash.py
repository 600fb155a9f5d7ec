"""What is shown of a bug: where it happened, not what the data were.

The text of an exception may quote a cell (``could not convert string to float: '...'``), and a report of a bug is
sent to others. So it is withheld, but for exceptions of our own; ``python -X dev`` shows it.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import PurePath

PACKAGE = __name__.partition(".")[0]
WITHHELD = "(its text is not shown, it may quote data; python -X dev shows it)"
_PLACE = re.compile(r'^ *File "(?P<file>[^"\n]+)", line (?P<line>[0-9]+), in (?P<name>[\w<>.]+)$', re.MULTILINE)


def describe_crash(error: BaseException) -> str:
    """Places and kinds of an exception and of those behind it, the first one first, one text of lines."""
    if sys.flags.dev_mode:
        return "".join(traceback.format_exception(error))
    return "\n".join(line for each in _chain(error) for line in _lines(each)) + "\n"


def _chain(error: BaseException) -> list[BaseException]:
    """The exception after the causes and contexts in which it was raised."""
    found: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in found:
        found.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return found[::-1]


def _lines(error: BaseException) -> Iterator[str]:
    kind = type(error)
    if kind.__module__ == "concurrent.futures.process":  # A process of ours tells its places as text.
        yield "In another process (most recent call last):"
        yield from (_place(m["file"], m["line"], m["name"]) for m in _PLACE.finditer(str(error)))
        return
    yield "Traceback (most recent call last):"
    yield from (_place(f.filename, str(f.lineno), f.name) for f in traceback.extract_tb(error.__traceback__))
    own = kind.__module__.partition(".")[0] == PACKAGE
    yield f"{kind.__qualname__}: {error if own else WITHHELD}"


def _place(file: str, line: str, name: str) -> str:
    """A place in a program, without where it is installed: that is nobody's concern."""
    roots = [p for p in sys.path if p and PurePath(file).is_relative_to(p)]
    shown = PurePath(file).relative_to(max(roots, key=len)).as_posix() if roots else PurePath(file).name
    return f'  File "{shown}", line {line}, in {name}'
