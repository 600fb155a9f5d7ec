"""Other rows that are left out since a form row stands: equal ones, repeats, rows that yield to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from ..model.column import distinct_tuples, take
from ..model.lineage import Fate, NumberedTable
from ..spec.study import Study
from ..spec.types import RepeatsSpec, YieldsToSpec
from .forms import Built as BuiltForms
from .forms import Form
from .repeats import EQUAL_ROW
from .shown import shown
from .trace import Member, RowNote, Said, issue_text, row_place
from .yielding import reason_of

Numbers = npt.NDArray[np.int64]
NOT_HELD = "the condition does not hold"
OF_SUBJECT = ("USUBJID", "subject", "site")


def place_of(forms: BuiltForms, tables: list[NumberedTable], form: Form, row: int) -> str:
    """File, row and unpivoted column of a form row."""
    raw = tables[int(form.places.table[row])].raw
    code = int(form.places.column[row])
    column = f" column {forms.column_names[code]}" if code >= 0 else ""
    return row_place(raw.file, raw.sheet, int(form.places.row[row])) + column


class RowNotes:
    """Finds the rows that do not stand since a form row does."""

    def __init__(self, study: Study, tables: list[NumberedTable], forms: BuiltForms) -> None:
        self.study, self.tables, self.forms = study, tables, forms
        self._made: dict[tuple[str, int], tuple[RowNote, ...]] = {}
        self._left: dict[tuple[str, int, str], dict[int, list[int]]] = {}
        self._group: dict[tuple[str, int, str], Numbers] = {}
        self._rows_left: dict[tuple[str, int, str], set[int]] = {}
        self._yielding: dict[str, dict[int, list[int]]] = {}

    def of(self, form: Form, row: int) -> tuple[RowNote, ...]:
        """One for each word of the source files that left out rows in favour of this one."""
        key = (form.name, row)
        if key not in self._made:
            found = (self._equal, self._repeats, self._yields) if form.live[row] else ()
            self._made[key] = tuple(choice for find in found for choice in find(form, row))
        return self._made[key]

    def _equal(self, form: Form, row: int) -> Iterator[RowNote]:
        names = [n for n in form.columns if n != "USUBJID"]
        rows = self._of_group(form, row, Fate.MERGED, EQUAL_ROW, names)
        if rows:
            text = "Rows that are equal in every column of the form are one."
            members = self._members(form, row, rows, [])
            yield RowNote("duplicates", {"duplicates": "merge"}, text, self._line(form, row, ()), members)

    def _repeats(self, form: Form, row: int) -> Iterator[RowNote]:
        said = self.forms.blocks[int(form.block[row])].spec.repeats
        if said is None:
            return
        same, order = [str(c) for c in said.same], [str(c) for c in said.order]
        names = [n for n in ("USUBJID", *same) if n in form.columns]
        rows = self._of_group(form, row, Fate.LEFT_OUT, f"repeat: {said.reason}", names)
        if rows:
            members = self._members(form, row, rows, [*order, *self._different(form, row, rows, same)])
            parameters: dict[str, Said] = {"same": tuple(same), "order": tuple(order), "keep": said.keep}
            parameters |= {f"ranked {c}": tuple(map(str, values)) for c, values in said.ranked.items()}
            yield RowNote("repeats", parameters, _repeats_text(said), self._line(form, row, said.same), members)

    def _yields(self, form: Form, row: int) -> Iterator[RowNote]:
        for loser in self._yielding_to(form).get(int(form.ids[row]), ()):
            block = self.forms.blocks[int(form.block[loser])]
            for said in block.spec.yields_to:
                why = reason_of(said, block.source.source)
                if loser in self._rows(form, int(form.block[loser]), Fate.LEFT_OUT, why):
                    yield self._yield(form, row, loser, said)

    def _yield(self, form: Form, row: int, loser: int, said: YieldsToSpec) -> RowNote:
        same, compare = [str(c) for c in said.same], [str(c) for c in said.compare]
        members = self._members(form, row, [loser], [*compare, *self._different(form, row, [loser], same)])
        source = self.forms.blocks[int(form.block[loser])].source.source
        text = f"A row of source {source} that agrees in {_listed(same)} yields to this one: {said.reason}."
        if compare:
            text += f" Compared: {_listed(compare)}."
        issues = [issue_text("DATA054")] if any(self._told_apart(form, loser, c) for c in compare) else []
        parameters: dict[str, Said] = {"same": tuple(same), "compare": tuple(compare)}
        return RowNote("yields_to", parameters, text, self._line(form, loser, said.same), members, "; ".join(issues))

    def _told_apart(self, form: Form, row: int, column: str) -> bool:
        """Whether an issue (DATA054) says that a row that yields says something else of a column."""
        at = form.places.take(np.array([row]))
        return any(
            bool(((i.places.table == at.table) & (i.places.row == at.row) & (i.places.column == at.column)).any())
            for i in self.forms.issues
            if (i.code, i.dataset, i.variable) == ("DATA054", form.name, column)
        )

    def _yielding_to(self, form: Form) -> dict[int, list[int]]:
        """The rows that yield, by the number of the row that they yield to."""
        if form.name not in self._yielding:
            known, place = self.forms.yielded.get(form.name), {int(n): i for i, n in enumerate(form.ids)}
            found = self._yielding[form.name] = {}
            for row, to in zip(known.rows.tolist(), known.to.tolist(), strict=True) if known else ():
                if row in place:
                    found.setdefault(to, []).append(place[row])
        return self._yielding[form.name]

    def _of_group(self, form: Form, row: int, fate: Fate, reason: str, names: list[str]) -> list[int]:
        """The rows of the same block that were left out for a reason and agree with this one in some columns."""
        block = int(form.block[row])
        left = self._rows(form, block, fate, reason)
        if not left:
            return []
        key = (form.name, block, reason)
        if key not in self._group:
            at = np.flatnonzero(form.block == block)
            self._group[key] = np.full(len(form), -1, np.int64)
            self._group[key][at] = distinct_tuples([take(form.columns[n], at) for n in names])[0]
            self._left[key] = {}
            for i in sorted(left):
                self._left[key].setdefault(int(self._group[key][i]), []).append(i)
        return self._left[key].get(int(self._group[key][row]), [])

    def _rows(self, form: Form, block: int, fate: Fate, reason: str) -> set[int]:
        """The rows of a block that were left out for a reason."""
        key = (form.name, block, reason)
        if key not in self._rows_left:
            ids = [o.rows for o in self.forms.outcomes if (o.form, o.fate, o.reason) == (form.name, fate, reason)]
            here = np.isin(form.ids, np.concatenate([*ids, np.empty(0, np.int64)])) & (form.block == block)
            self._rows_left[key] = set(np.flatnonzero(here).tolist())
        return self._rows_left[key]

    def _different(self, form: Form, row: int, others: list[int], same: Iterable[str]) -> list[str]:
        """The columns of which another row says something else than this one."""
        passed = {*same, *OF_SUBJECT}
        return [
            n
            for n, column in form.columns.items()
            if n not in passed and any(shown(column, i) not in (None, shown(column, row)) for i in others)
        ]

    def _members(self, form: Form, row: int, others: list[int], names: Iterable[str]) -> tuple[Member, ...]:
        """This row and the others, in the order of the files."""
        wanted = list(dict.fromkeys(names))
        places = form.places
        order = sorted([row, *others], key=lambda i: (places.table[i], places.row[i], places.column[i]))
        return tuple(
            Member(
                place_of(self.forms, self.tables, form, i),
                {n: shown(form.columns[n], i) for n in wanted if n in form.columns},
                taken=i == row,
                dataset=form.name,
                record=i,
            )
            for i in order
        )

    def _line(self, form: Form, row: int, names: tuple[str, ...]) -> str:
        """File and line of the word: that of a name in it, else of its block."""
        block, files = self.forms.blocks[int(form.block[row])], self.study.files
        lines = files.block_lines.get((block.source.source, block.form, block.number), {})
        line = next((n.line for n in names if getattr(n, "line", 0)), lines.get("", 1))  # type: ignore[attr-defined]
        return f"{files.places[f'source {block.source.source}'][0]}:{line}"


def _repeats_text(said: RepeatsSpec) -> str:
    by = [f"{c} ({' < '.join(said.ranked[c])})" if c in said.ranked else c for c in map(str, said.order)]
    same = _listed([str(c) for c in said.same])
    return f"Of rows of the subject that agree in {same} the {said.keep} by {', then '.join(by)} stays: {said.reason}."


def _listed(names: list[str]) -> str:
    """Names as a sentence has them.

    >>> _listed(["date", "time", "test"])
    'date, time and test'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
