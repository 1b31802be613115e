"""Sets inside curves: ``curve((cos(s), 2*sin(s)) for s in 0..2*pi)``."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import reject
from pdedsl.geometry import enclosed
from pdedsl.ir import Enclosed
from pdedsl.syntax import ast, format_expression

from .expressions import Elaborator
from .values import is_vector

NAME = "curve"
"""In the language; no reserved word."""

_NEARLY = 0.1  # from 2π to a number that was meant to be 2π
_USAGE = "write curve((cos(s), sin(s)) for s in 0..2*pi)"


def curve_region(elaborator: Elaborator, node: ast.Call) -> Enclosed:
    """The region of a call.

    Raises:
        Rejected: E206 for other arguments, E302 and E304 for a point that is none or depends on
            something else, E407 for an empty range, E401 for a curve that encloses no set.
    """
    loop = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(loop, ast.Comprehension):
        message = "a curve takes a point with a parameter"
        raise reject("E206", message, node.span, _USAGE)
    elaborator.scope.check_free(loop.index)
    ends = [elaborator.constant(n, "an end of a range") for n in (loop.first, loop.last)]
    low, high = (elaborator.float_of(end, node.span) for end in ends)
    if not low < high:
        first, last = (format_expression(n) for n in (loop.first, loop.last))
        span = loop.first.span.to(loop.last.span)
        mend = f"write {last}..{first}" if high < low else None
        raise reject("E407", f"this range is empty: {low:g} is not below {high:g}", span, mend)
    index = sp.Symbol(loop.index.id, real=True)
    found = Enclosed(_point(elaborator, loop, index), index, ends[0], ends[1])
    try:
        enclosed(found, partial(elaborator.float_of, span=loop.body.span))
    except ValueError as fault:
        near = low == 0 and 0 < abs(high - 2 * math.pi) < _NEARLY
        mend = f"write for {loop.index.id} in 0..2*pi" if near else None
        raise reject("E401", f"this curve {fault}", loop.body.span, mend) from None
    return found


def _point(
    elaborator: Elaborator, loop: ast.Comprehension, index: sp.Symbol
) -> tuple[sp.Expr, sp.Expr]:
    bound = {**elaborator.bound, loop.index.id: index}
    value = replace(elaborator, bound=bound).quantity(loop.body)
    if not is_vector(value) or is_vector(value[0]) or len(value) != 2:
        raise reject("E302", "a point of a curve has two coordinates", loop.body.span, _USAGE)
    known = elaborator.scope.parameter_values().keys() | {index}
    for coordinate in value:
        strange = (coordinate.free_symbols - known) | coordinate.atoms(AppliedUndef)
        if strange:
            names = ", ".join(sorted(map(str, strange)))
            message = f"a point of a curve depends on its parameter alone, not on {names}"
            raise reject("E304", message, loop.body.span)
    return value[0], value[1]
