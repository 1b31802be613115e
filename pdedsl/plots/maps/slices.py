"""Many inputs: a map and lines through the centre, and how the error is distributed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.plots.style import KNOWN, VALUES, bar, figure, safe, tex, upright
from pdedsl.plots.view import View
from pdedsl.solution.check_rule import check_points

from .canvas import canvas_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.plots.view import Figures

_N = 201
_MOST_LINES = 7


def slice_figures(view: View) -> Figures:
    """``solution_<component>`` for each component."""
    for name in view.components:
        yield f"solution_{safe(name)}", partial(_panels, view, name)


def _panels(view: View, name: str) -> Figure:
    made = figure(10.6, 3.2)
    panels = made.subplots(1, 3)
    centre = View(view.solution, view.axes, {**view.held, **{a.name: a.middle for a in view.axes}})
    across, up = view.axes[:2]
    canvas = canvas_of(centre, view.domain(name), across, up, _N)
    found = view.solution.at(centre.points(canvas.places))[name]
    bar(made, canvas.paint(panels[0], found, cmap=VALUES))
    panels[0].set_title(f"{tex(name)}, the rest at the centre")
    upright(panels[0], up.name)
    _lines(panels[1], centre, name)
    _histogram(panels[2], view, name)
    return made


def _lines(panel: Any, view: View, name: str) -> None:
    """Curves along each axis through the centre, over the fraction of the axis."""
    fraction = np.linspace(0, 1, _N)
    known = False
    for axis in view.axes[:_MOST_LINES]:
        points = view.points({axis.name: axis.values(_N)})
        panel.plot(fraction, view.solution.at(points)[name], label=tex(axis.name), linewidth=1.2)
        exact = view.exact(name, points)
        if exact is not None:
            panel.plot(fraction, exact, linewidth=0.9, zorder=3, **KNOWN)
            known = True
    if known:
        panel.plot([], [], linewidth=0.9, label="known", **KNOWN)
    panel.set(xlabel="fraction of the axis", title=f"{tex(name)} through the centre")
    panel.margins(x=0)
    panel.legend(ncols=2)


def _histogram(panel: Any, view: View, name: str) -> None:
    points = check_points(view.solution.problem)
    exact = view.exact(name, points)
    found = view.solution.at(points)[name]
    if exact is None:
        panel.hist(found[np.isfinite(found)], bins=60, color="#0072B2")
        panel.set(xlabel=tex(name), ylabel="points", title="values in the domain")
        return
    error = np.abs(found - exact)
    error = error[np.isfinite(error)]
    shown = np.maximum(error, max(float(error.max()) * 1e-6, 1e-17))
    edges = np.geomspace(shown.min(), max(float(shown.max()), 1.001 * float(shown.min())), 61)
    panel.hist(shown, bins=edges, color="#0072B2")
    panel.set_xscale("log")
    panel.set(xlabel="|error|", ylabel="points", title="errors in the domain")
