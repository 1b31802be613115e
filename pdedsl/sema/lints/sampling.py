"""Values of all that a residual may ask at points of a domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.geometry import box_of, gauss_legendre, generic_points
from pdedsl.geometry.arrays import Array
from pdedsl.ir import (
    Domain,
    DomainIntegral,
    NotNumericError,
    Problem,
    evaluate,
    evaluate_with_scale,
)

NODES = {1: 48, 2: 24, 3: 12}
"""Of the Gauss–Legendre rule along an axis, by the dimension of the box."""


_STEEP = 1e3
"""Range of the argument of a function, such as the exponent of a Gaussian of width 0.02, beyond
which 64 nodes may miss what it does."""


def point_text(names: Iterable[object], point: Iterable[float]) -> str:
    """A point in words: ``x = 0.3, t = 0.5``."""
    return ", ".join(f"{n} = {v:.4g}" for n, v in zip(names, point, strict=True))


def known_at(
    problem: Problem,
    symbols: tuple[sp.Symbol, ...],
    points: Array,
    fixed: Mapping[sp.Symbol, float],
) -> dict[sp.Basic, Array | float]:
    """Values of coordinates, time, parameters with a range and parameters.

    Args:
        problem: gives time, ranges and parameter values.
        symbols: the space coordinates, one for each column of ``points``.
        points: shape (n, d).
        fixed: coordinates or time with a value that replaces what the points say.
    """
    count = len(points)
    known: dict[sp.Basic, Array | float] = {p.symbol: p.value for p in problem.parameters}
    known |= {s: points[:, i] for i, s in enumerate(symbols)}
    others = [*([problem.time] if problem.time else []), *problem.ranges]
    for interval, share in zip(others, generic_points(count, len(others) + 7).T[7:], strict=True):
        low, high = problem.number(interval.lower), problem.number(interval.upper)
        known[interval.symbol] = low + (high - low) * share
    known |= {s: np.full(count, v) for s, v in fixed.items()}
    return known


def values_at(
    problem: Problem,
    domain: Domain,
    points: Array,
    expression: sp.Basic,
    fixed: Mapping[sp.Symbol, float] | None = None,
) -> NDArray[Any] | None:
    """Values of an expression at points of a domain, shape (n,); None where it has no numbers."""
    known = known_at(problem, domain.coordinates, points, fixed or {})
    try:
        return np.broadcast_to(np.asarray(evaluate(expression, known)), (len(points),))
    except NotNumericError:
        return None


def is_steep(problem: Problem, domain: Domain, points: Array, expression: sp.Expr) -> bool:
    """Whether a function of the text changes faster than the nodes of a rule can tell."""
    for node in expression.atoms(sp.Function):
        if isinstance(node, AppliedUndef) or not len(points):
            continue
        for argument in node.args:
            values = values_at(problem, domain, points, argument)
            if values is not None and np.ptp(values.astype(float)) > _STEEP:
                return True
    return False


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
