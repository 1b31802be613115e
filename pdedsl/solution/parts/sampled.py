"""The solution of a problem that was solved in parts, as one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry.arrays import Array
from pdedsl.ir import Part, Problem
from pdedsl.solution.points.arrays import as_tensor

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


class PartsSampler:
    """Evaluates the fields of the whole problem by those of the part that a point lies in.

    A point that several parts share takes the values of the first one, a point outside of the
    domain those of the nearest.

    Args:
        problem: the whole problem.
        system: of the problem in parts.
        theta: tensor of shape (P,).
    """

    def __init__(self, problem: Problem, system: ResidualSystem, theta: Any) -> None:
        assert system.problem.division is not None
        self._problem, self._system, self._theta = problem, system, theta
        self._division = system.problem.division

    def fields(self, points: Array) -> dict[str, Array]:
        """Component name to values; points (n, inputs) to (n,)."""
        components = self._problem.components
        found = self._composed(
            points,
            len(components),
            lambda part, at: [
                self._system.derivative(self._theta, part.components.get(c, c), at)
                for c in components
            ],
        )
        return {c.func.__name__: row for c, row in zip(components, found, strict=True)}

    def expression(self, expression: sp.Expr, points: Array) -> Array:
        """Values of an expression of fields, their derivatives and the inputs, shape (n,)."""
        return self._composed(
            points,
            1,
            lambda part, at: [self._system.derivative(self._theta, _on(part, expression), at)],
        )[0]

    def residual(self, label: str, points: Array) -> Array:
        """Residuals of a law, shape (components, n); NaN in parts that do not have the law."""
        count = len(self._problem.law(label).residuals)

        def rows(part: Part, at: Any) -> Any:
            if label not in part.laws:
                return [at.new_full((len(at),), float("nan"))] * count
            return self._system.residual_at(self._theta, part.laws[label], at)

        return self._composed(points, count, rows)

    def _composed(self, points: Array, count: int, rows: Callable[[Part, Any], Any]) -> Array:
        """Rows of every part at its points put together: (count, n)."""
        out = np.empty((count, len(points)))
        for part, where in self._located(points):
            for row, values in zip(
                out, rows(part, as_tensor(points[where], self._theta)), strict=True
            ):
                row[where] = values.detach().cpu().numpy()
        return out

    def _located(self, points: Array) -> Iterator[tuple[Part, NDArray[np.bool_]]]:
        """The parts that hold points, and which."""
        columns = dict(zip(self._problem.inputs, points.T, strict=True))
        numbers = self._division.numbers({axis: columns[axis] for axis in self._division.cuts})
        for number in np.unique(numbers):
            yield self._division.parts[number], numbers == number


def _on(part: Part, expression: sp.Expr) -> sp.Expr:
    """An expression of the whole problem in the fields of a part."""
    functions = {old.func: new.func for old, new in part.components.items()}
    return expression.replace(
        lambda node: getattr(node, "func", None) in functions,
        lambda node: functions[node.func](*node.args),
    )
