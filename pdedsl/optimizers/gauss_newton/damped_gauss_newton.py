r"""The step of damped Gauss–Newton, with the damping chosen by the ratio of decreases.

For the loss :math:`L(θ) = ‖r(θ)‖²` (rows already scaled by √(w/N)) and the steps

.. math:: δ(λ) = \arg\min_δ ‖r + J δ‖² + λ‖δ‖²

with the ratio

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

What J is, the whole Jacobian (`lm`) or that on a subspace (`sketched_lm`), is left to the sketch
that `_draw` gives: δ = Ω δ̃ with orthonormal columns Ω, and J̃ = J Ω.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.linalg.factorisation import DampedFactorisation
from pdedsl.linalg.linearisation import PLAIN, Linearisation, Rows, Sketch
from pdedsl.linalg.svd import svd
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import AT_MINIMUM, Ended, Optimizer, OptimizerOptions, Step
from pdedsl.options.section import Count, Fraction, Positive

_DIFFERENCE = 0.1  # step of the finite difference as a part of δ, as Transtrum and Sethna advise
_LONGEST_CORRECTION = 0.75
_LATE = 80  # iterations without a smaller damping before ``late_ratio`` applies
_ACCURATE = 1e5  # λ/σ₁² in rounding units above which JᵀJ, wrong by ε σ₁², serves


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


class DampedGaussNewton(Optimizer):
    """See the module docstring."""

    _options: DampingOptions
    _passing: ClassVar[frozenset[str]] = frozenset(
        {"_epsilon", "_factors", "_sketch", "_model", "_right"}
    )

    def __init__(self, system: LeastSquaresProblem, options: DampingOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._epsilon = torch.finfo(theta.dtype).eps
        self._damping: float | None = None
        self._relative = math.inf
        self._least, self._age = math.inf, 0
        self._factors: DampedFactorisation | None = None
        self._sketch = PLAIN

    def _draw(self) -> Sketch:
        """What stands in for J in the next step."""
        return PLAIN

    def renew(self, loss: float) -> None:
        """Linearise again before the next step."""
        self.loss, self._factors = loss, None

    def step(self) -> Step:
        """Take the longest step whose ratio is at least ρ*; keep the state if there is none."""
        factors = self._factors or self._linearise()
        if factors is None:
            return Step(self.theta, self.loss)
        if factors.reachable(self._right) <= AT_MINIMUM * self.loss:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        trial = self._choose(factors)
        self._factors = None
        if trial is None:
            hopeless = self._first_damping(factors) > factors.largest / self._epsilon
            # The accurate decomposition can tell a minimum, or find a step after all.
            self._relative = math.inf
            return Step(self.theta, self.loss, ended=Ended.STALLED if hopeless else None)
        self.theta, self.loss = trial.theta, trial.loss
        self._remember(trial.damping, factors.largest)
        return Step(trial.theta, trial.loss)

    def _linearise(self) -> DampedFactorisation | None:
        """J at the state, factorised; None where it or r is not finite."""
        self._sketch = self._draw()
        model = self._system.linearise(self.theta, self._cheap, self._sketch)
        self.loss = model.loss
        if not model.finite:
            self.loss = math.nan
            return None
        self._model, self._right = model, -model.residual
        self._factors = self._factorise(model)
        return self._factors

    @property
    def _cheap(self) -> bool:
        """Whether the damping is so far above rounding that JᵀJ serves."""
        tall = self._system.rows >= (self._sketch.width or self._system.parameters)
        return tall and math.inf > self._relative > _ACCURATE * self._epsilon

    def _factorise(self, model: Linearisation) -> DampedFactorisation:
        if self._cheap:
            return model.normal_equations()
        assert isinstance(model, Rows)
        return svd(model.jacobian)

    def _first_damping(self, factors: DampedFactorisation) -> float:
        """The damping that is tried first."""
        if self._damping is None:
            self._damping = self._options.damping * factors.largest
        return self._damping

    def _choose(self, factors: DampedFactorisation) -> Trial | None:
        """Walk the grid of dampings; the last trial that met the ratio, else any decrease."""
        late = self._options.late_ratio
        wanted = late if late is not None and self._age > _LATE else self._options.ratio
        trial = self._try(factors, self._first_damping(factors), wanted)
        if trial.ratio >= wanted:
            return self._lengthen(factors, trial, wanted)
        lower = trial if trial.ratio > 0 else None
        for _ in range(self._options.sweep):
            trial = self._try(factors, trial.damping * self._options.factor, wanted)
            if trial.ratio >= wanted:
                break
            if trial.ratio > 0 and (lower is None or trial.loss < lower.loss):
                lower = trial
        self._damping = trial.damping
        return trial if trial.ratio >= wanted else lower

    def _lengthen(self, factors: DampedFactorisation, trial: Trial, wanted: float) -> Trial:
        least = factors.largest * self._epsilon**2
        for _ in range(self._options.sweep):
            damping = trial.damping / self._options.factor
            longer = self._try(factors, damping, wanted) if damping > least else None
            if longer is None or longer.ratio < wanted:
                break
            trial = longer
        return trial

    def _try(self, factors: DampedFactorisation, damping: float, wanted: float) -> Trial:
        step = factors.solve(self._right, damping)
        predicted = factors.decrease(self._right, damping)
        if self._options.acceleration:
            correction = self._correction(factors, step, damping)
            if correction is not None:
                trial = self._trial(damping, step + correction, predicted)
                if trial.ratio >= wanted:
                    return trial
        return self._trial(damping, step, predicted)

    def _trial(self, damping: float, step: Tensor, predicted: float) -> Trial:
        theta = self.theta + self._sketch.embed(step)
        loss = float(self._system.loss(theta))
        ratio = (self.loss - loss) / predicted if predicted > 0 else -1.0
        return Trial(damping, theta, loss, ratio if math.isfinite(ratio) else -1.0)

    def _correction(
        self, factors: DampedFactorisation, step: Tensor, damping: float
    ) -> Tensor | None:
        """The second-order correction, or None where it is too long."""
        h = _DIFFERENCE
        model = self._model
        ahead = model.residual_at(self.theta + self._sketch.embed(h * step))
        curvature = (2 / h) * ((ahead - model.residual) / h - model.image(step))
        correction = -0.5 * factors.solve(curvature, damping)
        length = float(correction.norm())
        if math.isfinite(length) and 2 * length <= _LONGEST_CORRECTION * float(step.norm()):
            return correction
        return None

    def _remember(self, damping: float, largest: float) -> None:
        self._damping = damping
        self._relative = damping / max(largest, 1e-300)
        self._age = 0 if damping < self._least else self._age + 1
        self._least = min(self._least, damping)
