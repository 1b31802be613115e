r"""How the laws share the gradient of the loss, layer by layer.

Where the gradients of one law are far larger than those of another, descent follows the one and
neglects the other; the histograms by layer show it (Wang, Teng and Perdikaris, SIAM J. Sci.
Comput. 43, 2021).
"""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array
from pdedsl.training.rules.annealing import largest_over_mean

from .histograms import Histogram, shared_histograms


def gradients_by_part(system: ResidualSystem, theta: Tensor) -> dict[str, dict[str, Array]]:
    """Entries of the gradient of the loss: part of θ to label of the law to its entries.

    The weights of the laws are in them, so that the sum over the laws is the gradient.
    """
    by_law = {label: as_array(g) for label, g in system.gradients_by_law(theta).items()}
    return {
        name: {label: g[part] for label, g in by_law.items()} for name, part in system.parts.items()
    }


def gradient_histograms(
    system: ResidualSystem, theta: Tensor, cells: int | None = None
) -> dict[str, dict[str, Histogram]]:
    """Histograms of `gradients_by_part`; the laws of one part share their cells.

    Without a number of cells there are 2√n for n entries, from 10 to 60.
    """
    out = {}
    for name, samples in gradients_by_part(system, theta).items():
        size = system.parts[name].stop - system.parts[name].start
        number = min(60, max(10, round(2 * size**0.5))) if cells is None else cells
        out[name] = shared_histograms(samples, number)
    return out


def annealing_ratios(system: ResidualSystem, theta: Tensor) -> dict[str, float]:
    """The weights that would level the gradients of the conditions with those of the equations.

    Those of `pdedsl.training.rules.annealing`, without the moving average over steps.

    Returns:
        Label of each condition of positive weight to λ̂, infinite where its gradient vanishes.
    """
    by_law, weights = system.gradients_by_law(theta), system.weights
    inside = [by_law.pop(label) for label in system.equations]
    slopes = {label: slope / weights[label] for label, slope in by_law.items() if weights[label]}
    return largest_over_mean(sum(inside, torch.zeros_like(theta)), slopes)
