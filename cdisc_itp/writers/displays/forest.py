"""A forest plot: counts, estimates with intervals on a logarithmic scale, and the estimates as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...model.display import ForestFigure, ForestLine
from .style import COLOURS, INK, LINE, SOFT, frame_text, new_figure, plain_axis, plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMITS = (0.02, 50.0)  # what the axis shows at most; an interval beyond it ends in an arrow


def draw_forest(drawn: ForestFigure, title: str, foot: str) -> list[Figure]:
    """One row a stratum, the overall estimate below a line."""
    rows = len(drawn.lines)
    figure = new_figure(10, 2.35 + 0.34 * rows)
    low, high = frame_text(figure, title, foot)
    height = figure.get_size_inches()[1]
    bottom, top = low + 0.78 / height, high - 0.04 / height
    left = figure.add_axes((0.012, bottom, 0.42, top - bottom))
    middle = figure.add_axes((0.45, bottom, 0.36, top - bottom))
    right = figure.add_axes((0.82, bottom, 0.17, top - bottom))
    for axes in (left, middle, right):
        axes.set_ylim(rows - 0.35, -1.6)
    _words(left, right, drawn)
    _plot(middle, drawn)
    figure.text(0.45, low + 0.06 / height, drawn.note, ha="left", va="bottom", fontsize=8.5)
    return [figure]


def _words(left: Axes, right: Axes, drawn: ForestFigure) -> None:
    for axes in (left, right):
        plain_axis(axes)
        axes.set_xlim(0, 1)
    step = 0.64 / len(drawn.treatments)
    places = [0.36 + step * (i + 0.5) for i in range(len(drawn.treatments))]
    left.text(0, -0.75, drawn.by_label, fontweight="bold", va="bottom")
    for i, (x, treatment) in enumerate(zip(places, drawn.treatments, strict=True)):
        said = treatment.replace(" + ", "\n+ ")
        left.text(x, -0.75, said, ha="center", va="bottom", fontweight="bold", color=COLOURS[i % 6], fontsize=8.5)
    right.text(0, -0.75, "Odds ratio (95% CI)", va="bottom", fontweight="bold", fontsize=8.5)
    for y, line in enumerate(drawn.lines):
        weight = "bold" if line.overall else "normal"
        left.text(0, y, line.label, va="center", fontweight=weight, fontsize=8.5)
        for x, count in zip(places, line.counts, strict=True):
            left.text(x, y, count, ha="center", va="center", fontweight=weight)
        right.text(0, y, line.text, va="center", fontweight=weight, fontsize=8.5)


def _plot(axes: Axes, drawn: ForestFigure) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_xlim(LIMITS)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(FixedLocator([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: plain_number(v)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(labelsize=8)
    axes.set_xlabel(drawn.x_label, fontsize=9)
    axes.axvline(1, color=SOFT, linewidth=0.9, zorder=0)
    for side, text in zip((0.0, 1.0), drawn.favours, strict=True):
        align = "left" if side == 0 else "right"
        axes.text(
            side, -0.75, text, transform=axes.get_yaxis_transform(), ha=align, va="bottom", fontsize=8, color=SOFT
        )
    for y, line in enumerate(drawn.lines):
        if line.overall:
            axes.axhline(y - 0.5, color=LINE, linewidth=0.8)
        _interval(axes, y, line)


def _interval(axes: Axes, y: float, line: ForestLine) -> None:
    """The interval as a line with arrows where it goes on, the estimate as a square, an overall one as a diamond."""
    if line.estimate is None or line.lower is None or line.upper is None:
        axes.text(1, y, "not estimable", ha="center", va="center", fontsize=8, color=SOFT, backgroundcolor="white")
        return
    low, high = max(line.lower, LIMITS[0]), min(line.upper, LIMITS[1])
    axes.plot([low, high], [y, y], color=INK, linewidth=2 if line.overall else 1.2, solid_capstyle="butt")
    if line.lower < LIMITS[0]:
        axes.plot([low * 1.05], [y], marker="<", color=INK, markersize=5)
    if line.upper > LIMITS[1]:
        axes.plot([high / 1.05], [y], marker=">", color=INK, markersize=5)
    if LIMITS[0] < line.estimate < LIMITS[1] and math.isfinite(line.estimate):
        axes.plot(
            [line.estimate], [y], marker="D" if line.overall else "s", color=INK, markersize=8 if line.overall else 6
        )
