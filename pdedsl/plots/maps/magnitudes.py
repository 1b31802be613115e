"""Magnitudes of quantities over the domain: curves, maps, rows of maps, or how they are spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.plots.style import CYCLE, DECADES, bar, error_map, figure, tex, upright
from pdedsl.plots.view import Array, Axis, View
from pdedsl.solution.check_rule import check_points

from .canvas import canvas_of
from .panels import orient, panel_size
from .snapshots import Row, draw_rows, moving_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_N_MAP, _N_LINE, _N_SLICE = 141, 801, 81
_MOMENTS = 3
_BINS = 61
_TINY = 1e-17
_MOST = 6

Quantities = Callable[[Array], dict[str, Array]]
"""From points (n, inputs) to values (n,) by label."""
Homes = Mapping[str, str | None]
"""Label to the name of the domain in which it has values."""


def magnitude_figure(view: View, quantities: Quantities, what: str, homes: Homes) -> Figure:
    """The figure that suits the number of inputs.

    Args:
        view: what is drawn.
        quantities: what is evaluated.
        what: the word for their magnitude, such as ``|residual|``.
        homes: the domain of each.
    """
    if len(view.solution.problem.inputs) > 3:
        return _histograms(view, quantities, what)
    if len(view.axes) == 1:
        return _lines(view, quantities, what)
    drawn = _maps if len(view.axes) == 2 else _slices
    return drawn(view, quantities, what, homes)


def _lines(view: View, quantities: Quantities, what: str) -> Figure:
    axis = view.axes[0]
    x = axis.values(_N_LINE)
    made = figure(6.4, 3.2)
    panel = made.subplots()
    rows = quantities(view.points({axis.name: x}))
    for i, (label, values) in enumerate(rows.items()):
        magnitude = np.maximum(np.abs(values), _TINY)
        panel.semilogy(x, magnitude, color=CYCLE[i % len(CYCLE)], label=label, linewidth=1)
    panel.set(xlabel=tex(axis.name), ylabel=what)
    panel.margins(x=0)
    panel.grid(True, axis="y")
    panel.legend()
    return made


def _maps(
    view: View, quantities: Quantities, what: str, homes: Homes, fixed: Axis | None = None
) -> Figure:
    """A map for each quantity; a third axis is ``fixed`` at its middle."""
    across, up = orient(tuple(axis for axis in view.axes if axis is not fixed))
    middle = {fixed.name: fixed.middle} if fixed else {}
    where = "".join(f", {tex(name)} = {value:.3g}" for name, value in middle.items())
    number = min(_MOST, len(homes))
    width, height = panel_size(across, up)
    columns = min(3, number)
    lines = -(-number // columns)
    made = figure(columns * (width + 0.8) + 0.4, lines * (height + 0.6) + 0.2)
    panels = made.subplots(lines, columns, squeeze=False).ravel()
    for panel, label in zip(panels, homes, strict=False):
        canvas = canvas_of(view, homes[label], across, up, _N_MAP, middle)
        values = quantities(view.points({**canvas.places, **middle}))[label]
        shown, style = error_map(np.abs(values))
        bar(made, canvas.paint(panel, shown, **style))
        panel.set_title(f"{what} of {label}{where}")
        upright(panel, up.name)
    for panel in panels[number:]:
        panel.set_visible(False)
    return made


def _slices(view: View, quantities: Quantities, what: str, homes: Homes) -> Figure:
    """A row for each quantity and columns at moments; in space, maps in the middle of an axis."""
    moving = moving_axis(view.axes)
    if moving.kind == "space":
        return _maps(view, quantities, what, homes, moving)
    across, up = orient(tuple(axis for axis in view.axes if axis is not moving))
    moments = moving.values(_MOMENTS)
    drawn = {home: canvas_of(view, home, across, up, _N_SLICE) for home in homes.values()}
    found = []
    for label, home in list(homes.items())[:_MOST]:
        places = drawn[home].places
        values = [
            np.abs(quantities(view.points({**places, moving.name: float(t)}))[label])
            for t in moments
        ]
        _, style = error_map(np.concatenate(values))
        row: Row = (f"{what} of {label}", [error_map(v)[0] for v in values], style)
        found.append((row, [drawn[home]] * len(moments)))
    return draw_rows(found, moving, moments)


def _histograms(view: View, quantities: Quantities, what: str) -> Figure:
    """How the magnitudes are distributed over points of the domain."""
    rows = quantities(check_points(view.solution.problem, dense=False))
    made = figure(6.4, 3.2)
    panel = made.subplots()
    shown = {label: np.abs(values[np.isfinite(values)]) for label, values in rows.items()}
    top = max([_TINY, *(float(v.max()) for v in shown.values() if v.size)])
    edges = np.geomspace(top * 10.0**-DECADES, top * (1 + 1e-9), _BINS)
    for i, (label, values) in enumerate(list(shown.items())[:_MOST]):
        color = CYCLE[i % len(CYCLE)]
        panel.hist(
            np.maximum(values, edges[0]), edges.tolist(), color=color, histtype="step", label=label
        )
    panel.set_xscale("log")
    panel.set(xlabel=what, ylabel="points")
    panel.legend()
    return made
