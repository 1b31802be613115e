r"""Linear least squares, and Newton's method on nonlinear residuals (Gauss–Newton).

.. math:: θ ← θ + α δ, \qquad δ = \arg\min ‖r + J δ‖_2

with the columns of J scaled to unit length and one factorisation J D⁻¹ = Q R by Householder
reflections (never the normal equations, which square the condition number), which serves all steps
where r is linear. Where R shows that the columns are dependent to rounding, or there are no more
rows than columns, the solution of least norm by a singular value decomposition (LAPACK's gelsd)
takes its place. With rows of few entries that is the limit of :math:`x ← x + \arg\min_y ‖A y - (b
- A x)‖² + μ²‖y‖²` from zero (Riley, Math. Tables Aids Comput. 9, 1955; Golub, Numer. Math. 7,
1965), whose error in a direction of the singular value σ falls by :math:`μ²/(σ² + μ²)` in a step.

α is the first of 1, ½, ¼, … with Armijo's condition
:math:`‖r(θ + αδ)‖² ≤ (1 - 2cα(1 - α/2)\,p)‖r‖²`, c = 10⁻⁴, where p is the part of ‖r‖² that the
linear model removes. For a linear residual the first step is the solution, and a second one takes
away what rounding has left (Björck, Numerical Methods for Least Squares Problems, 1996, 2.9.2).
A residual below :math:`10\,ε\,‖|J||θ|‖` is rounding: then θ is a minimum.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

from pdedsl.compiler.residual.local_rows import LocalRows
from pdedsl.linalg.frontal_qr import (
    Array,
    DependentColumnsError,
    Integers,
    column_norms,
    solve_local,
)
from pdedsl.optimizers.protocol import Ended, OptimizerOptions, Step
from pdedsl.options.section import Count, Fraction, Tally

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_ARMIJO = 1e-4
_ROUNDING = 10.0
_DAMPING, _DAMPED = 1e-6, 8  # μ for columns of unit length, and the most steps
_SETTLED = 1e-13
_AT_MINIMUM = 1e-10  # part of the loss that the linear model can still remove


class LstsqOptions(OptimizerOptions):
    """Least squares, and Newton's method around it; see `lstsq`.

    Args:
        cutoff: singular values, as parts of the largest, that count as zero; None for rounding.
        halvings: the most halvings of a step.
    """

    kind: Literal["lstsq"] = "lstsq"
    iterations: Count = 50
    patience: Count = 20
    cutoff: Fraction | None = None
    halvings: Tally = 15


class LeastSquares:
    """See the module docstring.

    Args:
        system: the residual and its Jacobian.
        options: see `LstsqOptions`.
        theta: start, shape (P,).
    """

    def __init__(self, system: ResidualSystem, options: LstsqOptions, theta: Tensor) -> None:
        self._system, self._options = system, options
        self.theta, self.loss = theta, math.inf
        self._rounding = 0.0
        self._kept: tuple[Tensor, Factored] | None = None  # of a linear residual

    def renew(self, loss: float) -> None:
        """The points have changed, which the next step sees."""
        self.loss, self._kept = loss, None

    def step(self) -> Step:
        """One factorisation, and the longest step that Armijo's condition allows."""
        residual, direction, left = self._linearised()
        if direction is None:
            return Step(self.theta, math.nan)
        self.loss = float(residual @ residual)
        part = 1 - left / self.loss if self.loss > self._rounding**2 else 0.0
        if not part > _AT_MINIMUM:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        return self._searched(direction, part)

    def _linearised(self) -> tuple[Tensor, Tensor | None, float]:
        """r, the step δ (None where r or J is not finite), and ‖r + J δ‖²."""
        if self._kept is not None:
            return self._dense(self._system.residual(self.theta), *self._kept)
        near = self._system.residual_and_local_rows(self.theta)
        if near is not None:
            return self._local(*near)
        residual, jacobian = self._system.residual_and_jacobian(self.theta)
        if not _finite(residual, jacobian):
            return residual, None, math.nan
        factored = Factored(jacobian, self._options.cutoff)
        if self._system.linear:
            self._kept = jacobian, factored
        return self._dense(residual, jacobian, factored)

    def _dense(
        self, residual: Tensor, jacobian: Tensor, factored: Factored
    ) -> tuple[Tensor, Tensor | None, float]:
        if not _finite(residual):
            return residual, None, math.nan
        self._round(residual, jacobian.abs() @ self.theta.abs())
        direction = factored.solve(-residual)
        return residual, direction, float((residual + jacobian @ direction).square().sum())

    def _local(self, residual: Tensor, rows: LocalRows) -> tuple[Tensor, Tensor | None, float]:
        if not _finite(residual, rows.values):
            return residual, None, math.nan
        self._round(residual, (rows.values * self.theta[rows.columns]).abs().sum(dim=1))
        direction = local_least_squares(rows, -residual, self._options.cutoff)
        pushed = (rows.values * direction[rows.columns]).sum(dim=1)
        return residual, direction, float((residual + pushed).square().sum())

    def _round(self, residual: Tensor, terms: Tensor) -> None:
        self._rounding = _ROUNDING * torch.finfo(residual.dtype).eps * float(terms.norm())

    def _searched(self, direction: Tensor, part: float) -> Step:
        length = 1.0
        for _ in range(self._options.halvings + 1):
            theta = self.theta + length * direction
            loss = float(self._system.loss(theta))
            if loss <= (1 - 2 * _ARMIJO * length * (1 - length / 2) * part) * self.loss:
                self.theta, self.loss = theta, loss
                return Step(theta, loss)
            length /= 2
        return Step(self.theta, self.loss, ended=Ended.STALLED)


