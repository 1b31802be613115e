r"""Weights by how much each law's loss has fallen, relative to a step before and to the start.

For the mean squares L_i of m laws and a Bernoulli variable ρ,

.. math:: \hat λ_i(t, t') = m\, \frac{\exp q_i}{\sum_j \exp q_j}, \quad
          q_i = \frac{L_i(t)}{T L_i(t')},

.. math:: λ_i(t) = α\,(ρ\, λ_i(t-1) + (1 - ρ)\, \hat λ_i(t, 0)) + (1 - α)\, \hat λ_i(t, t-1)

(ReLoBRaLo: Bischof and Kraus, arXiv 2110.09813, section 3). A law whose loss falls less than those
of the others gets more weight; the size of the losses does not matter, for which the weights of the
method, as the first ones, have no lasting effect. As in the code of the authors, α is 1 at the
first look and 0 at the second, and the defaults are those of its command line, T = 1 and E ρ = 1.
All laws get a weight, the equations too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count, Positive

from .law_weights import Keep, LawWeightOptions, LawWeights

_TINY = 1e-12  # beside T L_i in the denominator, as in the code of the authors


class RelobraloOptions(LawWeightOptions):
    """Weights by the relative fall of the losses; see `relobralo`.

    Args:
        temperature: T.
        recall: E ρ, how often the old weight goes on, and not one by the losses at the start.
    """

    kind: Literal["relobralo"] = "relobralo"
    every: Count = 1
    keep: Keep = 0.999
    temperature: Positive = 1.0
    recall: Annotated[float, Field(strict=True, ge=0, le=1)] = 1.0


class Relobralo(LawWeights):
    """See the module docstring; the draws of ρ are the same in every run."""

    _options: RelobraloOptions

    def __init__(self, options: RelobraloOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options, system)
        self._losses: list[dict[str, float]] = []  # at the start and at the last look
        self._random = np.random.default_rng(0)

    def wanted(self, step: Step) -> dict[str, float]:
        """λ̂(t, t − 1), or the whole mixture where the old weight is not in it."""
        options, before = self._options, self._losses
        now = {name: loss for name, (loss, _) in self.parts(step).items()}
        self._losses = [*before[:1], now]
        if not before:
            return {}
        latest = balanced(now, before[-1], options.temperature)
        self._keep = options.keep if len(before) > 1 else 0.0
        if len(before) == 1 or self._random.random() < options.recall:
            return latest
        start, self._keep = balanced(now, before[0], options.temperature), 0.0
        return {n: options.keep * start[n] + (1 - options.keep) * latest[n] for n in now}


def balanced(
    now: Mapping[str, float], then: Mapping[str, float], temperature: float
) -> dict[str, float]:
    """λ̂ by the fall of losses, by name, from one state to another."""
    ratios = np.array([loss / (temperature * then[name] + _TINY) for name, loss in now.items()])
    powers = np.exp(ratios - ratios.max(initial=0.0))
    return {n: float(v) for n, v in zip(now, len(now) * powers / powers.sum(), strict=True)}
