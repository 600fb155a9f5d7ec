"""Kaplan-Meier curves with numbers at risk, and the course of a value by visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.display import CourseFigure, CurvesFigure
from .style import COLOURS, DASHES, INK, MARKERS, SOFT, frame_text, new_figure, plain_axis, plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_curves(drawn: CurvesFigure, title: str, foot: str) -> list[Figure]:
    """Steps, a tick where somebody was censored, and the numbers at risk below the axis."""
    figure = new_figure(8, 5.6)
    low, high = frame_text(figure, title, foot)
    height = figure.get_size_inches()[1]
    table = (0.24 + 0.2 * len(drawn.curves)) / height
    left, width = 0.24, 0.73
    axes = figure.add_axes((left, low + table + 0.52 / height, width, high - low - table - 0.56 / height))
    for i, curve in enumerate(drawn.curves):
        style = {"color": COLOURS[i % 6], "linestyle": DASHES[i % 6], "linewidth": 1.8}
        axes.step(curve.times, curve.heights, where="post", label=curve.treatment, **style)
        if curve.censored:
            axes.plot(*zip(*curve.censored, strict=True), "|", color=COLOURS[i % 6], markersize=8, markeredgewidth=1.2)
    axes.set(xlabel=drawn.x_label, ylabel=drawn.y_label, ylim=(-0.02, 1.02), xticks=drawn.ticks)
    axes.set_xlim(0, drawn.ticks[-1] * 1.02)
    axes.grid(axis="y", color="#e6eaee", linewidth=0.7)
    axes.set_axisbelow(True)
    falling = drawn.curves[0].heights[0] > 0.5
    corner = "upper right" if falling else "lower right"
    axes.plot([], [], "|", color=SOFT, markersize=8, markeredgewidth=1.2, linestyle="none", label="Censored")
    legend: Any = axes.legend(loc=corner, title=drawn.note or None, handlelength=2.6)  # type: ignore[call-overload]
    legend.set_alignment("left")
    legend.get_frame().set(facecolor="white", alpha=0.85, linewidth=0)
    legend.set_frame_on(True)
    _at_risk(figure.add_axes((left, low + 0.02 / height, width, table)), drawn, axes)
    return [figure]


def _at_risk(area: Axes, drawn: CurvesFigure, above: Axes) -> None:
    """A row of numbers a treatment, each under its day."""
    plain_axis(area)
    rows = len(drawn.curves)
    area.set_xlim(above.get_xlim())
    area.set_ylim(rows + 0.1, -1.1)
    area.annotate("At risk", (0, -0.55), (-14, 0), ("axes fraction", "data"), "offset points", ha="right", va="center")
    for i, curve in enumerate(drawn.curves):
        place = ((0, i + 0.5), (-14, 0), ("axes fraction", "data"), "offset points")
        area.annotate(curve.treatment, *place, ha="right", va="center", color=COLOURS[i % 6])
        for day, n in zip(drawn.ticks, curve.at_risk, strict=True):
            area.text(day, i + 0.5, str(n), ha="center", va="center", fontsize=8.5, color=INK)


def draw_course(drawn: CourseFigure, title: str, foot: str) -> list[Figure]:
    """Medians joined by lines, quartiles as bars, treatments side by side at each visit; numbers below."""
    figure = new_figure(9, 5.8)
    low, high = frame_text(figure, title, foot)
    height = figure.get_size_inches()[1]
    table = (0.24 + 0.2 * len(drawn.courses)) / height
    left, width = 0.215, 0.765
    axes = figure.add_axes((left, low + table + 0.66 / height, width, high - low - table - 0.94 / height))
    at = {visit: i for i, visit in enumerate(drawn.visits)}
    for i, (treatment, points) in enumerate(drawn.courses):
        x = [at[p.visit] + (i - (len(drawn.courses) - 1) / 2) * 0.16 for p in points]
        y = [p.median for p in points]
        error = [[p.median - p.q1 for p in points], [p.q3 - p.median for p in points]]
        axes.errorbar(
            x,
            y,
            error,
            color=COLOURS[i % 6],
            linestyle=DASHES[i % 6],
            marker=MARKERS[i % 6],
            markersize=5,
            linewidth=1.6,
            elinewidth=1.1,
            capsize=2.5,
            label=treatment,
        )
    _lines(axes, drawn)
    axes.set(xlabel=drawn.x_label, ylabel=drawn.y_label, xlim=(-0.5, len(drawn.visits) - 0.5))
    axes.set_xticks(range(len(drawn.visits)), [v.replace(" ", "\n") for v in drawn.visits], fontsize=8)
    drawn_lines, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda i: labels[i] not in {t for t, _ in drawn.courses})
    handles = [drawn_lines[i] for i in order]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2)
    _numbers(figure.add_axes((left, low + 0.02 / height, width, table)), drawn, axes)
    return [figure]


def _lines(axes: Axes, drawn: CourseFigure) -> None:
    if drawn.log:
        from matplotlib.ticker import FuncFormatter, NullFormatter

        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: plain_number(v)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    for value, label in drawn.limits:
        axes.axhline(value, color=SOFT, linewidth=0.9, linestyle=(0, (2, 2)), zorder=0, label=label)


def _numbers(area: Axes, drawn: CourseFigure, above: Axes) -> None:
    """The number of values, a row a treatment, under its visit."""
    plain_axis(area)
    area.set_xlim(above.get_xlim())
    area.set_ylim(len(drawn.courses) + 0.1, -1.1)
    area.annotate("Values", (0, -0.55), (-14, 0), ("axes fraction", "data"), "offset points", ha="right", va="center")
    for i, (treatment, points) in enumerate(drawn.courses):
        place = ((0, i + 0.5), (-14, 0), ("axes fraction", "data"), "offset points")
        area.annotate(treatment, *place, ha="right", va="center", color=COLOURS[i % 6])
        found = {p.visit: p.n for p in points}
        for x, visit in enumerate(drawn.visits):
            area.text(x, i + 0.5, str(found.get(visit, 0)), ha="center", va="center", fontsize=8.5)
