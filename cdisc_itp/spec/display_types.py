"""What analysis/displays.yaml says, typed and frozen: the tables and figures of an analysis, each of a kind."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Struct, field

from ..algorithms.registry import Ref, Written
from ..model.where import Condition
from ..model.written import Unwritten

Statistic = Literal[
    "n", "mean", "sd", "mean_sd", "median", "quartiles", "range", "minimum", "maximum", "sum", "missing"
]
STATISTICS: tuple[Statistic, ...] = ("n", "mean_sd", "median", "quartiles", "range")
USUBJID, AVAL, CNSR, AVALC, ADY = Ref("USUBJID"), Ref("AVAL"), Ref("CNSR"), Ref("AVALC"), Ref("ADY")


class TreatmentSpec(Struct, frozen=True):
    """By which variable of the subjects' dataset they are compared, and which gives the order (None: the values)."""

    variable: Ref
    order: Ref | None = None


class PopulationSpec(Struct, frozen=True):
    """An analysis set: its name in tables, and which subjects are in it."""

    label: str
    where: Condition


class SummaryVariableSpec(Struct, frozen=True):
    """A variable that is summarized: as numbers, or, where ``categories`` are given, as counts of those values.

    ``categories`` are the values in their order, each with what it is called. ``percent_of`` says what counts of
    values are divided by: the subjects of the population, or the records that have a value. ``where`` narrows the
    records; ``decimals`` are those of the values (minimum and maximum), a mean has one more.
    """

    name: Ref
    label: str | None = None
    categories: dict[str, str | None] = field(default_factory=dict)
    statistics: tuple[Statistic, ...] = STATISTICS
    decimals: int = 0
    percent_of: Literal["population", "records"] = "population"
    where: Condition | None = None


class WithinSpec(Struct, frozen=True):
    """A summary is repeated for each value of ``variable``, in the order of the numeric variable ``order``."""

    variable: Ref
    order: Ref | None = None
    label: str | None = None


class MarksSpec(Struct, frozen=True):
    """Days that are marked in the panels: records of ``dataset``, at ``x``."""

    dataset: Written
    label: str
    x: Ref
    where: Condition | None = None


class GradeSpec(Struct, frozen=True):
    """Severity: the variable, and its grades in rising order."""

    variable: Ref
    levels: tuple[str, ...]
    label: str = "Grade"


class BoxSpec(Struct, frozen=True):
    """A box of a flow diagram: the subjects of ``dataset`` for whom ``where`` holds.

    ``after`` is the box that the line comes from; ``aside`` sets the box beside it, for those who left. With
    ``by_treatment`` there is one a treatment. ``reasons`` counts the values of a variable below the number:
    one of the dataset, or of another (IE.IETEST), of which the box's subjects are counted.
    """

    label: str
    dataset: Written
    where: Condition | None = None
    after: Written | None = None
    aside: bool = False
    by_treatment: bool = False
    reasons: Ref | None = None


class DisplaySpec(Struct, frozen=True, kw_only=True):
    """What every display says. ``reason`` and ``purpose`` are those of ARM 1.0 (an analysis's reason and purpose)."""

    kind: Written
    number: str
    title: str
    population: Written
    treatments: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    reason: str = "SPECIFIED IN PROTOCOL"
    purpose: str = "EXPLORATORY OUTCOME MEASURE"
    figure: ClassVar[bool] = False
    file: Annotated[str, Unwritten()] = ""
    line: Annotated[int, Unwritten()] = 0

    @property
    def caption(self) -> str:
        """ "Table 14.1.1" or "Figure 14.2.1"."""
        return f"{'Figure' if self.figure else 'Table'} {self.number}"


class RecordsSpec(DisplaySpec, frozen=True, kw_only=True):
    """A display of the records of one dataset."""

    dataset: Written
    where: Condition | None = None


class SummarySpec(RecordsSpec, frozen=True, kw_only=True):
    """Summaries of variables by treatment, one below the other; with ``within`` repeated for its values."""

    variables: tuple[SummaryVariableSpec, ...]
    within: WithinSpec | None = None
    total: bool = True


class TermsSpec(RecordsSpec, frozen=True, kw_only=True):
    """Subjects with a term, terms nested as listed; with ``grade`` each subject counts under the worst grade."""

    terms: tuple[Ref, ...]
    any_: str
    grade: GradeSpec | None = None
    events: bool = False


class KaplanMeierSpec(RecordsSpec, frozen=True, kw_only=True):
    """Time to an event: the product-limit estimate by treatment. ``shows`` is what the curve rises or falls to."""

    times: tuple[int, ...]
    x_label: str
    y_label: str
    unit: str = "days"
    time: Ref = AVAL
    censor: Ref = CNSR
    shows: Literal["survival", "incidence"] = "survival"
    figure: ClassVar[bool] = True


class CourseSpec(RecordsSpec, frozen=True, kw_only=True):
    """Median and quartiles of a value by treatment and visit. ``limits`` are lines at values, with what they mean."""

    visit: Ref
    order: Ref
    y_label: str
    x_label: str = "Visit"
    value: Ref = AVAL
    scale: Literal["linear", "log"] = "linear"
    limits: dict[str, str | None] = field(default_factory=dict)
    decimals: int = 0
    figure: ClassVar[bool] = True


class PanelsSpec(RecordsSpec, frozen=True, kw_only=True):
    """A small panel for each subject: value against day, a page a treatment."""

    label: Ref
    x_label: str
    y_label: str
    x: Ref = ADY
    value: Ref = AVAL
    scale: Literal["linear", "log"] = "log"
    limits: dict[str, str | None] = field(default_factory=dict)
    marks: MarksSpec | None = None
    columns: int = 6
    figure: ClassVar[bool] = True


class ForestSpec(RecordsSpec, frozen=True, kw_only=True):
    """The odds ratio of a response by a variable of the subjects (a site), and over all of them."""

    by: Ref
    success: str
    response: Ref = AVALC
    by_label: str = "Site"
    figure: ClassVar[bool] = True


class FlowSpec(DisplaySpec, frozen=True, kw_only=True):
    """The flow of subjects through the study, by boxes."""

    boxes: dict[str, BoxSpec]
    figure: ClassVar[bool] = True


KINDS: dict[str, type[DisplaySpec]] = {
    "summary": SummarySpec,
    "terms": TermsSpec,
    "kaplan_meier": KaplanMeierSpec,
    "visit_course": CourseSpec,
    "panels": PanelsSpec,
    "forest": ForestSpec,
    "flow": FlowSpec,
}


class DisplaysSpec(Struct, frozen=True):
    """analysis/displays.yaml: the dataset of subjects, how they are compared, and the displays by their names."""

    subjects: Written
    treatment: TreatmentSpec
    populations: dict[str, PopulationSpec]
    displays: Annotated[dict[str, DisplaySpec], Unwritten()] = field(default_factory=dict)
