"""What every optimizer is to the loop that drives it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from torch import Tensor

from pdedsl.options.section import Count, Fraction, NonNegative, Positive, Section

from .problem import LeastSquaresProblem
from .state import Stateful, kept

AT_MINIMUM = 1e-10
"""A state is a minimum where the linear model can remove no more than this part of the loss.

A choice: the square root of the rounding unit would be the most that is known of a loss that is
formed from residuals; below this part, steps change no digit that is reported.
"""


class OptimizerOptions(Section):
    """What every optimizer has.

    Args:
        iterations: the most iterations.
        tolerance: stop once the loss, without weights of points, is at or below this; 0 leaves it
            to rounding.
        patience: stop when so many iterations lower the loss by less than 1 %.
        until: as a stage: go on to the next stage once the loss is at or below this.
        share: as a stage: the most of the budget that it may use.
    """

    kind: str
    iterations: Count = 10_000
    tolerance: NonNegative = 0.0
    patience: Count = 1_000
    until: Positive | None = None
    share: Fraction | None = None


@kept
class Ended(StrEnum):
    """Why an optimizer does not go on, which it says itself or `descent` says for it."""

    MINIMUM = "the linear model can lower the loss no more"
    STALLED = "no step lowers the loss"
    TOLERANCE = "the loss is as low as was asked for"
    ROUNDING = "the loss is at the level of rounding, and no longer halved"
    NO_PROGRESS = "the loss has hardly fallen for too long"
    NOT_FINITE = "the loss or its derivative is no finite number"
    ITERATIONS = "all iterations are made"


@kept
@dataclass(frozen=True)
class Step:
    """One iteration, or several at once: a state and the loss there.

    Args:
        theta: parameters, shape (P,), not changed afterwards.
        loss: ‖r(θ)‖² at that state.
        note: a remark for the log, usually empty.
        ended: `Ended.MINIMUM` or `Ended.STALLED` when further iterations would change nothing.
        iterations: number of iterations since the step before.
    """

    theta: Tensor
    loss: float
    note: str = ""
    ended: Ended | None = None
    iterations: int = 1


class Optimizer(ABC, Stateful):
    """An optimizer that is driven one iteration at a time.

    Args:
        system: what it lowers the loss of.
        options: of its kind.
        theta: start, shape (P,).

    Attributes:
        theta: the state, shape (P,).
        loss: there; infinity for an optimizer that has not evaluated it yet.
    """

    _options: OptimizerOptions
    _passing: ClassVar[frozenset[str]] = frozenset({"_system", "_options"})

    def __init__(
        self, system: LeastSquaresProblem, options: OptimizerOptions, theta: Tensor
    ) -> None:
        self._system, self._options = system, options
        self.theta, self.loss = theta, math.inf

    @property
    def between_steps(self) -> bool:
        """Whether the next step depends on nothing beyond its `state`."""
        return True

    @abstractmethod
    def step(self) -> Step:
        """Make one iteration."""

    def steps(self, most: int) -> Step:
        """Make one iteration, or up to ``most`` at once where they are cheap; the step says it."""
        return self.step()

    def renew(self, loss: float) -> None:
        """The points have changed; ``loss`` is that of the state on the new ones."""
        self.loss = loss
