"""What a study's files say, typed and frozen. The loader fills these; editors get their schema from them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Struct, field

from ..algorithms.registry import Algorithm, DateRef, MapName, Ref, Written
from ..model.metadata import OriginSource, OriginType
from ..model.raw import TableOptions
from ..model.where import Condition
from ..model.written import Needs, Unwritten

# A name in a pattern of unpivot: {visit}.
UNPIVOT_NAME = re.compile(r"\{([a-z_]+)\}")
SDTMIG, SDTM_CT, ASCII, NO_FORM = Written("3.4"), Written("2025-03-28"), Written("ascii"), Written("")
# The dataset that comments go into.
COMMENTS = "CO"
Kind = Literal["text", "date", "time", "datetime", "number"]
# A date, time or both as SAS counts it: a number of an analysis dataset.
NumericDate = Literal["numeric date"]


class Step(Struct, frozen=True):
    """One line: an algorithm and the records for which it holds."""

    algorithm: Algorithm
    when: Condition | None = None
    line: int = 0
    file: str = ""


class Steps(Struct, frozen=True):
    """The first step that applies and gives a value wins."""

    steps: tuple[Step, ...]


class VariableSpec(Struct, frozen=True):
    """A variable: its steps, and metadata where the guide does not say them."""

    steps: tuple[Step, ...]
    label: str | None = None
    comment: str | None = None
    origin: OriginType | None = None
    origin_source: OriginSource | None = None
    evaluator: str | None = None
    qorig: str | None = None
    codelist: Written | None = None
    display_format: str | None = None
    line: Annotated[int, Unwritten()] = 0
    file: Annotated[str, Unwritten()] = ""


class FormSpec(Struct, frozen=True):
    """One study-wide shape: what a row is, and the type of each column."""

    row: str
    columns: dict[str, Kind]
    not_submitted: str | None = None


class EveryTableSpec(TableOptions, frozen=True):
    """How all tables of a source are read, where a table does not say otherwise; one ``file`` for several sheets."""

    file: str = ""


class TableSpec(EveryTableSpec, frozen=True):
    """A table of a source: how it is read; ``not_submitted`` is the reason where no form reads it."""

    not_submitted: str | None = None


class UnpivotSpec(Struct, frozen=True):
    """Columns to rows. ``columns`` is a pattern with {names} or a list of columns.

    A cell becomes a row with $value, $column and one $name for each {name}; ``values`` narrows a {name};
    ``with`` adds columns that share the {names} (a date of the visit, a reason of the test). An empty cell makes
    no row unless a column of ``keep_if`` has a value. A column that ``with`` adds to other cells is no cell itself,
    unless ``values`` name it. A column that has the pattern's form but not one of its values is an error unless
    ``unmatched`` is ignore.
    """

    columns: tuple[str, ...]
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    with_: dict[str, str] = field(default_factory=dict)
    keep_if: tuple[str, ...] = ()
    unmatched: Literal["error", "ignore"] = "error"


class RepeatsSpec(Struct, frozen=True):
    """Of rows that agree in ``same``, the first or last by ``order`` stays; the others are not submitted.

    Of several columns of ``order`` the first decides, then the next. ``ranked`` gives a column's values in an order
    of their own: ``keep: last`` keeps the last of the list. A row without a value yields to the others. Rows that
    agree in ``order`` too are an issue (DATA051) unless ``tie`` is keep; so is a value that ``ranked`` lacks.
    """

    same: tuple[Ref, ...]
    order: tuple[Ref, ...]
    reason: str
    keep: Literal["first", "last"] = "last"
    tie: Literal["error", "keep"] = "error"
    ranked: dict[str, tuple[str, ...]] = field(default_factory=dict)


class YieldsToSpec(Struct, frozen=True):
    """Rows that other blocks of the form have too, those of ``source`` or of the table ``from``, are not submitted.

    Rows are of one fact where they are of one subject and agree in ``same``. A value of ``compare`` that the other
    block does not say alike is an issue (DATA054).
    """

    same: tuple[Ref, ...]
    reason: str
    source: Written | None = None
    from_: Written | None = None
    compare: tuple[Ref, ...] = ()


class BlockSpec(Struct, frozen=True):
    """Rows of a form from one raw table, or from several that are written alike."""

    from_: tuple[Written, ...]
    columns: dict[str, Steps]
    where: Annotated[Condition | None, Needs(("reason",))] = None
    reason: Annotated[str | None, Needs(("where",))] = None
    unpivot: UnpivotSpec | None = None
    repeats: RepeatsSpec | None = None
    yields_to: tuple[YieldsToSpec, ...] = ()
    duplicates: Literal["merge", "keep", "report"] = "report"
    not_submitted: dict[str, str] = field(default_factory=dict)


class EveryFormSpec(Struct, frozen=True):
    """What all blocks of a source have in common: form columns, rows that are read, raw columns that go nowhere.

    A block's own line for the same column wins; a ``where`` holds beside the block's own.
    """

    columns: dict[str, Steps] = field(default_factory=dict)
    where: Annotated[Condition | None, Needs(("reason",))] = None
    reason: Annotated[str | None, Needs(("where",))] = None
    not_submitted: dict[str, str] = field(default_factory=dict)


class SourceSpec(Struct, frozen=True):
    """One source of raw files: the only kind of file that differs by site.

    ``vendor`` says that a vendor collected the data (a central laboratory), not the investigator. ``dates`` are the
    written forms of dates where a column has no ``format`` of its own, ``decimal`` is the mark in numbers.
    """

    source: Written
    tables: dict[str, TableSpec]
    forms: dict[str, tuple[BlockSpec, ...]] = field(default_factory=dict)
    site: Steps | None = None
    vendor: bool = False
    dates: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    every_table: EveryTableSpec | None = None
    every_form: EveryFormSpec | None = None


class IntervalsSpec(Struct, frozen=True):
    """Rows whose ``same`` variables agree and that follow each other within ``gap`` days are one record."""

    same: tuple[Ref, ...]
    start: DateRef
    end: DateRef
    gap: int = 1


class RecordsSpec(Struct, frozen=True):
    """Records of a dataset from one form; what ``where`` leaves out is kept with the reason.

    Instead of ``from``, ``visits_of`` names datasets whose visits are gathered, one record a subject and visit (SV);
    ``elements`` names the table (epoch, start, end) that says in which variables of DM the elements of TA start (SE).
    """

    from_: Written = NO_FORM
    where: Annotated[Condition | None, Needs(("reason",))] = None
    reason: Annotated[str | None, Needs(("where",))] = None
    set: dict[str, VariableSpec] = field(default_factory=dict)
    intervals: IntervalsSpec | None = None
    visits_of: tuple[Ref, ...] = ()
    elements: MapName | None = None
    gathers: Annotated[str, Unwritten()] = ""


class CommentSpec(Struct, frozen=True):
    """A remark on each record, submitted in CO; ``date`` is the variable of the record that says when it was made."""

    text: Steps
    evaluator: str | None = None
    date: Ref | None = None


class DatasetSpec(Struct, frozen=True):
    """One dataset: where its records come from, its keys and order, its variables."""

    dataset: Written
    records: tuple[RecordsSpec, ...]
    variables: dict[str, VariableSpec] = field(default_factory=dict)
    keys: tuple[Ref, ...] = ()
    order: tuple[Ref, ...] = ()
    ranked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    supplemental: dict[str, VariableSpec] = field(default_factory=dict)
    comments: dict[str, CommentSpec] = field(default_factory=dict)
    omit: tuple[Ref, ...] = ()
    class_: str | None = None
    label: str | None = None
    structure: str | None = None
    comment: str | None = None
    value_level: tuple[Ref, ...] | None = None
    reject: bool = True


class StandardsSpec(Struct, frozen=True):
    """The standards and terminology releases that the study pins."""

    sdtmig: Written = SDTMIG
    adamig: Literal["1.3"] = "1.3"
    define: Literal["2.1"] = "2.1"
    sdtm_ct: Written = SDTM_CT
    adam_ct: str = "2025-09-26"


class DocumentSpec(Struct, frozen=True):
    """A document of the submission; ``href`` is relative to define.xml."""

    title: str
    href: str
    annotated_crf: bool = False


class DictionarySpec(Struct, frozen=True):
    """An external dictionary and the variables that it codes."""

    name: str
    version: str
    variables: tuple[Ref, ...] = ()
    href: str | None = None


class CodelistSpec(Struct, frozen=True):
    """A sponsor's codelist, or terms that extend a published one."""

    terms: dict[str, str | None]
    label: str | None = None
    extends: Written | None = None


