"""How fast the known terms of a problem vary, which bounds the solution's frequencies from below.

The known term of a law is its residual with all fields at zero: the source of an equation, the
data of a boundary or initial condition. Its wave number along an axis, with the axis mapped to
[-1, 1] as networks see it, is the root mean square of the derivative over that of the term,

    k_i = ‖∂g/∂ξ_i‖ / ‖g‖,

which for g = sin(k·ξ) is |k_i|.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import hull_bounds, unit_points
from pdedsl.ir import DomainIntegral, Law, Problem, is_normal

_POINTS = 512
_STEP = 1e-4  # of the central difference, on axes of length 2


def known_wavenumber(problem: Problem) -> float:
    """The largest wave number of any known term along any input; 0 where all are constant."""
    ends = hull_bounds(problem)
    bounds = np.array([ends[symbol] for symbol in problem.inputs])
    unit = unit_points("sobol", _POINTS, len(problem.inputs), seed=0)
    terms = dict.fromkeys(term for _, term in known_terms(problem))
    found = (_largest(function_of(problem, term), 2 * unit - 1, bounds) for term in terms)
    return max(found, default=0.0)


def function_of(problem: Problem, term: sp.Expr) -> Callable[..., Array]:
    """A term as a function of arrays of the inputs; NaN where it is not a real number."""
    made = sp.lambdify(problem.inputs, term, modules=["scipy", "numpy"], cse=True)

    def function(*inputs: Array) -> Array:
        try:
            with np.errstate(all="ignore"):  # what is not finite in the law, training tells
                values = np.asarray(made(*inputs))
        except OverflowError:  # a number that is no double, such as 1000^1000
            values = np.array(np.nan)
        real = np.isreal(values)
        return np.asarray(np.where(real, values.real, np.nan), dtype=np.float64)

    return function


def known_terms(problem: Problem) -> list[tuple[Law, sp.Expr]]:
    """The known terms in the inputs of a problem, those without unknown numbers, by law."""
    terms = []
    allowed = set(problem.inputs)
    for law in problem.laws:
        for residual in law.residuals:
            term = _without_fields(problem.substitute(residual))
            if term.free_symbols and term.free_symbols <= allowed:
                terms.append((law, term))
    return terms


def _without_fields(expression: sp.Expr) -> sp.Expr:
    unknown = (DomainIntegral, sp.Derivative, sp.Subs, AppliedUndef)
    zeros = {node: sp.S.Zero for kind in unknown for node in expression.atoms(kind)}
    normals = {s: sp.S.One for s in expression.free_symbols if is_normal(s)}
    return sp.sympify(expression.xreplace(zeros).xreplace(normals))


def _largest(function: Callable[..., Array], points: Array, bounds: Array) -> float:
    def value(at: Array) -> Array:
        inside = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) * (at + 1) / 2
        return np.broadcast_to(function(*inside.T), (len(at),))

    with np.errstate(all="ignore"):
        size = np.sqrt(np.mean(value(points) ** 2))
        slopes = []
        for axis in range(points.shape[1]):
            shift = np.zeros(points.shape[1])
            shift[axis] = _STEP
            slope = (value(points + shift) - value(points - shift)) / (2 * _STEP)
            slopes.append(np.sqrt(np.mean(slope**2)))
    if not (size > 0 and np.isfinite(size) and np.isfinite(slopes).all()):
        return 0.0
    return float(max(slopes) / size)
