"""What has to be evaluated for expressions: a generated function, and what its arguments mean."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from pdedsl.models import JetTable
from pdedsl.models.jets.multiindices import MultiIndex

from .random_directions import Estimate
from .torch_code import Code

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
    """A derivative of one component at a site.

    Args:
        site: where.
        output: place of the component among the outputs of its network.
        index: α in D^α.
    """

    site: Site
    output: int
    index: MultiIndex


@dataclass(frozen=True)
class DerivativeSum:
    """Σ_j c_j D^{α_j} of one component at a site, see `Derivative`; terms are the α_j with c_j."""

    site: Site
    output: int
    terms: Sum


@dataclass(frozen=True)
class Integral:
    """The integral of the result of a plan over a domain."""

    domain: str
    integrand: Plan


Input = Coordinate | Normal | Column | Number | Derivative | DerivativeSum | Integral


@dataclass(frozen=True)
class Plan:
    """What a tuple of expressions needs.

    Args:
        inputs: identifier and meaning of each argument of the generated function.
        sites: each site with the table of its jet.
        site_code: for a site with computed arguments, a function of all inputs of the problem.
        code: the generated function.
        results: its results as expressions in the identifiers.
        estimates: the sites whose sum of second derivatives is estimated.
    """

    inputs: tuple[tuple[str, Input], ...]
    sites: tuple[tuple[Site, JetTable], ...]
    site_code: tuple[Code | None, ...]
    code: Code
    results: tuple[sp.Basic, ...]
    estimates: tuple[tuple[Site, Estimate], ...] = ()

    @property
    def affine(self) -> bool:
        """Whether all results are affine in the fields, with no unknown number."""
        if any(isinstance(item, Number) for _, item in self.inputs):
            return False
        if not all(part.affine for part in self.integrands):
            return False
        fields = [
            sp.Symbol(name, real=True) for name, item in self.inputs
            if isinstance(item, Derivative | DerivativeSum | Integral)
        ]  # fmt: skip
        return not any(sp.diff(r, s).has(*fields) for r in self.results for s in fields)

    @property
    def texts(self) -> list[str]:
        """Generated source, integrands first."""
        inner = [text for part in self.integrands for text in part.texts]
        return [*inner, *(code.text for code in self.site_code if code), self.code.text]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of tables among the inputs."""
        return tuple(item for _, item in self.inputs if isinstance(item, Column))

    @property
    def integrands(self) -> tuple[Plan, ...]:
        """What it integrates; an integrand has no further integral in it."""
        return tuple(item.integrand for _, item in self.inputs if isinstance(item, Integral))
