"""Adam with a step size that decays exponentially (Kingma and Ba, arXiv 1412.6980)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.settings.optimizers import AdamOptions

from .torch_optimizer import FirstOrder

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


class Adam(FirstOrder):
    """`torch.optim.Adam`.

    Args:
        system: gives the loss and its gradient.
        options: see `AdamOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: AdamOptions, theta: Tensor) -> None:
        def rule(parameters: Tensor) -> torch.optim.Optimizer:
            return torch.optim.Adam([parameters], lr=options.rate, betas=options.betas)

        super().__init__(system, options, theta, rule)
