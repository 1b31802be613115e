r"""Weights that give every law a gradient of the same length, or a longer one where it lags behind.

.. math:: \hat λ_i = \frac{\sum_j ‖∇L_j‖}{‖∇L_i‖} \left(\frac{ℓ_i}{\frac1m \sum_j ℓ_j}\right)^α,
          \qquad ℓ_i = \frac{L_i(t)}{L_i(0)},

for the mean squares L_i of m laws. With α = 0, the default, these are the weights of Wang,
Sankaran, Wang and Perdikaris (arXiv 2308.08468, algorithm 1), every 1000 iterations with 0.9 of the
old weight. With α > 0 a law whose loss has fallen less than those of the others has a longer
gradient, as in GradNorm (Chen, Badrinarayanan, Lee and Rabinovich, ICML 2018), which descends
towards these lengths in place of taking them. All laws get a weight, the equations too.
"""

from __future__ import annotations

import math
from typing import Literal

from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count, NonNegative

from .law_weights import Keep, LawWeightOptions, LawWeights


class GradNormOptions(LawWeightOptions):
    """Gradients of the same length for every law; see `grad_norm`.

    Args:
        restoring: α.
    """

    kind: Literal["grad_norm"] = "grad_norm"
    every: Count = 1000
    keep: Keep = 0.9
    restoring: NonNegative = 0.0


class GradNorm(LawWeights):
    """See the module docstring."""

    _options: GradNormOptions
    _first: dict[str, float] | None = None

    def wanted(self, step: Step) -> dict[str, float]:
        """λ̂ of all laws."""
        parts = self.parts(step)
        losses = {name: loss for name, (loss, _) in parts.items()}
        norms = {name: float(slope.norm()) for name, (_, slope) in parts.items()}
        self._first = self._first or losses
        lags = {n: loss / self._first[n] if self._first[n] else 1.0 for n, loss in losses.items()}
        mean, total = sum(lags.values()) / max(1, len(lags)), sum(norms.values())
        return {
            name: total / norm * (lags[name] / mean) ** self._options.restoring
            if norm and mean else math.inf
            for name, norm in norms.items()
        }  # fmt: skip
