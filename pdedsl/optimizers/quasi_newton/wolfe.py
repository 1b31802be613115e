r"""A state that moves along directions by a line search with the strong Wolfe conditions.

For a direction d with :math:`g^T d < 0` a length α with

.. math::
    f(x + α d) ≤ f(x) + c_1 α\, g^T d, \qquad |g(x + α d)^T d| ≤ c_2 |g^T d|

(Nocedal and Wright 2006, algorithms 3.5 and 3.6); the search is scipy's. The objective f is the
loss L, or √L or log L, which have the same minima and, where L is close to 0, curvatures that
vary less (Urbán, Stefanou and Pons, arXiv 2405.04230, section 3.3).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import line_search
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.state import Stateful, kept

Vector = NDArray[np.float64]
Transform = Literal["none", "sqrt", "log"]


@kept
@dataclass(frozen=True)
class Place:
    """A point with what is known there.

    Args:
        x: parameters, shape (P,).
        loss: L = ‖r‖².
        value: f, the objective.
        gradient: of f, shape (P,).
    """

    x: Vector
    loss: float
    value: float
    gradient: Vector


@dataclass(frozen=True)
class Move:
    """A step that was taken.

    Args:
        length: α.
        step: s, the difference of the parameters, shape (P,).
        change: y, the difference of the gradients of f, shape (P,).
    """

    length: float
    step: Vector
    change: Vector


class WolfeSearch(Stateful):
    """See the module docstring.

    Args:
        system: gives the loss and its gradient.
        theta: start, shape (P,).
        c1: sufficient decrease.
        c2: curvature.
        transform: f as a function of L.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_system", "_seen", "_lowest"})

    def __init__(
        self,
        system: LeastSquaresProblem,
        theta: Tensor,
        c1: float,
        c2: float,
        transform: Transform = "none",
    ) -> None:
        self._system, self._c1, self._c2, self._transform = system, c1, c2, transform
        self._seen: Place | None = None
        self._lowest: Place | None = None
        self.theta = theta
        self.place = self._at(theta.detach().cpu().double().numpy().copy())

    @property
    def loss(self) -> float:
        """L at the state."""
        return self.place.loss

    @property
    def gradient(self) -> Vector:
        """Gradient of f at the state."""
        return self.place.gradient

    def renew(self) -> None:
        """Evaluate the state again: the points have changed."""
        self._seen = None
        self.place = self._at(self.place.x)

    def along(
        self, direction: Vector, lenient: bool = False, before: float | None = None
    ) -> Move | None:
        """Move along a direction, or stay where no length lowers the loss.

        Args:
            direction: d, shape (P,).
            lenient: where no length meets both conditions, take the lowest place that was tried.
            before: f a step earlier; the first length that is tried is then
                min(1, 2.02 (f − before)/gᵀd) (Nocedal and Wright 2006, equation 3.60), else 1.
        """
        start, self._lowest = self.place, None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            length = line_search(
                lambda x: self._at(x).value,
                lambda x: self._at(x).gradient,
                start.x, direction, gfk=start.gradient, old_fval=start.value, old_old_fval=before,
                c1=self._c1, c2=self._c2, maxiter=25,
            )[0]  # fmt: skip
        place = self._lowest if lenient else None
        if length is not None:
            place = self._at(start.x + length * direction)
        if place is None or not place.loss < start.loss:
            return None
        self.place, self.theta = place, self._tensor(place.x)
        step = place.x - start.x
        if length is None:
            length = float(step @ direction) / float(direction @ direction)
        return Move(float(length), step, place.gradient - start.gradient)

    def _at(self, x: Vector) -> Place:
        # The search asks for value and slope of one place apart, the system gives both at once.
        if self._seen is None or not np.array_equal(self._seen.x, x):
            loss, gradient = self._system.loss_and_grad(self._tensor(x))
            slope = gradient.detach().cpu().double().numpy()
            self._seen = _place(x.copy(), float(loss), slope, self._transform)
            if self._lowest is None or self._seen.value < self._lowest.value:
                self._lowest = self._seen
        return self._seen

    def _tensor(self, x: Vector) -> Tensor:
        return torch.as_tensor(x, dtype=self.theta.dtype, device=self.theta.device).clone()


def _place(x: Vector, loss: float, gradient: Vector, transform: Transform) -> Place:
    if not (math.isfinite(loss) and np.isfinite(gradient).all()):
        # The search takes any comparison with NaN as false and would go on to longer steps.
        return Place(x, math.nan, math.inf, np.zeros_like(gradient))
    if transform == "none":
        return Place(x, loss, loss, gradient)
    if loss <= 0.0:
        return Place(x, loss, 0.0 if transform == "sqrt" else -math.inf, np.zeros_like(gradient))
    if transform == "sqrt":
        root = math.sqrt(loss)
        return Place(x, loss, root, gradient / (2.0 * root))
    return Place(x, loss, math.log(loss), gradient / loss)
