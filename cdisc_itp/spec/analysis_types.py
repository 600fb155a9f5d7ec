"""What adam/*.yaml says, typed and frozen: analysis datasets, made from datasets."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct, field

from ..algorithms.registry import MapName, Ref, Written
from ..model.where import Condition
from ..model.written import Needs
from .time_to_event import TimeToEventSpec
from .types import VariableSpec

AnalysisClass = Literal[
    "SUBJECT LEVEL ANALYSIS DATASET", "BASIC DATA STRUCTURE", "OCCURRENCE DATA STRUCTURE", "ADAM OTHER"
]


class SourceRecordsSpec(Struct, frozen=True):
    """Records of an analysis dataset from those of one dataset, one each; what ``where`` leaves out has a reason.

    Bare names of ``where`` are variables of that dataset.
    """

    from_: Written
    where: Annotated[Condition | None, Needs(("reason",))] = None
    reason: Annotated[str | None, Needs(("where",))] = None
    set: dict[str, VariableSpec] = field(default_factory=dict)


class ParameterSpec(Struct, frozen=True):
    """A parameter: what PARAMCD stands for. With ``from`` it also says where its records come from.

    ``label`` is PARAM, ``number`` PARAMN, ``category`` PARCAT1. ``time_to_event`` makes the variables of a time to
    event, one record for each of ``from``.
    """

    label: str
    number: int | None = None
    category: str | None = None
    from_: Written | None = None
    where: Annotated[Condition | None, Needs(("from",))] = None
    time_to_event: Annotated[TimeToEventSpec | None, Needs(("from",))] = None
    set: Annotated[dict[str, VariableSpec], Needs(("from",))] = field(default_factory=dict)


class AddSpec(Struct, frozen=True):
    """Derived records (DTYPE), of the records that meet ``where``, for each subject and value of ``by``.

    One of ``take`` (a copy of one record: the one with the largest, smallest, first or last ``of``), ``summarize``
    (a record with a statistic of ``of`` and nothing but ``by``) and ``carry`` (a copy of the last record before each
    planned ``visit`` that has none, as the table ``visits`` numbers them). ``set`` makes variables of the added
    records; ``clear`` names variables of a copied record that do not hold for the derived one.
    """

    of: Ref
    take: Literal["maximum", "minimum", "first", "last"] | None = None
    summarize: Literal["mean", "median", "sum", "count", "minimum", "maximum"] | None = None
    carry: Literal["last"] | None = None
    by: tuple[Ref, ...] = ()
    where: Condition | None = None
    visit: Annotated[Ref | None, Needs(("carry", "visits"))] = None
    visits: Annotated[MapName | None, Needs(("carry", "visit"))] = None
    clear: tuple[Ref, ...] = ()
    set: dict[str, VariableSpec] = field(default_factory=dict)


class AnalysisSpec(Struct, frozen=True):
    """One analysis dataset: where its records come from, what is copied, its parameters and variables.

    ``copy`` names variables of other datasets that are taken over as they are: of the record's own source, or of
    the subject's one record. ``omit`` names variables that others read and that are not in the file.
    """

    dataset: Written
    class_: AnalysisClass
    label: str
    structure: str
    keys: tuple[Ref, ...]
    records: tuple[SourceRecordsSpec, ...] = ()
    parameters: dict[str, ParameterSpec] = field(default_factory=dict)
    copy: dict[str, tuple[Ref, ...]] = field(default_factory=dict)
    variables: dict[str, VariableSpec] = field(default_factory=dict)
    add: tuple[AddSpec, ...] = ()
    order: tuple[Ref, ...] = ()
    ranked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    omit: tuple[Ref, ...] = ()
    comment: str | None = None
    value_level: tuple[Ref, ...] | None = None
