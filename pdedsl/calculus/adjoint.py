r"""The formal adjoint of a matrix of differential operators with real coefficients.

.. math:: (L^* w)_j = \sum_i \sum_α (-1)^{|α|}\, ∂^α (a_{ijα}\, w_i)

so that ⟨L u, w⟩ = ⟨u, L* w⟩ for functions that vanish near the boundary.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

import sympy as sp
from sympy.core.function import AppliedUndef

from .leibniz import Room, leibniz, sum_terms
from .operator import LinearOperator, MultiIndex, Terms
from .tidy import tidy


def adjoint(operator: LinearOperator) -> LinearOperator:
    """L* with its derivatives worked out by Leibniz' rule.

    It acts on functions named w, or w[1], w[2], …, one for each row of L; on others where
    the operator has that name already.

    Raises:
        TooLargeError: a derivative of a coefficient, or the whole, is too large.
    """
    room = Room()
    rows = [
        [sum_terms(_entry(operator, row[j]), room) for row in operator.rows]
        for j in range(len(operator.unknowns))
    ]
    return LinearOperator.of(operator.coordinates, _names(operator), rows).map(tidy)


def _entry(operator: LinearOperator, terms: Terms) -> Iterator[tuple[MultiIndex, sp.Expr]]:
    """Terms of Σ_α (−1)^|α| ∂^α (a_α ·)."""
    for alpha, a in terms:
        for beta, part in leibniz(a, operator.coordinates, alpha):
            yield beta, (-1) ** sum(alpha) * part


def _names(operator: LinearOperator) -> list[str]:
    used = _names_in_use(operator)
    candidates = chain(("w", "z", "q"), (f"w{i}" for i in count(1)))
    name = next(name for name in candidates if name not in used)
    rows = len(operator.rows)
    return [name] if rows == 1 else [f"{name}[{i}]" for i in range(1, rows + 1)]


def _names_in_use(operator: LinearOperator) -> set[str]:
    """Names, without indices, of all that the operator speaks of."""
    names = [*operator.unknowns, *(s.name for s in operator.coordinates)]
    for _, a in operator.terms():
        names += [s.name for s in a.free_symbols]
        names += [str(f.func) for f in a.atoms(AppliedUndef)]
    return {name.partition("[")[0] for name in names}
