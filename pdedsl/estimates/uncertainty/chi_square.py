r"""Whether what a fit leaves of its data is of the size of the noise that is stated of them.

With errors of the deviations σ_i, and laws that hold,

.. math:: χ^2 = \sum_i r_i^2/σ_i^2

is distributed as χ² with n − p degrees of freedom, where p = tr E_fᵀ J J⁺ E_f is the number of
data that the parameters can follow. For one of several fits it is a sum of squares with weights
between 0 and 1, whose mean is n − p, too, and varies less.

Source: G. A. F. Seber and C. J. Wild, Nonlinear Regression (1989), section 2.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.stats import chi2
from torch import Tensor

from .covariance import fits_of, noise_of_rows

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

BEYOND = 5.7e-7
"""Probability beyond five standard deviations of a normal variable, on both sides: from there on
chance is excluded, by the convention of particle physics."""
_LEAST = 0.5  # degrees of freedom that are one: rounding leaves 1e-6 of what is none; a choice


@dataclass(frozen=True)
class ChiSquare:
    """χ² of a fit.

    Args:
        label: of the fit.
        rows: n, residuals of which there are.
        value: χ².
        degrees_of_freedom: n − p.
        p_value: the probability of a larger χ², None without a degree of freedom.
        known: whether p is known; it is the number of unknown numbers else, which is the least that
            it can be.
    """

    label: str
    rows: int
    value: float
    degrees_of_freedom: float
    p_value: float | None
    known: bool

    @property
    def times(self) -> float:
        """How many times the stated noise the misfit is, by mean squares."""
        return math.sqrt(self.value / self.degrees_of_freedom) if self.degrees_of_freedom else 0.0

    @property
    def is_beyond(self) -> bool:
        """Whether the data are missed by more than their noise."""
        return self.p_value is not None and self.p_value < BEYOND

    @property
    def is_below(self) -> bool:
        """Whether they are met far better than their noise allows."""
        if self.p_value is None or not self.known:
            return False
        return float(chi2.cdf(self.value, self.degrees_of_freedom)) < BEYOND


def chi_squares(
    system: ResidualSystem, theta: Tensor, followed: Mapping[str, float] | None
) -> tuple[ChiSquare, ...]:
    """Of each fit that states its noise.

    Args:
        system: with the rows of the training.
        theta: the state, shape (P,).
        followed: p of each fit by label; None where it is not known.
    """
    found = []
    residual = system.residual(theta).double()
    for block in fits_of(system):
        noise = noise_of_rows(system, block)
        if noise is None:
            continue
        left = residual[block.rows] / noise
        value, rows = float(left.square().sum()), len(left)
        numbers = len(system.ansatz.numbers)
        free = max(0.0, rows - (numbers if followed is None else followed[block.label]))
        p_value = float(chi2.sf(value, free)) if free >= _LEAST else None
        found.append(ChiSquare(block.label, rows, value, free, p_value, followed is not None))
    return tuple(found)
