"""What `kfac` asks of the rows of a system: sums over them, which shares of the rows add up to.

The factors of J by layers are recorded by the first function, where they are not too large, and
serve the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from pdedsl.linalg.layers import Factor
from pdedsl.optimizers.problem import LeastSquaresProblem

from .kfac_factors import Curvature

_KEPT = 1 << 29  # bytes of a record that is kept for the products with J †


@dataclass(frozen=True)
class _Record:
    """A state with r and the factors of J there."""

    theta: Tensor
    residual: Tensor
    factors: list[Factor]


_records: WeakKeyDictionary[LeastSquaresProblem, _Record] = WeakKeyDictionary()


def layer_sums(system: LeastSquaresProblem, theta: Tensor) -> list[Tensor]:
    """‖r‖², Jᵀr, shape (P,), and the sums of `Curvature`.

    Raises:
        ValueError: rows of a law mix points.
    """
    residual, gradient = theta.new_zeros(system.rows), torch.zeros_like(theta)
    sums = Curvature(system.layers, system.blocks, theta)
    record: list[Factor] | None = []
    held = 0
    _records.pop(system, None)
    for block, factors in system.layer_factors(theta, residual):
        sums.add(block, factors)
        for factor in factors:
            factor.add_transposed(gradient, residual)
            held += factor.nbytes
        record = [*record, *factors] if record is not None and held <= _KEPT else None
    if record is not None:
        _records[system] = _Record(theta, residual, record)
    return [residual.square().sum(), gradient, *sums.tensors]


def products(system: LeastSquaresProblem, theta: Tensor, vectors: Tensor) -> list[Tensor]:
    """The inner products of the J v with each other, shape (k, k), and with r, shape (k,).

    Args:
        system: that of `layer_sums`, or a share of it.
        theta: the state, shape (P,).
        vectors: the v, shape (k, P).
    """
    record = _records.get(system)
    if record is not None and torch.equal(record.theta, theta):
        residual = record.residual
        moved = vectors.new_zeros(len(vectors), len(residual))
        for factor in record.factors:
            factor.add_products(moved, vectors)
    else:
        residual = system.residual(theta)
        moved = torch.stack([system.jvp(theta, v) for v in vectors])
    return [moved @ moved.T, moved @ residual]
