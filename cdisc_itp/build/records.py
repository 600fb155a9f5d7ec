"""The records of one dataset while its variables are made."""

from __future__ import annotations

import copy
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from ..algorithms.merge import subject_codes
from ..model.codelist import Codelist
from ..model.column import (
    Column,
    Mask,
    codes_of,
    empty_column,
    joined,
    ranks,
    take,
    text_column,
)
from ..model.lineage import Places
from ..model.where import Condition
from ..spec.builds import DatasetBuild
from ..spec.maps import CsvTable
from ..spec.study import Study
from .forms import Form
from .long_text import Continued
from .rows import Rows, holds

Numbers = npt.NDArray[np.int64]
How = Literal["one", "taken"]


class Built(Struct):
    """Everything of the study (or of one part of it) that is being built."""

    study: Study
    forms: dict[str, Form]
    datasets: dict[str, DatasetRecords] = field(default_factory=dict)


class Unmerged(Struct):
    """Records as they were before some of them became one: ``group`` (their number,) is the record that each became
    (-1: one that was rejected later), ``first`` (n,) the one that each record of today took its values from.
    """

    records: DatasetRecords
    group: Numbers
    first: Numbers

    def keep(self, mask: Mask) -> Unmerged:
        """After some records were dropped."""
        number = np.where(mask, np.cumsum(mask) - 1, -1)
        return Unmerged(self.records, np.where(self.group < 0, -1, number[self.group]), self.first[mask])


