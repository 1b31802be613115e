"""Two inputs: maps of the solution, what is known and the error; snapshots in time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .data_points import data_points
from .style import CYCLE, KNOWN, VALUES, bar, error_map, figure, safe, tex, upright
from .view import Array, Axis, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .view import Figures

N = 201
_SNAPSHOTS = 5
_WIDEST_EQUAL = 4.0
_MOST_LABELS = 5


def map_figures(view: View) -> Figures:
    """``solution_<component>``, and ``snapshots_<component>`` where one input is time."""
    for name in view.components:
        yield f"solution_{safe(name)}", partial(_triple, view, name)
    if "time" in {axis.kind for axis in view.axes}:
        for name in view.components:
            yield f"snapshots_{safe(name)}", partial(_snapshots, view, name)


def orient(axes: tuple[Axis, ...]) -> tuple[Axis, Axis]:
    """Horizontal and vertical axis: time runs to the right, space before parameters."""
    first, second = axes[:2]
    return (second, first) if second.kind == "time" else (first, second)


def is_equal(across: Axis, up: Axis) -> bool:
    """Whether both axes are space and of comparable length, so that one scale serves both."""
    ratio = (across.high - across.low) / (up.high - up.low)
    both = across.kind == up.kind == "space"
    return both and 1 / _WIDEST_EQUAL <= ratio <= _WIDEST_EQUAL


def panel_size(across: Axis, up: Axis, width: float = 3.0) -> tuple[float, float]:
    """Width and height in inches of one panel, without its colour bar."""
    if not is_equal(across, up):
        return width, 0.8 * width
    ratio = (up.high - up.low) / (across.high - across.low)
    return (width, width * ratio) if ratio <= 1.2 else (1.2 * width / ratio, 1.2 * width)


def paint(
    panel: Axes,
    across: Axis,
    up: Axis,
    values: Array,
    ticks: tuple[Array, Array] | None = None,
    **options: Any,
) -> Any:
    """A map of values of shape (n across, n up), equally spaced unless ``ticks`` say where."""
    mesh = (
        _uniform(panel, across, up, values, options)
        if ticks is None
        else panel.pcolormesh(*ticks, values.T, shading="nearest", **options)
    )
    panel.set_xlim(across.low, across.high)
    panel.set_ylim(up.low, up.high)
    panel.set_aspect("equal" if is_equal(across, up) else "auto")
    panel.set_xlabel(tex(across.name))
    panel.locator_params(axis="x", nbins=_MOST_LABELS)  # of the width of a negative number
    return mesh


def _uniform(panel: Axes, across: Axis, up: Axis, values: Array, options: dict[str, Any]) -> Any:
    # The values stand at the centres of the pixels, those of the ends half outside.
    left, bottom = (
        (a.high - a.low) / (n - 1) / 2 for a, n in zip((across, up), values.shape, strict=True)
    )
    extent = (across.low - left, across.high + left, up.low - bottom, up.high + bottom)
    return panel.imshow(values.T, origin="lower", extent=extent, interpolation="nearest", **options)


def grid_values(view: View, across: Axis, up: Axis) -> dict[str, Array]:
    """The components on the points of a map, each of shape (N, N)."""
    points = view.grid({across.name: across.values(N), up.name: up.values(N)})
    return {name: values.reshape(N, N) for name, values in view.solution.at(points).items()}


def _triple(view: View, name: str) -> Figure:
    across, up = orient(view.axes)
    found = grid_values(view, across, up)[name]
    known = view.known_on_grid(name, {across.name: across.values(N), up.name: up.values(N)})
    width, height = panel_size(across, up)
    if known is None:
        made = figure(width * 1.5 + 0.9, height * 1.5 + 0.7)
        panel = made.subplots()
        mesh = paint(panel, across, up, found, cmap=VALUES)
        bar(made, mesh)
        panel.set_title(tex(name) + _dots(mesh, view, name))
        upright(panel, up.name)
        return made
    made = figure(3 * width + 2.0, height + 0.8)
    error = _reference_error(view, across, up, name) or (None, np.abs(found - known.reshape(N, N)))
    _three(made, view, name, found, known.reshape(N, N), *error)
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
    name: str,
    found: Array,
    known: Array,
    ticks: tuple[Array, Array] | None,
    error: Array,
) -> None:
    """Found, known and error; ``ticks`` are the points of the error where it has its own."""
    across, up = orient(view.axes)
    panels = made.subplots(1, 3, sharey=True)
    both = np.concatenate([found.ravel(), known.ravel()])
    limits = {"vmin": np.nanmin(both), "vmax": np.nanmax(both)}
    dots = _dots(paint(panels[0], across, up, found, cmap=VALUES, **limits), view, name)
    shared = paint(panels[1], across, up, known, cmap=VALUES, **limits)
    shown, style = error_map(error)
    last = paint(panels[2], across, up, shown, ticks, **style)
    bar(made, shared)
    bar(made, last)
    upright(panels[0], up.name)
    titles = (f"{tex(name)}, found{dots}", f"{tex(name)}, known", "|error|")
    for panel, title in zip(panels, titles, strict=True):
        panel.set_title(title)


def _dots(mesh: Any, view: View, name: str) -> str:
    """Data points on a map of the component, in the colours of their values; a word on them."""
    data = data_points(view, name)
    if data is None:
        return ""
    across, up = (view.axes.index(axis) for axis in orient(view.axes))
    points, values = data
    mesh.axes.scatter(
        points[:, across], points[:, up], s=9, c=values, cmap=mesh.cmap, norm=mesh.norm,
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
        known = view.known_on_grid(name, {space.name: x, time.name: np.array([t])})
        if known is not None:
            panel.plot(x, known, linewidth=1, label="known" if i == _SNAPSHOTS - 1 else "", **KNOWN)
    panel.margins(x=0)
    panel.set_xlabel(tex(space.name))
    upright(panel, name)
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return made
