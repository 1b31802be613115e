"""Three inputs: rows of maps at times (or at values of the last input)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.plots.style import VALUES, bar, error_map, figure, safe, tex, upright
from pdedsl.plots.view import Array, Axis, View

from .canvas import Canvas, canvas_of
from .panels import orient, panel_size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.plots.view import Figures

# Title, values (n,) on the canvas of each column, and how to paint them.
Row = tuple[str, list[Array], dict[str, Any]]
_COLUMNS = 4
_N = 101


def snapshot_figures(view: View) -> Figures:
    """``solution_<component>``: a column for each moment; rows found, known, error."""
    moving = moving_axis(view.axes)
    rest = tuple(axis for axis in view.axes if axis is not moving)
    across, up = orient(rest)
    for name in view.components:
        yield f"solution_{safe(name)}", partial(_rows, view, name, across, up, moving)


def moving_axis(axes: tuple[Axis, ...]) -> Axis:
    """The input that columns run over: a parameter, else time, else the last coordinate."""
    for kind in ("range", "time"):
        for axis in axes:
            if axis.kind == kind:
                return axis
    return axes[-1]


def moments_of(view: View, moving: Axis, count: int) -> Array:
    """Values of the input that columns run over, both ends among them where slices exist there."""
    if moving.kind != "space" or all(d.is_box for d in view.solution.problem.domains):
        return moving.values(count)
    return moving.low + (moving.high - moving.low) * (np.arange(count) + 0.5) / count


def canvases(
    view: View, domain: str | None, axes: tuple[Axis, Axis], moving: Axis, moments: Array, n: int
) -> list[Canvas]:
    """The canvas of each moment, the same for all where time or a parameter moves."""
    if moving.kind != "space":
        return [canvas_of(view, domain, *axes, n)] * len(moments)
    return [canvas_of(view, domain, *axes, n, {moving.name: float(at)}) for at in moments]


def _rows(view: View, name: str, across: Axis, up: Axis, moving: Axis) -> Figure:
    moments = moments_of(view, moving, _COLUMNS)
    drawn = canvases(view, view.domain(name), (across, up), moving, moments, _N)
    pairs = zip(drawn, moments, strict=True)
    places: list[dict[str, Array | float]] = [{**c.places, moving.name: float(t)} for c, t in pairs]
    found = [view.solution.at(view.points(at))[name] for at in places]
    known = [values for at in places if (values := view.known(name, at)) is not None]
    whole = np.concatenate([*found, *known])
    limits = {"cmap": VALUES, "vmin": np.nanmin(whole), "vmax": np.nanmax(whole)}
    rows: list[Row] = [(f"{tex(name)}, found" if known else tex(name), found, limits)]
    if known:
        rows.append((f"{tex(name)}, known", known, limits))
        errors = [np.abs(one - other) for one, other in zip(found, known, strict=True)]
        _, style = error_map(np.concatenate(errors))
        rows.append(("|error|", [error_map(e)[0] for e in errors], style))
    return draw_rows([(row, drawn) for row in rows], moving, moments)


def draw_rows(rows: Sequence[tuple[Row, Sequence[Canvas]]], moving: Axis, moments: Array) -> Figure:
    """A row of maps for each quantity, a column for each moment, a colour bar for each row."""
    columns, any_one = len(moments), rows[0][1][0]
    across, up = any_one.across, any_one.up
    width, height = panel_size(across, up, 2.1)
    made = figure(columns * (width + 0.1) + 1.6, len(rows) * (height + 0.2) + 0.7)
    panels = made.subplots(len(rows), columns, sharex=True, sharey=True, squeeze=False)
    for row, ((title, values, options), drawn) in zip(panels, rows, strict=True):
        for panel, canvas, value in zip(row, drawn, values, strict=True):
            last = canvas.paint(panel, value, **options)
            panel.set_xlabel("")
        upright(row[0], up.name)
        bar(made, last, title.replace(" of ", "\nof "))  # rows of wide sets are low
    for panel, moment in zip(panels[0], moments, strict=True):
        panel.set_title(f"{tex(moving.name)} = {moment:.3g}")
    for panel in panels[-1]:
        panel.set_xlabel(tex(across.name))
    return made
