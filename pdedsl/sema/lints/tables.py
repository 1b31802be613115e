"""L111: columns that are needed beyond their points, and too few rows for what they are to tell.

A column away from its own points is interpolated between them, see `interpolation`. Beyond the box
of its points that is impossible (E605); beyond their convex hull it is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import domain_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.interpolation import reach
from pdedsl.ir import Interior, Law, OnData, Problem, Slice, Table
from pdedsl.sema.draft import Draft

from .interpolation import column_atoms, columns_away
from .place_points import sample
from .sampling import point_text

MOST_ROWS = 20_000
MOST_CORNERS = 6


def tables(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Unknown numbers that are to be told from no more values, and columns beyond their points."""
    yield from _few(problem, draft)
    for law in problem.laws:
        for table in dict.fromkeys(table for table, _ in columns_away(problem, law)):
            yield from _beyond(problem, law, table)


def _few(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Numbers that are fitted have no known scatter unless there are more values than numbers."""
    rows = {table.name: table.rows for table in problem.tables}
    fits = [
        (law.place.table, len(law.residuals))
        for law in problem.laws
        if law.kind == "fit" and isinstance(law.place, OnData)
    ]
    values, wanted = sum(rows[name] * count for name, count in fits), len(problem.numbers)
    if not fits or values > wanted:
        return
    table = draft.scope.entries[fits[0][0]]
    have = "one value" if values == 1 else f"{values} values"
    numbers = "one unknown number" if wanted == 1 else f"{wanted} unknown numbers"
    message = f"there are only {have} for {numbers}"
    yield Diagnostic("L111", message, table.span, "measure more, or fix some of the numbers")


def _beyond(problem: Problem, law: Law, table: Table) -> Iterator[Diagnostic]:
    points = _wanted(problem, law, table)
    own = table.points()
    names = ", ".join(sorted({str(a.func) for a in column_atoms(law)}))
    lower, upper = reach(table)
    margin = 1e-6 * np.maximum(upper - lower, 1e-12)
    outside = np.any((points < lower - margin) | (points > upper + margin), axis=1)
    if outside.any():
        where = point_text(table.coordinates, points[int(np.argmax(outside))])
        message = f"{names} is needed at {where}, where {table.name} has no points around"
        yield Diagnostic("E605", message, law.span, "measure there, or make the domain smaller")
        return
    beyond = None if table.interpolation == "nearest" else _beyond_hull(own, points)
    if beyond is not None:
        where = point_text(table.coordinates, points[beyond])
        message = f"{names} is needed at {where}, which is beyond the points of {table.name}"
        mend = "measure there, or make the domain smaller"
        yield Diagnostic("L111", message, law.span, mend)


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
