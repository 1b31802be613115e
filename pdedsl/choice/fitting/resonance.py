r"""Numbers at which laws with their conditions leave a field free, as at an eigenvalue.

Where :math:`k u'' + r u = f` has r = k π², sin(π x) can be added to any solution. Such a function
follows the noise of data, so that the loss has a narrow minimum there, which has nothing to do with
what the data tell of k and r. With the numbers fixed fields follow

.. math:: p = \mathrm{tr}\, E_f^T J_u J_u^+ E_f

of the data, next to none where laws are hard and determine them, and one more at an eigenvalue.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pdedsl.compiler.residual.system import ResidualSystem

from .tuning import FITTING

_ROUNDING = 1e-13  # of the columns of length 1: rows that keep dependent ones apart


def is_resonant(system: ResidualSystem, theta: Tensor) -> bool:
    """Whether fields follow more of the data than they do with the guesses of the numbers.

    Args:
        system: with the rows and weights.
        theta: fields and numbers.
    """
    at = system.ansatz.numbers_at
    guessed = torch.cat([theta[:at], system.theta0[at:]])
    return _followed(system, theta) > _followed(system, guessed) + FITTING.followed


def _followed(system: ResidualSystem, theta: Tensor) -> float:
    """Data that the fields follow with the numbers of θ."""
    fields = system.jacobian(theta)[:, : system.ansatz.numbers_at]
    lengths = fields.norm(dim=0).clamp_min(torch.finfo(fields.dtype).tiny)
    apart = _ROUNDING * torch.eye(fields.shape[1], dtype=fields.dtype, device=fields.device)
    rows = torch.linalg.qr(torch.cat([fields / lengths, apart]))[0]
    return sum(float(rows[b.rows].square().sum()) for b in system.blocks if b.kind == "fit")
