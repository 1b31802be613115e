"""Two inputs: maps of the solution, what is known and the error; snapshots in time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.plots.data_points import data_points
from pdedsl.plots.style import CYCLE, KNOWN, VALUES, bar, error_map, figure, safe, tex, upright
from pdedsl.plots.view import Array, Axis, View

from .canvas import Canvas, canvas_of
from .panels import orient, paint, panel_size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.plots.view import Figures

N = 201
_SNAPSHOTS = 5


def map_figures(view: View) -> Figures:
    """``solution_<component>``, and ``snapshots_<component>`` where one input is time.

    On several domains with a scalar field each, ``solution`` has all of them in one picture.
    """
    for name in view.components:
        yield f"solution_{safe(name)}", partial(_triple, view, name)
    if together := fields_together(view):
        yield "solution", partial(_together, view, together)
    if "time" in {axis.kind for axis in view.axes}:
        for name in view.components:
            yield f"snapshots_{safe(name)}", partial(_snapshots, view, name)


def fields_together(view: View) -> tuple[str, ...]:
    """The components that are one picture: one on each domain, in the same coordinates."""
    problem = view.solution.problem
    alike = {d.coordinates for d in problem.domains}
    homes = [view.domain(name) for name in view.components]
    scalar = not any(field.vector for field in problem.fields)
    one_each = scalar and len(homes) == len(set(homes)) == len(problem.domains) > 1
    return view.components if one_each and len(alike) == 1 else ()


def _together(view: View, names: tuple[str, ...]) -> Figure:
    across, up = orient(view.axes)
    drawn = [canvas_of(view, view.domain(name), across, up, N) for name in names]
    values = [view.solution.at(view.points(c.places))[n] for c, n in zip(drawn, names, strict=True)]
    whole = np.concatenate(values)
    limits = {"cmap": VALUES, "vmin": np.nanmin(whole), "vmax": np.nanmax(whole)}
    width, height = panel_size(across, up)
    made = figure(width * 1.5 + 0.9, height * 1.5 + 0.7)
    panel = made.subplots()
    for canvas, own in zip(drawn, values, strict=True):
        last = canvas.paint(panel, own, **limits)
    bar(made, last)
    panel.set_xlim(across.low, across.high)
    panel.set_ylim(up.low, up.high)
    panel.set_title(", ".join(map(tex, names)))
    upright(panel, up.name)
    return made


def _triple(view: View, name: str) -> Figure:
    across, up = orient(view.axes)
    canvas = canvas_of(view, view.domain(name), across, up, N)
    found = view.solution.at(view.points(canvas.places))[name]
    known = view.known(name, canvas.places)
    width, height = panel_size(across, up)
    if known is None:
        made = figure(width * 1.5 + 0.9, height * 1.5 + 0.7)
        panel = made.subplots()
        mesh = canvas.paint(panel, found, cmap=VALUES)
        bar(made, mesh)
        panel.set_title(tex(name) + _dots(mesh, view, name))
        upright(panel, up.name)
        return made
    made = figure(3 * width + 2.0, height + 0.8)
    error = _reference_error(view, across, up, name) or (None, np.abs(found - known))
    _three(made, view, canvas, name, found, known, *error)
    return made


def _reference_error(
    view: View, across: Axis, up: Axis, name: str
) -> tuple[tuple[Array, Array], Array] | None:
    """Error at the points of a reference, where interpolation would add its own; else None."""
    grid = view.reference_grid(name, (across.name, up.name))
    if grid is None or view.exact(name, view.points({across.name: 0.0, up.name: 0.0})) is not None:
        return None
    ticks, values = grid
    places = {axis.name: ticks[axis.name] for axis in (across, up)}
    found = view.solution.at(view.grid(places))[name]
    return (ticks[across.name], ticks[up.name]), np.abs(found.reshape(values.shape) - values)


def _three(
    made: Figure,
    view: View,
    canvas: Canvas,
    name: str,
    found: Array,
    known: Array,
    ticks: tuple[Array, Array] | None,
    error: Array,
) -> None:
    """Found, known and error; ``ticks`` are the points of the error where it has its own."""
    panels = made.subplots(1, 3, sharey=True)
    both = np.concatenate([found, known])
    limits = {"vmin": np.nanmin(both), "vmax": np.nanmax(both)}
    dots = _dots(canvas.paint(panels[0], found, cmap=VALUES, **limits), view, name)
    shared = canvas.paint(panels[1], known, cmap=VALUES, **limits)
    shown, style = error_map(error)
    if ticks is None:
        last = canvas.paint(panels[2], shown, **style)
    else:
        last = paint(panels[2], canvas.across, canvas.up, shown, ticks, **style)
    bar(made, shared)
    bar(made, last)
    upright(panels[0], canvas.up.name)
    titles = (f"{tex(name)}, found{dots}", f"{tex(name)}, known", "|error|")
    for panel, title in zip(panels, titles, strict=True):
        panel.set_title(title)


def _dots(mesh: Any, view: View, name: str) -> str:
    """Data points on a map of the component, in the colours of their values; a word on them."""
    data = data_points(view, name)
    if data is None:
        return ""
    across, up = (view.axes.index(axis) for axis in orient(view.axes))
    points = data.points
    mesh.axes.scatter(
        points[:, across], points[:, up], s=9, c=data.values, cmap=mesh.cmap, norm=mesh.norm,
        edgecolors="white", linewidths=0.4,
    )  # fmt: skip
    return "; dots: data"


def _snapshots(view: View, name: str) -> Figure:
    time = next(axis for axis in view.axes if axis.kind == "time")
    space = next(axis for axis in view.axes if axis.kind != "time")
    made = figure(6.8, 3.8)
    panel = made.subplots()
    x = space.values(2 * N)
    for i, t in enumerate(time.values(_SNAPSHOTS)):
        points = view.points({space.name: x, time.name: t})
        color = CYCLE[i % len(CYCLE)]
        label = f"{tex(time.name)} = {t:.3g}"
        panel.plot(x, view.solution.at(points)[name], color=color, label=label)
        known = view.known(name, {space.name: x, time.name: float(t)})
        if known is not None:
            panel.plot(x, known, linewidth=1, label="known" if i == _SNAPSHOTS - 1 else "", **KNOWN)
    panel.margins(x=0)
    panel.set_xlabel(tex(space.name))
    upright(panel, name)
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made
