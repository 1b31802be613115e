r"""Corners of plane domains, and changes of the kind of condition, with what a solution does there.

The operator of an equation of second order is frozen at the point, a_{ij} ∂_i ∂_j, and F maps it to
the Laplacian; F also changes the angle. With the kinds of condition on both edges that says the
powers of r, see `exponents`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
import sympy as sp

from pdedsl.calculus.laws import LawOperator, SystemOperator, law_operators, systems
from pdedsl.calculus.operator import MultiIndex
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.junctions import Junction, junctions
from pdedsl.ir import NotNumericError, Problem, evaluate, normal

from .exponents import exponents, resonances, to_laplacian

_SMALL = 1e-9  # of what it is compared with: rounding
_SAMPLES = 32  # points of a domain at which coefficients are compared: a choice
_EVEN = 1e-6  # angle between a flux and the conormal, in radians


class Terms(IntEnum):
    """What an equation has beside its principal part; each holds those before it.

    With A the frozen matrix and a factor c(x) in front of all, the operator is c A_{ij} ∂_i ∂_j
    (``NONE``), has a constant times u, or other terms whose derivatives by s belong to u
    (``CONSTANT``), or is any other (``ANY``).
    """

    NONE = 0
    CONSTANT = 1
    ANY = 2


@dataclass(frozen=True, eq=False)
class PlaneCorner:
    """A point of the boundary where a solution is not smooth, or may be.

    Args:
        junction: the point and its edges.
        domain: name.
        component: the field, as its number among the components.
        frame: F, shape (2, 2), followed by a rotation that puts the first edge on the axis of x.
        angle: ω after the map, in (0, 2π].
        values: whether the value is given on the first edge, and on the last one; else the flux.
        bent: whether edges are curved or fluxes depend on the value, so that a power λ comes with
            λ + 1, λ + 2, … in any combination.
        terms: of the equation.
        forced: whether the equation or the conditions have known terms, which add logarithms.
        jump: whether the values on both edges differ.
        linear: whether the equation is.
    """

    junction: Junction
    domain: str
    component: int
    frame: Array
    angle: float
    values: tuple[bool, bool]
    bent: bool
    terms: Terms
    forced: bool
    jump: bool
    linear: bool

    @property
    def mixed(self) -> bool:
        """Whether the kinds of condition on both edges differ."""
        return self.values[0] != self.values[1]

    def exponents(self, most: float) -> tuple[float, ...]:
        """The powers λ of r up to a bound."""
        return exponents(self.angle, self.mixed, most)

    def resonances(self, most: float) -> tuple[int, ...]:
        """Powers m with logarithms up to a bound; 0 where values jump."""
        own = resonances(self.angle, self.mixed, most) if self.forced else ()
        return ((0,) if self.jump else ()) + own


@lru_cache(maxsize=8)
def plane_corners(problem: Problem) -> tuple[PlaneCorner, ...]:
    """All corners of the domains of a problem that are in the plane.

    Left out are those of systems, of equations that are not elliptic or parabolic of second order,
    and points where an edge has no condition, several, or a derivative that is not the flux.
    """
    laws = law_operators(problem)
    found = []
    for system in systems(problem, laws):
        equation = _Equation.of(problem, system)
        if equation is not None:
            found += list(_of_domain(problem, equation, laws))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Equation:
    """A scalar equation of second order: coefficients of the derivatives in the plane."""

    problem: Problem
    system: SystemOperator
    component: int
    second: tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]
    lower: dict[MultiIndex, sp.Expr]
    evolves: bool

    @classmethod
    def of(cls, problem: Problem, system: SystemOperator) -> _Equation | None:
        """None where it is no such equation."""
        operator = system.operator
        if system.domain is None or operator.shape != (1, 1) or system.left_out:
            return None
        own = problem.domain(system.domain).coordinates
        if len(own) != 2 or any(s not in operator.coordinates for s in own):
            return None
        plane = [operator.coordinates.index(s) for s in own]
        second: dict[MultiIndex, sp.Expr] = {}
        lower: dict[MultiIndex, sp.Expr] = {}
        evolves = False
        for alpha, a in operator.rows[0][0]:
            order = tuple(alpha[k] for k in plane)
            others = sum(alpha) - sum(order)
            if others > 1 or (others and sum(order)) or sum(order) > 2:
                return None
            evolves |= others == 1
            if not others:
                (second if sum(order) == 2 else lower)[order] = problem.substitute(a)
        a, b, c = (second.get(order, sp.S.Zero) for order in ((2, 0), (1, 1), (0, 2)))
        matrix = ((a, b / 2), (b / 2, c))
        names = [str(u.func) for u in problem.components]
        component = names.index(operator.unknowns[0])
        return cls(problem, system, component, matrix, lower, evolves)

    def known_at(self, points: Array) -> dict[sp.Basic, Array]:
        """Inputs at points of the plane (n, 2): the others in the middle of their intervals."""
        problem, domain = self.problem, self.problem.domain(self.system.domain)
        out: dict[sp.Basic, Array] = dict(problem.parameter_values)
        for own in (*([problem.time] if problem.time else []), *problem.ranges):
            middle = (problem.number(own.lower) + problem.number(own.upper)) / 2
            out[own.symbol] = np.asarray(middle)
        return out | dict(zip(domain.coordinates, points.T, strict=True))

    def matrix(self, points: Array) -> Array | None:
        """A, up to its sign, at points (n, 2): shape (n, 2, 2); None where it has no numbers."""
        known, count = self.known_at(points), len(points)
        factor = sp.S.One
        if self.second[0][0] == self.second[1][1] and self.second[0][1] == 0:
            factor = self.second[0][0] or sp.S.One  # the Laplacian, whatever stands before it
        try:
            rows = [[_values(a / factor, known, count) for a in row] for row in self.second]
        except NotNumericError:
            return None
        found = np.array(rows).transpose(2, 0, 1)
        return found * np.sign(np.trace(found, axis1=1, axis2=2))[:, None, None]

    def terms(self) -> Terms:
        """What the equation has beside its principal part."""
        region = domain_region(self.problem, self.problem.domain(self.system.domain))
        points = region.interior(_SAMPLES)
        found = self.matrix(points)
        if found is None:
            return Terms.ANY
        whole = np.trace(found, axis1=1, axis2=2)
        if not whole.all():  # not elliptic
            return Terms.ANY
        first = found / whole[:, None, None]
        if np.abs(first - first[0]).max() > _SMALL:
            return Terms.ANY
        lower = {order: a for order, a in self.lower.items() if a != 0}
        if any(sum(order) for order in lower):
            return Terms.ANY
        if not self.system.linear or self.evolves:
            return Terms.CONSTANT
        if not lower:
            return Terms.NONE
        try:
            known = self.known_at(points)
            ratio = _values(lower[0, 0], known, len(points)) / whole
        except NotNumericError:
            return Terms.ANY
        return Terms.CONSTANT if np.ptp(ratio) <= _SMALL * np.abs(ratio).max() else Terms.ANY


def _values(expression: sp.Expr, known: dict[sp.Basic, Array], count: int) -> Array:
    return np.broadcast_to(np.asarray(evaluate(expression, known), dtype=float), (count,))


@dataclass(frozen=True)
class _Side:
    """The condition on an edge."""

    value: bool
    depends: bool  # a flux on the value
    known: sp.Expr


def _of_domain(
    problem: Problem, equation: _Equation, laws: tuple[LawOperator, ...]
) -> Iterator[PlaneCorner]:
    named = {law.law.label: law for law in laws}
    own = [law for law in laws if law.law.label in equation.system.labels]
    terms = equation.terms()
    sources = any(k != 0 for law in own for k in law.known)
    try:
        found = junctions(problem, problem.domain(equation.system.domain))
    except ArithmeticError:
        return  # a set so thin that rounding hides how its edges meet has no corners to be told
    for junction in found:
        point = junction.point[None]
        matrix = equation.matrix(point)
        ends = junction.begin, junction.begin + junction.angle
        if matrix is None or not np.isfinite(matrix).all() or not np.trace(matrix[0]) > 0:
            continue
        sides = [
            _side(equation, matrix[0], [named[label] for label in labels], point, end, turn)
            for labels, end, turn in zip(
                (junction.first, junction.last), ends, (-1, 1), strict=True
            )
        ]
        first, last = sides
        if first is None or last is None:
            continue
        try:
            frame, angle = _frame(matrix[0], *ends)
        except np.linalg.LinAlgError:
            continue
        values = first.value, last.value
        forced = sources or first.known != 0 or last.known != 0 or not equation.system.linear
        bent = junction.curved or first.depends or last.depends
        jump = all(values) and _jumps(equation, first.known, last.known, point)
        own_terms = (junction, equation.system.domain or "", equation.component, frame, angle)
        linear = equation.system.linear
        yield PlaneCorner(*own_terms, values, bent, terms, forced, jump, linear)


def _side(
    equation: _Equation,
    matrix: Array,
    laws: list[LawOperator],
    point: Array,
    direction: float,
    turn: int,
) -> _Side | None:
    """The condition on an edge; None where there is none, several, or one of another kind.

    ``turn`` is that from the direction of the edge to the outward normal, in right angles.
    """
    if len(laws) != 1 or laws[0].operator is None or len(laws[0].operator.rows) != 1:
        return None
    entry = dict(laws[0].operator.rows[0][equation.component])
    columns = [c for c, e in enumerate(laws[0].operator.rows[0]) if e]
    if columns != [equation.component]:
        return None
    problem = equation.problem
    plane = [problem.inputs.index(s) for s in problem.domain(equation.system.domain).coordinates]
    units = [tuple(int(k == axis) for k in range(len(problem.inputs))) for axis in plane]
    zero = (0,) * len(problem.inputs)
    if not set(entry) <= {*units, zero}:
        return None
    known = laws[0].known[0]
    if set(entry) == {zero}:
        return _Side(True, False, problem.substitute(known / entry[zero]))
    ahead = direction + turn * np.pi / 2
    outward = np.array([np.cos(ahead), np.sin(ahead)])
    at = equation.known_at(point) | {normal(i + 1): outward[i : i + 1] for i in range(2)}
    try:
        flux = np.array([_values(entry.get(unit, sp.S.Zero), at, 1)[0] for unit in units])
    except NotNumericError:
        return None
    conormal = matrix @ outward
    across = flux[0] * conormal[1] - flux[1] * conormal[0]
    if not abs(across) <= _EVEN * np.linalg.norm(flux) * np.linalg.norm(conormal):
        return None
    return _Side(False, bool(entry.get(zero, 0)), known)


def _frame(matrix: Array, begin: float, end: float) -> tuple[Array, float]:
    """F with the first edge on the axis of x, and the angle after it."""
    scaled = matrix / np.trace(matrix) * 2
    if np.abs(scaled - np.eye(2)).max() <= _SMALL:
        own, first, angle = np.eye(2), begin, end - begin
    else:
        own = to_laplacian(scaled)
        edges = own @ np.array([[np.cos(begin), np.cos(end)], [np.sin(begin), np.sin(end)]])
        first, last = np.arctan2(edges[1], edges[0])
        angle = float(np.mod(last - first - _SMALL, 2 * np.pi) + _SMALL)
    cosine, sine = np.cos(first), np.sin(first)
    return np.array([[cosine, sine], [-sine, cosine]]) @ own, float(angle)


def _jumps(equation: _Equation, first: sp.Expr, last: sp.Expr, point: Array) -> bool:
    """Whether two values differ at a point."""
    try:
        a, b = (float(_values(v, equation.known_at(point), 1)[0]) for v in (first, last))
    except NotNumericError:
        return False
    return bool(abs(a - b) > 1e-6 * max(abs(a), abs(b)))
