"""What is measured at a state, with all that one system needs for it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdedsl.conditioning.arrays import as_array, as_tensor
from pdedsl.conditioning.networks.drift import kernel_change
from pdedsl.conditioning.networks.gradients import gradient_histograms
from pdedsl.conditioning.networks.hessian import ends_of_hessian, largest_of_hessian
from pdedsl.conditioning.networks.tangent import features
from pdedsl.conditioning.spectrum import spectrum
from pdedsl.geometry import generic_points, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Problem
from pdedsl.solution.grids import inside

from .moment import Bands, HessianEnds, Histograms, TangentKernel
from .spectrum import WaveSpectrum

if TYPE_CHECKING:
    from torch import Tensor

    from pdedsl.compiler.residual.system import ResidualSystem

_KERNEL_POINTS = 64  # of the tangent kernel whose drift is measured; a choice
_MOST_WORK = 3e9  # N · P · min(N, P) of J, whose singular values then take some three seconds
_MOST_ENTRIES = 50_000_000  # of J: 400 MB in double precision
_SECONDS_OF_WORK = 1.5e-9  # of the singular values, on one core at 3 GFLOP/s: four operations each
# Evaluations of all residuals in the time of the largest eigenvalue of the Hessian: it takes 10 to
# 40 products, each as long as 8 to 14 (networks of 2 × 20 to 4 × 50 neurons, helmholtz, burgers).
_RESIDUALS = 350.0
_TOLERANCE = 1e-3  # of the Hessian's ends, relative to λ_max − λ_min


class Measures:
    """The measures on one system.

    Args:
        problem: that is solved, as it was given.
        system: of it, of its parts, or of a window of time.
        theta: the state from which the tangent kernel drifts, shape (P,).
    """

    def __init__(self, problem: Problem, system: ResidualSystem, theta: Tensor) -> None:
        self._problem = system.problem if system.problem.division is None else problem
        self._system, self._first = system, theta

    def gradients(self, theta: Tensor) -> Histograms:
        """Histograms of the entries of the gradient, by part of θ and law."""
        return gradient_histograms(self._system, theta)

    def bands(self, theta: Tensor) -> tuple[Bands, ...]:
        """The error or residual by wave number.

        Raises:
            ValueError: there are no waves on the domain, or a value is not finite.
        """
        return self._waves.at(theta)

    def hessian(self, theta: Tensor, both: bool) -> HessianEnds:
        """The largest eigenvalue of the Hessian, or both ends."""
        if both:
            return HessianEnds(*ends_of_hessian(self._system, theta, _TOLERANCE))
        return HessianEnds(largest_of_hessian(self._system, theta), None)

    def tangent(self, theta: Tensor) -> TangentKernel:
        """κ of JᵀJ, and how far the tangent kernel of the fields has moved.

        Raises:
            ValueError: J is too large, zero or not finite.
        """
        rows, size = self._system.rows, self._system.parameters
        if self._work > _MOST_WORK or rows * size > _MOST_ENTRIES:
            raise ValueError(
                f"J has {rows:,} rows and {size:,} columns, whose singular values would take too "
                "long; take fewer points (sampling.points) or a smaller model"
            )
        jacobian = as_array(self._system.jacobian(theta))
        cutoff = max(jacobian.shape) * float(torch.finfo(theta.dtype).eps)
        found = spectrum(jacobian, cutoff)
        drift = kernel_change(self._reference, self._features(theta))
        return TangentKernel(float(found.values[0]), found.kappa, found.rank, drift)

    def expected(self, kind: str, theta: Tensor) -> float:
        """Seconds that the first of a kind may take, by sizes and the time of the residuals."""
        if kind == "tangent":
            return _SECONDS_OF_WORK * self._work
        if kind != "hessian":
            return 0.0
        before = time.perf_counter()
        self._system.losses_by_law(theta)
        return _RESIDUALS * (time.perf_counter() - before)

    @property
    def _work(self) -> int:
        rows, size = self._system.rows, self._system.parameters
        return rows * size * min(rows, size)

    @cached_property
    def _waves(self) -> WaveSpectrum:
        return WaveSpectrum(self._problem, self._system)

    @cached_property
    def _reference(self) -> Array:
        found = self._features(self._first)
        if not np.any(found):
            raise ValueError("the tangent kernel at the first state is zero")
        return found

    def _features(self, theta: Tensor) -> Array:
        """∂u/∂θ of all components at fixed points of their domains, shape (rows, P)."""
        problem = self._system.problem
        low, high = np.array(list(hull_bounds(problem).values())).T
        points = low + (high - low) * generic_points(_KERNEL_POINTS, len(low))
        found = features(self._system, theta, as_tensor(self._system, points))
        return found[np.stack([inside(problem, c, points) for c in problem.components])]