class DatasetRecords(Rows):
    """Records with their form columns (lower case) and variables (upper case).

    ``origin`` (n,) is the record source of each record; ``link_record`` and ``link_row`` (m,) are the form rows
    behind the records (by number in the form). ``looked`` (n,) is what each record took from elsewhere, by variable,
    place and how: the subject's one row there, or the row that an algorithm took.
    """

    def __init__(self, built: Built, build: DatasetBuild) -> None:
        self.built, self.build = built, build
        parts = [self._source(i) for i in range(len(build.spec.records))]
        columns = _stacked([(f, r) for f, r in parts])
        origin = np.concatenate([np.full(len(r), i, np.int32) for i, (_, r) in enumerate(parts)])
        places = Places.join([f.places.take(r) for f, r in parts])
        rows = np.concatenate([f.ids[r] for f, r in parts]) if parts else np.empty(0, np.int64)
        self._start(columns, places, origin, rows)
        self.unread = _stacked_masks(parts)

    def _start(self, columns: dict[str, Column], places: Places, origin: npt.NDArray[np.int32], rows: Numbers) -> None:
        """Records (n,) of which each stands for the row of its source with that number."""
        super().__init__(self.built.study.name, len(origin), columns, places)
        self.name, self.origin = self.build.name, origin
        self.link_record = np.arange(self.n, dtype=np.int64)
        self.link_row, self.link_origin = rows, origin.copy()
        self.looked: dict[tuple[str, str, How], Numbers] = {}
        self.chosen_steps: dict[str, npt.NDArray[np.int16]] = {}
        self.left_out: list[tuple[int, Numbers, str]] = []
        self.rejected: list[tuple[Numbers, npt.NDArray[np.int32], str]] = []
        self.merged: list[tuple[Numbers, npt.NDArray[np.int32]]] = []
        self.unmerged: Unmerged | None = None
        self.continued: dict[str, Continued] = {}
        self.remarks: dict[str, tuple[Column, ...]] = {}
        self._order: Numbers | None = None
        self._links: dict[str, Numbers] = {}
        self._several: dict[str, Mask] = {}
        self._reported: dict[tuple[str, str], Mask] = {}

    def _source(self, number: int) -> tuple[Form, Numbers]:
        spec = self.build.spec.records[number]
        form = self.built.forms[spec.from_]
        live = form.live.copy()
        if spec.where is not None:
            live &= self._met(form, spec.where)
        return form, np.flatnonzero(live)

    def _met(self, form: Form, where: Condition) -> Mask:
        return holds(where, form.columns.__getitem__, len(form), self.is_number, form.unread.get)

    def not_understood(self, ref: str) -> Mask | None:
        """The records (n,) for which something was written that could not be read; None: there are none."""
        place, _, column = ref.rpartition(".")
        if not place or ref in self.columns:
            return self.unread.get(ref)
        other = self.built.datasets[place] if place in self.built.datasets else self.built.forms[place]
        found = other.unread.get(column)
        return None if found is None else np.append(found, False)[self._one_a_subject(place)]

    def is_number(self, ref: str) -> bool:
        """Whether a name means a form column of kind number."""
        place, _, column = ref.rpartition(".")
        known = self.built.study.files.forms
        forms = [place] if place else [str(r.from_) for r in self.build.spec.records]
        return any(known[f].columns.get(column) == "number" for f in forms if f in known)

    def left_by_where(self) -> list[tuple[str, Numbers, str]]:
        """Form rows that a record source's condition left out: form, row numbers, reason."""
        out = []
        for spec in self.build.spec.records:
            if spec.where is not None:
                form = self.built.forms[spec.from_]
                drop = form.live & ~self._met(form, spec.where)
                if drop.any():
                    out.append((str(spec.from_), form.ids[drop], f"not ({spec.where}): {spec.reason}"))
        return out

    def form_of(self, number: int) -> str:
        """The form of a record source."""
        return self.build.spec.records[number].from_

    def __getitem__(self, ref: str) -> Column:
        if ref in self.columns:
            return self.columns[ref]
        place, _, column = ref.rpartition(".")
        if not place:
            raise KeyError(f"{self.name} has no column {ref}")
        rows = self._one_a_subject(place)
        self._look((self.target, place, "one"), rows)
        return take(self.other(place)[column], rows)

    def has(self, ref: str) -> bool:
        """Whether a name means a column here."""
        return ref in self.columns

    def table(self, name: str) -> CsvTable:
        """A table of maps/."""
        return self.built.study.files.tables[name]

    def codelist(self, name: str | None = None) -> Codelist | None:
        """The codelist of the variable that is being made, or of another one."""
        place, _, variable = (name or self.target).rpartition(".")
        return self.built.study.codelist(place or self.name, variable)

    def subjects(self) -> Column:
        """The subject of each record."""
        return self.columns.get("USUBJID", empty_column(self.n))

    def other(self, name: str) -> OtherForm | DatasetRecords:
        """Another dataset or form of this study."""
        if name in self.built.datasets:
            return self.built.datasets[name]
        kinds = self.built.study.files.forms[name].columns
        return OtherForm(self.built.forms[name], frozenset(c for c, k in kinds.items() if k == "number"))

    def link(self, name: str, rows: Numbers) -> None:
        """Keep which record of another dataset each record took; where a later line applies, its record counts."""
        self._look((self.target, name, "taken"), rows)

    def taken(self, variable: str) -> dict[str, Numbers]:
        """Which record of other datasets each record took for a variable (-1: none), by dataset."""
        # A copy that makes one variable again has only what that one took.
        known = {**self.built.datasets[self.name].looked, **self.looked}
        return {place: rows for (v, place, how), rows in known.items() if v == variable and how == "taken"}

    def _look(self, key: tuple[str, str, How], rows: Numbers) -> None:
        """Remember what the records that are being made took; a line that does not apply to a record took nothing."""
        if self.mask is not None:
            rows = np.where(self.mask, rows, self.looked.get(key, -1))
        self.looked[key] = rows

    def _one_a_subject(self, name: str) -> Numbers:
        """The subject's one row elsewhere (n,), -1 where there is none; several are issue DATA060, and not read."""
        if name not in self._links:
            other = self.other(name)
            ours, theirs, size = subject_codes(self, other)  # type: ignore[arg-type]
            rows = np.flatnonzero((theirs >= 0) & other.readable)
            count = np.bincount(theirs[rows], minlength=size + 1)
            at = np.full(size + 1, -1, np.int64)
            at[theirs[rows]] = rows
            at[count > 1] = -1
            self._links[name] = at[ours]
            self._several[name] = np.append(count[:-1] > 1, False)[ours] & (ours >= 0)
        self._report_several(name)
        return self._links[name]

    def _report_several(self, name: str) -> None:
        """Report each record once for each of its variables that reads there."""
        key, nobody = (self.target, name), np.zeros(self.n, bool)
        new = self._several[name] & ~self._reported.get(key, nobody)
        new = new if self.mask is None else new & self.mask
        if new.any():
            self.issue("DATA060", new, "USUBJID", name)
            self._reported[key] = self._reported.get(key, nobody) | new

    @property
    def readable(self) -> Mask:
        """Which records others may read."""
        return np.ones(self.n, bool)

    def order(self) -> Numbers:
        """Records by subject, the declared keys, then everything collected: never by their place in a file."""
        if self._order is None:
            self._order = self._sorted(self.order_keys)
        return self._order

    @property
    def order_keys(self) -> list[str]:
        """The variables that order the records."""
        keys = ("USUBJID", *map(str, self.build.order))
        return list(dict.fromkeys(k for k in keys if k in self.columns))

    @property
    def tie_breakers(self) -> list[str]:
        """What orders records that agree in the keys and come from one record source: everything collected."""
        return sorted(n for n in self.columns if n == n.lower())

    def _sorted(self, keys: list[str]) -> Numbers:
        key = np.zeros(self.n, np.int64)
        size = 1
        for name in keys:
            rank, many = self._ranks(name)
            if size * many >= 2**62:
                distinct, key = np.unique(key, return_inverse=True)
                size = len(distinct)
            key, size = key * many + rank, size * many
        order = np.argsort(key, kind="stable")
        sorted_key = key[order]
        tie = np.zeros(self.n, bool)
        same = sorted_key[1:] == sorted_key[:-1]
        tie[1:] |= same
        tie[:-1] |= same
        if tie.any():
            at = np.flatnonzero(tie)
            rows = order[at]
            least_first: list[Any] = [ranks(take(self.columns[n], rows))[0] for n in reversed(self.tie_breakers)]
            order[at] = rows[np.lexsort([*least_first, self.origin[rows], sorted_key[at]])]
        return order

    def _ranks(self, name: str) -> tuple[npt.NDArray[np.int32], int]:
        """Ranks by value, or by the list that the spec declares for the variable (what it lacks comes last)."""
        column = self.columns[name]
        listed = self.build.spec.ranked.get(name)
        if listed is None:
            return ranks(column)
        place = {v: i + 1 for i, v in enumerate(listed)}
        others = sorted(v for v in column.categories.tolist() if v not in place)
        place.update({v: len(listed) + 1 + i for i, v in enumerate(others)})
        table = np.array([*(place[v] for v in column.categories.tolist()), 0], np.int32)
        return table[codes_of(column)], len(place) + 1

    def keep(self, mask: Mask) -> None:
        """Drop records; what they came from is remembered by the caller."""
        rows = np.flatnonzero(mask)
        number = np.cumsum(mask) - 1
        stay = mask[self.link_record]
        self.link_record = number[self.link_record[stay]]
        self.link_row, self.link_origin = self.link_row[stay], self.link_origin[stay]
        self._replace(rows)
        self.unmerged = self.unmerged and self.unmerged.keep(mask)

    def _replace(self, rows: Numbers) -> None:
        """Each record becomes the one at ``rows``."""
        self.columns = {k: take(c, rows) for k, c in self.columns.items()}
        self.unread = {k: v[rows] for k, v in self.unread.items()}
        self.places, self.origin, self.n = self.places.take(rows), self.origin[rows], len(rows)
        self.looked = {k: v[rows] for k, v in self.looked.items()}
        self.chosen_steps = {k: v[rows] for k, v in self.chosen_steps.items()}
        self._reported = {k: v[rows] for k, v in self._reported.items()}
        self._order, self._links, self._several = None, {}, {}

    def merge(self, group: Numbers, first: Numbers) -> None:
        """Records of one group (n,) become one: the record at ``first`` (k,)."""
        self.unmerged = Unmerged(copy.copy(self), group, first)
        loses = np.ones(self.n, bool)
        loses[first] = False
        lost = loses[self.link_record]
        self.merged.append((self.link_row[lost], self.link_origin[lost]))
        self.link_record = group[self.link_record]
        self._replace(first)


