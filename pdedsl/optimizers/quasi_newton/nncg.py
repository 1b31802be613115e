r"""Newton's method with Nyström-preconditioned conjugate gradients (NysNewton-CG).

For the Hessian H and the gradient g of :math:`L(θ) = ‖r(θ)‖²` (Rathore, Lei, Frangella, Lu and
Udell, arXiv 2402.01868, algorithm 4),

.. math:: (H + μI)\, d = -g, \qquad θ ← θ + t d, \qquad L(θ + t d) ≤ L(θ) + c\, t\, g^T d,

with the preconditioner of `nystrom`, made new every ``refresh`` iterations, the direction of the
iteration before as the start of `conjugate_gradients`, and t = 1, ½, ¼, …

Departures: μ is ``damping`` times the largest eigenvalue that the approximation finds, so that
the units of the loss do not matter; the accuracy of d is relative to g. Where a direction of
negative curvature ends the conjugate gradients, they are started again from zero and what they
reach before it is taken, or the preconditioned gradient if that is nothing (Steihaug 1983).
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from pdedsl.linalg.conjugate_gradients import Product, conjugate_gradients
from pdedsl.linalg.nystrom import Nystrom, nystrom
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.optimizers.state import kept
from pdedsl.options.section import Count, Fraction, Positive, Tally

_SHORTEST = 40  # halvings of a step
kept(Nystrom)


class NncgOptions(OptimizerOptions):
    """Newton's method with Nyström-preconditioned conjugate gradients; see `nncg`.

    Args:
        rank: of the approximate Hessian in the preconditioner.
        refresh: iterations between two such approximations.
        damping: μ as a part of the largest eigenvalue.
        accuracy: of the Newton equation, as a part of the gradient.
        inner: the most conjugate gradients in an iteration.
        decrease: c, the least part of the decrease by the slope (Armijo).
        backtrack: factor of the step length where that fails.
        seed: of the random vectors.
    """

    kind: Literal["nncg"] = "nncg"
    patience: Count = 300
    rank: Count = 60
    refresh: Count = 20
    damping: Positive = 1e-8
    accuracy: Fraction = 1e-2
    inner: Count = 100
    decrease: Fraction = 0.1
    backtrack: Fraction = 0.5
    seed: Tally = 0


class Nncg(Optimizer):
    """See the module docstring."""

    _options: NncgOptions

    def __init__(self, system: LeastSquaresProblem, options: NncgOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._generator = torch.Generator().manual_seed(options.seed)
        self._gradient: Tensor | None = None
        self._sketch: Nystrom | None = None
        self._before: Tensor | None = None
        self._age = 0

    def renew(self, loss: float) -> None:
        """Take the gradient anew; the preconditioner serves on."""
        self.loss, self._gradient, self._before = loss, None, None

    def step(self) -> Step:
        """One damped Newton step; the state is kept where no length of it lowers the loss."""
        if self._gradient is None:
            self._evaluate()
        assert self._gradient is not None
        if not (math.isfinite(self.loss) and bool(torch.isfinite(self._gradient).all())):
            self._gradient = None
            return Step(self.theta, math.nan)
        if not bool(self._gradient.any()):
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        fresh = self._refresh()
        if fresh is None:
            return Step(self.theta, math.nan)
        direction = self._direction(self._gradient)
        if self._search(direction, self._gradient):
            self._before = direction
            self._evaluate()
            return Step(self.theta, self.loss)
        warm, self._before, self._sketch = self._before, None, None
        return Step(self.theta, self.loss, ended=Ended.STALLED if fresh and warm is None else None)

    def _evaluate(self) -> None:
        loss, self._gradient = self._system.loss_and_grad(self.theta)
        self.loss = float(loss)

    def _hessian(self, v: Tensor) -> Tensor:
        return self._system.hvp(self.theta, v)

    def _refresh(self) -> bool | None:
        """Make the preconditioner new where it is due; None where H is no number."""
        self._age += 1
        if self._sketch is not None and self._age < self._options.refresh:
            return False
        sketch = nystrom(self._hessian, self.theta, self._options.rank, self._generator)
        if not bool(torch.isfinite(sketch.values).all()):
            return None
        self._sketch, self._age = sketch, 0
        return True

    def _direction(self, gradient: Tensor) -> Tensor:
        """A direction of descent."""
        assert self._sketch is not None
        damping = self._options.damping * (float(self._sketch.values[0]) or 1.0)
        inverse = self._sketch.inverse(damping)
        if self._before is not None:
            found = self._solve(gradient, inverse, damping, self._before)
            if found is not None:
                return found
        found = self._solve(gradient, inverse, damping, None)
        return -inverse(gradient) if found is None else found

    def _solve(
        self, gradient: Tensor, inverse: Product, damping: float, start: Tensor | None
    ) -> Tensor | None:
        """An approximate solution that leads downhill, or None."""
        solved = conjugate_gradients(
            lambda v: self._hessian(v) + damping * v,
            -gradient, inverse, start, self._options.accuracy, self._options.inner,
        )  # fmt: skip
        if start is not None and solved.negative is not None:
            return None
        return solved.x if float(solved.x @ gradient) < 0 else None

    def _search(self, direction: Tensor, gradient: Tensor) -> bool:
        """Armijo's rule; moves if some length meets it."""
        slope = float(direction @ gradient)
        length = 1.0
        for _ in range(_SHORTEST):
            theta = self.theta + length * direction
            loss = float(self._system.loss(theta))
            if loss < self.loss and loss <= self.loss + self._options.decrease * length * slope:
                self.theta = theta
                return True
            length *= self._options.backtrack
        return False
