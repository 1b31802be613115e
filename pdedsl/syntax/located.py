"""Values at places written as in papers, ``u(0, t) = 0``: the law that says the same here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from lark import Token

from pdedsl.diagnostics import Rejected

from . import ast
from .build import build
from .parse import Failure, parse
from .printing import format_expression
from .spelling import canonical_name
from .tokens import span_of

Coordinates = Mapping[str, Sequence[str]]
"""Name of a field to the names of its coordinates, in order."""


def located(
    equations: Sequence[ast.Equation], coordinates: Coordinates, time: str | None
) -> str | None:
    """The law for equations whose left sides are fields with some coordinates fixed.

    ``u(0, t) = 0`` is ``bc: u = 0 on x = 0``, ``u(x, 0) = f`` is ``ic: u = f at t = 0``, and
    ``u(0, 0, t) = 1`` is ``eq: u = 1 at (x, y) = (0, 0)``.

    Args:
        equations: of one law.
        coordinates: of the fields.
        time: the name of the time, None without one.

    Returns:
        The text of the law; None where an equation is something else, or they hold at
        different places.
    """
    texts: list[str] = []
    places: set[tuple[tuple[str, str], ...]] = set()
    for equation in equations:
        found = _fixed(equation.left, coordinates)
        if found is None:
            return None
        head, fixed = found
        places.add(fixed)
        texts.append(f"{head} = {format_expression(equation.right)}")
    if len(places) != 1 or not (fixed := places.pop()):
        return None
    return _law(", ".join(texts), fixed, time)


def on_side(law: ast.Law, coordinates: Coordinates) -> ast.Law | None:
    """A law such as ``bc: u(0, t) = g`` with its place apart: ``bc: u = g  on x = 0``.

    Args:
        law: without a place.
        coordinates: of the fields.

    Returns:
        The law; None where its equations do not all fix the same coordinate at the same value.
    """
    if isinstance(law.body, ast.Periodic) or law.place is not None:
        return None
    places = set()
    equations: list[ast.Equation] = []
    value: ast.Expr | None = None
    for equation in law.body:
        found = _fixed(equation.left, coordinates)
        if found is None or len(found[1]) != 1:
            return None
        head, ((axis, text),) = found
        places.add((axis, text))
        assert isinstance(equation.left, ast.Call)
        own = coordinates.get(head) or coordinates[head.rpartition("_")[0]]
        given = equation.left.arguments[list(own).index(axis)]
        assert isinstance(given, ast.Expr)
        value = given
        left = ast.Name(head, span=equation.left.span)
        equations.append(ast.Equation(left, equation.right, span=equation.span))
    if len(places) != 1 or value is None:
        return None
    locus = ast.Locus(ast.Name(axis, span=value.span), value, span=value.span)
    place = ast.On((locus,), None, span=law.span)
    return ast.Law(law.kind, law.label, tuple(equations), place, law.noise, span=law.span)


def bare_law(tokens: Sequence[Token], coordinates: Coordinates, time: str | None) -> str | None:
    """The law that a line without a keyword, such as ``u(0, t) = 0``, was meant to be."""
    span = span_of(tokens[0])
    at = {"start_pos": span.start, "end_pos": span.start}
    try:
        tree = parse((Token("LAW", "eq", **at), Token("COLON", ":", **at), *tokens))
        law = build(tree, span)
    except (Failure, Rejected):
        return None
    if not isinstance(law, ast.Law) or isinstance(law.body, ast.Periodic) or law.place is not None:
        return None
    return located(law.body, coordinates, time)


def declared(statements: Iterable[Sequence[Token]]) -> tuple[dict[str, list[str]], str | None]:
    """Coordinates of the fields, and the time, as far as declarations can be told by their words.

    Args:
        statements: the tokens of each statement of a file.
    """
    fields: dict[str, list[str]] = {}
    axes: list[str] = []
    time = None
    for tokens in statements:
        kind = tokens[0].type
        names = [canonical_name(str(t)) for t in tokens if t.type == "NAME"]
        if kind == "DOMAIN" and any(t.type == "COLON" for t in tokens):
            colon = next(i for i, t in enumerate(tokens) if t.type == "COLON")
            end = next((i for i, t in enumerate(tokens) if t.type == "_IN"), len(tokens))
            axes += [canonical_name(str(t)) for t in tokens[colon:end] if t.type == "NAME"]
        elif kind == "TIME" and names:
            time = names[0]
        elif kind == "UNKNOWN":
            fields |= _unknowns(tokens, [*axes, *([time] if time else [])])
    return fields, time


def _unknowns(tokens: Sequence[Token], all_axes: list[str]) -> dict[str, list[str]]:
    """The fields of ``unknown u(x, t), v``, each with its coordinates."""
    found: dict[str, list[str]] = {}
    depth = 0
    current = ""
    for before, token in pairwise(tokens):
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if token.type != "NAME":
            continue
        name = canonical_name(str(token))
        if depth and current:
            found[current] = [*(found[current] if before.type == "COMMA" else []), name]
        elif before.type in ("UNKNOWN", "COMMA"):
            current = name
            found[current] = list(all_axes)
    return found


def _fixed(
    node: ast.Expr, coordinates: Coordinates
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The field, and the coordinates that are fixed with their values."""
    if not isinstance(node, ast.Call) or not isinstance(node.function, ast.Name):
        return None
    name = node.function.id
    own = coordinates.get(name) or coordinates.get(name.rpartition("_")[0])
    given = [a for a in node.arguments if isinstance(a, ast.Expr)]
    if own is None or len(given) != len(own) or len(node.arguments) != len(own):
        return None
    pairs = [(axis, format_expression(a)) for axis, a in zip(own, given, strict=True)]
    return name, tuple((axis, value) for axis, value in pairs if axis != value)


def _law(text: str, fixed: Sequence[tuple[str, str]], time: str | None) -> str:
    if len(fixed) == 1:
        ((axis, value),) = fixed
        is_time = axis == time
        return f"{'ic' if is_time else 'bc'}: {text} {'at' if is_time else 'on'} {axis} = {value}"
    axes, values = (", ".join(part) for part in zip(*fixed, strict=True))
    return f"eq: {text} at ({axes}) = ({values})"
