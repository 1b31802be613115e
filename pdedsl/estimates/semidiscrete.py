r"""An evolution on a box as a system of ordinary differential equations, by finite differences.

Derivatives in space, of second order at most, are differences of second order on equidistant
points, and one-sided ones at the ends. Values at points of the boundary that have a condition
follow from it: α u + β ∂u/∂x + γ = 0 is linear in the value there. That is rough, and independent
of what solves the problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp
from scipy.sparse import csr_matrix, identity, kron
from sympy.core.function import AppliedUndef

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Face, Global, Interior, Law, Problem, Slice, normal

_MOST_INPUTS, _MOST_COMPONENTS, _MOST_ORDER = 2, 4, 2
_SLOPED = (sp.Derivative, sp.Subs)

Numbers = Callable[..., list[Array]]


@dataclass(frozen=True)
class Condition:
    """A condition on a component at points of the boundary, α u + β ∂u/∂x_axis + γ = 0.

    Args:
        state: number of the component.
        points: of the grid, shape (m,).
        inner: the neighbours of these points in the set, and theirs, shape (2, m).
        step: distance of neighbours, with the sign of the outward normal.
        coefficients: α, β and γ of time and coordinates.
    """

    state: int
    points: Array
    inner: Array
    step: float
    coefficients: Numbers

    def value(self, t: float, grid: list[Array], u: Array) -> Array:
        """The values at the points, from those of u elsewhere, shape (points of the grid,)."""
        at = [own[self.points] for own in grid]
        alpha, beta, gamma = (
            np.broadcast_to(c, len(self.points)) for c in self.coefficients(t, *at)
        )
        first, second = u[self.inner[0]], u[self.inner[1]]
        slope = beta / (2 * self.step)
        return np.asarray(-(gamma + slope * (second - 4 * first)) / (alpha + 3 * slope))


@dataclass(frozen=True)
class Semidiscrete:
    """y' = f(t, y) for the values of all states at the points of a grid.

    Args:
        first: the states at the start, shape (states, points).
        span: start and end of time.
        grid: coordinates of the points, one array for each.
        shape: points along each coordinate.
        components: numbers of the states that are fields, not their derivatives in time.
        diffuses: whether an equation has second derivatives in space.
        slopes: by coordinate the matrix of the first derivative.
    """

    first: Array
    span: tuple[float, float]
    grid: list[Array]
    shape: tuple[int, ...]
    components: tuple[int, ...]
    diffuses: bool
    slopes: tuple[csr_matrix, ...]
    _rates: Callable[[float, Array], Array]
    _conditions: tuple[Condition, ...]

    def whole(self, t: float, states: Array) -> Array:
        """The states with the values that follow from conditions."""
        out = states.copy()
        for condition in self._conditions:
            out[condition.state, condition.points] = condition.value(
                t, self.grid, out[condition.state]
            )
        return out

    def slope(self, t: float, flat: Array) -> Array:
        """f, of flat vectors."""
        rates = self._rates(t, self.whole(t, flat.reshape(self.first.shape)))
        for condition in self._conditions:
            rates[condition.state, condition.points] = 0.0
        return rates.ravel()


def semidiscrete(problem: Problem, count: int) -> Semidiscrete | None:
    """A problem on so many points along each coordinate; None where it is of another kind.

    That is one with several domains, a set that is no box, unknown numbers, derivatives of higher
    orders, or conditions that do not fix the value at a point.
    """
    if not _is_of_the_kind(problem):
        return None
    try:
        return _Maker(problem, count).made()
    except (
        _OtherKindError,
        TypeError,
        ValueError,
        ArithmeticError,
        NameError,
        np.linalg.LinAlgError,
    ):
        return None


class _OtherKindError(Exception):
    """Laws of another kind."""


def _is_of_the_kind(problem: Problem) -> bool:
    if problem.time is None or problem.numbers or problem.ranges or len(problem.domains) != 1:
        return False
    (domain,) = problem.domains
    inputs = set(problem.inputs)
    return (
        domain.is_box
        and len(domain.coordinates) <= _MOST_INPUTS
        and len(problem.components) <= _MOST_COMPONENTS
        and all(set(c.args) == inputs for c in problem.components)
    )


class _Maker:
    """The parts of a system one after another."""

    def __init__(self, problem: Problem, count: int) -> None:
        self._problem = problem
        assert problem.time is not None
        self._t = problem.time.symbol
        (domain,) = problem.domains
        self._axes = list(domain.coordinates)
        circles = [dict(problem.periodic_axes(c)) for c in problem.components]
        if any(own.keys() != circles[0].keys() for own in circles):
            raise _OtherKindError
        self._circles = [axis in circles[0] for axis in self._axes]
        bounds = hull_bounds(problem)
        self._ends = [bounds[axis] for axis in self._axes]
        self._count = count
        self._laws = {
            kind: [law for law in problem.laws if isinstance(law.place, kind)]
            for kind in (Interior, Boundary)
        }
        self._initial = [law for law in problem.laws if isinstance(law.place, Slice | Global)]
        if len(problem.laws) != len(self._initial) + sum(map(len, self._laws.values())):
            raise _OtherKindError
        self._equations = self._residuals(self._laws[Interior])
        orders = [max(self._orders(c), default=0) for c in problem.components]
        if len(self._equations) != len(orders) or not all(1 <= m <= 2 for m in orders):
            raise _OtherKindError
        self._states = [
            sp.diff(c, self._t, k) if k else c
            for c, m in zip(problem.components, orders, strict=True) for k in range(m)
        ]  # fmt: skip
        self._tops = [
            sp.diff(c, self._t, m) for c, m in zip(problem.components, orders, strict=True)
        ]

    def made(self) -> Semidiscrete:
        """The system."""
        lines = [
            _points(ends, self._count, c) for ends, c in zip(self._ends, self._circles, strict=True)
        ]
        grid = [own.ravel() for own in np.meshgrid(*lines, indexing="ij")]
        nodes = sorted(self._nodes(), key=sp.default_sort_key)
        conditions = self._conditions(grid)
        second = any(sum(self._in_space(node)) == _MOST_ORDER for node in nodes)
        if second and len(conditions) < self._due():
            raise _OtherKindError  # no value at an end, which one-sided differences do not replace
        assert self._problem.time is not None
        span = tuple(
            map(self._problem.number, (self._problem.time.lower, self._problem.time.upper))
        )
        return Semidiscrete(
            self._first(grid), (span[0], span[1]), grid, (self._count,) * len(self._axes),
            tuple(self._states.index(c) for c in self._problem.components), second,
            tuple(self._matrix(i, 1) for i in range(len(self._axes))),
            self._rates(grid, nodes), conditions,
        )  # fmt: skip

    def _residuals(self, laws: list[Law]) -> list[sp.Expr]:
        return [self._problem.substitute(r).doit() for law in laws for r in law.residuals]

    def _orders(self, component: AppliedUndef) -> list[int]:
        found = [n for e in self._equations for n in e.atoms(sp.Derivative) if n.expr == component]
        return [dict(n.variable_count).get(self._t, 0) for n in found]

    def _in_space(self, node: sp.Derivative) -> tuple[int, ...]:
        counts = dict(node.variable_count)
        return tuple(int(counts.get(axis, 0)) for axis in self._axes)

    def _nodes(self) -> set[sp.Derivative]:
        """Derivatives in space, of order two at most, of states."""
        found = set()
        for node in {n for e in self._equations for n in e.atoms(sp.Derivative)}:
            orders = self._in_space(node)
            if node.expr not in self._problem.components or sum(orders) > _MOST_ORDER:
                raise _OtherKindError
            if not sum(orders):
                continue
            if self._state_of(node) not in self._states:
                raise _OtherKindError  # of the highest derivative in time
            found.add(node)
        return found

    def _state_of(self, node: sp.Derivative) -> sp.Expr:
        order = dict(node.variable_count).get(self._t, 0)
        return sp.diff(node.expr, self._t, order) if order else node.expr

    def _matrix(self, axis: int, order: int) -> csr_matrix:
        """Of a derivative along an axis, for the points of the whole grid."""
        ends, circle = self._ends[axis], self._circles[axis]
        own = _differences(ends[1] - ends[0], self._count, circle, order)
        whole = csr_matrix([[1.0]])
        for i in range(len(self._axes)):
            whole = kron(whole, own if i == axis else identity(self._count), format="csr")
        return whole

    def _rates(
        self, grid: list[Array], nodes: list[sp.Derivative]
    ) -> Callable[[float, Array], Array]:
        """From time and states, shape (states, points), to their derivatives in time."""
        names: dict[sp.Expr, sp.Symbol] = {
            node: sp.Dummy() for node in (*nodes, *self._tops, *reversed(self._states))
        }
        flat = [e.xreplace(names) for e in self._equations]
        d = [names[top] for top in self._tops]
        y, v = [names[s] for s in self._states], [names[node] for node in nodes]
        mass = sp.Matrix(flat).jacobian(d)
        known = {self._t, *self._axes, *y, *v}
        if any(e.has(*_SLOPED, AppliedUndef) or e.free_symbols - known - set(d) for e in flat):
            raise _OtherKindError
        if mass.free_symbols & set(d):
            raise _OtherKindError
        solved = mass.LUsolve(-sp.Matrix([e.subs(dict.fromkeys(d, 0)) for e in flat]))
        given = dict(zip(self._tops, solved, strict=True))
        follows = [sp.diff(s, self._t) for s in self._states]
        made = sp.lambdify(
            (self._t, *self._axes, *y, *v), [given.get(f, names.get(f)) for f in follows],
            modules=["scipy", "numpy"], cse=True,
        )  # fmt: skip
        of = [(self._states.index(self._state_of(n)), self._derivative(n)) for n in nodes]
        shape = len(self._states), len(grid[0])

        def rates(t: float, states: Array) -> Array:
            values = [matrix @ states[i] for i, matrix in of]
            out = np.empty(shape)
            for row, value in zip(out, made(t, *grid, *states, *values), strict=True):
                row[:] = value
            return out

        return rates

    def _derivative(self, node: sp.Derivative) -> csr_matrix:
        orders = self._in_space(node)
        parts = [self._matrix(axis, order) for axis, order in enumerate(orders) if order]
        return parts[0] if len(parts) == 1 else csr_matrix(parts[0] @ parts[1])

    def _first(self, grid: list[Array]) -> Array:
        """The states at the start, point by point."""
        assert self._problem.time is not None
        start = self._problem.number(self._problem.time.lower)
        for law in self._initial:
            assert isinstance(law.place, Slice | Global)
            fixed = dict(law.place.fixed)
            if set(fixed) != {self._t} or self._problem.number(fixed[self._t]) != start:
                raise _OtherKindError
        names = {s: sp.Dummy() for s in reversed(self._states)}
        flat = [e.xreplace(names) for e in self._residuals(self._initial)]
        y = [names[s] for s in self._states]
        if len(flat) != len(y) or any(e.has(*_SLOPED, AppliedUndef) for e in flat):
            raise _OtherKindError
        matrix = sp.Matrix(flat).jacobian(y)
        if matrix.free_symbols & set(y):
            raise _OtherKindError
        solved = matrix.LUsolve(-sp.Matrix([e.subs(dict.fromkeys(y, 0)) for e in flat]))
        made = sp.lambdify((self._t, *self._axes), list(solved), modules=["scipy", "numpy"])
        values = [np.broadcast_to(v, len(grid[0])) for v in made(start, *grid)]
        return np.array(values, dtype=float)

    def _due(self) -> int:
        """Conditions where each component has one at each end."""
        return 2 * sum(not circle for circle in self._circles) * len(self._problem.components)

    def _conditions(self, grid: list[Array]) -> tuple[Condition, ...]:
        found = []
        for law in self._laws[Boundary]:
            assert isinstance(law.place, Boundary)
            if law.place.where is not None or law.place.of is not None or law.place.minus:
                raise _OtherKindError
            for face in law.place.faces:
                found += [self._condition(face, r, grid) for r in self._residuals([law])]
        return tuple(found)

    def _condition(self, face: Face, residual: sp.Expr, grid: list[Array]) -> Condition:
        axis = self._axes.index(face.axis)
        residual = residual.xreplace({
            normal(i): sp.Integer(face.side if own == face.axis else 0)
            for i, own in enumerate(self._axes, 1)
        }).doit()  # fmt: skip
        owners = [c for c in self._problem.components if residual.has(c)]
        if len(owners) != 1:
            raise _OtherKindError
        (component,) = owners
        value, slope = sp.Dummy(), sp.Dummy()
        plain = residual.xreplace({sp.diff(component, face.axis): slope, component: value})
        alpha, beta = plain.diff(value), plain.diff(slope)
        gamma = plain.subs({value: 0, slope: 0})
        if any(e.has(value, slope, *_SLOPED, AppliedUndef) for e in (alpha, beta, gamma)):
            raise _OtherKindError
        shape = (self._count,) * len(self._axes)
        numbers = np.moveaxis(np.arange(math.prod(shape)).reshape(shape), axis, 0)
        if face.side > 0:
            numbers = numbers[::-1]
        low, high = self._ends[axis]
        step = face.side * (high - low) / (self._count - 1)
        made = sp.lambdify((self._t, *self._axes), [alpha, beta, gamma], modules=["scipy", "numpy"])
        inner = np.stack([numbers[1].ravel(), numbers[2].ravel()])
        state = self._states.index(component)
        return Condition(state, numbers[0].ravel(), inner, step, made)


def _points(ends: tuple[float, float], count: int, circle: bool) -> Array:
    return np.linspace(*ends, count, endpoint=not circle)


def _differences(length: float, count: int, circle: bool, order: int) -> csr_matrix:
    """Of second order, one-sided at the ends of an interval."""
    h = length / (count if circle else count - 1)
    middle, end = _STENCILS[order]
    inner = np.arange(count) if circle else np.arange(1, count - 1)
    rows, columns, values = [], [], []
    for offset, weight in enumerate(middle, -1):
        if weight:
            rows.append(inner)
            columns.append((inner + offset) % count)
            values.append(np.full(len(inner), weight))
    if not circle:
        near = np.arange(len(end))
        rows += [np.zeros_like(near), np.full_like(near, count - 1)]
        columns += [near, count - 1 - near]
        values += [np.array(end), (-1) ** order * np.array(end)]
    entries, places = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix((entries / h**order, places), shape=(count, count))


_STENCILS: Mapping[int, tuple[tuple[float, ...], tuple[float, ...]]] = {
    1: ((-0.5, 0.0, 0.5), (-1.5, 2.0, -0.5)),
    2: ((1.0, -2.0, 1.0), (2.0, -5.0, 4.0, -1.0)),
}
