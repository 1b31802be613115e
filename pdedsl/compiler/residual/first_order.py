r"""The first order of a residual, r(θ + δ) ≈ r + J δ, in coordinates that keep lengths.

One process whose memory holds J gives its rows. Where it does not hold them, or where processes
share the rows, each share is replaced by a triangle, :math:`(J_i\; r_i) = Q_i T_i`, and the
triangles by one of all of them, or :math:`J_i^T J_i` and :math:`J_i^T r_i` are added up; see
`linalg.linearisation` and `linalg.tall_qr`.

Functions of a share keep what they have made of J, for the residuals of other states that follow.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from pdedsl.linalg.layers import Factor
from pdedsl.linalg.linearisation import Linearisation, NormalSums, Rows, Sketch, whole_rows
from pdedsl.linalg.svd import Reflections
from pdedsl.linalg.symmetric import add_outer, mirrored
from pdedsl.linalg.tall_qr import triangle_of
from pdedsl.models.runtime.workspace import empty

from .normal_matrices import rows_of

MOST_BYTES = 1 << 31
"""Of a Jacobian that is kept, of all rows of a system or of a share. Its decomposition needs as
much again; in parts it costs a quarter more."""

_INVERTIBLE = 1e-7
"""Least entry of the diagonal of R, as a part of the largest, for corrected seminormal equations:
the root of ten rounding units, up to which they take digits away from an error."""


class Share(Protocol):
    """Some rows of a residual, or all."""

    @property
    def rows(self) -> int:
        """How many."""

    @property
    def parameters(self) -> int:
        """P."""

    @property
    def places(self) -> Tensor | None:
        """Their indices among all rows; None where they are all."""

    def residual(self, theta: Tensor) -> Tensor:
        """Their r."""

    def residual_and_jacobian(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """Their r and J."""

    def vjp(self, theta: Tensor, w: Tensor) -> Tensor:
        """Their part of Jᵀ w."""

    def layer_factors(self, theta: Tensor, residual: Tensor) -> Iterator[tuple[Any, list[Factor]]]:
        """The factors of their J; the residual is filled in on the way."""


class Shared(Share, Protocol):
    """All rows, by shares."""

    def total(self, function: Callable[..., Sequence[Tensor]], *arguments: Any) -> list[Tensor]:
        """The sums over shares of what a function of each gives."""

    def gathered(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What a function of each share gives."""


def in_rows(system: Share, theta: Tensor, sketch: Sketch) -> Linearisation:
    """The residual r and J, or what a sketch makes of them, where one process holds all of them."""
    return whole_rows(*system.residual_and_jacobian(theta), system.residual, sketch)


def fits(system: Share, like: Tensor) -> bool:
    """Whether J can be kept."""
    return system.rows * system.parameters * like.itemsize <= MOST_BYTES


def by_shares(system: Shared, theta: Tensor, normal: bool, sketch: Sketch) -> Linearisation:
    """The residual r and J by sums over shares where ``normal`` allows them, else by triangles.

    Args:
        system: all rows.
        theta: the state, shape (P,).
        normal: whether JᵀJ is accurate enough.
        sketch: what stands in for J. Sums of its rows are those of all shares.
    """
    if sketch.rows is not None:
        squares, right, matrix = system.total(sketched_rows, theta, sketch)
        return Rows(right, matrix, lambda t: system.total(sketched_residual, t)[0], float(squares))
    if normal:
        squares, right, gram = system.total(normal_sums, theta, sketch)
        return NormalSums(right, gram, lambda t: system.total(transposed, t)[0], float(squares))
    if system.rows <= (sketch.width or system.parameters) + 1:
        return in_rows(system, theta, sketch)
    joined = Reflections(torch.cat(system.gathered(triangle, theta, sketch)))
    found = joined.triangle()
    return Rows(
        found[:, -1],
        found[:, :-1],
        lambda t: joined.turn(torch.cat(system.gathered(turned, t))),
        float(found[:, -1].square().sum()),
    )


# What a share is asked for.


def normal_sums(share: Share, theta: Tensor, sketch: Sketch) -> list[Tensor]:
    """‖r‖², J̃ᵀr, shape (s,), and J̃ᵀJ̃, shape (s, s)."""
    own = _begin(share, theta, sketch)
    gram, right = theta.new_zeros(own.width, own.width), theta.new_zeros(own.width)
    for row, part in own.parts():
        add_outer(gram, part.T)
        right += part.T @ own.residual[row : row + len(part)]
    return [own.residual.square().sum(), right, mirrored(gram)]


def transposed(share: Share, theta: Tensor) -> list[Tensor]:
    """J̃ᵀ r(θ′), shape (s,), with the J̃ of the state before."""
    own = _states[share]
    return [own.transposed(share.residual(theta))]


def triangle(share: Share, theta: Tensor, sketch: Sketch) -> Tensor:
    """T of (J̃ r), shape (min(n, s + 1), s + 1)."""
    return _begin(share, theta, sketch).triangle()


