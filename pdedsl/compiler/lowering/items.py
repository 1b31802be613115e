"""What the arguments of a generated function mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from pdedsl.models.jets.multiindices import MultiIndex

Sum = tuple[tuple[MultiIndex, float], ...]


@dataclass(frozen=True)
class Coordinate:
    """An input of the problem, by its column among `Problem.inputs`."""

    column: int


@dataclass(frozen=True)
class Normal:
    """A component of the outward normal, from 0."""

    axis: int


@dataclass(frozen=True)
class Column:
    """A column of a table, evaluated at arguments."""

    name: str
    arguments: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Number:
    """An unknown number, by its place among `Problem.numbers`."""

    position: int


@dataclass(frozen=True)
class Site:
    """The arguments at which the components of a group are evaluated."""

    group: int
    arguments: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Derivative:
    """A derivative of one component at a site, or a fixed sum of derivatives.

    Args:
        site: where.
        output: place of the component among the outputs of its network.
        index: a multi-index, or a `Sum`.
    """

    site: Site
    output: int
    index: Any

    @property
    def collapsed(self) -> bool:
        """Whether ``index`` is a sum."""
        return bool(self.index) and isinstance(self.index[0], tuple)


@dataclass(frozen=True)
class Integral:
    """The integral over a domain of a planned integrand (a `plan.Plan`)."""

    domain: str
    integrand: Any


Input = Coordinate | Normal | Column | Number | Derivative | Integral
