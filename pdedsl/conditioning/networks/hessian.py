r"""Extreme eigenvalues of the Hessian of the loss, by Lanczos' method.

Gradient descent with step η is stable in a quadratic model while η λ_max(∇²L) < 2, and a loss
whose Hessian has a negative eigenvalue has no minimum at that state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.arrays import Array, as_array, as_tensor
from pdedsl.linalg.largest_eigenvalue import largest_eigenvalue

Product = Callable[[Array], Array]

_DENSE = 64  # up to this size the matrix is formed
_BASIS = 40  # vectors of the basis: the lower end is often a cluster, which few do not resolve


@dataclass(frozen=True, eq=False)
class HessianEnds:
    """Eigenvalues of ∇²L at both ends of the spectrum.

    Args:
        largest: the k largest, in descending order.
        smallest: the k smallest, in ascending order.
    """

    largest: Array
    smallest: Array


def hessian_ends(
    system: ResidualSystem, theta: Tensor, k: int = 1, tolerance: float = 1e-6
) -> HessianEnds:
    """The k largest and k smallest eigenvalues of ∇²L(θ), at most P of them.

    The smallest are found as the largest of λ_max − ∇²L, so that both are accurate to about
    ``tolerance`` times λ_max − λ_min. The start vector is always the same.

    Raises:
        ValueError: k < 1.
        RuntimeError: Lanczos' method did not converge.
    """
    if k < 1:
        raise ValueError(f"k: expected at least 1, got {k}")
    size = system.parameters
    if size <= max(_DENSE, 2 * k + 1):
        found: Array = np.linalg.eigvalsh(hessian_matrix(system, theta)).astype(np.float64)
        return HessianEnds(found[::-1][:k].copy(), found[:k].copy())
    product = _product(system, theta)
    if not product(_start(size)).any():
        return HessianEnds(np.zeros(k), np.zeros(k))
    largest = np.sort(_lanczos(product, size, k, tolerance))[::-1]
    top = float(largest[0])
    smallest = top - _lanczos(lambda v: top * v - product(v), size, k, tolerance)
    return HessianEnds(largest, np.sort(smallest))


def largest_of_hessian(system: ResidualSystem, theta: Tensor) -> float:
    """λ_max(∇²L) by ten to forty products; see `largest_eigenvalue`."""
    return largest_eigenvalue(lambda v: system.hvp(theta, v), theta)


def ends_of_hessian(
    system: ResidualSystem, theta: Tensor, tolerance: float
) -> tuple[float, float | None]:
    """λ_max and λ_min of ∇²L by some eighty products; no λ_min where it was not resolved.

    ``tolerance`` is relative to λ_max − λ_min.
    """
    try:
        ends = hessian_ends(system, theta, tolerance=tolerance)
    except RuntimeError:  # Lanczos' method did not resolve the lower end
        return largest_of_hessian(system, theta), None
    return float(ends.largest[0]), float(ends.smallest[0])


def hessian_matrix(system: ResidualSystem, theta: Tensor) -> Array:
    """∇²L(θ), shape (P, P), by P products; made symmetric."""
    product = _product(system, theta)
    full = np.stack([product(e) for e in np.eye(system.parameters)])
    return np.asarray((full + full.T) / 2)


def _start(size: int) -> Array:
    """A vector orthogonal to nothing in particular, the same at every call."""
    return np.cos(np.arange(1.0, size + 1) ** 2)


def _product(system: ResidualSystem, theta: Tensor) -> Product:
    return lambda v: as_array(system.hvp(theta, as_tensor(system, np.ravel(v))))


def _lanczos(product: Product, size: int, k: int, tolerance: float) -> Array:
    """The k largest eigenvalues."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    try:
        found = eigsh(
            operator,
            k,
            which="LA",
            v0=_start(size),
            tol=tolerance,
            ncv=min(size, max(2 * k + 1, _BASIS)),
            return_eigenvectors=False,
        )
    except ArpackNoConvergence:
        raise RuntimeError(
            f"Lanczos' method did not find {k} eigenvalues of the Hessian to a relative accuracy "
            f"of {tolerance:g}; ask for fewer or a larger tolerance"
        ) from None
    return np.asarray(found, dtype=np.float64)
