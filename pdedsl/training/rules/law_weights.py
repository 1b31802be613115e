r"""What rules have in common that find the weights of laws from the course of the training.

Each looks every so many iterations, finds weights λ̂, and moves towards them,

.. math:: λ ← κ λ + (1 - κ) \hat λ,

with the part κ of the old (``keep``). It starts from the weights of the method. A law of weight 0
is out of the loss and remains so; one whose λ̂ is not a finite number, as where a gradient
vanishes, keeps its weight.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.models.model import ModelOptions
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import OptimizerOptions, Step
from pdedsl.options.section import Count

from .rule import NewWeights, Rule, RuleOptions, too_often

# Choices. A minimum may end a run where the last change of all weights was less than the first
# factor, or where they have kept within the second for so many looks, and only waver. Within the
# second factor the loss is about as large as before.
_SETTLED, _ALIKE, _CALM = 1.1, 2.0, 10

AtLeastOne = Annotated[float, Field(strict=True, ge=1)]
Keep = Annotated[float, Field(strict=True, ge=0, lt=1)]


class LawWeightOptions(RuleOptions):
    """What rules for the weights of laws have.

    Args:
        every: iterations between two changes.
        keep: κ, the part of the old weight in the new.
        by: ``law``, or ``kind`` for one weight of all laws of a kind (``eq``, ``bc``, ``ic``,
            ``fit``), whose parts in the loss are added up.
        most: weights stay between this and its inverse. Rows have the root of their weight: at
            1e6 the digits of a law of weight 1 are 3 fewer than those of a number, of which there
            are 16, or 7 in single precision.
        stages: the first so many stages, in which the weights change; they stay as they are in
            later ones. None for all.
    """

    every: Count = 100
    keep: Keep = 0.0
    by: Literal["law", "kind"] = "law"
    most: AtLeastOne = 1e6
    stages: Count | None = None

    def refusal(self, model: ModelOptions, stages: Sequence[OptimizerOptions]) -> str:
        """See `RuleOptions.refusal`."""
        if getattr(model, "analysed", False) or getattr(model, "preconditioner", "none") == "full":
            return (
                f"{self.kind} changes the weights, but the preconditioner of the basis is made "
                "for those of the method; leave the rule out, or set model.preconditioner to "
                '"none" and analysed = false'
            )
        moving = stages[: self.stages]
        for stage in moving:
            if stage.kind == "lstsq":
                return (
                    f"{self.kind} follows the steps of a descent, but lstsq goes to the minimum "
                    "for given weights, where the gradients of the laws cancel each other; write "
                    "numbers into [weights], or the optimizer lm"
                )
            if getattr(stage, "preconditioner", "none") != "none":
                return (
                    f"{self.kind} levels the gradients of the laws, but gd with a preconditioner "
                    "moves along them times the inverse of JᵀJ, which levels them already; write "
                    "numbers into [weights], or the optimizer adam"
                )
        return too_often(self.kind, self.every, moving)


class LawWeights(Rule):
    """See the module docstring.

    Args:
        options: see `LawWeightOptions`.
        system: whose weights they are.
    """

    def __init__(self, options: LawWeightOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options.every)
        self._options, self._system = options, system
        self._reference, self._keep = self._weights(), options.keep
        self._over, self._calm = False, 0

    def begin(self, stage: int) -> None:
        """From some stage on the weights stay, and a minimum is one."""
        last = self._options.stages
        self._over = last is not None and stage >= last
        self.done = self.done or self._over

    @abstractmethod
    def wanted(self, step: Step) -> Mapping[str, float]:
        """Name of a group of laws (see `groups`) to λ̂, where there is one."""

    def after(self, step: Step, iteration: int, total: int) -> NewWeights | None:
        """Other weights where they are due."""
        if iteration % self._every or self._over:
            return None
        before = self._weights()
        # All labels, for one may be the name of a kind, and stand for laws that are not named.
        after = {block.label: block.weight for block in self._system.blocks}
        wanted = self.wanted(step)
        for name, labels in self.groups().items():
            for label in labels:
                after[label] = self._mixed(before[label], wanted.get(name, math.nan))
        alike = _within(_ALIKE, self._reference, after)
        self._calm = self._calm + 1 if alike else 0
        self.done = _within(_SETTLED, before, after) or self._calm >= _CALM
        if all(after[label] == weight for label, weight in before.items()):
            return None
        if alike:
            return NewWeights(after, alike=True)
        self._reference = {label: after[label] for label in before}
        text = ", ".join(f"{label} = {weight:.3g}" for label, weight in after.items())
        return NewWeights(after, f"weights {text}")

    def groups(self) -> dict[str, list[str]]:
        """Names of the groups that have one weight each, to the labels of laws in them.

        A group is a law, or a kind: the equations, or all other laws of a kind.
        """
        out: dict[str, list[str]] = {}
        equations = set(self._system.equations)
        for block in self._system.blocks:
            shared = self._options.by == "kind" and (block.kind != "eq" or block.label in equations)
            if block.weight > 0:
                out.setdefault(block.kind if shared else block.label, []).append(block.label)
        return out

    def parts(self, step: Step, weighted: bool = False) -> dict[str, tuple[float, Tensor]]:
        """Group to the sum of its mean squares, a number, and to its gradient, shape (P,).

        Args:
            step: the state.
            weighted: with the weights of the laws, as they are in the loss.
        """
        parts, weights = self._system.parts_by_law(step.theta), self._weights()
        out = {}
        for name, labels in self.groups().items():
            scales = {label: 1.0 if weighted else 1 / weights[label] for label in labels}
            loss = sum(scale * float(parts[label][0]) for label, scale in scales.items())
            slopes = [scale * parts[label][1] for label, scale in scales.items()]
            out[name] = loss, torch.stack(slopes).sum(dim=0)
        return out

    def _weights(self) -> dict[str, float]:
        """Label to weight, of the laws that have one."""
        return {block.label: block.weight for block in self._system.blocks if block.weight > 0}

    def _mixed(self, before: float, wanted: float) -> float:
        """The next weight from the present one and λ̂."""
        if not math.isfinite(wanted):
            return before
        most = self._options.most
        return min(max(self._keep * before + (1 - self._keep) * wanted, 1 / most), most)


def _within(factor: float, one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether no weight of the one differs by more than a factor in the other."""
    return all(1 / factor <= other[label] / weight <= factor for label, weight in one.items())
