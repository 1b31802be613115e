r"""Weights that grow along a geometric ramp, from a part of their values to all of it.

.. math:: w(k) = w\, s^{1 - k/n} \quad (k < n), \qquad w(k) = w \quad (k ≥ n).

With weights of conditions that are large from the beginning, the first steps fit the conditions
alone and the equations after them; a ramp lets both fall together. A run that ends before the n-th
iteration ends with smaller weights.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count, Positive

from .rule import NewWeights, Rule, RuleOptions


class RampOptions(RuleOptions):
    """Weights that grow; see `ramp`.

    Args:
        weights: w by label or kind, those at the end; they replace those of ``[weights]``.
        start: s, the part of them at the beginning.
        iterations: n, of the run.
        every: iterations between two changes.
    """

    kind: Literal["ramp"] = "ramp"
    weights: Annotated[dict[str, Positive], Field(min_length=1)]
    start: Positive = 0.01
    iterations: Count = 500
    every: Count = 20


class Ramp(Rule):
    """See the module docstring."""

    def __init__(self, options: RampOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options.every)
        self._options, self.done = options, False
        self._part: float | None = None

    def after(self, step: Step, iteration: int, total: int) -> NewWeights | None:
        """Larger weights where they are due."""
        options = self._options
        if iteration % options.every:
            return None
        done = min(1.0, total / options.iterations) if iteration else 0.0
        part = options.start ** (1 - done)
        if part == self._part:
            return None
        self._part, self.done = part, part == 1.0
        weights = {name: part * weight for name, weight in options.weights.items()}
        text = ", ".join(f"{name} = {weight:.3g}" for name, weight in weights.items())
        return NewWeights(weights, f"weights {text}")
