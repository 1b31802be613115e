"""The boxes that the place of a functional is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import sympy as sp

from pdedsl.geometry import FloatBox, box_of, hull_bounds, on_interface, place_bounds, shared_face
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.bounds import Bounds
from pdedsl.geometry.region import Mask
from pdedsl.ir import Boundary, Interior, OnInterface, Place, Problem, domain_of


@dataclass(frozen=True, eq=False)
class Piece:
    """A box of some inputs, with the others fixed.

    Args:
        symbols: the inputs that vary.
        box: their intervals, in this order.
        fixed: values of others; what is neither stays in the middle, as nothing depends on it.
        normal: the outward unit normal on a boundary, shape (dimension,), else None.
        hole: name of the domain and of interfaces that are no part of it.
    """

    problem: Problem
    symbols: tuple[sp.Symbol, ...]
    box: FloatBox
    fixed: dict[sp.Symbol, float]
    normal: Array | None = None
    hole: tuple[str, tuple[str, ...]] = ("", ())

    def points(self, places: Array) -> Array:
        """Points (n, inputs) of places (n, d) in the box."""
        out = np.empty((len(places), len(self.problem.inputs)))
        for column, (symbol, (low, high)) in enumerate(hull_bounds(self.problem).items()):
            out[:, column] = self.fixed.get(symbol, (low + high) / 2)
            if symbol in self.symbols:
                out[:, column] = places[:, self.symbols.index(symbol)]
        return out

    def holds(self, points: Array) -> Mask:
        """Which points (n, inputs) of the box belong to the place: (n,)."""
        domain, minus = self.hole
        if not minus:
            return np.ones(len(points), dtype=bool)
        axes = [self.problem.inputs.index(s) for s in self.problem.domain(domain).coordinates]
        left_out = (on_interface(self.problem, m, domain, points[:, axes]) for m in minus)
        return np.asarray(~reduce(np.logical_or, left_out))


def of_boxes(problem: Problem, place: Place) -> bool:
    """Whether a place is a box, or faces of boxes, so that `pieces` are all of it."""
    if isinstance(place, OnInterface):
        return shared_face(problem, problem.interface(place.name)) is not None
    name = domain_of(place)
    if name is None:
        return True
    faceless = isinstance(place, Boundary) and not (place.faces or place.minus)
    return problem.domain(name).is_box and not faceless


def pieces(problem: Problem, place: Place, also: Iterable[sp.Symbol] = ()) -> list[Piece]:
    """The pieces of a place, faces each on its own.

    Args:
        problem: gives the values of parameters.
        place: a domain, faces of a box, an interface, or the time where no domain is named.
        also: inputs that vary beside the coordinates of the place.
    """
    bounds = place_bounds(problem, place)
    extra = tuple(also)
    match place:
        case Interior(None):
            varying = extra or ((problem.time.symbol,) if problem.time else ())
            return [_piece(problem, bounds, varying, {})]
        case Interior(str(name)):
            coordinates = problem.domain(name).coordinates
            return [_piece(problem, bounds, _varying(coordinates, extra), {})]
        case Boundary():
            return [_on_face(problem, place, number, bounds, extra)
                    for number in range(len(place.faces))]  # fmt: skip
        case OnInterface(name):
            return [_on_interface(problem, name, bounds, extra)]
    raise TypeError(f"a functional has no place {place!r}")


def _on_face(
    problem: Problem, place: Boundary, number: int, bounds: Bounds, extra: tuple[sp.Symbol, ...]
) -> Piece:
    domain, face = problem.domain(place.domain), place.faces[number]
    rest = tuple(s for s in domain.coordinates if s != face.axis)
    fixed = {face.axis: problem.number(face.value)}
    axis = domain.coordinates.index(face.axis)
    normal = box_of(problem, domain).normal(axis, face.side)
    hole = domain.name, place.minus
    return _piece(problem, bounds, _varying(rest, extra, fixed), fixed, normal, hole)


def _on_interface(
    problem: Problem, name: str, bounds: Bounds, extra: tuple[sp.Symbol, ...]
) -> Piece:
    interface = problem.interface(name)
    shared = shared_face(problem, interface)
    assert shared is not None  # others are refused before a problem is solved
    coordinates = problem.domain(interface.first).coordinates
    rest = tuple(s for i, s in enumerate(coordinates) if i != shared.axis)
    normal = shared.side * np.eye(len(coordinates))[shared.axis]
    fixed = {coordinates[shared.axis]: shared.value}
    return _piece(problem, bounds, _varying(rest, extra, fixed), fixed, normal)


def _piece(
    problem: Problem,
    bounds: Bounds,
    varying: tuple[sp.Symbol, ...],
    fixed: dict[sp.Symbol, float],
    normal: Array | None = None,
    hole: tuple[str, tuple[str, ...]] = ("", ()),
) -> Piece:
    ends = [bounds[s] for s in varying]
    box = FloatBox(tuple(low for low, _ in ends), tuple(high for _, high in ends))
    return Piece(problem, varying, box, fixed, normal, hole)


def _varying(
    first: Iterable[sp.Symbol], second: Iterable[sp.Symbol], fixed: Collection[sp.Symbol] = ()
) -> tuple[sp.Symbol, ...]:
    return tuple(s for s in dict.fromkeys((*first, *second)) if s not in fixed)
