r"""Weights of the conditions that level their gradients with that of the equations.

Learning-rate annealing (Wang, Teng and Perdikaris, SIAM J. Sci. Comput. 43, 2021, arXiv 2001.04536,
algorithm 1), for the mean square L_i of a condition and the loss L_r of the equations:

.. math:: \hat λ_i = \frac{\max_p |∂_p L_r|}{\frac1P \sum_p |∂_p L_i|}

The released code of the authors takes the gradient of the weighted loss λ_i L_i in the
denominator, which brings λ_i to the root of the above; that is the variant ``code``. Where it is at
rest, the largest entry of the equations' gradient is that many times the mean entry of λ_i ∇L_i.

Departures: max and mean are over all parameters, in the code over the weight matrices, and the mean
is there that of the means by layer. The text has 0.9 for the part of the *new* weight, the code for
that of the old one; the default is the code's, ``keep = 0.1`` the text's. At a minimum the
gradients balance each other whatever the weights are, and the weights of the variant ``paper``, for
max over mean is more than 1, grow up to their bound: on a descent that gets to one, such as that of
`lm`, take ``code``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count

from .law_weights import Keep, LawWeightOptions, LawWeights


class AnnealingOptions(LawWeightOptions):
    """Levels the gradients of the conditions with that of the equations; see `annealing`.

    Args:
        variant: ``paper`` for the gradient of the condition, ``code`` for that of the condition
            times its weight.
    """

    kind: Literal["annealing"] = "annealing"
    every: Count = 10
    keep: Keep = 0.9
    variant: Literal["paper", "code"] = "paper"


class Annealing(LawWeights):
    """See the module docstring."""

    _options: AnnealingOptions

    def wanted(self, step: Step) -> dict[str, float]:
        """λ̂ of the conditions."""
        system, groups = self._system, self.groups()
        # In the order of the laws: in that of a set, rounding would differ from run to run.
        inside = [label for label in system.equations if label in self._weights()]
        parts = self.parts(step, weighted=self._options.variant == "code")
        slopes = {n: slope for n, (_, slope) in parts.items() if not {*inside} & {*groups[n]}}
        if not inside or not slopes:
            return {}
        weighted = system.parts_by_law(step.theta)
        return largest_over_mean(
            torch.stack([weighted[label][1] for label in inside]).sum(dim=0), slopes
        )


def largest_over_mean(equations: Tensor, conditions: Mapping[str, Tensor]) -> dict[str, float]:
    """The largest entry of one gradient over the mean entry of others, by absolute value.

    Args:
        equations: ∇L_r, shape (P,).
        conditions: name to ∇L_i, shape (P,).

    Returns:
        Name to ratio, infinite where a gradient vanishes.
    """
    largest = float(equations.abs().max())
    means = {name: float(slope.abs().mean()) for name, slope in conditions.items()}
    return {name: largest / mean if mean else math.inf for name, mean in means.items()}
