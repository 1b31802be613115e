"""Gauss–Newton steps in the well-determined directions alone, with a search along each."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import Tensor

from pdedsl.linalg.damping import Spectrum
from pdedsl.optimizers.protocol import Ended, Step

from .grid_search import Point, grid_search

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_ENOUGH = 0.1  # part of the predicted decrease, beyond which no other line is tried
_AT_MINIMUM = 1e-10  # part of the loss that the linear model can still remove


class LeastNorm(ABC):
    """Least-norm solutions of truncated linear problems, each followed by `grid_search`.

    Args:
        system: the residual and its derivatives.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, theta: Tensor) -> None:
        self._system = system
        self.theta = theta
        self.loss = math.inf

    def renew(self, loss: float) -> None:
        """Nothing is kept from step to step but the state."""
        self.loss = loss

    def step(self) -> Step:
        """The lowest state on the lines up to the first that keeps what it promises.

        That is a tenth of the decrease that the linear model predicts along it. The state is kept
        where none is lower.
        """
        self.loss, model = self._linearise()
        if model is None:
            return Step(self.theta, math.nan)
        ranks = list(self._ranks(model))
        # A cut-off below rounding keeps directions that ``reachable`` leaves out.
        reachable = max(model.reachable(), *(model.decrease(kept) for kept in ranks))
        if reachable <= _AT_MINIMUM * self.loss:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        start = best = Point(self.theta, self.loss)
        for kept in ranks:
            slope = 2.0 * model.decrease(kept)
            best = grid_search(self._system, start, model.truncated(kept), slope, best)
            if start.loss - best.loss >= _ENOUGH * model.decrease(kept):
                break
        if best is start:
            return Step(self.theta, self.loss, ended=Ended.STALLED)
        self.theta, self.loss = best.theta, best.loss
        return Step(best.theta, best.loss)

    @abstractmethod
    def _linearise(self) -> tuple[float, Spectrum | None]:
        """The loss and the linear model at the state; None where they are not finite."""

    @abstractmethod
    def _ranks(self, model: Spectrum) -> Iterable[int]:
        """The numbers of directions that are kept, one for each line, in the order of trial."""
