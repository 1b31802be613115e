"""Where a law holds."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp


@dataclass(frozen=True)
class Face:
    """The side of a box domain where ``axis`` takes its lower (-1) or upper (+1) value."""

    axis: sp.Symbol
    side: int
    value: sp.Expr


@dataclass(frozen=True)
class Place:
    """Base of places."""


@dataclass(frozen=True)
class Interior(Place):
    """Inside a domain at all times; ``domain`` is None for an ordinary differential equation."""

    domain: str | None


@dataclass(frozen=True)
class Boundary(Place):
    """A part of a domain's boundary, at all times.

    Args:
        domain: name of the domain.
        faces: sides of a box domain; empty where the domain is not a box.
        of: name of the region whose boundary is meant; None for the whole boundary.
        minus: names of interfaces that are left out.
        where: a condition on the coordinates, or None.
    """

    domain: str
    faces: tuple[Face, ...] = ()
    of: str | None = None
    minus: tuple[str, ...] = ()
    where: sp.Basic | None = None


@dataclass(frozen=True)
class Slice(Place):
    """The points of a domain's closure where some coordinates (or time) are fixed."""

    domain: str | None
    fixed: tuple[tuple[sp.Symbol, sp.Expr], ...]


@dataclass(frozen=True)
class OnInterface(Place):
    """The common boundary of two domains."""

    name: str


@dataclass(frozen=True)
class OnData(Place):
    """The points of a data table."""

    table: str


@dataclass(frozen=True)
class Global(Place):
    """No point in space: a law between integrals and numbers, at all times unless fixed."""

    fixed: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()


def domain_of(place: Place) -> str | None:
    """The domain of a place; None for times alone, tables, integrals and interfaces."""
    return place.domain if isinstance(place, Interior | Boundary | Slice) else None
