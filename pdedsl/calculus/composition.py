r"""One operator after another, and the Hermitian square.

.. math:: (L ∘ M)_{ij} = \sum_k \sum_{α,β} a_{ikα}\, ∂^α (b_{kjβ}\, ∂^β \,·\,)
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from .adjoint import adjoint
from .leibniz import Room, leibniz, sum_terms
from .operator import LinearOperator, MultiIndex
from .tidy import tidy


def compose(after: LinearOperator, first: LinearOperator) -> LinearOperator:
    """L ∘ M with its derivatives worked out: ``after`` is L, ``first`` is M.

    Raises:
        ValueError: M gives another number of functions than L acts on, or the coordinates
            differ.
        TooLargeError: a derivative of a coefficient, or the whole, is too large.
    """
    if len(first.rows) != len(after.unknowns):
        raise ValueError(
            f"an operator on {len(after.unknowns)} functions cannot follow one that gives "
            f"{len(first.rows)}"
        )
    if after.coordinates != first.coordinates:
        raise ValueError("the operators have different coordinates")
    room = Room()
    rows = [
        [sum_terms(_entry(after, first, i, j), room) for j in range(len(first.unknowns))]
        for i in range(len(after.rows))
    ]
    return LinearOperator.of(first.coordinates, first.unknowns, rows).map(tidy)


def _entry(
    after: LinearOperator, first: LinearOperator, i: int, j: int
) -> Iterator[tuple[MultiIndex, sp.Expr]]:
    for outer, inner in zip(after.rows[i], first.rows, strict=True):
        for alpha, a in outer:
            for beta, b in inner[j]:
                for gamma, part in leibniz(b, first.coordinates, alpha):
                    yield tuple(p + q for p, q in zip(beta, gamma, strict=True)), a * part


def hermitian_square(operator: LinearOperator) -> LinearOperator:
    """L* ∘ L, of twice the order, whose inverse would precondition the descent.

    De Ryck, Bonnet, Mishra, de Bezenac, "An operator preconditioning perspective on training in
    physics-informed machine learning" (arXiv 2310.05801), section 2.3.

    Raises:
        TooLargeError: a derivative of a coefficient is too large.
    """
    return compose(adjoint(operator), operator)
