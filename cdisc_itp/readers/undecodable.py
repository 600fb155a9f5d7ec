"""In which column undecodable bytes stand: the text is read with marks in their place."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ..model.issue import ReadProblem
from ..model.raw import TableOptions
from .delimited import choose_delimiter, read_rows
from .problems import Problems
from .table import name_rows
from .text import BOMS, find_encoding

MARK = "\udcff"
"""Half of a surrogate pair: no decoder makes it of valid bytes."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return MARK, error.end


codecs.register_error("cdisc_itp.mark", _mark)


_BYTES = re.compile(r"^(bytes?) [0-9A-F]{2}(?: [0-9A-F]{2})*(?= at )")


def name_columns(problems: Sequence[ReadProblem], data: bytes, options: TableOptions) -> list[ReadProblem]:
    """The READ002 of a file, each with the name of its column where the table's header can be read.

    Bytes of an identifier column, or of one that is not known in a table that has such, are not shown: several of
    them may be a name.
    """
    named = _named(problems, data, options)
    if not options.identifiers:
        return named
    hidden = {None, *options.identifiers}
    return [replace(p, message=_BYTES.sub(r"\1", p.message)) if p.place.column in hidden else p for p in named]


def _named(problems: Sequence[ReadProblem], data: bytes, options: TableOptions) -> list[ReadProblem]:
    detected = find_encoding(data, options.encoding, Problems("", 0))
    if detected is None:
        return list(problems)
    bom = next((mark for mark, codec in BOMS if data.startswith(mark) and codec == detected.value), b"")
    text = data[len(bom) :].decode(detected.value, "cdisc_itp.mark")
    sign = choose_delimiter(text.replace(MARK, "?").encode(), options, Problems("", 0))
    if sign is None:
        return list(problems)
    wrong = [i for i, problem in enumerate(problems) if problem.code == "READ002"]
    out = list(problems)
    for i, column in zip(wrong, _columns_of_marks(text, sign.value, options), strict=False):
        out[i] = replace(out[i], place=replace(out[i].place, column=column))
    return out


def _columns_of_marks(text: str, delimiter: str, options: TableOptions) -> Iterator[str | None]:
    """Name of the column of each mark, in their order; None in titles, in comments and in the header itself."""
    # A comment row is read like another one here, so that its marks are not passed over.
    rows = read_rows(text, delimiter, None, lambda line, flaw: None)
    above, head = options.skip, list[list[str]]()
    for _, cells in rows:
        commented = cells is not None and bool(options.comment) and cells[0].startswith(options.comment or "")
        record = not commented and len(head) == options.header and above == 0
        names = [" ".join(filter(None, column)) for column in zip(*_naming(head, options), strict=False)]
        for i, cell in enumerate(cells or ()):
            name = names[i] if record and i < len(names) else ""
            yield from [name or None] * cell.count(MARK)
        if cells is None or commented or cells == [""]:
            continue
        if above:
            above -= 1
        elif len(head) < options.header:
            head.append([cell.replace(MARK, "?").strip() for cell in cells])


def _naming(head: list[list[str]], options: TableOptions) -> list[list[str]]:
    return [head[i] for i in name_rows(options) if i < len(head)]
