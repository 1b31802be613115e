"""L111: what is done with the columns of tables, and whether there is enough of them.

A column away from its own points is interpolated between them, and `check` says how.
Beyond the box of its points that is impossible (E605); beyond their convex hull, and with very
few points, it is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import domain_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Law, OnData, Problem, Slice, Table
from pdedsl.sema.draft import Draft

from .place_points import sample
from .sampling import point_text

FEW = 10
MOST_ROWS = 20_000
MOST_CORNERS = 6
INTERPOLATION = {
    "curve": "by monotone cubics",
    "grid": "by cubic splines",
    "scattered": "linearly on triangles",
}


def tables(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Tables with few rows, and columns that must be interpolated."""
    for table in problem.tables:
        if table.rows < FEW:
            span = draft.scope.entries[table.name].span
            rows = "one point" if table.rows == 1 else f"{table.rows} points"
            yield Diagnostic("L111", f"{table.name} has only {rows}", span)
    for law in problem.laws:
        for table in _away(problem, law):
            yield _interpolation(problem, law, table)


def _away(problem: Problem, law: Law) -> list[Table]:
    """The tables whose columns the law uses away from their points."""
    names = {str(a.func).partition(".")[0] for r in law.residuals for a in _columns(r)}
    own = law.place.table if isinstance(law.place, OnData) else None
    return [t for t in problem.tables if t.name in names and t.name != own]


def _columns(residual: sp.Expr) -> list[AppliedUndef]:
    return [a for a in residual.atoms(AppliedUndef) if "." in str(a.func)]


def _interpolation(problem: Problem, law: Law, table: Table) -> Diagnostic:
    points = _wanted(problem, law, table)
    own = table.points()
    names = ", ".join(sorted({str(a.func) for r in law.residuals for a in _columns(r)}))
    margin = 1e-6 * np.maximum(np.ptp(own, axis=0), 1e-12)
    outside = np.any(
        (points < own.min(axis=0) - margin) | (points > own.max(axis=0) + margin), axis=1
    )
    if outside.any():
        where = point_text(table.coordinates, points[int(np.argmax(outside))])
        message = f"{names} is needed at {where}, where {table.name} has no points around"
        return Diagnostic("E605", message, law.span, "measure there, or make the domain smaller")
    how = INTERPOLATION[table.layout]
    message = f"{names} is interpolated between the {table.rows} points of {table.name}, {how}"
    beyond = _beyond_hull(own, points)
    if beyond is not None:
        message += f"; {point_text(table.coordinates, points[beyond])} is beyond them"
    return Diagnostic("L111", message, law.span)


def _wanted(problem: Problem, law: Law, table: Table) -> Array:
    """Points of the law's place in the table's coordinates, shape (n, d); corners of boxes too."""
    at = sample(problem, law.place, 64)
    if at is None:
        return np.zeros((0, len(table.coordinates)))
    by_name = {s.name: np.broadcast_to(at.known[s], (at.count,)) for s in at.shown}
    points = np.stack([by_name[name] for name in table.coordinates], axis=1)
    return np.concatenate([points, _corners(problem, law, table)])


def _corners(problem: Problem, law: Law, table: Table) -> Array:
    none = np.zeros((0, len(table.coordinates)))
    place = law.place
    if not isinstance(place, (Interior, Slice)) or len(table.coordinates) > MOST_CORNERS:
        return none
    if place.domain is not None and not problem.domain(place.domain).is_box:
        return none
    bounds = domain_bounds(problem, place.domain)
    ends: dict[str, tuple[float, ...]] = {s.name: pair for s, pair in bounds.items()}
    if isinstance(place, Slice):
        ends |= {s.name: (problem.number(v),) for s, v in place.fixed}
    return np.array(list(product(*(ends[name] for name in table.coordinates))))


def _beyond_hull(own: Array, points: Array) -> int | None:
    """Index of a point outside the convex hull of a table in two or three coordinates."""
    if own.shape[1] not in (2, 3) or len(own) > MOST_ROWS or not len(points):
        return None
    from scipy.spatial import Delaunay, QhullError

    try:
        outside = Delaunay(own).find_simplex(points, tol=1e-6) < 0
    except QhullError:
        return 0
    return int(np.argmax(outside)) if outside.any() else None
