"""Adam with a step size that decays exponentially (Kingma and Ba, arXiv 1412.6980)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from pdedsl.options.section import Fraction

from .torch_optimizer import FirstOrder, FirstOrderOptions


class AdamOptions(FirstOrderOptions):
    """Adam; see `adam`.

    Args:
        betas: decay of the first and second moments.
    """

    kind: Literal["adam"] = "adam"
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)


class Adam(FirstOrder):
    """`torch.optim.Adam`."""

    _options: AdamOptions

    def _rule_for(self, parameters: Tensor) -> torch.optim.Optimizer:
        return torch.optim.Adam([parameters], lr=self._options.rate, betas=self._options.betas)
