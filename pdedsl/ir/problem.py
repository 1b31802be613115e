"""The problem: everything before it knows text, everything after it knows mathematics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Source, Span

from .division import Division
from .evaluation import evaluate
from .outputs import Output
from .places import Face, Place
from .regions import Box, MeshBody, Moved, Region
from .tables import Table

LawKind = Literal["eq", "bc", "ic", "fit"]


@dataclass(frozen=True)
class Parameter:
    """A number of the spec: its symbol, its definition, and its value."""

    symbol: sp.Symbol
    definition: sp.Expr
    value: float
    span: Span


@dataclass(frozen=True)
class Interval:
    """A coordinate on an interval: time, or a parameter that is an input of the solution."""

    symbol: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    span: Span


@dataclass(frozen=True)
class Domain:
    """A named set with its coordinates."""

    name: str
    coordinates: tuple[sp.Symbol, ...]
    region: Region
    span: Span

    @property
    def is_box(self) -> bool:
        """Whether its set is a product of intervals."""
        return isinstance(self.region, Box)

    @property
    def intervals(self) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
        """Coordinate to both ends of its interval; empty where the domain is not a box."""
        ends = self.region.intervals if isinstance(self.region, Box) else ()
        return dict(zip(self.coordinates, ends, strict=False))

    @property
    def faces(self) -> tuple[Face, ...]:
        """The 2d sides of a box, lower before upper, axis by axis."""
        return tuple(
            Face(axis, side, end)
            for axis, ends in self.intervals.items()
            for side, end in zip((-1, 1), ends, strict=True)
        )


@dataclass(frozen=True)
class Interface:
    """The common boundary of two domains; its normal points from ``first`` to ``second``."""

    name: str
    first: str
    second: str
    span: Span


@dataclass(frozen=True)
class Field:
    """An unknown function.

    Args:
        name: the name in the spec.
        components: applied functions, one for a scalar; ``v[1](x, y)``, … for a vector.
        vector: whether it was declared in R^n.
        arguments: the symbols it depends on, parameters with a range last.
        domain: the domain that it lives on; None for functions of time alone.
    """

    name: str
    components: tuple[AppliedUndef, ...]
    vector: bool
    arguments: tuple[sp.Symbol, ...]
    domain: str | None
    span: Span


@dataclass(frozen=True)
class UnknownNumber:
    """A number to be found, with bounds (None where open) and a first guess.

    Of an eigenvalue ``modes`` is how many are asked for, and ``mode`` the place of this one among
    them, counted from the guess.
    """

    symbol: sp.Symbol
    lower: sp.Expr | None
    upper: sp.Expr | None
    guess: sp.Expr
    span: Span
    modes: int = 1
    mode: int = 1


@dataclass(frozen=True)
class Law:
    """Equations that hold at a place.

    Args:
        label: unique name, such as ``eq``, ``bc.2`` or ``momentum``.
        equations: left and right sides, a pair for each scalar component.
        residuals: left minus right, a scalar expression for each component.
        sigma: of a fit that states the noise of its data, one standard deviation of each
            component, of parameters, coordinates and columns of its table; else empty.
    """

    kind: LawKind
    label: str
    equations: tuple[tuple[sp.Expr, sp.Expr], ...]
    residuals: tuple[sp.Expr, ...]
    place: Place
    span: Span
    sigma: tuple[sp.Expr, ...] = ()

    @property
    def row_labels(self) -> tuple[str, ...]:
        """A name for each scalar equation: ``mass``, or ``momentum[1]``, ``momentum[2]``."""
        count = len(self.residuals)
        return tuple(f"{self.label}[{i + 1}]" for i in range(count)) if count > 1 else (self.label,)


@dataclass(frozen=True)
class Periodicity:
    """The named fields live on the torus in one coordinate."""

    label: str
    fields: tuple[str, ...]
    axis: sp.Symbol
    period: sp.Expr
    span: Span


@dataclass(frozen=True)
class Reference:
    """A known solution as numbers: field component to column of the table."""

    table: Table
    columns: tuple[tuple[AppliedUndef, str], ...]
    span: Span


Written = Mapping[tuple[str, tuple[sp.Expr, ...]], tuple[sp.Expr, ...]]
"""Label and residuals of laws to the residuals with derivatives of products as they are written."""


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """One spec, understood. See the module docstrings of `places` and `expressions`.

    ``lints`` are the findings of the checks that do not keep it from being solved, ``division``
    says what the parts of a divided problem are, ``written`` reads the laws again, see
    `residuals_as_written`. ``units`` are names with their units of the SI, empty where the file has
    none; numbers of the problem are in these.
    """

    title: str
    source: Source
    parameters: tuple[Parameter, ...]
    ranges: tuple[Interval, ...]
    domains: tuple[Domain, ...]
    regions: tuple[tuple[str, Region], ...]
    interfaces: tuple[Interface, ...]
    time: Interval | None
    fields: tuple[Field, ...]
    numbers: tuple[UnknownNumber, ...]
    laws: tuple[Law, ...]
    periodicities: tuple[Periodicity, ...]
    tables: tuple[Table, ...]
    exact: tuple[tuple[sp.Expr, sp.Expr], ...]
    references: tuple[Reference, ...]
    outputs: tuple[Output, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    overrides: tuple[tuple[str, float], ...] = ()
    lints: tuple[Diagnostic, ...] = ()
    division: Division | None = None
    rebuild: Callable[[Mapping[str, float]], Problem] | None = field(default=None, repr=False)
    written: Callable[[], Written] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        fields = ", ".join(f"{f.name}({', '.join(map(str, f.arguments))})" for f in self.fields)
        numbers = "".join(f", {n.symbol}" for n in self.numbers)
        laws = ", ".join(law.label for law in self.laws)
        return f"<Problem {self.title!r}: unknown {fields}{numbers}; laws {laws}>"

    def _repr_latex_(self) -> str:
        """The laws, as notebooks show them."""
        from .latex import problem_latex

        return f"$$\n{problem_latex(self)}$$"

    def residuals_as_written(self, law: Law) -> tuple[sp.Expr, ...]:
        """The residuals of a law with div(a*grad(u)) as it is written, where that is known.

        Derivatives of products are `sympy.Derivative` of these, not worked out.
        """
        found = self.written() if self.written else {}
        return found.get((law.label, law.residuals), law.residuals)

    def with_params(self, **values: float) -> Problem:
        """The same spec with other parameter values; every check is made again.

        Raises:
            UserError: a name is not a parameter (E803), or a law no longer makes sense.
        """
        assert self.rebuild is not None
        return self.rebuild(dict(self.overrides) | values)

    @property
    def parameter_values(self) -> dict[sp.Symbol, sp.Expr]:
        """Parameter symbol to its exact value, free of other parameters."""
        return {p.symbol: p.definition for p in self.parameters}

    def substitute(self, expression: sp.Expr) -> sp.Expr:
        """The expression with parameters replaced by their values."""
        return expression.xreplace(self.parameter_values)

    def number(self, expression: sp.Expr) -> float:
        """Value of an expression of parameters alone."""
        known, asked = self._numbers, sp.sympify(expression)
        if asked not in known:
            known[asked] = float(evaluate(self.substitute(asked)))
        return known[asked]

    @cached_property
    def _numbers(self) -> dict[sp.Expr, float]:
        """Values that were asked for: ends of intervals are, hundreds of times."""
        return {}

    @property
    def meshes(self) -> tuple[MeshBody, ...]:
        """Bodies of files in the sets, each once."""
        sets = (*(region for _, region in self.regions), *(d.region for d in self.domains))
        primitives = (own for region in sets for own in region.primitives())
        still = (own.still if isinstance(own, Moved) else own for own in primitives)
        return tuple(dict.fromkeys(own for own in still if isinstance(own, MeshBody)))

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """Names of all inputs: space coordinates, time, parameters with a range."""
        return tuple(symbol.name for symbol in self.inputs)

    @property
    def inputs(self) -> tuple[sp.Symbol, ...]:
        """All input symbols: space coordinates, time, parameters with a range."""
        space = dict.fromkeys(s for domain in self.domains for s in domain.coordinates)
        time = [self.time.symbol] if self.time else []
        return (*space, *time, *(r.symbol for r in self.ranges))

    @property
    def components(self) -> tuple[AppliedUndef, ...]:
        """All scalar components of all fields."""
        return tuple(c for f in self.fields for c in f.components)

    def domain(self, name: str | None) -> Domain:
        """The domain of that name.

        Raises:
            KeyError: no such domain.
        """
        named: dict[str | None, Domain] = {domain.name: domain for domain in self.domains}
        return named[name]

    def interface(self, name: str) -> Interface:
        """The interface of that name.

        Raises:
            KeyError: no such interface.
        """
        return {interface.name: interface for interface in self.interfaces}[name]

    def law(self, label: str) -> Law:
        """The law with that label.

        Raises:
            KeyError: no such law.
        """
        return {law.label: law for law in self.laws}[label]

    def periodic_axes(self, component: AppliedUndef) -> dict[sp.Symbol, sp.Expr]:
        """Coordinates in which a component is periodic, with their periods."""
        owner = next(f.name for f in self.fields if component in f.components)
        return {p.axis: p.period for p in self.periodicities if owner in p.fields}
