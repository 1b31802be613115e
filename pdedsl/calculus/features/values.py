"""Values of known terms at many points."""

from __future__ import annotations

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array


def values_of(term: sp.Expr, inputs: tuple[sp.Symbol, ...], points: Array) -> Array:
    """Values of an expression at points of shape (n, inputs): (n,), NaN where there is none."""
    try:
        made = sp.lambdify(inputs, term, modules=["scipy", "numpy"], cse=True)
        with np.errstate(all="ignore"):
            values = np.asarray(made(*points.T))
    except (NameError, TypeError, OverflowError):  # columns of tables, numbers that are no doubles
        values = np.array(np.nan)
    real = np.where(np.isreal(values), values.real, np.nan)
    return np.broadcast_to(real.astype(np.float64), len(points))
