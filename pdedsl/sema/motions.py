"""Sets turned, shifted and scaled: ``rotate(A, pi/4)``, ``shift(A, (1, 0))``, ``scale(A, 2)``."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from pdedsl.diagnostics import reject
from pdedsl.ir import Box, Moved, Region
from pdedsl.syntax import ast, format_expression

from .expressions import Elaborator
from .values import components, is_vector

USAGE = {
    "shift": "write shift(A, (1, 0))",
    "scale": "write scale(A, 2)",
    "rotate": "write rotate(A, pi/2)",
}


def moved(
    elaborator: Elaborator, node: ast.Call, name: str, region: Callable[[ast.Expr], Region]
) -> Region:
    """The region of a motion.

    Raises:
        Rejected: E206 for arguments that are not those of the motion, E402 for a number of
            coordinates that is not that of the set, E401 and E407 for values that are none.
    """
    given = [a for a in node.arguments if isinstance(a, ast.Expr)]
    named = {a.name.id: a for a in node.arguments if isinstance(a, ast.Keyword)}
    if len(given) != 2 or len(given) + len(named) != len(node.arguments):
        raise reject("E206", f"{name} takes a set and how it is moved", node.span, USAGE[name])
    inner = region(given[0])
    allowed = _allowed(name, inner.dimension)
    for key, argument in named.items():
        if key not in allowed:
            message = f"{name} has no argument {key} in {inner.dimension} dimensions"
            mend = f"write {name}({', '.join(map(format_expression, given))})"
            raise reject("E206", message, argument.span, mend)
    if name == "rotate":
        return _rotated(elaborator, node, inner, given[1], named)
    if name == "shift":
        way = _vector(elaborator, given[1], inner.dimension, "the way of a shift")
        return _shifted(inner, way)
    return _scaled(elaborator, inner, given[1])


def _allowed(name: str, dimension: int) -> tuple[str, ...]:
    if name != "rotate":
        return ()
    return ("axis", "about") if dimension == 3 else ("about",)


def _rotated(
    elaborator: Elaborator, node: ast.Call, inner: Region, angle: ast.Expr,
    named: dict[str, ast.Keyword],
) -> Region:  # fmt: skip
    if inner.dimension not in (2, 3):
        message = f"a set in {inner.dimension} dimensions is not turned by an angle"
        raise reject("E401", message, node.span)
    if inner.dimension == 3 and "axis" not in named:
        set_, turn = (format_expression(a) for a in node.arguments[:2] if isinstance(a, ast.Expr))
        mend = f"write rotate({set_}, {turn}, axis = (0, 0, 1))"
        raise reject("E206", "the axis of this rotation is missing", node.span, mend)
    values: list[sp.Expr | tuple[sp.Expr, ...]] = [elaborator.constant(angle, "an angle")]
    elaborator.float_of(values[0], angle.span)
    keys = [key for key in ("axis", "about") if key in named]
    for key in keys:
        what = "an axis" if key == "axis" else "a point"
        value = _vector(elaborator, named[key].value, inner.dimension, what)
        if key == "axis" and not any(elaborator.float_of(v, named[key].span) for v in value):
            raise reject("E407", "the axis must not be 0", named[key].span)
        values.append(value)
    return Moved("rotate", inner, tuple(values), ("", *keys))


def _shifted(inner: Region, way: tuple[sp.Expr, ...]) -> Region:
    if isinstance(inner, Box):
        pairs = zip(inner.intervals, way, strict=True)
        return Box(tuple((low + step, high + step) for (low, high), step in pairs))
    return Moved("shift", inner, (way,), ("",))


def _scaled(elaborator: Elaborator, inner: Region, node: ast.Expr) -> Region:
    value = elaborator.quantity(node)
    factors = components(value)
    if is_vector(value):
        factors = _vector(elaborator, node, inner.dimension, "the factors of a scaling")
    if any(not elaborator.float_of(factor, node.span) > 0 for factor in factors):
        raise reject("E407", "the factors of a scaling must be positive", node.span)
    return scaled(inner, tuple(factors))


def scaled(inner: Region, factors: tuple[sp.Expr, ...]) -> Region:
    """A set times one positive factor, or times one for each coordinate, from the origin."""
    if isinstance(inner, Box):
        every = factors * inner.dimension if len(factors) == 1 else factors
        pairs = zip(inner.intervals, every, strict=True)
        return Box(tuple((low * factor, high * factor) for (low, high), factor in pairs))
    return Moved("scale", inner, (factors if len(factors) > 1 else factors[0],), ("",))


def _vector(
    elaborator: Elaborator, node: ast.Expr, dimension: int, what: str
) -> tuple[sp.Expr, ...]:
    """Numbers, one for each coordinate of the set (E401, E402)."""
    value = elaborator.quantity(node)
    if not is_vector(value) or is_vector(value[0]):
        example = ", ".join(["1", *["0"] * (dimension - 1)])
        text = format_expression(node) if isinstance(node, ast.Number) else "1"
        mend = f"write ({example.replace('1', text, 1)})" if dimension > 1 else None
        raise reject("E401", f"{what} is a vector here", node.span, mend)
    if len(value) != dimension:
        message = f"the set has {dimension} coordinates, and here are {len(value)}"
        raise reject("E402", message, node.span)
    for component in value:
        elaborator.float_of(component, node.span)
    return tuple(value)
