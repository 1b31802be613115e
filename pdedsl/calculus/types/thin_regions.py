r"""Where the type of an operator of second order changes between the points that were looked at.

The type follows from the signs of the eigenvalues λ_1 ≤ … ≤ λ_d of the form A(x), and of their
sum where A is semidefinite; they are continuous where the coefficients are. A sign that no point of
a sample shows is looked for from the points where λ_i is nearest to zero, by a compass search in
the box of the bounds: steps ±h along each coordinate to wherever λ_i is nearer to zero or beyond
it, h halved where none is. Bands far thinner than the distance of the points are found so, as long
as λ_i falls towards them.

Source: T. G. Kolda, R. M. Lewis and V. Torczon, SIAM Review 45 (2003), 385–482, section 1.1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from pdedsl.calculus.operator import LinearOperator
from pdedsl.geometry.arrays import Array

from .determinant import PointSymbol
from .signature import quadratic_form
from .symbol_samples import Sample

_STARTS = 8  # points from which each eigenvalue is followed: a choice
_FIRST = 1 / 16  # h at the start, in parts of the box; 256 points in the plane are as far apart
_HALVINGS = 48  # of h: to the rounding of the coordinates
_ZERO = 1e-14  # of an eigenvalue relative to the largest: that of bands of width 1e-7 is as large


class Thin(NamedTuple):
    """A place between the points of a sample where signs of the eigenvalues are others.

    Args:
        where: the place in words, such as ``near x = 0.123``.
        symbol: the determinant of the symbol there; None where an eigenvalue is zero, or too near
            to zero for a sign, and of one sign around.
    """

    where: str
    symbol: PointSymbol | None


def thin_regions(operator: LinearOperator, sampled: Sample) -> list[Thin]:
    """Places with signs that no point of the sample has: for each eigenvalue one at most.

    None are looked for where coefficients are constant, or the symbol is not of degree 2.
    """
    if not sampled.ends or any(max(map(sum, s), default=0) != 2 for s in sampled.symbols):
        return []
    dimension = len(sampled.active)

    def signs_of(unit: Array) -> Array:
        """Eigenvalues relative to the largest, and the trace: shape (n, d + 1), perhaps NaN."""
        forms = [
            np.full((dimension, dimension), np.nan) if symbol is None
            else quadratic_form(symbol, dimension)[0]
            for symbol in sampled.symbols_at(operator, unit)
        ]  # fmt: skip
        return _signed(np.stack(forms))

    def column(i: int, unit: Array) -> Array:
        return np.asarray(signs_of(unit)[:, i])

    values = signs_of(sampled.unit)
    ends = values[:, 0], values[:, dimension - 1]
    semidefinite = bool((np.abs(ends[0] * ends[1]) <= _ZERO).all())
    found = []
    for i in range(dimension + semidefinite):
        signs = set(np.sign(values[:, i]))
        if signs not in ({1.0}, {-1.0}):
            continue
        (sign,) = signs
        starts = sampled.unit[np.argsort(sign * values[:, i], kind="stable")[:_STARTS]]
        least, unit = _descend(partial(column, i), sign, starts)
        if least <= _ZERO:
            (symbol,) = sampled.symbols_at(operator, unit[None])
            there = sampled.points_at(unit[None])
            where = ", ".join(f"{s} = {_short(float(x[0]))}" for s, x in there.items())
            found.append(Thin(f"near {where}", symbol if least < -_ZERO else None))
    return found


def _short(number: float) -> str:
    """A coordinate to four digits; those of rounding are zero."""
    return f"{number:.4g}" if abs(number) > 1e-8 else "0"


def _signed(forms: Array) -> Array:
    """What the type depends on by its sign: forms (n, d, d) to (n, d + 1).

    The eigenvalues in ascending order, relative to the largest of each form. Semidefinite forms of
    both signs differ in none of them that is not zero somewhere, but in the trace.
    """
    finite = np.isfinite(forms).all(axis=(1, 2))
    values = np.full(forms.shape[:2], np.nan)
    values[finite] = np.linalg.eigvalsh(forms[finite])
    largest = np.abs(values).max(axis=1, keepdims=True)
    trace = values.sum(axis=1, keepdims=True)
    return np.hstack([values / np.where(largest > 0, largest, 1.0), trace])


def _descend(function: Callable[[Array], Array], sign: float, starts: Array) -> tuple[float, Array]:
    """The least value of ``sign`` times a function that compass searches find, and where."""
    at, dimension = starts.copy(), starts.shape[1]
    values = sign * function(at)
    step = np.full(len(at), _FIRST)
    compass = np.concatenate([np.eye(dimension), -np.eye(dimension)])
    for _ in range(4 * _HALVINGS):
        moved = np.clip(at[:, None, :] + step[:, None, None] * compass, 0.0, 1.0)
        tried = sign * function(moved.reshape(-1, dimension)).reshape(len(at), -1)
        tried = np.where(np.isfinite(tried), tried, np.inf)
        best = tried.argmin(axis=1)
        rows = np.arange(len(at))
        lower = tried[rows, best] < values
        at = np.where(lower[:, None], moved[rows, best], at)
        values = np.where(lower, tried[rows, best], values)
        step = np.where(lower, step, step / 2)
        if (step < _FIRST / 2**_HALVINGS).all() or (values < -_ZERO).any():
            break
    first = int(values.argmin())
    return float(values[first]), at[first]
