"""What the pictures show: the axes of the inputs, the fields and the known solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Field, Problem, Reference
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
    """What of a solution is drawn.

    Args:
        solution: the solution.
        axes: the inputs that are drawn.
        held: values of the others.
        fields: names of the fields that are drawn; None for all.
        fixed: whether somebody has asked for the held values, or for these fields.
    """

    solution: Solution
    axes: tuple[Axis, ...]
    held: Mapping[str, float]
    fields: tuple[str, ...] | None = None
    fixed: bool = False

    @classmethod
    def of(
        cls,
        solution: Solution,
        at: Mapping[str, float] | None = None,
        fields: tuple[str, ...] | None = None,
    ) -> View:
        """The view with inputs held ``at`` values, and of some fields or components alone.

        Parameters with a range are held at their middle where there are more than three inputs
        otherwise.

        Raises:
            ValueError: an unknown name, a value outside of the domain, or no input that is left.
        """
        at = at or {}
        found = axes_of(solution.problem)
        _check_names(solution.problem, found, at, fields)
        free = [axis for axis in found if axis.name not in at]
        plain = [axis for axis in free if axis.kind != "range"]
        shown = plain if len(free) > 3 and 0 < len(plain) <= 3 else free
        middles = {axis.name: axis.middle for axis in free if axis not in shown}
        fixed = bool(at) or fields is not None
        return cls(solution, tuple(shown), {**middles, **at}, fields, fixed)

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the scalar components that are drawn."""
        return tuple(
            c.func.__name__
            for f in self.solution.problem.fields
            for c in f.components
            if self.fields is None or {f.name, c.func.__name__} & {*self.fields}
        )

    @property
    def vectors(self) -> tuple[Field, ...]:
        """The vector fields that are drawn with all of their components."""
        fields = self.solution.problem.fields
        return tuple(
            f for f in fields
            if len(f.components) > 1 and (self.fields is None or f.name in self.fields)
        )  # fmt: skip

    def domain(self, name: str) -> str | None:
        """The name of the domain of a component."""
        fields = self.solution.problem.fields
        return next(f.domain for f in fields for c in f.components if c.func.__name__ == name)

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

    def known(self, name: str, places: Mapping[str, Array | float]) -> Array | None:
        """Known values where axes have values that broadcast, exact or of a reference's grid.

        Returns:
            Shape (n,), as of `points`; None where nothing is known.
        """
        points = self.points(places)
        exact = self.exact(name, points)
        if exact is not None:
            return exact
        found = self.reference_grid(name, tuple(places))
        return _interpolate(*found, self.columns(points)) if found else None

    def columns(self, points: Array) -> dict[str, Array]:
        """Name of an input to its values in rows of points."""
        return dict(zip(self.solution.problem.dimension_names, points.T, strict=True))

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


def _check_names(
    problem: Problem, axes: Sequence[Axis], at: Mapping[str, float], fields: tuple[str, ...] | None
) -> None:
    known = {axis.name: axis for axis in axes}
    for name, value in at.items():
        if name not in known:
            raise ValueError(f"there is no input {name}; the inputs are {', '.join(known)}")
        axis = known[name]
        if not axis.low <= value <= axis.high:
            ends = f"from {axis.low:g} to {axis.high:g}"
            raise ValueError(
                f"{name} = {value:g} lies outside of the domain, where {name} goes {ends}"
            )
    if len(at) == len(known):
        raise ValueError(
            "every input has a value, so that nothing is left to draw; see pdedsl eval"
        )
    names = {n for f in problem.fields for n in (f.name, *(c.func.__name__ for c in f.components))}
    for name in fields or ():
        if name not in names:
            raise ValueError(f"there is no field {name}; the fields are {', '.join(sorted(names))}")


def _interpolate(ticks: dict[str, Array], values: Array, places: Mapping[str, Array]) -> Array:
    """Linear interpolation of a tensor grid, NaN outside it."""
    from scipy.interpolate import RegularGridInterpolator

    inside = RegularGridInterpolator(
        list(ticks.values()), values, bounds_error=False, fill_value=np.nan
    )
    return np.asarray(inside(np.stack([places[n] for n in ticks], axis=1)), dtype=np.float64)
