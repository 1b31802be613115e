"""Whether an expression is identically zero, decided at bounded cost."""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.function import AppliedUndef

from pdedsl.ir import KINKED as KINKED
from pdedsl.ir import DomainIntegral, NotNumericError, evaluate_with_scale

_OPAQUE = (*KINKED, sp.Derivative, sp.Subs, DomainIntegral, AppliedUndef)
_TOLERANCE = 1e-13
_SIZES = 10.0 ** np.array([-1, 0, 0, 0, 0, 0, 1, 2, -3, -6, -9, 4, 6, 8] * 2)

Points = dict[sp.Basic, NDArray[np.float64]]


def vanishes(expression: sp.Expr) -> bool:
    """Whether an expression of real symbols is zero for all their values.

    An analytic expression is zero if it is at generic points, up to rounding: the value is
    compared with the size that it would have if nothing cancelled. Expanding would tell as
    well, and may take for ever. Functions with kinks or jumps, fields and integrals count
    as symbols of their own.

    A point tells nothing where a term is too large or too small for a number, as exp(x/1e-6) and
    narrow pulses are at most points. An expression of which no point tells is not taken for zero.
    """
    if expression == 0:
        return True
    opaque = sorted(expression.atoms(*_OPAQUE), key=sp.default_sort_key)
    plain = expression.xreplace({node: sp.Dummy(real=True) for node in opaque})
    try:
        small = _are_zero(plain, _points(plain))
    except NotNumericError:
        return False
    return bool(small.size and small.all())


def _are_zero(expression: sp.Expr, points: Points) -> NDArray[np.bool_]:
    """Whether the expression is zero up to rounding, at each of the points that tell."""
    try:
        value, scale = evaluate_with_scale(expression, points, limits="raise")
    except FloatingPointError:
        single = [{s: x[i : i + 1] for s, x in points.items()} for i in range(len(_SIZES))]
        return np.concatenate([_is_zero(expression, point) for point in single])
    value, scale = np.broadcast_arrays(np.atleast_1d(value), np.atleast_1d(scale))
    tells = np.isfinite(value) & np.isfinite(scale)
    found: NDArray[np.bool_] = np.abs(value[tells]) <= _TOLERANCE * np.abs(scale[tells])
    return found


def _is_zero(expression: sp.Expr, point: Points) -> NDArray[np.bool_]:
    """The one answer of a point; none where it does not tell."""
    try:
        value, scale = evaluate_with_scale(expression, point, limits="raise")
    except FloatingPointError:
        return np.array([], dtype=bool)
    tells = np.isfinite(value).all() and np.isfinite(scale).all()
    small = np.all(np.abs(value) <= _TOLERANCE * np.abs(scale))
    return np.array([small] if tells else [], dtype=bool)


def _points(expression: sp.Expr) -> Points:
    """Generic values of all symbols, small and large; at half of the points all positive."""
    generator = np.random.default_rng(1)
    found = {}
    for symbol in sorted(expression.free_symbols, key=sp.default_sort_key):
        signs = generator.choice([-1.0, 1.0], len(_SIZES))
        signs[: len(_SIZES) // 2] = 1.0
        found[symbol] = generator.uniform(0.3, 1.9, len(_SIZES)) * _SIZES * signs
    return found
