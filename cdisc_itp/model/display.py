"""Tables and figures as computed: numbers with the text that shows them, before any file is written."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from .where import Condition

Number: TypeAlias = "float | int | None"


class Operation(Struct, frozen=True):
    """One statistic of a method: its id within the method, its name, and the pattern of its text ("XX.X")."""

    id: str
    name: str
    pattern: str


class Method(Struct, frozen=True):
    """How an analysis computes: what it is called, in words, and its operations in order."""

    id: str
    name: str
    text: str
    operations: tuple[Operation, ...]


class Selection(Struct, frozen=True):
    """The records of a dataset that an analysis uses, and the variables that it reads of them."""

    dataset: str
    where: Condition | None
    variables: tuple[str, ...]


class PlannedAnalysis(Struct, frozen=True):
    """An analysis as it is planned: known before a record is read.

    ``variable`` is the one that is analysed, of the first of ``selections``; ``factors`` are the variables that the
    results are grouped by, as (dataset, variable); ``parameter`` is the PARAMCD that ``where`` asks for;
    ``population`` is the name of the analysis set (None: all subjects of the dataset).
    """

    id: str
    name: str
    variable: str
    selections: tuple[Selection, ...]
    factors: tuple[tuple[str, str], ...]
    method: Method
    parameter: str | None = None
    population: str | None = None


class Result(Struct, frozen=True):
    """The result of one operation for one combination of groups (factor and value); ``text`` is what tables show."""

    operation: str
    groups: tuple[tuple[tuple[str, str], str], ...]
    raw: Number
    text: str


class Analysis(Struct, frozen=True):
    """A planned analysis with its results."""

    plan: PlannedAnalysis
    results: tuple[Result, ...]


class TableColumn(Struct, frozen=True):
    """A column of results: its heading, and what heads it together with its neighbours ("" : nothing)."""

    heading: str
    group: str = ""


class TableRow(Struct, frozen=True):
    """A row: the label with its indent (0, 1, 2), and a text a column; a row without cells heads those below."""

    label: str
    cells: tuple[str, ...] = ()
    indent: int = 0


class Table(Struct, frozen=True):
    """A table of texts; ``stub`` heads the labels."""

    stub: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]


class Curve(Struct, frozen=True):
    """A product-limit estimate: steps at ``times`` (the first is 0), ``censored`` times with the height there.

    ``lower`` and ``upper`` are confidence limits; ``at_risk`` numbers at the display's times.
    """

    treatment: str
    times: tuple[float, ...]
    heights: tuple[float, ...]
    censored: tuple[tuple[float, float], ...]
    at_risk: tuple[int, ...]


class CurvesFigure(Struct, frozen=True):
    """Kaplan-Meier curves; ``note`` is a result to print in the figure ("Log-rank p = 0.123")."""

    curves: tuple[Curve, ...]
    ticks: tuple[int, ...]
    x_label: str
    y_label: str
    note: str = ""


class CoursePoint(Struct, frozen=True):
    """Median and quartiles of a visit, and the number of values."""

    visit: str
    n: int
    median: float
    q1: float
    q3: float


class CourseFigure(Struct, frozen=True):
    """A course by visit and treatment; ``visits`` in their order; ``limits`` are lines with their meaning."""

    visits: tuple[str, ...]
    courses: tuple[tuple[str, tuple[CoursePoint, ...]], ...]
    x_label: str
    y_label: str
    log: bool
    limits: tuple[tuple[float, str], ...] = ()


class Panel(Struct, frozen=True):
    """One subject: values by day, and days that are marked."""

    label: str
    points: tuple[tuple[float, float], ...]
    marks: tuple[float, ...] = ()


class PanelsFigure(Struct, frozen=True):
    """Panels by treatment, a page each; axes are the same in all of them."""

    pages: tuple[tuple[str, tuple[Panel, ...]], ...]
    x_label: str
    y_label: str
    log: bool
    columns: int
    limits: tuple[tuple[float, str], ...] = ()
    mark_label: str = ""


class ForestLine(Struct, frozen=True):
    """An estimate with its interval; ``counts`` are texts by treatment ("13/28"). Without estimate: None."""

    label: str
    counts: tuple[str, ...]
    estimate: float | None
    lower: float | None
    upper: float | None
    text: str
    overall: bool = False


class ForestFigure(Struct, frozen=True):
    """A forest plot on a logarithmic scale; ``favours`` name what lies left and right of 1."""

    lines: tuple[ForestLine, ...]
    treatments: tuple[str, ...]
    by_label: str
    x_label: str
    favours: tuple[str, str]
    note: str = ""


class FlowBox(Struct, frozen=True):
    """A box with its lines of text; ``column`` is None where it spans all treatments."""

    id: str
    label: str
    count: int
    lines: tuple[str, ...]
    after: str | None
    aside: bool
    column: int | None


class FlowFigure(Struct, frozen=True):
    """A flow diagram, boxes from top to bottom."""

    boxes: tuple[FlowBox, ...]
    treatments: tuple[str, ...]


Figure: TypeAlias = "CurvesFigure | CourseFigure | PanelsFigure | ForestFigure | FlowFigure"


class Display(Struct, frozen=True):
    """A computed display: its table (of a figure: the numbers in it), its figure if it is one, and its analyses."""

    id: str
    caption: str
    title: str
    population: str
    footnotes: tuple[str, ...]
    analyses: tuple[Analysis, ...]
    table: Table
    figure: Figure | None = None
    reason: str = ""
    purpose: str = ""


class PlannedDisplay(Struct, frozen=True):
    """A display as its spec says it: what ARM tells of it; ``code`` is the spec's text."""

    id: str
    caption: str
    title: str
    population: str
    reason: str
    purpose: str
    code: str
    analyses: tuple[PlannedAnalysis, ...]


class Report(Struct, frozen=True):
    """Everything that is computed for a study.

    ``notice`` says what the data are (SYNTHETIC ...); ``treatments`` and ``populations`` are those of the spec, the
    latter as (name, label, dataset, condition).
    """

    study: str
    title: str
    notice: str
    subjects: str
    treatment: str
    treatments: tuple[str, ...]
    populations: tuple[tuple[str, str, Condition], ...]
    displays: tuple[Display, ...] = ()
