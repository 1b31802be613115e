r"""How large splines and their derivatives are for complex inputs.

On each element u is a polynomial p of degree n_i in the input i, and

.. math:: \max |p| ≤ \max_m |p| \prod_i \frac{1}{\cos(π n_i / 2 m_i)}, \qquad
          |p(z)| ≤ ρ^{n_i} \max |p| \text{ in the ellipse of } ρ

with the values at m_i > n_i Chebyshev points (Ehlich and Zeller), and by Bernstein's inequality.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import product_rule
from pdedsl.models import BasisModel
from pdedsl.models.bases.products import TensorProduct
from pdedsl.models.jets.multiindices import MultiIndex

_MORE = 2  # Chebyshev points for each degree, which cost a factor of 1.4 an axis
_AT_ONCE = 2_000  # points whose functions are in memory together
_BETWEEN = 2.0  # the most that a sum of moduli is larger between these points; a choice


def piecewise_polynomials(model: BasisModel) -> bool:
    """Whether the functions are polynomials on every element: none of the axes has waves."""
    axes, options = model.basis.axes, model.options
    circles = [i for i, axis in enumerate(axes) if axis.period is not None]
    return options.family == "mixed" and all(options.breaks_of(i) for i in circles)


class OfSplines:
    """The growth of a model of splines; see the module docstring and `Growth`.

    Args:
        model: of splines, in some of its axes.
        theta: its parameters, shape (size,).
    """

    def __init__(self, model: BasisModel, theta: Tensor) -> None:
        assert isinstance(model.basis, TensorProduct)
        self._basis = model.basis
        self._coefficients = model.coefficients(theta.double())
        places = range(len(model.basis.axes))
        self._degrees = [model.options.modes_of(i) for i in places]
        self._points = torch.from_numpy(self._grid([model.options.breaks_of(i) for i in places]))
        self._found: dict[MultiIndex, tuple[Array, Array]] = {}
        self.units = float(math.prod(n + 1 for n in self._degrees) + 4 * max(self._degrees) ** 2)

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Array:
        """See `Growth`."""
        powers = [rho**n for rho, n in zip(rhos, self._degrees, strict=True)]
        between = math.cos(math.pi / (2 * _MORE)) ** -len(self._degrees)
        return (
            np.stack([self._largest(alpha)[0] for alpha in indices]) * between * math.prod(powers)
        )

    def scales(self, indices: Sequence[MultiIndex]) -> Array:
        """See `Growth`."""
        return _BETWEEN * np.stack([self._largest(alpha)[1] for alpha in indices])

    def _grid(self, breaks: list[tuple[float, ...]]) -> Array:
        """The products of the Chebyshev points of all elements."""
        lines = []
        for axis, inner, degree in zip(self._basis.axes, breaks, self._degrees, strict=True):
            ends = np.array([axis.lower, *inner, axis.upper])
            count = max(1, _MORE * degree)
            unit = (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2
            nodes = (ends[:-1, None] + np.diff(ends)[:, None] * unit).ravel()
            lines.append((nodes, np.ones_like(nodes)))
        return product_rule(lines)[0]

    def _largest(self, alpha: MultiIndex) -> tuple[Array, Array]:
        """The largest |∂^α u_c| and Σ |c_j ∂^α φ_j| on the grid, shape (outputs,)."""
        if alpha not in self._found:
            parts = [self._on(alpha, points) for points in self._points.split(_AT_ONCE)]
            values, sums = (np.max(np.stack(own), axis=0) for own in zip(*parts, strict=True))
            self._found[alpha] = values, sums
        return self._found[alpha]

    def _on(self, alpha: MultiIndex, points: Tensor) -> tuple[Array, Array]:
        functions, numbers = self._basis.local(points, [alpha])
        terms = functions[0] * self._coefficients[:, numbers]
        return terms.sum(dim=-1).abs().amax(dim=1).numpy(), terms.abs().sum(-1).amax(dim=1).numpy()