def turned(share: Share, theta: Tensor) -> Tensor:
    """The residual r(θ′) in the rows of T, shape (min(n, s + 1),), as far as they reach it."""
    return _states[share].turned(share.residual(theta))


def sketched_rows(share: Share, theta: Tensor, sketch: Sketch) -> list[Tensor]:
    """‖r‖², the share's part of S r, shape (m,), and of S J̃, shape (m, s)."""
    own = _begin(share, theta, sketch)
    assert sketch.rows is not None
    right, matrix = own.added_up(own.residual), theta.new_zeros(sketch.rows.count, own.width)
    for row, part in own.parts():
        matrix += own.added_up(part, row)
    return [own.residual.square().sum(), right, matrix]


def sketched_residual(share: Share, theta: Tensor) -> list[Tensor]:
    """The share's part of S r(θ′), shape (m,)."""
    return [_states[share].added_up(share.residual(theta))]


class _State:
    """The residual r and J̃ of a share at a state; a J̃ that is not small is made in parts."""

    def __init__(self, share: Share, theta: Tensor, sketch: Sketch) -> None:
        # A share that is needed no more takes its state along.
        self._known = weakref.ref(share)
        self._theta, self._sketch = theta, sketch
        self.width = sketch.width or share.parameters
        self._jacobian: Tensor | None = None
        self._reflections: Reflections | None = None
        self._triangle: Tensor | None = None
        if fits(share, theta):
            self.residual, jacobian = share.residual_and_jacobian(theta)
            self._jacobian = sketch.reduce(jacobian)
        else:
            self.residual = share.residual(theta)

    @property
    def _share(self) -> Share:
        share = self._known()
        assert share is not None
        return share

    def parts(self) -> Iterator[tuple[int, Tensor]]:
        """Some rows of J̃ after others, each time with the first of them."""
        if self._jacobian is not None:
            yield 0, self._jacobian
            return
        residual = torch.empty_like(self.residual)
        factors = (part for _, part in self._share.layer_factors(self._theta, residual))
        for row, part in rows_of(factors, self._theta):
            yield row, self._sketch.reduce(part)

    def transposed(self, right: Tensor) -> Tensor:
        """J̃ᵀ b, shape (s,)."""
        if self._jacobian is not None:
            return self._jacobian.T @ right
        whole = self._share.vjp(self._theta, right)
        return self._sketch.reduce(whole.unsqueeze(0))[0]

    def triangle(self) -> Tensor:
        """T of (J̃ r)."""
        if self._jacobian is None:
            self._triangle = self._triangle_with(self.residual)
            return self._triangle
        joined = empty((len(self.residual), self.width + 1), self.residual)
        joined[:, :-1], joined[:, -1] = self._jacobian, self.residual
        self._jacobian = None  # the reflections hold it from now on
        self._reflections = Reflections(joined)
        return self._reflections.triangle()

    def turned(self, right: Tensor) -> Tensor:
        """The entries of Qᵀ b that belong to T; the last one by its size alone, if Q is gone.

        With R of the columns of J̃ the others are :math:`R^{-T} J̃^T b`, the step of the corrected
        seminormal equations (Björck, Linear Algebra Appl. 88/89, 1987), which has the digits that a
        correction needs. Where R may not be inverted J̃ is decomposed again.
        """
        if self._reflections is not None:
            return self._reflections.turn(right)
        assert self._triangle is not None
        diagonal = self._triangle.diagonal()[: self.width].abs()
        tall = len(self._triangle) > self.width
        if not tall or float(diagonal.min()) < _INVERTIBLE * float(diagonal.max()):
            return self._triangle_with(right)[:, -1]
        lower = self._triangle[: self.width, : self.width].T
        own = torch.linalg.solve_triangular(
            lower, self.transposed(right).unsqueeze(1), upper=False
        )[:, 0]
        rest = (right.square().sum() - own.square().sum()).clamp(min=0.0).sqrt()
        # That of the state has this sign, so that those of several shares do not cancel.
        return torch.cat((own, rest.copysign(self._triangle[-1, -1]).unsqueeze(0)))

    def added_up(self, rows: Tensor, first: int = 0) -> Tensor:
        """S a, for rows a from the given one on."""
        sums, places = self._sketch.rows, self._share.places
        assert sums is not None
        where = slice(first, first + len(rows))
        chosen = torch.arange(*where.indices(self._share.rows)) if places is None else places[where]
        return sums.at(chosen) @ rows

    def _triangle_with(self, right: Tensor) -> Tensor:
        rows = (
            torch.cat((part, right[row : row + len(part), None]), dim=1)
            for row, part in self.parts()
        )
        return triangle_of(rows, self.width + 1, right)


_states: WeakKeyDictionary[Share, _State] = WeakKeyDictionary()


def _begin(share: Share, theta: Tensor, sketch: Sketch) -> _State:
    _states.pop(share, None)  # before the next one is made: both may not fit the memory
    _states[share] = _State(share, theta, sketch)
    return _states[share]
