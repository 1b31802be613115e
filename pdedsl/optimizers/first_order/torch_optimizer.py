"""Optimizers that move by the gradient at each state, with a rate that decays in steps."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Ended, Optimizer, OptimizerOptions, Step
from pdedsl.options.section import Count, Positive


class FirstOrderOptions(OptimizerOptions):
    """What optimizers that move by the gradient alone have.

    Args:
        rate: step size.
        decay: factor of the rate after each ``decay_every`` iterations.
        decay_every: iterations between two decays.
    """

    iterations: Count = 100_000
    patience: Count = 20_000
    rate: Positive = 1e-3
    decay: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.9
    decay_every: Count = 2_000


class FirstOrder(Optimizer):
    """An optimizer of torch, driven one iteration at a time; its moments outlive the points."""

    def __init__(
        self, system: LeastSquaresProblem, options: FirstOrderOptions, theta: Tensor
    ) -> None:
        super().__init__(system, options, theta)
        self.loss = float(system.loss(theta))
        self._parameters = theta.detach().clone().requires_grad_(True)
        self._rule = self._rule_for(self._parameters)
        self._decay = torch.optim.lr_scheduler.StepLR(
            self._rule, options.decay_every, options.decay
        )

    @abstractmethod
    def _rule_for(self, parameters: Tensor) -> torch.optim.Optimizer:
        """The optimizer of torch for a vector of parameters."""

    def step(self) -> Step:
        """Evaluate the state, then move on: the step returned is the state before the move."""
        theta = self._parameters.detach().clone()
        loss, gradient = self._system.loss_and_grad(theta)
        self.theta, self.loss = theta, float(loss)
        if not bool(torch.isfinite(gradient).all()):
            return Step(theta, math.nan)
        if not bool(gradient.any()):
            return Step(theta, self.loss, ended=Ended.MINIMUM)
        self._parameters.grad = gradient
        self._rule.step()
        self._decay.step()
        return Step(theta, self.loss)
