"""Every file below a folder read as well as can be: which tables it holds, and the options that read them."""

from __future__ import annotations

import contextlib
import glob
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from ..model.column import codes_of, present, values_of
from ..model.issue import ReadError, UserError
from ..model.lineage import NumberedTable
from ..model.raw import RawTable, TableOptions
from ..profile.identifiers import identifier_like
from ..profile.tables import TableProfile, profile_table
from ..profile.words import header_roles, person_word
from ..readers.contents import format_known, parts_of
from ..readers.personal import prepare_identifiers, without_personal
from ..readers.registry import READERS, read_tables
from .layout import COMMENTS, comment_of, second_header
from .vocabulary import entries, said_of

Advance = Callable[[str, int, int], None]
DELIMITERS = {";": "semicolon", "\t": "tab", "|": "pipe"}
SAME_AS_DEFAULT = ("utf-8", "ascii", "us-ascii")
NO_ENCODING = "READ003"
HALF = 0.5


class FoundTable(Struct, frozen=True):
    """A raw table: the options that read it, what speaks for them, its identifiers by what speaks for each."""

    source: str
    name: str
    options: TableOptions
    remarks: tuple[str, ...]
    identifiers: dict[str, str]
    label: str
    raw: RawTable
    profile: TableProfile


class Unread(Struct, frozen=True):
    """A file, or a part of one, that could not be read: ``known`` tells whether its format is."""

    source: str
    name: str
    options: TableOptions
    problem: str
    known: bool = True


