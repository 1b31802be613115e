"""Three inputs: rows of maps at times (or at values of the last input)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .maps import orient, paint, panel_size
from .style import VALUES, bar, error_map, figure, safe, tex, upright
from .view import Array, Axis, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .view import Figures

# Title, values of shape (columns, n across, n up) and how to paint them.
Row = tuple[str, Array, dict[str, Any]]
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


def _rows(view: View, name: str, across: Axis, up: Axis, moving: Axis) -> Figure:
    moments = moving.values(_COLUMNS)
    axes = {across.name: across.values(_N), up.name: up.values(_N), moving.name: moments}
    found = _by_moments(view.solution.at(view.grid(axes))[name], moments)
    known = view.known_on_grid(name, axes)
    known = None if known is None else _by_moments(known, moments)
    rows: list[Row] = []
    both = found if known is None else np.concatenate([found, known])
    limits = {"cmap": VALUES, "vmin": np.nanmin(both), "vmax": np.nanmax(both)}
    rows.append((f"{tex(name)}, found" if known is not None else tex(name), found, limits))
    if known is not None:
        rows.append((f"{tex(name)}, known", known, limits))
        rows.append(("|error|", *error_map(np.abs(found - known))))
    return draw_rows(rows, across, up, moving, moments)


def draw_rows(rows: list[Row], across: Axis, up: Axis, moving: Axis, moments: Array) -> Figure:
    """A row of maps for each quantity, a column for each moment, a colour bar for each row."""
    columns = len(moments)
    width, height = panel_size(across, up, 2.1)
    made = figure(columns * (width + 0.1) + 1.6, len(rows) * (height + 0.2) + 0.7)
    panels = made.subplots(len(rows), columns, sharex=True, sharey=True, squeeze=False)
    for row, (title, values, options) in zip(panels, rows, strict=True):
        for panel, value in zip(row, values, strict=True):
            last = paint(panel, across, up, value, **options)
            panel.set_xlabel("")
        upright(row[0], up.name)
        bar(made, last, title)
    for panel, moment in zip(panels[0], moments, strict=True):
        panel.set_title(f"{tex(moving.name)} = {moment:.3g}")
    for panel in panels[-1]:
        panel.set_xlabel(tex(across.name))
    return made


def _by_moments(values: Array, moments: Array) -> Array:
    """Values on the grid, shape (moments, n across, n up)."""
    return np.moveaxis(values.reshape(_N, _N, len(moments)), 2, 0)
