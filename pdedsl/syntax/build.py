"""From the parser's tree of one statement to the frozen nodes of `ast`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

from lark import Token, Tree

from pdedsl.diagnostics import Span, reject

from . import ast
from .expressions import expression, name_token, span_of_tree, unit_token
from .printing import format_expression
from .spelling import canonical_sign
from .tokens import span_of

Parsed = Tree[Token]


def build(tree: Parsed, span: Span) -> ast.Statement:
    """The statement that a parse tree stands for.

    Args:
        tree: what the grammar's start rule gave.
        span: place of the whole statement.

    Raises:
        Rejected: the statement follows the grammar and still cannot be read, such as a
            number too large.
    """
    builder = _BUILDERS[str(tree.data)]
    return cast(ast.Statement, builder(tree, span))


def _version(tree: Parsed, span: Span) -> ast.Version:
    token = cast(Token, tree.children[0])
    return ast.Version(ast.Number(str(token), span=span_of(token)), span=span)


def _title(tree: Parsed, span: Span) -> ast.Title:
    return ast.Title(str(tree.children[0])[1:-1], span=span)


def _param_item(tree: Parsed) -> ast.Range | ast.Binding:
    return _range(tree) if tree.data == "range" else _binding(tree)


def _binding(tree: Parsed) -> ast.Binding:
    return _named(ast.Binding, tree, span_of_tree(tree))


def _named(kind: Any, tree: Parsed, span: Span) -> Any:
    """A node of a name and an expression."""
    head, value = tree.children
    return kind(name_token(head), expression(value), span=span)


def _range(tree: Parsed) -> ast.Range:
    head, values, unit = tree.children
    return ast.Range(name_token(head), _box(values), unit_token(unit), span=span_of_tree(tree))


def _listed(kind: Any, item: Callable[[Parsed], ast.Node], tree: Parsed, span: Span) -> Any:
    """A statement of a list of items."""
    return kind(tuple(item(child) for child in _trees(tree)), span=span)


def _definition(tree: Parsed) -> ast.Definition:
    head, formals, value = tree.children
    return ast.Definition(
        name_token(head), _formals(formals), expression(value), span=span_of_tree(tree)
    )


def _formals(tree: Any) -> tuple[ast.Name, ...] | None:
    if tree is None:
        return None
    return _names(tree.children[0] if tree.data == "formals" else tree)


def _names(tree: Any) -> tuple[ast.Name, ...]:
    return tuple(name_token(child) for child in tree.children)


def _operator(tree: Parsed, span: Span) -> ast.Operator:
    head, formals, value = tree.children
    return ast.Operator(name_token(head), _names(formals), expression(value), span=span)


def _box(node: Any) -> ast.Expr:
    """A set; an interval in round brackets, as in ``(0, 1)^2``, is refused here."""
    value = expression(node)
    factors = [value]
    if isinstance(value, ast.Chain) and value.level == "product":
        factors = [value.first, *(term for _, term in value.rest)]
    for factor in factors:
        base = factor.base if isinstance(factor, ast.Power) else factor
        if isinstance(base, ast.Tuple):
            message = "an interval stands in square brackets"
            raise reject("E110", message, base.span, f"write {_ends(base)}")
    return value


def _ends(node: ast.Tuple) -> str:
    """The interval meant by two ends in round brackets, with the user's values where short."""
    inside = ", ".join(format_expression(item) for item in node.items)
    return f"[{inside}]" if len(node.items) == 2 and len(inside) <= 40 else "[a, b]"


def _domain(tree: Parsed, span: Span) -> ast.Domain:
    head, coordinates, value, unit = tree.children
    names = _names(coordinates)
    return ast.Domain(name_token(head), names, _box(value), unit_token(unit), span=span)


def _time(tree: Parsed, span: Span) -> ast.Time:
    head, value, unit = tree.children
    return ast.Time(name_token(head), _box(value), unit_token(unit), span=span)


def _field(tree: Parsed) -> ast.Field:
    head, formals, *rest, unit = tree.children
    parts = [child for child in rest if isinstance(child, Tree)]
    return ast.Field(
        name_token(head),
        _formals(formals),
        tuple(expression(p.children[0]) for p in parts if p.data == "membership"),
        tuple(_bound(p) for p in parts if p.data == "bound"),
        next((expression(p.children[0]) for p in parts if p.data == "guess"), None),
        next((expression(p.children[-1]) for p in parts if p.data == "modes"), None),
        unit_token(unit),
        span=span_of_tree(tree),
    )


