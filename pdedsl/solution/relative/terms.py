"""The terms of a law: its additive parts, what is known of them, and its slope in every field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import slopes_of
from pdedsl.ir import DomainIntegral, Law, Problem


@dataclass(frozen=True)
class Slope:
    """∂r/∂a for a field, or a derivative of one, in a residual.

    Args:
        component: the field's component.
        orders: how often it is differentiated, by input.
        value: ∂r/∂a, an expression of the law; None under an integral, where it counts as 1.
        domain: of the integral that it stands under, else empty.
    """

    component: AppliedUndef
    orders: tuple[tuple[sp.Symbol, int], ...]
    value: sp.Expr | None
    domain: str = ""

    @property
    def plain(self) -> bool:
        """Whether the field itself is meant, and no derivative."""
        return not self.orders


@dataclass(frozen=True)
class Row:
    """One scalar residual r = known + Σ unknown.

    Args:
        residual: r.
        known: all terms without a field or an unknown number, together.
        unknown: the others, one by one.
        slopes: of r, one for each field and derivative in it.
    """

    residual: sp.Expr
    known: sp.Expr
    unknown: tuple[sp.Expr, ...]
    slopes: tuple[Slope, ...]


def rows_of(problem: Problem, law: Law) -> tuple[Row, ...]:
    """The rows of a law, with the values of parameters put in."""
    components = {c.func: c for c in problem.components}
    numbers = {n.symbol for n in problem.numbers}
    return tuple(_row(problem.substitute(r), components, numbers) for r in law.residuals)


def _row(
    residual: sp.Expr, components: dict[sp.Basic, AppliedUndef], numbers: set[sp.Symbol]
) -> Row:
    terms = sp.Add.make_args(residual)
    unknown = tuple(t for t in terms if _has_unknown(t, components, numbers))
    known = sp.Add(*(t for t in terms if not _has_unknown(t, components, numbers)))
    return Row(residual, known, unknown, tuple(_slopes(residual, components)))


def _has_unknown(
    term: sp.Expr, components: dict[sp.Basic, AppliedUndef], numbers: set[sp.Symbol]
) -> bool:
    fields = any(node.func in components for node in term.atoms(AppliedUndef))
    return fields or bool(term.atoms(sp.Symbol) & numbers)


def _slopes(residual: sp.Expr, components: dict[sp.Basic, AppliedUndef]) -> Iterable[Slope]:
    integrals = residual.atoms(DomainIntegral)
    for integral in sorted(integrals, key=sp.default_sort_key):
        for atom in _atoms(integral.integrand, components):
            yield Slope(*_described(atom, components), None, integral.domain)
    outer = residual.xreplace({node: sp.Dummy(real=True) for node in integrals})
    atoms = _atoms(outer, components)
    dummies = {atom: sp.Dummy(real=True) for atom in atoms}
    # The derivatives first: a field stands inside them too.
    order = sorted(atoms, key=lambda a: isinstance(a, AppliedUndef))
    plain = outer
    for atom in order:
        plain = plain.xreplace({atom: dummies[atom]})
    back = {dummy: atom for atom, dummy in dummies.items()}
    hidden = {node: 0 for node in plain.atoms(sp.Dummy) if node not in back}
    slopes = slopes_of(plain, list(back))
    for atom in atoms:
        value = slopes[dummies[atom]].xreplace(hidden).xreplace(back)
        yield Slope(*_described(atom, components), value)


def _atoms(expression: sp.Expr, components: dict[sp.Basic, AppliedUndef]) -> list[sp.Expr]:
    """Derivatives of fields, also at other points, and fields that stand alone."""
    found: list[sp.Expr] = []

    def visit(node: sp.Basic) -> None:
        if isinstance(node, sp.Derivative | sp.Subs) or (
            isinstance(node, AppliedUndef) and node.func in components
        ):
            inner = {n.func for n in node.atoms(AppliedUndef)}
            if inner & components.keys() and node not in found:
                found.append(node)
            return
        for child in node.args:
            visit(child)

    visit(expression)
    return found


def _described(
    atom: sp.Expr, components: dict[sp.Basic, AppliedUndef]
) -> tuple[AppliedUndef, tuple[tuple[sp.Symbol, int], ...]]:
    field = next(n for n in sp.preorder_traversal(atom)
                 if isinstance(n, AppliedUndef) and n.func in components)  # fmt: skip
    component = components[field.func]
    orders: dict[sp.Symbol, int] = {}
    for node in atom.atoms(sp.Derivative):
        for symbol, count in node.variable_count:
            # At another point the variable may be a name of its own, in the place of an argument.
            own = symbol if symbol in component.args else _argument(node, symbol, component)
            orders[own] = orders.get(own, 0) + int(count)
    return component, tuple(orders.items())


def _argument(node: sp.Derivative, symbol: sp.Symbol, component: AppliedUndef) -> sp.Symbol:
    inner = node.expr
    places = [k for k, a in enumerate(inner.args) if a == symbol]
    return component.args[places[0]] if places else component.args[0]
