"""Where two curves meet, from equations in the parameter of one of them."""

from __future__ import annotations

import numpy as np

from pdedsl.geometry.arrays import Array

from .curves import EllipticArc, PlaneCurve, Segment
from .parametric import ParametricCurve
from .scan import minima_between, zeros_between
from .trigonometric import zeros

_PARALLEL = 1e-15  # sine of the angle of two lines: rounding
_TOUCHING = 1e-6  # of a curve, between two zeros that may be one point of contact: above √eps


def crossings(one: PlaneCurve, other: PlaneCurve, near: float) -> tuple[Array, Array]:
    """Parameters, both of shape (n,), of the points that two curves share.

    The ends of each that lie on the other are among them; of curves that lie on each other these
    alone. Curves that touch have one point there.

    Args:
        one: a curve.
        other: another.
        near: distance below which points are the same: rounding of the coordinates.
    """
    s = _meeting(one, other, near)
    s = np.concatenate([s, one.parameters(other.ends)])
    s = np.concatenate([s, *([] if one.closed else [np.array([0.0, 1.0])])])
    s = s % 1.0 if one.closed else s
    return _of_both(one, other, s, near)


def _of_both(one: PlaneCurve, other: PlaneCurve, s: Array, near: float) -> tuple[Array, Array]:
    """Those of the points of one curve that lie on the other, each once."""
    places = one.points(s)
    t = other.parameters(places)
    t = t % 1.0 if other.closed else t
    gaps = np.linalg.norm(other.points(t) - places, axis=1)
    keep = (gaps <= near) & _within(one, s, near) & _within(other, t, near)
    s, t = s[keep], t[keep]
    order = np.argsort(s, kind="stable")
    s, t = s[order], t[order]
    # Two that are so close that the curves are one between them, are one point of contact.
    between = one.points((s[1:] + s[:-1]) / 2)
    gaps = np.linalg.norm(other.points(other.parameters(between)) - between, axis=1)
    first = np.append(True, (np.diff(s) > _TOUCHING) | (gaps > near))[: len(s)]
    return np.clip(s[first], 0.0, 1.0), np.clip(t[first], 0.0, 1.0)


def _within(curve: PlaneCurve, s: Array, near: float) -> Array:
    """Which parameters are between the ends, up to a distance."""
    room = near / np.linalg.norm(curve.slopes(s), axis=1)
    return np.asarray((s >= -room) & (s <= 1 + room))


def _meeting(one: PlaneCurve, other: PlaneCurve, near: float) -> Array:
    """Parameters of the first curve at which it may meet the second, ends left out."""
    if isinstance(one, EllipticArc) and isinstance(other, Segment):
        return _of_line(one, other)
    if isinstance(one, EllipticArc) and isinstance(other, EllipticArc):
        return _of_ellipse(one, other)
    if isinstance(one, Segment) and isinstance(other, Segment):
        return _of_lines(one, other)
    if isinstance(one, ParametricCurve):
        return _of_level(one, other, near)
    return one.parameters(other.points(_meeting(other, one, near)))


def _of_level(curve: ParametricCurve, other: PlaneCurve, near: float) -> Array:
    """Zeros of the distance from the other curve, whose sign tells its sides, and touching points.

    None where one curve lies on the other.
    """

    def level(s: Array) -> Array:
        return _signed_distance(other, curve.points(s))

    levels, grid = np.abs(level(curve.grid)), curve.grid
    if levels.max() <= near:
        return np.zeros(0)
    steps = np.linalg.norm(curve.slopes(grid), axis=1) / curve.steps
    touching = minima_between(lambda s: np.abs(level(s)), grid, steps)
    return np.concatenate([zeros_between(level, grid), touching])


def _signed_distance(curve: PlaneCurve, points: Array) -> Array:
    """The distance from the nearest point of a curve that goes on beyond its ends.

    Above 0 on the right.
    """
    s = curve.parameters(points)
    slopes = curve.slopes(s)
    normals = np.stack([slopes[:, 1], -slopes[:, 0]], axis=1)
    normals /= np.linalg.norm(slopes, axis=1, keepdims=True)
    return np.asarray(((points - curve.points(s)) * normals).sum(axis=1))


def _of_lines(one: Segment, other: Segment) -> Array:
    across = np.array([-other.way[1], other.way[0]])
    rate = one.way @ across
    if abs(rate) <= _PARALLEL * np.linalg.norm(one.way) * np.linalg.norm(across):
        return np.zeros(0)
    return np.array([(other.begin - one.begin) @ across / rate])


def _of_line(arc: EllipticArc, line: Segment) -> Array:
    """Zeros of (x(θ) − a) · n."""
    normal = np.array([-line.way[1], line.way[0]]) / np.linalg.norm(line.way)
    constant = normal @ (arc.center - line.begin)
    cosine, sine = normal @ arc.axes
    return arc.of_angles(zeros(np.array([constant, cosine, sine, 0.0, 0.0])))


def _of_ellipse(arc: EllipticArc, other: EllipticArc) -> Array:
    """Zeros of |B⁻¹ (x(θ) − c)|² − 1, for the other ellipse c + B (cos, sin)."""
    axes = np.linalg.solve(other.axes, arc.axes)
    center = other.unit(arc.center[None])[0]
    square = axes.T @ axes
    linear = 2 * center @ axes
    mean = (square[0, 0] + square[1, 1]) / 2
    distance = float(np.linalg.norm(center))
    constant = (distance - 1) * (distance + 1) + mean
    double = [(square[0, 0] - square[1, 1]) / 2, square[0, 1]]
    coefficients = np.array([constant, *linear, *double])
    if np.abs(coefficients).max() <= 1e-14 * (1 + mean + distance**2):
        return np.zeros(0)
    return arc.of_angles(zeros(coefficients))
