"""Set expressions to regions: intervals, products, named shapes, union, intersect, minus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial, reduce

import sympy as sp

from pdedsl.diagnostics import Span, did_you_mean, reject
from pdedsl.geometry import MOTIONS, SHAPES, Argument, ShapeKind, is_empty, region_of, values_of
from pdedsl.geometry.plane.simple_polygon import self_meeting, uncrossed
from pdedsl.ir import Box, Combination, Domain, Region, Shape
from pdedsl.syntax import ast, format_expression, meant_set

from . import curves, limits, mends, motions
from .calls import repeated
from .expressions import Elaborator
from .files import meshes
from .scope import BUILT_IN, REALS
from .values import Value, components, is_vector


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
        case ast.Call(function=ast.Name(id="union" | "intersect" | "minus")):
            return _repeated(elaborator, node)
        case ast.Call(function=ast.Name(id=name)) if name in SHAPES:
            return _shape(elaborator, node, SHAPES[name])
        case ast.Call(function=ast.Name(id=name) as head) if name not in BUILT_IN:
            # The names of motions are no reserved words: `scale` is a parameter of many files.
            declared = elaborator.scope.get(name) is not None
            if name in MOTIONS and not declared:
                return motions.moved(elaborator, node, name, partial(region, elaborator))
            if name == meshes.NAME and not declared:
                return meshes.mesh_region(elaborator, node, elaborator.scope.base)
            if name == curves.NAME and not declared:
                return curves.curve_region(elaborator, node)
            if not declared:
                known = [*SHAPES, *MOTIONS, curves.NAME, meshes.NAME]
                raise elaborator.scope.unknown(head, among=known, otherwise=_box_meant(node))
    raise _no_set(node)


_BOXES = {"interval": 1, "segment": 1, "rectangle": 2, "rect": 2, "square": 2, "cube": 3, "box": 3}


def _box_meant(node: ast.Expr) -> str | None:
    """``write [0, 1] * [0, 2]`` for a box by its name in another language."""
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Name):
        return None
    count = _BOXES.get(node.function.id.lower())
    if count is None:
        return None
    ends = [format_expression(a) for a in node.arguments if isinstance(a, ast.Expr)]
    if len(ends) != 2 * count:
        return f"write [0, 1]{'' if count == 1 else f'^{count}'}, say"
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return f"write {' * '.join(f'[{low}, {high}]' for low, high in pairs)}"


def filled(elaborator: Elaborator, node: ast.Expr) -> Region:
    """The region of a declaration, which must not be empty.

    Raises:
        Rejected: as `region`; E407 where nothing is left of a combination.
    """
    found = region(elaborator, node)
    if isinstance(found, Combination):
        value = partial(elaborator.float_of, span=node.span)
        made = region_of(found, value)
        if made.bounded and is_empty(made):
            raise reject("E407", *_empty(found, node, value))
    return found


def bounded(elaborator: Elaborator, node: ast.Expr) -> Region:
    """The region of a domain, which must have bounds.

    Raises:
        Rejected: as `filled`; E401 where half-planes leave it without bounds.
    """
    found = filled(elaborator, node)
    if not region_of(found, partial(elaborator.float_of, span=node.span)).bounded:
        mend = f"write {_operand(node)} intersect [-1, 1]^{found.dimension}"
        raise reject("E401", "this set has no bounds, and a domain must", node.span, mend)
    return found


def _operand(node: ast.Expr) -> str:
    """A set as a part of a combination, in brackets where it is one itself."""
    text = format_expression(node)
    return f"({text})" if isinstance(node, ast.Chain) and node.level == "set" else text


def _empty(
    found: Combination, node: ast.Expr, value: Callable[[sp.Expr], float]
) -> tuple[str, Span, str | None]:
    """Message, place and mend for a set without points."""
    if not isinstance(node, ast.Chain) or len(node.rest) != 1:
        return "this set is empty", node.span, None
    first, last = format_expression(node.first), format_expression(node.rest[0][1])
    if found.op == "intersect":
        return (
            f"this set is empty: {first} and {last} have at most edges in common",
            node.span,
            None,
        )
    swapped = Combination("minus", found.right, found.left)
    other = f"write {last} minus {first}" if not is_empty(region_of(swapped, value)) else None
    return f"this set is empty: {last} covers {first}", node.span, other


def _no_set(node: ast.Expr) -> Exception:
    mend = "write a set, such as [0, 1] or [0, 1]^2"
    if isinstance(node, ast.Chain) and node.level == "sum" and len(node.rest) == 1:
        op, term = node.rest[0]
        word = "union" if op == "+" else "minus"
        mend = f"write {format_expression(node.first)} {word} {format_expression(term)}"
    if isinstance(node, ast.Compare):
        meant = meant_set(format_expression(node))
        mend = f"write {meant[1]}" if meant else "name a shape, such as disk, ball or polygon"
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
    low, high = (elaborator.float_of(v, node.span) for v in (lower, upper))
    if not low < high:
        message = f"this interval is empty: {low:g} is not below {high:g}"
        first, second = (format_expression(item) for item in node.items)
        swapped = f"write [{second}, {first}]" if low > high else None
        raise reject("E407", message, node.span, swapped)
    if high - low == float("inf"):
        raise reject("E702", "this interval is too long for double precision", node.span)
    return lower, upper


def _product(elaborator: Elaborator, node: ast.Chain) -> Region:
    intervals = _box(elaborator, node.first, "products", node.span).intervals
    for op, term in node.rest:
        if op != "*":
            mend = "write * for a product, or minus for what remains"
            raise reject("E401", "sets have no quotient", term.span, mend)
        intervals += _box(elaborator, term, "products", node.span).intervals
    return Box(intervals)


def _box(elaborator: Elaborator, node: ast.Expr, what: str, span: Span) -> Box:
    found = region(elaborator, node)
    if not isinstance(found, Box):
        raise reject("E401", f"only intervals and boxes have {what}", span)
    return found


def _power(elaborator: Elaborator, node: ast.Power) -> Region:
    base = _box(elaborator, node.base, "powers", node.base.span)
    count = elaborator.number(node.exponent, "the power of a set")
    most = limits.LARGEST_DIMENSION
    if count != int(count) or not 1 <= count * base.dimension <= most:
        message = f"the power of a set is a whole number, with at most {most} dimensions"
        raise reject("E401", message, node.exponent.span)
    return Box(base.intervals * int(count))


def _repeated(elaborator: Elaborator, node: ast.Call) -> Region:
    """``union(disk(center = c[i], radius = 0.1) for i in 1..17)``, or ``intersect``."""
    word = format_expression(node.function)
    loop = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(loop, ast.Comprehension) or word == "minus":
        sets = [format_expression(a) for a in node.arguments if isinstance(a, ast.Expr)]
        mend = f"write {f' {word} '.join(sets)}" if len(sets) > 1 else "write A union B"
        message = f"{word} stands between two sets"
        if word != "minus":
            message += f", or repeats one: {word}(… for i in 1..3)"
        raise reject("E206", message, node.span, mend)
    parts = [
        region(e, loop.body) for e in repeated(elaborator, loop, f"a {word}", limits.MOST_SETS)
    ]
    if any(part.dimension != parts[0].dimension for part in parts):
        raise reject("E402", "these sets differ in their dimensions", loop.body.span)
    return reduce(lambda one, other: Combination(word, one, other), parts)


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
    if entry is None and node.id == REALS:
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


def _keywords(node: ast.Call, arguments: Sequence[Argument]) -> dict[str, ast.Expr]:
    """Values of the named arguments of a set (E206 where one lacks, or is not known)."""
    usage = mends.shape(node, arguments)
    names = [a.name for a in arguments]
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


def _argument(
    elaborator: Elaborator, node: ast.Expr, argument: Argument
) -> sp.Expr | tuple[sp.Expr, ...]:
    """A point, a length, or a length for each coordinate (E407 where one is not positive)."""
    value: Value
    if argument.kind == "length":
        value = elaborator.constant(node, argument.text)
    else:
        value = _point(elaborator, node, argument.text)
    if argument.kind == "pair" and len(value) != 2:
        raise reject("E401", f"{argument.text} has two numbers", node.span)
    lengths = components(value) if argument.kind in ("length", "lengths") else ()
    if any(not elaborator.float_of(length, node.span) > 0 for length in lengths):
        raise reject("E407", f"{argument.text} must be positive", node.span)
    return value


def _shape(elaborator: Elaborator, node: ast.Call, kind: ShapeKind) -> Region:
    if not kind.arguments:
        return _corners(elaborator, node, kind)
    found = _keywords(node, kind.arguments)
    values: list[sp.Expr | tuple[sp.Expr, ...]] = []
    dimension = kind.dimension
    for argument in kind.arguments:
        here = found[argument.name]
        value = _argument(elaborator, here, argument)
        if isinstance(value, tuple) and argument.kind != "pair":
            if dimension not in (None, len(value)):
                raise _misfit(kind, argument, values, len(value), here)
            dimension = len(value)
        values.append(value)
    number = partial(elaborator.float_of, span=node.span)
    if fault := kind.fault(*values_of(values, number)):
        raise reject("E407", fault, node.span)
    return Shape(kind.name, tuple(values), tuple(a.name for a in kind.arguments))


def _misfit(
    kind: ShapeKind, argument: Argument, before: Sequence[object], count: int, node: ast.Expr
) -> Exception:
    """E402: coordinates that are not as many as those of the shape, or of its first point."""
    if not before:
        numbers = {2: "two", 3: "three"}
        article = "an" if kind.name[0] in "aeiou" else "a"
        message = f"{article} {kind.name} lies in {numbers[kind.dimension or 2]} dimensions"
        mend = f"write {kind.general}(…)" if kind.general else None
        return reject("E402", message, node.span, mend)
    first = kind.arguments[0].text.removeprefix("a ")
    point = next(v for v in before if isinstance(v, tuple))
    message = f"the {first} has {len(point)} coordinates, and here are {count} {argument.name}"
    return reject("E402", message, node.span)


def _corners(elaborator: Elaborator, node: ast.Call, kind: ShapeKind) -> Region:
    usage = f"write {kind.name}((0, 0), (1, 0), (0, 1))"
    corners = []
    for argument in node.arguments:
        if not isinstance(argument, ast.Expr):
            message = f"a {kind.name} takes its corners in order"
            raise reject("E206", message, argument.span, usage)
        corners.append(_point(elaborator, argument, "a corner"))
    if len(corners) < 3 or any(len(c) != 2 for c in corners):
        message = f"a {kind.name} has three corners or more, each with two coordinates"
        raise reject("E401", message, node.span, usage)
    _check_simple(elaborator, node, kind, corners)
    return Shape(kind.name, tuple(corners))


def _check_simple(
    elaborator: Elaborator, node: ast.Call, kind: ShapeKind, corners: Sequence[tuple[sp.Expr, ...]]
) -> None:
    """Refuse a closed line that crosses or touches itself (E401)."""
    values = elaborator.scope.parameter_values()

    def exact(number: sp.Expr) -> Fraction:
        found = sp.sympify(number).xreplace(values)
        if isinstance(found, sp.Rational):
            return Fraction(found.p, found.q)
        return Fraction(elaborator.float_of(number, node.span))

    points = [(exact(x), exact(y)) for x, y in corners]
    meeting = self_meeting(points)
    if meeting is None:
        return
    names = [format_expression(a) for a in node.arguments if isinstance(a, ast.Expr)]
    first, second = (
        f"{names[i]} to {names[(i + 1) % len(names)]}" for i in (meeting.first, meeting.second)
    )
    at = f"({meeting.at[0]:.6g}, {meeting.at[1]:.6g})"
    message = f"the edges from {first} and from {second} of this {kind.name} meet at {at}"
    better = uncrossed(points)
    mend = "write the corners in order around the set, each once"
    if better is not None:
        by_point = dict(zip(points, names, strict=True))
        mend = f"write {kind.name}({', '.join(by_point[p] for p in better)})"
    raise reject("E401", message, node.span, mend)
