r"""Gradient descent with a fixed step size, plain or preconditioned by the Gram matrix.

For the loss :math:`L(θ) = ‖r(θ)‖²` with the Jacobian J of r,

.. math:: θ_{ℓ+1} = θ_ℓ - η P J^T r(θ_ℓ), \qquad P = I \text{ or } (A + ε λ_{\max}(A) I)^{-1},
          \quad A = J^T J,

where :math:`J^T r` is half the gradient of L and :math:`η = c / λ_{\max}(P J^T J)` unless a rate
is given. Where r is affine, with the eigenvalues :math:`μ_j` of :math:`P J^T J` and its condition
number κ on their range,

.. math:: ‖θ_ℓ - θ^*‖_{P^{-1}} ≤ (1 - c/κ)^ℓ ‖θ_0 - θ^*‖_{P^{-1}}, \quad c ≤ 1,

see section 2 of De Ryck, Bonnet, Mishra and de Bezenac (arXiv 2310.05801); the fastest uniform
contraction is that of :math:`c = 2κ/(κ + 1)`. ``preconditioner = "gram"`` is their preconditioned
gradient for nonlinear models, with A at the start (``refresh = 0``).

Departures, for residuals that are not affine: λ_max and A are taken anew every ``refresh``
iterations, and η is halved where a step would raise the loss, up to the next refreshing.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.linalg.cholesky import GramInverse
from pdedsl.linalg.largest_eigenvalue import largest_eigenvalue
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.optimizers.state import kept
from pdedsl.options.section import Count, Positive, Tally, fault_of

from .gd_affine import AffineDescent

_HALVINGS = 40  # of the step size in one iteration
_MOST_ENTRIES = 50_000_000  # of a Jacobian that is kept: 400 MB
_LONGEST_SIDE = 2_000  # of a square matrix that is decomposed: some ten seconds on one core
kept(GramInverse)


class GdOptions(OptimizerOptions):
    """Gradient descent, plain or preconditioned; see `gd`.

    Args:
        rate: step size η; None for ``relaxation`` / λ_max of the matrix that is descended on.
        relaxation: c in η = c/λ_max; below 2, where the iteration is stable.
        inner: the most iterations between two looks at the loss, for linear problems.
        refresh: iterations between two estimates of λ_max or of the preconditioner, for
            nonlinear problems; 0 keeps those of the start, None is 1 for the preconditioner,
            which is soon out of date, and 100 for λ_max.
        preconditioner: ``gram`` multiplies the gradient by (JᵀJ + ε λ_max I)⁻¹.
        epsilon: the ε of it, as a part of λ_max(JᵀJ).
    """

    kind: Literal["gd"] = "gd"
    iterations: Count = 100_000
    patience: Count = 20_000
    rate: Positive | None = None
    relaxation: Annotated[float, Field(strict=True, gt=0, lt=2)] = 1.0
    inner: Count = 100
    refresh: Tally | None = None
    preconditioner: Literal["none", "gram"] = "none"
    epsilon: Positive = 1e-8

    @model_validator(mode="after")
    def _one_size(self) -> GdOptions:
        if self.rate is not None and "relaxation" in self.model_fields_set:
            raise fault_of(
                "write either rate or relaxation, which is the rate times λ_max", "relaxation"
            )
        return self


def gradient_descent(system: LeastSquaresProblem, options: GdOptions, theta: Tensor) -> Optimizer:
    """The descent on a kept Jacobian where r is affine and J is not too large, else without."""
    rows, columns = system.rows, system.parameters
    small = rows * columns <= _MOST_ENTRIES and min(rows, columns) <= _LONGEST_SIDE
    if system.linear and small:
        return AffineDescent(system, options, theta)
    return GradientDescent(system, options, theta)


class GradientDescent(Optimizer):
    """Descent on a residual that is not affine, or too large for `AffineDescent`."""

    _options: GdOptions

    def __init__(self, system: LeastSquaresProblem, options: GdOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._gradient: Tensor | None = None
        self._inverse: GramInverse | None = None
        self._rate = 0.0
        self._age: float = math.inf

    def renew(self, loss: float) -> None:
        """Take gradient, step size and preconditioner anew before the next step."""
        self.loss, self._gradient, self._age = loss, None, math.inf

    def step(self) -> Step:
        """One step downhill; the state is kept where no step size lowers the loss."""
        if self._gradient is None:
            loss, gradient = self._system.loss_and_grad(self.theta)
            self.loss, self._gradient = float(loss), gradient / 2
        if not (math.isfinite(self.loss) and bool(torch.isfinite(self._gradient).all())):
            return Step(self.theta, math.nan)
        if not bool(self._gradient.any()):
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        if self._due():
            self._refresh()
        fresh = self._age == 0
        self._age += 1
        if self._descend(self._gradient):
            return Step(self.theta, self.loss)
        self._age = math.inf
        return Step(self.theta, self.loss, ended=Ended.STALLED if fresh else None)

    def _due(self) -> bool:
        every = self._options.refresh
        if every is None:
            every = 1 if self._options.preconditioner == "gram" else 100
        return math.isinf(self._age) or (every > 0 and self._age >= every)

    def _descend(self, gradient: Tensor) -> bool:
        """Move if some step size lowers the loss."""
        direction = self._inverse.times(gradient) if self._inverse else gradient
        for _ in range(_HALVINGS):
            theta = self.theta - self._rate * direction
            loss, doubled = self._system.loss_and_grad(theta)
            if float(loss) < self.loss:
                self.theta, self.loss, self._gradient = theta, float(loss), doubled / 2
                return True
            self._rate /= 2
        return False

    def _refresh(self) -> None:
        options = self._options
        self._age = 0
        if options.preconditioner == "gram":
            self._inverse = GramInverse(self._system.gram(self.theta), options.epsilon)
        self._rate = options.rate or options.relaxation / self._largest()

    def _largest(self) -> float:
        """λ_max of P JᵀJ."""
        if self._inverse:
            return 1.0 / (1.0 + self._inverse.epsilon)
        system, theta = self._system, self.theta
        found = largest_eigenvalue(lambda v: system.vjp(theta, system.jvp(theta, v)), theta)
        return found or 1.0
