r"""L-BFGS with a strong Wolfe line search (Liu and Nocedal 1989).

The direction is :math:`-H g` with H applied by the two-loop recursion (Nocedal and Wright 2006,
algorithm 7.4); the line search is that of `wolfe`. `torch.optim.LBFGS` is not used since it
drops pairs by an absolute bound on :math:`y^T s`, which stops it learning once the loss is small.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Literal

import numpy as np
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.options.section import Count, Fraction

from .wolfe import Vector, WolfeSearch


class LbfgsOptions(OptimizerOptions):
    """L-BFGS with a strong Wolfe line search; see `lbfgs`.

    Args:
        history: pairs that are remembered.
        c1: sufficient decrease.
        c2: curvature.
    """

    kind: Literal["lbfgs"] = "lbfgs"
    iterations: Count = 50_000
    patience: Count = 2_000
    history: Count = 100
    c1: Fraction = 1e-4
    c2: Fraction = 0.9


class Lbfgs(Optimizer):
    """See the module docstring."""

    def __init__(self, system: LeastSquaresProblem, options: LbfgsOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._search = WolfeSearch(system, theta, options.c1, options.c2)
        self._pairs: deque[tuple[Vector, Vector]] = deque(maxlen=options.history)
        self.loss = self._search.loss

    def renew(self, loss: float) -> None:
        """Forget the pairs: they belong to the loss on the old points."""
        self._pairs.clear()
        self._search.renew()
        self.loss = self._search.loss

    def step(self) -> Step:
        """One line search along the quasi-Newton direction, or downhill where that fails."""
        if not math.isfinite(self.loss):
            return Step(self.theta, self.loss)
        if not self._search.gradient.any():
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        moved = self._move()
        if not moved and self._pairs:
            self._pairs.clear()
            moved = self._move()
        return Step(self.theta, self.loss, ended=None if moved else Ended.STALLED)

    def _move(self) -> bool:
        move = self._search.along(self._direction())
        if move is None:
            return False
        self._pairs.append((move.step, move.change))
        self.theta, self.loss = self._search.theta, self._search.loss
        return True

    def _direction(self) -> Vector:
        """The two-loop recursion; pairs without positive curvature are passed over."""
        q = -self._search.gradient
        pairs = [(s, y, 1.0 / float(s @ y)) for s, y in self._pairs if float(s @ y) > 0.0]
        if not pairs:
            return q / max(1.0, float(np.abs(q).sum()))
        weights = []
        for s, y, rho in reversed(pairs):
            weights.append(rho * float(s @ q))
            q = q - weights[-1] * y
        _, y, rho = pairs[-1]
        q = q / (rho * float(y @ y))
        for (s, y, rho), weight in zip(pairs, reversed(weights), strict=True):
            q = q + (weight - rho * float(y @ q)) * s
        return q
