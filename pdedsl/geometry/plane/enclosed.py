"""Sets that a closed curve encloses, given by expressions in its parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.geometry.boxes import FloatBox
from pdedsl.geometry.region import BoundaryPiece, FloatRegion
from pdedsl.ir import Enclosed, evaluate

from .parametric import Function, ParametricCurve
from .pieces import piece_of
from .simple_polygon import self_meeting

# Nodes by which the series of a curve must have ended: between two of them nothing then happens.
_NODES = (128, 512, 2048)
_ENDED = 1e-12  # of the largest coefficient: those of the last quarter are below it
_CLOSES = 1e-9  # of the size, between begin and end
_STANDS = 1e-6  # of the largest speed: there the curve has a cusp
_POLYGON = 256  # corners of the polygon in which crossings are looked for: a choice
_NO_LENGTH = 1e-6  # of the size, coordinates that a message tells as 0
_AT_END = 1e-9  # of [0, 1], parameters next to the point where a curve that is not smooth closes


class FloatEnclosed(FloatRegion):
    """The set that a closed curve without double points encloses.

    Args:
        curve: whose end is its begin.
    """

    def __init__(self, curve: ParametricCurve) -> None:
        self._curve = curve
        x, y = curve.points(curve.grid[:-1]).T
        # The shoelace formula: positive where the curve runs anticlockwise.
        self._turn = float(np.sign(x @ np.roll(y, -1) - y @ np.roll(x, -1)))

    @property
    def bounding_box(self) -> FloatBox:
        """The smallest one."""
        return FloatBox(*map(tuple, self._curve.bounds))

    @cached_property
    def pieces(self) -> tuple[BoundaryPiece, ...]:
        """The curve."""
        return (piece_of(self._curve, self._turn),)

    def level(self, points: Array) -> Array:
        """The signed distance, its sign by the normal at the nearest point of the curve.

        Where begin and end meet at a corner the sum of both normals tells it.
        """
        s = self._curve.parameters(points)
        normals = self._normals(s)
        if not self._curve.closed:
            s = np.clip(s, 0.0, 1.0)
            corner = (s < _AT_END) | (s > 1 - _AT_END)
            normals[corner] = self._normals(np.array([0.0, 1.0])).sum(axis=0)
        away = points - self._curve.points(s)
        side = np.sign((away * normals).sum(axis=1))
        return np.asarray(side * np.linalg.norm(away, axis=1))

    def image(self, matrix: Array, offset: Array) -> FloatEnclosed:
        """One of the same kind."""
        return FloatEnclosed(self._curve.moved(matrix, offset))

    def _normals(self, s: Array) -> Array:
        return self.pieces[0].normals(s[:, None])


def enclosed(region: Enclosed, number: Callable[[sp.Expr], float]) -> FloatEnclosed:
    """A set in numbers.

    Args:
        region: in symbols.
        number: value of an expression of parameters.

    Raises:
        ValueError: its curve does not enclose a set, for the reason given.
    """
    names = set().union(*(e.free_symbols for e in region.point)) - {region.index}
    ordered = sorted(names, key=str)
    known = tuple((name, number(name)) for name in ordered)
    return _enclosed(region.point, region.index, number(region.first), number(region.last), known)


@lru_cache(maxsize=64)
def _enclosed(
    point: tuple[sp.Expr, sp.Expr], index: sp.Symbol, first: float, last: float,
    known: tuple[tuple[sp.Basic, float], ...],
) -> FloatEnclosed:  # fmt: skip
    length = last - first

    def function(order: int) -> Function:
        rates = [sp.diff(e, index, order) for e in point]
        values = dict(known)
        return lambda s: length**order * _values(rates, {**values, index: first + length * s})

    functions = function(0), function(1), function(2)
    closed, steps = _smoothness(functions[0])
    curve = ParametricCurve(functions, steps, closed)
    speeds = np.linalg.norm(curve.slopes(curve.grid), axis=1)
    slow = int(speeds.argmin())
    if not speeds[slow] > _STANDS * speeds.max():
        at = first + length * curve.grid[slow]
        raise ValueError(f"has a cusp: its derivative vanishes at {index} = {at:.6g}")
    _check_simple(curve)
    return FloatEnclosed(curve)


def _values(expressions: Sequence[sp.Expr], known: Mapping[sp.Basic, Any]) -> Array:
    """Shape (n, 2), for one array of shape (n,) among what is known."""
    values = np.broadcast_arrays(
        *(evaluate(e, known) for e in expressions), *(v for v in known.values() if np.ndim(v))
    )
    return np.stack(values[:2], axis=1).astype(np.float64)


def _smoothness(place: Function) -> tuple[bool, int]:
    """Whether a curve is smooth with the period 1, and steps that are short next to what it does.

    It is where its Fourier series ends; and it is smooth but for a corner where it closes where
    its Chebyshev series does.
    """
    ends = place(np.array([0.0, 1.0]))
    size = float(np.ptp(place(np.linspace(0.0, 1.0, _NODES[0])), axis=0).max())
    if not np.isfinite(size) or size == 0:
        raise ValueError("does not have finite values, or is a point")
    if not np.linalg.norm(ends[1] - ends[0]) <= _CLOSES * size:
        begin, end = (f"({x:.6g}, {y:.6g})" for x, y in ends)
        raise ValueError(f"is not closed: it begins at {begin} and ends at {end}")
    for nodes in _NODES:
        s = np.arange(nodes) / nodes
        if _ended(np.abs(np.fft.rfft(place(s), axis=0))):
            return True, 4 * nodes
        cosines = (1 - np.cos(np.pi * np.arange(nodes + 1) / nodes)) / 2
        even = place(np.concatenate([cosines, cosines[-2:0:-1]]))
        if _ended(np.abs(np.fft.rfft(even, axis=0))):
            return False, 4 * nodes
    raise ValueError("is not smooth: write its parts as sets of their own, and combine these")


def _ended(coefficients: Array) -> bool:
    sizes = coefficients.max(axis=1)
    return bool(sizes[-(len(sizes) // 4) :].max() <= _ENDED * sizes.max())


def _check_simple(curve: ParametricCurve) -> None:
    """Refuse a curve that crosses itself.

    Of a polygon of its points this is exact; loops that are smaller than the edges of the polygon
    are seen by the turns of the tangent, whose number is ±1 (Hopf, Compositio Math. 2, 1935).
    """
    corners = curve.points(np.arange(_POLYGON) / _POLYGON)
    meeting = self_meeting([(Fraction(x), Fraction(y)) for x, y in corners.tolist()])
    if meeting is not None:
        size = np.abs(corners).max()
        x, y = (c if abs(c) > _NO_LENGTH * size else 0.0 for c in meeting.at)
        raise ValueError(f"crosses itself near ({x:.3g}, {y:.3g})")
    slopes = curve.slopes(curve.grid)
    turned = np.ptp(np.unwrap(np.arctan2(slopes[:, 1], slopes[:, 0]))[[0, -1]])
    if curve.closed and not 0.5 < turned / (2 * np.pi) < 1.5:
        raise ValueError("crosses itself in a small loop")