def least_squares(matrix: Tensor, right: Tensor, cutoff: float | None = None) -> Tensor:
    """The minimiser of ‖A x − b‖₂; of least norm (of the scaled columns) where it is not unique.

    Args:
        matrix: A, shape (N, P).
        right: b, shape (N,).
        cutoff: singular values, as parts of the largest, that count as zero; None for
            max(N, P) times the rounding unit.

    Returns:
        Shape (P,).
    """
    return Factored(matrix, cutoff).solve(right)


class Factored:
    """A matrix that is factorised once for many right-hand sides; see `least_squares`.

    Where its columns are dependent, every right-hand side has a decomposition of its own.

    Args:
        matrix: A, shape (N, P).
        cutoff: as for `least_squares`.
    """

    def __init__(self, matrix: Tensor, cutoff: float | None = None) -> None:
        rows, columns = matrix.shape
        norms = torch.linalg.vector_norm(matrix, dim=0)
        self._scale = torch.where(norms > 0, norms, torch.ones_like(norms))
        self._cutoff = max(rows, columns) * torch.finfo(matrix.dtype).eps
        if cutoff is not None:
            self._cutoff = cutoff
        self._matrix = matrix
        self._factors: tuple[Tensor, Tensor] | None = None
        if rows > columns:
            reflections, scalars = torch.geqrf(matrix / self._scale)
            diagonal = reflections.diagonal().abs()
            if float(diagonal.min()) > self._cutoff * float(diagonal.max()):
                self._factors = reflections, scalars

    def solve(self, right: Tensor) -> Tensor:
        """The x of shape (P,) for b of shape (N,)."""
        if self._factors is None:
            return _truncated(self._matrix / self._scale, right, self._cutoff) / self._scale
        reflections, scalars = self._factors
        columns = reflections.shape[1]
        turned = torch.ormqr(reflections, scalars, right[:, None], transpose=True)[:columns]
        triangle = reflections[:columns]
        return torch.linalg.solve_triangular(triangle, turned, upper=True)[:, 0] / self._scale


def local_least_squares(matrix: LocalRows, right: Tensor, cutoff: float | None = None) -> Tensor:
    """As `least_squares`, for a matrix by its entries; see `frontal_qr`."""
    limit = max(len(right), matrix.size) * torch.finfo(right.dtype).eps
    values, columns, b = (
        tensor.detach().cpu().numpy() for tensor in (matrix.values, matrix.columns, right)
    )
    limit = limit if cutoff is None else cutoff
    try:
        found = solve_local(values, columns, b, matrix.size, limit)
    except DependentColumnsError:
        if cutoff is not None:
            return least_squares(matrix.dense(), right, cutoff)
        found = _damped(values, columns, b, matrix.size)
    return torch.as_tensor(found, dtype=right.dtype, device=right.device)


def _damped(values: Array, columns: Integers, right: Array, size: int) -> Array:
    """Riley's method; see the module docstring."""
    norms = column_norms(values, columns, size)
    diagonal = np.zeros((size, values.shape[1]))
    diagonal[:, 0] = _DAMPING * np.where(norms > 0, norms, 1.0)
    more = np.repeat(np.arange(size)[:, None], values.shape[1], axis=1)
    tall, wide = np.concatenate((values, diagonal)), np.concatenate((columns, more))
    x = np.zeros(size)
    for _ in range(_DAMPED):
        left = right - (values * x[columns]).sum(axis=1)
        more_x = solve_local(tall, wide, np.concatenate((left, np.zeros(size))), size, 0.0)
        x = x + more_x
        if np.linalg.norm(more_x * norms) <= _SETTLED * np.linalg.norm(x * norms):
            break
    return x


def _finite(*tensors: Tensor) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors)


def _truncated(matrix: Tensor, right: Tensor, cutoff: float) -> Tensor:
    a, b = matrix.detach().cpu().numpy(), right.detach().cpu().numpy()
    found = scipy.linalg.lstsq(a, b, cond=cutoff, lapack_driver="gelsd", check_finite=False)[0]
    return torch.as_tensor(found, dtype=right.dtype, device=right.device)
