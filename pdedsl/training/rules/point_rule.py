"""What rules that weigh points have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from torch import Tensor

from pdedsl.models import MisfitError, ModelOptions
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import OptimizerOptions, Step
from pdedsl.options.section import Count

from .rule import NewPointWeights, Rule, RuleOptions, too_often

Parts = Mapping[str, Tensor]
Weights = dict[str, Tensor]

_NEVER = 1 << 30  # iterations, more than any stage has


class PointRuleOptions(RuleOptions):
    """What the options of rules that weigh points have.

    Args:
        every: iterations between two changes of the weights.
        stages: the first so many stages, in which the weights change; they stay as they are in
            later ones. None for all.

    Attributes:
        remembers: whether the weight of a point depends on its weight before, so that the points
            have to stay.
    """

    remembers: ClassVar[bool] = True

    every: Count = 1
    stages: Count | None = 1

    def refusal(self, model: ModelOptions, stages: Sequence[OptimizerOptions]) -> str:
        """See `RuleOptions`."""
        return too_often(self.kind, self.every, stages[: self.stages])


class PointRule(Rule):
    """A rule that weighs points by their parts in the loss.

    Args:
        options: see `PointRuleOptions`.
        system: what is trained.

    Raises:
        MisfitError: the rule can do nothing for the system.
    """

    def __init__(self, options: PointRuleOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options.every)
        options.check(system)
        self._system, self._stages = system, options.stages
        self._moves, self.done = True, False

    def begin(self, stage: int) -> None:
        """From some stage on the weights stay, and a minimum is one."""
        self._moves = self._stages is None or stage < self._stages
        self.done = not self._moves

    def pause(self, iteration: int) -> int:
        """As long as the weights stay."""
        return super().pause(iteration) if self._moves else _NEVER

    def after(self, step: Step, iteration: int, total: int) -> NewPointWeights | None:
        """Other weights where they are due."""
        if not self._moves or not self._due(iteration):
            return None
        parts = self._system.point_losses(step.theta)
        found = self._weigh(parts, total)
        return found and NewPointWeights(found[0], parts, found[1])

    def _due(self, iteration: int) -> bool:
        return iteration % self._every == 0

    @abstractmethod
    def _weigh(self, parts: Parts, total: int) -> tuple[Weights, str] | None:
        """The weights of points, and a note for the history; None to leave them.

        Args:
            parts: see `LeastSquaresProblem.point_losses`.
            total: iterations of the run so far.
        """


def laws_named(system: LeastSquaresProblem, names: Iterable[str]) -> dict[str, str]:
    """Label to the name, by label or else by kind, of the laws with rows that are named."""
    known = tuple(names)
    pairs = ((b.label, (b.label, b.kind)) for b in system.blocks)
    found = ((label, [name for name in both if name in known]) for label, both in pairs)
    return {label: own[0] for label, own in found if own}


def check_named(system: LeastSquaresProblem, names: Iterable[str], what: str) -> None:
    """Refuse names of which no law has rows.

    Args:
        system: what is trained.
        names: labels or kinds.
        what: the rule and its key, in words.

    Raises:
        MisfitError: with the laws that there are.
    """
    if laws_named(system, names):
        return
    there = ", ".join(dict.fromkeys(n for b in system.blocks for n in (b.kind, b.label)))
    raise MisfitError(
        f"{what} names {', '.join(names)}, of which no law has points here; write one of {there}"
    )
