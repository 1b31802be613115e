r"""The step of damped Gauss–Newton, with the damping chosen by the ratio of decreases.

For the loss :math:`L(θ) = ‖r(θ)‖²` (rows already scaled by √(w/N)) and the steps δ(λ) of
`damping`, with the ratio

.. math:: ρ(λ) = \frac{L(θ) - L(θ + δ(λ))}{‖r‖² - ‖r + J δ(λ)‖²},

the step taken is the longest, i.e. the smallest λ on a geometric grid, with ρ(λ) ≥ ρ*. The grid
is walked from the last λ, towards smaller values while ρ ≥ ρ* and otherwise towards larger
ones, so that two or three losses are enough for most steps while λ can still move by many
orders in one. The ratio profile is that of Webb, Jerad and Cartis (arXiv 2607.02194), with
these departures: a grid in λ in place of radii, and the profile followed up to its first failure
in place of interpolated.

A second-order correction (Transtrum and Sethna, arXiv 1201.5885) is added to each step, and
left out where the ratio fails with it: with :math:`r'' = ∂²r(δ, δ)` by a finite difference,

.. math:: a = -\tfrac12 (J^T J + λ)^{-1} J^T r'', \qquad 2‖a‖ ≤ \tfrac34 ‖δ‖.

What J is, the whole Jacobian (`lm`) or that on a subspace (`sketched_lm`), is left to the methods
`_reduced` and `_embedded`: δ = Ω δ̃ with orthonormal columns Ω, and J̃ = J Ω.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.linalg.damping import NormalEquations, Spectrum, spectrum
from pdedsl.optimizers.protocol import Ended, OptimizerOptions, Step
from pdedsl.options.section import Count, Fraction, Positive

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_DIFFERENCE = 0.1  # step of the finite difference as a part of δ, as Transtrum and Sethna advise
_LONGEST_CORRECTION = 0.75
_SETTLED = 80  # iterations without a smaller damping before ``late_ratio`` applies
_AT_MINIMUM = 1e-10  # part of the loss that the linear model can still remove


class DampingOptions(OptimizerOptions):
    """What damped Gauss–Newton has, on all parameters or on a subspace.

    Args:
        damping: first damping as a part of the largest squared singular value.
        ratio: least ratio of actual to predicted decrease of an accepted step (ρ*).
        late_ratio: ρ* once the damping no longer falls; None keeps ``ratio``.
        sweep: the most damping values tried in a step.
        factor: ratio of neighbouring damping values.
        acceleration: add the second-order (geodesic) correction to the steps.
    """

    patience: Count = 300
    damping: Positive = 1e-3
    ratio: Fraction = 0.1
    late_ratio: Fraction | None = None
    sweep: Count = 13
    factor: Annotated[float, Field(strict=True, gt=1)] = 3.0
    acceleration: bool = True


@dataclass(frozen=True)
class Trial:
    """A state that was tried: the damping, the loss there and the ratio."""

    damping: float
    theta: Tensor
    loss: float
    ratio: float


class Model(Protocol):
    """A damped linear least-squares problem; see `damping.Spectrum`."""

    @property
    def largest(self) -> float:
        """The largest σ²."""
        ...

    def step(self, damping: float) -> Tensor:
        """δ(λ), shape (P,)."""
        ...

    def predicted(self, damping: float) -> float:
        """Decrease of ‖r‖² that the linear model predicts for δ(λ)."""
        ...

    def reachable(self) -> float:
        """The most that it predicts."""
        ...


class DampedGaussNewton(ABC):
    """See the module docstring.

    Args:
        system: the residual and its Jacobian.
        options: see `DampingOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: DampingOptions, theta: Tensor) -> None:
        self._system = system
        self._options = options
        self._epsilon = torch.finfo(theta.dtype).eps
        self._damping: float | None = None
        self._relative = math.inf
        self._least, self._settled = math.inf, 0
        self._stale = True
        self.theta = theta
        self.loss = math.inf

    @abstractmethod
    def _reduced(self, jacobian: Tensor) -> Tensor:
        """J̃, shape (N, s), from J, shape (N, P)."""

    @abstractmethod
    def _embedded(self, step: Tensor) -> Tensor:
        """δ, shape (P,), from δ̃, shape (s,); lengths are the same."""

    def _fitted(self, jacobian: Tensor, residual: Tensor) -> tuple[Tensor, Tensor]:
        """J̃ and r of the least-squares problem that is solved, with N or fewer rows."""
        return jacobian, residual

    def renew(self, loss: float) -> None:
        """Linearise again before the next step."""
        self.loss, self._stale = loss, True

    def step(self) -> Step:
        """Take the longest step whose ratio is at least ρ*; keep the state if there is none."""
        if self._stale:
            self._linearise()
        if not math.isfinite(self.loss):
            return Step(self.theta, self.loss)
        if self._model.reachable() <= _AT_MINIMUM * self.loss:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        trial = self._choose(self._ratio_wanted())
        if trial is None:
            hopeless = self._damping_now() > self._model.largest / self._epsilon
            # The accurate decomposition can tell a minimum, or find a step after all.
            self._relative, self._stale = math.inf, True
            return Step(self.theta, self.loss, ended=Ended.STALLED if hopeless else None)
        self.theta, self.loss = trial.theta, trial.loss
        self._remember(trial.damping)
        self._stale = True
        return Step(trial.theta, trial.loss)

    def _linearise(self) -> None:
        residual, jacobian = self._system.residual_and_jacobian(self.theta)
        self.loss = float(residual @ residual)
        if not (
            math.isfinite(self.loss)
            and math.isfinite(float(torch.linalg.vector_norm(jacobian, math.inf)))
        ):
            self.loss, self._stale = math.nan, True
            return
        self._residual, self._jacobian = residual, self._reduced(jacobian)
        self._stale = False
        self._model = self._decompose(*self._fitted(self._jacobian, residual))

    def _decompose(self, matrix: Tensor, right: Tensor) -> Model:
        """The least-squares problem, ready for many dampings."""
        # JᵀJ is wrong by about ε σ₁², which damping far above that hides.
        tall = matrix.shape[0] >= matrix.shape[1]
        cheap = tall and math.inf > self._relative > 1e5 * self._epsilon
        decompose = NormalEquations if cheap else spectrum
        return decompose(matrix, right)

    def _damping_now(self) -> float:
        if self._damping is None:
            self._damping = self._options.damping * self._model.largest
        return self._damping

    def _choose(self, wanted: float) -> Trial | None:
        """Walk the grid of dampings; the last trial that met the ratio, else any decrease."""
        factor = self._options.factor
        trial = self._try(self._damping_now(), wanted)
        if trial.ratio >= wanted:
            return self._lengthen(trial, wanted)
        lower = trial if trial.ratio > 0 else None
        for _ in range(self._options.sweep):
            trial = self._try(trial.damping * factor, wanted)
            if trial.ratio >= wanted:
                break
            if trial.ratio > 0 and (lower is None or trial.loss < lower.loss):
                lower = trial
        self._damping = trial.damping
        return trial if trial.ratio >= wanted else lower

    def _lengthen(self, trial: Trial, wanted: float) -> Trial:
        least = self._model.largest * self._epsilon**2
        for _ in range(self._options.sweep):
            damping = trial.damping / self._options.factor
            longer = self._try(damping, wanted) if damping > least else None
            if longer is None or longer.ratio < wanted:
                break
            trial = longer
        return trial

    def _try(self, damping: float, wanted: float) -> Trial:
        step = self._model.step(damping)
        predicted = self._model.predicted(damping)
        if self._options.acceleration:
            correction = self._correction(step, damping)
            if correction is not None:
                trial = self._trial(damping, step + correction, predicted)
                if trial.ratio >= wanted:
                    return trial
        return self._trial(damping, step, predicted)

    def _trial(self, damping: float, step: Tensor, predicted: float) -> Trial:
        theta = self.theta + self._embedded(step)
        loss = float(self._system.loss(theta))
        ratio = (self.loss - loss) / predicted if predicted > 0 else -1.0
        return Trial(damping, theta, loss, ratio if math.isfinite(ratio) else -1.0)

    def _correction(self, step: Tensor, damping: float) -> Tensor | None:
        if not isinstance(self._model, Spectrum | NormalEquations):
            return None  # no inverse of JᵀJ + λ to apply
        h = _DIFFERENCE
        ahead = self._system.residual(self.theta + self._embedded(h * step))
        curvature = (2 / h) * ((ahead - self._residual) / h - self._jacobian @ step)
        correction = -0.5 * self._model.solve(self._jacobian.T @ curvature, damping)
        length = float(correction.norm())
        if math.isfinite(length) and 2 * length <= _LONGEST_CORRECTION * float(step.norm()):
            return correction
        return None

    def _remember(self, damping: float) -> None:
        self._damping = damping
        self._relative = damping / max(self._model.largest, 1e-300)
        self._settled = 0 if damping < self._least else self._settled + 1
        self._least = min(self._least, damping)

    def _ratio_wanted(self) -> float:
        late = self._options.late_ratio
        return late if late is not None and self._settled > _SETTLED else self._options.ratio
