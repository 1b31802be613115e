"""From expressions to their plan.

Every field, derivative, integral, column, normal and unknown number in an expression becomes a
plain symbol, an input of the generated function. Fields are grouped by network and by site (the
arguments that they are evaluated at); for each site one jet gives all its derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Problem, is_normal
from pdedsl.models import JetTable, jet_table
from pdedsl.models.jets.multiindices import MultiIndex

from .collapse import collapse
from .constants import NotTranslatable
from .groups import Group
from .helpers import NAMESPACE
from .names import Names
from .plan import (
    Column,
    Coordinate,
    Derivative,
    DerivativeSum,
    Input,
    Integral,
    Normal,
    Number,
    Plan,
    Site,
    Sum,
)
from .torch_code import Code, generate


def plan(
    problem: Problem, groups: tuple[Group, ...], name: str, expressions: Sequence[sp.Basic]
) -> Plan:
    """Plan expressions whose parameters are already substituted.

    Args:
        problem: gives inputs, numbers and tables.
        groups: the networks that components belong to.
        name: wish for the name of the generated function.
        expressions: scalar expressions, or conditions on the coordinates.

    Raises:
        NotTranslatable: something that has no numerical form.
    """
    planner = _Planner(problem, groups)
    results = [planner.rewrite(e) for e in expressions]
    inputs, results, notes = collapse(planner.inputs, results)
    order = sorted(inputs, key=lambda name: _argument_key(name, inputs[name]))
    named = tuple((name, inputs[name]) for name in order)
    sites = _tables(inputs)
    site_code = tuple(arguments_code(site.arguments, problem.inputs) for site, _ in sites)
    active = [name for name, item in named if isinstance(item, _ACTIVE)]
    code = generate(Names(NAMESPACE).new(name), order, results, active, notes)
    return Plan(named, sites, site_code, code, tuple(results))


_ACTIVE = Number | Derivative | DerivativeSum | Integral  # what depends on θ
_ORDER: list[type] = [Coordinate, Normal, Column, Number, Derivative, Integral]


def _argument_key(name: str, item: Input) -> tuple[int, int, str]:
    """Where an argument of the generated function stands among the others."""
    kind = Derivative if isinstance(item, DerivativeSum) else type(item)
    column = item.column if isinstance(item, Coordinate) else 0
    return _ORDER.index(kind), column, name


def _tables(inputs: dict[str, Input]) -> tuple[tuple[Site, JetTable], ...]:
    found: dict[Site, tuple[set[MultiIndex], set[Sum]]] = {}
    for item in inputs.values():
        if isinstance(item, Derivative):
            found.setdefault(item.site, (set(), set()))[0].add(item.index)
        elif isinstance(item, DerivativeSum):
            found.setdefault(item.site, (set(), set()))[1].add(item.terms)
    order = sorted(found.items(), key=lambda pair: (pair[0].group, str(pair[0].arguments)))
    return tuple(
        (site, jet_table(len(site.arguments), frozenset(indices), tuple(sorted(sums))))
        for site, (indices, sums) in order
    )


class _Planner:
    """Replaces what is not arithmetic by symbols, and remembers what they mean."""

    def __init__(self, problem: Problem, groups: tuple[Group, ...]) -> None:
        self.problem = problem
        self.groups = groups
        self.inputs: dict[str, Input] = {}
        self._names = Names(NAMESPACE)
        self._symbols: dict[Input, sp.Symbol] = {}
        self._columns = {s: i for i, s in enumerate(problem.inputs)}
        self._numbers = {n.symbol: i for i, n in enumerate(problem.numbers)}
        self._owners = {
            name: (g, i)
            for g, group in enumerate(groups)
            for i, name in enumerate(group.components)
        }

    def rewrite(self, e: sp.Basic) -> sp.Basic:
        """The expression in symbols of the generated function."""
        if isinstance(e, sp.Symbol):
            return self._symbol(e)
        if isinstance(e, DomainIntegral):
            return self._integral(e)
        if isinstance(e, sp.Subs):
            return self._substituted(e)
        if isinstance(e, sp.Derivative):
            return self._derivative(e)
        if isinstance(e, AppliedUndef):
            return self._field(e, {})
        if not e.args:
            return e
        return e.func(*[self.rewrite(a) for a in e.args])

    def _input(self, item: Input, wish: str) -> sp.Symbol:
        if item not in self._symbols:
            name = self._names.new(wish)
            self._symbols[item] = sp.Symbol(name, real=True)
            self.inputs[name] = item
        return self._symbols[item]

    def _symbol(self, s: sp.Symbol) -> sp.Symbol:
        if s in self._columns:
            return self._input(Coordinate(self._columns[s]), s.name)
        if s in self._numbers:
            return self._input(Number(self._numbers[s]), s.name)
        if is_normal(s):
            return self._input(Normal(int(s.name[2:-1]) - 1), s.name)
        raise NotTranslatable(f"{s.name} has no value here")

    def _integral(self, e: DomainIntegral) -> sp.Symbol:
        if e.integrand.has(DomainIntegral):
            raise NotTranslatable("an integral inside an integral")
        name = f"integrand_{sum(isinstance(i, Integral) for i in self.inputs.values()) + 1}"
        inner = plan(self.problem, self.groups, name, [e.integrand])
        return self._input(Integral(e.domain, inner), f"integral_{e.domain}")

    def _derivative(self, e: sp.Derivative) -> sp.Basic:
        if isinstance(e.expr, AppliedUndef):
            return self._field(e.expr, {s: int(k) for s, k in e.variable_count})
        done = e.doit()
        if isinstance(done, sp.Derivative) and not isinstance(done.expr, AppliedUndef):
            raise NotTranslatable(f"the derivative of {done.expr}")
        return self.rewrite(done)

    def _substituted(self, e: sp.Subs) -> sp.Basic:
        """A derivative at another point, Subs(Derivative(u(x, t), x), x, 0)."""
        inner, change = e.expr, dict(zip(e.variables, e.point, strict=True))
        if isinstance(inner, sp.Derivative) and isinstance(inner.expr, AppliedUndef):
            counts = {s: int(k) for s, k in inner.variable_count}
            return self._field(inner.expr, counts, change)
        done = e.doit()
        if isinstance(done, sp.Subs):
            raise NotTranslatable(f"{e}")
        return self.rewrite(done)

    def _field(
        self,
        e: AppliedUndef,
        counts: dict[sp.Symbol, int],
        change: dict[sp.Symbol, sp.Expr] | None = None,
    ) -> sp.Symbol:
        name = e.func.__name__
        points = tuple(sp.sympify(a).xreplace(change or {}) for a in e.args)
        if name not in self._owners:
            if counts:
                raise NotTranslatable(f"a derivative of the column {name}")
            return self._input(Column(name, points), name.replace(".", "_"))
        index = [0] * len(e.args)
        for symbol, order in counts.items():
            if symbol not in e.args:
                raise NotTranslatable(f"the derivative of {e} in {symbol}")
            index[e.args.index(symbol)] = order
        group, output = self._owners[name]
        arguments = self.groups[group].arguments
        item = Derivative(Site(group, points), output, tuple(index))
        wish = name + "_" * any(index)
        wish += "".join(a.name * k for a, k in zip(arguments, index, strict=True))
        if points != arguments:
            moved = [p for p, a in zip(points, arguments, strict=True) if p != a]
            wish += "_at_" + "_".join(str(p) for p in moved)
        return self._input(item, wish)


def arguments_code(arguments: tuple[sp.Expr, ...], inputs: tuple[sp.Symbol, ...]) -> Code | None:
    """A function of all inputs for computed arguments; None where all are inputs or constants."""
    if all(a in inputs or a.is_number for a in arguments):
        return None
    names = Names(NAMESPACE)
    symbols = {s: sp.Symbol(names.new(s.name), real=True) for s in inputs}
    results = [a.xreplace(symbols) for a in arguments]
    return generate("site", [s.name for s in symbols.values()], results)
