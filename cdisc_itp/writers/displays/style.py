"""How figures look, and how they are saved: fonts that come with matplotlib, colours that anybody can tell apart."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart with any colour vision; lines and markers differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), "-", "-")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, SOFT, LINE = "#1b2430", "#556170", "#c9d1d9"
DPI = 150
_RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "cdisc-itp",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "white",
    "legend.frameon": False,
    "path.simplify": False,
}


@contextmanager
def drawing() -> Iterator[None]:
    """The style for as long as something is drawn, whatever the machine's own settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches, that no window belongs to."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def frame_text(figure: Figure, title: str, foot: str) -> tuple[float, float]:
    """Write title and foot; returns the fractions of the height at which the drawing may begin and end."""
    width, height = figure.get_size_inches()
    heads = textwrap.wrap(title, int(width * 10.5))
    feet = [line for part in foot.split("\n") for line in textwrap.wrap(part, int(width * 15.5))]
    left = 0.12 / width
    figure.text(left, 1 - 0.12 / height, "\n".join(heads), ha="left", va="top", fontsize=11, fontweight="bold")
    figure.text(left, 0.1 / height, "\n".join(feet), ha="left", va="bottom", fontsize=7.5, color=SOFT)
    return (0.2 + 0.135 * len(feet)) / height, 1 - (0.26 + 0.19 * len(heads)) / height


def save_figure(figure: Figure, kind: str) -> bytes:
    """The bytes of a figure as "svg" or "png", without date and name of the program."""
    file = io.BytesIO()
    metadata = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}[kind]
    figure.savefig(file, format=kind, metadata=metadata, dpi=DPI)
    return file.getvalue()


def plain_axis(axes: Axes) -> None:
    """Neither lines nor ticks: an area for text."""
    axes.set_axis_off()
    axes.patch.set_alpha(0)


def plain_number(value: float) -> str:
    """A number without needless zeros: 50, 0.5."""
    return f"{value:g}"
