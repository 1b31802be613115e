"""From the expressions of a law to what has to be evaluated.

Every field, derivative, integral, column, normal and unknown number in an expression becomes a
plain symbol, an input of the generated function. Fields are grouped by network and by site (the
arguments that they are evaluated at); for each site one jet gives all its derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import DomainIntegral, Problem, is_normal
from pdedsl.models import JetTable, jet_table
from pdedsl.models.jets.multiindices import MultiIndex

from .collapse import collapse
from .constants import NotTranslatable
from .groups import Group
from .helpers import NAMESPACE
from .items import Column, Coordinate, Derivative, Input, Integral, Normal, Number, Site, Sum
from .names import Names
from .random_directions import Estimate
from .torch_code import Code, generate


@dataclass(frozen=True)
class Plan:
    """What a tuple of expressions needs.

    Args:
        inputs: identifier and meaning of each argument of the generated function.
        sites: each site with the table of its jet.
        site_code: for a site with computed arguments, a function of all inputs of the problem.
        code: the generated function.
        results: its results as expressions in the identifiers.
        estimates: the sites whose sum of second derivatives is estimated; see `estimators`.
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
        items = dict(self.inputs).items()
        if any(isinstance(i, Number) for _, i in items):
            return False
        if any(isinstance(i, Integral) and not i.integrand.affine for _, i in items):
            return False
        fields = [sp.Symbol(n, real=True) for n, i in items if isinstance(i, Derivative | Integral)]
        slopes = [sp.diff(r, s) for r in self.results for s in fields]
        return not any(s.has(*fields) for s in slopes) if fields else True

    @property
    def texts(self) -> list[str]:
        """Generated source, integrands first."""
        inner = [t for _, i in self.inputs if isinstance(i, Integral) for t in i.integrand.texts]
        return [*inner, *(c.text for c in self.site_code if c), self.code.text]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of tables among the inputs."""
        return tuple(i for _, i in self.inputs if isinstance(i, Column))


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
    order = sorted(inputs, key=lambda s: (_KINDS.index(type(inputs[s])), _sort_key(inputs[s], s)))
    named = tuple((s, inputs[s]) for s in order)
    sites = _tables(inputs)
    moved = tuple(arguments_code(s.arguments, problem.inputs) for s, _ in sites)
    active = [s for s, i in named if isinstance(i, Derivative | Number | Integral)]
    code = generate(Names(NAMESPACE).new(name), order, results, active, notes)
    return Plan(named, sites, moved, code, tuple(results))


_KINDS: list[type] = [Coordinate, Normal, Column, Number, Derivative, Integral]


def _sort_key(item: Input, name: str) -> tuple[object, ...]:
    if isinstance(item, Coordinate):
        return (item.column, name)
    return (0, name)


def _tables(inputs: dict[str, Input]) -> tuple[tuple[Site, JetTable], ...]:
    found: dict[Site, tuple[set[MultiIndex], set[Sum]]] = {}
    for item in inputs.values():
        if isinstance(item, Derivative):
            single, sums = found.setdefault(item.site, (set(), set()))
            (sums if item.collapsed else single).add(item.index)  # type: ignore[arg-type]
    return tuple(
        (site, jet_table(len(site.arguments), frozenset(single), tuple(sorted(sums))))
        for site, (single, sums) in sorted(found.items(), key=lambda p: _site_key(p[0]))
    )


def _site_key(site: Site) -> tuple[int, str]:
    return site.group, str(site.arguments)


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
