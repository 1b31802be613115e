"""From the parser's tree of an expression to the nodes of `ast`.

The span of a bracketed expression holds its brackets.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, cast

from lark import Token, Tree

from pdedsl.diagnostics import Span

from . import ast
from .limits import check_number
from .spelling import canonical_name, canonical_sign
from .tokens import span_of

Parsed = Tree[Token]
_Level = Literal["sum", "product", "set", "and", "or"]


def expression(node: Any) -> ast.Expr:
    """The expression that a parse tree stands for.

    Raises:
        Rejected: E702 for a number too large.
    """
    tree = cast(Parsed, node)
    return cast(ast.Expr, _BUILDERS[str(tree.data)](tree, span_of_tree(tree)))


def span_of_tree(tree: Parsed) -> Span:
    """Place of a parse tree, its brackets included."""
    return Span(tree.meta.start_pos, tree.meta.end_pos)


def name_token(token: Any) -> ast.Name:
    """The name that a token spells, in ASCII."""
    return ast.Name(canonical_name(str(token)), span=span_of(cast(Token, token)))


def unit_token(token: Any) -> ast.Unit | None:
    """The unit in quotes, or None where there is none."""
    return None if token is None else ast.Unit(str(token)[1:-1], span=span_of(cast(Token, token)))


def _quantity(tree: Parsed, span: Span) -> ast.Expr:
    number, unit = (cast(Token, child) for child in tree.children)
    text = str(number)
    check_number(text, span_of(number))
    own = unit_token(unit)
    assert own is not None
    return ast.Quantity(ast.Number(text, span=span_of(number)), own, span=span)


def _number(tree: Parsed, span: Span) -> ast.Expr:
    text = str(tree.children[0])
    check_number(text, span)
    return ast.Number(text, span=span)


def _name(tree: Parsed, span: Span) -> ast.Expr:
    return name_token(tree.children[0])


def _pi(tree: Parsed, span: Span) -> ast.Expr:
    return ast.Name("pi", span=span)


def _group(tree: Parsed, span: Span) -> ast.Expr:
    return expression(tree.children[0]).at(span)


def _prefix(kind: Any, tree: Parsed, span: Span) -> ast.Expr:
    return cast(ast.Expr, kind(expression(tree.children[-1]), span=span))


def _nabla(tree: Parsed, span: Span) -> ast.Expr:
    sign, operand = tree.children
    function = ast.Name("grad" if sign == "∇" else "lap", span=span_of(cast(Token, sign)))
    argument = expression(operand)
    if isinstance(argument, ast.Tuple) and cast(Parsed, operand).data == "tuple":
        return ast.Call(function, argument.items, span=span)
    return ast.Call(function, (argument,), span=span)


def _power(tree: Parsed, span: Span) -> ast.Expr:
    base, exponent = tree.children
    return ast.Power(expression(base), expression(exponent), span=span)


def _superscript(tree: Parsed, span: Span) -> ast.Expr:
    base, sign = tree.children
    digit = ast.Number(canonical_sign(str(sign))[1:], span=span_of(cast(Token, sign)))
    return ast.Power(expression(base), digit, span=span)


def _compare(tree: Parsed, span: Span) -> ast.Expr:
    left, op, right = tree.children
    return ast.Compare(canonical_sign(str(op)), expression(left), expression(right), span=span)


def _signed(tree: Parsed, span: Span) -> ast.Expr:
    """Chains whose operators stand in the tree."""
    level: dict[str, _Level] = {"sum": "sum", "product": "product", "set_chain": "set"}
    first, *rest = tree.children
    pairs = tuple(
        (canonical_sign(str(op)), expression(term))
        for op, term in zip(rest[::2], rest[1::2], strict=True)
    )
    return ast.Chain(level[str(tree.data)], expression(first), pairs, span=span)


def _logical(tree: Parsed, span: Span) -> ast.Expr:
    """Chains of ``and`` or of ``or``."""
    level: _Level = "or" if tree.data == "disjunction" else "and"
    first, *rest = (expression(child) for child in tree.children)
    return ast.Chain(level, first, tuple((level, term) for term in rest), span=span)


def _conditional(tree: Parsed, span: Span) -> ast.Expr:
    value, _, condition, _, otherwise = tree.children
    parts = (expression(value), expression(condition), expression(otherwise))
    return ast.Conditional(*parts, span=span)


def _set_call(tree: Parsed, span: Span) -> ast.Expr:
    """``union(…)``: a call whose name is an operator between sets."""
    operation, arguments = tree.children
    name = ast.Name(str(operation), span=span_of(cast(Token, operation)))
    given = () if arguments is None else cast(Parsed, arguments).children
    return ast.Call(name, tuple(_argument(a) for a in given), span=span)


def _call(tree: Parsed, span: Span) -> ast.Expr:
    function, arguments = tree.children
    given = () if arguments is None else cast(Parsed, arguments).children
    return ast.Call(expression(function), tuple(_argument(a) for a in given), span=span)


def _argument(node: Any) -> ast.Argument:
    tree = cast(Parsed, node)
    span = span_of_tree(tree)
    if tree.data == "keyword":
        head, value = tree.children
        return ast.Keyword(name_token(head), expression(value), span=span)
    if tree.data == "variable":
        head, values = tree.children
        return ast.Variable(name_token(head), expression(values), span=span)
    if tree.data == "comprehension":
        body, index, first, last = tree.children
        return ast.Comprehension(
            expression(body), name_token(index), expression(first), expression(last), span=span
        )
    return expression(tree)


def _text(tree: Parsed, span: Span) -> ast.Expr:
    return ast.Text(str(tree.children[0])[1:-1], span=span)


def _index(tree: Parsed, span: Span) -> ast.Expr:
    base, *indices = tree.children
    return ast.Index(expression(base), tuple(expression(i) for i in indices), span=span)


def _column(tree: Parsed, span: Span) -> ast.Expr:
    table, column = tree.children
    return ast.Column(expression(table), name_token(column), span=span)


def _items(kind: Any, tree: Parsed, span: Span) -> ast.Expr:
    return cast(ast.Expr, kind(tuple(expression(child) for child in tree.children), span=span))


_BUILDERS: dict[str, Any] = {
    "number": _number,
    "quantity": _quantity,
    "name": _name,
    "pi": _pi,
    "group": _group,
    "negative": partial(_prefix, ast.Negative),
    "logical_not": partial(_prefix, ast.Not),
    "nabla": _nabla,
    "pow": _power,
    "superscript": _superscript,
    "compare": _compare,
    "sum": _signed,
    "product": _signed,
    "set_chain": _signed,
    "conjunction": _logical,
    "disjunction": _logical,
    "call": _call,
    "set_call": _set_call,
    "conditional": _conditional,
    "text": _text,
    "index": _index,
    "column": _column,
    "tuple": partial(_items, ast.Tuple),
    "list": partial(_items, ast.List),
}
