r"""First values of the last layers by linear least squares.

The fields are affine in the parameters c of the last layers, and so are the rows of the laws that
are affine in the fields, r = A c + b, whatever the other parameters are. At the start

.. math:: c = \arg\min_c ‖A c + b‖²,

of least norm where that leaves a choice. This is the start of PirateNet (Wang, Li, Chen and
Perdikaris, arXiv 2402.00326, section 4.2), whose authors fit the initial values or a linearised
equation: here it is every law that is affine, with its weight. Of a linear problem these are all
laws, of Burgers' equation its initial and boundary conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly
from pdedsl.linalg.least_squares import least_squares
from pdedsl.models import MisfitError

if TYPE_CHECKING:
    from pdedsl.compiler.residual.block import Block
    from pdedsl.compiler.residual.system import ResidualSystem

# Singular values, as parts of the largest, that count as zero. Smaller ones bring coefficients that
# are large and cancel, from which first-order steps do not come down.
_CUTOFF = 1e-6


def check_last_layer(system: ResidualSystem) -> None:
    """See that there is something to fit.

    Raises:
        MisfitError: the model has no layers, or no law is affine in the fields.
    """
    if not system.last_layers:
        raise MisfitError(
            "last_layer fits the last layers of networks, but there is a model without layers; "
            "leave last_layer out"
        )
    if not _affine_blocks(system):
        raise MisfitError(
            "last_layer fits laws that are linear in the unknowns, but all with points are "
            "nonlinear; leave last_layer out"
        )


def with_last_layer(system: ResidualSystem, theta: Tensor) -> Tensor:
    """Parameters, shape (P,), with last layers at the optimum of the laws that are affine.

    Raises:
        MisfitError: see `check_last_layer`.
    """
    check_last_layer(system)
    blocks = _affine_blocks(system)
    matrix, residual = _rows(system, theta, blocks)
    places = torch.cat([torch.arange(p.start, p.stop) for p in system.last_layers])
    places = places.to(theta.device)
    out = theta.clone()
    out[places] = least_squares(matrix, matrix @ theta[places] - residual, _CUTOFF)
    return out


def _affine_blocks(system: ResidualSystem) -> list[Block]:
    return [block for block in system.blocks if block.plan.affine and block.weight > 0]


def _rows(system: ResidualSystem, theta: Tensor, blocks: Sequence[Block]) -> tuple[Tensor, Tensor]:
    """A and r of blocks, without the columns of all other parameters."""
    residual, rows = theta.new_zeros(system.rows), []
    for block in blocks:
        height, top = block.rows.stop - block.rows.start, block.rows.start
        parts = [
            Assembly(height, place.stop - place.start, theta, row=top, column=place.start)
            for place in system.last_layers
        ]
        for _, factors in system.layer_factors(theta, residual, (block,)):
            for factor in factors:
                for part in parts:
                    part.add(factor)
        rows.append(torch.cat([part.done() for part in parts], dim=1))
    return torch.cat(rows), torch.cat([residual[block.rows] for block in blocks])
