"""Sample points of the place of a law, with everything that a residual may ask there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import domain_region, on_interface
from pdedsl.geometry.arrays import Array
from pdedsl.ir import (
    Boundary,
    Global,
    Interior,
    OnData,
    OnInterface,
    Place,
    Problem,
    Slice,
    Table,
    normal,
)

from .conditions import boundary_mask
from .outlines import Part, parts
from .sampling import known_at, point_text

Known = dict[sp.Basic, Array | float]
MOST_ROWS = 2_000


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of symbols at sample points; ``shown`` are those to name in a message."""

    known: Known
    count: int
    shown: tuple[sp.Symbol, ...]

    def where(self, index: int) -> str:
        """The point in words: ``x = 0.3, t = 0.5``."""
        values = (np.broadcast_to(self.known[s], (self.count,))[index] for s in self.shown)
        return point_text(self.shown, values)


def sample(problem: Problem, place: Place, count: int = 16) -> Sample | None:
    """Generic points of a place; None where there are none to be found."""
    match place:
        case Interior(name):
            return _in(problem, name, {}, count)
        case Slice(name, fixed):
            return _in(problem, name, dict(fixed), count)
        case Global(fixed):
            return _in(problem, None, dict(fixed), 4)
        case Boundary(name):
            return _on(problem, name, count, lambda p: boundary_mask(problem, place, p))
        case OnInterface(shared):
            first = problem.interface(shared).first
            return _on(
                problem, first, count, lambda p: on_interface(problem, shared, first, p.points)
            )
        case OnData(name):
            return _rows(problem, next(t for t in problem.tables if t.name == name))
    raise TypeError(f"unknown place {place!r}")


def _in(
    problem: Problem, name: str | None, fixed: dict[sp.Symbol, sp.Expr], count: int
) -> Sample | None:
    numbers = {s: problem.number(v) for s, v in fixed.items()}
    symbols: tuple[sp.Symbol, ...] = ()
    points = np.zeros((count, 0))
    if name is not None:
        domain = problem.domain(name)
        symbols, points = domain.coordinates, domain_region(problem, domain).interior(count)
    if not len(points):
        return None
    known = known_at(problem, symbols, points, numbers)
    return Sample(known, len(points), _shown(problem, symbols))


def _on(
    problem: Problem, name: str, count: int, mask: Callable[[Part], NDArray[np.bool_]]
) -> Sample | None:
    """The points of a domain's boundary that a mask keeps."""
    domain = problem.domain(name)
    outline = parts(problem, domain, count)
    chosen = [(p.points[on], p.normals[on]) for p in outline if (on := mask(p)).any()]
    if not chosen:
        return None
    points, normals = (np.concatenate(arrays) for arrays in zip(*chosen, strict=True))
    known = known_at(problem, domain.coordinates, points, {})
    known |= {normal(i + 1): normals[:, i] for i in range(normals.shape[1])}
    return Sample(known, len(points), _shown(problem, domain.coordinates))


def _rows(problem: Problem, table: Table) -> Sample:
    """The rows of a table (some of them, where it is long), with its columns."""
    step = -(-table.rows // MOST_ROWS)
    columns = {name: values[::step] for name, values in table.columns.items()}
    count = len(next(iter(columns.values())))
    known = known_at(problem, (), np.zeros((count, 0)), {})
    by_name = {s.name: s for s in problem.inputs}
    coordinates = tuple(by_name[name] for name in table.coordinates)
    known |= {s: columns[s.name] for s in coordinates}
    for name, values in columns.items():
        if name not in table.coordinates:
            known[sp.Function(f"{table.name}.{name}", real=True)(*coordinates)] = values
    return Sample(known, count, coordinates)


def _shown(problem: Problem, symbols: tuple[sp.Symbol, ...]) -> tuple[sp.Symbol, ...]:
    time = (problem.time.symbol,) if problem.time else ()
    return (*symbols, *time, *(r.symbol for r in problem.ranges))
