r"""How the laws share the gradient of the loss, as it is noted beside reports.

The norms ‖∇ w_l L_l‖ cost about as much as a step of a method of first
order: they come so seldom that they take a hundredth of the time, and not at all in a run that ends
before they can.
"""

from __future__ import annotations

import time

from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem

_SHARE = 0.01  # of the time of the run
# A gradient takes 1 to 2 times as long as the residual; the first one, which records its steps, up
# to 9 times (networks of 2 × 20 to 4 × 50 neurons and a basis, helmholtz and burgers, one thread).
_FIRST = 10.0


class Balance:
    """Norms of gradients by law, within a share of the time."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._cost: float | None = None

    def gradients(
        self, system: LeastSquaresProblem, theta: Tensor, seconds: float, residual: float
    ) -> dict[str, float]:
        """Norm of the part of each law in the gradient of the loss; nothing where it is too early.

        Args:
            system: what is trained.
            theta: state, shape (P,).
            seconds: of the run so far.
            residual: seconds that the last evaluation of all residuals took.
        """
        expected = _FIRST * residual if self._cost is None else self._cost
        if self._spent + expected > _SHARE * seconds:
            return {}
        before = time.perf_counter()
        found = {
            label: float(gradient.norm())
            for label, (_, gradient) in system.parts_by_law(theta).items()
        }
        self._cost = time.perf_counter() - before
        self._spent += self._cost
        return found
