"""The subdomains of an interval, and what the expressions of a problem become on one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Box, Domain, DomainIntegral, Problem

Values = Mapping[str, float | sp.Expr]

_PROBES = 65  # points of a subdomain at which conditions on x are compared: a choice


@dataclass(frozen=True)
class Subdomain:
    """A part of the interval.

    Args:
        number: from 1.
        domain: its name and interval.
        ends: lower and upper end, in numbers.
        components: components of the problem that depend on x to those of this part.
        values: parameters that have a value of their own on this part.
        parameters: all parameters with their values on this part.
    """

    number: int
    domain: Domain
    ends: tuple[float, float]
    components: Mapping[AppliedUndef, AppliedUndef]
    values: Mapping[sp.Symbol, sp.Expr]
    parameters: Mapping[sp.Symbol, sp.Expr]

    @property
    def x(self) -> sp.Symbol:
        """The coordinate."""
        return self.domain.coordinates[0]

    def of(self, expression: sp.Expr) -> sp.Expr:
        """An expression of the problem in the fields and values of this part.

        Integrals stay as they are. Cases and jumps in x are replaced by what they are inside the
        part, so that at its ends an expression has its limit from inside.
        """
        functions = {old.func: new.func for old, new in self.components.items()}
        return self._rewrite(expression, functions)

    def _rewrite(self, e: sp.Basic, functions: Mapping[sp.Basic, sp.Basic]) -> sp.Basic:
        if isinstance(e, DomainIntegral):
            return e  # over a domain of its own, whose values and cases are not those of this part
        if e in self.values:
            return self.values[e]
        args = tuple(self._rewrite(a, functions) for a in e.args)
        if isinstance(e, AppliedUndef) and e.func in functions:
            return functions[e.func](*args)
        new = e if args == e.args else e.func(*args)
        if isinstance(new, sp.Heaviside | sp.sign):
            return self._inside(new)
        if isinstance(new, sp.Piecewise):
            return sp.Piecewise(*((value, self._inside(where)) for value, where in new.args))
        return new

    def _inside(self, switch: sp.Basic) -> sp.Basic:
        """A condition or jump as it is at all points of the part; itself where it changes."""
        plain = switch.xreplace(self.parameters)
        if plain.free_symbols != {self.x}:
            return switch
        points = np.linspace(*self.ends, _PROBES + 2)[1:-1]
        found = {plain.subs(self.x, float(point)) for point in points}
        return found.pop() if len(found) == 1 else switch


def subdomain(
    problem: Problem, number: int, lower: sp.Expr, upper: sp.Expr, values: Values
) -> Subdomain:
    """The part [lower, upper] of the one domain of a problem, with parameters of its own by name.

    Raises:
        ValueError: there is no such parameter.
    """
    (whole,) = problem.domains
    domain = replace(
        whole, name=numbered(problem, whole.name, number), region=Box(((lower, upper),))
    )
    components = {}
    for field in problem.fields:
        if whole.coordinates[0] in field.arguments:
            name = numbered(problem, field.name, number)
            for c in field.components:
                own = name + str(c.func).removeprefix(field.name)
                components[c] = sp.Function(own, real=True)(*c.args)
    symbols = {p.symbol.name: p.symbol for p in problem.parameters}
    if unknown := [name for name in values if name not in symbols]:
        raise ValueError(f"expected parameters of the problem, got {', '.join(unknown)}")
    own_values = {symbols[name]: sp.sympify(value) for name, value in values.items()}
    ends = problem.number(lower), problem.number(upper)
    parameters = {**problem.parameter_values, **own_values}
    return Subdomain(number, domain, ends, components, own_values, parameters)


def numbered(problem: Problem, name: str, number: int) -> str:
    """``u1`` for the first part of u; with a ``p`` behind it where that is the name of another."""
    known = {d.name for d in problem.domains} | {f.name for f in problem.fields}
    known |= {p.symbol.name for p in problem.parameters} | {str(s) for s in problem.inputs}
    known |= {n.symbol.name for n in problem.numbers}
    wanted = f"{name}{number}"
    while wanted in known:
        wanted += "p"
    return wanted
