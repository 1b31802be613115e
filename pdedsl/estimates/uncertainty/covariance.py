r"""The covariance of the parameters of a fit, from the noise of its data.

At the minimum of ‖r(θ)‖² data with errors δ move the parameters by −J⁺ E_f δ, where E_f picks the
rows of the fit. With independent errors, in the units of these rows of the variance s²,

.. math:: \mathrm{Cov}\,θ = s^2\, J^+ E_f E_f^T (J^+)^T, \qquad
   s^2 = \frac{‖r_f‖^2}{n_f - p}, \quad p = \mathrm{tr}\, E_f^T J J^+ E_f,

where p is the number of data that the parameters can follow. For rows of fits that state their
noise s² is known. Laws are exact but for what the functions leave of them, of the size

.. math:: σ_l^2 = \frac{1}{n_l} \sum_i r_i^2 + (ε\, |J_i|\, |θ|)^2,

ε being the rounding of numbers, which adds :math:`J^+ E_l σ_l^2 E_l^T (J^+)^T`. That is nothing
but along directions that neither data nor laws fix. J⁺ is taken from J itself,
not from JᵀJ: rows of data weigh 10⁻⁴ of those of equations, whose square is lost in rounding.

Source: G. A. F. Seber and C. J. Wild, Nonlinear Regression (1989), sections 2.1 and 5.3.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.ir import OnData

if TYPE_CHECKING:
    from pdedsl.compiler.residual.block import Block
    from pdedsl.compiler.residual.system import ResidualSystem

_MOST_PARAMETERS, _MOST_ENTRIES = 1_500, 30_000_000
"""Beyond, the singular values or J itself take more than some seconds, and nothing is said."""
_RANK = 1e-13
"""Of the singular values with columns of length 1: rounding leaves 1e-15 of the largest, and what
data fix has 1e-4 and less, as they weigh little."""


_ONE = 1 - 1e-6  # a datum: rounding leaves 1e-9 less


@dataclass(frozen=True, eq=False)
class Covariance:
    """Of the raw parameters θ, shape (P,).

    Args:
        root: C with Cov θ = C Cᵀ, shape (P, k), the columns by the part of the noise they carry;
            None without a fit, and where the parameters can follow all data.
        left: the step to the minimum that a training has left, shape (P,).
        free: directions that change no row, shape (P, f), in units in which columns of J have
            length 1.
        lengths: of the columns of J, shape (P,).
        followed: p of each fit, by label.
        spare: n_f − p of each fit that states no noise, by label.
        rows: orthonormal columns, of J, shape (N, k).
        inverse: J⁺ of these, shape (P, k).
        noise: root of the mean square of the rows of fits, by degrees of freedom; 0 without any.
    """

    root: Tensor | None
    left: Tensor
    free: Tensor
    lengths: Tensor
    followed: Mapping[str, float]
    spare: Mapping[str, float]
    rows: Tensor
    inverse: Tensor
    noise: float


def covariance_of(
    system: ResidualSystem, theta: Tensor, fixed: Collection[int] = ()
) -> Covariance | None:
    """The covariance; None where it is too large.

    Args:
        system: with the rows and weights of the training.
        theta: its minimum, shape (P,).
        fixed: indices of parameters that do not move.
    """
    entries = len(theta) * sum(b.map.rows for b in system.blocks)
    if len(theta) > _MOST_PARAMETERS or entries > _MOST_ENTRIES:
        return None
    jacobian, residual = system.jacobian(theta).double(), system.residual(theta).double()
    jacobian[:, list(fixed)] = 0
    lengths = jacobian.norm(dim=0).clamp(min=torch.finfo(torch.float64).tiny)
    basis, triangle = torch.linalg.qr(jacobian / lengths)
    left_vectors, sizes, vectors = torch.linalg.svd(triangle, full_matrices=True)
    rank = int((sizes > _RANK * sizes[0]).sum())
    inverse = vectors[:rank].T / sizes[:rank] / lengths[:, None]
    rows = basis @ left_vectors[:, :rank]
    root, squares = None, _squares(system, rows, residual)
    laws = _squares_of_laws(system, rows, residual, jacobian.abs() @ theta.abs().double())
    if squares is not None:
        parts, directions = torch.linalg.eigh(squares + laws)
        root = inverse @ (directions * parts.clamp(min=0).sqrt()).flip(1)
    left = inverse @ (rows.T @ residual)
    followed = {b.label: float(rows[b.rows].square().sum()) for b in fits_of(system)}
    spare = {b.label: _unfollowed(rows[b.rows]) for b in fits_of(system)
             if noise_of_rows(system, b) is None}  # fmt: skip
    return Covariance(
        root, left, vectors[rank:].T, lengths, followed, spare, rows, inverse,
        _noise(system, residual, followed),
    )  # fmt: skip


def _squares(system: ResidualSystem, rows: Tensor, residual: Tensor) -> Tensor | None:
    """Σ s² E_fᵀ E_f in orthonormal columns, over all fits; None where a variance is not known."""
    fits = fits_of(system)
    found = rows.new_zeros(rows.shape[1], rows.shape[1])
    for block in fits:
        own = rows[block.rows]
        if (noise := noise_of_rows(system, block)) is not None:
            own = noise[:, None] * own
            found += own.T @ own
            continue
        unfollowed = _unfollowed(own)
        if unfollowed < _ONE:
            return None
        found += float(residual[block.rows].square().sum()) / unfollowed * (own.T @ own)
    return found if fits else None


def _noise(system: ResidualSystem, residual: Tensor, followed: Mapping[str, float]) -> float:
    """√(Σ ‖r_f‖² / Σ (n_f − p)) over all fits; 0 where parameters can follow all data."""
    fits = fits_of(system)
    square = sum(float(residual[b.rows].square().sum()) for b in fits)
    free = sum(b.rows.stop - b.rows.start - followed[b.label] for b in fits)
    return math.sqrt(square / free) if free > 1 - _ONE else 0.0


def _squares_of_laws(
    system: ResidualSystem, rows: Tensor, residual: Tensor, terms: Tensor
) -> Tensor:
    """Σ σ_l² E_lᵀ E_l in orthonormal columns, over all laws that are no fits.

    Args:
        system: with the rows.
        rows: of the orthonormal columns, shape (n, k).
        residual: shape (n,).
        terms: |J| |θ|, shape (n,).
    """
    fits = {block.label for block in fits_of(system)}
    eps = torch.finfo(system.theta0.dtype).eps
    sigma = torch.zeros_like(residual)
    for block in system.blocks:
        if block.label not in fits:
            left = residual[block.rows].square().mean()
            sigma[block.rows] = (left + (eps * terms[block.rows]).square()).sqrt()
    own = sigma[:, None] * rows
    return own.T @ own


def _unfollowed(rows: Tensor) -> float:
    """Data of a fit beyond those that parameters can follow, from its orthonormal rows."""
    return max(0.0, len(rows) - float(rows.square().sum()))


def fits_of(system: ResidualSystem) -> list[Block]:
    """The rows of fits."""
    return [b for b in system.blocks if isinstance(system.problem.law(b.label).place, OnData)]


def noise_of_rows(system: ResidualSystem, block: Block) -> Tensor | None:
    """One standard deviation of the rows of a fit by the noise that it states, shape (rows,).

    None where it states none.
    """
    factor = system.sampler.lowered.noise.get(block.label)
    if factor is None:
        return None
    own = block.map.entries(0, block.map.points, system.theta0).double()
    return factor * own.expand(block.map.points).repeat(block.map.components)
