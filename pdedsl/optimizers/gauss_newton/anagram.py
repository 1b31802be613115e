r"""ANaGRAM: Gauss–Newton by a truncated singular value decomposition of the Jacobian.

With :math:`J = U Σ V^T`, a cut-off ε and α by `grid_search`,

.. math:: θ ← θ - α \sum_{σ_i ≥ ε} v_i \frac{u_i^T r}{σ_i},

the natural gradient of the network at the training points: Schwencke and Furtlehner, "ANaGRAM: a
natural gradient relative to adapted model for efficient PINNs learning" (arXiv 2412.10782,
algorithm 1), with these departures:

- The decomposition is that of the triangle of a QR factorisation (`svd`).
- They decompose the Jacobian of the plain residuals, where the rows here are scaled by √(w/N).
  With weights equal to the numbers of points both are the same, as in the preset ``anagram``:
  ``weights = { eq = 900, bc = 120 }`` for ``points = { eq = 900, bc = 120 }``; the loss of the
  search is then Σ r², where theirs is the sum of the means. With other weights the direction is
  that of another inner product, and an absolute ε has another meaning.
- Where none of the options gives ε, it is √(u P) σ₁ with the rounding unit u of the numbers: below,
  squares of σ drown in those of σ₁. With a list of ε, or K of them from u σ₁ to σ₁/100 by
  ``cutoffs`` = K, one decomposition serves all. They are tried from the least on, up to the first
  whose line lowers the loss by a tenth of what the linear model predicts, and the best pair (ε, α)
  of those is taken: the best of all leads to slow ways along few directions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Literal

import torch
from pydantic import BeforeValidator, model_validator
from torch import Tensor

from pdedsl.linalg.linearisation import Rows
from pdedsl.linalg.svd import Svd, svd
from pdedsl.optimizers.protocol import OptimizerOptions
from pdedsl.options.section import Count, Fraction, Positive, fault_of

from .least_norm import LeastNorm

_LARGEST_CUTOFF = 1e-2  # of the candidates, as a part of σ₁; a choice


def _listed(given: object) -> object:
    """A number as a list of one, so that a fault is told of the number."""
    return given if given is None or isinstance(given, list | tuple) else (given,)


class AnagramOptions(OptimizerOptions):
    """Gauss–Newton by a truncated singular value decomposition; see `anagram`.

    Args:
        cutoff: ε, the least singular value that is kept, or a list of those that may be tried in
            every step.
        relative: ε as a part of the largest singular value, in place of ``cutoff``.
        cutoffs: number of ε from rounding to a hundredth of the largest singular value that
            may be tried in every step, in place of both.
    """

    kind: Literal["anagram"] = "anagram"
    patience: Count = 300
    cutoff: Annotated[tuple[Positive, ...] | None, BeforeValidator(_listed)] = None
    relative: Fraction | None = None
    cutoffs: Count = 1

    @model_validator(mode="after")
    def _one_cutoff(self) -> AnagramOptions:
        if (self.cutoff is not None) + (self.relative is not None) + (self.cutoffs > 1) > 1:
            raise fault_of("write one of cutoff, relative and cutoffs; each sets the cut-off")
        if self.cutoff == ():
            raise fault_of(
                "cutoff has to be a number or a list of numbers, but the list is empty", "cutoff"
            )
        return self


class Anagram(LeastNorm):
    """See the module docstring."""

    _options: AnagramOptions
    _decompose = staticmethod(svd)

    def _linearise(self) -> tuple[float, Tensor, Tensor]:
        model = self._system.linearise(self.theta)
        assert isinstance(model, Rows)
        return model.loss, model.jacobian, model.residual

    def _ranks(self, factors: Svd) -> Iterable[int]:
        # Cut-offs that keep the same directions are one.
        kept = {factors.directions(cutoff**2) for cutoff in self._cutoffs(factors.largest**0.5)}
        return sorted(kept, reverse=True)

    def _cutoffs(self, largest: float) -> list[float]:
        """ε, largest last."""
        options, epsilon = self._options, torch.finfo(self.theta.dtype).eps
        if options.cutoff is not None:
            return sorted(options.cutoff)
        if options.cutoffs > 1:
            ratio, last = _LARGEST_CUTOFF / epsilon, options.cutoffs - 1
            return [epsilon * ratio ** (k / last) * largest for k in range(last + 1)]
        usual = math.sqrt(epsilon * len(self.theta))
        return [(options.relative or usual) * largest]
