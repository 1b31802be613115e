r"""Residual-based attention: weights of points that follow the size of their residuals (RBA).

A point i of a law has the weight λ_i² in the loss, and after every step

.. math:: λ_i ← γ λ_i + η \frac{|r_i|}{\max_j |r_j|},

from λ = 0, with the maximum over the points of its law and no gradient through λ. So λ is an
average of the relative residual over the last 1/(1 − γ) iterations, and at most η/(1 − γ) (S.
Anagnostopoulos, J. Toscano, N. Stergiopulos and G. Karniadakis, Comput. Methods Appl. Mech. Eng.
421, 2024, arXiv 2307.00379). At points of a quadrature, r_i is their row, with the root of their
weight. A law that is imposed by integrals has a λ for each of its rows. The averages belong to
points, which therefore have to stay. A step is made with the λ after the step before it; in the
authors' code λ sees the residual of the same step.

With a small η the equations count for little at first: λ grows by η an iteration. The optimizers
that make few iterations want a larger η with a smaller γ.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.options.section import Fraction, Positive

from .point_rule import Parts, PointRule, PointRuleOptions, Weights, check_named, laws_named


class RbaOptions(PointRuleOptions):
    """Weights that follow the residuals; see `rba`.

    Args:
        laws: labels or kinds of the laws whose points are weighed.
        gamma: γ, the memory.
        eta: η, the growth.
        first: η at the first state; None for η, as published; 1 in a variant of the authors.
    """

    kind: Literal["rba"] = "rba"
    laws: Annotated[tuple[str, ...], Field(min_length=1)] = ("eq",)
    gamma: Fraction = 0.999
    eta: Positive = 1e-3
    first: Positive | None = None

    def check(self, system: LeastSquaresProblem) -> None:
        """See `RuleOptions`."""
        check_named(system, self.laws, "laws of rba")


class Rba(PointRule):
    """See the module docstring."""

    def __init__(self, options: RbaOptions, system: LeastSquaresProblem) -> None:
        super().__init__(options, system)
        self._options = options
        self._laws = tuple(laws_named(system, options.laws))
        self._masks: dict[str, Tensor] = {}

    def _weigh(self, parts: Parts, total: int) -> tuple[Weights, str]:
        """The squares of λ."""
        options = self._options
        eta = options.eta if self._masks or options.first is None else options.first
        for label in self._laws:
            own = parts[label]
            before = self._masks.get(label, torch.zeros_like(own))
            largest = own.max()
            share = (own / largest).sqrt() if largest > 0 else torch.zeros_like(own)
            self._masks[label] = options.gamma * before + eta * share
        return {label: mask.square() for label, mask in self._masks.items()}, ""
