"""Set expressions to regions: intervals, products, named shapes, union, intersect, minus."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from pdedsl.diagnostics import did_you_mean, reject
from pdedsl.ir import Ball, Box, Combination, Domain, Ellipse, Polygon, Region
from pdedsl.syntax import ast, format_expression

from . import limits, mends
from .expressions import Elaborator
from .scope import BUILT_IN
from .values import is_vector


def region(elaborator: Elaborator, node: ast.Expr) -> Region:
    """The region that a set expression denotes.

    Raises:
        Rejected: E401 not a set or not a valid one, E407 empty.
    """
    match node:
        case ast.List():
            return Box((_interval(elaborator, node),))
        case ast.Chain(level="product"):
            return _product(elaborator, node)
        case ast.Chain(level="set"):
            return _combination(elaborator, node)
        case ast.Power():
            return _power(elaborator, node)
        case ast.Name():
            return _named(elaborator, node)
        case ast.Call(function=ast.Name(id=name)) if name in SHAPES:
            return SHAPES[name](elaborator, node)
        case ast.Call(function=ast.Name(id=name) as head) if name not in BUILT_IN:
            if elaborator.scope.get(name) is None:
                raise elaborator.scope.unknown(head, among=list(SHAPES))
    raise _no_set(node)


def _no_set(node: ast.Expr) -> Exception:
    mend = "write a set, such as [0, 1] or [0, 1]^2"
    if isinstance(node, ast.Chain) and node.level == "sum" and len(node.rest) == 1:
        op, term = node.rest[0]
        word = "union" if op == "+" else "minus"
        mend = f"write {format_expression(node.first)} {word} {format_expression(term)}"
    return reject("E401", "a set is needed here", node.span, mend)


def interval(elaborator: Elaborator, node: ast.Expr, what: str) -> tuple[sp.Expr, sp.Expr]:
    """Ends of a single interval ``[a, b]`` (E401 for any other set)."""
    if not isinstance(node, ast.List):
        end = format_expression(node) if isinstance(node, ast.Number) else "1"
        raise reject("E401", f"{what} needs an interval", node.span, f"write [0, {end}]")
    return _interval(elaborator, node)


def _interval(elaborator: Elaborator, node: ast.List) -> tuple[sp.Expr, sp.Expr]:
    if len(node.items) != 2:
        message = f"an interval has two ends, this has {len(node.items)}"
        raise reject("E401", message, node.span, "write [0, 1]")
    lower, upper = (elaborator.constant(item, "the end of an interval") for item in node.items)
    values = [
        elaborator.float_of(v, n.span) for v, n in zip((lower, upper), node.items, strict=True)
    ]
    if not values[0] < values[1]:
        message = f"this interval is empty: {values[0]:g} is not below {values[1]:g}"
        first, second = (format_expression(item) for item in node.items)
        swapped = f"write [{second}, {first}]" if values[0] > values[1] else None
        raise reject("E407", message, node.span, swapped)
    if values[1] - values[0] == float("inf"):
        raise reject("E702", "this interval is too long for double precision", node.span)
    return lower, upper


def _product(elaborator: Elaborator, node: ast.Chain) -> Region:
    factors = [region(elaborator, node.first)]
    for op, term in node.rest:
        if op != "*":
            mend = "write * for a product, or minus for what remains"
            raise reject("E401", "sets have no quotient", term.span, mend)
        factors.append(region(elaborator, term))
    if not all(isinstance(f, Box) for f in factors):
        raise reject("E401", "only intervals and boxes have products", node.span)
    return Box(tuple(i for f in factors for i in f.intervals))  # type: ignore[attr-defined]


def _power(elaborator: Elaborator, node: ast.Power) -> Region:
    base = region(elaborator, node.base)
    count = elaborator.number(node.exponent, "the power of a set")
    if not isinstance(base, Box):
        raise reject("E401", "only intervals and boxes have powers", node.base.span)
    most = limits.LARGEST_DIMENSION
    if count != int(count) or not 1 <= count * base.dimension <= most:
        message = f"the power of a set is a whole number, with at most {most} dimensions"
        raise reject("E401", message, node.exponent.span)
    return Box(base.intervals * int(count))


def _combination(elaborator: Elaborator, node: ast.Chain) -> Region:
    result = region(elaborator, node.first)
    for op, term in node.rest:
        other = region(elaborator, term)
        if other.dimension != result.dimension:
            dimension = mends.count_of(other.dimension, "dimension")
            message = f"this set has {dimension} and the one before it has {result.dimension}"
            power = f"write {format_expression(term)}^{result.dimension}"
            raise reject("E402", message, term.span, power if other.dimension == 1 else None)
        result = Combination(op, result, other)
    return result


def _named(elaborator: Elaborator, node: ast.Name) -> Region:
    entry = elaborator.scope.get(node.id)
    if node.id == "R":
        message = "R is not bounded, and a set here must be"
        raise reject("E401", message, node.span, "write an interval, such as [-10, 10]")
    if entry is None:
        known = [*elaborator.scope.role("a region", "a domain"), *SHAPES]
        raise elaborator.scope.unknown(node, among=known)
    if entry.role == "a region":
        return entry.value
    if isinstance(entry.value, Domain):
        return entry.value.region
    raise reject("E204", f"{node.id} is {entry.role}, not a set", node.span)


def _keywords(
    node: ast.Call, names: tuple[str, ...], examples: tuple[str, ...]
) -> dict[str, ast.Expr]:
    """Values of the named arguments of a set (E206 where one lacks, or is not known)."""
    usage = mends.shape(node, names, examples)
    name = format_expression(node.function)
    found: dict[str, ast.Expr] = {}
    for argument in node.arguments:
        if not isinstance(argument, ast.Keyword):
            message = f"the arguments of {name} are named"
            raise reject("E206", message, argument.span, usage)
        if argument.name.id not in names:
            mend = did_you_mean(argument.name.id, names)
            message = f"{name} has no argument {argument.name.id}"
            raise reject("E206", message, argument.name.span, mend or usage)
        found[argument.name.id] = argument.value
    if missing := [n for n in names if n not in found]:
        raise reject("E206", f"the {missing[0]} of this {name} is missing", node.span, usage)
    return found


def _point(elaborator: Elaborator, node: ast.Expr, what: str) -> tuple[sp.Expr, ...]:
    value = elaborator.quantity(node)
    if not is_vector(value) or is_vector(value[0]):
        raise reject("E401", f"{what} is a point such as (0, 0)", node.span)
    for component in value:
        elaborator.float_of(component, node.span)
    return value


def _positive(elaborator: Elaborator, node: ast.Expr, what: str) -> sp.Expr:
    value = elaborator.constant(node, what)
    if not elaborator.float_of(value, node.span) > 0:
        raise reject("E407", f"{what} must be positive", node.span)
    return value


def _ball(elaborator: Elaborator, node: ast.Call) -> Region:
    name = node.function.id  # type: ignore[attr-defined]
    center = "(0, 0)" if name == "disk" else "(0, 0, 0)"
    found = _keywords(node, ("center", "radius"), (center, "1"))
    point = _point(elaborator, found["center"], "a centre")
    if name == "disk" and len(point) != 2:
        message = "a disk lies in two dimensions"
        raise reject("E402", message, found["center"].span, "write ball(…)")
    return Ball(point, _positive(elaborator, found["radius"], "a radius"))


def _ellipse(elaborator: Elaborator, node: ast.Call) -> Region:
    found = _keywords(node, ("center", "radii"), ("(0, 0)", "(2, 1)"))
    center = _point(elaborator, found["center"], "a centre")
    radii = _point(elaborator, found["radii"], "the radii of an ellipse")
    if len(center) != len(radii):
        message = f"the centre has {len(center)} coordinates, and here are {len(radii)} radii"
        raise reject("E402", message, found["radii"].span)
    if any(not elaborator.float_of(r, found["radii"].span) > 0 for r in radii):
        raise reject("E407", "radii must be positive", found["radii"].span)
    return Ellipse(center, radii)


def _polygon(elaborator: Elaborator, node: ast.Call) -> Region:
    usage = "write polygon((0, 0), (1, 0), (0, 1))"
    vertices = []
    for argument in node.arguments:
        if not isinstance(argument, ast.Expr):
            raise reject("E206", "a polygon takes its corners in order", argument.span, usage)
        vertices.append(_point(elaborator, argument, "a corner"))
    if len(vertices) < 3 or any(len(v) != 2 for v in vertices):
        message = "a polygon has three corners or more, each with two coordinates"
        raise reject("E401", message, node.span, usage)
    return Polygon(tuple((v[0], v[1]) for v in vertices))


SHAPES: dict[str, Callable[[Elaborator, ast.Call], Region]] = {
    "disk": _ball,
    "ball": _ball,
    "ellipse": _ellipse,
    "polygon": _polygon,
}
"""Name of a shape to the function that reads its arguments."""
