"""A flow diagram: boxes from top to bottom, beside them those who left, below them a column a treatment."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.display import FlowBox, FlowFigure
from .style import COLOURS, INK, SOFT, frame_text, new_figure, plain_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INDENT = 3 * "\N{NO-BREAK SPACE}"  # SVG drops blanks at the start of a line
WIDTH, LINE, PAD, GAP = 9.5, 0.175, 0.22, 0.34  # inches


class _Placed(Struct, frozen=True):
    """A box with its place in inches, y downwards."""

    box: FlowBox
    text: str
    x: float
    y: float
    width: float
    height: float


def draw_flow(drawn: FlowFigure, title: str, foot: str) -> list[Figure]:
    """The diagram, as tall as its boxes need."""
    placed, depth = _place(drawn)
    figure = new_figure(WIDTH, depth + 1.35)
    low, high = frame_text(figure, title, foot)
    axes = figure.add_axes((0, low, 1, high - low))
    plain_axis(axes)
    height = (high - low) * figure.get_size_inches()[1]
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    for p in placed:
        _draw_box(axes, p)
    for p in placed:
        _join(axes, p, placed)
    return [figure]


def _place(drawn: FlowFigure) -> tuple[list[_Placed], float]:
    out: list[_Placed] = []
    y = 0.1
    columns = len(drawn.treatments)
    for _, group in groupby(drawn.boxes, key=lambda b: b.id):
        row = []
        for box in group:
            width = WIDTH / columns - 0.5 if box.column is not None else 3.3
            text = _words(box, drawn, int(width * 11.3))
            height = LINE * (text.count("\n") + 1) + PAD
            x = WIDTH / columns * (box.column + 0.5) if box.column is not None else (7.15 if box.aside else WIDTH / 2)
            row.append(_Placed(box, text, x, y, width, height))
        tallest = max(p.height for p in row)
        out += [_Placed(p.box, p.text, p.x, p.y, p.width, tallest) for p in row]
        y += tallest + GAP
    return out, y - GAP


def _words(box: FlowBox, drawn: FlowFigure, width: int) -> str:
    head = f"{box.label} (n={box.count})"
    lines = textwrap.wrap(head, width)
    for line in box.lines:
        lines += textwrap.wrap(line, width, initial_indent=INDENT, subsequent_indent=2 * INDENT)
    first = box.column is not None and box.id == next(b.id for b in drawn.boxes if b.column is not None)
    return "\n".join([drawn.treatments[box.column], *lines] if first and box.column is not None else lines)


def _draw_box(axes: Axes, p: _Placed) -> None:
    from matplotlib.patches import Rectangle

    colour = SOFT if p.box.column is None else COLOURS[p.box.column % 6]
    corner = (p.x - p.width / 2, p.y)
    axes.add_patch(Rectangle(corner, p.width, p.height, facecolor="white", edgecolor=colour, linewidth=1.2, zorder=2))
    several = "\n" in p.text and p.box.lines
    x, align = (corner[0] + 0.12, "left") if several else (p.x, "center")
    axes.text(x, p.y + p.height / 2, p.text, ha=align, va="center", fontsize=9, linespacing=1.3, zorder=3)


def _join(axes: Axes, p: _Placed, placed: list[_Placed]) -> None:
    """A line from the box that this one comes after: down, or down and to the side."""
    above = [q for q in placed if q.box.id == p.box.after]
    if not above:
        return
    before = next((q for q in above if q.box.column == p.box.column), above[0])
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    start, end = before.y + before.height, p.y
    if p.box.aside:
        middle = p.y + p.height / 2
        axes.plot([before.x, before.x], [start, middle], color=INK, linewidth=1, zorder=1)
        axes.annotate("", (p.x - p.width / 2, middle), (before.x, middle), arrowprops=arrow)
    elif before.x == p.x:
        axes.annotate("", (p.x, end), (p.x, start), arrowprops=arrow)
    else:
        turn = end - GAP / 2
        axes.plot([before.x, before.x, p.x], [start, turn, turn], color=INK, linewidth=1, zorder=1)
        axes.annotate("", (p.x, end), (p.x, turn), arrowprops=arrow)
