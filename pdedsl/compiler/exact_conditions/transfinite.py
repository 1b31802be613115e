r"""Functions that take given values on sides of a box, and functions that vanish there.

With P_k the interpolation along axis k in its conditions (Lagrange; Hermite where the slope at
the lower end is given), the Boolean sum of all axes,

.. math:: G_0 = 0, \qquad G_k = G_{k-1} + P_k (g - G_{k-1}),

takes all values that agree where sides meet (Gordon and Hall, Numer. Math. 21, 1973). With
s = (x − a)/(b − a) on each axis,

.. math:: B = \prod_k β_k, \qquad β = s,\ 1 - s,\ 4 s (1 - s),\ s^2,\ \tfrac{27}{4} s^2 (1 - s)

for conditions at the lower end, the upper end, both, value and slope at the lower end, and these
with the upper end. The largest value of each β on [a, b] is 1.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from pdedsl.geometry import Bounds
from pdedsl.ir import TooLargeError, size

from .dirichlet import Condition

LARGEST = 6_000
"""Nodes of G, beyond which `TooLargeError` is raised."""

Nodes = dict[tuple[int, int], Condition]


def by_axis(conditions: Iterable[Condition]) -> dict[sp.Symbol, Nodes]:
    """For each axis the conditions across it by side and order, the first of equal ones."""
    found: dict[sp.Symbol, Nodes] = {}
    for c in conditions:
        found.setdefault(c.axis, {}).setdefault((c.side, c.order), c)
    return found


def lift(conditions: Iterable[Condition], bounds: Bounds, start: sp.Expr = sp.S.Zero) -> sp.Expr:
    """G for the conditions on one component; see the module docstring.

    G_0 is ``start``, with which the conditions agree where they meet what it fixes.

    The conditions agree where sides meet, and a slope comes with the value at its place.

    Raises:
        TooLargeError: it has too many terms.
    """
    out = start
    for axis, nodes in by_axis(conditions).items():
        low, high = (number(v) for v in bounds[axis])
        left = {key: _left(out, c) for key, c in nodes.items()}
        first, slope, last = (left.get(key) for key in ((-1, 0), (-1, 1), (1, 0)))
        shift, length = axis - low, float(high - low)
        if first is None:
            assert last is not None
            out = out + last
            continue
        rise = slope if slope is not None else sp.S.Zero
        out = out + first + shift * rise
        if last is not None:
            power = 1 if slope is None else 2
            share = (number(1 / length) * shift) ** power
            out = out + share * _tidy(last - first - number(length) * rise)
        if size(out) > LARGEST:
            raise TooLargeError
    return out


def factor(conditions: Iterable[Condition], bounds: Bounds) -> sp.Expr:
    """B for the conditions on one component; exactly zero at the ends in double precision."""
    parts: list[sp.Expr] = []
    scale = 1.0
    for axis, nodes in by_axis(conditions).items():
        low, high = bounds[axis]
        power = 1 + ((-1, 1) in nodes)
        lower, upper = (-1, 0) in nodes, (1, 0) in nodes
        if lower:
            parts.append((axis - number(low)) ** power)
        if upper:
            parts.append(number(high) - axis)
        scale *= {1: 4.0, 2: 27 / 4}[power] if lower and upper else 1.0
        scale /= (high - low) ** (power * lower + upper)
    # A rational number would be multiplied into the first factor, which then is zero only up to
    # rounding.
    return sp.Mul(*parts) if scale == 1 else sp.Mul(sp.Float(scale, 17), *parts)


def number(value: float) -> sp.Expr:
    """A number in double precision as sympy has it."""
    return sp.Integer(int(value)) if value == int(value) else sp.Float(value, 17)


def _left(before: sp.Expr, condition: Condition) -> sp.Expr:
    """What a condition asks for beyond a function."""
    trace = sp.diff(before, condition.axis, condition.order) if condition.order else before
    return _tidy(condition.data - trace.xreplace({condition.axis: condition.end}))


def _tidy(e: sp.Expr) -> sp.Expr:
    """The shorter of an expression and its expansion, in which equal terms cancel."""
    if not e.args:
        return e
    expanded = sp.expand_mul(e)
    return expanded if size(expanded) < size(e) else e
