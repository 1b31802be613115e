r"""Unknown numbers: from the whole line to their bounds.

A raw parameter s gives

- no bound: s;
- lower bound a: a + log(1 + e^s);  upper bound b: b − log(1 + e^s);
- both: a + (b − a)/(1 + e^{−s}).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.ir import Problem, UnknownNumber

# How far inside its bounds a first guess is kept: of their distance, and where there is one bound.
_MARGIN = 1e-15
_LEAST = 1e-300


@dataclass(frozen=True)
class Bounded:
    """One unknown number with its bounds (None where open) and first guess."""

    name: str
    lower: float | None
    upper: float | None
    guess: float

    def value(self, raw: Tensor) -> Tensor:
        """The number, from its raw parameter; elementwise."""
        if self.lower is not None and self.upper is not None:
            return self.lower + (self.upper - self.lower) * torch.sigmoid(raw)
        if self.lower is not None:
            return self.lower + _softplus(raw)
        if self.upper is not None:
            return self.upper - _softplus(raw)
        return raw

    def slope(self, raw: Tensor) -> Tensor:
        """D value / d raw; elementwise."""
        if self.lower is not None and self.upper is not None:
            return (self.upper - self.lower) * torch.sigmoid(raw) * torch.sigmoid(-raw)
        if self.lower is not None:
            return torch.sigmoid(raw)
        return -torch.sigmoid(raw) if self.upper is not None else torch.ones_like(raw)

    def raw(self) -> float:
        """The raw parameter of the first guess, moved inside the bounds where it is at one."""
        if self.lower is not None and self.upper is not None:
            part = (self.guess - self.lower) / (self.upper - self.lower)
            part = min(max(part, _MARGIN), 1 - _MARGIN)
            return math.log(part) - math.log1p(-part)
        if self.lower is not None:
            return _inverse_softplus(self.guess - self.lower)
        if self.upper is not None:
            return _inverse_softplus(self.upper - self.guess)
        return self.guess


def _softplus(raw: Tensor) -> Tensor:
    # torch's own softplus is replaced by its asymptote above 20, an error of 2e-9.
    return torch.logaddexp(raw, torch.zeros_like(raw))


def _inverse_softplus(distance: float) -> float:
    distance = max(distance, _LEAST)
    return distance + math.log(-math.expm1(-distance))


def bounded(problem: Problem, number: UnknownNumber) -> Bounded:
    """Bounds and guess of an unknown number as floats."""
    lower = None if number.lower is None else problem.number(number.lower)
    upper = None if number.upper is None else problem.number(number.upper)
    return Bounded(number.symbol.name, lower, upper, problem.number(number.guess))
