"""The pieces of sympy that laws are made of, beyond sympy's own functions.

A field u(x, t) is the applied undefined function ``u(x, t)``; the components of a vector
unknown ``v`` are named ``v[1]``, ``v[2]``. Derivatives are `sympy.Derivative`. A field at
another point, as in ``u(x=0)``, is ``u(0, t)`` (for a derivative, `sympy.Subs`). A column
``wake.vx`` of a table is the undefined function of that name, applied to the coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef


class DomainIntegral(sp.Function):
    """∫ integrand over a named domain.

    Arguments: the integrand, the domain's symbol, and a tuple of the domain's coordinates,
    which are bound: the integral does not depend on them. ``of`` builds one so that its text
    stays stable.
    """

    nargs = (3,)

    @classmethod
    def of(
        cls, integrand: sp.Expr, domain: str, coordinates: Iterable[sp.Symbol]
    ) -> DomainIntegral:
        """The integral of an expression over the domain of that name and coordinates."""
        return cls(integrand, sp.Symbol(domain), sp.Tuple(*coordinates))

    @property
    def integrand(self) -> sp.Expr:
        """The expression under the integral."""
        return self.args[0]

    @property
    def domain(self) -> str:
        """Name of the domain."""
        return str(self.args[1])

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Those of the integrand but the coordinates of the domain."""
        return self.args[0].free_symbols - set(self.args[2])

    def _eval_derivative(self, symbol: sp.Symbol) -> Any:
        if symbol not in self.free_symbols:
            return sp.S.Zero
        return DomainIntegral(sp.diff(self.args[0], symbol), *self.args[1:])

    def _eval_is_real(self) -> bool:
        return True


def coordinate(name: str) -> sp.Symbol:
    """The real symbol of a coordinate, parameter or unknown number."""
    return sp.Symbol(name, real=True)


def normal(axis: int) -> sp.Symbol:
    """Component of the outward unit normal along an axis (from 1)."""
    return sp.Symbol(f"n[{axis}]", real=True)


def is_normal(symbol: sp.Symbol) -> bool:
    """Whether the symbol is a component of the normal."""
    return symbol.name.startswith("n[")


def field_atoms(expression: sp.Basic) -> list[AppliedUndef]:
    """All applied fields and columns in an expression, in a stable order."""
    return sorted(expression.atoms(AppliedUndef), key=sp.default_sort_key)


def derivative_order(expression: sp.Basic, symbol: sp.Symbol | None = None) -> int:
    """Highest order of a derivative in the expression, in one symbol or in all together."""
    orders = [0]
    for node in expression.atoms(sp.Derivative):
        counts = dict(node.variable_count)
        orders.append(sum(counts.values()) if symbol is None else counts.get(symbol, 0))
    return int(max(orders))
