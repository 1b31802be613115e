r"""How large networks with one hidden layer and their derivatives are for complex inputs.

.. math:: u_c = \sum_k a_{ck}\, σ(w_k·ξ + b_k) + b_c, \qquad
          |∂^α u_c| ≤ \sum_k |a_{ck}| |w_k^α| s^{α} \sup |σ^{(|α|)}(x + i y_k)|

with inputs ξ_i scaled to [−1, 1] by the slopes s_i, and |y_k| ≤ Σ |w_ki| (ρ_i − 1/ρ_i)/2 in the
ellipses of ρ_i. The derivatives of sin z are at most cosh y. Those of tanh z are polynomials in
t = tanh z times 1 − t², with |t| ≤ max(1, tan |y|) and |1 − t²| ≤ 1/cos² y for |y| < π/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from pdedsl.geometry.arrays import Array
from pdedsl.models import MLP, Embedding, Reader
from pdedsl.models.jets.multiindices import MultiIndex

_BELOW_POLE = 0.95  # of π/2, above which tanh is taken to have no bound; a choice
_OF_TANH: tuple[tuple[float, ...], ...] = (
    (1.0,),
    (0.0, 2.0),
    (2.0, 0.0, 6.0),
    (0.0, 16.0, 0.0, 24.0),
)
"""Moduli of the coefficients of σ^(m)/(1 − t²) in powers of t, m = 1, …, 4."""


def is_ridge(model: MLP) -> bool:
    """Whether a network has one hidden layer of sines or tanh, and no periodic input."""
    options, embedding = model.options, model.embedding
    flat = isinstance(embedding, Embedding) and all(a.period is None for a in embedding.axes)
    return flat and options.depth == 1 and options.activation in ("sin", "tanh")


class OfRidges:
    """The growth of such a network; see the module docstring and `Growth`.

    Args:
        model: the network.
        theta: its parameters, shape (size,).
    """

    def __init__(self, model: MLP, theta: Tensor) -> None:
        assert isinstance(model.embedding, Embedding)
        reader, (hidden, last) = Reader(theta.double()), model.layers
        assert hidden.bias is not None and last.bias is not None
        self._inner = reader.matrix(hidden, hidden.width).abs().numpy()
        self._outer = reader.matrix(last, last.width).abs().numpy()
        self._shift = theta[last.bias : last.bias + last.out].abs().numpy()
        self._slopes = np.array([2 / (a.upper - a.lower) for a in model.embedding.axes])
        self._sine = model.options.activation == "sin"
        # A sum of as many terms; the argument of σ is a sum of moduli with as many units.
        own = theta[hidden.bias : hidden.bias + hidden.out].abs().numpy() * hidden.gain
        argument = float(np.max(self._inner.sum(axis=1) + own))
        self.units = last.width + 4.0 * (1 + self._inner.shape[1]) * (1 + argument)

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Array:
        """See `Growth`."""
        heights = np.array([(rho - 1 / rho) / 2 for rho in rhos])
        beside = self._inner @ heights
        found = []
        for alpha in indices:
            slopes = np.prod((self._inner * self._slopes) ** alpha, axis=1)
            with np.errstate(over="ignore"):  # a bound that is infinite says that there is none
                own = self._outer @ (slopes * self._largest(sum(alpha), beside))
            found.append(own if any(alpha) else own + self._shift)
        return np.stack(found)

    def scales(self, indices: Sequence[MultiIndex]) -> Array:
        """See `Growth`."""
        return self.majorants(indices, [1.0] * len(self._slopes))

    def _largest(self, order: int, beside: Array) -> Array:
        """At least sup |σ^(order)(x + iy)| for |y| up to numbers of shape (width,)."""
        with np.errstate(over="ignore"):
            if self._sine:
                return np.cosh(beside)
        if order > len(_OF_TANH) or np.max(beside) > _BELOW_POLE * math.pi / 2:
            return np.full_like(beside, np.inf)
        t = np.maximum(1.0, np.tan(beside))
        if order == 0:
            return t
        polynomial = sum(a * t**k for k, a in enumerate(_OF_TANH[order - 1]))
        return np.asarray(polynomial / np.cos(beside) ** 2)
