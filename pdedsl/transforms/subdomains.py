"""The parts of a box, and what the expressions of a problem become on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import prod

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.calculus.zero import KINKED
from pdedsl.ir import Box, Domain, DomainIntegral, NotNumericError, Problem, evaluate
from pdedsl.ir.special import floor

Values = Mapping[str, float | sp.Expr]
Cuts = Mapping[sp.Symbol, Sequence[sp.Expr]]
"""Input to the ascending positions where it is cut."""

_BESIDE = 1e-9  # of a side: as near to its ends as a switch is looked for
_PROBES = np.concatenate([[_BESIDE], np.linspace(0, 1, 1026)[1:-1], [1 - _BESIDE]])
"""Points of a subdomain at which conditions on x are compared: a choice."""
_SWITCHES = (sp.Heaviside, sp.sign, floor, Relational)
_NEAR = 1e-12  # of the largest value: what is rounding beside 0


@dataclass(frozen=True)
class Subdomain:
    """A part of the box.

    Args:
        number: from 1.
        place: input that is cut to the number of its piece, from 0.
        ends: input that is cut to the lower and upper end of the piece, in numbers.
        wholes: the same to both ends of its whole interval.
        domain: its name and box; time is one of its coordinates where it is cut.
        components: components of the problem that depend on what is cut to those of this part.
        values: parameters that have a value of their own on this part.
        parameters: all parameters with their values on this part.
    """

    number: int
    place: Mapping[sp.Symbol, int]
    ends: Mapping[sp.Symbol, tuple[float, float]]
    wholes: Mapping[sp.Symbol, tuple[float, float]]
    domain: Domain
    components: Mapping[AppliedUndef, AppliedUndef]
    values: Mapping[sp.Symbol, sp.Expr]
    parameters: Mapping[sp.Symbol, sp.Expr]

    def of(self, expression: sp.Expr) -> sp.Expr:
        """An expression of the problem in the fields and values of this part.

        Integrals stay as they are. Cases and jumps in an input that is cut are replaced by what
        they are inside the part, so that at its ends an expression has its limit from inside.
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
        if isinstance(new, sp.Abs):
            sign = self._inside(sp.sign(new.args[0]))
            return sign * new.args[0] if sign.is_number else new
        return self._inside(new) if isinstance(new, _SWITCHES) else new

    def _inside(self, switch: sp.Basic) -> sp.Basic:
        """A condition or jump as it is at all points of the part; itself where it changes."""
        plain = switch.xreplace(self.parameters)
        inputs = sorted(plain.free_symbols, key=str)
        if not inputs or not {*inputs} <= set(self.ends):
            return switch
        ends = [self.ends[x] for x in inputs]
        if len(ends) == 1:
            lower, upper = ends[0]
            points = (lower + (upper - lower) * _PROBES)[None]
        elif _keeps_its_sign(plain, inputs, ends):
            points = np.mean(ends, axis=1)[:, None]
        else:
            return switch
        try:
            values = np.unique(evaluate(plain, dict(zip(inputs, points, strict=True))))
        except NotNumericError:
            return switch
        if len(values) != 1 or not np.isfinite(values[0]):
            return switch
        constant = values[0].item()
        return sp.sympify(constant) if isinstance(constant, bool) else sp.nsimplify(constant)


def _keeps_its_sign(
    switch: sp.Basic, inputs: Sequence[sp.Symbol], ends: Sequence[tuple[float, float]]
) -> bool:
    """Whether what a condition or jump compares with 0 is linear in each input, and of one sign.

    Or, in a floor, between two whole numbers.

    Such a function has its extremes at the corners of a box, and their mean in its middle.
    """
    f = switch.lhs - switch.rhs if isinstance(switch, Relational) else switch.args[0]
    if f.has(AppliedUndef, *KINKED) or any(sp.expand(sp.diff(f, x, 2)) != 0 for x in inputs):
        return False
    corners = [float(f.subs(dict(zip(inputs, c, strict=True)))) for c in product(*ends)]
    near = _NEAR * max(map(abs, corners))
    if isinstance(switch, floor):
        return bool(np.floor(min(corners) + near) == np.ceil(max(corners) - near) - 1)
    return near > 0 and (min(corners) >= -near or max(corners) <= near)


