"""Laws that give a field a value."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.ir import Law

from .coefficients import coefficients


@dataclass(frozen=True)
class Given:
    """A value g of a component, from a law α·(u − g) = 0."""

    law: Law
    component: AppliedUndef
    value: sp.Expr


def given(residual: sp.Expr, law: Law, components: tuple[AppliedUndef, ...]) -> Given | None:
    """The value that a residual gives to one component, where it does."""
    found = coefficients(residual)
    if len(found) != 1:
        return None
    (node, factor) = next(iter(found.items()))
    if node not in components or factor == 0 or factor.atoms(AppliedUndef):
        return None
    return Given(law, node, -residual.xreplace({node: sp.S.Zero}) / factor)
