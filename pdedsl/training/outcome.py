"""What a training run reports, while it goes and at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pdedsl.optimizers.state import kept

from .rules.rule import Status

_ROUNDING = 1e4  # losses below this times ε² L(θ₀) are at the level of rounding
_OVERFITTED = 10.0  # loss on fresh points over that on the training points


def rounding_level(dtype: torch.dtype, first: float) -> float:
    """Losses at or below this are at the level of rounding, ``first`` being that at the start."""
    return _ROUNDING * float(torch.finfo(dtype).eps) ** 2 * first


@kept
@dataclass(frozen=True)
class Progress:
    """One line of the history.

    Args:
        iteration: iterations so far, over all starts and stages.
        seconds: time since training began.
        loss: ‖r‖² with weights, those of points among them until the end.
        laws: unweighted root mean square residual of each law.
        rel_l2: largest relative L2 error of the components, where it was evaluated.
        note: a remark, such as the start of a stage.
        weights: weight of each law.
        gradients: norm of the part of each law in the gradient of the loss, where it was evaluated.
    """

    iteration: int
    seconds: float
    loss: float
    laws: dict[str, float]
    rel_l2: float | None = None
    note: str = ""
    weights: dict[str, float] = field(default_factory=dict)
    gradients: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The end of a run.

    Args:
        theta: the best state that was seen, shape (P,).
        loss: ‖r‖² there, on the points of the end, without weights of points.
        laws: unweighted root mean square residual of each law there.
        iterations: iterations made, over all starts and stages.
        seconds: time of the run.
        status: how it ended.
        reason: a sentence: what happened and, where it went wrong, what to try.
        history: the reports in order.
        fresh_loss: ‖r‖² at the best state on as many points of another draw; None where the points
            are those of a grid or a quadrature.
    """

    theta: Tensor
    loss: float
    laws: dict[str, float]
    iterations: int
    seconds: float
    status: Status
    reason: str
    history: list[Progress]
    fresh_loss: float | None = None

    @property
    def overfitted(self) -> bool:
        """Whether the loss on fresh points is at least ten times that on the training points.

        Not where both are at the level of rounding.
        """
        if self.fresh_loss is None or not math.isfinite(self.loss):
            return False
        first = self.history[0].loss if self.history else 0.0
        least = max(self.loss, rounding_level(self.theta.dtype, first))
        return not self.fresh_loss < _OVERFITTED * least
