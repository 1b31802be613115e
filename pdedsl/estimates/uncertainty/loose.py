r"""Directions of numbers that only a dent in what is left of the laws seems to fix.

Data weigh little beside laws, but they weigh. Where laws and data fix a combination of numbers
alone, such as :math:`π^2 k - r` of :math:`k u'' + r u = f` by one sine, fields that follow the
noise by 10⁻¹⁰ cost next to nothing at some numbers, where other functions nearly hold as well. The
loss has a dent there, of 10⁻⁸ of its size, by whose curvature k was -0.000103 ± 0.000005 where it
may be anything. Along a direction that is told by laws, not by data, the loss is therefore looked
at where by its curvature it would be larger by the variance s² of a datum,

.. math:: Δ = \frac{‖r(θ ± s\, J^+ c)‖^2 - ‖r(θ)‖^2}{s^2}, \qquad ‖c‖ = 1,

with the fields of least squares there: 1 where the number is fixed, next to 0 beside a dent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.choice.fitting.number_steps import follow

from .covariance import Covariance, fits_of

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_BY_DATA = 0.5  # part of a direction in the rows of data, from which on these fix it; a choice
_FIXED = 0.1  # Δ from which a number is fixed, 1 for what is quadratic; a choice


def loose_direction(system: ResidualSystem, theta: Tensor, found: Covariance) -> Tensor | None:
    """A direction of the raw numbers that is not fixed, shape (numbers,); None where all are.

    Args:
        system: with the rows and weights of the training.
        theta: its minimum, shape (P,).
        found: the covariance there.
    """
    at = system.ansatz.numbers_at
    own = found.inverse[at:]
    sizes = own.norm(dim=1)
    if not found.noise or not len(own) or not bool((sizes > 0).all()):
        return None
    _, vectors = torch.linalg.eigh((own @ own.T) / sizes[:, None] / sizes)
    fits = fits_of(system)
    for vector in vectors.T.flip(0):  # the least fixed one first
        part = own.T @ (vector / sizes)
        part /= part.norm()
        by_data = sum(float((found.rows[b.rows] @ part).square().sum()) for b in fits)
        if by_data < _BY_DATA and _is_loose(system, theta, found.inverse @ part * found.noise):
            return found.inverse[at:] @ part
    return None


def _is_loose(system: ResidualSystem, theta: Tensor, step: Tensor) -> bool:
    """Whether the loss hardly rises along a step, either way."""
    least, expected = (
        float(system.loss(theta)),
        float((system.jacobian(theta) @ step).square().sum()),
    )
    ends = [follow(system, theta + sign * step.to(theta)) for sign in (1, -1)]
    return all(float(system.loss(end)) - least < _FIXED * expected for end in ends)
