"""Which reader reads which raw file, and where raw files are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath, PureWindowsPath

from msgspec import Struct
from msgspec.structs import replace

from ..model.issue import Place, ReadError, ReadProblem
from ..model.raw import RawTable, TableOptions
from .csv import raw_table_from_csv
from .excel import raw_tables_from_xlsx
from .limits import LIMITS, Limits
from .odm import raw_table_from_odm
from .problems import did_you_mean
from .stat_table import raw_table_from_sas7bdat, raw_table_from_spss
from .xpt_raw import raw_table_from_xpt

DEFAULTS = TableOptions(file="")


class Reader(Struct, frozen=True):
    """A format's read function, the suffixes it is known by, and the options that apply to it."""

    read: Callable[[Path, TableOptions, Limits], RawTable | list[RawTable]]
    suffixes: tuple[str, ...]
    options: frozenset[str]


HEADED = frozenset({"header", "name_rows", "spread_header", "skip", "comment"})
"""Options of what people lay out: a header, and rows that are no records."""
READERS: dict[str, Reader] = {
    "csv": Reader(
        raw_table_from_csv,
        (".csv", ".txt", ".tsv", ".tab", ".dat"),
        frozenset({"encoding", "delimiter"}) | HEADED,
    ),
    "xlsx": Reader(raw_tables_from_xlsx, (".xlsx", ".xlsm"), frozenset({"sheet", "merged", "error_cells"}) | HEADED),
    "xpt": Reader(
        lambda path, options, limits: raw_table_from_xpt(path, options), (".xpt",), frozenset({"encoding", "sheet"})
    ),
    "odm": Reader(raw_table_from_odm, (".xml",), frozenset({"encoding", "item_group"})),
    "spss": Reader(raw_table_from_spss, (".sav", ".zsav"), frozenset({"encoding"})),
    "sas7bdat": Reader(raw_table_from_sas7bdat, (".sas7bdat",), frozenset({"encoding"})),
}


def read_tables(raw_dir: Path, options: TableOptions, limits: Limits = LIMITS) -> list[RawTable]:
    """Tables of every file that the pattern finds below ``raw_dir``, in the order of their paths and sheets.

    A table's ``file`` is its path below ``raw_dir``, with slashes. Raises ReadError with the problems of all
    files: READ001, READ004 to READ006, and those of the readers.
    """
    tables: list[RawTable] = []
    problems: list[ReadProblem] = []
    for path in find_files(raw_dir, options.file):
        name = path.relative_to(raw_dir).as_posix()
        try:
            tables += [replace(table, file=name) for table in _read_file(path, options, limits)]
        except ReadError as error:
            problems += [replace(p, place=replace(p.place, file=name)) for p in error.problems]
    if problems:
        raise ReadError(problems)
    return tables


def read_each(raw_dir: Path, tables: Sequence[TableOptions]) -> Iterator[list[RawTable] | ReadError]:
    """Of each of some tables, in their order, what `read_tables` gives or raises.

    Those that another process reads are asked for first, and waited for when it is their turn.
    """

    def read(options: TableOptions) -> list[RawTable] | ReadError:
        try:
            return read_tables(raw_dir, options)
        except ReadError as error:
            return error

    with ThreadPoolExecutor(1) as outside:
        asked = [outside.submit(read, t) if _is_read_outside(t) else None for t in tables]
        try:
            for options, answer in zip(tables, asked, strict=True):
                yield read(options) if answer is None else answer.result()
        finally:
            outside.shutdown(cancel_futures=True)


def _is_read_outside(options: TableOptions) -> bool:
    """Whether ReadStat's process reads a table's files, as far as format and pattern tell."""
    suffix = PurePosixPath(options.file).suffix.lower()
    by_suffix = next((name for name, reader in READERS.items() if suffix in reader.suffixes), None)
    return (options.format or by_suffix) in ("spss", "sas7bdat")


def find_files(raw_dir: Path, pattern: str) -> list[Path]:
    """Files that match a glob pattern below ``raw_dir``, sorted.

    Raises ReadError: READ004 where the pattern or a link leads out of ``raw_dir``, READ001 where nothing matches or
    there is no ``raw_dir``.
    """
    if not raw_dir.is_dir():
        raise _error("READ001", raw_dir.as_posix(), "there is no such raw folder", "correct its path")
    if _leads_out(pattern):
        raise _error("READ004", pattern, "the path is absolute or holds '..'", "give a path below the raw folder")
    found = sorted(path for path in _glob(raw_dir, pattern) if path.is_file())
    outside = [p for p in found if not p.resolve().is_relative_to(raw_dir.resolve())]
    if outside:
        name = outside[0].relative_to(raw_dir).as_posix()
        raise _error("READ004", name, "a link leads out of the raw folder", "put the file itself there")
    if not found:
        names = [p.relative_to(raw_dir).as_posix() for p in raw_dir.rglob("*") if p.is_file()]
        raise _error("READ001", pattern, "no file below the raw folder matches", did_you_mean(pattern, names))
    return found


def _leads_out(pattern: str) -> bool:
    """Whether a pattern may name something outside, on this system or on Windows."""
    paths = PurePosixPath(pattern), PureWindowsPath(pattern)
    return any(path.anchor or ".." in path.parts for path in paths)


def _glob(raw_dir: Path, pattern: str) -> Iterator[Path]:
    try:
        yield from raw_dir.glob(pattern)
    except (ValueError, NotImplementedError, OSError):  # An empty or impossible pattern finds nothing.
        return


def _read_file(path: Path, options: TableOptions, limits: Limits) -> list[RawTable]:
    reader = READERS[_format_of(path, options.format)]
    given = {name for name in DEFAULTS.__struct_fields__ if getattr(options, name) != getattr(DEFAULTS, name)}
    wrong = given - reader.options - {"file", "format", "identifiers", "shared"}
    options = replace(options, **{name: getattr(DEFAULTS, name) for name in wrong & options.shared})
    wrong -= options.shared
    if wrong:
        kind = options.format or path.suffix
        message = "the option does not apply to this format"
        names = sorted(wrong)
        raise ReadError([ReadProblem("READ006", f"{name}: {message} ({kind})", Place(path.name)) for name in names])
    made = reader.read(path, options, limits)
    return made if isinstance(made, list) else [made]


def _format_of(path: Path, declared: str | None) -> str:
    """Name of the format declared, or known by the file's suffix; READ005."""
    if declared in READERS:
        return declared
    by_suffix = {suffix: name for name, reader in READERS.items() for suffix in reader.suffixes}
    known = ", ".join(READERS)
    if declared is not None:
        hint = did_you_mean(declared, READERS) or f"known: {known}"
        raise _error("READ005", path.name, f"'{declared}' is no format known here", hint)
    if path.suffix.lower() not in by_suffix:
        raise _error("READ005", path.name, f"the suffix '{path.suffix}' tells no format", f"declare `format`: {known}")
    return by_suffix[path.suffix.lower()]


def _error(code: str, file: str, message: str, hint: str) -> ReadError:
    return ReadError([ReadProblem(code, message, Place(file), hint)])
