"""A system's fields and expressions at a fixed state, in numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem

from .grids import inside
from .points.arrays import as_tensor

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


class Sampler(Protocol):
    """Evaluates a state at points of shape (n, inputs)."""

    def fields(self, points: Array) -> dict[str, Array]:
        """Component name to values (n,), NaN outside its domain."""

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values of an expression of fields, their derivatives and the inputs, shape (n,)."""

    def residual(self, label: str, points: Array) -> Array:
        """Residuals of a law inside the domain, shape (components, n)."""


def sampler(problem: Problem, system: ResidualSystem, theta: Any) -> Sampler:
    """The sampler of a problem whose solution is the state of a system.

    Args:
        problem: as it was given.
        system: of this problem, or of its parts.
        theta: tensor of shape (P,).
    """
    if problem.division == system.problem.division:  # none, or the problem was given in parts
        return SystemSampler(system, theta)
    from .parts.sampled import PartsSampler

    return PartsSampler(problem, system, theta)


class SystemSampler:
    """Evaluates a system at a fixed state.

    Args:
        system: the residual system.
        theta: tensor of shape (P,).
    """

    def __init__(self, system: ResidualSystem, theta: Any) -> None:
        self._system = system
        self._theta = theta

    def fields(self, points: Array) -> dict[str, Array]:
        """Component name to values, NaN outside its domain; points (n, inputs) to (n,)."""
        found = self._system.fields(self._theta, as_tensor(points, self._theta))
        problem = self._system.problem
        return {
            (name := c.func.__name__): _array(found[name], inside(problem, c, points))
            for c in problem.components
        }

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values of an expression of fields, their derivatives and the inputs, shape (n,)."""
        values = self._system.derivative(self._theta, expression, as_tensor(points, self._theta))
        return _array(values, inside(self._system.problem, expression, points))

    def residual(self, label: str, points: Array) -> Array:
        """Residuals of a law inside the domain, shape (components, n)."""
        rows = self._system.residual_at(self._theta, label, as_tensor(points, self._theta))
        problem = self._system.problem
        where = [inside(problem, residual, points) for residual in problem.law(label).residuals]
        return _array(rows, np.stack(where))


def _array(values: Any, where: NDArray[np.bool_]) -> Array:
    array: Array = values.detach().cpu().numpy().astype(np.float64)
    return array if where.all() else np.where(where, array, np.nan)
