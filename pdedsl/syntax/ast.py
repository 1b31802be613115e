"""The syntax tree: frozen nodes, each with the span it was read from.

Equality ignores spans, so that two trees compare equal when they say the same thing.
Chains of operators of one level (``a + b - c``) are flat, which keeps the depth of a tree
that of its brackets.
"""

from __future__ import annotations

from typing import Literal

from pdedsl.diagnostics import Span

from .node import Node, place
from .node import dump as dump

# --- expressions ---------------------------------------------------------------------


class Expr(Node):
    """Base of numbers, vectors, sets and conditions."""


class Number(Expr):
    """A literal, kept as the text that was written, such as ``0.01`` or ``1e-4``."""

    text: str


class Unit(Node):
    """``"W/(m K)"`` behind a number or a declaration, without its quotes."""

    text: str


class Quantity(Expr):
    """``400 "W/(m K)"``: a number with its unit."""

    number: Number
    unit: Unit


class Name(Expr):
    """An identifier in canonical spelling (Greek letters by their ASCII names)."""

    id: str


class Negative(Expr):
    """``-operand``."""

    operand: Expr


class Chain(Expr):
    """``first op term op term …`` with operators of one level, left to right.

    ``level`` is ``sum`` (``+ -``), ``product`` (``* /``), ``set`` (``union intersect
    minus``), ``and`` or ``or``.
    """

    level: Literal["sum", "product", "set", "and", "or"]
    first: Expr
    rest: tuple[tuple[str, Expr], ...]


class Power(Expr):
    """``base ^ exponent``."""

    base: Expr
    exponent: Expr


class Compare(Expr):
    """``left op right`` with op one of ``< <= > >= !=``."""

    op: str
    left: Expr
    right: Expr


class Not(Expr):
    """``not operand``."""

    operand: Expr


class Conditional(Expr):
    """``value if condition else otherwise``."""

    value: Expr
    condition: Expr
    otherwise: Expr


class Keyword(Node):
    """``name = value`` among the arguments of a call."""

    name: Name
    value: Expr


class Comprehension(Node):
    """``body for index in first..last`` as the argument of a call."""

    body: Expr
    index: Name
    first: Expr
    last: Expr


class Variable(Node):
    """``s in [0, t]`` among the arguments of an integral."""

    name: Name
    values: Expr


class Text(Expr):
    """``"text"`` among the arguments of a call, such as the path of a file."""

    text: str


Argument = Expr | Keyword | Variable | Comprehension


class Call(Expr):
    """``function(arguments)``."""

    function: Expr
    arguments: tuple[Argument, ...]


class Index(Expr):
    """``base[index, …]``: a component, or an operator's application."""

    base: Expr
    indices: tuple[Expr, ...]


class Column(Expr):
    """``table.name``."""

    table: Expr
    name: Name


class Tuple(Expr):
    """``(a, b, …)`` with two items or more."""

    items: tuple[Expr, ...]


class List(Expr):
    """``[a, b]``: an interval."""

    items: tuple[Expr, ...]


# --- statements ----------------------------------------------------------------------


class Statement(Node):
    """Base of statements."""


class Version(Statement):
    """``language 1``."""

    number: Number


class Title(Statement):
    """``problem "title"``; the text without its quotes."""

    text: str


class Binding(Node):
    """``name = value``."""

    name: Name
    value: Expr


class Range(Node):
    """``name in values``, and the unit of the values."""

    name: Name
    values: Expr
    unit: Unit | None


class Param(Statement):
    """``param k = 1, beta in [1, 30]``."""

    items: tuple[Binding | Range, ...]


class Definition(Node):
    """``name = value`` or ``name(formals) = value``."""

    name: Name
    formals: tuple[Name, ...] | None
    value: Expr


class Let(Statement):
    """``let us = …, f(s) = …``."""

    definitions: tuple[Definition, ...]


class Operator(Statement):
    """``operator L[w] = …``."""

    name: Name
    formals: tuple[Name, ...]
    value: Expr


class Region(Statement):
    """``region D = …``."""

    name: Name
    value: Expr


class Domain(Statement):
    """``domain Omega: (x, y) in … "m"``."""

    name: Name
    coordinates: tuple[Name, ...]
    value: Expr
    unit: Unit | None


class Time(Statement):
    """``time t in [0, 1] "s"``."""

    name: Name
    value: Expr
    unit: Unit | None


class Bound(Node):
    """``> value`` behind an unknown scalar."""

    op: str
    value: Expr


class Field(Node):
    """One unknown: ``v(x, y) in R^2``, ``u``, ``nu > 0 guess 0.1``, ``E guess 4 modes 3``."""

    name: Name
    formals: tuple[Name, ...] | None
    memberships: tuple[Expr, ...]
    bounds: tuple[Bound, ...]
    guess: Expr | None
    modes: Expr | None
    unit: Unit | None


class Unknown(Statement):
    """``unknown field, field, …``."""

    fields: tuple[Field, ...]


class Interface(Statement):
    """``interface Gamma = A intersect B``."""

    name: Name
    value: Expr


class DataColumn(Node):
    """``value = "Temp [C]" "K"``: a column, its header where that is another, and its unit."""

    name: Name
    header: str | None
    unit: Unit | None


class Data(Statement):
    """``data wake(x, y, t, vx, vy) from "wake.csv" linear``."""

    name: Name
    columns: tuple[DataColumn, ...]
    path: str
    interpolation: Name | None
    path_span: Span = place(kw_only=True)


class Exact(Statement):
    """``exact u = us, v = vs``."""

    bindings: tuple[Binding, ...]


class ColumnField(Node):
    """``u(x, t)`` in a reference: the columns of the coordinates and of the field.

    ``u(x, t) = "usol"`` gives the header of the field's column.
    """

    name: Name
    formals: tuple[Name, ...] | None
    header: str | None


class Reference(Statement):
    """``reference u(x, t) from "u.csv"``."""

    fields: tuple[ColumnField, ...]
    path: str
    path_span: Span = place(kw_only=True)


class Output(Statement):
    """``output flux = integral(dn(u), boundary), peak = max(u)``."""

    bindings: tuple[Binding, ...]


class Include(Statement):
    """``include "materials.pde"``."""

    path: str
    path_span: Span = place(kw_only=True)


class Equation(Node):
    """``left = right``."""

    left: Expr
    right: Expr


class Periodic(Node):
    """``u, v periodic in x, y``."""

    names: tuple[Name, ...]
    coordinates: tuple[Name, ...]


class Inside(Node):
    """``in A``."""

    value: Expr


class Locus(Node):
    """``boundary(D)``, ``wake``, or ``x = 0`` (then ``value`` is the 0)."""

    target: Expr
    value: Expr | None


class On(Node):
    """``on locus, locus where condition``."""

    loci: tuple[Locus, ...]
    where: Expr | None


class At(Node):
    """``at t = 0``, ``at (x, y) = (0, 0), t = 1``."""

    equations: tuple[Equation, ...]


class Law(Statement):
    """``kind label: body place  sigma = noise``."""

    kind: Literal["eq", "bc", "ic", "fit"]
    label: Name | None
    body: tuple[Equation, ...] | Periodic
    place: Inside | On | At | None
    noise: Expr | None


class Spec(Node):
    """A whole file."""

    statements: tuple[Statement, ...]
