"""Calls of built-in functions: arguments checked, then sympy or vector calculus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import sympy as sp

from pdedsl.diagnostics import Note, Rejected, Span, reject
from pdedsl.ir import DomainIntegral, TooLargeError, size
from pdedsl.syntax import ast, format_expression

from . import limits, mends
from . import vector_calculus as vc
from .integrals.line_integrals import line_integral
from .names.functions import ARGUMENTS, SCALAR_FUNCTIONS, SPECIAL_FUNCTIONS, VARIADIC_FUNCTIONS
from .scope import Macro
from .values import Value, describe, is_vector, map_components, without_ite

if TYPE_CHECKING:
    from .expressions import Elaborator

Builtin = Callable[["Elaborator", str, ast.Call], Value]


def call_builtin(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    """Value of a call of the built-in function ``name``.

    Raises:
        Rejected: E206 wrong arguments, E301 or E302 shapes that do not fit, E308.
    """
    try:
        return CALLS[name](elaborator, name, node)
    except TooLargeError:
        raise limits.derivative_too_large(node.span) from None
    except vc.ShapeError as error:
        mend = None
        given = node.arguments[0]
        if name == "div" and isinstance(given, ast.Name):
            mend = _vector_for_div(elaborator, given)
        raise reject("E301", str(error), node.span, mend) from None


def apply_definition(
    elaborator: Elaborator,
    node: ast.Expr,
    definition: Macro,
    arguments: Sequence[object],
    kind: str,
) -> Value:
    """Evaluate the body of a `let` function or operator with its formals bound.

    Raises:
        Rejected: E206 wrong arguments, E701 definitions that call each other without end, and
            whatever the body is refused for, told where it is used.
    """
    formals = definition.formals
    given = [a for a in arguments if isinstance(a, ast.Expr)]
    if len(given) != len(arguments) or len(arguments) != len(formals):
        wanted = ", ".join(f.id for f in formals)
        name = definition.name
        note = Note(f"{name.id} is declared here", name.span)
        count = mends.count_of(len(formals), "argument")
        message = f"the {kind} {name.id} takes {count} ({wanted}), not {len(arguments)}"
        raise reject("E206", message, node.span, notes=(note,))
    if elaborator.depth > 32:
        raise reject("E701", "definitions are nested too deeply", node.span)
    take = elaborator.quantity if kind == "operator" else elaborator.scalar
    bound = {f.id: take(a) for f, a in zip(formals, given, strict=True)}
    try:
        return replace(elaborator, bound=bound, depth=elaborator.depth + 1).value(definition.value)
    except Rejected as rejected:
        raise rejected if elaborator.depth else mends.at_use(rejected.diagnostic, node) from None


def _vector_for_div(elaborator: Elaborator, given: ast.Name) -> str | None:
    """How a scalar field that stands in ``div`` comes to be a vector."""
    if given.id not in elaborator.scope.fields() or is_vector(elaborator.value(given)):
        return None
    return f"declare {given.id} in R^{len(elaborator.axes(given.span))} for a vector"


def _arguments(name: str, node: ast.Call, least: int, most: int, usage: str) -> list[ast.Expr]:
    found = [a for a in node.arguments if isinstance(a, ast.Expr)]
    if len(found) != len(node.arguments) or not least <= len(found) <= most:
        count = mends.count_of(least, "argument")
        if least < most:
            count = f"{least} {'or' if most == least + 1 else 'to'} {most} arguments"
        message = f"{name} takes {count}, not {len(node.arguments)}"
        if len(found) != len(node.arguments) and least <= len(node.arguments) <= most:
            message = f"{name} takes its arguments without names"
        raise reject("E206", message, node.span, f"write {usage}")
    return found


def _scalar_function(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    count, function = SCALAR_FUNCTIONS[name]
    usage = f"{name}(x)" if count == 1 else f"{name}(y, x)"
    arguments = _arguments(name, node, count, count, usage)
    values = [elaborator.scalar(a) for a in arguments]
    return limits.build_value(lambda: function(*values), node.span)


def _special_function(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    names = ARGUMENTS[name].split(", ")
    given = _arguments(name, node, len(names), len(names), f"{name}({ARGUMENTS[name]})")
    last = elaborator.scalar(given[-1])
    if name == "mod":
        first = elaborator.scalar(given[0])
        return limits.build_value(lambda: SPECIAL_FUNCTIONS[name](first, last), node.span)
    what = f"the order {names[0]} of {name}"
    order = [elaborator.constant(a, what) for a in given[:-1]]
    if names[0] == "n" and not (order[0].is_Integer and order[0] >= 0):
        raise reject("E305", f"{name} has the orders 0, 1, 2, …", given[0].span)
    return limits.build_value(lambda: SPECIAL_FUNCTIONS[name](*order, last), node.span)


def _variadic_function(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    arguments = _arguments(name, node, 2, limits.MOST_ARGUMENTS, f"{name}(a, b)")
    values = [elaborator.scalar(a) for a in arguments]
    limits.check_room(values, node.span)
    return limits.build_value(lambda: VARIADIC_FUNCTIONS[name](*values), node.span)


def _if(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    condition, yes, no = _arguments(name, node, 3, 3, "if(x > 0, a, b)")
    return choice(elaborator, condition, yes, no, node.span)


def choice(
    elaborator: Elaborator, condition: ast.Expr, yes: ast.Expr, no: ast.Expr, span: Span
) -> Value:
    """``if(condition, yes, no)``, or ``yes if condition else no``.

    Raises:
        Rejected: E301, the two have different shapes.
    """
    test = elaborator.condition(condition)
    first, second = elaborator.quantity(yes), elaborator.quantity(no)
    if describe(first) != describe(second):
        message = f"if chooses between {describe(first)} and {describe(second)}"
        raise reject("E301", message, span)
    limits.check_room((test, first, second), span)

    def choose(a: sp.Expr, b: sp.Expr) -> sp.Expr:
        return without_ite(sp.Piecewise((a, test), (b, True)))

    return limits.build_value(lambda: map_components(choose, first, second), span)


def _sum(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    usage = "sum(x[i]^2 for i in 1..3)"
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], ast.Comprehension):
        if len(node.arguments) == 1 and isinstance(node.arguments[0], ast.Name):
            usage = f"sum({node.arguments[0].id}[i] for i in 1..3)"
        raise reject("E206", "sum takes an expression with an index", node.span, f"write {usage}")
    total: list[sp.Expr] = []
    parts = 0
    for inner in repeated(elaborator, node.arguments[0], "a sum", limits.LARGEST_SUM):
        term = inner.scalar(node.arguments[0].body)
        total.append(term)
        parts += size(term)
        if parts > limits.LARGEST_SIZE:
            raise reject("E703", "this sum is too large when written out", node.span)
    return sp.Add(*total)


def repeated(
    elaborator: Elaborator, loop: ast.Comprehension, what: str, most: int
) -> Iterator[Elaborator]:
    """For each value of the index of ``body for i in 1..n`` the elaborator that knows it.

    Args:
        elaborator: knows all but the index.
        loop: the body with its index.
        what: what repeats it, in words.
        most: so many terms are allowed.

    Raises:
        Rejected: E304 limits that are no whole numbers, E407 none between them, E703 too many.
    """
    first, last = (_integer(elaborator, n, what) for n in (loop.first, loop.last))
    if last - first >= most:
        raise reject("E703", f"{what} has at most {most} terms", loop.span)
    if last < first:
        message = f"there is no whole number from {first} up to {last}"
        raise reject("E407", message, loop.first.span.to(loop.last.span))
    elaborator.scope.check_free(loop.index)
    for i in range(first, last + 1):
        yield replace(elaborator, bound={**elaborator.bound, loop.index.id: sp.Integer(i)})


def _integer(elaborator: Elaborator, node: ast.Expr, what: str) -> int:
    number = elaborator.number(node, f"the limit of {what}")
    if number != int(number):
        message = f"the limit of {what} must be a whole number, not {number:g}"
        raise reject("E304", message, node.span)
    return int(number)


def _integral(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    if len(node.arguments) == 2 and isinstance(node.arguments[1], ast.Variable):
        return line_integral(elaborator, node, node.arguments[1])
    body, domain = _arguments(name, node, 2, 2, "integral(p, Omega)")
    known = elaborator.scope.role("a domain")
    if not isinstance(domain, ast.Name) or domain.id not in known:
        names = " or ".join(sorted(known)) or "none is declared"
        mend = f"write {min(known)}" if known else None
        raise reject("E401", f"an integral is over a domain ({names})", domain.span, mend)
    elaborator.scope.used.add(domain.id)
    value = elaborator.quantity(body)
    coordinates = known[domain.id].coordinates
    return map_components(lambda c: DomainIntegral.of(c, domain.id, coordinates), value)


def _d(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
    _check_orders(elaborator, node)
    arguments = _arguments(name, node, 2, 3, "d(u, x) or d(u, x, 2)")
    value = elaborator.quantity(arguments[0])
    symbol = _coordinate(elaborator, arguments[1])
    order = _order(elaborator, arguments[2]) if len(arguments) == 3 else 1
    what = arguments[0].id if isinstance(arguments[0], ast.Name) else "this field"
    elaborator.check_dependence(value, symbol, node.span, what)
    return limits.derivative(value, symbol, node.span, order)


def _check_orders(elaborator: Elaborator, node: ast.Call) -> None:
    """Refuse ``d(u, x, x)`` and ``d(u, x, y)`` (E206), which name more coordinates than one."""
    known = {*elaborator.scope.coordinates(), *elaborator.scope.role("a vector of coordinates")}
    texts = [format_expression(a) for a in node.arguments if isinstance(a, ast.Expr)]
    field, axes = texts[:1], texts[1:]
    if len(axes) < 2 or len(texts) != len(node.arguments):
        return
    if not all(axis.partition("[")[0] in known for axis in axes):
        return
    text = field[0]
    for axis, run in groupby(axes):
        order = len(list(run))
        text = f"d({text}, {axis})" if order == 1 else f"d({text}, {axis}, {order})"
    message = "d takes one coordinate, and behind it the order of the derivative"
    raise reject("E206", message, node.span, f"write {text}")


def _coordinate(elaborator: Elaborator, node: ast.Expr) -> sp.Symbol:
    symbols = {elaborator.symbol(name) for name in elaborator.scope.coordinates()}
    symbols |= {s for v in elaborator.scope.role("a vector of coordinates").values() for s in v}
    value = elaborator.quantity(node)
    if is_vector(value) or value not in symbols:
        names = ", ".join(sorted(str(s) for s in symbols))
        is_normal = isinstance(node, ast.Name) and node.id == "n"
        mend = "write dn(u) for the normal derivative" if is_normal else None
        raise reject("E308", f"a derivative is taken in a coordinate ({names})", node.span, mend)
    return value


def _order(elaborator: Elaborator, node: ast.Expr) -> int:
    number = elaborator.number(node, "the order of a derivative")
    if number != int(number) or not 1 <= number <= limits.HIGHEST_ORDER:
        message = f"the order of a derivative is 1 to {limits.HIGHEST_ORDER}, not {number:g}"
        raise reject("E308", message, node.span)
    return int(number)


def _vector(
    function: Callable[..., Value], count: int, usage: str, in_space: bool = True
) -> Builtin:
    """An operation of vector calculus; those in space take the coordinates too."""

    def call(elaborator: Elaborator, name: str, node: ast.Call) -> Value:
        parts = [a for a in node.arguments if isinstance(a, ast.Expr)]
        together = f"{name}(({', '.join(map(format_expression, parts))}))"
        is_list = count == 1 < len(parts) and in_space
        arguments = _arguments(name, node, count, count, together if is_list else usage)
        values = [elaborator.quantity(a) for a in arguments]
        axes = (elaborator.axes(node.span, *values),) if in_space else ()
        return function(*values, *axes)

    return call


CALLS: dict[str, Builtin] = {
    **dict.fromkeys(SCALAR_FUNCTIONS, _scalar_function),
    **dict.fromkeys(VARIADIC_FUNCTIONS, _variadic_function),
    **dict.fromkeys(SPECIAL_FUNCTIONS, _special_function),
    "if": _if,
    "sum": _sum,
    "integral": _integral,
    "d": _d,
    "grad": _vector(vc.grad, 1, "grad(u)"),
    "div": _vector(vc.div, 1, "div(v)"),
    "curl": _vector(vc.curl, 1, "curl(v)"),
    "lap": _vector(vc.lap, 1, "lap(u)"),
    "advect": _vector(vc.advect, 2, "advect(v, w)"),
    "dn": _vector(vc.normal_derivative, 1, "dn(u)"),
    "dot": _vector(vc.dot, 2, "dot(v, w)", in_space=False),
    "cross": _vector(vc.cross, 2, "cross(v, w)", in_space=False),
    "norm": _vector(vc.norm, 1, "norm(v)", in_space=False),
}
"""Built-in name to the function that checks and evaluates a call of it."""
