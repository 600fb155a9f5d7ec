"""Direct identifiers of persons that stand where no identifier should: in remarks, terms, any cell that is read.

What identifier columns hold is dropped at reading. Here each cell that repeats it, or has the shape of an identity,
mobile or e-mail number, is left out before anything else sees it. The values are kept in memory only, for the time of
the search; they are in no table, issue or message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from ..algorithms.values import join_texts
from ..model.column import Column, Mask, codes_of, constant, text_column, used, values_of
from ..model.lineage import NumberedTable, Occurrences, Places
from ..model.raw import RawTable, TableOptions
from ..standards.identifiers import DROPPED, SHAPES
from .limits import LIMITS, Limits
from .registry import read_tables

# Shorter ones would be found everywhere: initials, a house number, a year.
SHORTEST, SHORTEST_NUMBER, SHORTEST_ALONE, SHORTEST_NAME = 4, 6, 8, 2
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_NAME = re.compile(f"[{HAN}]{{{SHORTEST_NAME},}}")
_WORD = re.compile(rf"(?:(?![{HAN}])[^\W_])+")
_NUMBER_OR_DATE = re.compile(
    r"[+-]?[0-9]*[.,][0-9]+|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[a-z]{3,9})[-/. ](?:[0-9]{2}){1,2})"
    r"(?:[t ][0-9:.]+)?|[0-9]{4}年[0-9]{1,2}月(?:[0-9]{1,2}日)?"
)
# What identifier columns hold and is nobody's name.
COMMON = frozenset(
    (
        *("male", "female", "unknown", "none", "asian", "white"),
        *("black", "other", "others", "normal", "missing", "withheld"),
        *("redacted", "anonymous", "test", "patient", "subject", "doctor"),
        *("hospital", "男性", "女性", "未知", "不详", "保密"),
        *("其他", "其它", "汉族", "已婚", "未婚", "没有"),
        *("患者", "受试者", "医生", "医院"),
    )
)
# No text without one of these holds an identifier: two letters, six digits, grouped digits, an address, other signs.
_WORTH_A_LOOK = r"[A-Za-z]{2}|[0-9]{6}|[0-9]{4}[ -][0-9]{4}|@|[^\x00-\x7f]"
# Arrays with fewer texts are searched together: the pattern takes longer to make than to use.
SHORT = 10_000


@dataclass(frozen=True)
class Identifiers:
    """What identifier columns hold, as it is looked for: ``names`` in Han signs anywhere in a text, ``words`` (by how
    many words they have) as whole words, ``numbers`` as whole words beside other words.
    """

    names: frozenset[str] = field(default=frozenset(), repr=False)
    words: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)
    numbers: frozenset[str] = field(default=frozenset(), repr=False)


def read_identifiers(raw_dir: Path, options: TableOptions, limits: Limits = LIMITS) -> set[str]:
    """Distinct values of a table's identifier columns, for `prepare_identifiers` only; ReadError as `read_tables`.

    Errors in cells of these columns, which are dropped elsewhere, are no reason not to know the others.
    """
    if not options.identifiers:
        return set()
    passing = options.shared | {"error_cells"}  # Formats without error cells pass over what is said of them.
    whole = read_tables(raw_dir, replace(options, identifiers=(), error_cells="empty", shared=passing), limits)
    columns = [t.columns[name] for t in whole for name in options.identifiers if name in t.columns]
    return {str(v) for column in columns for v in values_of(column)}


def prepare_identifiers(values: Iterable[str], not_names: Iterable[str] = ()) -> Identifiers:
    """Values as they are looked for, without those that would be found everywhere.

    Left out are: fewer than 4 letters and digits, fewer than 6 digits, decimals and dates, common words, and what
    ``not_names`` lists.

    >>> found = prepare_identifiers(["Wang Li", "张 伟", "WM", "12345", "1975-03-04", "MALE", "高峰"], ["高峰"])
    >>> sorted(found.names), {n: sorted(w) for n, w in found.words.items()}
    (['张伟'], {1: ['wangli'], 2: ['wang li']})
    """
    passed = COMMON | {normal(w) for w in not_names}
    names, numbers, words = set[str](), set[str](), dict[int, set[str]]()
    for value in {normal(v) for v in values}:
        if value in passed or _NUMBER_OR_DATE.fullmatch(value):
            continue
        names |= {n for n in _HAN_NAME.findall(re.sub(rf"(?<=[{HAN}])[\s·]+(?=[{HAN}])", "", value)) if n not in passed}
        parts = _WORD.findall(value)
        joined = "".join(parts)
        if joined.isdigit():
            if len(joined) >= SHORTEST_ALONE:
                words.setdefault(1, set()).add(joined)
            elif len(joined) >= SHORTEST_NUMBER:
                numbers.add(joined)
        elif len(joined) >= SHORTEST:
            words.setdefault(1, set()).add(joined)
            words.setdefault(len(parts), set()).add(" ".join(parts))
    return Identifiers(frozenset(names), {n: frozenset(w) for n, w in words.items()}, frozenset(numbers))


def normal(text: str) -> str:
    """A text without regard to case, width and outer blanks.

    >>> normal(" Ｗang 张伟 ")
    'wang 张伟'
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()


