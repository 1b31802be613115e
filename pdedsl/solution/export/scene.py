"""The domains of a problem as one mesh, and fields on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from pdedsl.geometry import FloatRegion, domain_region, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.meshes import Mesh, cut_mesh, triangulate
from pdedsl.ir import Domain, Problem

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

MOST_DIMENSIONS = 3


@dataclass(frozen=True, eq=False)
class Scene:
    """All domains as one mesh.

    Args:
        mesh: of the space coordinates.
        domains: the number of the domain of each simplex, shape (m,).
        coordinates: the space coordinates.
        others: the other inputs, in order.
    """

    mesh: Mesh
    domains: NDArray[np.int32]
    coordinates: tuple[sp.Symbol, ...]
    others: tuple[sp.Symbol, ...]

    def fields(self, solution: Solution, at: Mapping[str, float]) -> dict[str, Array]:
        """Each field on the points of the mesh, (n,) or (n, components); ``at`` fixes the others.

        NaN outside of the domain of a field.
        """
        problem = solution.problem
        points = np.empty((len(self.mesh.points), len(problem.inputs)))
        for column, symbol in enumerate(problem.inputs):
            points[:, column] = (
                self.mesh.points[:, self.coordinates.index(symbol)]
                if symbol in self.coordinates else at[symbol.name]
            )  # fmt: skip
        found = solution.at(points)
        values = {}
        for field in problem.fields:
            rows = [found[c.func.__name__] for c in field.components]
            values[field.name] = np.stack(rows, axis=1) if field.vector else rows[0]
        return values


def scene_of(problem: Problem, cells: int) -> Scene:
    """The mesh of all domains, with about ``cells`` simplices along the longest side of each.

    Without a domain it is a line of time.

    Raises:
        ValueError: the domains have not one to three coordinates, the same for all.
    """
    if not problem.domains and problem.time is not None:
        return _time_line(problem, problem.time.symbol, cells)
    coordinates = {domain.coordinates for domain in problem.domains}
    if len(coordinates) != 1:
        what = "the domains have different coordinates" if coordinates else "there is no domain"
        raise ValueError(f"{what}, so that there is no mesh")
    (own,) = coordinates
    if len(own) > MOST_DIMENSIONS:
        raise ValueError(f"a mesh has at most {MOST_DIMENSIONS} coordinates, these are {len(own)}")
    made = [_mesh(problem, domain, cells) for domain in problem.domains]
    starts = np.cumsum([0, *(len(mesh.points) for mesh in made)])
    mesh = Mesh(
        np.concatenate([m.points for m in made]),
        np.concatenate([m.cells + start for m, start in zip(made, starts, strict=False)]),
    )
    numbers = np.repeat(np.arange(len(made), dtype=np.int32), [len(m.cells) for m in made])
    return Scene(mesh, numbers, own, tuple(s for s in problem.inputs if s not in own))


def ends_of(problem: Problem, symbol: sp.Symbol) -> tuple[float, float]:
    """The interval of an input."""
    return hull_bounds(problem)[symbol]


def check_inside(problem: Problem, symbol: sp.Symbol, value: float) -> None:
    """Raise a ValueError where a value of an input is outside of its interval."""
    low, high = ends_of(problem, symbol)
    if not low <= value <= high:
        raise ValueError(f"{symbol} = {value:g} lies outside of [{low:g}, {high:g}]")


def _time_line(problem: Problem, time: sp.Symbol, cells: int) -> Scene:
    points = np.linspace(*ends_of(problem, time), cells + 1)
    steps = np.arange(cells)
    mesh = Mesh(points[:, None], np.stack([steps, steps + 1], axis=1))
    others = tuple(s for s in problem.inputs if s != time)
    return Scene(mesh, np.zeros(cells, dtype=np.int32), (time,), others)


def _mesh(problem: Problem, domain: Domain, cells: int) -> Mesh:
    region = domain_region(problem, domain)
    if region.dimension == 2:
        return triangulate(region, cells)
    if region.dimension == 3:
        return cut_mesh(region.level, region.bounding_box, cells)
    return _line(region, cells)


def _line(region: FloatRegion, cells: int) -> Mesh:
    points = np.linspace(region.bounding_box.lower[0], region.bounding_box.upper[0], cells + 1)
    steps = np.arange(cells)
    pairs = np.stack([steps, steps + 1], axis=1)
    middles = (points[:-1] + points[1:]) / 2
    return Mesh(points[:, None], pairs[region.level(middles[:, None]) <= 0]).used()
