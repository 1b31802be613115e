"""Fields along a straight line through the domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .style import CYCLE, KNOWN, figure, tex, upright
from .units import show_units
from .view import Array, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution

Point = Mapping[str, float]
_N = 801


def cut_line_figure(
    solution: Solution, start: Point, end: Point, fields: tuple[str, ...] | None = None
) -> Figure:
    """Curves of fields from one point to another, over the distance from the first one.

    The distance is that of the inputs which differ. Where the line leaves the domain, it is broken.

    Args:
        solution: the solution.
        start: a value for each input.
        end: likewise; inputs that it does not name are those of the start.
        fields: names of fields or components; None for all.

    Raises:
        ValueError: an unknown or missing input, an unknown field, or two points that are one.
    """
    first, last = dict(start), {**start, **end}
    inputs = solution.problem.dimension_names
    if set(first) != set(inputs) or set(last) != set(inputs):
        raise ValueError(f"a line needs both of its points in {', '.join(inputs)}")
    moving = [name for name in inputs if first[name] != last[name]]
    if not moving:
        raise ValueError("the line begins and ends in one point")
    view = View.of(solution, fields=fields)
    fraction = np.linspace(0.0, 1.0, _N)
    places: dict[str, Array | float] = {
        name: first[name] + (last[name] - first[name]) * fraction for name in inputs
    }
    distance = fraction * float(np.hypot.reduce([last[n] - first[n] for n in moving]))
    points = view.points(places)
    found = solution.at(points)
    made = figure(6.4, 3.6)
    panel = made.subplots()
    for i, name in enumerate(view.components):
        panel.plot(distance, found[name], color=CYCLE[i % len(CYCLE)], label=tex(name))
        known = view.known(name, places)
        if known is not None:
            panel.plot(distance, known, linewidth=1.1, **KNOWN)
    panel.margins(x=0)
    ends = (_place(own, inputs) for own in (first, last))
    panel.set_xlabel("distance from {} to {}".format(*ends))
    if len(view.components) == 1:
        upright(panel, view.components[0])
    else:
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    show_units(made, dict(solution.problem.units))
    return made


def _place(point: Point, inputs: tuple[str, ...]) -> str:
    return f"({', '.join(f'{point[name]:g}' for name in inputs)})"