def find_personal(texts: Any, known: Identifiers) -> dict[str, Mask]:
    """Which distinct texts (k,) hold an identifier, by its kind; kinds that none holds are not there.

    >>> known = prepare_identifiers(["Wang Li", "张伟", "0012345"])
    >>> texts = pa.array(["seen by WANG, LI", "患者张伟来电", "no 0012345", "0012345", "wangling", None])
    >>> {k: m.tolist() for k, m in find_personal(texts, known).items()}
    {'dropped identifier': [True, True, True, False, False, False]}
    """
    look = _worth_a_look(texts)
    found = _find(texts.take(pa.array(look)), known)
    return {kind: _at(look[hit], len(texts)) for kind, hit in found.items() if hit.any()}


def _worth_a_look(texts: Any) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(texts, _WORTH_A_LOOK), False), bool))


def _find(texts: Any, known: Identifiers) -> dict[str, Mask]:
    """Which texts (k,) hold an identifier, by each kind."""
    plain = pc.ascii_lower(texts)
    wide = np.flatnonzero(~np.asarray(pc.string_is_ascii(plain), bool))
    others = [normal(t) for t in plain.take(pa.array(wide)).to_pylist()]
    if others:
        plain = pc.replace_with_mask(plain, pa.array(_at(wide, len(texts))), pa.array(others, plain.type))
    found = {shape: np.asarray(pc.match_substring_regex(plain, p), bool) for shape, p in SHAPES.items()}
    found[DROPPED] = _holds_words(plain, known)
    found[DROPPED][wide] |= _holds_name(others, known.names)
    return found


def _at(rows: npt.NDArray[np.int64], n: int) -> Mask:
    out = np.zeros(n, bool)
    out[rows] = True
    return out


def _holds_name(texts: list[str], names: frozenset[str]) -> Mask:
    """Which texts hold a name in Han signs, with blanks between them or not."""
    sizes = sorted({len(n) for n in names})
    out = np.zeros(len(texts), bool)
    for i, text in enumerate(texts) if names else ():
        signs = "".join(text.split())
        out[i] = any(signs[at : at + n] in names for n in sizes for at in range(len(signs) - n + 1))
    return out


def _holds_words(texts: Any, known: Identifiers) -> Mask:
    """Which texts (k,) hold an identifier as whole words; a short number only beside letters."""
    out = np.zeros(len(texts), bool)
    if not known.words and not known.numbers:
        return out
    split = pc.split_pattern_regex(texts, rf"(?:[^\pL\pN]|[{HAN}])+")
    words, parent = pc.list_flatten(split), np.asarray(pc.list_parent_indices(split))
    for n, wanted in known.words.items():
        if n <= len(words):
            out[parent[_runs(words, parent, n, wanted)]] = True
    if known.numbers:
        lettered = np.asarray(pc.match_substring_regex(texts, r"\pL"), bool)
        number = np.zeros(len(texts), bool)
        number[parent[_runs(words, parent, 1, known.numbers)]] = True
        out |= number & lettered
    return out


