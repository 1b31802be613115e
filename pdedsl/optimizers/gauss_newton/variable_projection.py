r"""Variable projection: damped Gauss–Newton with the last layers at their least-squares optimum.

Where the laws are affine in the fields, r is affine in the parameters c of the last layers,
:math:`r = A(w)\,c + b(w)`, and for the other parameters w there is a best c. The problem in w,

.. math:: \min_w ‖P^⊥(w)\, b(w)‖², \qquad P^⊥ = I - A A^+,

(Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973) has the Jacobian P⊥ J_w up to a term that
vanishes with the residual (Kaufman, BIT 15, 1975). Its damped step is

.. math::
    δ_w(λ) = \arg\min ‖P^⊥(r + J_w δ)‖² + λ‖δ‖², \qquad δ_c = -A^+ (r + J_w δ_w),

a damped Gauss–Newton step with damping on w only. c follows by the linear model, and by a solve of
its own where that halves the loss.

A is all but singular, and its small singular values carry digits: those down to a few rounding
units of the largest are kept, by a singular value decomposition of the triangle of a QR
factorisation, never from AᵀA. Then ‖c‖ is large, and rounding of r ends the descent at a loss that
falls by orders with the width of the last layer. So only those directions of c are free of damping
that pay: as many as leave twice the least ‖r‖² that all of them reach, or 10⁴ times as long as that
is above 1e-10 of ‖b‖². The others are damped like w. Once such steps hardly lower the loss any
more, those of `lm` follow.

Departure: no second-order correction, since (JᵀJ + λ)⁻¹ Jᵀ r″ is lost to rounding for such A.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import ClassVar

import torch
from torch import Tensor

from pdedsl.linalg.factorisation import DampedFactorisation, Rank
from pdedsl.linalg.linearisation import Linearisation, Rows
from pdedsl.linalg.svd import Reflections, Svd
from pdedsl.optimizers.problem import LeastSquaresProblem
from pdedsl.optimizers.protocol import Step

from .damped_gauss_newton import DampedGaussNewton, DampingOptions

_KEPT = 4.0  # rounding units of the largest singular value of A
# Directions of c are free as long as those after them could still lower the loss by such factors:
# while the functions of the last layer do not fit yet, large c would only bend the way of w.
_PAYS, _PAYS_EARLY = 2.0, 1e4
_GAIN, _SLOW = 0.9, 3  # so many projected steps that do not lower the loss so far are enough
_FITS = 1e-10  # part of the loss without c that the best c leaves, where they fit
_WORTH = 0.5  # part of the loss that a solve for c alone must leave at most


class PartlyDamped:
    """A matrix with some directions free of damping, factorised.

    Args:
        matrix: J, shape (N, P).
        right: −r, shape (N,), which tells the directions that pay.
        free: indices of c, shape (m,).
        values: c, shape (m,).
    """

    def __init__(self, matrix: Tensor, right: Tensor, free: Tensor, values: Tensor) -> None:
        m, size = len(free), matrix.shape[1]
        damped = torch.ones(size, dtype=torch.bool, device=free.device)
        damped[free] = False
        self._free, self._damped = free, damped.nonzero().squeeze(1)
        reflections = Reflections(matrix[:, torch.cat((free, self._damped))])
        triangle = reflections.triangle()
        # Zero rows for all of the right singular vectors, where there are few rows.
        fill = triangle.new_zeros(max(0, m - len(triangle)))
        triangle = torch.cat((triangle, fill[:, None].expand(-1, size)))
        own = triangle[:, :m]
        # No reference to self: memory for a Jacobian is not to wait for the collector of circles.
        self._turn = lru_cache(maxsize=2)(lambda b: torch.cat((reflections.turn(b), fill)))
        left, sigma, rows = torch.linalg.svd(own, full_matrices=False)
        turned = self._turn(right)
        lost = float(reflections.turn_whole(right)[min(matrix.shape) :].square().sum())
        kept = _directions_that_pay(left, sigma, turned, turned + own @ values, lost)
        left = left[:, :kept]
        self._left, self._sigma, self._basis = left, sigma[:kept], rows.T
        # The other directions of c are damped like w.
        others = torch.cat((own @ self._basis[:, kept:], triangle[:, m:]), dim=1)
        self._others = left.T @ others
        u, s, v = torch.linalg.svd(_beyond(left, others), full_matrices=False)
        self._rest = Svd(s**2, v.T, lambda c: s * (u.T @ _beyond(left, c)))

    @property
    def free_directions(self) -> int:
        """How many directions of c are free."""
        return len(self._sigma)

    @property
    def rank(self) -> Rank:
        """Deficient where not all directions of c are free, or others are dependent."""
        return self._rest.rank if len(self._sigma) == len(self._free) else Rank.DEFICIENT

    @property
    def largest(self) -> float:
        """The largest squared singular value of the damped part."""
        return self._rest.largest

    def solve(self, right: Tensor, damping: float = 0.0) -> Tensor:
        """The minimiser of ‖J δ − b‖² + λ‖…‖², the damped directions alone in the last term."""
        turned = self._turn(right)
        others = self._rest.solve(turned, damping)
        own = (self._left.T @ turned - self._others @ others) / self._sigma
        most = len(self._free) - len(own)
        step = others.new_empty(len(self._free) + len(self._damped))
        step[self._free] = self._basis @ torch.cat((own, others[:most]))
        step[self._damped] = others[most:]
        return step

    def decrease(self, right: Tensor, damping: float) -> float:
        """‖b‖² − ‖J δ − b‖² there."""
        return self.free_decrease(right) + self._rest.decrease(self._turn(right), damping)

    def reachable(self, right: Tensor) -> float:
        """The same without damping."""
        return self.free_decrease(right) + self._rest.reachable(self._turn(right))

    def free_decrease(self, right: Tensor) -> float:
        """The same by the free directions alone, whose step is that of infinite damping."""
        return float((self._left.T @ self._turn(right)).square().sum())


def _beyond(left: Tensor, a: Tensor) -> Tensor:
    """What is orthogonal to the columns of ``left``."""
    a = a - left @ (left.T @ a)
    # A second time, so that rounding of the first leaves nothing in their range.
    return a - left @ (left.T @ a)


def _directions_that_pay(
    left: Tensor, sigma: Tensor, right: Tensor, without: Tensor, lost: float
) -> int:
    """How many singular directions of A are free: those that pay, above rounding.

    Args:
        left: left singular vectors, shape (k, m).
        sigma: singular values, shape (m,).
        right: −r, shape (k,).
        without: −r for c = 0.
        lost: what no parameter reaches of ‖r‖², beyond the k entries.
    """
    floor = _KEPT * torch.finfo(sigma.dtype).eps * sigma[:1]
    usable = int(((sigma >= floor) & (sigma > 0)).sum())
    gains = (left.T @ without)[:usable] ** 2
    least = lost + float(right @ right - ((left.T @ right)[:usable] ** 2).sum())
    after = gains.flip(0).cumsum(0).flip(0)  # what is left when only those before are free
    fits = least <= _FITS * (lost + float(without @ without))
    return int((after > (_PAYS if fits else _PAYS_EARLY) * max(least, 0.0)).sum())


class VariableProjection(DampedGaussNewton):
    """See the module docstring; ``places`` are the indices of c in θ."""

    _passing: ClassVar[frozenset[str]] = frozenset({"_places"})

    def __init__(
        self, system: LeastSquaresProblem, options: DampingOptions, theta: Tensor, places: Tensor
    ) -> None:
        super().__init__(system, options, theta)
        self._places = places
        self._slow = 0

    def step(self) -> Step:
        """A projected step; one of `lm` once those hardly lower the loss any more."""
        before, projected = self.loss, self._projected
        step = super().step()
        if not projected or not math.isfinite(step.loss):
            return step
        gained = step.loss < _GAIN * before
        self._slow = 0 if gained else _SLOW if step.ended else self._slow + 1
        if self._projected:
            return step
        self._damping, self._relative, self._factors = None, math.inf, None
        self._least, self._age = math.inf, 0
        return Step(step.theta, step.loss)

    @property
    def _projected(self) -> bool:
        return self._slow < _SLOW

    @property
    def _cheap(self) -> bool:
        return not self._projected and super()._cheap

    def _factorise(self, model: Linearisation) -> DampedFactorisation:
        if not self._projected:
            return super()._factorise(model)
        assert isinstance(model, Rows)
        places = self._places
        return PartlyDamped(model.jacobian, self._right, places, self.theta[places])

    def _correction(
        self, factors: DampedFactorisation, step: Tensor, damping: float
    ) -> Tensor | None:
        return None if self._projected else super()._correction(factors, step, damping)

    def _linearise(self) -> DampedFactorisation | None:
        factors = super()._linearise()
        if not isinstance(factors, PartlyDamped):
            return factors
        if factors.free_decrease(self._right) > (1 - _WORTH) * self.loss:
            theta = self.theta + factors.solve(self._right, math.inf)
            if float(self._system.loss(theta)) < _WORTH * self.loss:
                self.theta = theta
                return super()._linearise()
        return factors
