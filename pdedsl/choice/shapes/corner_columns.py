r"""Columns for corners, and for places where the kind of a condition changes.

With z = F (x − c) from the first edge on, λ the powers of `corners.exponents` and q = 0, 1, …, a
solution is a sum of smooth functions and of

- :math:`r^λ \sin λθ` or cos, those that satisfy the conditions on both edges;
- :math:`\mathrm{Im}\, z^m \log z` or Re, for whole numbers m among the λ, where data are not zero;
- both times :math:`r^{2j}`, where the equation has a constant times u;
- :math:`r^{λ+q} e^{i(λ+q)θ}`, where edges are curved or fluxes depend on the value, with powers
  of :math:`\log z` up to q where λ + q is another λ, and at corners of holes;
- :math:`r^{λ+q} e^{i(λ+q-2s)θ}`, s ≤ q, and :math:`z^{m-s} \bar z^s \log z` for any other equation,
  with points of their own around the corner, at which the equation holds.

Leading functions alone leave 2e-3 on an L-shape, all of the first two kinds 1e-12.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from pdedsl.calculus.corners.exponents import is_exponent
from pdedsl.calculus.corners.plane_corners import PlaneCorner, Terms
from pdedsl.geometry import domain_region
from pdedsl.ir import Problem
from pdedsl.models.bases.polar_columns import Cloud, PolarColumns, PolarTerm

from .branch_cuts import Cut, corner_cuts

Kind = tuple[float, float, int]
"""Power p, wave q and power of log z."""
Part = Literal["cos", "sin"]

_STEEP = 2.0  # powers below have second derivatives that are not bounded
_LOGS = 2  # powers of log z: one leaves 1e-11 of the disk with a hole, two 4e-12, three the same
_NEAREST, _CLOUD = 1e-7, 400  # of the edges, of the nearest point; and the number of points
_MOST_POWER, _MOST_BENT, _MOST_GENERAL, _MOST_LOGS = 40, 10, 8, 40


def corner_columns(problem: Problem, degree: int) -> tuple[PolarColumns, ...]:
    """The columns of every corner, those of a point together."""
    found = (
        _columns(problem, corner, cut, degree)
        for corner, cut in corner_cuts(problem)
        if cut is not None
    )
    return tuple(columns for columns in found if columns is not None)


def _columns(problem: Problem, corner: PlaneCorner, cut: Cut, degree: int) -> PolarColumns | None:
    terms = _terms(corner, degree) if cut.end is None else _terms_in_hole(corner, degree)
    if not terms:
        return None
    region = domain_region(problem, problem.domain(corner.domain))
    box, point = region.bounding_box, corner.junction.point
    far = np.maximum(np.abs(box.lower - point), np.abs(box.upper - point))
    scale = float(np.linalg.norm(np.abs(corner.frame) @ far))
    cloud = None
    if corner.terms == Terms.ANY and terms[0].power < _STEEP:
        length = corner.junction.length
        cloud = Cloud(inner=_NEAREST * length, outer=length, count=_CLOUD)
    (a, b), (c, d) = corner.frame.tolist()
    several = len(problem.domains) > 1
    return PolarColumns(
        centre=(float(point[0]), float(point[1])),
        scale=scale,
        cut=cut.angle,
        end=cut.end,
        frame=((a, b), (c, d)),
        terms=tuple(terms),
        cloud=cloud,
        domain=corner.domain if several else "",
    )


def _terms(corner: PlaneCorner, degree: int) -> list[PolarTerm]:
    """The functions of a corner, those of the smallest powers first."""
    exact: tuple[Part, ...] = ("sin",) if corner.values[0] else ("cos",)
    own: dict[Kind, tuple[Part, ...]] = dict.fromkeys(_leading(corner, degree), exact)
    own |= dict.fromkeys(_shifted(corner, degree), ("cos", "sin"))
    return [
        PolarTerm(power=p, wave=q, log_z=j, part=part)
        for (p, q, j), parts in sorted(own.items())
        if j or not _polynomial(p, q)
        for part in parts
    ]


def _terms_in_hole(corner: PlaneCorner, degree: int) -> list[PolarTerm]:
    """Those of a corner with a cut that ends, behind which no condition is met in itself.

    So that powers come with higher ones, as at curved edges, and in both parts.
    """
    own = dict.fromkeys(
        (t.power, t.wave, t.log_z) for t in _terms(replace(corner, bent=True), degree)
    )
    return [
        PolarTerm(power=p, wave=q, log_z=j, part=part) for p, q, j in own for part in ("cos", "sin")
    ]


def _leading(corner: PlaneCorner, degree: int) -> Iterator[Kind]:
    """Functions that satisfy both conditions, and logarithms, times powers of r²."""
    most = _most(corner, degree)
    twice = 0 if corner.terms == Terms.NONE else most
    kinds = [(power, 0) for power in corner.exponents(most)]
    kinds += [(float(m), 1) for m in corner.resonances(min(most, _MOST_LOGS))]
    for power, log in kinds:
        for extra in range(0, int(max(0, twice - power)) + 1, 2):
            yield power + extra, power, log


def _shifted(corner: PlaneCorner, degree: int) -> Iterator[Kind]:
    """Functions with powers λ + q, and m + q for whole numbers m that have logarithms."""
    if not (corner.bent or corner.terms == Terms.ANY):
        return
    most, everywhere = _most(corner, degree), corner.terms == Terms.ANY
    for power in (*corner.exponents(most), *corner.resonances(most)):
        whole = power == round(power)
        for q in range(1, int(most - power) + 1):
            again = is_exponent(power + q, corner.angle, corner.mixed)
            logs = range(1, 2) if whole else range(1 + (min(q, _LOGS) if again else 0))
            for s in range(q + 1) if everywhere else (0,):
                yield from ((power + q, power + q - 2 * s, log) for log in logs)


def _polynomial(power: float, wave: float) -> bool:
    """Whether r^p e^{iqθ} is one."""
    lower = (power - abs(wave)) / 2
    return power == round(power) and lower == round(lower) and lower >= 0


def _most(corner: PlaneCorner, degree: int) -> float:
    """The largest power beside polynomials of a degree."""
    if corner.terms == Terms.ANY:
        return min(0.25 * degree, _MOST_GENERAL)
    if corner.bent:
        return min(0.4 * degree, _MOST_BENT)
    return float(min(degree, _MOST_POWER))
