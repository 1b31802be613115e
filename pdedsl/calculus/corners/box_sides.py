r"""Conditions on the sides of a box, as numbers: :math:`α u + β ∂_n u = g`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sympy as sp

from pdedsl.calculus.laws import LawOperator
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Boundary, Face, Problem, Slice, normal


class NoSidesError(Exception):
    """Why the conditions of a problem are none of these, in words."""


@dataclass(frozen=True)
class SideCondition:
    """A condition α u + β ∂_n u = g on one side.

    Args:
        value: α.
        slope: β.
        given: g, in all inputs.
    """

    value: float
    slope: float
    given: sp.Expr


def side_conditions(
    problem: Problem, laws: Iterable[LawOperator]
) -> dict[tuple[sp.Symbol, int], SideCondition]:
    """By coordinate and side, -1 or 1, the conditions of a problem about one function on one box.

    Raises:
        NoSidesError: see `component_conditions`.
    """
    found = component_conditions(problem, laws)
    return {(axis, side): own for (_, axis, side), own in found.items()}


def component_conditions(
    problem: Problem, laws: Iterable[LawOperator]
) -> dict[tuple[int, sp.Symbol, int], SideCondition]:
    """The same by number of the component, of a problem about several functions on one box.

    Raises:
        NoSidesError: a condition does not hold on whole sides, is one of several on a side, is
            about several components, is not linear, or has coefficients that are no numbers.
    """
    found: dict[tuple[int, sp.Symbol, int], SideCondition] = {}
    for law in laws:
        if law.law.kind != "bc":
            continue
        if law.operator is None or not law.linear:
            raise NoSidesError(f"{law.law.label} is no linear condition at a place")
        for face in _faces(problem, law):
            for row, entries in enumerate(law.operator.rows):
                columns = [j for j, entry in enumerate(entries) if entry]
                if len(columns) != 1:
                    raise NoSidesError(f"{law.law.label} is not about one component")
                key = (columns[0], face.axis, face.side)
                if key in found:
                    raise NoSidesError(f"there are two conditions on a side of {face.axis}")
                found[key] = _condition(problem, law, face, row, columns[0])
    return found


def _faces(problem: Problem, law: LawOperator) -> Iterator[Face]:
    place = law.law.place
    if isinstance(place, Boundary) and place.faces and place.where is None:
        yield from place.faces
        return
    if isinstance(place, Slice) and len(place.fixed) == 1:
        ((axis, value),) = place.fixed
        if axis in problem.domains[0].coordinates:
            for side, bound in zip((-1, 1), hull_bounds(problem)[axis], strict=True):
                if problem.number(value) == bound:
                    yield Face(axis, side, value)
                    return
    raise NoSidesError(f"{law.law.label} does not hold on whole sides")


def _condition(
    problem: Problem, law: LawOperator, face: Face, row: int, column: int
) -> SideCondition:
    assert law.operator is not None
    axis = law.operator.coordinates.index(face.axis)
    normals = {normal(k + 1): sp.S.Zero for k in range(len(problem.inputs))}
    normals[normal(problem.domains[0].coordinates.index(face.axis) + 1)] = sp.Integer(face.side)
    parts = [0.0, 0.0]
    for alpha, factor in law.operator.rows[row][column]:
        own = problem.substitute(factor).subs(normals)
        if own == 0:
            continue
        order = alpha[axis]
        if sum(alpha) != order or order > 1 or not own.is_number:
            raise NoSidesError(f"{law.law.label} is no condition on a value and a flux")
        parts[order] = float(own) * (face.side if order else 1)
    given = -problem.substitute(law.known[row]).subs(normals).subs(face.axis, face.value)
    return SideCondition(parts[0], parts[1], given)