class OtherForm:
    """A form, read by subject."""

    def __init__(self, form: Form, numbers: frozenset[str] = frozenset()) -> None:
        self.form, self.n, self.numbers = form, len(form), numbers
        self.readable = form.live

    def __getitem__(self, ref: str) -> Column:
        return take(self.form.columns[ref], np.where(self.form.live, np.arange(self.n), -1))

    def subjects(self) -> Column:
        """The subject of each row."""
        return self.form.columns.get("USUBJID", text_column(np.full(self.n, -1), []))

    def order(self) -> Numbers:
        """Rows by everything that they hold."""
        keys: list[npt.NDArray[np.integer]] = [np.arange(self.n)]
        return np.lexsort(keys + [ranks(c)[0] for _, c in sorted(self.form.columns.items())])

    def holds(self, condition: object) -> Mask:
        """The rows for which a condition holds."""
        known = self.numbers.__contains__
        return holds(condition, self.__getitem__, self.n, known, self.form.unread.get)  # type: ignore[arg-type]


def _stacked(parts: list[tuple[Form, Numbers]]) -> dict[str, Column]:
    """Form columns of several record sources, one after another."""
    names = dict.fromkeys(n for form, _ in parts for n in form.columns)
    out = {}
    for name in names:
        pieces = [
            take(form.columns[name], rows) if name in form.columns else empty_column(len(rows)) for form, rows in parts
        ]
        out[name] = joined(pieces)
    return out


def _stacked_masks(parts: list[tuple[Form, Numbers]]) -> dict[str, Mask]:
    """In which records a form column was written and could not be read."""
    names = dict.fromkeys(n for form, _ in parts for n in form.unread)
    out = {}
    for name in names:
        pieces = [form.unread[name][rows] if name in form.unread else np.zeros(len(rows), bool) for form, rows in parts]
        out[name] = np.concatenate(pieces)
    return out
