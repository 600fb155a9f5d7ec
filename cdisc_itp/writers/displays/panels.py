"""A small panel for each subject, a page a treatment; the axes are the same in all panels of a figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...model.display import Panel, PanelsFigure
from .style import COLOURS, INK, SOFT, frame_text, new_figure, plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARK = "#CC79A7"


def draw_panels(drawn: PanelsFigure, title: str, foot: str) -> list[Figure]:
    """One figure a treatment."""
    return [_page(drawn, i, f"{title}: {drawn.pages[i][0]}", foot) for i in range(len(drawn.pages))]


def _page(drawn: PanelsFigure, number: int, title: str, foot: str) -> Figure:
    _, panels = drawn.pages[number]
    rows = max(1, math.ceil(len(panels) / drawn.columns))
    figure = new_figure(1.85 * drawn.columns + 0.9, 1.25 * rows + 1.75)
    low, high = frame_text(figure, title, foot)
    width, height = figure.get_size_inches()
    grid = figure.subplots(
        rows,
        drawn.columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={
            "left": 0.75 / width,
            "right": 1 - 0.12 / width,
            "bottom": low + 0.62 / height,
            "top": high - 0.34 / height,
            "hspace": 0.12,
            "wspace": 0.07,
        },
    )
    _scales(grid[0][0], drawn)
    for at in range(rows * drawn.columns):
        axes = grid[at // drawn.columns][at % drawn.columns]
        if at < len(panels):
            _panel(axes, panels[at], drawn, COLOURS[number % 6])
            axes.tick_params(labelsize=7, labelbottom=True)
            axes.xaxis.set_visible(at + drawn.columns >= len(panels))
            axes.yaxis.set_visible(at % drawn.columns == 0)
        else:
            axes.set_axis_off()
    middle = low + 0.62 / height + (high - low - 0.96 / height) / 2
    figure.text(0.5, low + 0.2 / height, drawn.x_label, ha="center", va="bottom", fontsize=9.5)
    figure.text(0.14 / width, middle, drawn.y_label, ha="left", va="center", rotation=90, fontsize=9.5)
    _legend(figure, drawn, number, high)
    return figure


def _scales(axes: Axes, drawn: PanelsFigure) -> None:
    """The same range for all pages."""
    every = [p for _, panels in drawn.pages for panel in panels for p in panel.points]
    days = [d for d, _ in every] + [m for _, panels in drawn.pages for panel in panels for m in panel.marks]
    values = [v for _, v in every] + [v for v, _ in drawn.limits]
    if not every:
        return
    pad = (max(days) - min(days)) * 0.04 or 1
    axes.set_xlim(min(days) - pad, max(days) + pad)
    if drawn.log:
        from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

        axes.set_yscale("log")
        positive = [v for v in values if v > 0]
        axes.set_ylim(min(positive) / 1.3, max(positive) * 2.6)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: plain_number(v)))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(min(0, *values), max(values) * 1.25)


def _panel(axes: Axes, panel: Panel, drawn: PanelsFigure, colour: str) -> None:
    for value, _ in drawn.limits:
        axes.axhline(value, color=SOFT, linewidth=0.7, linestyle=(0, (2, 2)), zorder=0)
    for day in panel.marks:
        axes.axvline(day, color=MARK, linewidth=1.6, zorder=1)
    if panel.points:
        days, values = zip(*panel.points, strict=True)
        axes.plot(days, values, "-o", color=colour, markersize=2.2, linewidth=1, zorder=2)
    else:
        axes.text(0.5, 0.4, "no values", transform=axes.transAxes, ha="center", fontsize=7, color=SOFT)
    axes.text(0.03, 0.96, panel.label, transform=axes.transAxes, ha="left", va="top", fontsize=7.5, color=INK)


def _legend(figure: Figure, drawn: PanelsFigure, number: int, high: float) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=COLOURS[number % 6], marker="o", markersize=3, linewidth=1, label="Value")]
    if drawn.mark_label:
        handles.append(Line2D([], [], color=MARK, linewidth=1.6, label=drawn.mark_label))
    handles += [
        Line2D([], [], color=SOFT, linewidth=0.8, linestyle=(0, (2, 2)), label=label) for _, label in drawn.limits
    ]
    width, height = figure.get_size_inches()
    place = (0.75 / width, high - 0.32 / height)
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), borderaxespad=0, fontsize=8
    )
