r"""The best of the step sizes α = 2⁰, 2⁻¹, …, 2⁻³⁰ along a step δ.

The minimum over the whole grid, as in Müller and Zeinhofer (arXiv 2302.13163, section 4) and
Schwencke and Furtlehner (arXiv 2412.10782, algorithm 1). The grid is walked downwards, a few
losses at once, and left where nothing can be gained any more: a line on which the loss is convex
lies above its tangent,

.. math:: L(θ) - L(θ + αδ) ≤ α |L'(0)|, \qquad L'(0) = 2 r^T J δ,

so that α is of no use once the right-hand side is below the decrease that has been found. Not
every line is convex, so the bound is taken sixteenfold; a full Newton step then costs eight
residuals in place of 31.

Departures: on lines that are far from convex a lower state may lie beyond that bound (one line in
seven hundred from random states of a small network); the state is kept where no step size lowers
the loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.optimizers.problem import LeastSquaresProblem

STEP_SIZES = tuple(2.0**-k for k in range(31))
_AT_ONCE = 4  # step sizes that are tried together
_MARGIN = 16.0  # decrease over that of the tangent that is reckoned with


@dataclass(frozen=True)
class Point:
    """A state on a line and the loss there.

    Args:
        theta: shape (P,).
        loss: ‖r(θ)‖².
        alpha: its step size.
    """

    theta: Tensor
    loss: float
    alpha: float = 0.0


def grid_search(
    system: LeastSquaresProblem, start: Point, step: Tensor, slope: float, best: Point
) -> Point:
    """The lowest of the states θ + αδ, or ``best`` where none is lower.

    Args:
        system: gives the losses.
        start: θ and the loss there.
        step: δ, shape (P,).
        slope: |dL/dα| at α = 0.
        best: the lowest state so far, ``start`` or one on another line from it.
    """
    for first in range(0, len(STEP_SIZES), _AT_ONCE):
        sizes = STEP_SIZES[first : first + _AT_ONCE]
        if _MARGIN * sizes[0] * slope < start.loss - best.loss:
            break
        thetas = start.theta + torch.outer(step.new_tensor(sizes), step)
        losses = system.losses(thetas).nan_to_num(math.inf, math.inf).tolist()
        lowest = min(
            range(len(sizes)), key=lambda k: math.inf if math.isnan(losses[k]) else losses[k]
        )
        if losses[lowest] < best.loss:
            best = Point(thetas[lowest].clone(), losses[lowest], sizes[lowest])
    return best