class PersonalSpec(Struct, frozen=True):
    """What is said of direct identifiers of persons: words in identifier columns that are words of the data too."""

    not_names: tuple[str, ...] = ()


class TrialTableSpec(Struct, frozen=True):
    """A trial design dataset: a CSV file of the study's folder with a row for each record.

    Its columns in upper case are variables, others are the spec's own; ``columns`` names the column that a variable
    is read from where it is called otherwise (a table of maps/).
    """

    file: Written
    columns: dict[str, str] = field(default_factory=dict)


class RelationSpec(Struct, frozen=True):
    """Records of a subject that belong together: those whose variables of ``members`` (by dataset) are equal.

    Each value that records of several datasets share is a relation of these records. With ``types``, which says
    for each dataset whether ONE or MANY of its records have a value, the datasets are related as a whole.
    """

    members: dict[str, Written]
    types: dict[str, Literal["ONE", "MANY"]] = field(default_factory=dict)


class UnscheduledSpec(Struct, frozen=True):
    """Visits that the schedule does not number are numbered by their day, counted from a date of the subject.

    The ``comment`` goes to VISITNUM and VISIT wherever they are.
    """

    number_from: DateRef
    comment: str | None = None


class TabulationsSpec(TableOptions, frozen=True):
    """SDTM that exists already, a file each, named after the dataset: only analysis datasets are made, from it."""

    file: str


class StudySpec(Struct, frozen=True):
    """study.yaml."""

    study: str
    created: datetime
    subject_id: Steps = Steps(())
    title: str | None = None
    description: str | None = None
    protocol: str | None = None
    sponsor: str | None = None
    data: str | None = None
    folder: str | None = None
    standards: StandardsSpec = field(default_factory=StandardsSpec)
    reference_start: VariableSpec | None = None
    visits: Written | None = None
    unscheduled: Annotated[UnscheduledSpec | None, Needs(("visits",))] = None
    tabulations: TabulationsSpec | None = None
    arms: Written | None = None
    epochs: Written | None = None
    trial: dict[str, TrialTableSpec] = field(default_factory=dict)
    relations: dict[str, RelationSpec] = field(default_factory=dict)
    encoding: Written = ASCII
    codelists: dict[str, CodelistSpec] = field(default_factory=dict)
    dictionaries: dict[str, DictionarySpec] = field(default_factory=dict)
    documents: dict[str, DocumentSpec] = field(default_factory=dict)
    personal: PersonalSpec = field(default_factory=PersonalSpec)
