r"""Weights of several fits by the noise that their residuals show.

Rows of fits that do not state their noise count by the size of their terms. With errors of the
deviations s_k, estimated from what a fit with these weights leaves of each,

.. math:: w_k = c\, N_k/s_k^2, \qquad s_k^2 = \frac{1}{N_k} \sum_i ρ_i^2,

the sum is that of weighted least squares, whose estimates have the least variance (iterated once
or twice; Carroll and Ruppert, Transformation and Weighting in Regression, 1988, chapter 2).
"""

from __future__ import annotations

from torch import Tensor

from pdedsl.compiler.residual.system import ResidualSystem

_LEAST = 1e-6  # of the data: noise below is rounding, or no row is left to tell it; a choice


def weights_by_noise(system: ResidualSystem, theta: Tensor) -> dict[str, float]:
    """New weights of the fits, by label, the largest of them as before; empty for a single one.

    Args:
        system: with the rows and weights.
        theta: fields and numbers that were found with them.
    """
    fits = [block for block in system.blocks if block.kind == "fit"]
    if len(fits) < 2:
        return {}
    residual, stated = system.residual(theta), system.sampler.lowered.noise
    zero = theta.clone()
    zero[: system.ansatz.numbers_at] = 0
    data, found = system.residual(zero), {}
    for block in fits:
        square = float(residual[block.rows].square().sum())
        least = _LEAST**2 * float(data[block.rows].square().sum())
        own = max(square, least) / block.weight
        noise = stated[block.label] ** 2 if block.label in stated else own
        if not noise > 0:
            return {}
        found[block.label] = block.map.rows / noise
    part = min(block.weight / found[block.label] for block in fits)
    return {label: part * own for label, own in found.items()}
