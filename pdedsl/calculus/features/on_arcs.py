"""The narrow features of known terms along curves, such as those of a condition on a circle.

Along a curve the slow functions of `structure` are functions of its parameter, whose zeros and
maxima are looked for between many points of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from scipy.optimize import brentq, minimize_scalar

from pdedsl.geometry import Arc
from pdedsl.geometry.arrays import Array

from .feature import FeaturePoint
from .find import NARROW
from .probes import offsets
from .structure import Front, Landmark, known_parts, landmarks

_POINTS = 1_024  # of an arc, between which a slow function has one zero or maximum: a choice
_STEP = 1e-4  # of an arc, for differences of slow functions
_SHORTEST = 1e-12  # of an arc: where a maximum is, by rounding
_MOST_MARKS = 50  # of one law; a choice

Along = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class ArcFeature:
    """A place on an arc at which a known term changes fast along it.

    Args:
        arc: the curve.
        share: where, as a part of the arc.
        width: over which the term changes, as a part of it; 0 for a jump or kink.
    """

    arc: Arc
    share: float
    width: float

    def probes(self) -> tuple[Array, Array]:
        """Shares of the arc close together around the place, and weights, both of shape (m,)."""
        steps, weights = offsets(self.width, 1)
        shares = self.share + steps
        if self.arc.whole:
            return shares % 1.0, weights
        inside = (shares >= 0) & (shares <= 1)
        return shares[inside], weights[inside]

    def point(self, columns: Sequence[int], others: Array) -> FeaturePoint:
        """The same in the inputs.

        Args:
            columns: of the coordinates of the plane.
            others: values of all inputs; those of these columns do not count, shape (inputs,).
        """
        centre, axis = others.copy(), np.zeros((1, len(others)))
        (at,), (tangent,) = on_arc(self.arc, np.array([self.share]))[::2]
        centre[list(columns)], axis[0, list(columns)] = at, tangent
        return FeaturePoint(centre, axis, np.array([self.width]), tuple(columns))


def on_arc(arc: Arc, shares: Array) -> tuple[Array, Array, Array]:
    """Points, outward normals and derivatives by the share, all of shape (n, 2)."""
    length = arc.end - arc.begin
    s = (arc.begin + length * shares)[:, None]
    normals = arc.outward * arc.piece.normals(s)
    speed = arc.piece.density(s) * abs(length)
    return arc.piece.points(s), normals, speed[:, None] * normals @ np.array([[0, 1], [-1, 0]])


def features_on_arc(
    terms: Sequence[sp.Expr], arc: Arc, symbols: Sequence[sp.Symbol], others: Mapping[str, float]
) -> Iterator[ArcFeature]:
    """The features of expressions along an arc.

    Args:
        terms: they may hold unknown fields, whose own parts do not count.
        arc: a curve in the plane.
        symbols: both coordinates.
        others: values of other inputs by name.
    """
    fixed = {s: others[s.name] for t in terms for s in t.free_symbols if s.name in others}
    marks: dict[tuple[type, sp.Expr], Landmark] = {}
    for term in terms:
        for part in known_parts(term.subs(fixed), frozenset(symbols)):
            marks |= {(type(mark), mark.function): mark for mark in landmarks(part)}
    for mark in list(marks.values())[:_MOST_MARKS]:
        along = _along(mark.function, arc, symbols)
        if along is not None:
            yield from _features(mark, arc, along)


def _along(function: sp.Expr, arc: Arc, symbols: Sequence[sp.Symbol]) -> Along | None:
    try:
        made = sp.lambdify(list(symbols), function, modules=["scipy", "numpy"], cse=True)
        made(*on_arc(arc, np.array([0.5]))[0].T)
    except (NameError, TypeError, ValueError, AttributeError):
        return None

    def along(shares: Array) -> Array:
        with np.errstate(all="ignore"):
            values = np.real(np.asarray(made(*on_arc(arc, shares)[0].T)))
        return np.broadcast_to(values.astype(np.float64), shares.shape)

    return along


def _features(mark: Landmark, arc: Arc, along: Along) -> Iterator[ArcFeature]:
    shares = np.linspace(0, 1, _POINTS + 1)
    values = along(shares)
    if not np.isfinite(values).all() or not np.ptp(values) > 0:
        return
    find = _zeros if isinstance(mark, Front) else _maxima
    for share in find(along, shares, values, arc.whole):
        width = _width(mark, along, share)
        if width is not None and width < NARROW:
            yield ArcFeature(arc, share, width)


def _zeros(along: Along, shares: Array, values: Array, whole: bool) -> Iterator[float]:
    signs = np.sign(values)
    yield from shares[:-1][signs[:-1] == 0].tolist()
    for i in np.flatnonzero(signs[1:] * signs[:-1] < 0):
        yield float(brentq(lambda s: float(along(np.array([s]))[0]), shares[i], shares[i + 1]))


def _maxima(along: Along, shares: Array, values: Array, whole: bool) -> Iterator[float]:
    before, after = np.roll(values[:-1], 1), values[1:]
    top = np.flatnonzero((values[:-1] >= before) & (values[:-1] > after))
    for i in top if whole else top[top > 0]:
        ends = float(shares[i]) - 1 / _POINTS, float(shares[i]) + 1 / _POINTS
        found = minimize_scalar(
            lambda s: -float(along(np.array([s % 1.0 if whole else s]))[0]),
            bounds=ends, method="bounded", options={"xatol": _SHORTEST},
        )  # fmt: skip
        yield float(found.x)
    if not whole and values[0] > values[1]:
        yield 0.0
    if not whole and values[-1] > values[-2]:
        yield 1.0


def _width(mark: Landmark, along: Along, share: float) -> float | None:
    """Over which the node changes, as a part of the arc; None where it is wide."""
    middle = min(max(share, _STEP), 1 - _STEP)
    low, own, high = along(np.array([middle - _STEP, middle, middle + _STEP]))
    slope, bend = (high - low) / (2 * _STEP), (high - 2 * own + low) / _STEP**2
    if isinstance(mark, Front):
        if mark.sharp:
            return 0.0
        return 1 / abs(slope) if slope else None
    rate = mark.rate(float(along(np.array([share]))[0]))
    if rate is None:
        return None
    widths = [np.sqrt(2 / (rate * -bend))] if bend < 0 else []
    if share in (0.0, 1.0) and slope:
        widths.append(1 / (rate * abs(slope)))
    return float(min(widths)) if widths else None
