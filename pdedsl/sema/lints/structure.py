"""What several lints ask: orders of derivatives, coupled components, conditions and fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from pdedsl.ir import Domain, Field, Global, Interior, Law, OnData, OnInterface, Problem


@dataclass(frozen=True)
class Equation:
    """One scalar residual of a law, with parameters replaced by their values."""

    law: Law
    residual: sp.Expr
    functions: frozenset[UndefinedFunction]


@dataclass(frozen=True)
class Group:
    """Components of fields that interior laws couple, and those laws."""

    components: tuple[AppliedUndef, ...]
    equations: tuple[Equation, ...]

    @cached_property
    def functions(self) -> frozenset[UndefinedFunction]:
        """The components without their arguments."""
        return frozenset(c.func for c in self.components)

    @property
    def names(self) -> str:
        """The components as the user writes them: ``u and v[1]``."""
        return listed(str(c.func) for c in self.components)

    def order(self, component: AppliedUndef, axis: sp.Symbol) -> int:
        """Highest order of the component's derivatives in one coordinate."""
        return max((order(e.residual, component.func, axis) for e in self.equations), default=0)

    def highest(self, axis: sp.Symbol) -> int:
        """Highest order of any component in one coordinate."""
        return max(self.order(c, axis) for c in self.components)


@lru_cache(maxsize=2)
def equations(problem: Problem) -> tuple[Equation, ...]:
    """All scalar residuals of all laws in order."""
    own = {c.func for c in problem.components}
    found = []
    for law in problem.laws:
        for residual in law.residuals:
            plain = problem.substitute(residual)
            used = frozenset({a.func for a in plain.atoms(AppliedUndef)} & own)
            found.append(Equation(law, plain, used))
    return tuple(found)


def interior(problem: Problem) -> tuple[Equation, ...]:
    """The scalar equations that hold inside domains, or at all times."""
    return tuple(e for e in equations(problem) if isinstance(e.law.place, Interior))


def elsewhere(problem: Problem) -> tuple[Equation, ...]:
    """The scalar conditions: all that are not `interior`."""
    return tuple(e for e in equations(problem) if not isinstance(e.law.place, Interior))


@lru_cache(maxsize=2)
def groups(problem: Problem) -> tuple[Group, ...]:
    """Components that stand together in interior laws, in the order of declaration."""
    label = {c.func: i for i, c in enumerate(problem.components)}
    for equation in interior(problem):
        joined = {label[f] for f in equation.functions}
        if joined:
            label = {f: min(joined) if n in joined else n for f, n in label.items()}
    found = []
    for number in sorted(set(label.values())):
        members = tuple(c for c in problem.components if label[c.func] == number)
        own = {c.func for c in members}
        found.append(Group(members, tuple(e for e in interior(problem) if e.functions & own)))
    return tuple(found)


def joined_on(problem: Problem, domain: Domain) -> list[Group]:
    """The same, with those as one that conditions join, as dn(u) = v does: they count for both."""
    joined: list[list[Group]] = [[g] for g in groups_on(problem, domain)]
    for condition in elsewhere(problem):
        if isinstance(condition.law.place, OnInterface | OnData | Global):
            continue
        met = [own for own in joined if any(g.functions & condition.functions for g in own)]
        if len(met) > 1:
            joined = [own for own in joined if own not in met] + [[g for own in met for g in own]]
    return [
        Group(tuple(c for g in own for c in g.components),
              tuple(e for g in own for e in g.equations))
        for own in joined
    ]  # fmt: skip


def groups_on(problem: Problem, domain: Domain) -> list[Group]:
    """The groups whose fields live on a domain."""
    return [
        g for g in groups(problem) if owner(problem, g.components[0].func).domain == domain.name
    ]


def order(expression: sp.Basic, function: UndefinedFunction, axis: sp.Symbol) -> int:
    """Highest order in ``axis`` of the derivatives of one function."""
    return _orders(expression).get((function, axis), 0)


def is_differentiated(expression: sp.Basic, function: UndefinedFunction) -> bool:
    """Whether a derivative of a function occurs."""
    return any(own == function for own, _ in _orders(expression))


@lru_cache(maxsize=64)
def _orders(expression: sp.Basic) -> dict[tuple[UndefinedFunction, sp.Symbol], int]:
    found: dict[tuple[UndefinedFunction, sp.Symbol], int] = {}
    for node in expression.atoms(sp.Derivative):
        for applied in node.expr.atoms(AppliedUndef):
            for symbol, count in node.variable_count:
                key = (applied.func, symbol)
                found[key] = max(found.get(key, 0), int(count))
    return found


def owner(problem: Problem, function: UndefinedFunction) -> Field:
    """The field that a component belongs to."""
    return next(f for f in problem.fields if function in {c.func for c in f.components})


def fitted(problem: Problem, group: Group) -> bool:
    """Whether data are fitted to some component of the group."""
    return any(e.law.kind == "fit" and e.functions & group.functions for e in equations(problem))


def listed(names: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    items = list(names)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
