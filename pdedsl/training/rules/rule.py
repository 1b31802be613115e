"""What a rule is: it looks at a step, and may change the points or the weights, or end the run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import OptimizerOptions, Step
from pdedsl.options.section import Section

Status = Literal["converged", "budget", "iterations", "stagnated", "interrupted", "diverged"]


@dataclass(frozen=True)
class Stop:
    """The end of a run, or of a stage where there is a next one.

    Args:
        status: how it ended.
        reason: a sentence.
        final: whether it ends the run even where there is a next stage.
    """

    status: Status
    reason: str
    final: bool = False


@dataclass(frozen=True)
class NewPoints:
    """Other points.

    Args:
        seed: of the draw.
        adaptive: draw where the residual is large; None for as before.
        note: see `Change`.
    """

    seed: int
    adaptive: Adaptive | None = None
    note: str = ""
    alike = True

    def apply(self, system: LeastSquaresProblem) -> None:
        """Draw them."""
        system.resample(self.seed, self.adaptive)


@dataclass(frozen=True)
class NewWeights:
    """Other weights of laws.

    Args:
        weights: by label or kind; the others stay.
        note: see `Change`.
        alike: see `Change`.
    """

    weights: Mapping[str, float]
    note: str = ""
    alike: bool = False

    def apply(self, system: LeastSquaresProblem) -> None:
        """Set them."""
        system.set_weights(self.weights)


Change = NewPoints | NewWeights
"""A change of the loss, after which its earlier values do not compare.

``alike`` says whether the loss is about as large as before; ``note`` what the history says of it,
with a place ``{loss}`` for the new loss, or nothing.
"""


class Rule(ABC):
    """Asked after the first evaluation, as iteration 0, and whenever it wants to look.

    Args:
        every: iterations between two looks.

    Attributes:
        done: whether a minimum now would be one of what the rule leads to, and may end the run.
    """

    def __init__(self, every: int) -> None:
        self._every, self.done = every, True

    def pause(self, iteration: int) -> int:
        """How many iterations, 1 or more, may be made before it has to look again."""
        return self._every - iteration % self._every

    @abstractmethod
    def after(self, step: Step, iteration: int, total: int) -> Change | Stop | None:
        """Look at a step.

        Args:
            step: the state and its loss.
            iteration: of the stage; 0 at the first state of the run.
            total: iterations of the run so far.
        """

    def renew(self, change: Change) -> None:  # noqa: B027  # as a rule nothing depends on the loss
        """The loss has changed, by this rule or another."""


class RuleOptions(Section):
    """What the options of every rule have: the name of its kind."""

    kind: str

    def refusal(self, stages: Sequence[OptimizerOptions]) -> str:
        """Why the rule cannot follow the optimizers, and what can; empty where it can.

        Args:
            stages: their options.
        """
        return ""
