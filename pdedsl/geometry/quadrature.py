"""Quadrature on boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .boxes import FloatBox
from .sampling import unit_points
from .tensor import tensor_rule

# Nodes along an axis, by dimension: 32, 576, 1728 nodes in all.
_ORDERS = {1: 32, 2: 24, 3: 12}
_QUASI_RANDOM_NODES = 4096


@dataclass(frozen=True, eq=False)
class Rule:
    r"""∫ f ≈ Σ_q weights[q] f(nodes[q]).

    Args:
        nodes: points of shape (q, d).
        weights: shape (q,), with the sum equal to the volume.
        accuracy: where the nodes are samples of a set, the error to expect, of the largest \|f\|
            times the volume; 0 where the rule is exact for polynomials.
    """

    nodes: NDArray[np.float64]
    weights: NDArray[np.float64]
    accuracy: float = 0.0


def gauss_legendre(box: FloatBox, order: int) -> Rule:
    """Tensor product of the Gauss–Legendre rule with ``order`` nodes an axis.

    Exact for polynomials of degree 2·order − 1 in each variable.
    """
    nodes, weights = tensor_rule(order, (False,) * box.dimension)
    return Rule(box.place(nodes), weights * box.volume)


def sobol_rule(box: FloatBox, n: int, seed: int = 0) -> Rule:
    """Equal weights at n scrambled Sobol points; the error falls nearly as 1/n."""
    nodes = box.place(unit_points("sobol", n, box.dimension, seed))
    return Rule(nodes, np.full(n, box.volume / n))


def integration_rule(box: FloatBox) -> Rule:
    """The rule for integrals in laws: Gauss–Legendre up to three dimensions, else Sobol."""
    if box.dimension in _ORDERS:
        return gauss_legendre(box, _ORDERS[box.dimension])
    return sobol_rule(box, _QUASI_RANDOM_NODES)
