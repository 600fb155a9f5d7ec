"""Figures as SVG and PNG."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...model.display import CourseFigure, CurvesFigure, Display, FlowFigure, ForestFigure, PanelsFigure
from .curves import draw_course, draw_curves
from .flow import draw_flow
from .forest import draw_forest
from .panels import draw_panels
from .style import drawing, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("svg", "png")
_DRAW: dict[type[Any], Callable[[Any, str, str], list[Figure]]] = {
    CurvesFigure: draw_curves,
    CourseFigure: draw_course,
    PanelsFigure: draw_panels,
    ForestFigure: draw_forest,
    FlowFigure: draw_flow,
}


def figure_names(display: Display) -> tuple[str, ...]:
    """The names of a display's figures, without suffix: one, or one a page; none of a table."""
    if display.figure is None:
        return ()
    pages = len(display.figure.pages) if isinstance(display.figure, PanelsFigure) else 1
    return tuple(display.id if pages == 1 else f"{display.id}-{i + 1}" for i in range(pages))


def render_figures(display: Display, notice: str) -> dict[str, bytes]:
    """The files of a display's figures by name with suffix; the same bytes for the same display.

    Each says its title and population, and ``notice``: what the data are.
    """
    if display.figure is None:
        return {}
    out: dict[str, bytes] = {}
    with drawing():
        title = f"{display.caption}. {display.title}"
        foot = "\n".join(t for t in (f"{display.population}.", notice) if t)
        pages = _DRAW[type(display.figure)](display.figure, title, foot)
        for name, page in zip(figure_names(display), pages, strict=True):
            out |= {f"{name}.{kind}": save_figure(page, kind) for kind in KINDS}
    return out
