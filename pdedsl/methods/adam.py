"""Adam with a step size that decays exponentially (Kingma and Ba, arXiv 1412.6980)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .spec import AdamOptions
from .step import Step

if TYPE_CHECKING:
    from pdedsl.compiler.system import ResidualSystem


class Adam:
    """`torch.optim.Adam`, driven one iteration at a time.

    Args:
        system: gives the loss and its gradient.
        options: see `AdamOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: AdamOptions, theta: Tensor) -> None:
        self._system = system
        self._parameters = theta.detach().clone().requires_grad_(True)
        self._adam = torch.optim.Adam([self._parameters], lr=options.rate, betas=options.betas)
        self._decay = torch.optim.lr_scheduler.StepLR(
            self._adam, options.decay_every, options.decay
        )
        self.theta = theta
        self.loss = float(system.loss(theta))

    def renew(self, loss: float) -> None:
        """Nothing is kept of the old points; the moments stay."""
        self.loss = loss

    def step(self) -> Step:
        """Evaluate the state, then move on: the step returned is the state before the move."""
        theta = self._parameters.detach().clone()
        loss, gradient = self._system.loss_and_grad(theta)
        self.theta, self.loss = theta, float(loss)
        self._parameters.grad = gradient
        self._adam.step()
        self._decay.step()
        return Step(theta, self.loss)
