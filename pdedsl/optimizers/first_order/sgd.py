r"""Gradient descent with momentum and a step size that decays exponentially.

With the gradient g of :math:`‖r(θ)‖²`, the momentum β and the rate η,

.. math:: v ← β v + g, \qquad θ ← θ - η v \quad\text{or, for Nesterov,}\quad θ ← θ - η (g + β v)

(Polyak 1964; Nesterov 1983, as in Sutskever, Martens, Dahl and Hinton, ICML 2013). The noise of
it comes from fresh points, as ``resample`` draws them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from pdedsl.options.section import fault_of

from .torch_optimizer import FirstOrder, FirstOrderOptions


class SgdOptions(FirstOrderOptions):
    """Gradient descent with momentum; see `sgd`.

    Args:
        momentum: β, the part of the last step in the next.
        nesterov: take the gradient where the momentum leads.
    """

    kind: Literal["sgd"] = "sgd"
    momentum: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.9
    nesterov: bool = False

    @model_validator(mode="after")
    def _nesterov_of_something(self) -> SgdOptions:
        if self.nesterov and self.momentum == 0:
            raise fault_of("nesterov needs a momentum above 0", "nesterov")
        return self


class Sgd(FirstOrder):
    """`torch.optim.SGD`."""

    _options: SgdOptions

    def _rule_for(self, parameters: Tensor) -> torch.optim.Optimizer:
        options = self._options
        return torch.optim.SGD(
            [parameters], options.rate, options.momentum, nesterov=options.nesterov
        )
