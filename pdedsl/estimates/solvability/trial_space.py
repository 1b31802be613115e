"""Functions of a moderate degree for all components, on the nodes of a quadrature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import NDArray

from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Part, component_axes
from pdedsl.geometry.tensor import line_rule, product_rule
from pdedsl.ir import Field, Problem
from pdedsl.models.bases import BasisOptions, build_basis

from .shape_space import TurnedBasis, inner_points, orthonormal_turn, shape_options

MultiIndex = tuple[int, ...]

_LOW = 5
"""Functions of each axis, the lowest, on which laws are scaled: a law of order 4 sees the last."""


@dataclass(frozen=True, eq=False)
class PartGrid:
    """The functions of one component on a tensor grid of its box.

    Args:
        part: its functions.
        nodes: shape (n, d).
        weights: of the mean over the box, shape (n,).
        turn: on a set that is no box, T of its functions as they are solved with.
    """

    part: Part
    nodes: Array
    weights: Array
    turn: Array | None = None

    def values(self, index: MultiIndex | None = None) -> Array:
        """A derivative of all functions at the nodes, shape (n, size)."""
        alpha = (0,) * self.nodes.shape[1] if index is None else index
        return self.part.derivatives(self.nodes, [alpha])[0]

    @cached_property
    def norms(self) -> Array:
        """Root mean squares over the box, or over the set, shape (size,)."""
        return np.asarray(np.sqrt(self.weights @ self.values() ** 2))


@dataclass(frozen=True, eq=False)
class TrialSpace:
    """All components.

    Args:
        modes: the degree of polynomials, and number of waves, in every axis.
        grids: one for each component.
    """

    modes: int
    grids: tuple[PartGrid, ...]

    @cached_property
    def norms(self) -> Array:
        """Root mean squares of all functions, shape (P,)."""
        return np.concatenate([grid.norms for grid in self.grids])

    @cached_property
    def low(self) -> NDArray[np.bool_]:
        """Whether a function is smooth enough to tell the size of a law's terms, shape (P,)."""
        return np.concatenate([_low(grid, self.modes) for grid in self.grids])

    def normed(self, jacobian: Array) -> Array:
        """The derivatives of rows by the functions of mean square 1, from those as solved with."""
        parts, start = [], 0
        for grid in self.grids:
            turn = grid.turn
            size = grid.part.basis.size if turn is None else len(turn)
            own = jacobian[:, start : start + size]
            parts.append((own if turn is None else own @ turn) / grid.norms)
            start += size
        return np.concatenate(parts, axis=1)


def options_of(problem: Problem, modes: int) -> BasisOptions:
    """Products of polynomials up to a degree, and of waves in periodic axes.

    On a set that is no box they are the polynomials of the total degree, with their columns.
    """
    if on_shapes(problem):
        return shape_options(problem, modes)
    return BasisOptions(family="mixed", modes=(modes,) * len(problem.inputs), index="box")


def trial_space(problem: Problem, modes: int) -> TrialSpace:
    """The functions of `options_of` for every component, as a residual system has them.

    On a set that is no box they are made orthonormal there, see `shape_space`.

    Raises:
        ValueError: a component lacks an input.
    """
    options, grids, offset = options_of(problem, modes), [], 0
    owners = [(c.func.__name__, f) for f in problem.fields for c in f.components]
    for (name, field), axes in zip(owners, component_axes(problem), strict=True):
        if len(axes) != len(problem.inputs):
            raise ValueError(f"{name} does not depend on all inputs")
        columns = tuple(problem.inputs.index(s) for s in field.arguments)
        part = Part(name, field.arguments, columns, build_basis(options, axes), offset)
        grids.append(_shape_grid(problem, field, part) if on_shapes(problem)
                     else _grid(part, modes))  # fmt: skip
        offset += grids[-1].part.basis.size
    return TrialSpace(modes, tuple(grids))


def _grid(part: Part, modes: int) -> PartGrid:
    axes = part.basis.axes
    unit, weights = product_rule([
        line_rule(2 * modes + 3 if a.period is not None else modes + 2, a.period is not None)
        for a in axes
    ])  # fmt: skip
    lower, upper = np.array([a.lower for a in axes]), np.array([a.upper for a in axes])
    return PartGrid(part, lower + (upper - lower) * unit, weights)


def _shape_grid(problem: Problem, field: Field, part: Part) -> PartGrid:
    points = inner_points(problem, field)
    turn = orthonormal_turn(part.basis, points)
    turned = replace(part, basis=TurnedBasis(part.basis, turn))
    return PartGrid(turned, points, np.full(len(points), 1 / len(points)), turn)


def _low(grid: PartGrid, modes: int) -> NDArray[np.bool_]:
    part = grid.part
    if grid.turn is not None:
        inputs = len(part.arguments)
        return np.asarray(np.arange(part.basis.size) < comb(_LOW - 1 + inputs, inputs))
    counts = [2 * modes + 1 if a.period is not None else modes + 1 for a in part.basis.axes]
    return np.asarray((np.indices(counts).reshape(len(counts), -1) < _LOW).all(axis=0))
