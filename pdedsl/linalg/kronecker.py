r"""Inverses of a Kronecker product B ⊗ A, and of the sum of two, without forming them.

As a matrix of θ read row by row, (B ⊗ A) vec(X) = vec(B X Aᵀ). With the generalised
eigenvectors of both sides, :math:`U^T (A_1 + A_2) U = I,\ U^T A_1 U = Λ` and
:math:`V^T (B_1 + B_2) V = I,\ V^T B_1 V = M`,

.. math:: (B_1 ⊗ A_1 + B_2 ⊗ A_2)^{-1} = (V ⊗ U)\,(M ⊗ Λ + (I - M) ⊗ (I - Λ))^{-1}\,(V ⊗ U)^T

(Dangel, Müller and Zeinhofer, arXiv 2405.15603, appendix; Martens and Grosse, arXiv 1503.05671,
appendix B; the sums in place of one of the terms, which may be singular where the other is not).
Each factor is divided by its trace before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Pair:
    """B ⊗ A.

    Args:
        inner: A, shape (in, in), symmetric, not negative.
        outer: B, shape (out, out), likewise.
    """

    inner: Tensor
    outer: Tensor

    def damped(self, damping: float) -> Pair:
        r"""(B + √λ/π I) ⊗ (A + π√λ I), π² the ratio of the mean eigenvalues of A and B.

        The product is at least B ⊗ A + λ I (Martens and Grosse, section 6.3).
        """
        means = [float(m.diagonal().mean()) for m in (self.inner, self.outer)]
        ratio = (means[0] / means[1]) ** 0.5 if min(means) > 0 else 1.0
        root = damping**0.5
        return Pair(_shift(self.inner, ratio * root), _shift(self.outer, root / ratio))

    def largest(self) -> float:
        """An upper bound of the largest eigenvalue, at most the rank times it: the trace."""
        return float(self.inner.trace() * self.outer.trace())


def merged(pairs: Sequence[Pair]) -> Pair:
    """One pair with the same partial traces, and so the same trace, as the sum of all.

    A = Σ tr(B_k) A_k and B = Σ tr(A_k) B_k / Σ tr(A_k) tr(B_k): exact where all A or all B agree
    up to a factor.
    """
    if len(pairs) == 1:
        return pairs[0]
    inner = sum((p.outer.trace() * p.inner for p in pairs), torch.zeros_like(pairs[0].inner))
    outer = sum((p.inner.trace() * p.outer for p in pairs), torch.zeros_like(pairs[0].outer))
    total = sum(p.largest() for p in pairs)
    return Pair(inner, outer / total if total > 0 else outer)


class SumInverse:
    """The inverse of one pair or of the sum of two.

    Args:
        pairs: one or two, positive definite.

    Raises:
        torch.linalg.LinAlgError: a factor is not positive definite in rounding.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        inner, self._inner = _simultaneous([pair.inner for pair in pairs])
        outer, self._outer = _simultaneous([pair.outer for pair in pairs])
        self._scale = torch.zeros_like(torch.outer(outer[0], inner[0]))
        for pair, across, along in zip(pairs, outer, inner, strict=True):
            self._scale += pair.largest() * torch.outer(across, along)

    def times(self, matrix: Tensor) -> Tensor:
        """The inverse applied to a matrix of shape (out, in)."""
        rotated = (self._outer.T @ matrix @ self._inner) / self._scale
        return self._outer @ rotated @ self._inner.T


def _simultaneous(matrices: Sequence[Tensor]) -> tuple[list[Tensor], Tensor]:
    """Λ of each matrix over its trace, and U, which gives the sum of them the Λ of one."""
    scaled = [matrix / matrix.trace() for matrix in matrices]
    total = sum(scaled[1:], scaled[0])
    factor = torch.linalg.cholesky(total)
    if len(scaled) == 1:
        eye = torch.eye(len(total), dtype=total.dtype, device=total.device)
        inverse = torch.linalg.solve_triangular(factor, eye, upper=False)
        return [total.new_ones(len(total))], inverse.T
    half = torch.linalg.solve_triangular(factor, scaled[0], upper=False)
    whole = torch.linalg.solve_triangular(factor, half.T, upper=False)
    values, vectors = torch.linalg.eigh((whole + whole.T) / 2)
    # Neither is zero in truth, but either may be so in rounding.
    epsilon = torch.finfo(total.dtype).eps
    values = values.clamp(epsilon, 1 - epsilon)
    return [values, 1 - values], torch.linalg.solve_triangular(factor.T, vectors, upper=True)


def _shift(matrix: Tensor, by: float) -> Tensor:
    out = matrix.clone()
    out.diagonal().add_(by)
    return out
