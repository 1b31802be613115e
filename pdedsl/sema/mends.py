"""What to write instead: texts built from the user's own words."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Sequence

from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic, Note, Rejected, Span, reject
from pdedsl.geometry import Argument
from pdedsl.syntax import ast, format_expression

from .scope import BUILT_IN, FUNCTIONS, DataTable, Entry, Macro, Scope
from .values import Value, describe

LONGEST = 60
"""Texts longer than this are not repeated in a mend."""


def call(name: str, arguments: Iterable[object], brackets: str = "()") -> str:
    """Text of a call, such as ``write L[u]``; dots stand for arguments that are too long."""
    nodes = [a for a in arguments if isinstance(a, ast.Expr)]
    inside = ", ".join(format_expression(a) for a in nodes)
    if not inside or len(inside) > LONGEST:
        inside = "…"
    return f"write {name}{brackets[0]}{inside}{brackets[1]}"


def product(node: ast.Call) -> str | None:
    """``did you mean k*(x + 1)?`` for ``k(x + 1)``."""
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], ast.Expr):
        return None
    inside = format_expression(node.arguments[0])
    if not isinstance(node.arguments[0], (ast.Name, ast.Number)):
        inside = f"({inside})"
    return f"did you mean {format_expression(node.function)}*{inside}?"


def check_differentials(node: ast.Chain, scope: Scope, bound: Container[str]) -> None:
    """Refuse ``du/dn`` as a whole (E201), since ``du`` alone does not tell the direction."""
    above = node.first
    for op, term in node.rest:
        if op == "/" and isinstance(above, ast.Name) and isinstance(term, ast.Name):
            name = above.id
            is_free = name not in bound and name not in scope.entries
            if is_free and name.startswith("d") and name[1:] in scope.fields():
                raise scope.unknown(above, below=term.id)
        above = term


def use(name: str, entry: Entry) -> str | None:
    """How a name that is no number itself comes to give one."""
    if isinstance(entry.value, Macro):
        formals = ", ".join(f.id for f in entry.value.formals)
        brackets = "()" if entry.role == "a function" else "[]"
        return f"its argument is missing, as in {name}{brackets[0]}{formals}{brackets[1]}"
    if isinstance(entry.value, DataTable):
        table = entry.value.table
        columns = [c for c in table.columns if c not in table.coordinates]
        return f"write a column, such as {name}.{(columns or table.coordinates)[0]}"
    return None


def along(left: ast.Expr, right: ast.Expr) -> str | None:
    """``write advect(v, w)`` for the derivative of w along v, written as v times ∇w."""
    match right:
        case ast.Call(function=ast.Name(id="grad"), arguments=(ast.Expr() as carried,)):
            return f"write advect({format_expression(left)}, {format_expression(carried)})"
    return None


def component(node: ast.Column, scope: Scope) -> str:
    """``write v[2]`` for ``v.y``, ``write dn(u)`` for ``grad(u).n``."""
    if node.name.id == "n":
        match node.table:
            case ast.Call(function=ast.Name(id="grad"), arguments=(ast.Expr() as field,)):
                return f"write dn({format_expression(field)})"
        return f"write dot({format_expression(node.table)}, n)"
    names = [s.name for d in scope.role("a domain").values() for s in d.coordinates]
    index = names.index(node.name.id) + 1 if node.name.id in names else 1
    base = node.table.id if isinstance(node.table, ast.Name) else "v"
    return f"write {base}[{index}] for a component"


def not_a_function(node: ast.Call) -> Rejected:
    """E204 for ``(a + b)(c)``, ``wake.vx(0)`` and ``np.sin(x)``."""
    head = node.function
    if isinstance(head, ast.Column) and head.name.id in FUNCTIONS:
        message = f"functions have no prefix such as {format_expression(head.table)}"
        return reject("E204", message, head.span, call(head.name.id, node.arguments))
    if isinstance(head, ast.Column):
        text = format_expression(head)
        message = f"{text} is a column of a table and takes no arguments"
        return reject("E204", message, head.span.to(node.span), f"write {text}")
    message = "this is not a function, and a product needs its sign"
    return reject("E204", message, head.span.to(node.span), product(node))


def square_brackets(name: ast.Name, entry: Entry | None, indices: tuple[ast.Expr, ...]) -> Rejected:
    """E204 for ``sin[x]`` and ``Sin[x]``."""
    meant = name.id if entry or name.id in BUILT_IN else name.id.lower()
    message = f"the argument of {meant} stands in round brackets"
    return reject("E204", message, name.span, call(meant, indices))


def not_addable(op: str, left: Value, at: ast.Expr, right: Value, term: ast.Expr) -> Rejected:
    """E301 for the sum of a vector and a number."""
    word = "added to" if op == "+" else "subtracted from"
    note = Note(f"this is {describe(left)}", at.span)
    message = f"{describe(right)} cannot be {word} {describe(left)}"
    mend = None
    if isinstance(right, AppliedUndef) and isinstance(term, ast.Name):
        mend = f"did you mean grad({term.id})?"
    return reject("E301", message, term.span, mend, (note,))


def at_use(diagnostic: Diagnostic, node: ast.Expr) -> Rejected:
    """What is wrong in a definition, with the place that uses it."""
    if diagnostic.code == "E703":
        return Rejected(dataclasses.replace(diagnostic, span=node.span))
    note = Note("with these arguments", node.span)
    return Rejected(dataclasses.replace(diagnostic, notes=(*diagnostic.notes, note)))


def shape(node: ast.Call, arguments: Sequence[Argument]) -> str:
    """A set's call with its named arguments: the user's values, examples where they lack."""
    values = {a.name: a.example for a in arguments}
    positional = [a for a in node.arguments if isinstance(a, ast.Expr)]
    points = [a.name for a in arguments if a.kind != "length"]
    lengths = [a.name for a in arguments if a.kind == "length"]
    for given in positional:
        names = points if isinstance(given, ast.Tuple) or not lengths else lengths
        if names:
            values[names.pop(0)] = format_expression(given)
    for argument in node.arguments:
        if isinstance(argument, ast.Keyword) and argument.name.id in values:
            values[argument.name.id] = format_expression(argument.value)
    inside = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"write {format_expression(node.function)}({inside})"


def count_of(number: int, thing: str) -> str:
    """``1 argument``, ``2 arguments``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def first_of(node: object, *kinds: type[ast.Node], names: Iterable[str] = ()) -> Span | None:
    """Place of the first node of the kinds, in a tree; of calls and names only those named."""
    wanted = frozenset(names)
    for found in walk(node):
        if not isinstance(found, kinds):
            continue
        name = found.function if isinstance(found, ast.Call) else found
        if not isinstance(name, ast.Name) or not wanted or name.id in wanted:
            return found.span
    return None


def names(node: object) -> Iterator[ast.Name]:
    """All names in a tree."""
    return (found for found in walk(node) if isinstance(found, ast.Name))


def walk(node: object) -> Iterator[ast.Node]:
    """All nodes of a tree but the names of keywords and columns, parents first."""
    if isinstance(node, ast.Node):
        yield node
    match node:
        case ast.Keyword(value=part) | ast.Column(table=part):
            yield from walk(part)
        case ast.Node():
            yield from walk(node.children())
        case tuple():
            for part in node:
                yield from walk(part)
