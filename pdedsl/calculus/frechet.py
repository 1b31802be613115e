r"""The Fréchet derivative of a nonlinear differential expression.

.. math:: F'(s)\, v = \sum_j \sum_α \frac{∂F}{∂(∂^α u_j)}(s)\; ∂^α v_j

It is the operator of the linearised law, F(s + h v) = F(s) + h F'(s) v + O(h²).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Substitution

from .operator import LinearOperator, MultiIndex
from .separation import separate, slope
from .tidy import tidy, without_impulses


def frechet(
    expressions: Sequence[sp.Expr],
    unknowns: Sequence[AppliedUndef],
    coordinates: Sequence[sp.Symbol],
    state: Mapping[AppliedUndef, sp.Expr] | None = None,
) -> LinearOperator:
    """F'(s) as an operator; see the module docstring.

    Where F has a kink or a jump the derivative is that of its smooth pieces.

    Args:
        expressions: F_1 … F_m.
        unknowns: the fields u_j, one a column.
        coordinates: those that derivatives are taken in.
        state: s_j for each u_j as expressions in the coordinates; with None the
            coefficients hold the fields themselves.

    Raises:
        NonlocalError: an unknown stands under an integral or at another point.
        TooLargeError: a derivative would be too large when worked out.
    """
    put = Substitution(state.items()) if state else None
    rows = []
    for expression in expressions:
        separated = separate(expression, unknowns, coordinates)
        row: list[dict[MultiIndex, sp.Expr]] = [{} for _ in unknowns]
        for (j, alpha), symbol in separated.slots.items():
            found = slope(separated, symbol).xreplace(separated.atoms)
            row[j][alpha] = tidy(without_impulses(put(found)) if put else found)
        rows.append(row)
    return LinearOperator.of(coordinates, [str(u.func) for u in unknowns], rows)
