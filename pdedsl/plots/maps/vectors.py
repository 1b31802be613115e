"""Plane vector fields: magnitude and streamlines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.plots.style import VALUES, bar, figure, safe, tex, upright
from pdedsl.plots.view import View

from .canvas import canvas_of
from .panels import panel_size
from .plane import N

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.ir import Field
    from pdedsl.plots.view import Figures


def vector_figures(view: View) -> Figures:
    """``vectors_<field>`` for each field with two components over two space coordinates.

    A field of time as well is shown at the last moment, parameters at their middle.
    """
    space = [axis for axis in view.axes if axis.kind == "space"]
    if len(space) != 2:
        return
    for field in view.vectors:
        if len(field.components) == 2:
            yield f"vectors_{safe(field.name)}", partial(_streamlines, view, field)


def _streamlines(view: View, field: Field) -> Figure:
    across, up = (axis for axis in view.axes if axis.kind == "space")
    rest = [axis for axis in view.axes if axis.kind != "space"]
    fixed = {axis.name: axis.high if axis.kind == "time" else axis.middle for axis in rest}
    fixed |= view.held if view.fixed else {}
    x, y = across.values(N), up.values(N)
    still = {name: np.array([value]) for name, value in fixed.items()}
    fields = view.solution.at(view.grid({across.name: x, up.name: y, **still}))
    first, second = (fields[c.func.__name__].reshape(N, N) for c in field.components)
    width, height = panel_size(across, up, 4.4)
    made = figure(width + 1.0, height + 0.7)
    panel = made.subplots()
    canvas = canvas_of(view, field.domain, across, up, N)
    there = view.solution.at(view.points({**canvas.places, **fixed}))
    speed = np.hypot(*(there[c.func.__name__] for c in field.components))
    mesh = canvas.paint(panel, speed, cmap=VALUES)
    if np.nanmax(speed) > 0:
        panel.streamplot(
            x, y, first.T, second.T, color="white", linewidth=0.7, arrowsize=0.8, density=1.1
        )
    bar(made, mesh, f"|{tex(field.name)}|")
    moment = ", ".join(f"{tex(name)} = {value:.3g}" for name, value in fixed.items())
    panel.set_title(f"streamlines of {tex(field.name)}" + (f", {moment}" if moment else ""))
    upright(panel, up.name)
    return made
