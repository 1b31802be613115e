r"""L-BFGS with a strong Wolfe line search (Liu and Nocedal 1989).

The direction is :math:`-H g` with H applied by the two-loop recursion (Nocedal and Wright 2006,
algorithm 7.4); the line search is scipy's. `torch.optim.LBFGS` is not used since it drops pairs
by an absolute bound on :math:`y^T s`, which stops it learning once the loss is small.
"""

from __future__ import annotations

import math
import warnings
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import line_search
from torch import Tensor

from .spec import LbfgsOptions
from .step import Ended, Step

if TYPE_CHECKING:
    from pdedsl.compiler.system import ResidualSystem

Vector = NDArray[np.float64]


class Lbfgs:
    """See the module docstring.

    Args:
        system: gives the loss and its gradient.
        options: see `LbfgsOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: LbfgsOptions, theta: Tensor) -> None:
        self._system = system
        self._options = options
        self._pairs: deque[tuple[Vector, Vector]] = deque(maxlen=options.history)
        self._like = theta
        self._seen: tuple[Vector, float, Vector] | None = None
        self._x = theta.detach().cpu().double().numpy().copy()
        self.theta = theta
        self.loss, self._gradient = self._evaluate(self._x)

    def renew(self, loss: float) -> None:
        """Forget the pairs: they belong to the loss on the old points."""
        self._pairs.clear()
        self._seen = None
        self.loss, self._gradient = self._evaluate(self._x)

    def step(self) -> Step:
        """One line search along the quasi-Newton direction, or downhill where that fails."""
        if not math.isfinite(self.loss):
            return Step(self.theta, self.loss)
        if not self._gradient.any():
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        length = self._search(self._direction())
        if length is None and self._pairs:
            self._pairs.clear()
            length = self._search(self._direction())
        ended = Ended.STALLED if length is None else None
        return Step(self.theta, self.loss, ended=ended)

    def _search(self, direction: Vector) -> float | None:
        """Length of the step that was taken, or None where no length lowers the loss."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            length = line_search(
                lambda x: self._evaluate(x)[0],
                lambda x: self._evaluate(x)[1],
                self._x,
                direction,
                gfk=self._gradient,
                old_fval=self.loss,
                c1=self._options.c1,
                c2=self._options.c2,
                maxiter=25,
            )[0]
        if length is None:
            return None
        x = self._x + length * direction
        loss, gradient = self._evaluate(x)
        if not loss < self.loss:
            return None
        self._pairs.append((x - self._x, gradient - self._gradient))
        self._x, self.loss, self._gradient = x, loss, gradient
        self.theta = self._tensor(x)
        return float(length)

    def _direction(self) -> Vector:
        """The two-loop recursion; pairs without positive curvature are passed over."""
        q = -self._gradient
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

    def _evaluate(self, x: Vector) -> tuple[float, Vector]:
        # The search asks for value and slope of one place apart, the system gives both at once.
        if self._seen is None or not np.array_equal(self._seen[0], x):
            loss, gradient = self._system.loss_and_grad(self._tensor(x))
            self._seen = (x.copy(), float(loss), gradient.detach().cpu().double().numpy())
        return self._seen[1], self._seen[2]

    def _tensor(self, x: Vector) -> Tensor:
        return torch.as_tensor(x, dtype=self._like.dtype, device=self._like.device).clone()
