"""Gauss–Newton steps in the well-determined directions alone, with a search along each."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable

from torch import Tensor

from pdedsl.linalg.factorisation import is_finite
from pdedsl.linalg.svd import Svd
from pdedsl.optimizers.protocol import AT_MINIMUM, Ended, Optimizer, Step

from .grid_search import Point, grid_search

_ENOUGH = 0.1  # part of the predicted decrease, beyond which no other line is tried


class LeastNorm(Optimizer):
    """Least-norm solutions of truncated linear problems, each followed by `grid_search`.

    Nothing is kept from step to step but the state.
    """

    _decompose: Callable[[Tensor], Svd]

    def step(self) -> Step:
        """The lowest state on the lines up to the first that keeps what it promises.

        That is a tenth of the decrease that the linear model predicts along it. The state is kept
        where none is lower.
        """
        self.loss, matrix, right = self._linearise()
        if not (math.isfinite(self.loss) and is_finite(matrix) and is_finite(right)):
            return Step(self.theta, math.nan)
        factors = self._decompose(matrix)
        decreases = {kept: factors.truncated_decrease(right, kept) for kept in self._ranks(factors)}
        # A cut-off below rounding keeps directions that ``reachable`` leaves out.
        if max(factors.reachable(right), *decreases.values()) <= AT_MINIMUM * self.loss:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        start = best = Point(self.theta, self.loss)
        for kept, decrease in decreases.items():
            step = -factors.truncated(right, kept)
            best = grid_search(self._system, start, step, 2.0 * decrease, best)
            if start.loss - best.loss >= _ENOUGH * decrease:
                break
        if best is start:
            return Step(self.theta, self.loss, ended=Ended.STALLED)
        self.theta, self.loss = best.theta, best.loss
        return Step(best.theta, best.loss)

    @abstractmethod
    def _linearise(self) -> tuple[float, Tensor, Tensor]:
        """The loss, what is decomposed, and r as the decomposition takes it."""

    @abstractmethod
    def _ranks(self, factors: Svd) -> Iterable[int]:
        """The numbers of directions that are kept, one for each line, in the order of trial."""
