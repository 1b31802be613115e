r"""How large a model and its derivatives are for complex inputs.

.. math:: |∂^α u(z)| ≤ \sum_j |c_j| \sup |∂^α φ_j| \quad
          \text{for } z_i \text{ in the ellipse of } ρ_i \text{ around the axis } i

says how fast polynomials approximate u; see `norms_above`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor

from pdedsl.geometry.arrays import Array
from pdedsl.models import MLP, BasisModel, Model
from pdedsl.models.bases.basis import AnalyticBasis
from pdedsl.models.bases.enriched import EnrichedBasis
from pdedsl.models.corrected import Corrected
from pdedsl.models.jets.multiindices import MultiIndex
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered

from .ridge_growth import OfRidges, is_ridge
from .spline_growth import OfSplines, piecewise_polynomials

_SMOOTH = 1
"""Continuous derivatives of splines with second derivatives that are square-integrable, so that
residuals at points are all of the residual."""


class Growth(Protocol):
    """The sizes of a model at fixed parameters.

    Attributes:
        units: rounding of a value, in units of the sum of the moduli of its terms.
    """

    units: float

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Array:
        """At least sup |∂^α u_c| on the ellipses around elements: (len(indices), outputs)."""

    def scales(self, indices: Sequence[MultiIndex]) -> Array:
        """About the largest Σ |c_j ∂^α φ_j| at real inputs: (len(indices), outputs)."""


def growth_of(model: Model, theta: Tensor) -> Growth | None:
    """The growth of a model at its own parameters, shape (size,); None where it is not known."""
    if isinstance(model, Corrected):
        first, second = growth_of(model.fixed, model.state), growth_of(model.correction, theta)
        if first is None or second is None:
            return None
        return _Sum(first, second, max(first.units, second.units))
    if isinstance(model, MLP):
        return OfRidges(model, theta) if is_ridge(model) else None
    if not isinstance(model, BasisModel):
        return None
    if model.local and piecewise_polynomials(model):
        return OfSplines(model, theta)
    if isinstance(model.basis, AnalyticBasis):
        inputs = len(model.basis.axes)
        if model.basis.majorants([(0,) * inputs], [1.0] * inputs) is not None:
            return _OfBasis(model, model.basis, theta)
    return None


def is_smooth(model: Model) -> bool:
    """Whether all derivatives of a model are continuous, so that a rule sees its residual."""
    if isinstance(model, Corrected):
        return is_smooth(model.fixed) and is_smooth(model.correction)
    if isinstance(model, HardConditions):
        return is_smooth(model.model)
    if isinstance(model, BasisModel):
        splines = any(model.options.breaks) and model.options.smoothness < _SMOOTH
        return not splines and not isinstance(model.basis, EnrichedBasis)
    return isinstance(model, Layered)  # every activation is smooth


def breaks_of(model: Model, axis: int) -> tuple[float, ...]:
    """Places of an axis where the model is not analytic."""
    if isinstance(model, Corrected):
        return breaks_of(model.fixed, axis) + breaks_of(model.correction, axis)
    if isinstance(model, HardConditions):
        return breaks_of(model.model, axis)
    return model.options.breaks_of(axis) if isinstance(model, BasisModel) else ()


class _OfBasis:
    """Coefficients times the sizes of the functions."""

    def __init__(self, model: BasisModel, basis: AnalyticBasis, theta: Tensor) -> None:
        self._basis = basis
        self._sizes = model.coefficients(theta.double()).abs().cpu().numpy()
        highest = max(model.options.modes_of(axis) for axis in range(len(basis.axes)))
        # A sum of as many terms; inputs that are scaled with a unit of rounding, at which
        # polynomials of degree n change by n² units.
        self.units = float(basis.size + 4 * highest**2)

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Array:
        """See `Growth`."""
        own = self._basis.majorants(indices, rhos)
        assert own is not None
        return np.asarray(own.numpy() @ self._sizes.T)

    def scales(self, indices: Sequence[MultiIndex]) -> Array:
        """See `Growth`."""
        return self.majorants(indices, [1.0] * len(self._basis.axes))


@dataclass
class _Sum:
    """Two models that are added; ``units`` of the worse one."""

    first: Growth
    second: Growth
    units: float

    def majorants(self, indices: Sequence[MultiIndex], rhos: Sequence[float]) -> Array:
        """See `Growth`."""
        return self.first.majorants(indices, rhos) + self.second.majorants(indices, rhos)

    def scales(self, indices: Sequence[MultiIndex]) -> Array:
        """See `Growth`."""
        return self.first.scales(indices) + self.second.scales(indices)
