r"""Gauss–Newton in the space of the rows, with momentum (SPRING), or without it (ENGD-W).

For more parameters than rows the kernel :math:`K = J J^T` is the smaller matrix (Woodbury):

.. math::
    d_k = μ\, d_{k-1} + J^T a, \qquad (K + λ \bar k D)\, a = r - μ J d_{k-1}, \qquad θ ← θ - α d_k,

Guzmán-Cordero, Dangel, Goldshlager and Zeinhofer, "Improving energy natural gradient descent
through Woodbury, momentum, and randomization" (arXiv 2505.12149, algorithms 1 and 2); momentum
after Goldshlager, Abrahamsen and Lin (arXiv 2401.10190). μ = 0 is ENGD-W. With ``correction``, d_k
is divided by √(1 − μ²ᵏ) and kept so, as printed there. The momentum solves the equations of former
points along with those of the present ones, so that fresh points in every step are the usual
way: ``resample = 1``.

α is that of `grid_search`, or min(η, C/‖d‖) with a rate η and a bound C on the step.

Departures:

- k̄ is the mean diagonal of K, so that λ has no unit. D is the diagonal of K/k̄, which gives K a unit
  diagonal (Jacobi scaling) and treats rows of all magnitudes alike; or I without ``scaling``.
- One step of iterative refinement wins back the digits that forming K costs (`linalg.kernel`).
- λ grows tenfold until the Cholesky factor exists, and after a step that no α makes a lower loss.
  With ``adaptive`` it follows the ratio of actual to predicted decrease: a third where that is
  above ¾, three times where it is below ¼.
- A direction that does not lead downhill, as momentum can make it, is replaced by that of μ = 0.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.linalg.conjugate_gradients import Product
from pdedsl.linalg.factorisation import Rank
from pdedsl.linalg.kernel import Kernel
from pdedsl.linalg.symmetric import add_outer, mirrored
from pdedsl.models.runtime.workspace import empty
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.options.section import Count, Positive, fault_of

from .grid_search import Point, grid_search

_MOST_BYTES = 1 << 29  # of a Jacobian that is formed for its products; a choice: 8000² doubles
_AT_MINIMUM = 1e3  # times the rounding unit: cosine of r and the range of J
_FAILURES = 8  # in a row, which end it
_GROWTH = 10.0  # of λ after a failure
_FACTOR = 3.0  # of λ by the ratio
_LEAST = 10.0  # times the rounding unit: the least λ


class SpringOptions(OptimizerOptions):
    """Gauss–Newton in the space of the rows, with momentum; see `spring`.

    Args:
        momentum: μ, the part of the last direction in the next; 0 for none (ENGD-W).
        damping: λ, as a part of the mean diagonal of the kernel.
        adaptive: let λ follow the ratio of actual to predicted decrease.
        scaling: scale the kernel to a unit diagonal.
        correction: divide the k-th direction by √(1 − μ²ᵏ).
        rate: η; None for a line search over powers of ½.
        longest: C, the most that ‖η d‖ may be; for a rate.
    """

    kind: Literal["spring"] = "spring"
    patience: Count = 1_000
    momentum: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.5
    damping: Positive = 1e-4
    adaptive: bool = False
    scaling: bool = False
    correction: bool = True
    rate: Positive | None = None
    longest: Positive | None = None

    @model_validator(mode="after")
    def _bound_of_a_rate(self) -> SpringOptions:
        if self.longest is not None and self.rate is None:
            raise fault_of("longest bounds the steps of a rate; write rate beside it", "longest")
        return self


class Spring(Optimizer):
    """See the module docstring; the momentum outlives the points that it remembers."""

    _options: SpringOptions
    _passing: ClassVar[frozenset[str]] = frozenset({"_epsilon"})

    def __init__(self, system: LeastSquaresProblem, options: SpringOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._epsilon = torch.finfo(theta.dtype).eps
        self._damping = max(options.damping, _LEAST * self._epsilon)
        self._before: Tensor | None = None
        self._count = self._failures = 0

    def step(self) -> Step:
        """One step; with a line search the state is kept where no length lowers the loss."""
        residual, forward, backward, outer = self._linearise()
        scaled = self._options.scaling and not self._failures
        kernel = Kernel(forward, backward, outer, scaled)
        self.loss = float(residual @ residual)
        if kernel.rank is Rank.NOT_FINITE or not math.isfinite(self.loss):
            return Step(self.theta, math.nan)
        slope = float(backward(residual).norm())
        if slope <= _AT_MINIMUM * self._epsilon * math.sqrt(kernel.trace * self.loss):
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        direction, image = self._direction(residual, forward, kernel)
        damping = kernel.damping / kernel.mean
        if not bool(torch.isfinite(direction).all()):
            return self._failed(damping)
        decrease = 2 * float(residual @ image)
        found = self._search(direction, decrease)
        if found is None or not math.isfinite(found.loss):
            return self._failed(damping)
        predicted = found.alpha * (decrease - found.alpha * float(image @ image))
        self._damping = self._next_damping(damping, predicted, found)
        self._before, self._failures = direction, 0
        self.theta, self.loss = found.theta, found.loss
        return Step(found.theta, found.loss)

    def _linearise(self) -> tuple[Tensor, Product, Product, Tensor]:
        """r, products with J and Jᵀ, and J Jᵀ; J is formed where it is not too large."""
        system, theta = self._system, self.theta
        if system.rows * system.parameters * theta.itemsize > _MOST_BYTES:
            forward, backward = partial(system.jvp, theta), partial(system.vjp, theta)
            return system.residual(theta), forward, backward, system.kernel(theta)
        residual, jacobian = system.residual_and_jacobian(theta)
        kernel = empty((len(jacobian),) * 2, jacobian).zero_()
        add_outer(kernel, jacobian)
        return residual, jacobian.mv, jacobian.T.mv, mirrored(kernel)

    def _direction(
        self, residual: Tensor, forward: Product, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """D and J d; without momentum where that would lead uphill."""
        damping, momentum = self._damping * kernel.mean, self._options.momentum
        if self._before is not None and momentum > 0:
            carried = momentum * self._before
            step = carried + kernel.solve(residual - forward(carried), damping)
            image = forward(step)
            if float(residual @ image) > 0:
                return self._corrected(step, image)
        self._count = 0
        step = kernel.solve(residual, damping)
        return self._corrected(step, forward(step))

    def _corrected(self, step: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        self._count += 1
        if not self._options.correction:
            return step, image
        factor = math.sqrt(1 - self._options.momentum ** (2 * self._count))
        return step / factor, image / factor

    def _search(self, direction: Tensor, decrease: float) -> Point | None:
        """The next state, or None where the search finds none that is lower."""
        options, start = self._options, Point(self.theta, self.loss)
        if options.rate is None:
            best = grid_search(self._system, start, -direction, abs(decrease), start)
            return None if best is start else best
        alpha, length = options.rate, float(direction.norm())
        if options.longest is not None and alpha * length > options.longest:
            alpha = options.longest / length
        theta = self.theta - alpha * direction
        return Point(theta, float(self._system.loss(theta)), alpha)

    def _next_damping(self, damping: float, predicted: float, found: Point) -> float:
        """λ of the next step; without ``adaptive`` that of the options."""
        least = max(self._options.damping, _LEAST * self._epsilon)
        if not self._options.adaptive:
            return least
        ratio = (self.loss - found.loss) / predicted if predicted > 0 else 0.0
        factor = 1 / _FACTOR if ratio > 0.75 else _FACTOR if ratio < 0.25 else 1.0
        return max(damping * factor, _LEAST * self._epsilon)

    def _failed(self, damping: float) -> Step:
        self._failures += 1
        self._damping, self._before = _GROWTH * damping, None
        ended = Ended.STALLED if self._failures == _FAILURES else None
        return Step(self.theta, self.loss, ended=ended)
