"""What every optimizer offers to the loop that drives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from torch import Tensor

from pdedsl.options.section import Count, Fraction, NonNegative, Positive, Section

from .problem import LeastSquaresProblem

AT_MINIMUM = 1e-10
"""A state is a minimum where the linear model can remove no more than this part of the loss.

A choice: the square root of the rounding unit would be the most that is known of a loss that is
formed from residuals; below this part, steps change no digit that is reported.
"""


class OptimizerOptions(Section):
    """What every optimizer has.

    Args:
        iterations: the most iterations.
        tolerance: stop once the loss is at or below this; 0 leaves it to rounding.
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


class Ended(StrEnum):
    """Why an optimizer does not go on, which it says itself or `descent` says for it."""

    MINIMUM = "the linear model can lower the loss no more"
    STALLED = "no step lowers the loss"
    TOLERANCE = "the loss is as low as was asked for"
    ROUNDING = "the loss is at the level of rounding, and no longer halved"
    NO_PROGRESS = "the loss has hardly fallen for too long"
    NOT_FINITE = "the loss or its derivative is no finite number"
    ITERATIONS = "all iterations are made"


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


class Optimizer(Protocol):
    """An optimizer that is driven one iteration at a time."""

    theta: Tensor
    loss: float

    def step(self) -> Step:
        """Make one iteration."""
        ...

    def renew(self, loss: float) -> None:
        """The points have changed; ``loss`` is that of the state on the new ones."""
        ...


@runtime_checkable
class Several(Protocol):
    """An optimizer whose iterations are so cheap that it makes several before it is looked at."""

    def steps(self, most: int) -> Step:
        """Make between one and ``most`` iterations; the step says how many."""
        ...


def advance(optimizer: Optimizer, most: int) -> Step:
    """One iteration, or up to ``most`` where the optimizer makes several at once."""
    return optimizer.steps(most) if isinstance(optimizer, Several) else optimizer.step()


Options = TypeVar("Options", bound=OptimizerOptions)


@dataclass(frozen=True)
class Kind(Generic[Options]):
    """A kind of optimizer.

    Args:
        options: their class; the values of its ``kind`` are the names that methods use.
        build: from a system, options and the first parameters.
    """

    options: type[Options]
    build: Callable[[LeastSquaresProblem, Options, Tensor], Optimizer]
