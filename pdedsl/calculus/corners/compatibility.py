r"""Whether an equation and its conditions agree at the corners of a rectangle.

At a corner the conditions on both sides, and their derivatives along these, give some of
:math:`u, u_x, u_y, u_{xx}, u_{xy}, u_{yy}`, and the equation another relation of them. For
:math:`-Δu = 1` with u = 0 on both sides they contradict each other, and the solution has a term
:math:`r^2 \log r` (Grisvard, Elliptic Problems in Nonsmooth Domains, 1985, chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import sympy as sp

from pdedsl.calculus.laws import LawOperator, law_operators
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, NotNumericError, Problem

from .box_sides import NoSidesError, SideCondition, side_conditions

_JETS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
_SMALL = 1e-8  # of the terms, what rounding may leave of relations that agree; a choice

Relation = tuple[dict[tuple[int, ...], float], float]


def disagrees_at_corners(problem: Problem) -> bool:
    """Whether a linear equation of second order in a rectangle has such a corner.

    False, too, where the problem is another one, or has coefficients that are no numbers there.
    """
    if not _is_on_rectangle(problem):
        return False
    laws = law_operators(problem)
    equations = [law for law in laws if law.law.kind == "eq"]
    if len(equations) != 1 or not isinstance(equations[0].law.place, Interior):
        return False
    (equation,) = equations
    if equation.operator is None or not equation.linear or equation.operator.order != 2:
        return False
    try:
        sides = side_conditions(problem, laws)
        return any(
            _disagrees(list(_relations(problem, equation, sides, corner)))
            for corner in product((-1, 1), repeat=2)
        )
    except (NoSidesError, NotNumericError, TypeError, ValueError):
        return False


def _is_on_rectangle(problem: Problem) -> bool:
    if len(problem.domains) != 1 or len(problem.inputs) != 2 or len(problem.components) != 1:
        return False
    (domain,) = problem.domains
    plain = not (problem.periodicities or problem.numbers or problem.tables)
    return plain and domain.is_box and domain.coordinates == problem.inputs


def _relations(
    problem: Problem,
    equation: LawOperator,
    sides: dict[tuple[sp.Symbol, int], SideCondition],
    corner: tuple[int, ...],
) -> Iterator[Relation]:
    """Linear relations of the jets at a corner; derivatives are those by x/L.

    A corner with a side of no condition has none.
    """
    own = [sides.get(key) for key in zip(problem.inputs, corner, strict=True)]
    if None in own:
        return
    bounds = hull_bounds(problem)
    lengths = [high - low for low, high in (bounds[s] for s in problem.inputs)]
    at = {s: bounds[s][side > 0] for s, side in zip(problem.inputs, corner, strict=True)}

    def number(expression: sp.Expr) -> float:
        return float(problem.substitute(expression).subs(at))

    assert equation.operator is not None
    terms = equation.operator.rows[0][0]
    yield (
        {
            alpha: number(a) / (lengths[0] ** alpha[0] * lengths[1] ** alpha[1])
            for alpha, a in terms
        },
        -number(equation.known[0]),
    )
    for axis, condition in enumerate(own):
        assert condition is not None
        along, across = 1 - axis, [int(k == axis) for k in range(2)]
        for order in range(2 if condition.slope else 3):
            shift = [order * int(k == along) for k in range(2)]
            flux = condition.slope * corner[axis] / lengths[axis]
            jets: dict[tuple[int, ...], float] = {tuple(shift): condition.value}
            if flux:
                jets[tuple(map(sum, zip(shift, across, strict=True)))] = flux
            given = sp.diff(condition.given, problem.inputs[along], order)
            yield jets, number(given) * lengths[along] ** order


def _disagrees(relations: list[Relation]) -> bool:
    """Whether no jets satisfy all relations."""
    if not relations:
        return False
    matrix = np.array([[jets.get(alpha, 0.0) for alpha in _JETS] for jets, _ in relations])
    given = np.array([known for _, known in relations])
    sizes = np.abs(matrix).max(axis=1)
    if not (np.isfinite(matrix).all() and np.isfinite(given).all() and sizes.all()):
        return False
    matrix, given = matrix / sizes[:, None], given / sizes
    found = np.linalg.lstsq(matrix, given, rcond=1e-10)[0]
    left = np.abs(matrix @ found - given).max()
    return bool(left > _SMALL * np.abs(given).max())
