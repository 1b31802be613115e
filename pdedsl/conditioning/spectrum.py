r"""Eigenvalues of A = RᵀR from the singular values of its factor R.

Forming A first would lose every eigenvalue below 1e-16 λ_max; the singular values of R resolve
those down to about 1e-28 λ_max.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The spectrum of A = RᵀR, shape (P, P).

    Args:
        values: eigenvalues in descending order, shape (P,); zeros where R has fewer rows.
        rank: number of eigenvalues that count as non-zero; see `spectrum`.
        kappa: largest over smallest of the non-zero eigenvalues; 1 for the zero matrix.
        singular: whether rank < P.
        effective_rank: exp of the entropy of the eigenvalues divided by their sum (Roy and
            Vetterli, EUSIPCO 2007); between 1 and P, 0 for the zero matrix.
    """

    values: Array
    rank: int
    kappa: float
    singular: bool
    effective_rank: float


def spectrum(factor: Array, cutoff: float | None = None) -> Spectrum:
    """The spectrum of RᵀR.

    Args:
        factor: R, shape (rows, P).
        cutoff: singular values at or below ``cutoff`` times the largest count as zero; None
            for max(rows, P) ε, the size of the rounding errors in them.

    Raises:
        ValueError: the factor is empty or holds numbers that are not finite.
    """
    checked(factor)
    size = factor.shape[1]
    found = np.asarray(np.linalg.svd(factor, compute_uv=False), dtype=np.float64)
    rank = numerical_rank(found, factor.shape, cutoff)
    values = np.zeros(size)
    values[: len(found)] = found**2
    kappa = float((found[0] / found[rank - 1]) ** 2) if rank else 1.0
    return Spectrum(values, rank, kappa, rank < size, _effective_rank(values))


def numerical_rank(
    singular_values: Array, shape: tuple[int, ...], cutoff: float | None = None
) -> int:
    """Number of singular values above the cut-off; see `spectrum`."""
    if not len(singular_values):
        return 0
    relative = max(shape) * np.finfo(float).eps if cutoff is None else cutoff
    return int(np.sum(singular_values > relative * singular_values[0]))


def checked(factor: Array) -> None:
    """Refuse a factor that has no spectrum.

    Raises:
        ValueError: it is not a matrix with columns, or not finite.
    """
    if factor.ndim != 2 or not factor.shape[1]:
        raise ValueError(f"the factor needs the shape (rows, P) with P > 0, got {factor.shape}")
    if not np.isfinite(factor).all():
        raise ValueError("the factor holds numbers that are not finite")


def compressed(factor: Array) -> Array:
    """A factor of the same RᵀR with at most P rows, by a QR decomposition."""
    if factor.shape[0] <= factor.shape[1]:
        return factor
    return np.asarray(np.linalg.qr(factor, mode="r"))


def _effective_rank(values: Array) -> float:
    total = values.sum()
    if not total > 0:
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-np.sum(shares * np.log(shares))))
