"""What keeps the state of a training, so that another process can go on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pdedsl.optimizers.state import State


class Keeper(Protocol):
    """Where states are kept."""

    def due(self, iterations: int) -> bool:
        """Whether another one is wanted, after so many iterations of the training."""

    def keep(self, state: State, iterations: int) -> None:
        """Keep a state after so many iterations; its tensors are read before this returns."""


@dataclass(frozen=True)
class Within:
    """A keeper for a training that is part of a longer one.

    Args:
        outer: the keeper of the longer one.
        around: the state of the longer one with that of the part in it.
        before: iterations that the longer one had made.
    """

    outer: Keeper
    around: Callable[[State | None], State]
    before: int = 0

    def due(self, iterations: int) -> bool:
        """See `Keeper`."""
        return self.outer.due(self.before + iterations)

    def keep(self, state: State | None, iterations: int) -> None:
        """See `Keeper`; None before the part begins."""
        self.outer.keep(self.around(state), self.before + iterations)
