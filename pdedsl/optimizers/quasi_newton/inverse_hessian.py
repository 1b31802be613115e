r"""A dense approximation H of the inverse Hessian, with the updates of the Broyden family.

With s the step, y the change of the gradient, τ > 0 and φ (φ = 1: BFGS, φ = 0: DFP),

.. math::
    H^+ = \frac1τ \Big(H - \frac{Hy (Hy)^T}{y^T Hy} + φ\, v v^T\Big) + \frac{s s^T}{s^T y}, \qquad
    v = \sqrt{y^T Hy}\, \Big(\frac{s}{s^T y} - \frac{Hy}{y^T Hy}\Big),

which satisfies :math:`H^+ y = s` (Nocedal and Wright 2006, section 6.3; Al-Baali, J. Optim.
Theory Appl. 96, 1998, for τ). It is the sum of H/τ and three symmetric products, made block of
rows by block of rows, with :math:`H^+ g^+` taken while a block is in the cache: an iteration
passes over the memory twice, once for Hy and once for this.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from pdedsl.optimizers.state import Stateful

from .wolfe import Move, Vector

_ROWS = 64  # 64 rows of 3,000 numbers are 1.5 MB, which stays in the cache of a core


@dataclass(frozen=True)
class Curvature:
    """What the rules of the Broyden family depend on; B = H⁻¹.

    All three are the same for the loss L and for c L.

    Args:
        b: sᵀBs / sᵀy; for a step s = −α H g, −α sᵀg / sᵀy.
        h: yᵀHy / sᵀy.
        size: P.
    """

    b: float
    h: float
    size: int

    @property
    def a(self) -> float:
        """The excess hb − 1: at least 0 (Cauchy and Schwarz), and 0 where s and Hy are parallel."""
        return max(self.h * self.b - 1.0, 0.0)


Rule = Callable[[Curvature], tuple[float, float]]


class InverseHessian(Stateful):
    """H, at first a multiple of the identity; in double precision whatever the system has.

    Args:
        size: P.
        scale: of the identity.
        device: where H lives.
    """

    _passing: ClassVar[frozenset[str]] = frozenset({"_device", "_rows"})

    def __init__(self, size: int, scale: float, device: torch.device) -> None:
        # Metal has no double precision.
        self._device = torch.device("cpu") if device.type == "mps" else device
        self._rows = _ROWS if self._device.type == "cpu" else size
        self.matrix = torch.zeros(size, size, dtype=torch.float64, device=self._device)
        self.reset(scale)

    def reset(self, scale: float) -> None:
        """A multiple of the identity."""
        self.matrix.zero_().diagonal().fill_(scale)

    def apply(self, vector: Vector) -> Vector:
        """H times a vector."""
        return (self.matrix @ self._tensor(vector)).cpu().numpy()

    def update(self, move: Move, before: Vector, after: Vector, rule: Rule) -> Vector | None:
        """Take up a step in place.

        Args:
            move: a step of length α along −Hg.
            before: g.
            after: the gradient at its end, g⁺.
            rule: τ and φ.

        Returns:
            H⁺g⁺, or None, with H as it was, where sᵀy or yᵀHy is not positive.
        """
        s, y = move.step, move.change
        hy = self.apply(y)
        sy, yhy = float(s @ y), float(y @ hy)
        least = np.finfo(np.float64).eps * float(np.linalg.norm(s)) * float(np.linalg.norm(y))
        if not (sy > least and yhy > 0.0 and math.isfinite(yhy)):
            return None
        b = -move.length * float(s @ before) / sy
        tau, phi = rule(Curvature(b, yhy / sy, len(s)))
        v = math.sqrt(yhy) * (s / sy - hy / yhy)
        parts = np.stack((hy / math.sqrt(yhy * tau), v * math.sqrt(abs(phi) / tau), s / sy**0.5))
        return self._add(1.0 / tau, parts, np.array([-1.0, math.copysign(1.0, phi), 1.0]), after)

    def definite(self) -> bool:
        """Make H symmetric in every digit; whether it is positive definite."""
        self.matrix.add_(self.matrix.T.clone()).mul_(0.5)
        return bool(torch.linalg.cholesky_ex(self.matrix)[1] == 0)

    def _add(self, scale: float, parts: Vector, signs: Vector, after: Vector) -> Vector:
        right = self._tensor(parts)
        left = self._tensor(parts * signs[:, None]).T.contiguous()
        vector, out = self._tensor(after), self._tensor(np.empty_like(after))
        for start in range(0, len(after), self._rows):
            rows = slice(start, start + self._rows)
            block = self.matrix[rows]
            torch.mv(block.addmm_(left[rows], right, beta=scale), vector, out=out[rows])
        return out.cpu().numpy()

    def _tensor(self, vector: Vector) -> Tensor:
        return torch.from_numpy(vector).to(self._device)
