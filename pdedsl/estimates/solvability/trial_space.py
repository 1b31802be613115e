"""Functions of a moderate degree for all components, on the nodes of a quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Part, component_axes
from pdedsl.geometry.tensor import line_rule, product_rule
from pdedsl.ir import Problem
from pdedsl.models.bases import BasisOptions, build_basis

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
    """

    part: Part
    nodes: Array
    weights: Array

    def values(self, index: MultiIndex | None = None) -> Array:
        """A derivative of all functions at the nodes, shape (n, size)."""
        alpha = (0,) * self.nodes.shape[1] if index is None else index
        return self.part.derivatives(self.nodes, [alpha])[0]

    @cached_property
    def norms(self) -> Array:
        """Root mean squares over the box, shape (size,)."""
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
    def low(self) -> Array:
        """Whether a function is smooth enough to tell the size of a law's terms, shape (P,)."""
        return np.concatenate([_low(grid.part, self.modes) for grid in self.grids])


def options_of(problem: Problem, modes: int) -> BasisOptions:
    """Products of polynomials up to a degree, and of waves in periodic axes."""
    return BasisOptions(family="mixed", modes=(modes,) * len(problem.inputs), index="box")


def trial_space(problem: Problem, modes: int) -> TrialSpace:
    """The functions of `options_of` for every component, as a residual system has them.

    Raises:
        ValueError: a domain is not a box, or a component lacks an input.
    """
    options, grids, offset = options_of(problem, modes), [], 0
    names = [(c.func.__name__, f.arguments) for f in problem.fields for c in f.components]
    for (name, arguments), axes in zip(names, component_axes(problem), strict=True):
        if len(axes) != len(problem.inputs):
            raise ValueError(f"{name} does not depend on all inputs")
        columns = tuple(problem.inputs.index(s) for s in arguments)
        part = Part(name, arguments, columns, build_basis(options, axes), offset)
        grids.append(_grid(part, modes))
        offset += part.basis.size
    return TrialSpace(modes, tuple(grids))


def _grid(part: Part, modes: int) -> PartGrid:
    axes = part.basis.axes
    unit, weights = product_rule([
        line_rule(2 * modes + 3 if a.period is not None else modes + 2, a.period is not None)
        for a in axes
    ])  # fmt: skip
    lower, upper = np.array([a.lower for a in axes]), np.array([a.upper for a in axes])
    return PartGrid(part, lower + (upper - lower) * unit, weights)


def _low(part: Part, modes: int) -> Array:
    counts = [2 * modes + 1 if a.period is not None else modes + 1 for a in part.basis.axes]
    return np.asarray((np.indices(counts).reshape(len(counts), -1) < _LOW).all(axis=0))