class RawFolder(Struct):
    """What a folder holds, by source: a source is a folder in it, or its own files."""

    tables: list[FoundTable] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources, in the order of the alphabet."""
        return tuple(sorted({t.source for t in self.tables} | {u.source for u in self.unread}))


class _Part(Struct, frozen=True):
    """A table before anything is known of its columns."""

    source: str
    name: str
    options: TableOptions
    remarks: tuple[str, ...]
    label: str
    raw: RawTable


def read_folder(raw: Path, advance: Advance) -> RawFolder:
    """Every table of every file below ``raw``, without identifiers; UserError where there is no file."""
    if not raw.is_dir():
        raise UserError(f"{raw}: there is no such folder")
    paths = sorted(p for p in raw.rglob("*") if p.is_file() and not _hidden(p.relative_to(raw)))
    if not paths:
        raise UserError(f"{raw}: the folder holds no file")
    found = RawFolder()
    parts: list[_Part] = []
    taken: set[tuple[str, str]] = set()
    for done, path in enumerate(paths, 1):
        parts += _read_file(raw, path, found, taken)
        advance(path.relative_to(raw).as_posix(), done, len(paths))
    parts += _with_encodings_of_others(raw, found, parts)
    found.tables = _described(sorted(parts, key=lambda p: (p.source, p.options.file)))
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _read_file(raw: Path, path: Path, found: RawFolder, taken: set[tuple[str, str]]) -> Iterator[_Part]:
    below = path.relative_to(raw)
    source = below.parts[0] if len(below.parts) > 1 else raw.resolve().name or "raw"
    options = TableOptions(file="/".join(glob.escape(p) for p in below.parts))
    name = table_name(path.stem)
    if format_known(path) is None:
        found.unread.append(Unread(source, name, options, f"the suffix '{path.suffix}' tells no format", False))
        return
    try:
        choices = parts_of(path)
    except ReadError as error:
        found.unread.append(Unread(source, _free(source, name, taken), options, str(error.problems[0])))
        return
    for choice in choices:
        label = choice.get("label", "")
        chosen = {k: v for k, v in choice.items() if k != "label"}
        inner = table_name(label or next(iter(chosen.values()), "")) if len(choices) > 1 else ""
        own = _free(source, inner or name, taken)
        try:
            read, remarks = read_with_options(raw, path, replace(options, **chosen))
        except ReadError as error:
            problem = str(error.problems[0])
            found.unread.append(Unread(source, own, replace(options, **chosen), problem))
            continue
        yield _Part(source, own, read[0], remarks, label, read[1])


def _with_encodings_of_others(raw: Path, found: RawFolder, parts: list[_Part]) -> Iterator[_Part]:
    """Files whose encoding cannot be told, read with that of most files of their source."""
    for unread in [u for u in found.unread if NO_ENCODING in u.problem]:
        said = Counter(p.options.encoding for p in parts if p.source == unread.source and p.options.encoding)
        for encoding, n in said.most_common(1):
            options = replace(unread.options, encoding=encoding)
            why = f"guess: encoding {encoding}, that of {n} other table(s) of the source; the file alone does not tell"
            with contextlib.suppress(ReadError):
                path = raw / glob_free(unread.options.file)
                (options, table), remarks = read_with_options(raw, path, options)
                found.unread.remove(unread)
                yield _Part(unread.source, unread.name, options, (*remarks, why), "", table)


def glob_free(pattern: str) -> str:
    """The path that `glob.escape` made a pattern of.

    >>> glob_free("a[[]1].csv")
    'a[1].csv'
    """
    return re.sub(r"\[([*?[])\]", r"\1", pattern)


def table_name(text: str) -> str:
    """A name for a table: letters and digits, lower case.

    >>> table_name("AE raw (2).v1"), table_name("不良事件"), table_name("--")
    ('ae_raw_2_v1', '不良事件', 'table')
    """
    return re.sub(r"\W+", "_", text.lower()).strip("_") or "table"


def _free(source: str, name: str, taken: set[tuple[str, str]]) -> str:
    free, n = name, 1
    while (source, free) in taken:
        n += 1
        free = f"{name}_{n}"
    taken.add((source, free))
    return free


def read_with_options(
    raw: Path, path: Path, options: TableOptions
) -> tuple[tuple[TableOptions, RawTable], tuple[str, ...]]:
    """The table, read with the options that its layout asks for, and what speaks for each of them.

    ReadError as the plain attempt raises it, where no attempt can read the file.
    """
    if "header" not in READERS[format_known(path) or ""].options:
        return (options, read_tables(raw, options)[0]), ()
    options, table, remarks = _first_that_reads(raw, path, options)
    found = comment_of(table) if options.comment is None else None
    if found is not None:
        with contextlib.suppress(ReadError):
            table = read_tables(raw, replace(options, comment=found[0]))[0]
            options, remarks = replace(options, comment=found[0]), (*remarks, found[1])
    header = second_header(table) if options.header == 1 else None
    if header is not None:
        with contextlib.suppress(ReadError):
            table = read_tables(raw, replace(options, header=2, name_rows=header[0]))[0]
            options, remarks = replace(options, header=2, name_rows=header[0]), (*remarks, header[1])
    return _with_detected(options, table, remarks)


def _with_detected(
    options: TableOptions, table: RawTable, remarks: tuple[str, ...]
) -> tuple[tuple[TableOptions, RawTable], tuple[str, ...]]:
    for d in table.detected:
        if (
            d.what == "encoding"
            and options.encoding is None
            and d.value.lower() not in SAME_AS_DEFAULT
            and not d.value.lower().startswith("utf-8")
        ):
            options = replace(options, encoding=d.value)
            remarks += (f"guess: encoding {d.value}, found with confidence {d.confidence:.2f}",)
        if d.what == "delimiter" and d.value in DELIMITERS:
            options = replace(options, delimiter=DELIMITERS[d.value])
            remarks += (
                f"guess: delimiter {DELIMITERS[d.value]}, which {d.confidence:.0%} of the rows have like the header",
            )
    return (options, table), remarks


def _first_that_reads(raw: Path, path: Path, options: TableOptions) -> tuple[TableOptions, RawTable, tuple[str, ...]]:
    first: ReadError | None = None
    table: RawTable
    for attempt, remarks in _attempts(path, options):
        try:
            table = read_tables(raw, attempt)[0]
        except ReadError as error:
            first = first or error
            continue
        useless = attempt.comment is not None and "comment row" not in table.skipped
        if not useless and not any(c.startswith(COMMENTS) for c in list(table.columns)[:1]):
            return attempt, table, remarks
    if first is None:
        return options, read_tables(raw, options)[0], ()
    raise first


def _attempts(path: Path, options: TableOptions) -> Iterator[tuple[TableOptions, tuple[str, ...]]]:
    """The options to try, the plain ones first; each with what it would mean that they read the file."""
    yield options, ()
    for prefix in _first_signs(path):
        said = (f"guess: comment {prefix}, with which rows of remarks begin",)
        yield from ((o, r) for o, r in _layouts(replace(options, comment=prefix), said) if not o.skip)
    yield from _layouts(options, ())


def _layouts(options: TableOptions, remarks: tuple[str, ...]) -> Iterator[tuple[TableOptions, tuple[str, ...]]]:
    yield options, remarks
    for skip in (0, 1, 2, 3):
        said = (f"guess: {skip} title row(s) above the header",) if skip else ()
        lines = replace(options, skip=skip)
        if skip:
            yield lines, (*remarks, *said)
        two = "guess: two header rows, since one alone does not name every column once"
        yield replace(lines, header=2), (*remarks, *said, two)
        spread = replace(lines, header=2, name_rows=(1, 2), spread_header=True)
        yield spread, (*remarks, *said, f"{two}; the upper one counts for the empty cells to its right")


def _first_signs(path: Path) -> tuple[str, ...]:
    """Comment prefixes that a file may have; of a text file the one with which it begins."""
    if format_known(path) != "csv":
        return COMMENTS
    with path.open("rb") as file:
        head = file.read(64).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return tuple(c for c in COMMENTS if c.isascii() and len(c) == 1 and head.startswith(c.encode()))


def _described(parts: list[_Part]) -> list[FoundTable]:
    """The tables without identifier columns and without cells that repeat what those hold, and their profiles."""
    named = [_identifiers(p.raw) for p in parts]
    values = {str(v) for p, ids in zip(parts, named, strict=True) for c in ids for v in values_of(p.raw.columns[c])}
    kept = [
        NumberedTable(i, p.source, p.name, _without(p.raw, ids))
        for i, (p, ids) in enumerate(zip(parts, named, strict=True))
    ]
    clean, _ = without_personal(kept, prepare_identifiers(values))
    return [
        FoundTable(
            p.source,
            p.name,
            replace(p.options, identifiers=tuple(ids)),
            p.remarks,
            ids,
            p.label,
            table.raw,
            profile_table(table.raw),
        )
        for p, ids, table in zip(parts, named, clean, strict=True)
    ]


def _without(raw: RawTable, names: Collection[str]) -> RawTable:
    return replace(raw, columns={n: c for n, c in raw.columns.items() if n not in names})


def _identifiers(table: RawTable) -> dict[str, str]:
    """Columns that seem to hold direct identifiers of persons, with the evidence; values are never in it."""
    out = {}
    for name in table.columns:
        column = table.columns[name]
        total = int(present(column).sum())
        word = _person(name, table.labels.get(name, ""))
        counts = np.bincount(codes_of(column)[codes_of(column) >= 0], minlength=len(column.categories))
        shaped, _ = identifier_like(_texts(column.categories))
        shares = {shape: int(counts[mask].sum()) for shape, mask in shaped.items()}
        found = [f"{n:,} of {total:,} values have the shape of {_a(shape)}" for shape, n in shares.items()]
        likely = any(n >= HALF * total for n in shares.values()) and "subject" not in header_roles(name)
        if word is not None:
            found.insert(0, f"its name speaks of a person's {word}")
        if (word is not None or likely) and found:
            out[name] = "; ".join(found)
    return out


def _person(name: str, label: str) -> str | None:
    """The direct identifier that a column's name or label speaks of."""
    for text in (name, label):
        own = next((e.name for e in entries("person") if said_of(text, e.words)[0] == 3), None)
        if text and (own or person_word(text)):
            return own or person_word(text)
    return None


def _a(shape: str) -> str:
    return f"an {shape}" if shape[:1] in "aeiou" else f"a {shape}"


def _texts(categories: object) -> object:
    import pyarrow as pa

    return pa.array(categories, pa.large_string())
