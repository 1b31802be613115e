"""Losses of the few states that are compared, each time that the loss has become another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.state import Stateful

from .rules.rule import Change, NewPointWeights

Parts = Mapping[str, Tensor]


class Compared(Stateful):
    """Evaluates states anew, or adds up what it knows of them under weights of points.

    Such weights may change in every iteration, in which more evaluations would show. The parts of
    the points in the loss of a state are kept from one change to the next.

    Args:
        system: what is trained.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_system"})

    def __init__(self, system: LeastSquaresProblem) -> None:
        self._system = system
        self._known: list[tuple[Tensor, Parts]] = []

    def losses(self, change: Change, at: Tensor, states: list[Tensor]) -> list[float]:
        """The losses of states after a change that has been applied.

        Args:
            change: the change.
            at: the state at which its rule has looked.
            states: the states; the next time some of them will be asked for again.
        """
        if not isinstance(change, NewPointWeights):
            self._known = []
            return [float(self._system.loss(theta)) for theta in states]
        self._known.append((at, change.parts))
        self._known = [(theta, self._parts(theta)) for theta in states]
        return [change.loss(parts) for _, parts in self._known]

    def _parts(self, theta: Tensor) -> Parts:
        # A state is never changed afterwards, so that its tensor tells it.
        known = (parts for state, parts in reversed(self._known) if state is theta)
        return next(known, None) or self._system.point_losses(theta)
