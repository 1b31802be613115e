r"""Laws that fix a component on the whole boundary of a domain that is no box.

Such a law reads a u + b = 0 as on the side of a box, with one b everywhere. Then u = g = −b/a on
the boundary, and u = g + φ N with φ of `outline_factor` takes these values whatever N is (Lagaris,
Likas and Fotiadis 1998; Sukumar and Srivastava, Comput. Methods Appl. Mech. Engrg. 389, 2022).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import sympy as sp

from pdedsl.geometry import domain_region, field_bounds, unit_points
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Boundary, Law, Problem, evaluate, is_normal

from .dirichlet import Condition, NotHard, check_data, data_of, refuse, unknown_of
from .face_data import TOLERANCE, largest_on_box
from .outline_factor import boundary_points, outline_factor


@dataclass(frozen=True)
class OutlineCondition(Condition):
    """u_c = g on the whole boundary; its axis is a symbol that no function depends on.

    Args:
        factor: φ, positive inside and zero on the boundary.
        points: of the boundary, with the other arguments of u_c, by argument: each (n,).
    """

    factor: sp.Expr
    points: tuple[tuple[sp.Symbol, Array], ...]

    @property
    def place(self) -> str:
        """In words."""
        return "the boundary"


def on_outline(law: Law) -> bool:
    """Whether a law holds on the whole boundary of a domain that is no box."""
    p = law.place
    return isinstance(p, Boundary) and not (p.faces or p.of or p.minus or p.where is not None)


def outline_condition(problem: Problem, law: Law, residual: sp.Expr) -> OutlineCondition:
    """One equation of a law as the values of a component on a whole boundary.

    Raises:
        NotHard: it is not of that form, or no φ is known.
    """
    assert isinstance(law.place, Boundary)
    plain = problem.substitute(residual)
    refuse(problem, plain)
    if any(is_normal(s) for s in plain.free_symbols):
        raise NotHard("it contains the normal")
    if len(problem.domains) > 1:
        raise NotHard("there are several domains, of which one is no box")
    unknown, order = unknown_of(problem, plain)
    if order:
        raise NotHard("it contains derivatives of the unknowns")
    owner = next(f for f in problem.fields for c in f.components if c.func == unknown.func)
    domain = problem.domain(law.place.domain)
    if unknown.args != owner.arguments or not {*domain.coordinates} <= {*unknown.args}:
        raise NotHard("it fixes no values of an unknown at the points of the boundary")
    if not {*domain.coordinates}.isdisjoint(problem.periodic_axes(owner.components[0])):
        raise NotHard(f"{owner.name} is periodic along its domain")
    data = data_of(plain, unknown)
    check_data(owner, data, "on the boundary")
    region, bounds = domain_region(problem, domain), field_bounds(problem, owner)
    edge = boundary_points(region)
    factor = outline_factor(region, domain.coordinates, edge)
    at = np.concatenate([own.points for own in edge]).T
    others = [s for s in owner.arguments if s not in domain.coordinates]
    spread: Iterable[Array] = (
        unit_points("sobol", at.shape[1], len(others), seed=0).T if others else ()
    )
    columns = dict(zip(domain.coordinates, at, strict=True)) | {
        s: bounds[s][0] + (bounds[s][1] - bounds[s][0]) * np.asarray(u)
        for s, u in zip(others, tuple(spread), strict=True)
    }
    return OutlineCondition(
        unknown.func.__name__, bounds, sp.Dummy("outline"), 1, sp.S.One, 0, data, factor,
        tuple(columns.items()),
    )  # fmt: skip


def outline_disagreement(problem: Problem, one: Condition, other: Condition) -> str | None:
    """What speaks against two conditions of which one or both are on a boundary; else None."""
    if one.component != other.component or one is other:
        return None
    if not isinstance(one, OutlineCondition):
        one, other = other, one
    assert isinstance(one, OutlineCondition)
    known = dict(one.points)
    left, right = one.data, other.data
    if not isinstance(other, OutlineCondition):
        if problem.time is None or other.axis != problem.time.symbol:
            return f"where {one.place} meets {other.place}"
        left = sp.diff(left, other.axis, other.order).xreplace({other.axis: other.end})
    a, b = (np.asarray(evaluate(e, known)) for e in (left, right))
    apart = float(np.max(np.abs(a - b)))
    if apart <= TOLERANCE * max(largest_on_box(other), float(np.max(np.abs(a)))):
        return None
    alone = isinstance(other, OutlineCondition)
    where = f"on {one.place}" if alone else f"where {one.place} meets {other.place}"
    return f"{where}, the values differ by {apart:.2g}"
