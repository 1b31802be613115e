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
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdedsl.linalg.damping import Spectrum, triangle_of
from pdedsl.models.networks.hard import HardConditions
from pdedsl.models.networks.layered import Layered
from pdedsl.optimizers.protocol import Step

from .damped_gauss_newton import DampedGaussNewton, Model

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

    from .lm import LmOptions

_KEPT = 4.0  # rounding units of the largest singular value of A
# Directions of c are free as long as those after them could still lower the loss by such factors:
# while the functions of the last layer do not fit yet, large c would only bend the way of w.
_PAYS, _PAYS_EARLY = 2.0, 1e4
_GAIN, _SLOW = 0.9, 3  # so many projected steps that do not lower the loss so far are enough
_FITTED = 1e-10  # part of the loss without c that the best c leaves, where they fit
_WORTH = 0.5  # part of the loss that a solve for c alone must leave at most


def last_layers(system: ResidualSystem) -> Tensor | None:
    """Indices in θ of the last layers, or None where r is not affine in them or has no others."""
    if not all(plan.affine for plan in system.drawing.plans.values()):
        return None
    found = []
    for network in system.networks:
        model = network.model
        inner = model.model if isinstance(model, HardConditions) else model
        if not isinstance(inner, Layered):
            return None
        part = model.parts["output"]
        found.append(torch.arange(network.offset + part.start, network.offset + part.stop))
    return torch.cat(found).to(system.device) if found else None


class Projected:
    """The damped least-squares problem with some directions free of damping, for many dampings.

    Args:
        jacobian: J, shape (N, P).
        residual: r, shape (N,).
        free: indices of c, shape (m,).
        values: c, shape (m,).
    """

    def __init__(self, jacobian: Tensor, residual: Tensor, free: Tensor, values: Tensor) -> None:
        m, size = len(free), jacobian.shape[1]
        damped = torch.ones(size, dtype=torch.bool, device=free.device)
        damped[free] = False
        self._free, self._damped = free, damped.nonzero().squeeze(1)
        triangle = triangle_of(jacobian[:, torch.cat((free, self._damped))], residual)
        # Zero rows for all of the right singular vectors, where there are few rows.
        triangle = torch.cat((triangle, triangle.new_zeros(max(0, m - len(triangle)), size + 1)))
        own, right = triangle[:, :m], triangle[:, -1]
        left, sigma, rows = torch.linalg.svd(own, full_matrices=False)
        kept = _kept(left, sigma, right, right - own @ values)
        left, self._sigma, self._basis = left[:, :kept], sigma[:kept], rows.T
        # The other directions of c are damped like w.
        others = torch.cat((own @ self._basis[:, kept:], triangle[:, m:-1]), dim=1)
        self._others, self._right = left.T @ others, left.T @ right
        rest, beyond = others - left @ self._others, right - left @ self._right
        # A second time, so that rounding of the first leaves nothing in the range of A.
        rest, beyond = rest - left @ (left.T @ rest), beyond - left @ (left.T @ beyond)
        u, s, v = torch.linalg.svd(rest, full_matrices=False)
        self._spectrum = Spectrum(s**2, v.T, s * (u.T @ beyond))

    @property
    def largest(self) -> float:
        """The largest squared singular value of the damped part."""
        return self._spectrum.largest

    @property
    def removable(self) -> float:
        """Decrease of ‖r‖² by the free directions alone."""
        return float(self._right @ self._right)

    def free_step(self) -> Tensor:
        """The step in the free directions alone, shape (P,)."""
        return self._step(self._others.new_zeros(self._others.shape[1]))

    def step(self, damping: float) -> Tensor:
        """δ(λ), shape (P,)."""
        return self._step(self._spectrum.step(damping))

    def predicted(self, damping: float) -> float:
        """Decrease of ‖r‖² that the linear model predicts for δ(λ)."""
        return self.removable + self._spectrum.predicted(damping)

    def reachable(self) -> float:
        """Decrease of ‖r‖² that the linear model predicts without damping."""
        return self.removable + self._spectrum.reachable()

    def _step(self, others: Tensor) -> Tensor:
        own = -(self._right + self._others @ others) / self._sigma
        most = len(self._free) - len(own)
        step = others.new_empty(len(self._free) + len(self._damped))
        step[self._free] = self._basis @ torch.cat((own, others[:most]))
        step[self._damped] = others[most:]
        return step


def _kept(left: Tensor, sigma: Tensor, right: Tensor, without: Tensor) -> int:
    """How many singular directions of A are free: those that pay, above rounding.

    Args:
        left: left singular vectors, shape (k, m).
        sigma: singular values, shape (m,).
        right: r, shape (k,).
        without: r for c = 0.
    """
    floor = _KEPT * torch.finfo(sigma.dtype).eps * sigma[:1]
    usable = int(((sigma >= floor) & (sigma > 0)).sum())
    gains = (left.T @ without)[:usable] ** 2
    least = float(right @ right - ((left.T @ right)[:usable] ** 2).sum())
    after = gains.flip(0).cumsum(0).flip(0)  # what is left when only those before are free
    fitted = least <= _FITTED * float(without @ without)
    return int((after > (_PAYS if fitted else _PAYS_EARLY) * max(least, 0.0)).sum())


class VariableProjection(DampedGaussNewton):
    """See the module docstring.

    Args:
        system: the residual and its Jacobian.
        options: see `LmOptions`.
        theta: start, shape (P,).
        places: indices of c in θ, from `last_layers`.
    """

    def __init__(
        self, system: ResidualSystem, options: LmOptions, theta: Tensor, places: Tensor
    ) -> None:
        super().__init__(system, options, theta)
        self._places = places
        self._slow = 0

    def _reduced(self, jacobian: Tensor) -> Tensor:
        return jacobian

    def _embedded(self, step: Tensor) -> Tensor:
        return step

    def step(self) -> Step:
        """A projected step; one of `lm` once those hardly lower the loss any more."""
        before = self.loss
        made = super().step()
        if self._plain or not math.isfinite(made.loss):
            return made
        gained = made.loss < _GAIN * before
        self._slow = 0 if gained else _SLOW if made.ended else self._slow + 1
        if self._plain:
            self._damping, self._relative, self._stale = None, math.inf, True
            self._least, self._settled = math.inf, 0
            return Step(made.theta, made.loss)
        return made

    @property
    def _plain(self) -> bool:
        return self._slow >= _SLOW

    def _decompose(self, matrix: Tensor, right: Tensor) -> Model:
        if self._plain:
            return super()._decompose(matrix, right)
        return Projected(matrix, right, self._places, self.theta[self._places])

    def _linearise(self) -> None:
        super()._linearise()
        if self._stale or not isinstance(self._model, Projected):
            return
        if self._model.removable > (1 - _WORTH) * self.loss:
            theta = self.theta + self._model.free_step()
            if float(self._system.loss(theta)) < _WORTH * self.loss:
                self.theta = theta
                super()._linearise()
