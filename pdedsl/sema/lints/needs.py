"""How many conditions an equation needs on a part of the boundary.

One on a side for second order in the direction of its normal, two for fourth; for odd order
the total over the two sides of an axis; for first order with time the inflow alone. Where
the equations do not tell, the bounds are open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.calculus.coefficients import coefficients
from pdedsl.ir import Domain, Problem

from .outlines import Part
from .sampling import values_at
from .structure import Group
from .types.spatial import acts_like_time, elliptic_order

MANY = 1_000


@dataclass(frozen=True, eq=False)
class Need:
    """Bounds on the number of conditions at each point of a part, shape (n,)."""

    least: NDArray[np.int_]
    most: NDArray[np.int_]


def need(problem: Problem, group: Group, part: Part) -> Need:
    """What one part of the boundary needs by itself."""
    if part.face is None:
        axes = part.domain.coordinates
        orders = [max(group.order(c, axis) for axis in axes) for c in group.components]
    else:
        axis = part.domain.coordinates[part.face[0]]
        orders = [group.order(c, axis) for c in group.components]
        if len(orders) == 1 and orders[0] in (1, 2):
            return _scalar(problem, group, part, axis, orders[0])
    least = sum(o // 2 for o in orders)
    slack = sum(o % 2 for o in orders)
    due = elliptic_order(problem, group, part.domain) or 0
    return _bounds(part, max(least, due), max(least + slack, due))


def _bounds(part: Part, least: int, most: int) -> Need:
    return Need(*(np.full(len(part.points), bound) for bound in (least, most)))


def pairwise(problem: Problem, group: Group, domain: Domain, axis: sp.Symbol) -> int | None:
    """Conditions needed on both sides of an axis together, where the sides cannot be told apart.

    So it is for odd order above one, for steady problems in one dimension (where all may stand
    at one end), and for steady equations of first order or with one axis that acts like time.
    """
    if len(group.components) > 1:
        return None
    component = group.components[0]
    order = group.order(component, axis)
    if order % 2 and order > 1:
        return order
    space = [s for d in problem.domains if axis in d.coordinates for s in d.coordinates]
    if problem.time and group.highest(problem.time.symbol):
        return None
    if len(space) == 1 or order == 1:
        return order
    second = max(group.order(component, s) for s in domain.coordinates) == 2
    return order if second and acts_like_time(problem, group, domain) else None


def _scalar(problem: Problem, group: Group, part: Part, axis: sp.Symbol, order: int) -> Need:
    """One scalar field of first or second order in the direction of the normal."""
    otherwise = _bounds(part, 1, 1) if order == 2 else _bounds(part, 0, MANY)
    if len(group.equations) != 1:
        return otherwise
    component = group.components[0]
    found = coefficients(group.equations[0].residual)
    if order == 2:
        return _second_order(problem, part, found.get(sp.diff(component, axis, 2))) or otherwise
    time = problem.time
    slope = found.get(sp.diff(component, axis))
    rate = found.get(sp.diff(component, time.symbol)) if time else None
    if time is None or slope is None or rate is None or group.highest(time.symbol) > 1:
        return otherwise
    return _inflow(problem, part, slope / rate) or otherwise


def _second_order(problem: Problem, part: Part, coefficient: sp.Expr | None) -> Need | None:
    """One condition, and none is due where the leading coefficient vanishes on the part."""
    if coefficient is None:
        return None
    value = values_at(problem, part.domain, part.points, coefficient)
    if value is None:
        return None
    regular = np.isfinite(value) & (np.abs(value) > 0)
    return Need(regular.astype(int), np.ones(len(value), dtype=int))


def _inflow(problem: Problem, part: Part, speed: sp.Expr) -> Need | None:
    """One condition where the characteristics enter: speed · outward normal < 0."""
    assert part.face is not None
    value = values_at(problem, part.domain, np.repeat(part.points, 8, axis=0), speed)
    if value is None:
        return None
    outward = value.reshape(-1, 8) * part.face[1]
    entering, leaving = np.all(outward < 0, axis=1), np.all(outward > 0, axis=1)
    return Need(entering.astype(int), np.where(leaving, 0, 1))
