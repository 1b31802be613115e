r"""Columns for holes, into which the solution does not extend.

A disc has powers about its centre, and a few about its mirror images in straight sides near it. An
ellipse has first powers about poles at Chebyshev points between its foci,
:math:`c_j = c + f \cos(π(2j - 1)/(2M))`: they are the nodes of a rule for
:math:`\int μ(s)\,ds/(z - s)`, whose error falls like :math:`((a - b)/(a + b))^M`
with the radii a and b.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pdedsl.geometry import domain_region
from pdedsl.geometry.plane.bays import bays
from pdedsl.geometry.plane.holes import Hole, holes
from pdedsl.geometry.plane.images import images
from pdedsl.ir import Domain, Problem
from pdedsl.models.bases.polar_columns import Cloud, PolarColumns, PolarTerm

from .hole_terms import PlaneKind, hole_terms, plane_kind

_POWERS = 0.8  # K of the Laplacian for a degree of the polynomials
_GENERAL_POWERS, _GENERAL_MIXED = 0.4, 0.3  # K, and a + b, of other equations
# K of mirror images for a degree: a square with four holes has errors of 2e-10 and 2e-12 with
# n = 16 and 24, without images 2e-6 and 1e-6; with 0.4 the same.
_IMAGE_POWERS = 0.2
_BAY_POWERS = 0.25  # K of the discs of bays for a degree; see `bays`
_MIXED_BESIDE = 1  # a + b of a general equation about images and bays: a choice
# Of the number of polynomials, that of all columns: K falls where there are many holes. Thirty of
# them in a square have 16 powers each beside polynomials of degree 30.
_SHARE = 2.0
# Poles between foci for each degree where their error falls like e^−M, and bounds of that number;
# a hole of 4 by 1 in a disk leaves 6e-6 with 1.2 poles a degree and n = 35.
_POLES, _FEWEST_POLES, _MOST_POLES = 1.1, 0.5, 2.0
_MIXED_POLES = 2  # a + b of a general equation there
_RING = 4 / 3  # radii from the edge of a hole to the end of its points
_POINTS = 2  # of a ring for each function
_TIMES = 8  # the largest degree in inputs after the plane


def hole_columns(problem: Problem, degree: int) -> tuple[PolarColumns, ...]:
    """The columns of every hole of the domains in the plane."""
    return tuple(
        columns
        for domain in problem.domains
        if len(domain.coordinates) == 2 and not domain.is_box
        for columns in _domain_columns(problem, domain, degree)
    )


def _domain_columns(problem: Problem, domain: Domain, degree: int) -> list[PolarColumns]:
    kind = plane_kind(problem, domain.name)
    region = domain_region(problem, domain)
    found = holes(region, kind.frame)
    inputs = len(problem.inputs)
    times = 0 if inputs == 2 else min(degree, _TIMES)
    polynomials = math.comb(degree + inputs, inputs) / (times + 1) ** (inputs - 2)
    terms = _terms(kind, degree, _SHARE * polynomials / max(1, len(found)))
    name = domain.name if len(problem.domains) > 1 else ""
    columns: list[PolarColumns] = []
    for hole in found:
        if hole.focus == (0.0, 0.0):
            columns.append(_columns(hole, kind, terms, times, name))
        else:
            columns += _between_foci(hole, kind, degree, times, name)
    for share, beside in (
        (_IMAGE_POWERS, images(region, kind.frame)), (_BAY_POWERS, bays(region, kind.frame))
    ):  # fmt: skip
        terms = _terms_beside(kind, share * degree, polynomials / max(1, len(beside)))
        columns += [_columns(disc, kind, terms, times, name, ring=False) for disc in beside]
    return columns


def _terms_beside(kind: PlaneKind, most_powers: float, room: float) -> tuple[PolarTerm, ...]:
    """The functions of a disc that no hole is: few powers, as others are beside it."""
    most = _MIXED_BESIDE if kind.most is None else kind.most
    fewest = hole_terms(1, most, most, 2 * most)
    for powers in range(round(most_powers), 1, -1):
        found = hole_terms(powers, most, most, 2 * most)
        if len(found) <= room:
            return found
    return fewest


def _between_foci(
    hole: Hole, kind: PlaneKind, degree: int, times: int, domain: str
) -> list[PolarColumns]:
    """The columns of an ellipse; see the head of this module."""
    most = _MIXED_POLES if kind.most is None else kind.most
    count = round(degree * _poles(hole, kind)) // 2 * 2 + 1  # odd, so that one is the centre
    found = []
    for j in range(count):
        share = math.cos(math.pi * (j + 0.5) / count)
        x, y = (c + share * f for c, f in zip(hole.centre, hole.focus, strict=True))
        terms = hole_terms(1, most, most, 2 * most if j == count // 2 else -1)
        found.append(_columns(replace(hole, centre=(x, y)), kind, terms, times, domain))
    return found


def _poles(hole: Hole, kind: PlaneKind) -> float:
    """Number of poles for each degree."""
    smaller = hole.radius
    larger = math.hypot(smaller, float(np.linalg.norm(np.array(kind.frame) @ hole.focus)))
    rate = math.log((larger + smaller) / (larger - smaller))
    return min(max(_POLES / rate, _FEWEST_POLES), _MOST_POLES)


def _columns(
    hole: Hole,
    kind: PlaneKind,
    terms: tuple[PolarTerm, ...],
    times: int,
    domain: str,
    ring: bool = True,
) -> PolarColumns:
    cloud = None
    if ring and kind.most != 0:
        outer = (1 + _RING) * hole.radius
        cloud = Cloud(inner=hole.radius, outer=outer, count=_POINTS * len(terms), spacing="square")
    return PolarColumns(
        centre=hole.centre,
        scale=hole.radius,
        frame=kind.frame,
        terms=terms,
        degree=times,
        cloud=cloud,
        domain=domain,
    )


def _terms(kind: PlaneKind, degree: int, room: float) -> tuple[PolarTerm, ...]:
    """The functions of a hole, with fewer powers until there is room for them."""
    powers = max(1, round((_GENERAL_POWERS if kind.most is None else _POWERS) * degree))
    while True:
        if kind.most is None:
            mixed = max(1, round(_GENERAL_MIXED / _GENERAL_POWERS * powers))
            found = hole_terms(powers, mixed, mixed, mixed)
        else:
            found = hole_terms(powers, kind.most, kind.most, 2 * kind.most)
        if len(found) <= room or powers == 1:
            return found
        powers -= 1
