r"""Linear least squares, and Newton's method on nonlinear residuals (Gauss–Newton).

.. math:: θ ← θ + α δ, \qquad δ = \arg\min ‖r + J δ‖_2

by one factorisation of J (see `linalg.least_squares`), dense or by its few entries, which serves
all steps where r is linear.

α is the first of 1, ½, ¼, … with Armijo's condition
:math:`‖r(θ + αδ)‖² ≤ (1 - 2cα(1 - α/2)\,p)‖r‖²`, c = 10⁻⁴, where p is the part of ‖r‖² that the
linear model removes. For a linear residual the first step is the solution, and a second one takes
away what rounding has left (Björck, Numerical Methods for Least Squares Problems, 1996, 2.9.2).
A residual below :math:`10\,ε\,‖|J||θ|‖` is rounding: then θ is a minimum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Literal

import torch
from torch import Tensor

from pdedsl.linalg.factorisation import Factorisation, Rank
from pdedsl.linalg.least_squares import factor
from pdedsl.linalg.linearisation import Rows, SparseOrder
from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import AT_MINIMUM, Ended, Optimizer, OptimizerOptions, Step
from pdedsl.optimizers.state import State
from pdedsl.options.section import Count, Fraction, Tally

_Kept = tuple[Callable[[Tensor], Tensor], Tensor | SparseRows, Factorisation]
_ARMIJO = 1e-4  # c, as Nocedal and Wright advise
_ROUNDING = 10.0  # rounding units of the terms of r; a choice


class LstsqOptions(OptimizerOptions):
    """Least squares, and Newton's method around it; see `lstsq`.

    Args:
        cutoff: singular values, as parts of the largest, that count as zero; None for rounding.
        halvings: the most halvings of a step.
    """

    kind: Literal["lstsq"] = "lstsq"
    iterations: Count = 50
    patience: Count = 20
    cutoff: Fraction | None = None
    halvings: Tally = 15


class LeastSquares(Optimizer):
    """See the module docstring."""

    _options: LstsqOptions
    _passing: ClassVar[frozenset[str]] = frozenset({"_kept"})

    def __init__(self, system: LeastSquaresProblem, options: LstsqOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._kept: _Kept | None = None  # of a linear residual

    def restore(self, state: State) -> None:
        """Take a state over; the factors of a linear residual are the same at every state."""
        super().restore(state)
        if self._system.linear and math.isfinite(self.loss):
            self._linearise()

    def renew(self, loss: float) -> None:
        """The points have changed, which the next step sees."""
        self.loss, self._kept = loss, None

    def step(self) -> Step:
        """One factorisation, and the longest step that Armijo's condition allows."""
        residual, jacobian, factors = self._linearise()
        if factors.rank is Rank.NOT_FINITE or not bool(torch.isfinite(residual).all()):
            return Step(self.theta, math.nan)
        self.loss = float(residual @ residual)
        terms = float((jacobian.abs() @ self.theta.abs()).norm())
        rounding = _ROUNDING * torch.finfo(residual.dtype).eps * terms
        direction = factors.solve(-residual)
        left = float((residual + jacobian @ direction).square().sum())
        part = 1 - left / self.loss if self.loss > rounding**2 else 0.0
        if not part > AT_MINIMUM:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        return self._search(direction, part)

    def _linearise(self) -> tuple[Tensor, Tensor | SparseRows, Factorisation]:
        """r, J and its factors."""
        system, theta = self._system, self.theta
        jacobian: Tensor | SparseRows
        if self._kept is not None:
            residual_at, jacobian, factors = self._kept
            return residual_at(theta), jacobian, factors
        model = system.linearise_sparsely(theta) or system.linearise(theta)
        assert isinstance(model, Rows | SparseOrder)
        residual_at, residual, jacobian = model.residual_at, model.residual, model.jacobian
        cutoff = self._options.cutoff
        if cutoff is None and isinstance(jacobian, Tensor):
            # Of all rows, whatever stands for them, so that the rank does not depend on it.
            cutoff = max(system.rows, system.parameters) * torch.finfo(jacobian.dtype).eps
        factors = factor(jacobian, cutoff)
        if system.linear:
            self._kept = residual_at, jacobian, factors
        return residual, jacobian, factors

    def _search(self, direction: Tensor, part: float) -> Step:
        length = 1.0
        for _ in range(self._options.halvings + 1):
            theta = self.theta + length * direction
            loss = float(self._system.loss(theta))
            if loss <= (1 - 2 * _ARMIJO * length * (1 - length / 2) * part) * self.loss:
                self.theta, self.loss = theta, loss
                return Step(theta, loss)
            length /= 2
        return Step(self.theta, self.loss, ended=Ended.STALLED)
