"""Expressions and statements to pieces of canonical text, with the places where lines may break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from . import ast

_CONDITIONAL = 0
_CHAINS = {"or": 1, "and": 2, "set": 5, "sum": 6, "product": 7}
_NOT, _COMPARE, _SET, _SUM, _UNARY, _POWER, _POSTFIX = 3, 4, 5, 6, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end.

    Args:
        level: nesting; lines are broken at the outermost level that helps.
        text: what stands there when the line goes on.
    """

    level: int
    text: str = " "


Piece = str | Break


def precedence(node: ast.Expr) -> int:
    """How tightly the outermost operator of an expression binds."""
    match node:
        case ast.Conditional():
            return _CONDITIONAL
        case ast.Chain():
            return _CHAINS[node.level]
        case ast.Not():
            return _NOT
        case ast.Compare():
            return _COMPARE
        case ast.Negative():
            return _UNARY
        case ast.Power():
            return _POWER
    return _POSTFIX


@dataclass
class Printer:
    """Collects the pieces of one statement.

    `pieces` grows as nodes are written; `level` is the nesting of brackets and operators.
    """

    pieces: list[Piece] = field(default_factory=list)
    level: int = 0

    def put(self, text: str) -> None:
        """Append text."""
        self.pieces.append(text)

    def may_break(self, text: str = " ") -> None:
        """Append a place where the line may end."""
        self.pieces.append(Break(self.level, text))

    def comma_list(self, nodes: Iterable[ast.Node]) -> None:
        """Write nodes with commas between."""
        for count, node in enumerate(nodes):
            if count:
                self.put(",")
                self.may_break()
            self.node(node)

    def expr(self, node: ast.Expr, least: int = 0) -> None:
        """Write an expression, in brackets when it binds less tightly than ``least``."""
        self.level += 1
        if precedence(node) < least:
            self.put("(")
            self._expr(node)
            self.put(")")
        else:
            self._expr(node)
        self.level -= 1

    def _expr(self, node: ast.Expr) -> None:
        match node:
            case ast.Number(text):
                self.put(text)
            case ast.Quantity(number, unit):
                self.put(number.text + _unit(unit))
            case ast.Name(name):
                self.put(name)
            case ast.Text(text):
                self.put(f'"{text}"')
            case ast.Negative(operand):
                self.put("-")
                self.expr(operand, _UNARY)
            case ast.Not(operand):
                self.put("not ")
                self.expr(operand, _NOT)
            case ast.Conditional(value, condition, otherwise):
                self.expr(value, _CONDITIONAL + 1)
                self.may_break()
                self.put("if ")
                self.expr(condition, _CONDITIONAL + 1)
                self.may_break()
                self.put("else ")
                self.expr(otherwise)
            case ast.Chain():
                self._chain(node)
            case ast.Compare(op, left, right):
                self.expr(left, _SET)
                self.may_break()
                self.put(f"{op} ")
                self.expr(right, _SET)
            case ast.Power(base, exponent):
                self.expr(base, _POSTFIX)
                self.put("^")
                self.expr(exponent, _UNARY)
            case _:
                self._postfix(node)

    def _chain(self, node: ast.Chain) -> None:
        least = _CHAINS[node.level] + 1
        terms = (node.first, *(term for _, term in node.rest))
        self.expr(node.first, least)
        for op, term in node.rest:
            tight = node.level == "product" and not any(map(_is_box, terms))
            self.may_break("" if tight else " ")
            self.put(op if tight else f"{op} ")
            self.expr(term, least)

    def _postfix(self, node: ast.Expr) -> None:
        match node:
            case ast.Call(function, arguments):
                self.expr(function)
                self._in_brackets("(", arguments, ")")
            case ast.Index(base, indices):
                if isinstance(base, (ast.Number, ast.Quantity, ast.List)):
                    self._in_brackets("(", (base,), ")")
                else:
                    self.expr(base, _POSTFIX)
                self._in_brackets("[", indices, "]")
            case ast.Column(table, name):
                self.expr(table)
                self.put(f".{name.id}")
            case ast.Tuple(items):
                self._in_brackets("(", items, ")")
            case ast.List(items):
                self._in_brackets("[", items, "]")

    def _in_brackets(self, opening: str, nodes: Sequence[ast.Node], closing: str) -> None:
        self.level += 1
        self.put(opening)
        self.comma_list(nodes)
        self.put(closing)
        self.level -= 1

    def node(self, node: ast.Node) -> None:
        """Write an expression, or a part of a statement."""
        match node:
            case ast.Expr():
                self.expr(node)
            case ast.Keyword(name, value) | ast.Binding(name, value):
                self.put(f"{name.id} = ")
                self.expr(value)
            case ast.Comprehension(body, index, first, last):
                self.expr(body)
                self.put(f" for {index.id} in ")
                self.expr(first)
                self.put("..")
                self.expr(last)
            case ast.Range(name, values) | ast.Variable(name, values):
                self.put(f"{name.id} in ")
                self.expr(values)
                self.put(_unit(node.unit) if isinstance(node, ast.Range) else "")
            case ast.Definition(name, formals, value):
                self.put(f"{name.id}{_formals(formals)} = ")
                self.expr(value)
            case ast.ColumnField(name, formals, header):
                self.put(name.id + _formals(formals) + _header(header))
            case ast.DataColumn(name, header, unit):
                self.put(name.id + _header(header) + _unit(unit))
            case ast.Field():
                self._field(node)
            case ast.Equation(left, right):
                self.expr(left)
                self.may_break()
                self.put("= ")
                self.expr(right)
            case ast.Locus(target, value):
                self.expr(target)
                if value is not None:
                    self.put(" = ")
                    self.expr(value)

    def _field(self, node: ast.Field) -> None:
        self.put(node.name.id + _formals(node.formals))
        for value in node.memberships:
            self.put(" in ")
            self.expr(value, _SET)
        for bound in node.bounds:
            self.put(f" {bound.op} ")
            self.expr(bound.value, _SUM)
        if node.guess is not None:
            self.put(" guess ")
            self.expr(node.guess)
        if node.modes is not None:
            self.put(" modes ")
            self.expr(node.modes)
        self.put(_unit(node.unit))

    def statement(self, node: ast.Statement) -> None:
        """Write a whole statement."""
        match node:
            case ast.Version(number):
                self.put(f"language {number.text}")
            case ast.Title(text):
                self.put(f'problem "{text}"')
            case ast.Param(items):
                self._list("param", items)
            case ast.Let(definitions):
                self._list("let", definitions)
            case ast.Operator(name, formals, value):
                self._head(f"operator {name.id}[{_names(formals)}] =", value)
            case ast.Region(name, value):
                self._head(f"region {name.id} =", value)
            case ast.Interface(name, value):
                self._head(f"interface {name.id} =", value)
            case ast.Domain(name, coordinates, value, unit):
                names = _names(coordinates)
                names = f"({names})" if len(coordinates) > 1 else names
                self._head(f"domain {name.id}: {names} in", value)
                self.put(_unit(unit))
            case ast.Time(name, value, unit):
                self._head(f"time {name.id} in", value)
                self.put(_unit(unit))
            case ast.Unknown(fields):
                self._list("unknown", fields)
            case ast.Data(name, columns, path, how):
                self.put(f"data {name.id}")
                self._in_brackets("(", columns, ")")
                self.put(f' from "{path}"' + (f" {how.id}" if how else ""))
            case ast.Exact(bindings):
                self._list("exact", bindings)
            case ast.Reference(fields, path):
                self._list("reference", fields)
                self.put(f' from "{path}"')
            case ast.Output(bindings):
                self._list("output", bindings)
            case ast.Include(path):
                self.put(f'include "{path}"')
            case ast.Law():
                self._law(node)

    def _list(self, keyword: str, nodes: Sequence[ast.Node]) -> None:
        self.put(f"{keyword} ")
        self.comma_list(nodes)

    def _head(self, head: str, value: ast.Expr) -> None:
        self.put(f"{head} ")
        self.expr(value)

    def _law(self, node: ast.Law) -> None:
        self.put(f"{node.kind}: " if node.label is None else f"{node.kind} {node.label.id}: ")
        if isinstance(node.body, ast.Periodic):
            self.put(f"{_names(node.body.names)} periodic in {_names(node.body.coordinates)}")
        else:
            self.comma_list(node.body)
        if node.place is not None:
            self.may_break("  ")
            self._place(node.place)
        if node.noise is not None:
            self.may_break("  ")
            self.put("sigma = ")
            self.expr(node.noise)

    def _place(self, node: ast.Inside | ast.On | ast.At) -> None:
        match node:
            case ast.Inside(value):
                self.put("in ")
                self.expr(value)
            case ast.At(equations):
                self._list("at", equations)
            case ast.On(loci, where):
                self._list("on", loci)
                if where is not None:
                    self.may_break()
                    self.put("where ")
                    self.expr(where)


def joined(pieces: Iterable[Piece]) -> str:
    """The pieces on one line."""
    return "".join(piece.text if isinstance(piece, Break) else piece for piece in pieces)


def format_expression(node: ast.Expr) -> str:
    """Canonical text of an expression on one line."""
    printer = Printer()
    printer.expr(node)
    return joined(printer.pieces)


def _is_box(node: ast.Expr) -> bool:
    """Whether a factor is an interval, whose product is set with spaces."""
    return isinstance(node.base if isinstance(node, ast.Power) else node, ast.List)


def _names(names: Iterable[ast.Name]) -> str:
    return ", ".join(name.id for name in names)


def _unit(unit: ast.Unit | None) -> str:
    return "" if unit is None else f' "{unit.text}"'


def _header(header: str | None) -> str:
    return "" if header is None else f' = "{header}"'


def _formals(names: tuple[ast.Name, ...] | None) -> str:
    return "" if names is None else f"({_names(names)})"
