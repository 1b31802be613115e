"""What every optimizer offers to the loop that drives it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from .spec import OptimizerOptions

if TYPE_CHECKING:
    from pdedsl.compiler.system import ResidualSystem


class Ended(StrEnum):
    """Why an optimizer cannot go on: it is at a minimum, or it finds no lower loss."""

    MINIMUM = "minimum"
    STALLED = "stalled"


@dataclass(frozen=True)
class Step:
    """One iteration: a state and the loss there.

    Args:
        theta: parameters, shape (P,), not changed afterwards.
        loss: ‖r(θ)‖² at that state.
        note: a remark for the log, usually empty.
        ended: set when further iterations would change nothing.
    """

    theta: Tensor
    loss: float
    note: str = ""
    ended: Ended | None = None


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


class Builder(Protocol):
    """The class of an optimizer."""

    def __call__(
        self, system: ResidualSystem, options: OptimizerOptions, theta: Tensor
    ) -> Optimizer:
        """Start at ``theta``."""
        ...
