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
- K carries the square of the condition number of J. One step of iterative refinement with J itself,
  (K + λk̄D) a' = r − μ J d_{k−1} − (J Jᵀ + λk̄D) a, wins back the digits that forming K costs.
- λ grows tenfold until the Cholesky factor exists, and after a step that no α makes a lower loss.
  With ``adaptive`` it follows the ratio of actual to predicted decrease: a third where that is
  above ¾, three times where it is below ¼.
- A direction that does not lead downhill, as momentum can make it, is replaced by that of μ = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.linalg.symmetric import add_outer, mirrored
from pdedsl.models.runtime.workspace import empty
from pdedsl.optimizers.protocol import Ended, OptimizerOptions, Step
from pdedsl.options.section import Count, Positive

from .grid_search import Point, grid_search

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_KEPT = 1 << 29  # bytes of a Jacobian that is formed; else products with it are differentiated
_AT_MINIMUM = 1e3  # times the rounding unit: cosine of r and the range of J
_FAILURES = 8  # in a row, which end it
_GROWTH = 10.0  # of λ after a failure
_GROWTHS = 30  # of λ for one Cholesky factor: from the rounding unit to far above K
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
            raise ValueError("longest bounds the steps of a rate; write rate beside it")
        return self


class Rows:
    """r, J and K = JJᵀ at a state.

    Args:
        system: gives them.
        theta: the state, shape (P,).
    """

    def __init__(self, system: ResidualSystem, theta: Tensor) -> None:
        self._system, self._theta = system, theta
        self._jacobian: Tensor | None = None
        if system.rows * system.parameters * theta.itemsize <= _KEPT:
            self.residual, jacobian = system.residual_and_jacobian(theta)
            self._jacobian = jacobian
            kernel = empty((len(jacobian),) * 2, jacobian).zero_()
            add_outer(kernel, jacobian)
            self.kernel = mirrored(kernel)
        else:
            self.residual, self.kernel = system.residual(theta), system.kernel(theta)

    @property
    def finite(self) -> bool:
        """Whether all are numbers."""
        size = torch.linalg.vector_norm(self.kernel, math.inf)
        return bool(torch.isfinite(size) & torch.isfinite(self.residual).all())

    def pushed(self, v: Tensor) -> Tensor:
        """J v, shape (N,)."""
        if self._jacobian is None:
            return self._system.jvp(self._theta, v)
        return self._jacobian @ v

    def pulled(self, w: Tensor) -> Tensor:
        """Jᵀ w, shape (P,)."""
        if self._jacobian is None:
            return self._system.vjp(self._theta, w)
        return self._jacobian.T @ w


class Solver:
    """Solves (K + λ k̄ D) a = b; see the module docstring.

    Args:
        rows: K and products with J; overwrites K.
        damping: λ.
        scaled: D is the diagonal of K/k̄, else I.
    """

    def __init__(self, rows: Rows, damping: float, scaled: bool) -> None:
        kernel = rows.kernel
        diagonal = kernel.diagonal().clone()
        mean = float(diagonal.mean()) or 1.0
        size = diagonal if scaled else torch.full_like(diagonal, mean)
        # A row without a slope stays as it is: any positive number serves.
        size = torch.where(size > torch.finfo(size.dtype).tiny, size, torch.ones_like(size) * mean)
        root = size.rsqrt()
        kernel.mul_(root).mul_(root.unsqueeze(1))
        self._rows, self._root, self._size = rows, root, size
        self.damping, self._factor = _factored(kernel, damping)

    def direction(self, right: Tensor) -> tuple[Tensor, Tensor]:
        """Jᵀa and J Jᵀ a, with one step of refinement, shapes (P,) and (N,)."""
        coefficients = self._solve(right)
        step = self._rows.pulled(coefficients)
        moved = self._rows.pushed(step)
        missing = right - moved - self.damping * self._size * coefficients
        refinement = self._rows.pulled(self._solve(missing))
        return step + refinement, moved + self._rows.pushed(refinement)

    def _solve(self, right: Tensor) -> Tensor:
        scaled = (self._root * right).unsqueeze(1)
        return self._root * torch.cholesky_solve(scaled, self._factor).squeeze(1)


def _factored(kernel: Tensor, damping: float) -> tuple[float, Tensor]:
    """λ and the Cholesky factor of K + λ I, with λ grown until there is one."""
    diagonal = kernel.diagonal().clone()
    factor, wrong = torch.linalg.cholesky_ex(_shifted(kernel, diagonal + damping))
    for _ in range(_GROWTHS):
        if not int(wrong):
            break
        damping *= _GROWTH
        factor, wrong = torch.linalg.cholesky_ex(_shifted(kernel, diagonal + damping))
    return damping, factor


def _shifted(kernel: Tensor, diagonal: Tensor) -> Tensor:
    kernel.diagonal().copy_(diagonal)
    return kernel


@dataclass(frozen=True)
class _Direction:
    """d and J d."""

    step: Tensor
    moved: Tensor


class Spring:
    """See the module docstring.

    Args:
        system: the residual and its Jacobian.
        options: see `SpringOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: SpringOptions, theta: Tensor) -> None:
        self._system, self._options = system, options
        self._epsilon = torch.finfo(theta.dtype).eps
        self._damping = max(options.damping, _LEAST * self._epsilon)
        self._before: Tensor | None = None
        self._count = self._failures = 0
        self.theta = theta
        self.loss = math.inf

    def renew(self, loss: float) -> None:
        """The momentum goes on: it is what remembers the old points."""
        self.loss = loss

    def step(self) -> Step:
        """One step; with a line search the state is kept where no length lowers the loss."""
        rows = Rows(self._system, self.theta)
        residual = rows.residual
        self.loss = float(residual @ residual)
        if not (rows.finite and math.isfinite(self.loss)):
            return Step(self.theta, math.nan)
        slope, largest = rows.pulled(residual), float(rows.kernel.diagonal().sum())
        if float(slope.norm()) <= _AT_MINIMUM * self._epsilon * math.sqrt(largest * self.loss):
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        scaled = self._options.scaling and not self._failures
        solver = Solver(rows, self._damping, scaled)
        direction = self._direction(rows, solver)
        if not bool(torch.isfinite(direction.step).all()):
            return self._failed(solver.damping)
        decrease = 2 * float(residual @ direction.moved)
        found = self._moved(direction.step, decrease)
        if found is None or not math.isfinite(found.loss):
            return self._failed(solver.damping)
        curvature = float(direction.moved @ direction.moved)
        predicted = found.alpha * (decrease - found.alpha * curvature)
        self._damping = self._next_damping(solver.damping, predicted, found)
        self._before, self._failures = direction.step, 0
        self.theta, self.loss = found.theta, found.loss
        return Step(found.theta, found.loss)

    def _direction(self, rows: Rows, solver: Solver) -> _Direction:
        residual, momentum = rows.residual, self._options.momentum
        if self._before is not None and momentum > 0:
            carried = momentum * self._before
            along = rows.pushed(carried)
            step, moved = solver.direction(residual - along)
            step, moved = step + carried, moved + along
            if float(residual @ moved) > 0:
                return self._corrected(step, moved)
        self._count = 0
        return self._corrected(*solver.direction(residual))

    def _corrected(self, step: Tensor, moved: Tensor) -> _Direction:
        self._count += 1
        if not self._options.correction:
            return _Direction(step, moved)
        factor = math.sqrt(1 - self._options.momentum ** (2 * self._count))
        return _Direction(step / factor, moved / factor)

    def _moved(self, direction: Tensor, decrease: float) -> Point | None:
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
