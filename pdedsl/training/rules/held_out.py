"""The loss on fresh points, which no step has seen: how far the training points are overfitted.

The training loss is a sum over points, and a network with as many parameters as there are rows can
make it small there and nowhere else. The loss of the same state on other points, as many and drawn
alike, tells: it is an unbiased estimate of the mean of r² over the places, which the training loss
is not. Where it no longer falls while the training loss does, going on is of no use (early
stopping, as surveyed by Prechelt, "Early stopping — but when?", 1998).
"""

from __future__ import annotations

import math

from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Step
from pdedsl.options.section import Count, Section

from .rule import Change, NewPoints, NewPointWeights, Rule, Stop

# Seeds far from those of the training points, which count up from the seed of the run. The points
# of the final loss are not those by which a state is chosen, where its loss is small by choice.
_FINAL = 2**40
_HELD_OUT = 2**41


class Fresh(Section):
    """Early stopping on points that no step sees; see `pdedsl.training.rules.held_out`.

    The state with the least loss on them is kept.

    Args:
        every: iterations between two looks at the loss on these points.
        patience: looks in a row without a lower loss that end the run.
    """

    every: Count = 20
    patience: Count = 5


def fresh_loss(system: LeastSquaresProblem, theta: Tensor, seed: int) -> float:
    """The loss of a state on as many points of another draw; those of the system stay."""
    return float(system.at_other_points(seed + _FINAL).loss(theta))


class HeldOut(Rule):
    """The state with the least loss on held-out points, and the end when that no longer falls.

    Args:
        system: the residual; its points stay as they are.
        options: see `Fresh`.
        seed: of the run.

    Attributes:
        best: the state with the least loss on held-out points, shape (P,).
        loss: that loss.
    """

    def __init__(self, system: LeastSquaresProblem, options: Fresh, seed: int) -> None:
        super().__init__(options.every)
        self._system = system.at_other_points(seed + _HELD_OUT)
        self._patience, self._looks = options.patience, 0
        self._training = math.inf
        self.best, self.loss = system.theta0, math.inf

    def after(self, step: Step, iteration: int, total: int) -> Stop | None:
        """Take the state where a look is due.

        Returns:
            A stop after ``patience`` looks in a row without a lower loss on the held-out points,
            while the loss on the training points has fallen; else None.
        """
        if iteration % self._every:
            return None
        self.take(step.theta, step.loss)
        if self._looks < self._patience or not step.loss < self._training:
            return None
        iterations = self._looks * self._every
        return Stop(
            "stagnated",
            f"the loss on fresh points has not fallen below {self.loss:.2g} for "
            f"{iterations} iterations, while that on the training points has fallen to "
            f"{step.loss:.2g}; the state with the least loss on fresh points is kept; try more "
            "points, or fresh points in training (sampling.resample)",
            final=True,
        )

    def renew(self, change: Change) -> None:
        """Under other weights the best state has another loss; other training points are none here.

        The looks are counted anew then: the loss on the training points does not compare either.
        Weights of training points are none of the held-out ones, whose losses go on to compare.
        """
        if isinstance(change, NewPoints):
            return
        if isinstance(change, NewPointWeights):
            self._training = math.inf
            return
        change.apply(self._system)
        self.loss = float(self._system.loss(self.best))
        self._training, self._looks = math.inf, 0

    def take(self, theta: Tensor, loss: float) -> None:
        """Keep a state if it is the best; ``loss`` is that on the training points."""
        found = float(self._system.loss(theta))
        self._looks += 1
        if found < self.loss:
            self.best, self.loss = theta, found
            self._training, self._looks = loss, 0
        elif math.isinf(self._training):
            self._training = loss
