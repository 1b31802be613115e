r"""Gradient descent with momentum and a step size that decays exponentially.

With the gradient g of :math:`‖r(θ)‖²`, the momentum β and the rate η,

.. math:: v ← β v + g, \qquad θ ← θ - η v \quad\text{or, for Nesterov,}\quad θ ← θ - η (g + β v)

(Polyak 1964; Nesterov 1983, as in Sutskever, Martens, Dahl and Hinton, ICML 2013). The noise of
it comes from fresh points, as ``resample`` draws them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.settings.optimizers import SgdOptions

from .torch_optimizer import FirstOrder

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem


class Sgd(FirstOrder):
    """`torch.optim.SGD`.

    Args:
        system: gives the loss and its gradient.
        options: see `SgdOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: SgdOptions, theta: Tensor) -> None:
        def rule(parameters: Tensor) -> torch.optim.Optimizer:
            return torch.optim.SGD(
                [parameters], options.rate, options.momentum, nesterov=options.nesterov
            )

        super().__init__(system, options, theta, rule)
