"""Values of integrals over box domains, where all in them is known."""

from __future__ import annotations

import numpy as np
import sympy as sp

from pdedsl.geometry import box_of, gauss_legendre
from pdedsl.ir import DomainIntegral, NotNumericError, Problem, evaluate_with_scale

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
    if not domain.is_box or dimension not in NODES:
        raise NotNumericError(str(integral))
    rule = gauss_legendre(box_of(problem, domain), NODES[dimension])
    inner = {s: np.asarray(v)[..., None] for s, v in known.items() if s not in domain.coordinates}
    inner |= {s: x[None, :] for s, x in zip(domain.coordinates, rule.nodes.T, strict=True)}
    value, _ = evaluate_with_scale(integral.integrand, inner)
    return np.broadcast_to(value, (count, len(rule.weights))) @ rule.weights
