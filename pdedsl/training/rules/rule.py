"""What a rule is: it looks at a step, and may change points or weights, or end the run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor

from pdedsl.compiler.residual.adaptive import Adaptive
from pdedsl.models.model import ModelOptions
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import OptimizerOptions, Step
from pdedsl.optimizers.quasi_newton.lbfgs import LbfgsOptions
from pdedsl.optimizers.state import Stateful, kept
from pdedsl.options.section import Section

_LEAST_PAIRS = 10  # iterations between two changes that leave L-BFGS some pairs; a choice

Status = Literal["converged", "budget", "iterations", "stagnated", "interrupted", "diverged"]


@kept
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


@dataclass(frozen=True)
class NewPointWeights:
    """Other weights of points; they replace all that points had.

    Args:
        weights: by label, shape (n,); one for the points of other laws.
        parts: of the state at which the rule has looked, see `LeastSquaresProblem.point_losses`:
            its loss under other weights needs no evaluation.
        note: see `Change`.
    """

    weights: Mapping[str, Tensor]
    parts: Mapping[str, Tensor]
    note: str = ""
    alike = False

    def apply(self, system: LeastSquaresProblem) -> None:
        """Set them."""
        system.set_point_weights(self.weights)

    def loss(self, parts: Mapping[str, Tensor]) -> float:
        """The loss under these weights of a state with such parts."""
        total = sum(
            (own * self.weights[label] if label in self.weights else own).sum()
            for label, own in parts.items()
        )
        return float(total)


Change = NewPoints | NewWeights | NewPointWeights
"""A change of the loss, after which its earlier values do not compare.

``alike`` says whether the loss is about as large as before; ``note`` what the history says of it,
with a place ``{loss}`` for the new loss, or nothing.
"""


class Rule(ABC, Stateful):
    """Asked after the first evaluation, as iteration 0, and whenever it wants to look.

    Args:
        every: iterations between two looks.

    Attributes:
        done: whether a minimum now would be one of what the rule leads to, and may end the run.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_system", "_options", "_every", "_seed"})

    def __init__(self, every: int) -> None:
        self._every, self.done = every, True

    def pause(self, iteration: int) -> int:
        """How many iterations, 1 or more, may be made before it has to look again."""
        return self._every - iteration % self._every

    def begin(self, stage: int) -> None:  # most rules are the same in all stages
        """A stage begins; the first has the number 0."""

    @abstractmethod
    def after(self, step: Step, iteration: int, total: int) -> Change | Stop | None:
        """Look at a step.

        Args:
            step: the state and its loss.
            iteration: of the stage; 0 at the first state of the run.
            total: iterations of the run so far.
        """

    def reservation(self) -> str:
        """Why a minimum under its weights is none of the whole problem; empty where it is one."""
        return ""

    def renew(self, change: Change) -> None:  # as a rule nothing depends on the loss
        """The loss has changed, by this rule or another."""


class RuleOptions(Section):
    """What the options of every rule have: the name of its kind."""

    kind: str

    def refusal(self, model: ModelOptions, stages: Sequence[OptimizerOptions]) -> str:
        """Why the rule is not for a model or optimizers, and what is; empty where it is.

        Args:
            model: its options.
            stages: those of the optimizers.
        """
        return ""

    def check(self, system: LeastSquaresProblem) -> None:
        """Refuse systems that the rule can do nothing for.

        Raises:
            MisfitError: with the reason, and what can be done instead.
        """


def too_often(kind: str, every: int, stages: Sequence[OptimizerOptions]) -> str:
    """Why a rule may not change the weights so often, and what works; empty where it may.

    Args:
        kind: of the rule.
        every: iterations between two changes.
        stages: the optimizers under which it changes them.
    """
    forgetful = any(isinstance(stage, LbfgsOptions) for stage in stages)
    if not forgetful or every >= _LEAST_PAIRS:
        return ""
    return (
        f"{kind} changes the weights every {every} iterations, when lbfgs forgets its pairs and "
        "goes along the gradient; write every = 50, a stage of adam before lbfgs with stages = 1 "
        "in the rule, or lm"
    )
