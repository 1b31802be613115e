r"""Gradient descent on an affine residual r(θ) = r_0 + J(θ − θ_0), with J kept.

The triangle of :math:`[J\; r_0] = Q \begin{pmatrix} R & q \\ 0 & ρ \end{pmatrix}` stands in for
the rows: :math:`L(θ) = ‖s‖² + ρ²` with :math:`s = q + R(θ - θ_0)`. One iteration is one product,

.. math:: s ← s - η R W s, \qquad W = P R^T,

and after n of them :math:`θ ← θ - η W \sum s`. Iterating on s in place of θ keeps small losses
accurate: an error in s is relative to s, while one in θ is relative to θ and is multiplied by
the condition number before descent takes it out. s is taken anew from θ after every ``inner``
iterations, so that the loss belongs to the state.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.linalg.cholesky import GramInverse
from pdedsl.linalg.linearisation import Rows
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import AT_MINIMUM, Ended, Optimizer, Step

if TYPE_CHECKING:
    from .gd import GdOptions


class AffineDescent(Optimizer):
    """See the module docstring; the formulas of the steps are in `gd`.

    The small matrices are kept in double precision on the CPU, whatever the system has.
    """

    _options: GdOptions

    def __init__(self, system: LeastSquaresProblem, options: GdOptions, theta: Tensor) -> None:
        super().__init__(system, options, theta)
        self._stale = True
        self._made = 0

    def renew(self, loss: float) -> None:
        """Take the Jacobian anew before the next step."""
        self.loss, self._stale = loss, True

    def step(self) -> Step:
        """One iteration."""
        return self.steps(1)

    def steps(self, most: int) -> Step:
        """``inner`` iterations, or ``most``, or as many as are made so far where that is less.

        The doubling at the start tells an end after few iterations from one after many.
        """
        if self._stale:
            self._prepare()
        if not math.isfinite(self.loss):
            return Step(self.theta, self.loss)
        if self._reachable() <= AT_MINIMUM * self.loss:
            return Step(self.theta, self.loss, ended=Ended.MINIMUM)
        count = min(most, self._options.inner, max(1, self._made))
        self._made += count
        self._move += self._back @ self._sum_of_iterates(count)
        self._reduced = self._right + self._triangle @ self._move
        self.loss = float(self._reduced @ self._reduced) + self._rest
        self.theta = (self._origin + self._move).to(self.theta)
        return Step(self.theta, self.loss, iterations=count)

    def _sum_of_iterates(self, count: int) -> Tensor:
        """The sum of s over so many iterations."""
        reduced, total = self._reduced, torch.zeros_like(self._reduced)
        for _ in range(count):
            total += reduced
            reduced = torch.addmv(reduced, self._shrink, reduced)
        return total

    def _prepare(self) -> None:
        model = self._system.linearise(self.theta)
        assert isinstance(model, Rows)
        self.loss, self._stale = model.loss, False
        if not model.finite:
            self.loss, self._stale = math.nan, True
            return
        self._origin = self.theta.detach().cpu().double()
        self._move = torch.zeros_like(self._origin)
        self._compress(model.jacobian.cpu().double(), model.residual.cpu().double())
        self._choose_step()

    def _compress(self, jacobian: Tensor, residual: Tensor) -> None:
        """R, q and ρ² of the module docstring; J and r_0 where there are fewer rows."""
        rows, columns = jacobian.shape
        if rows > columns:
            joined = torch.cat([jacobian, residual.unsqueeze(1)], dim=1)
            triangle = torch.linalg.qr(joined, mode="r")[1]
            self._triangle = triangle[:columns, :columns].contiguous()
            self._right = triangle[:columns, columns].contiguous()
            self._rest = float(triangle[columns, columns] ** 2)
        else:
            self._triangle, self._right, self._rest = jacobian, residual, 0.0
        self._reduced = self._right

    def _choose_step(self) -> None:
        """−η R W, −η W, and the directions of s that descent reaches."""
        options, back = self._options, self._triangle.T
        if options.preconditioner == "gram":
            inverse = GramInverse(self._triangle.T @ self._triangle, options.epsilon)
            back = inverse.times(back.contiguous())
        product = self._triangle @ back
        values, vectors = torch.linalg.eigh((product + product.T) / 2)
        largest = float(values[-1])
        floor = len(values) * torch.finfo(values.dtype).eps * largest
        self._range = vectors[:, values > floor]
        rate = options.relaxation / (largest or 1.0) if options.rate is None else options.rate
        self._shrink, self._back = -rate * product, -rate * back

    def _reachable(self) -> float:
        """Part of the loss that descent removes in the end."""
        return float((self._range.T @ self._reduced).square().sum())
