r"""How large the rows of a law would be if nothing in them cancelled.

The rows of a law that every function satisfies, as sines satisfy u = 0 at their zeros, are
rounding errors. They are told from true rows by the size

.. math:: s_j = \Bigl(\sum_i \bigl(\sum_α \|a_{iα}\|\, \sup|∂^α φ_j|\bigr)^2\Bigr)^{1/2}

of the same law and function. A comparison with other laws would depend on the units of x.
"""

from __future__ import annotations

import numpy as np

from pdedsl.conditioning.arrays import Array
from pdedsl.conditioning.discretisation import Discretisation, Part
from pdedsl.geometry import unit_points
from pdedsl.models.jets.multiindices import MultiIndex

from .symbol_rows import Numbers

ROUNDING = 1e-11  # of s_j: sines of 1000 half waves end at 1e-12
_POINTS = 128


class Magnitudes:
    """Largest values of the functions of a basis and of their derivatives."""

    def __init__(self, discretisation: Discretisation) -> None:
        self.discretisation = discretisation
        self._points: dict[str, Array] = {}
        self._found: dict[tuple[str, MultiIndex], Array] = {}

    def largest(self, part: Part, alpha: MultiIndex) -> Array:
        """Largest |∂^α φ_j| on a sample of a component's box and two corners, shape (size,)."""
        key = (part.name, tuple(alpha))
        if key not in self._found:
            values = part.derivatives(self._sample(part), [key[1]])[0]
            self._found[key] = np.abs(values).max(axis=0)
        return self._found[key]

    def of(self, numbers: Numbers) -> Array:
        """s_j of a local operator, shape (P,); a norm of each coefficient stands for it."""
        total = np.zeros(self.discretisation.size)
        for row in numbers:
            own = np.zeros_like(total)
            for part, terms in zip(self.discretisation.parts, row, strict=True):
                for alpha, size in terms:
                    inner = tuple(alpha[i] for i in part.columns)
                    if sum(inner) == sum(alpha):
                        own[part.place] += abs(size) * self.largest(part, inner)
            total = np.hypot(total, own)
        return total

    def _sample(self, part: Part) -> Array:
        if part.name not in self._points:
            box = part.box
            inner = box.place(unit_points("sobol", _POINTS, box.dimension, 0))
            self._points[part.name] = np.concatenate([inner, [box.lower, box.upper]])
        return self._points[part.name]


def without_rounding(factor: Array, magnitude: Array) -> Array:
    """The factor, or zeros where none of its columns is more than a rounding error of s_j."""
    met = np.all(np.linalg.norm(factor, axis=0) <= ROUNDING * magnitude)
    return np.zeros_like(factor) if met else factor


def mean_size(values: Array, weights: Array) -> float:
    """The root of Σ_q w_q a(x_q)²/Σ_q w_q."""
    return float(np.sqrt(weights @ values**2 / weights.sum()))