def _runs(words: Any, parent: npt.NDArray[np.int64], n: int, wanted: frozenset[str]) -> npt.NDArray[np.int64]:
    """Where ``n`` words of one text that follow each other are one of those that are looked for."""
    last = len(words) - n + 1
    joined = words if n == 1 else join_texts(*(words[i : i + last] for i in range(n)), by=" ")
    hit = np.asarray(pc.is_in(joined, pa.array(sorted(wanted), pa.large_string())), bool)
    return np.flatnonzero(hit & (parent[:last] == parent[n - 1 :]))


def without_personal(tables: list[NumberedTable], known: Identifiers) -> tuple[list[NumberedTable], list[Occurrences]]:
    """The tables without cells that hold an identifier, and DATA073 for each: place and kind, never the value."""
    issues, changed = list[Occurrences](), dict[int, dict[str, Column]]()
    for i, name, found in _columns_with_identifiers(tables, known):
        column = tables[i].raw.columns[name]
        for kind, hit in found.items():
            issues += _issue(tables[i], name, kind, np.append(hit, False)[codes_of(column)])
        changed.setdefault(i, {})[name] = _without(column, np.logical_or.reduce(list(found.values())))
    out = [replace(t, raw=_with_columns(t.raw, changed[i])) if i in changed else t for i, t in enumerate(tables)]
    return out, issues


def _columns_with_identifiers(
    tables: list[NumberedTable], known: Identifiers
) -> Iterator[tuple[int, str, dict[str, Mask]]]:
    """The columns that hold identifiers: number of the table, name, and which distinct values by kind.

    The texts of all columns are searched at once: patterns are made once.
    """
    columns = [(i, name) for i, t in enumerate(tables) for name in t.raw.columns]
    texts = [pa.array(tables[i].raw.columns[name].categories, pa.large_string()) for i, name in columns]
    looks = _looks(texts)
    every = [t.take(pa.array(look)) for t, look in zip(texts, looks, strict=True)]
    found = _find(pa.concat_arrays([pa.array([], pa.large_string()), *every]), known)
    start = 0
    for (i, name), look, text in zip(columns, looks, texts, strict=True):
        here = slice(start, start := start + len(look))
        hits = {kind: _at(look[hit[here]], len(text)) for kind, hit in found.items() if hit[here].any()}
        if hits:
            yield i, name, hits


def _looks(texts: list[Any]) -> list[npt.NDArray[np.int64]]:
    """As `_worth_a_look` for each of many arrays of texts; short ones are searched together."""
    short = [t for t in texts if len(t) < SHORT]
    at = _worth_a_look(pa.concat_arrays([pa.array([], pa.large_string()), *short]))
    ends = np.cumsum([0, *(len(t) for t in short)])
    edges = np.searchsorted(at, ends)
    found = iter([at[a:b] - start for a, b, start in zip(edges, edges[1:], ends, strict=False)])
    return [next(found) if len(t) < SHORT else _worth_a_look(t) for t in texts]


def _issue(table: NumberedTable, column: str, kind: str, mask: Mask) -> list[Occurrences]:
    rows = np.flatnonzero(mask)
    if not len(rows):
        return []
    where = Places(np.full(len(rows), table.number, np.int32), table.raw.rows[rows], np.full(len(rows), -1, np.int32))
    value, detail = constant(kind, len(rows)), f"table {table.name}, column {column}"
    return [Occurrences("DATA073", "", "", column, value, where, detail, None, rows)]


def _without(column: Column, hit: Mask) -> Column:
    """The column without some of its distinct values (k,), which it does not know any more."""
    keep = ~hit & used(column)
    number = np.full(len(keep) + 1, -1, np.int32)
    number[:-1][keep] = np.arange(int(keep.sum()), dtype=np.int32)
    return text_column(number[codes_of(column)], column.categories[keep])


def _with_columns(raw: RawTable, columns: dict[str, Column]) -> RawTable:
    """The table with some other columns."""
    return replace(raw, columns={**raw.columns, **columns})
