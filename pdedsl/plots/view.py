"""What the pictures show: the axes of the inputs, the fields and the known solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem, Reference
from pdedsl.solution.known import exact_fields, exact_values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdedsl.solution import Solution

    Figures = Iterator[tuple[str, Callable[[], Figure | None]]]  # names, and what draws them


@dataclass(frozen=True)
class Axis:
    """An input that is drawn; ``kind`` is ``space``, ``time`` or ``range``."""

    name: str
    low: float
    high: float
    kind: str

    def values(self, n: int) -> Array:
        """Equally spaced values, both ends among them."""
        return np.linspace(self.low, self.high, n)

    @property
    def middle(self) -> float:
        """Half-way between the ends."""
        return (self.low + self.high) / 2


def axes_of(problem: Problem) -> tuple[Axis, ...]:
    """All inputs of a problem, in order."""
    ranges = {r.symbol for r in problem.ranges}
    time = problem.time.symbol if problem.time else None
    found = []
    for symbol, (low, high) in hull_bounds(problem).items():
        kind = "range" if symbol in ranges else "time" if symbol == time else "space"
        found.append(Axis(symbol.name, low, high, kind))
    return tuple(found)


@dataclass(frozen=True)
class View:
    """A solution with the inputs that are drawn; the others are held at their middle."""

    solution: Solution
    axes: tuple[Axis, ...]
    held: Mapping[str, float]

    @classmethod
    def of(cls, solution: Solution) -> View:
        """Hold parameters with a range where there are more than three inputs otherwise."""
        found = axes_of(solution.problem)
        plain = [axis for axis in found if axis.kind != "range"]
        shown = plain if len(found) > 3 and 0 < len(plain) <= 3 else found
        held = {axis.name: axis.middle for axis in found if axis not in shown}
        return cls(solution, tuple(shown), held)

    @property
    def components(self) -> tuple[str, ...]:
        """Names of all scalar components."""
        return tuple(c.func.__name__ for c in self.solution.problem.components)

    def points(self, coordinates: Mapping[str, Array | float]) -> Array:
        """Rows of points from the coordinates of the axes, which broadcast."""
        given = {**self.held, **coordinates}
        names = self.solution.problem.dimension_names
        arrays = np.broadcast_arrays(*(np.asarray(given[n], dtype=np.float64) for n in names))
        return np.stack([array.ravel() for array in arrays], axis=1)

    def grid(self, axes: Mapping[str, Array]) -> Array:
        """Points of a tensor grid, the last axis fastest."""
        mesh = np.meshgrid(*axes.values(), indexing="ij")
        return self.points(dict(zip(axes, mesh, strict=True)))

    def exact(self, name: str, points: Array) -> Array | None:
        """Exact values of a component at points, or None where the spec has none."""
        problem = self.solution.problem
        for component, expression in exact_fields(problem).items():
            if component.func.__name__ == name:
                return exact_values(problem, component, expression, points)
        return None

    def reference(self, name: str) -> tuple[Reference, str] | None:
        """The reference table of a component and its column, or None."""
        for reference in self.solution.problem.references:
            for component, column in reference.columns:
                if component.func.__name__ == name:
                    return reference, column
        return None

    def known_on_grid(self, name: str, axes: Mapping[str, Array]) -> Array | None:
        """Known values on a tensor grid of axes, exact or interpolated from a reference.

        Returns:
            Shape (Π n_i,), the last axis fastest; None where nothing is known.
        """
        exact = self.exact(name, self.grid(axes))
        if exact is not None:
            return exact
        found = self.reference_grid(name, tuple(axes))
        return _interpolate(*found, axes) if found else None

    def reference_grid(
        self, name: str, axes: Sequence[str]
    ) -> tuple[dict[str, Array], Array] | None:
        """The reference of a component where its table is a tensor grid of some of the axes.

        Returns:
            Values along each axis, and those of the component of shape (n_1, …, n_k); None
            where there is no such table.
        """
        found = self.reference(name)
        if found is None:
            return None
        table, column = found[0].table, found[1]
        names = [axis for axis in axes if axis in table.coordinates]
        if set(names) != set(table.coordinates) or table.layout == "scattered":
            return None
        ticks = {axis: np.unique(table.columns[axis]) for axis in names}
        order = np.lexsort([table.columns[axis] for axis in reversed(names)])
        return ticks, table.columns[column][order].reshape([len(t) for t in ticks.values()])


def _interpolate(ticks: dict[str, Array], values: Array, axes: Mapping[str, Array]) -> Array:
    """Linear interpolation of a tensor grid, NaN outside it."""
    from scipy.interpolate import RegularGridInterpolator

    names = list(ticks)
    inside = RegularGridInterpolator(
        list(ticks.values()), values, bounds_error=False, fill_value=np.nan
    )
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    chosen = [mesh[list(axes).index(name)].ravel() for name in names]
    return np.asarray(inside(np.stack(chosen, axis=1)), dtype=np.float64)
