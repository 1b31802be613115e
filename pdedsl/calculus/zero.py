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
_SIZES = 10.0 ** np.array([-1, 0, 0, 0, 0, 0, 1, 2] * 2)


def vanishes(expression: sp.Expr) -> bool:
    """Whether an expression of real symbols is zero for all their values.

    An analytic expression is zero if it is at generic points, up to rounding: the value is
    compared with the size that it would have if nothing cancelled. Expanding would tell as
    well, and may take for ever. Functions with kinks or jumps, fields and integrals count
    as symbols of their own.
    """
    if expression == 0:
        return True
    opaque = sorted(expression.atoms(*_OPAQUE), key=sp.default_sort_key)
    plain = expression.xreplace({node: sp.Dummy(real=True) for node in opaque})
    try:
        value, scale = evaluate_with_scale(plain, _points(plain))
    except NotNumericError:
        return False
    value, scale = np.broadcast_arrays(np.atleast_1d(value), np.atleast_1d(scale))
    finite = np.isfinite(value) & np.isfinite(scale)
    small = np.abs(value[finite]) <= _TOLERANCE * np.abs(scale[finite])
    return bool(finite.any() and small.all())


def _points(expression: sp.Expr) -> dict[sp.Basic, NDArray[np.float64]]:
    """Generic values of all symbols, small and large; at half of the points all positive."""
    generator = np.random.default_rng(1)
    found = {}
    for symbol in sorted(expression.free_symbols, key=sp.default_sort_key):
        signs = generator.choice([-1.0, 1.0], len(_SIZES))
        signs[: len(_SIZES) // 2] = 1.0
        found[symbol] = generator.uniform(0.3, 1.9, len(_SIZES)) * _SIZES * signs
    return found
