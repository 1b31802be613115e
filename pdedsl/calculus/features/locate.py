r"""Maxima and zeros of slow functions on the unit cube, from many starts at once.

Maxima are approached by Newton's method with the moduli of the eigenvalues of the Hessian and
bounds at the faces, zeros by :math:`ξ ← ξ - g ∇g/|∇g|²`. Where maxima or zeros fill a curve or a
surface the starts end spread over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import generic_points
from pdedsl.geometry.arrays import Array

Mask = NDArray[np.bool_]

_STEPS = 40  # of Newton's method; a quadratic exponent takes one or two
_LENGTHS = (1.0, 0.25, 0.05, 0.01, 1e-3, 1e-4, 1e-6, 0.0)
"""Parts of a step, of which the highest point is taken: exp(z - exp(z)) has no values beyond."""
_FLAT = 1e-10  # of the largest eigenvalue, below which the function does not bend
_STARTS = {1: 65, 2: 256}  # by dimension; a choice
_MANY = 512


@dataclass(frozen=True, eq=False)
class SlowFunction:
    """A function on the unit cube with its derivatives, on arrays of points (n, d).

    Args:
        value: (n, d) to (n,).
        gradient: to (n, d).
        hessian: to (n, d, d).
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]

    @classmethod
    def of(cls, f: sp.Expr, bounds: dict[sp.Symbol, tuple[float, float]]) -> SlowFunction:
        """Of an expression on a box, which the unit cube is mapped to."""
        symbols, d = tuple(bounds), len(bounds)
        low = np.array([b[0] for b in bounds.values()])
        length = np.array([b[1] - b[0] for b in bounds.values()])
        slopes = [_no_deltas(f.diff(s)) for s in symbols]
        bends = [_no_deltas(a.diff(s)) for a in slopes for s in symbols]
        made = [sp.lambdify(symbols, e, modules=["scipy", "numpy"], cse=True)
                for e in ([f], slopes, bends)]  # fmt: skip

        def table(which: int, points: Array) -> Array:
            with np.errstate(all="ignore"):
                rows = made[which](*(low + length * points).T)
            wide = [np.broadcast_to(np.real(row), len(points)) for row in rows]
            return np.stack(wide, axis=1).astype(np.float64)

        return cls(
            lambda p: table(0, p)[:, 0],
            lambda p: table(1, p) * length,
            lambda p: table(2, p).reshape(-1, d, d) * np.outer(length, length),
        )


def _no_deltas(expression: sp.Expr) -> sp.Expr:
    return expression.replace(sp.DiracDelta, lambda *_: sp.S.Zero)


def starts(dimension: int) -> Array:
    """Points to begin at, shape (n, d), those of a line from end to end."""
    if dimension == 1:
        return np.linspace(0, 1, _STARTS[1])[:, None]
    return generic_points(_STARTS.get(dimension, _MANY), dimension)


def blocked(points: Array, gradient: Array) -> Mask:
    """Which coordinates cannot follow a gradient any further, as they are at a face: (n, d)."""
    return np.asarray(((points <= 0) & (gradient < 0)) | ((points >= 1) & (gradient > 0)))


def maxima(f: SlowFunction, dimension: int) -> Array:
    """Local maxima on the closed cube, shape (m, d), the same one as often as it was met."""
    at = starts(dimension)
    slopes = np.abs(f.gradient(at)).max(axis=1)
    slopes = slopes[np.isfinite(slopes) & (slopes > 0)]
    if not len(slopes):
        return at[:0]
    first = float(np.median(slopes))
    for _ in range(_STEPS):
        step = _uphill(f, at, first)
        at = _best(f, at, step)
    gradient, hessian = free_parts(f, at)
    bends = np.linalg.eigvalsh(_finite(hessian))
    top = bends[:, -1] <= 1e-6 * np.abs(bends).max(axis=1)
    near = np.abs(_uphill(f, at, first)).max(axis=1) < 1e-6
    return np.asarray(at[top & near & np.isfinite(gradient).all(axis=1)])


def free_parts(f: SlowFunction, at: Array) -> tuple[Array, Array]:
    """Gradient and Hessian in the coordinates that are not `blocked`, 0 in the others."""
    gradient, hessian = f.gradient(at), f.hessian(at)
    stuck = blocked(at, gradient)
    free = ~stuck
    both = free[:, :, None] & free[:, None, :]
    return np.where(free, gradient, 0.0), np.where(both, hessian, 0.0)


def _uphill(f: SlowFunction, at: Array, first: float) -> Array:
    """The step of Newton's method with moduli of eigenvalues, at most the cube's side each."""
    gradient, hessian = (_finite(part) for part in free_parts(f, at))
    bends, axes = np.linalg.eigh(hessian)
    along = np.einsum("nij,ni->nj", axes, gradient)
    sizes = np.abs(bends)
    flat = sizes <= _FLAT * np.maximum(sizes.max(axis=1, keepdims=True), first)
    bent = along / np.where(flat, 1.0, sizes)
    steps = np.where(flat, np.sign(along) * (np.abs(along) > 1e-8 * first), np.clip(bent, -1, 1))
    return np.asarray(np.einsum("nij,nj->ni", axes, steps))


def _best(f: SlowFunction, at: Array, step: Array) -> Array:
    """The highest of some points along a step."""
    trials = np.stack([np.clip(at + t * step, 0, 1) for t in _LENGTHS])
    values = np.stack([f.value(trial) for trial in trials])
    best = np.argmax(np.where(np.isfinite(values), values, -np.inf), axis=0)
    return np.asarray(trials[best, np.arange(len(at))])


def zeros(f: SlowFunction, dimension: int) -> Array:
    """Zeros in the closed cube, shape (m, d), near the starts."""
    at = starts(dimension)
    for _ in range(_STEPS):
        at = np.clip(at - _to_zero(f, at), 0, 1)
    left = np.abs(_to_zero(f, at)).max(axis=1)
    return np.asarray(at[left <= 1e-9])


def _to_zero(f: SlowFunction, at: Array) -> Array:
    value, gradient = f.value(at), f.gradient(at)
    with np.errstate(all="ignore"):
        step = value[:, None] * gradient / (gradient**2).sum(axis=1, keepdims=True)
    step = np.where(value[:, None] == 0, 0.0, step)
    return np.clip(np.where(np.isfinite(step), step, 1.0), -0.5, 0.5)


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, 0.0)
