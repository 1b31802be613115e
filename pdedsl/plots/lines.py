"""One input: curves of the fields, what is known, and the error below."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .data_points import data_points
from .style import CYCLE, KNOWN, figure, safe, tex, upright
from .view import Array, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .view import Figures

_N = 801
_TINY = 1e-17
_TIMES = 2  # standard deviations on either side of a curve, between which 95 % of normal values lie
_BARS: Any = {"elinewidth": 0.8}
_KNOWN = KNOWN | {"linewidth": 1.1}


def line_figures(view: View) -> Figures:
    """``solution_<field>`` for each field; unknown functions of time share one figure."""
    drawn = view.components
    groups = {
        f.name: [c.func.__name__ for c in f.components if c.func.__name__ in drawn]
        for f in view.solution.problem.fields
    }
    groups = {name: names for name, names in groups.items() if names}
    if view.axes[0].kind == "time" and len(groups) > 1:
        groups = {"all": [name for names in groups.values() for name in names]}
    for key, names in groups.items():
        yield f"solution_{safe(key)}", partial(_curves, view, names)


def _curves(view: View, names: list[str]) -> Figure:
    axis = view.axes[0]
    x = axis.values(_N)
    points = view.points({axis.name: x})
    found, deviations = view.solution.at(points), view.solution.deviations_at(points)
    known = {name: pair for name in names if (pair := _known(view, name, x)) is not None}
    made = figure(6.4, 4.6 if known else 3.4)
    panels = made.subplots(
        2 if known else 1, 1, sharex=True, squeeze=False, height_ratios=[2, 1] if known else [1]
    )[:, 0]
    for i, name in enumerate(names):
        color = CYCLE[i % len(CYCLE)]
        panels[0].plot(x, found[name], color=color, label=tex(name))
        if name in deviations:
            ends = [found[name] + times * deviations[name] for times in (-_TIMES, _TIMES)]
            label = rf"{tex(name)} $\pm\,2\sigma$"
            panels[0].fill_between(x, *ends, color=color, alpha=0.2, linewidth=0, label=label)
        data = data_points(view, name)
        if data is not None:
            label = f"{tex(name)}, data"
            x_data, y_data = data.points[:, 0], data.values
            panels[0].plot(x_data, y_data, ".", color=color, markersize=4, label=label)
            if data.noise is not None:
                panels[0].errorbar(x_data, y_data, data.noise, fmt="none", ecolor=color, **_BARS)
        if name in known:
            _compare(panels, view, name, known[name], color)
    _finish(panels, tex(axis.name), names, bool(known))
    return made


def _known(view: View, name: str, x: Array) -> tuple[Array, Array] | None:
    """Places and values of the known solution of a component."""
    exact = view.exact(name, view.points({view.axes[0].name: x}))
    if exact is not None:
        return x, exact
    found = view.reference(name)
    if found is None:
        return None
    if view.held:  # the table has other places, too
        known = view.known(name, {view.axes[0].name: x})
        return None if known is None else (x, known)
    reference, column = found
    places = reference.table.columns[view.axes[0].name]
    order = np.argsort(places)
    return places[order], reference.table.columns[column][order]


def _compare(panels: Any, view: View, name: str, known: tuple[Array, Array], color: str) -> None:
    places, values = known
    panels[0].plot(places, values, **_KNOWN)
    found = view.solution.at(view.points({view.axes[0].name: places}))[name]
    panels[1].plot(places, np.maximum(np.abs(found - values), _TINY), color=color, linewidth=1)


def _finish(panels: Any, label: str, names: list[str], known: bool) -> None:
    panels[-1].set_xlabel(label)
    for panel in panels:
        panel.margins(x=0)
    if known:
        panels[0].plot([], [], label="known", **_KNOWN)
    if len(panels[0].get_legend_handles_labels()[0]) > 1:
        panels[0].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    if len(names) == 1:
        upright(panels[0], names[0])
    if known:
        panels[1].set_yscale("log")
        panels[1].set_ylabel("|error|")
        panels[1].grid(True, axis="y")
