"""The operator of every law of a problem, and the system of each domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Global, Interior, Law, Problem, Slice, Substitution, TooLargeError

from .frechet import frechet
from .normal_form import NonlinearError, NonlocalError, normal_form
from .operator import LinearOperator
from .state import State, linearisation_state

Residuals = tuple[sp.Expr, ...]

_TOO_LARGE = "its derivatives are too large to be written out"


@dataclass(frozen=True)
class LawOperator:
    """A law as L u + g = 0.

    Args:
        law: the law.
        operator: L, a row for each scalar equation and a column for each component of the
            problem, in all its inputs; None for a law that has none.
        known: g for each row. For a linearised law it is F(s) − L s.
        linear: whether the law is linear in the fields; if not, L is its derivative at a
            state. False where there is no operator.
        reason: why it has no operator, in words; empty where it has one.
    """

    law: Law
    operator: LinearOperator | None
    known: tuple[sp.Expr, ...]
    linear: bool
    reason: str


@dataclass(frozen=True)
class SystemOperator:
    """The equations that hold inside a domain, one below the other.

    Args:
        domain: its name; None for ordinary differential equations.
        labels: a name for each row: that of its law, numbered where the law has several.
        operator: columns are the components that occur in the equations; coordinates those
            inputs that these components depend on.
        linear: whether all of the equations are linear in the fields.
        left_out: equations of the domain that have no operator.
    """

    domain: str | None
    labels: tuple[str, ...]
    operator: LinearOperator
    linear: bool
    left_out: tuple[LawOperator, ...] = ()


def law_operators(problem: Problem, state: State | None = None) -> tuple[LawOperator, ...]:
    """The operator of each law, in order; parameters and unknown numbers stay symbols.

    Args:
        problem: the problem.
        state: where nonlinear laws are linearised; None for `linearisation_state`.
    """
    state = state or linearisation_state(problem)
    return tuple(_law_operator(problem, law, state) for law in problem.laws)


def _law_operator(problem: Problem, law: Law, state: State) -> LawOperator:
    own = {c.func for c in problem.components}
    if not any(a.func in own for r in law.residuals for a in r.atoms(AppliedUndef)):
        return _without(law, "it is about unknown numbers alone, not about a function")
    residuals = _at_their_place(problem, law)
    try:
        return _linear(problem, law, residuals) or _linearised_law(problem, law, residuals, state)
    except NonlocalError as error:
        return _without(law, f"{error}: no differential operator does that")
    except TooLargeError:
        return _without(law, _TOO_LARGE)


def _without(law: Law, reason: str) -> LawOperator:
    return LawOperator(law, None, (), False, reason)


def _at_their_place(problem: Problem, law: Law) -> Residuals:
    """The residuals with u for u(x=0) and u_x for u_x(x=0) in a law that holds at x = 0."""
    fixed = dict(law.place.fixed) if isinstance(law.place, Slice | Global) else {}
    if not fixed:
        return law.residuals
    moved = {
        c.func(*(fixed.get(s, s) for s in c.args)): c
        for c in problem.components
        if any(s in fixed for s in c.args)
    }
    here = {n: n.expr for r in law.residuals for n in r.atoms(sp.Subs) if _is_at(n, fixed)}
    return tuple(r.xreplace(here).xreplace(moved) for r in law.residuals)


def _is_at(node: sp.Subs, fixed: Mapping[sp.Symbol, sp.Expr]) -> bool:
    return all(fixed.get(s) == p for s, p in zip(node.variables, node.point, strict=True))


def _linear(problem: Problem, law: Law, given: Residuals) -> LawOperator | None:
    """The normal form; with the values of parameters where it is linear for these alone."""
    for residuals in (given, tuple(problem.substitute(r) for r in given)):
        try:
            operator, known = normal_form(residuals, problem.components, problem.inputs)
        except NonlinearError:
            continue
        return LawOperator(law, operator, known, True, "")
    return None


def _linearised_law(problem: Problem, law: Law, residuals: Residuals, state: State) -> LawOperator:
    operator = frechet(residuals, problem.components, problem.inputs, state.values)
    values = [state.values[c] for c in problem.components]
    put = Substitution(state.values.items())
    pairs = zip(residuals, operator.apply(values), strict=True)
    known = tuple(put(residual) - image for residual, image in pairs)
    if any(e.has(sp.nan, sp.zoo, sp.oo) for _, e in operator.terms()):
        return _without(law, f"it is not linear and has no derivative at {state.text}")
    return LawOperator(law, operator, known, False, "")


def system_operators(problem: Problem, state: State | None = None) -> tuple[SystemOperator, ...]:
    """The equations of each domain that has any, as one operator.

    Args:
        problem: the problem.
        state: where nonlinear laws are linearised; None for `linearisation_state`.
    """
    return systems(problem, law_operators(problem, state))


def systems(problem: Problem, found: Sequence[LawOperator]) -> tuple[SystemOperator, ...]:
    """`system_operators` from the laws' operators."""
    groups: dict[str | None, list[LawOperator]] = {}
    for item in found:
        if item.law.kind == "eq" and isinstance(item.law.place, Interior):
            groups.setdefault(item.law.place.domain, []).append(item)
    made = (_system(problem, domain, items) for domain, items in groups.items())
    return tuple(system for system in made if system is not None)


def _system(
    problem: Problem, domain: str | None, items: Sequence[LawOperator]
) -> SystemOperator | None:
    kept = [item for item in items if item.operator is not None]
    if not kept:
        return None
    residuals = [r for item in kept for r in item.law.residuals]
    atoms = {a for r in residuals for a in r.atoms(AppliedUndef)}
    columns = [j for j, c in enumerate(problem.components) if c in atoms]
    used = {s for j in columns for s in problem.components[j].args}
    axes = [k for k, s in enumerate(problem.inputs) if s in used]
    rows = tuple(row for item in kept if item.operator for row in item.operator.rows)
    names = tuple(str(c.func) for c in problem.components)
    operator = LinearOperator(problem.inputs, names, rows).restricted(columns, axes)
    labels = tuple(label for item in kept for label in item.law.row_labels)
    left_out = tuple(item for item in items if item.operator is None)
    linear = all(item.linear for item in kept)
    return SystemOperator(domain, labels, operator, linear, left_out)
