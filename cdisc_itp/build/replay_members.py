"""What a line looked at besides its own record: other records, rows of forms and of maps, terms of codelists."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

import numpy as np
from msgspec.structs import replace

from ..algorithms.across import Across
from ..algorithms.assign import AssignCt, Decode
from ..algorithms.baseline import LastBefore
from ..algorithms.groups import Grouped
from ..algorithms.lookup import LookUp
from ..algorithms.reading import Bounded, Reading, subject_codes
from ..algorithms.registry import Algorithm
from ..algorithms.sequence import Sequence
from ..algorithms.time_to_event import TimeToEvent
from ..algorithms.totals import Statistic
from ..algorithms.toxicity import ToxicityWord
from ..algorithms.visit import Visit, Window
from ..model.column import Column, present
from ..model.lineage import NumberedTable
from ..spec.study import Study
from ..spec.types import Step
from .forms import Built as BuiltForms
from .forms import Form
from .records import Built, DatasetRecords, Numbers, OtherForm
from .replay_rows import place_of
from .replay_tables import TableRows
from .shown import shown, shown_values
from .trace import Member, Said, TraceStep, parameters_said

RECORD_SOURCE = "record source"


class Looker:
    """Finds the members of a line's story."""

    def __init__(self, study: Study, forms: BuiltForms, tables: list[NumberedTable], built: Built) -> None:
        self.study, self.forms, self.tables, self.built = study, forms, tables, built
        self.table_rows = TableRows(study)
        self._first: dict[int, Numbers] = {}
        self._texts: dict[int, tuple[Column, list[str | None]]] = {}

    def form_row(self, records: DatasetRecords, record: int) -> tuple[str, int]:
        """Form of a record, and the place in it of the first row behind the record."""
        if id(records) not in self._first:
            first = np.full(records.n, -1, np.int64)
            first[records.link_record[::-1]] = np.arange(len(records.link_record) - 1, -1, -1)
            self._first[id(records)] = first
        at = int(self._first[id(records)][record])
        name = records.form_of(int(records.link_origin[at]))
        return name, int(np.searchsorted(self.forms.forms[name].ids, records.link_row[at]))

    def parameters(self, records: DatasetRecords, step: Step, variable: str) -> dict[str, Said]:
        """The line's parameters; what it reads without saying so is added: the dataset's order, the codelist."""
        out = parameters_said(step.algorithm)
        if isinstance(step.algorithm, Sequence | LastBefore):
            out["order"] = tuple(records.order_keys)
            ranked = {v: t for v, t in records.build.spec.ranked.items() if v in records.order_keys}
            out |= {f"ranked {v}": tuple(map(str, t)) for v, t in ranked.items()}
        if isinstance(step.algorithm, Visit | Window) and step.algorithm.number_from is not None:
            out["number_from"] = str(step.algorithm.number_from)
        return out

    def members(
        self,
        records: DatasetRecords,
        record: int,
        variable: str,
        step: Step,
        value: str | None,
        sources: tuple[TraceStep, ...],
    ) -> tuple[Member, ...]:
        """Everything that was looked at."""
        word = step.algorithm
        if isinstance(word, Sequence):
            return self._in_order(records, record, word)
        if isinstance(word, Grouped):
            return self._in_group(records, record, variable, word)
        if isinstance(word, LastBefore):
            return self._before(records, record, variable, word)
        if isinstance(word, Reading):
            return self._candidates(records, record, variable, word)
        if isinstance(word, TimeToEvent):
            return self._ended(records, record, variable, word)
        if isinstance(word, Across):
            return self._compared(records, record, variable, word, value)
        if isinstance(word, LookUp):
            return self._matches(records, record, word)
        said = {s.ref: s.value for s in sources}
        if isinstance(word, ToxicityWord):
            return (*self._baseline(records, record, word), *self.table_rows.read_by(word, said, value))
        return (*self.table_rows.read_by(word, said, value), *self._terms(records, variable, word, said, value))

    def rows_of(self, records: DatasetRecords, rows: list[int], names: list[str], taken: int) -> tuple[Member, ...]:
        """Records with some of their values."""
        return tuple(self._member(records, i, names, i == taken) for i in rows)

    def _member(
        self, records: DatasetRecords, i: int, names: Iterable[str], taken: bool = False, this: bool = False
    ) -> Member:
        values = {n: shown(records.columns[n], i) for n in names}
        place = self._place(*self.form_row(records, i))
        return Member(place, values, taken, this, records.name, i, self._joins(records))

    def _joins(self, records: DatasetRecords) -> int:
        """How often rows were joined into intervals since the records were as they are here."""
        known, joins = self.built.datasets[records.name], 0
        while known is not records and known.unmerged is not None:
            known, joins = known.unmerged.records, joins + 1
        return joins

    def _form_member(self, form: Form, i: int, names: Iterable[str], taken: bool) -> Member:
        values = {n: shown(form.columns[n], i) for n in names}
        return Member(self._place(form.name, i), values, taken, False, form.name, i)

    def _place(self, name: str, row: int) -> str:
        return place_of(self.forms, self.tables, self.forms.forms[name], row)

    def _in_order(self, records: DatasetRecords, record: int, word: Sequence) -> tuple[Member, ...]:
        """The records of the group in the dataset's order, with what orders them."""
        codes = np.asarray(records[word.by].codes)
        order = records.order()
        rows = order[codes[order] == codes[record]].tolist()
        names = self._ordering(records, rows)
        return tuple(self._ordered(records, i, names, this=i == record) for i in rows)

    def _in_group(self, records: DatasetRecords, record: int, variable: str, word: Grouped) -> tuple[Member, ...]:
        """The records of the group that are asked, in order; which one decided."""
        own = copy.copy(records)
        own.target, own.looked, own.issues, own.mask = variable, {}, [], None
        word.apply(own)  # type: ignore[arg-type]
        link = own.looked.get((variable, records.name, "taken"))
        taken = -1 if link is None else int(link[record])
        names = [str(r) for r in word.reads if r in records.columns and r not in word.by]
        rows = word.listed(own, record)  # type: ignore[arg-type]
        return tuple(self._member(records, i, names, i == taken, i == record) for i in rows)

    def _ordering(self, records: DatasetRecords, rows: list[int]) -> list[str]:
        """The keys; where they do not tell these records apart, also everything collected."""
        keys = records.order_keys
        distinct = {tuple(shown(records.columns[k], i) for k in keys) for i in rows}
        return keys if len(distinct) == len(rows) else [*keys, RECORD_SOURCE, *records.tie_breakers]

    def _ordered(
        self, records: DatasetRecords, i: int, names: list[str], taken: bool = False, this: bool = False
    ) -> Member:
        member = self._member(records, i, [n for n in names if n != RECORD_SOURCE], taken, this)
        values = {n: member.values.get(n, str(int(records.origin[i]) + 1)) for n in names}
        return replace(member, values=values)

    def _before(self, records: DatasetRecords, record: int, variable: str, word: LastBefore) -> tuple[Member, ...]:
        """The records with a value of the same group, in the dataset's order."""
        own = copy.copy(records)
        own.target, own.looked, own.issues = variable, {}, []
        same = np.asarray(present(own[word.value]))
        if word.where is not None:
            same = same & own.holds(word.where)
        for column in (own.subjects(), *(own[b] for b in word.by)):
            same = same & (np.asarray(column.codes) == int(column.codes[record]))
        order = records.order()
        rows = order[same[order]].tolist()
        flags = records.columns.get(variable)
        names = [str(word.date), str(word.value)]
        dates = [shown(own[word.date], i) for i in rows]
        extra = self._ordering(records, rows) if len(set(dates)) < len(rows) else []
        out = []
        for i in rows:
            taken = flags is not None and int(flags.codes[i]) >= 0
            member = self._ordered(records, i, extra, taken, i == record)
            values = {**{n: shown(own[n], i) for n in names}, **member.values}
            out.append(replace(member, values=values))
        return tuple(out)

    def _baseline(self, records: DatasetRecords, record: int, word: ToxicityWord) -> Iterator[Member]:
        """The record that is the baseline."""
        at = int(word.baselines(records)[record])  # type: ignore[arg-type]
        if at >= 0:
            names = dict.fromkeys(map(str, (word.baseline, word.result, word.indicator)))
            yield self._member(records, at, names, taken=True, this=at == record)

    def _candidates(self, records: DatasetRecords, record: int, variable: str, word: Reading) -> tuple[Member, ...]:
        """The subject's records elsewhere that have a value and meet the condition."""
        own = copy.copy(records)
        own.target, own.looked, own.issues, own.mask = variable, {}, [], None
        name, column = word.place
        other = own.other(name)
        if isinstance(word, Bounded):
            rows = word.asked(own, other).of(record)  # type: ignore[arg-type]
        else:
            ours, theirs, _ = subject_codes(own, other)  # type: ignore[arg-type]
            fits = np.asarray(word.candidates(own, other)) & (theirs == ours[record])  # type: ignore[arg-type]
            rows = np.flatnonzero(fits).tolist() if ours[record] >= 0 else []
        word.apply(own)  # type: ignore[arg-type]
        link = own.looked.get((variable, name, "taken"))
        taken = -1 if link is None else int(link[record])
        every = isinstance(word, Statistic)
        own_names = [r.rpartition(".")[2] for r in word.reads if r.startswith(f"{name}.")]
        names = list(dict.fromkeys([column, *own_names]))
        if isinstance(other, OtherForm):
            return tuple(self._form_member(other.form, i, names, every or i == taken) for i in rows)
        return tuple(self._member(other, i, names, every or i == taken) for i in rows)

    def _compared(
        self, records: DatasetRecords, record: int, variable: str, word: Across, value: str | None
    ) -> tuple[Member, ...]:
        """The subject's dates in every place; the first that is the result was taken."""
        found = [m for single in word.single() for m in self._candidates(records, record, variable, single)]
        at = next((i for i, m in enumerate(found) if value in m.values.values()), None)
        return tuple(replace(m, taken=i == at) for i, m in enumerate(found))

    def _ended(self, records: DatasetRecords, record: int, variable: str, word: TimeToEvent) -> tuple[Member, ...]:
        """The dates of every reason that may end the observation; the one that did was taken."""
        own = copy.copy(records)
        own.target, own.looked, own.issues, own.mask = variable, {}, [], None
        word.apply(own)  # type: ignore[arg-type]
        rows = {name: own.looked.get((variable, name, "taken")) for name in word.places}
        found = [m for single in word.single() for m in self._candidates(records, record, variable, single)]
        distinct = {(m.dataset, m.record, *m.values.items()): m for m in found}.values()
        links = {name: -1 if row is None else int(row[record]) for name, row in rows.items()}
        return tuple(replace(m, taken=links.get(m.dataset or "") == m.record) for m in distinct)

    def _matches(self, records: DatasetRecords, record: int, word: LookUp) -> tuple[Member, ...]:
        """The rows of the form whose columns equal the record's values."""
        own = copy.copy(records)
        own.looked, own.issues = {}, []
        name, _, column = word.source.rpartition(".")
        form = self.forms.forms[name]
        fits = form.live.copy()
        for key, ref in word.by.items():
            value = shown(own[ref], record)
            fits &= np.array([value is not None and v == value for v in self._all_texts(form.columns[key])], bool)
        rows = np.flatnonzero(fits).tolist()
        names = list(dict.fromkeys([*word.by, column]))
        return tuple(self._form_member(form, i, names, len(rows) == 1) for i in rows)

    def _all_texts(self, column: Column) -> list[str | None]:
        """Every value as text; kept, since look-ups ask for the same columns again and again."""
        if id(column) not in self._texts:
            self._texts[id(column)] = (column, shown_values(column))
        return self._texts[id(column)][1]

    def _terms(
        self, records: DatasetRecords, variable: str, word: Algorithm, said: dict[str, str | None], value: str | None
    ) -> Iterator[Member]:
        """The term of the codelist."""
        own = copy.copy(records)
        own.target = variable
        if isinstance(word, AssignCt):
            codelist, term = own.codelist(), value
        elif isinstance(word, Decode) and word.map is None:
            codelist, term = own.codelist(word.source), said.get(str(word.source))
        else:
            return
        found = codelist.by_value.get(term) if codelist is not None and term is not None else None
        if codelist is not None and found is not None:
            release = f" ({codelist.release})" if codelist.release else ""
            yield Member(
                f"codelist {codelist.name}{release}", {"value": found.value, "decode": found.decode}, taken=True
            )
