"""The one loop around an optimizer, with the one rule that ends it.

Training, the trials of a basis and the windows of a march drive their optimizers by it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from .protocol import Ended, Optimizer, Step
from .state import State, Stateful, kept

_HALVING = 5  # iterations without a halving of a loss at the level of rounding end it; a choice


@kept
@dataclass(frozen=True)
class Limits:
    """When a descent ends.

    Args:
        iterations: the most that are made.
        tolerance: the loss at or below which nothing more is wanted.
        rounding: the loss at or below which steps that do not halve it are rounding.
        progress: a loss must fall below this part of that at the last progress to count as more.
        patience: iterations without progress that end it.
    """

    iterations: int
    tolerance: float = 0.0
    rounding: float = 0.0
    progress: float = 1.0
    patience: int = 1


class Descent(Stateful):
    """An optimizer on its way down.

    ``lowest`` is the least loss that is known already; infinity for none.

    Attributes:
        best: the step with the least loss; the start, with that loss, before there is one.
        iterations: made so far.
        idle: iterations since the last progress.
        ended: why it ended; None while it goes on.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_optimizer"})

    def __init__(self, optimizer: Optimizer, limits: Limits, lowest: float = math.inf) -> None:
        self._optimizer, self._limits = optimizer, limits
        self.best = Step(optimizer.theta, lowest)
        self.iterations = self.idle = 0
        self.ended: Ended | None = None
        self._mark = math.inf
        self._recent: deque[float] = deque(maxlen=_HALVING)

    def __iter__(self) -> Iterator[Step]:
        """One iteration after another, to the end."""
        while self.ended is None:
            yield self.advance(1)

    def restore(self, state: State) -> None:
        """Take a state over, under the number of iterations that may be made now."""
        most = self._limits.iterations
        super().restore(state)
        self._limits = replace(self._limits, iterations=most)

    def run(self) -> Step:
        """To the end; the step with the least loss."""
        for _ in self:
            pass
        return self.best

    def advance(self, most: int) -> Step:
        """One iteration, or up to ``most`` where the optimizer makes several at once."""
        step = self._optimizer.steps(min(most, self._limits.iterations - self.iterations))
        self.iterations += step.iterations
        if step.loss < self.best.loss:
            self.best = step
        self.ended = self._judge(step)
        return step

    def renew(self, loss: float, rounding: float | None = None, ratio: float | None = None) -> None:
        """The loss has become another function.

        Args:
            loss: the least known value of it.
            rounding: that of a loss of another size, for which progress is counted anew; None where
                it is about as large as before, as on other points of the same laws.
            ratio: of the loss now to that before at one state, where what counts as progress goes
                up or down with it, as under other weights.
        """
        self.best = Step(self._optimizer.theta, loss)
        if rounding is not None:
            self._limits = replace(self._limits, rounding=rounding)
            self._mark, self.idle = loss, 0
            self._recent.clear()
        elif ratio is not None:
            self._mark *= ratio
        elif self.idle == 0:
            # A small rise by other points is not the end of progress.
            self._mark = max(self._mark, loss)

    def _judge(self, step: Step) -> Ended | None:
        loss, limits = self.best.loss, self._limits
        if not math.isfinite(step.loss):
            return Ended.NOT_FINITE
        if loss <= limits.tolerance:
            return Ended.TOLERANCE
        if loss <= limits.rounding and self._flat(loss):
            return Ended.ROUNDING
        if step.ended is not None:
            return step.ended
        self.idle += step.iterations
        if loss < limits.progress * self._mark:
            self._mark, self.idle = loss, 0
        if self.idle >= limits.patience:
            return Ended.NO_PROGRESS
        return Ended.ITERATIONS if self.iterations >= limits.iterations else None

    def _flat(self, loss: float) -> bool:
        full = len(self._recent) == _HALVING
        flat = full and loss > 0.5 * self._recent[0]
        self._recent.append(loss)
        return flat
