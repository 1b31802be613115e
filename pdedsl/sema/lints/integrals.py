"""Values of integrals over box domains, where all in them is known."""

from __future__ import annotations

import numpy as np
import sympy as sp

from pdedsl.ir import Box, DomainIntegral, NotNumericError, Problem, evaluate_with_scale

from .sampling import box_bounds

NODES = {1: 48, 2: 24, 3: 12}


def with_integrals(
    problem: Problem, expression: sp.Expr, known: dict[sp.Basic, object], count: int
) -> tuple[sp.Expr, dict[sp.Basic, object]]:
    """Integrals replaced by symbols whose values at the sample points are known.

    Raises:
        NotNumericError: a domain is no box of at most three dimensions.
    """
    values = dict(known)
    names = {}
    for integral in sorted(expression.atoms(DomainIntegral), key=sp.default_sort_key):
        names[integral] = sp.Dummy("integral", real=True)
        values[names[integral]] = _integral(problem, integral, known, count)
    return expression.xreplace(names), values


def _integral(
    problem: Problem, integral: DomainIntegral, known: dict[sp.Basic, object], count: int
) -> object:
    """∫ integrand by the Gauss–Legendre rule, shape (count,)."""
    domain = problem.domain(integral.domain)
    dimension = len(domain.coordinates)
    if not isinstance(domain.region, Box) or dimension not in NODES:
        raise NotNumericError(str(integral))
    lower, upper = box_bounds(problem, domain.region)
    x, w = np.polynomial.legendre.leggauss(NODES[dimension])
    grid = np.meshgrid(*[(x + 1) / 2] * dimension, indexing="ij")
    weights = np.ones(1)
    for _ in range(dimension):
        weights = np.outer(weights, w / 2).ravel()
    inner = {s: np.asarray(v)[..., None] for s, v in known.items() if s not in domain.coordinates}
    for i, symbol in enumerate(domain.coordinates):
        inner[symbol] = (lower[i] + (upper[i] - lower[i]) * grid[i].ravel())[None, :]
    value, _ = evaluate_with_scale(integral.integrand, inner)
    volume = float(np.prod(upper - lower))
    return volume * np.broadcast_to(value, (count, len(weights))) @ weights
