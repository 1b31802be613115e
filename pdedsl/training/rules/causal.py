r"""Weights along time: equations count once those at earlier times hold (causal training).

The interval of time is cut into n slabs of equal length. With L_k, the loss of the equations in the
k-th (that of its points, n-fold), all points in it have the weight

.. math:: w_k = \exp\Bigl(-ε \sum_{j<k} L_j\Bigr),

through which no gradient passes. It is 1 in the first slab, and stays small in the later ones until
the residual is small before them. With ``initial`` the sum also has the loss of the initial
conditions. ε is raised along a list, each time that the least weight exceeds a threshold: the
larger, the stricter (S. Wang, S. Sankaran and P. Perdikaris, "Respecting causality for training
physics-informed neural networks", Comput. Methods Appl. Mech. Eng. 421, 2024,
arXiv 2203.07404). The losses of all equations are added up, with their weights.

**Legal note.** The authors' public code states that the method is patented and that commercial use
is not allowed; whoever wants to use it commercially has to ask them. The march in time is the free
alternative: the method ``auto`` for evolution equations, or a model of windows (preset
``windows``).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.models import MisfitError
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.options.section import Count, Flag, Fraction, Positive

from .point_rule import Parts, PointRule, PointRuleOptions, Weights
from .rule import Change, NewPoints

# Weights that all change by less are left as they are: the steps that follow would be the same in
# two digits, and quasi-Newton methods forget what they know at every change. A choice.
_LEAST_CHANGE = 0.01


class CausalOptions(PointRuleOptions):
    """Weights along time; see `causal`, which has a legal note.

    Args:
        epsilon: values of ε, in order.
        slabs: n.
        threshold: the least weight above which the next ε is taken.
        test_every: iterations between two tests of the least weight.
        initial: count the loss of the initial conditions among those of earlier times.
    """

    remembers: ClassVar[bool] = False

    kind: Literal["causal"] = "causal"
    epsilon: Annotated[tuple[Positive, ...], Field(min_length=1)] = (1e-2, 1e-1, 1.0, 10.0, 100.0)
    slabs: Annotated[int, Field(strict=True, ge=2)] = 32
    threshold: Fraction = 0.99
    test_every: Count = 100
    initial: Flag = False
    stages: Count | None = None

    def check(self, system: LeastSquaresProblem) -> None:
        """See `RuleOptions`."""
        if not system.times:
            raise MisfitError(
                "causal weighs equations along time, but no equation holds at points of a time "
                "here; leave the rule out, or take rba, which weighs points by their residuals"
            )


class Causal(PointRule):
    """See the module docstring."""

    def __init__(self, options: CausalOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options, system)
        self._options, self._number, self._tested = options, 0, 0
        self._weights: Weights = {}
        self._slabs: dict[str, Tensor] = {}
        self._least = 1.0  # the weight at the last times

    def reservation(self) -> str:
        """Late times that hardly count are not solved where weights stay before they do."""
        if self._least > self._options.threshold:
            return ""
        return (
            f"causal left the last times the weight {self._least:.2g}; give the stages in which it "
            "changes more iterations, or leave stages out of it"
        )

    def renew(self, change: Change) -> None:
        """Fresh points are weighed at once."""
        if isinstance(change, NewPoints):
            self._weights, self._slabs, self._least = {}, {}, 1.0

    def _due(self, iteration: int) -> bool:
        return not self._weights or super()._due(iteration)

    def _weigh(self, parts: Parts, total: int) -> tuple[Weights, str] | None:
        self._slabs = self._slabs or slabs_of(self._system.times, self._options.slabs)
        sums = self._sums(parts)
        note = self._raise(float(sums[-1]), total)
        by_slab = torch.exp(-self._epsilon * sums)
        self._least = float(by_slab[-1])
        self.done = self._held()
        weights = {label: by_slab[slab] for label, slab in self._slabs.items()}
        if not note and self._alike(weights):
            return None
        self._weights = weights
        return weights, note

    @property
    def _epsilon(self) -> float:
        return self._options.epsilon[self._number]

    def _sums(self, parts: Parts) -> Tensor:
        """The losses of all slabs before each, shape (slabs,)."""
        n = self._options.slabs
        losses = self._system.theta0.new_zeros(n)
        for label, slab in self._slabs.items():
            losses.index_add_(0, slab, n * parts[label])
        sums = losses.cumsum(0) - losses
        if self._options.initial:
            kinds = {block.label: block.kind for block in self._system.blocks}
            first = [own.sum() for label, own in parts.items() if kinds[label] == "ic"]
            sums[1:] += sum(first)
        return sums

    def _raise(self, most: float, total: int) -> str:
        """Take the next ε where a test says so; the note."""
        options = self._options
        if total - self._tested < options.test_every:
            return ""
        self._tested = total
        least = exp(-self._epsilon * most)
        if not least > options.threshold or self._number + 1 == len(options.epsilon):
            return ""
        self._number += 1
        return f"causal weights: epsilon = {self._epsilon:g}"

    def _held(self) -> bool:
        """Whether the equations count alike at all times under the last ε."""
        last = self._number + 1 == len(self._options.epsilon)
        return last and self._least > self._options.threshold

    def _alike(self, weights: Weights) -> bool:
        before = self._weights
        return before.keys() == weights.keys() and all(
            bool((own - before[label]).abs().max() < _LEAST_CHANGE)
            for label, own in weights.items()
        )


def slabs_of(times: Mapping[str, Tensor], count: int) -> dict[str, Tensor]:
    """The number of the slab of every point, of so many between the first time and the last."""
    first = min(float(own.min()) for own in times.values())
    last = max(float(own.max()) for own in times.values())
    length = (last - first) / count or 1.0
    return {
        label: ((own - first) / length).long().clamp(max=count - 1) for label, own in times.items()
    }