def subdomains(
    problem: Problem, cuts: Cuts, values: Sequence[Values] = ()
) -> tuple[Subdomain, ...]:
    """The parts of a problem on at most one box, the pieces of the last input fastest.

    Args:
        problem: the problem.
        cuts: of coordinates or time.
        values: for each part, parameters that have a value of their own there, by name.

    Raises:
        ValueError: there is no such parameter, or there are not as many values as parts.
    """
    symbols = {p.symbol.name: p.symbol for p in problem.parameters}
    unknown = [name for own in values for name in own if name not in symbols]
    if unknown:
        raise ValueError(f"expected parameters of the problem, got {', '.join(unknown)}")
    pieces = {axis: _pieces(problem, axis, at) for axis, at in cuts.items()}
    count = prod(map(len, pieces.values()))
    if values and len(values) != count:
        raise ValueError(f"expected values for {count} subdomains, got {len(values)}")
    wholes = _numbers(problem, {axis: interval_of(problem, axis) for axis in cuts})
    parts: list[Subdomain] = []
    for place in product(*(range(len(found)) for found in pieces.values())):
        number = len(parts) + 1
        own = {axis: pieces[axis][k] for axis, k in zip(pieces, place, strict=True)}
        given = values[number - 1] if values else {}
        own_values = {symbols[name]: sp.sympify(value) for name, value in given.items()}
        parts.append(Subdomain(
            number, dict(zip(pieces, place, strict=True)),
            _numbers(problem, own), wholes,
            _domain(problem, number, own), dict(_components(problem, number, set(cuts))),
            own_values, {**problem.parameter_values, **own_values},
        ))  # fmt: skip
    return tuple(parts)


def neighbours(parts: Sequence[Subdomain]) -> Iterator[tuple[sp.Symbol, Subdomain, Subdomain]]:
    """Pairs of parts that share a face, each with the input that the face is across."""
    by_place = {tuple(part.place.values()): part for part in parts}
    for first in parts:
        for k, axis in enumerate(first.place):
            beside = tuple(n + (i == k) for i, n in enumerate(first.place.values()))
            if beside in by_place:
                yield axis, first, by_place[beside]


def interval_of(problem: Problem, axis: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """The ends of a coordinate of the one domain, or of time."""
    if problem.time is not None and axis == problem.time.symbol:
        return problem.time.lower, problem.time.upper
    return problem.domains[0].intervals[axis]


def numbered(problem: Problem, name: str, number: int) -> str:
    """``u1`` for the first part of u; with a ``p`` behind it where that is the name of another."""
    known = {d.name for d in problem.domains} | {f.name for f in problem.fields}
    known |= {p.symbol.name for p in problem.parameters} | {str(s) for s in problem.inputs}
    known |= {n.symbol.name for n in problem.numbers}
    wanted = f"{name}{number}"
    while wanted in known:
        wanted += "p"
    return wanted


def _numbers(
    problem: Problem, ends: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]
) -> dict[sp.Symbol, tuple[float, float]]:
    return {axis: (problem.number(a), problem.number(b)) for axis, (a, b) in ends.items()}


def _pieces(
    problem: Problem, axis: sp.Symbol, cuts: Sequence[sp.Expr]
) -> list[tuple[sp.Expr, sp.Expr]]:
    lower, upper = interval_of(problem, axis)
    return list(pairwise([lower, *cuts, upper]))


def _domain(
    problem: Problem, number: int, own: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]]
) -> Domain:
    """The box of a part; one of time alone is named after time."""
    whole = problem.domains[0] if problem.domains else None
    sides = dict(whole.intervals) if whole else {}
    sides |= own
    if whole is not None:
        name = numbered(problem, whole.name, number)
        region = Box(tuple(sides.values()))
        return replace(whole, name=name, coordinates=tuple(sides), region=region)
    assert problem.time is not None
    name = numbered(problem, problem.time.symbol.name.upper(), number)
    return Domain(name, tuple(sides), Box(tuple(sides.values())), problem.time.span)


def _components(
    problem: Problem, number: int, axes: set[sp.Symbol]
) -> Iterator[tuple[AppliedUndef, AppliedUndef]]:
    for field in problem.fields:
        if axes <= set(field.arguments):
            name = numbered(problem, field.name, number)
            for c in field.components:
                own = name + str(c.func).removeprefix(field.name)
                yield c, sp.Function(own, real=True)(*c.args)
