"""What every optimizer offers to the loop that drives it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from torch import Tensor

from pdedsl.settings.optimizers import OptimizerOptions

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


class Ended(StrEnum):
    """Why an optimizer cannot go on: it is at a minimum, or it finds no lower loss."""

    MINIMUM = "minimum"
    STALLED = "stalled"


@dataclass(frozen=True)
class Step:
    """One iteration, or several at once: a state and the loss there.

    Args:
        theta: parameters, shape (P,), not changed afterwards.
        loss: ‖r(θ)‖² at that state.
        note: a remark for the log, usually empty.
        ended: set when further iterations would change nothing.
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


class Builder(Protocol):
    """The class of an optimizer, or a function that chooses it."""

    def __call__(
        self, system: ResidualSystem, options: OptimizerOptions, theta: Tensor
    ) -> Optimizer:
        """Start at ``theta``."""
        ...
