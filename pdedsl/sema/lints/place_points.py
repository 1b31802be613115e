"""Sample points of the place of a law, with everything that a residual may ask there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import domain_region, on_interface
from pdedsl.ir import (
    Boundary,
    Domain,
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
from .sampling import known_at

Array = NDArray[np.float64]
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
        values = ((s, np.broadcast_to(self.known[s], (self.count,))[index]) for s in self.shown)
        return ", ".join(f"{s} = {v:.4g}" for s, v in values)


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
            domain = problem.domain(name)
            pieces = [(p, boundary_mask(problem, place, p)) for p in parts(problem, domain, count)]
            return _on(problem, domain, pieces)
        case OnInterface(name):
            first = problem.interface(name).first
            domain = problem.domain(first)
            pieces = [
                (p, on_interface(problem, name, domain.name, p.points))
                for p in parts(problem, domain, count)
            ]
            return _on(problem, domain, pieces)
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
    problem: Problem, domain: Domain, pieces: list[tuple[Part, NDArray[np.bool_]]]
) -> Sample | None:
    chosen = [(p.points[m], p.normals[m]) for p, m in pieces if m.any()]
    if not chosen:
        return None
    points = np.concatenate([p for p, _ in chosen])
    normals = np.concatenate([n for _, n in chosen])
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