def _bound(tree: Parsed) -> ast.Bound:
    op, value = tree.children
    return ast.Bound(canonical_sign(str(op)), expression(value), span=span_of_tree(tree))


def _data(tree: Parsed, span: Span) -> ast.Data:
    head, columns, path, how = cast(Any, tree.children)
    return ast.Data(
        name_token(head),
        tuple(_data_column(child) for child in columns.children),
        _quoted(path),
        None if how is None else name_token(how.children[0]),
        span=span,
        path_span=span_of(path),
    )


def _data_column(tree: Parsed) -> ast.DataColumn:
    head, header, unit = tree.children
    own = unit_token(unit)
    return ast.DataColumn(name_token(head), _quoted(header), own, span=span_of_tree(tree))


def _quoted(token: Any) -> Any:
    """The text in quotes, or None where there is none."""
    return None if token is None else str(token)[1:-1]


def _reference(tree: Parsed, span: Span) -> ast.Reference:
    path = cast(Token, tree.children[-1])
    fields = tuple(_column_field(child) for child in _trees(tree))
    return ast.Reference(fields, _quoted(path), span=span, path_span=span_of(path))


def _column_field(tree: Parsed) -> ast.ColumnField:
    head, formals, header = tree.children
    span = span_of_tree(tree)
    return ast.ColumnField(name_token(head), _formals(formals), _quoted(header), span=span)


def _include(tree: Parsed, span: Span) -> ast.Include:
    path = cast(Token, tree.children[0])
    return ast.Include(_quoted(path), span=span, path_span=span_of(path))


def _law(tree: Parsed, span: Span) -> ast.Law:
    kind, label, body, place, noise = tree.children
    return ast.Law(
        cast(Literal["eq", "bc", "ic", "fit"], str(kind)),
        None if label is None else name_token(cast(Parsed, label).children[0]),
        _body(cast(Parsed, body)),
        None if place is None else _place(cast(Parsed, place)),
        None if noise is None else expression(cast(Parsed, noise).children[-1]),
        span=span,
    )


def _body(tree: Parsed) -> tuple[ast.Equation, ...] | ast.Periodic:
    if tree.data == "equations":
        return _equations(tree)
    names, coordinates = tree.children
    return ast.Periodic(_names(names), _names(coordinates), span=span_of_tree(tree))


def _equations(tree: Parsed) -> tuple[ast.Equation, ...]:
    return tuple(
        ast.Equation(*(expression(side) for side in child.children), span=span_of_tree(child))
        for child in _trees(tree)
    )


def _place(tree: Parsed) -> ast.Inside | ast.On | ast.At:
    span = span_of_tree(tree)
    if tree.data == "inside":
        return ast.Inside(expression(tree.children[0]), span=span)
    if tree.data == "at":
        return ast.At(_equations(tree), span=span)
    parts = _trees(tree)
    where = next((expression(p.children[0]) for p in parts if p.data == "where"), None)
    return ast.On(tuple(_locus(p) for p in parts if p.data == "locus"), where, span=span)


def _locus(tree: Parsed) -> ast.Locus:
    target, value = tree.children
    found = None if value is None else expression(value)
    return ast.Locus(expression(target), found, span=span_of_tree(tree))


def _trees(tree: Parsed) -> list[Parsed]:
    return [child for child in tree.children if isinstance(child, Tree)]


_BUILDERS: dict[str, Any] = {
    "version": _version,
    "title": _title,
    "param": partial(_listed, ast.Param, _param_item),
    "let": partial(_listed, ast.Let, _definition),
    "operator": _operator,
    "region": partial(_named, ast.Region),
    "domain": _domain,
    "time": _time,
    "unknown": partial(_listed, ast.Unknown, _field),
    "interface": partial(_named, ast.Interface),
    "data": _data,
    "exact": partial(_listed, ast.Exact, _binding),
    "reference": _reference,
    "output": partial(_listed, ast.Output, _binding),
    "include": _include,
    "law": _law,
}
