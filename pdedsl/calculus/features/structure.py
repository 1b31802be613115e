"""Where a known expression may change fast, read off its functions.

The argument of a function varies slowly where the function itself does not: exp(-((x - c)/s)²) is
narrow where its exponent is largest, tanh((x - c)/s) steep where its argument is zero. A landmark
is such a slow function with what to look for: maxima (`Peak`) or zeros (`Front`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from pdedsl.ir import DomainIntegral
from pdedsl.ir.special import floor

_HIGH_POWER = 8
"""Powers from which (4x(1 - x))^p is narrower than a third of [0, 1], so that it counts."""


@dataclass(frozen=True)
class Peak:
    """Maxima of a function h.

    Args:
        part: the node that is narrow there.
        function: h.
        power: p of |h|^p for a power; 0 for exp(h).
    """

    part: sp.Expr
    function: sp.Expr
    power: float = 0.0

    def rate(self, value: float) -> float | None:
        """D log|node| / dh at a maximum of h; None where it is none of |h|^p."""
        if not self.power:
            return 1.0
        # |h| is largest where h is positive, and smallest (of a negative power) where negative.
        return abs(self.power / value) if self.power * value > 0 else None


@dataclass(frozen=True)
class Front:
    """Zeros of a function g.

    Args:
        part: the node that is steep there.
        function: g.
        sharp: whether it jumps or has a kink or a pole, however slow g is.
    """

    part: sp.Expr
    function: sp.Expr
    sharp: bool = False


Landmark = Peak | Front

_UNKNOWN = (AppliedUndef, sp.Derivative, sp.Subs, DomainIntegral)
_STEEP = (sp.tanh, sp.erf, sp.atan)
_SHARP = (sp.Abs, sp.sign, sp.Heaviside)


def known_parts(expression: sp.Basic, symbols: frozenset[sp.Symbol]) -> Iterator[sp.Expr]:
    """The largest parts of an expression that hold some of these symbols and nothing unknown."""
    if isinstance(expression, _UNKNOWN):
        return
    free = expression.free_symbols
    if not free & symbols:
        return
    if free <= symbols and not expression.has(*_UNKNOWN):
        yield expression
        return
    for argument in expression.args:
        yield from known_parts(argument, symbols)


def landmarks(expression: sp.Basic) -> list[Landmark]:
    """All landmarks of an expression of symbols alone, equal ones once."""
    found: dict[tuple[type, sp.Expr], Landmark] = {}
    for node in sp.preorder_traversal(expression):
        for mark in _of(node):
            if mark.function.free_symbols:
                found.setdefault((type(mark), mark.function), mark)
    return list(found.values())


def _of(node: sp.Basic) -> Iterator[Landmark]:
    if isinstance(node, sp.exp):
        yield Peak(node, node.args[0])
    elif isinstance(node, sp.sinh | sp.cosh):
        yield from (Peak(node, sign * node.args[0]) for sign in (1, -1))
        yield Front(node, node.args[0])
    elif isinstance(node, _STEEP):
        yield Front(node, node.args[0])
    elif isinstance(node, _SHARP):
        yield Front(node, node.args[0], sharp=True)
    elif isinstance(node, floor):
        yield Front(node, sp.sin(sp.pi * node.args[0]), sharp=True)
    elif isinstance(node, sp.Min | sp.Max):
        yield from (Front(node, a - b, sharp=True) for a, b in combinations(node.args, 2))
    elif isinstance(node, sp.Piecewise):
        for relation in sorted(node.atoms(Relational), key=sp.default_sort_key):
            yield Front(node, relation.lhs - relation.rhs, sharp=True)
    elif isinstance(node, sp.log):
        yield from _smallest(node, node.args[0], 1.0)
    elif isinstance(node, sp.Pow):
        yield from _of_power(node)
    elif isinstance(node, sp.Mul):
        yield from _of_product(node)
    elif isinstance(node, sp.atan2):
        yield Front(node, node.args[0], sharp=True)


def _of_power(node: sp.Pow) -> Iterator[Landmark]:
    base, exponent = node.base, node.exp
    if not base.free_symbols:
        yield Peak(node, exponent * sp.log(base))
    elif exponent.is_number and exponent.is_real:
        power = float(exponent)
        if power >= _HIGH_POWER:
            yield from (Peak(node, sign * base, power) for sign in (1, -1))
        elif power < 0 or power != int(power):
            yield from _smallest(node, base, power)
            yield from _balances(node, base)


def _of_product(node: sp.Mul) -> Iterator[Landmark]:
    """Maxima of two high powers or exponentials together, which need not be those of either."""
    logs = [part for factor in node.args if (part := _log_of_narrow(factor)) is not None]
    if len(logs) > 1:
        yield Peak(node, sp.Add(*logs))


def _log_of_narrow(factor: sp.Expr) -> sp.Expr | None:
    if isinstance(factor, sp.exp):
        return factor.args[0]
    if isinstance(factor, sp.Pow) and factor.exp.is_number and factor.exp >= _HIGH_POWER:
        return factor.exp * sp.log(sp.Abs(factor.base))
    return None


def _smallest(node: sp.Expr, base: sp.Expr, power: float) -> Iterator[Landmark]:
    """Where |base| is small: its zeros, and minima beside them."""
    yield Front(node, base, sharp=True)
    yield from (Peak(node, sign * base, -abs(power)) for sign in (1, -1))


def _balances(node: sp.Expr, base: sp.Expr) -> Iterator[Landmark]:
    """Where two terms of a sum are of one size, one of them an exponential: 1 + exp((x - c)/s)."""
    terms = base.args if base.is_Add else ()
    grown = [t for t in terms if t.has(sp.exp)]
    rest = [t for t in terms if not t.has(sp.exp)]
    sizes = [_log_size(t) for t in grown] + ([_log_size(sp.Add(*rest))] if rest else [])
    yield from (Front(node, a - b) for a, b in pairwise(sizes))


def _log_size(term: sp.Expr) -> sp.Expr:
    """Log |term|, without an exponential in it."""
    factors = sp.Mul.make_args(term)
    exponents = [f.args[0] for f in factors if isinstance(f, sp.exp)]
    others = sp.Mul(*(f for f in factors if not isinstance(f, sp.exp)))
    return sp.Add(*exponents) + sp.log(sp.Abs(others))
