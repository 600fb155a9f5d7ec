"""The story of one value, as told: steps, raw cells, and the records and rows of tables that decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from ..algorithms.registry import Algorithm
from ..model.catalogue import CATALOGUE
from ..model.issue import UserError
from ..model.where import Condition
from ..spec.suggest import near

Said = str | tuple[str, ...] | dict[str, str | None] | Condition
MEMBERS_SHOWN = 8
RECORDS = ("sav", "zsav", "xpt", "sas7bdat")
"""Files whose rows have no other place than their number."""


class RawCell(Struct, frozen=True):
    """A raw cell as the reader found it; ``text`` is None where it is empty.

    With ``part`` the text is no cell's: it is that part of the column's name, or the whole name ("column").
    ``withheld``: the text is left out, as it identifies a person.
    """

    file: str
    sheet: str | None
    row: int
    column: str
    text: str | None
    part: str | None = None
    withheld: bool = False

    def __str__(self) -> str:
        said = f"(left out, {issue_text('DATA073')})" if self.withheld else shown_text(self.text)
        name = {None: "column", "column": "name of column"}.get(self.part, f"{self.part} in the name of column")
        return f"{row_place(self.file, self.sheet, self.row)} {name} {self.column}: {said}"


def row_place(file: str, sheet: str | None, row: int) -> str:
    """A row as somebody finds it again in its file.

    >>> row_place("lb.xlsx", "CBC", 7), row_place("mh.xml", "IG.MH", 78), row_place("vs.sav", None, 3)
    ('lb.xlsx sheet CBC row 7', 'mh.xml item group IG.MH line 78', 'vs.sav record 3')
    """
    kind = file.lower().rpartition(".")[2]
    sheets = {"xml": "item group"}.get(kind, "sheet")
    rows = {"xml": "line"}.get(kind, "record" if kind in RECORDS else "row")
    return f"{file}{f' {sheets} {sheet}' if sheet else ''} {rows} {row}"


class Member(Struct, frozen=True):
    """A record, form row, row of a table or term that was looked at: where it stands and what it says.

    ``taken``: it decided; ``this``: it is the record whose story is told. ``dataset`` (a dataset or form) and
    ``record`` (its number in this replay) are those of a record or form row; ``joins`` counts how often rows were
    joined into intervals since.
    """

    place: str
    values: dict[str, str | None]
    taken: bool = False
    this: bool = False
    dataset: str | None = None
    record: int | None = None
    joins: int = 0

    def __str__(self) -> str:
        said = ", ".join(f"{k} {shown_text(v)}" for k, v in self.values.items())
        mark = " (this record)" if self.this else ""
        return f"{self.place}{mark}" + (f": {said}" if said else "")


class RowNote(Struct, frozen=True):
    """What a word of a source file makes of a form row as a whole.

    ``duplicates``, ``repeats`` and ``yields_to`` tell which rows are left out since this one (``taken``) stands;
    ``subject`` by which row of a map the subject has another number than the file says.
    """

    word: str
    parameters: dict[str, Said]
    text: str
    place: str
    members: tuple[Member, ...]
    note: str = ""

    @property
    def same(self) -> tuple[str, ...]:
        """The columns in which the rows agree, as the spec says them."""
        said = self.parameters.get("same", ())
        return said if isinstance(said, tuple) else ()


class TraceStep(Struct, frozen=True):
    """One value on the way.

    ``ref`` is how the line that reads it writes its name; ``word``, ``parameters``, ``text``, ``place`` and ``when``
    are the line of the spec that made it (``word`` is None where none did); ``tried`` are the lines before it that
    did not hold or gave no value; ``sources`` the values that it was made from; ``cells`` the raw cells;
    ``members`` the records or rows that were looked at; ``row_notes`` are about the form row as a whole;
    ``headline`` says in a sentence of what record of an analysis dataset the story is.
    """

    name: str
    value: str | None
    ref: str = ""
    word: str | None = None
    parameters: dict[str, Said] = field(default_factory=dict)
    text: str = ""
    place: str = ""
    when: Condition | None = None
    sources: tuple[TraceStep, ...] = ()
    cells: tuple[RawCell, ...] = ()
    members: tuple[Member, ...] = ()
    tried: tuple[TraceStep, ...] = ()
    note: str = ""
    row_notes: tuple[RowNote, ...] = ()
    headline: str = ""


class TraceError(UserError):
    """A record or variable that is not there, or several records where one was meant."""


def no_variable(dataset: str, name: str, columns: Iterable[str]) -> TraceError:
    """What is said of a variable that a dataset does not have."""
    hint = near(name, columns)
    return TraceError(f"{dataset} has no variable {name}" + (f" - {hint}" if hint else ""))


def parameters_said(algorithm: Algorithm) -> dict[str, Said]:
    """Every parameter that has a value, by the name that a spec writes; the main argument is the first.

    >>> from ..algorithms.assign import Replace
    >>> from ..algorithms.registry import Ref
    >>> parameters_said(Replace(Ref("term"), text="-"))
    {'source': 'term', 'text': '-', 'by': ''}
    """
    out: dict[str, Said] = {}
    for f in dataclasses.fields(algorithm):  # type: ignore[arg-type]
        value = getattr(algorithm, f.name)
        if value is not None and value != () and not f.metadata.get("hidden", False):
            out[f.name.rstrip("_")] = _said(value)
    return out


def _said(value: object) -> Said:
    if isinstance(value, Condition):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return tuple(map(str, value))
    if isinstance(value, dict):
        return {str(k): None if v is None else str(v) for k, v in value.items()}
    return str(value)


def issue_text(code: str) -> str:
    """An issue in a story."""
    return f"{code}: {CATALOGUE[code].title}"


def shown_text(text: str | None) -> str:
    """A text as the story shows it."""
    return "(empty)" if text is None else f"'{text}'"


def leaves(step: TraceStep) -> Iterator[RawCell]:
    """Every raw cell of a story."""
    yield from step.cells
    for inner in (*step.tried, *step.sources):
        yield from leaves(inner)


def render_trace(step: TraceStep) -> str:
    """The story in lines, to be read from top (the value) to bottom (the raw cells)."""
    return "\n".join([*filter(None, [step.headline]), *_lines(step, "", set())])


def _lines(step: TraceStep, pad: str, told: set[int]) -> Iterator[str]:
    value = "(no value)" if step.value is None else f"'{step.value}'"
    # A value that is read twice has one story: its sources (or raw cells) are the same object.
    story = id(step.sources or step.cells)
    if story in told and (step.sources or step.cells):
        yield f"{pad}{step.name} = {value} (told above)"
        return
    # What holds for all values of a form row is told once, with the first.
    notes = [n for n in step.row_notes if id(n) not in told]
    told |= {story, *map(id, notes)}
    yield f"{pad}{step.name} = {value}"
    for line in step.tried:
        yield from _attempt(line, f"{pad}  ", told)
    yield from _attempt(step, f"{pad}  ", told)
    for note in notes:
        yield from _row_note(note, f"{pad}  ")


def _row_note(said: RowNote, pad: str) -> Iterator[str]:
    yield f"{pad}{said.word} [{said.place}]: {said.text}"
    if said.note:
        yield f"{pad}{said.note}"
    yield from _shown_members(said.members, pad)


def _attempt(step: TraceStep, pad: str, told: set[int]) -> Iterator[str]:
    """One line of the spec: what it does, what became of it, and what it read."""
    if step.word is not None:
        when = f"where {step.when}: " if step.when is not None else ""
        place = f" [{step.place}]" if step.place else ""
        yield f"{pad}{step.word}{place}: {when}{step.text}"
    if step.note:
        yield f"{pad}{step.note}"
    for cell in step.cells:
        yield f"{pad}raw {cell}"
    yield from _shown_members(step.members, pad)
    for source in step.sources:
        yield from _lines(source, f"{pad}  ", told)


def _shown_members(members: tuple[Member, ...], pad: str) -> Iterator[str]:
    """Those that decided, and their neighbours; of many only some."""
    centre = next((i for i, m in enumerate(members) if m.taken or m.this), 0)
    first = max(0, min(centre - MEMBERS_SHOWN // 2, len(members) - MEMBERS_SHOWN))
    here = range(first, min(len(members), first + MEMBERS_SHOWN))
    for i in here:
        yield f"{pad}{'->' if members[i].taken else ' -'} {i + 1}. {members[i]}"
    if len(here) < len(members):
        yield f"{pad}   of {len(members)} that were looked at"
