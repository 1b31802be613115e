"""The noise of the data of fits: σ of each equation at each row of its table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from .evaluation import NotNumericError, evaluate
from .places import OnData
from .problem import Law, Problem
from .tables import Table


def noise_at_rows(problem: Problem, law: Law) -> NDArray[np.float64]:
    """σ of a fit that states it, in the unit of each equation, shape (equations, rows)."""
    assert isinstance(law.place, OnData)
    name = law.place.table
    table = next(t for t in problem.tables if t.name == name)
    return np.stack([values_at_rows(table, own, problem.substitute) for own in law.sigma])


def values_at_rows(
    table: Table, expression: sp.Expr, substitute: Callable[[sp.Expr], sp.Expr]
) -> NDArray[np.float64]:
    """Values of an expression of parameters, coordinates and columns at the rows of a table.

    Args:
        table: whose columns the expression may have at the coordinates of their rows.
        expression: a number.
        substitute: replaces parameters by their values.

    Returns:
        Shape (rows,); nan or inf where there is no finite value.

    Raises:
        NotNumericError: the expression holds something that is not known at the rows.
    """
    expression = substitute(expression)
    known: dict[sp.Basic, NDArray[np.float64]] = {}
    for node in expression.atoms(AppliedUndef):
        owner, _, header = node.func.__name__.partition(".")
        own = owner == table.name and tuple(map(str, node.args)) == table.coordinates
        if not own or header not in table.columns:
            raise NotNumericError(str(node))
        known[node] = table.columns[header]
    # Arguments of columns are symbols, too, and those alone are no dependence on coordinates.
    bare = expression.xreplace({node: sp.Dummy(real=True) for node in known})
    for symbol in expression.free_symbols:
        if symbol.name in table.coordinates:
            known[symbol] = table.columns[symbol.name]
        elif symbol in bare.free_symbols:
            raise NotNumericError(str(symbol))
    return np.broadcast_to(np.asarray(evaluate(expression, known), dtype=float), (table.rows,))
