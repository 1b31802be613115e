r"""Rows of fits in units of their noise, in which fits of any units count as they should.

With the noise σ_i of row i a fit k of N_k rows has the residuals

.. math:: ρ_i = f_k r_i/σ_i, \qquad f_k^2 = c^2 K N_k / N, \qquad c^2 = N / \sum_i σ_i^{-2},

with K such fits of N rows together, so that the mean of ρ² over each, added up, is
(c² K/N) Σ (r_i/σ_i)² over all rows: least squares with independent errors. One fit of one σ has
ρ = r. N_k are the rows that are trained on: of a part of them each stands for several.
"""

from __future__ import annotations

import math

import numpy as np
import sympy as sp

from pdedsl.ir import Law, Problem, noise_at_rows

from .held_rows import fitted_rows


def noise_factors(problem: Problem) -> dict[str, float]:
    """F of the module docstring by label, of the fits that state their noise."""
    found = {law.label: noise_at_rows(problem, law) for law in problem.laws if law.sigma}
    found = {
        label: own[:, fitted_rows(own.shape[1], own.shape[1], 0)] for label, own in found.items()
    }
    rows = {label: own.size for label, own in found.items()}
    # In units of the least σ, as squares of its reciprocal may be too large for the machine.
    least = min((float(own.min()) for own in found.values()), default=1.0)
    sums = sum(float(np.square(least / own).sum()) for own in found.values())
    return {label: least * math.sqrt(len(rows) * count / sums) for label, count in rows.items()}


def in_noise(law: Law, factor: float) -> list[sp.Expr]:
    """Residuals of a fit in units of its noise, times a factor."""
    return [sp.Float(factor) * r / s for r, s in zip(law.residuals, law.sigma, strict=True)]
