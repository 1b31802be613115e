r"""Gauss–Newton with Kronecker factors for each layer.

For :math:`L(θ) = ‖r(θ)‖²`, g = Jᵀr and the factors G ≈ JᵀJ of `kfac_factors`, the direction is
:math:`Δ = -(G + λ)^{-1} g`, and the step :math:`δ = α Δ + μ δ_0` with the step δ₀ before it, where
α and μ minimise the exact model (KFAC* of Dangel, Müller and Zeinhofer, NeurIPS 2024, arXiv
2405.15603; Martens and Grosse, arXiv 1503.05671, section 7)

.. math:: ‖r + J δ‖² + λ ‖δ‖².

Departures: λ is not fixed, but follows the ratio ρ of the actual to the predicted decrease, as in
section 6.5 of Martens and Grosse: it falls by ω where ρ > ¾ and grows by 1/ω where ρ < ¼; and the
step is halved as long as the loss is not lower after it. The gradient and the products with J
come from the same record of the layers as the factors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.options.section import Count, Positive

from .kfac_factors import Curvature, Factors
from .layer_record import layer_sums, products

_RATIO = 0.7  # ω
_HALVINGS = 20
_AFTER_FAILURE = 100.0  # the factor of λ where no step lowers the loss
_FAILURES = 8  # in a row, which end it
_ROUNDINGS = 100  # the least √λ in units of rounding
_PARALLEL = 1e-10  # sin² of the angle of JΔ and Jδ₀ below which δ₀ is left out


class KfacOptions(OptimizerOptions):
    """Gauss–Newton with Kronecker factors for each layer; see `kfac`.

    Args:
        average: part of the old factors in the new ones, an exponential moving average.
        damping: first λ as a part of the largest eigenvalue of the approximate JᵀJ.
        momentum: add a part of the last step, by the quadratic model.
    """

    kind: Literal["kfac"] = "kfac"
    iterations: Count = 50_000
    patience: Count = 2_000
    average: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.3
    damping: Positive = 1e-10
    momentum: bool = True


@dataclass
class _State:
    """What is known at a state: Jᵀr and the factors of JᵀJ."""

    gradient: Tensor
    curvature: Factors


class Kfac(Optimizer):
    """See the module docstring."""

    _options: KfacOptions
    _passing: ClassVar[frozenset[str]] = frozenset({"_state"})

    def __init__(self, system: LeastSquaresProblem, options: KfacOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._state: _State | None = None
        self._average: Factors | None = None
        self._before: Tensor | None = None
        self._damping: float | None = None
        self._failures = 0

    @property
    def between_steps(self) -> bool:
        """Not after a step that failed: its factors would count twice in the average."""
        return self._state is None

    def renew(self, loss: float) -> None:
        """Evaluate the state anew; the average of the factors goes on."""
        self.loss, self._state = loss, None

    def step(self) -> Step:
        """One step; the state is kept where no length of it lowers the loss."""
        if self._state is None:
            self._state = self._evaluate()
        state = self._state
        if state is None:
            return Step(self.theta, math.nan)
        if not bool(state.gradient.any()):
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        damping = self._current_damping(state.curvature)
        try:
            step, predicted = self._step_with_momentum(state, damping)
        except torch.linalg.LinAlgError:
            return self._failed(damping)
        theta, loss = self.theta + step, math.nan
        for _ in range(_HALVINGS):
            loss = float(self._system.loss(theta))
            if loss < self.loss:
                break
            step = step / 2
            theta = self.theta + step
        else:
            return self._failed(damping)
        ratio = (self.loss - loss) / predicted if predicted > 0 else 1.0
        self._damping = damping * (_RATIO if ratio > 0.75 else 1 / _RATIO if ratio < 0.25 else 1.0)
        self.theta, self.loss, self._before, self._state = theta, loss, step, None
        self._failures = 0
        return Step(theta, loss)

    def _failed(self, damping: float) -> Step:
        self._failures += 1
        self._damping, self._before = _AFTER_FAILURE * damping, None
        ended = Ended.STALLED if self._failures == _FAILURES else None
        return Step(self.theta, self.loss, ended=ended)

    def _current_damping(self, curvature: Factors) -> float:
        """λ, whose root is in each factor and shall be well above rounding there."""
        largest = curvature.largest() or 1.0
        given = self._options.damping * largest if self._damping is None else self._damping
        return max(given, (_ROUNDINGS * torch.finfo(self.theta.dtype).eps) ** 2 * largest)

    def _evaluate(self) -> _State | None:
        """One pass over all laws; None where something is not a finite number."""
        system, theta = self._system, self.theta
        loss, gradient, *found = system.total(layer_sums, theta)
        self.loss = float(loss)
        if not (math.isfinite(self.loss) and bool(torch.isfinite(gradient).all())):
            return None
        sums = Curvature(system.layers, system.blocks, theta)
        sums.take(found)
        self._average = sums.done().averaged(self._average, self._options.average)
        return _State(gradient, self._average)

    def _step_with_momentum(self, state: _State, damping: float) -> tuple[Tensor, float]:
        """δ and the decrease of ‖r‖² that the linear model predicts for it."""
        direction = -state.curvature.solve(state.gradient, damping)
        before = self._before if self._options.momentum else None
        vectors = torch.stack([v for v in (direction, before) if v is not None])
        inner, slopes = self._system.total(products, self.theta, vectors)
        weights = _minimiser(inner + damping * (vectors @ vectors.T), -slopes)
        return weights @ vectors, -float(weights @ (2 * slopes + inner @ weights))


def _minimiser(normal: Tensor, right: Tensor) -> Tensor:
    """The solution of one or two equations, symmetric and positive, scaled to a unit diagonal."""
    root = normal.diagonal().sqrt()
    root = torch.where(root > 0, root, torch.ones_like(root))
    scaled, right = normal / torch.outer(root, root), right / root
    if len(right) == 2:
        cosine = float(scaled[0, 1])
        if 1 - cosine**2 > _PARALLEL:
            return torch.linalg.solve(scaled, right) / root
    out = torch.zeros_like(right)
    out[0] = right[0] / root[0]
    return out
