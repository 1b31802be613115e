r"""First values of the parameters of layers.

With n inputs and m outputs of a layer,

- ``glorot``: W ~ N(0, 2/(n + m)), b = 0 (Glorot and Bengio, AISTATS 2010);
- ``normal``: W, b ~ N(0, scale²), or with the bandwidth in place of the scale in first layers;
- ``siren``: see `siren`.

Where W = diag(e^s) V, s is normally distributed and V = diag(e^(−s)) W for the same W (Wang, Wang,
Seidman and Perdikaris, arXiv 2210.01274).
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor

from pdedsl.models.parameters import fresh

from .layers import Layer, LayerOptions


def first_values(layer: Layer, options: LayerOptions, generator: torch.Generator) -> Tensor:
    """The parameters of a layer as they lie: V, b and s, float64 on the CPU."""
    weight, bias = _weight_and_bias(layer, options, generator)
    if options.rwf is None:
        return torch.cat((weight.flatten(), bias))
    factors = options.rwf.mean + options.rwf.deviation * fresh(generator, layer.out)
    return torch.cat(((torch.exp(-factors)[:, None] * weight).flatten(), bias, factors))


def _weight_and_bias(
    layer: Layer, options: LayerOptions, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """W, shape (out, width), and b, shape (out,)."""
    wide = options.bandwidth is not None and layer.first
    if options.init == "siren" and not wide:
        return siren(layer, options.omega, generator)
    weight, bias = fresh(generator, layer.out, layer.width), fresh(generator, layer.out)
    if options.bandwidth is not None and layer.first:
        return options.bandwidth * weight, options.bandwidth * bias
    if options.init == "normal":
        return options.scale * weight, options.scale * bias
    return sqrt(2.0 / (layer.width + layer.out)) * weight, 0.0 * bias


def siren(layer: Layer, omega: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """First values for layers sin(ω (W z + b)), by which ω W z is about N(0, 1) in every layer.

    W ~ U(−1/n, 1/n) in first layers, U(−√(6/n)/ω, √(6/n)/ω) in the others (Sitzmann et al., NeurIPS
    2020, section 3.2), and b ~ U(−1/√n, 1/√n) as in their code.
    """
    n = layer.width
    bound = 1 / n if layer.first else sqrt(6 / n) / omega
    uniform = 2 * torch.rand(layer.out, n + 1, dtype=torch.float64, generator=generator) - 1
    return bound * uniform[:, :n], uniform[:, n] / sqrt(n)
