"""Real zeros of polynomials in one input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

_SAME = 1e-9  # of the size of a root: an imaginary part that is rounding


def real_roots(expression: sp.Expr, axis: sp.Symbol) -> Iterator[float]:
    """The real zeros of a polynomial in one input; none of what is no polynomial."""
    if not expression.is_polynomial(axis):
        return
    polynomial = sp.Poly(expression, axis)
    if polynomial.degree() == 1:  # without the rounding of what follows
        slope, constant = polynomial.all_coeffs()
        yield float(-constant / slope)
        return
    for root in np.roots([float(c) for c in polynomial.all_coeffs()]):
        if abs(root.imag) <= _SAME * max(1.0, abs(root)):
            yield float(root.real)
