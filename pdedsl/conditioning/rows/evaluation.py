"""Values of coefficients and conditions at points of all inputs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.conditioning.arrays import Array
from pdedsl.geometry.interpolation import interpolator
from pdedsl.ir import NotNumericError, Problem, Table, evaluate, field_atoms, normal

from .pieces import NotAssembledError


class Coefficients:
    """Coefficients of one law as numbers.

    Args:
        problem: gives parameters, unknown numbers (taken at their guess) and tables.
        label: of the law, for messages.
        own: the table at whose rows the law holds, if any.
    """

    def __init__(self, problem: Problem, label: str, own: Table | None = None) -> None:
        self.problem = problem
        self.label = label
        self.own = own
        self._guesses = {n.symbol: problem.substitute(n.guess) for n in problem.numbers}

    def plain(self, expression: sp.Basic) -> sp.Basic:
        """The expression in inputs, normals and columns alone."""
        return self.problem.substitute(expression).xreplace(self._guesses)

    def values(
        self, expression: sp.Basic, points: Array, normals: tuple[float, ...] | None = None
    ) -> Array:
        """Values at points, shape (n, inputs): (n,).

        Raises:
            NotAssembledError: it has no value there.
        """
        known = self._known(expression, points, normals)
        try:
            found = evaluate(expression, known)
        except NotNumericError as what:
            raise NotAssembledError(f"{self.label}: {what} has no value here") from None
        out = np.broadcast_to(np.asarray(found), (len(points),))
        if out.dtype != bool and not np.isfinite(out).all():
            raise NotAssembledError(f"{self.label}: a coefficient is not finite everywhere")
        return out

    def constant(
        self,
        expression: sp.Expr,
        fixed: Mapping[sp.Symbol, float],
        normals: tuple[float, ...] | None,
    ) -> float | None:
        """The value where it depends on nothing but fixed inputs and the normal, else None."""
        still = set(fixed) | set(_normals(normals))
        if expression.free_symbols - still or expression.atoms(AppliedUndef):
            return None
        at = np.array([[fixed.get(s, 0.0) for s in self.problem.inputs]])
        return float(self.values(expression, at, normals)[0])

    def _known(
        self, expression: sp.Basic, points: Array, normals: tuple[float, ...] | None
    ) -> dict[sp.Basic, object]:
        known: dict[sp.Basic, object] = dict(zip(self.problem.inputs, points.T, strict=True))
        known.update(_normals(normals))
        for column in field_atoms(expression):
            known[column] = self._column(column, points)
        return known

    def _column(self, column: AppliedUndef, points: Array) -> Array:
        name, _, header = column.func.__name__.partition(".")
        table = next((t for t in self.problem.tables if t.name == name), None)
        if table is None:
            raise NotAssembledError(f"{self.label}: {column.func.__name__} has no value here")
        here = tuple(str(a) for a in column.args) == table.coordinates
        if self.own is table and here and len(points) == table.rows:
            return table.columns[header]
        at = np.stack([self.values(a, points) for a in column.args], axis=1)
        try:
            found = interpolator(table, header)(at)
        except ValueError as reason:
            raise NotAssembledError(f"{self.label}: {reason}") from None
        if np.isnan(found).any():
            raise NotAssembledError(
                f"{self.label} needs the column {column.func.__name__} outside the points of {name}"
            )
        return np.asarray(found)


def _normals(normals: tuple[float, ...] | None) -> dict[sp.Basic, float]:
    return {normal(i): v for i, v in enumerate(normals or (), start=1)}
