"""What a training run reports, while it goes and at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Status = Literal["converged", "budget", "iterations", "stagnated", "interrupted", "diverged"]


@dataclass(frozen=True)
class Progress:
    """One line of the history.

    Args:
        iteration: iterations so far, over all starts and stages.
        seconds: time since training began.
        loss: ‖r‖² with weights.
        laws: unweighted root mean square residual of each law.
        rel_l2: largest relative L2 error of the components, where it was evaluated.
        note: a remark, such as the start of a stage.
    """

    iteration: int
    seconds: float
    loss: float
    laws: dict[str, float]
    rel_l2: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """The end of a run.

    Args:
        theta: the best state that was seen, shape (P,).
        loss: ‖r‖² there, on the points of the end.
        laws: unweighted root mean square residual of each law there.
        iterations: iterations made, over all starts and stages.
        seconds: time of the run.
        status: how it ended.
        reason: a sentence: what happened and, where it went wrong, what to try.
        history: the reports in order.
    """

    theta: Tensor
    loss: float
    laws: dict[str, float]
    iterations: int
    seconds: float
    status: Status
    reason: str
    history: list[Progress]
