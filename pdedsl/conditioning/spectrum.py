r"""Eigenvalues of A = RᵀR from the singular values of its factor R.

Forming A first would lose every eigenvalue below 1e-16 λ_max; the singular values of R resolve
those down to about 1e-28 λ_max.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from pdedsl.conditioning.arrays import Array


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


def spectrum(factor: Array, cutoff: float | None = None, rank: int | None = None) -> Spectrum:
    """The spectrum of RᵀR.

    Args:
        factor: R, shape (rows, P).
        cutoff: singular values at or below ``cutoff`` times the largest count as zero; None
            for max(rows, P) ε, the size of the rounding errors in them.
        rank: the number of singular values that are not zero, where it is known; the cut-off
            then plays no part. Where the smallest of them is lost in rounding, κ is only as large
            as that.

    Raises:
        ValueError: the factor is empty or holds numbers that are not finite.
    """
    check_factor(factor)
    size = factor.shape[1]
    found = np.asarray(np.linalg.svd(factor, compute_uv=False), dtype=np.float64)
    if rank is None:
        rank = numerical_rank(found, factor.shape, cutoff)
    values = np.zeros(size)
    values[: len(found)] = found**2
    kappa = _kappa(found[:rank])
    return Spectrum(values, rank, kappa, rank < size, _effective_rank(values))


def numerical_rank(
    singular_values: Array, shape: tuple[int, ...], cutoff: float | None = None
) -> int:
    """Number of singular values above the cut-off; see `spectrum`."""
    if not len(singular_values):
        return 0
    relative = max(shape) * np.finfo(float).eps if cutoff is None else cutoff
    return int(np.sum(singular_values > relative * singular_values[0]))


def check_factor(factor: Array) -> None:
    """Refuse a factor that has no spectrum.

    Raises:
        ValueError: it is not a matrix with columns, or not finite.
    """
    if factor.ndim != 2 or not factor.shape[1]:
        raise ValueError(f"the factor needs the shape (rows, P) with P > 0, got {factor.shape}")
    if not np.isfinite(factor).all():
        raise ValueError("the factor holds numbers that are not finite")


def reduce_rows(factor: Array) -> Array:
    """A factor of the same RᵀR with at most P rows, by a QR decomposition."""
    if factor.shape[0] <= factor.shape[1]:
        return factor
    return np.asarray(np.linalg.qr(factor, mode="r"))


def stack_normalised(factors: Sequence[Array], size: int) -> Array:
    """Factors of ``size`` columns scaled to norm 1, one under another, with at most P rows.

    They have the kernel of Σ λ_l A_l for all positive weights, and a rank that does not depend on
    the units of each.
    """
    norms = [float(np.linalg.norm(f, 2)) if f.size else 0.0 for f in factors]
    scaled = [f / n for f, n in zip(factors, norms, strict=True) if n]
    return reduce_rows(np.concatenate(scaled)) if scaled else np.zeros((0, size))


def _kappa(singular_values: Array) -> float:
    if not len(singular_values):
        return 1.0
    low = singular_values[-1]
    return float((singular_values[0] / low) ** 2) if low > 0 else inf


def _effective_rank(values: Array) -> float:
    total = values.sum()
    if not total > 0:
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-np.sum(shares * np.log(shares))))
