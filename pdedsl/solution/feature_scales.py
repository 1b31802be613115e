r"""Scales of Fourier features by the symbol of the equations.

With σ(x, k) the symbol of the (linearised) equations,

.. math:: s_k = c\,\bigl(|σ(k)|² + γ^{-2}\bigr)^{-1/2}, \qquad
          |σ(k)|² = \sum_{ij} \frac{1}{|Ω|} \int_Ω |σ_{ij}(x, k)|² dx,

with c such that the largest scale is 1: the layers behind are initialised for features of order
one, which a common factor would undo. The operator maps a feature of that scale to a function
whose size hardly depends on k, so that all frequencies enter the equations alike; for a model
that is linear in its parameters this is the preconditioner of De Ryck, Bonnet, Mishra and de
Bezenac (arXiv 2310.05801). γ bounds the scales of features that the operator nearly maps to zero.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from pdedsl.calculus.laws import law_operators
from pdedsl.calculus.operator import LinearOperator
from pdedsl.conditioning.rows.evaluation import Coefficients
from pdedsl.conditioning.rows.pieces import NotAssembledError, pieces_of, points_in
from pdedsl.geometry import integration_rule
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Problem


def feature_scales(
    problem: Problem, arguments: tuple[sp.Symbol, ...], vectors: Array, gamma: float
) -> tuple[float, ...]:
    """s_k for each wave vector; see the module docstring.

    Args:
        problem: nonlinear laws are linearised at `linearisation_state`.
        arguments: what the features depend on.
        vectors: k, shape (m, arguments), in radians per unit of length.
        gamma: γ.

    Raises:
        NotAssembledError: no law in the interior has a symbol; the text says why.
    """
    waves = np.zeros((len(vectors), len(problem.inputs)))
    waves[:, [problem.inputs.index(s) for s in arguments]] = vectors
    scales = 1 / np.sqrt(squared_symbols(problem, waves) + gamma**-2)
    return tuple(float(s) for s in scales / scales.max())


def squared_symbols(problem: Problem, waves: Array) -> Array:
    """|σ(k)|² of all equations together, for wave vectors of shape (m, inputs): (m,)."""
    total, found = np.zeros(len(waves)), False
    reasons: list[str] = []
    for given in law_operators(problem):
        if not isinstance(given.law.place, Interior):
            continue
        if given.operator is None:
            reasons.append(f"{given.law.label}: {given.reason}")
            continue
        coefficients = Coefficients(problem, given.law.label)
        (piece,) = pieces_of(problem, given.law)
        rule = integration_rule(piece.box)
        points = points_in(piece, rule.nodes, len(problem.inputs))
        operator = given.operator.map(coefficients.plain)
        total += _mean_square(operator, coefficients, points, rule.weights, waves)
        found = True
    if not found:
        raise NotAssembledError("; ".join(reasons) or "there is no equation in the interior")
    return total


def _mean_square(
    operator: LinearOperator,
    coefficients: Coefficients,
    points: Array,
    weights: Array,
    waves: Array,
) -> Array:
    """Σ_ij of the mean of |σ_ij(x, k)|² over x, for each k."""
    out = np.zeros(len(waves))
    for entry in (entry for row in operator.rows for entry in row if entry):
        powers = np.stack([
            1j ** sum(alpha) * np.prod(waves ** np.array(alpha), axis=1) for alpha, _ in entry
        ])  # fmt: skip
        values = np.stack([coefficients.values(a, points) for _, a in entry])
        # |Σ_α a_α p_α|² averaged over x is p^H M p with M the means of products of coefficients.
        moments = (values * weights) @ values.T / weights.sum()
        out += np.einsum("am,ab,bm->m", powers.conj(), moments, powers).real
    return np.maximum(out, 0.0)
