"""The middle representation as text in the language's own spelling.

The text of a problem is a `.pde` file again: reading it gives the same laws. Where the file has
units, numbers are in the SI without them, and columns of tables bear those of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter

from .places import Boundary, Face, Global, Interior, OnData, OnInterface, Place, Slice
from .problem import Field, Problem, UnknownNumber
from .regions import Box, Combination, Enclosed, MeshBody, Moved, Region, Shape

_SPELLING = {"Abs": "abs", "Min": "min", "Max": "max", "Heaviside": "heaviside"}


class ExpressionPrinter(StrPrinter):
    """Prints sympy as `.pde` expressions: ``u_xx``, ``d(v[1], x)``, ``^``, ``if(…)``."""

    def _print_AppliedUndef(self, expr: AppliedUndef) -> str:
        name = str(expr.func)
        moved = [a for a in expr.args if not isinstance(a, sp.Symbol)]
        if not moved:
            return name
        return f"{name}({', '.join(self._print(a) for a in expr.args)})"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        inner, counts = expr.expr, expr.variable_count
        name = self._print(inner)
        letters = "".join(str(s) * int(n) for s, n in counts)
        short = isinstance(inner, AppliedUndef) and name.isidentifier()
        if short and all(len(str(s)) == 1 for s, _ in counts):
            return f"{name}_{letters}"
        for symbol, count in counts:
            order = f", {count}" if count > 1 else ""
            name = f"d({name}, {self._print(symbol)}{order})"
        return name

    def _print_Subs(self, expr: sp.Subs) -> str:
        pairs = zip(expr.variables, expr.point, strict=True)
        moved = ", ".join(f"{self._print(s)}={self._print(v)}" for s, v in pairs)
        return f"{self._print(expr.expr)}({moved})"

    def _print_DomainIntegral(self, expr: Any) -> str:
        return f"integral({self._print(expr.args[0])}, {expr.args[1]})"

    def _print_Function(self, expr: sp.Function) -> str:
        name = _SPELLING.get(type(expr).__name__, type(expr).__name__)
        arguments = expr.args[:1] if name == "heaviside" else expr.args
        return f"{name}({', '.join(self._print(a) for a in arguments)})"

    _print_Abs = _print_Min = _print_Max = _print_Heaviside = _print_Function  # noqa: N815

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        (value, condition), *rest = expr.args
        if not rest or condition == sp.true:
            return self._print(value)
        other = sp.Piecewise(*rest, evaluate=False) if len(rest) > 1 else rest[0][0]
        return f"if({self._print(condition)}, {self._print(value)}, {self._print(other)})"

    def _print_Unequality(self, expr: sp.Ne) -> str:
        return f"{self._print(expr.lhs)} != {self._print(expr.rhs)}"

    def _print_And(self, expr: sp.And) -> str:
        return " and ".join(self._print(a) for a in sorted(expr.args, key=sp.default_sort_key))

    def _print_Or(self, expr: sp.Or) -> str:
        return " or ".join(self._print(a) for a in sorted(expr.args, key=sp.default_sort_key))

    def _print_Not(self, expr: sp.Not) -> str:
        return f"not {self._print(expr.args[0])}"

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        if expr.exp is sp.S.Half:
            return f"sqrt({self._print(expr.base)})"
        if expr.is_commutative and expr.exp == -1:
            return f"1/{self.parenthesize(expr.base, PRECEDENCE['Pow'])}"
        base = self.parenthesize(expr.base, PRECEDENCE["Pow"] + 1)
        return f"{base}^{self.parenthesize(expr.exp, PRECEDENCE['Pow'])}"

    def _print_Rational(self, expr: sp.Rational) -> str:
        return _decimal(expr) or f"{expr.p}/{expr.q}"

    def _print_Exp1(self, expr: Any) -> str:
        return "exp(1)"

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        """Bracket by precedence; decimals bind like numbers, unless negative."""
        if isinstance(item, sp.Rational) and _decimal(item) and item >= 0:
            return self._print(item)
        text = self._print(item)
        bound = precedence(item)
        return f"({text})" if bound < level or (not strict and bound <= level) else text


def _decimal(number: sp.Rational) -> str | None:
    """The finite decimal of a fraction such as 1/100, where it is short."""
    q = int(number.q)
    digits = 0
    while q % 10 == 0:
        q, digits = q // 10, digits + 1
    for prime in (2, 5):
        count = 0
        while q % prime == 0:
            q, count = q // prime, count + 1
        digits += count
    if q != 1 or digits > 8 or int(number.q) < 5:
        return None
    scaled = abs(int(number.p)) * 10**digits // int(number.q)
    text = str(scaled).rjust(digits + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}".rstrip("0")


def expression_text(expression: sp.Basic) -> str:
    """An expression in the language's spelling; the same expression gives the same text."""
    return str(ExpressionPrinter({"order": None}).doprint(expression))


def region_text(region: Region) -> str:
    """A set in the language's spelling."""
    match region:
        case Box(intervals):
            return _box_text(intervals)
        case Shape(name, arguments, keywords):
            return f"{name}({_arguments_text(arguments, keywords or ('',) * len(arguments))})"
        case Enclosed(point, index, first, last):
            ends = f"{expression_text(first)}..{expression_text(last)}"
            return f"curve(({_pair(point)}) for {index} in {ends})"
        case MeshBody(path=path, scale=scale):
            factor = "" if scale == 1 else f", scale = {expression_text(scale)}"
            return f'mesh("{path}"{factor})'
        case Moved(name, inner, arguments, keywords):
            return f"{name}({region_text(inner)}, {_arguments_text(arguments, keywords)})"
        case Combination(op, left, right):
            return f"({region_text(left)} {op} {region_text(right)})"
    raise TypeError(f"unknown region {region!r}")


def _arguments_text(
    arguments: tuple[sp.Expr | tuple[sp.Expr, ...], ...], keywords: tuple[str, ...]
) -> str:
    """``center = (0, 0), radius = 1``; without names where keywords are empty."""
    values = (f"({_pair(a)})" if isinstance(a, tuple) else expression_text(a) for a in arguments)
    heads = (f"{keyword} = " if keyword else "" for keyword in keywords)
    return ", ".join(map("".join, zip(heads, values, strict=True)))


def _box_text(intervals: tuple[tuple[sp.Expr, sp.Expr], ...]) -> str:
    if len(intervals) > 1 and len(set(intervals)) == 1:
        return f"[{_pair(intervals[0])}]^{len(intervals)}"
    return " * ".join(f"[{_pair(i)}]" for i in intervals)


def _pair(items: tuple[sp.Expr, ...]) -> str:
    return ", ".join(expression_text(item) for item in items)


def place_text(place: Place) -> str:
    """A place in the language's spelling."""
    match place:
        case Interior(domain):
            return f"in {domain}" if domain else "at all times"
        case Boundary():
            return _boundary_text(place)
        case Slice(_, fixed) | Global(fixed) if fixed:
            return "at " + ", ".join(f"{s} = {expression_text(v)}" for s, v in fixed)
        case Global():
            return "at all times"
        case OnInterface(name) | OnData(name):
            return f"on {name}"
    raise TypeError(f"unknown place {place!r}")


def _boundary_text(place: Boundary) -> str:
    if place.faces and not place.minus:
        text = "on " + ", ".join(face_text(face) for face in place.faces)
    elif place.of or place.minus:
        text = f"on boundary({place.of or place.domain})"
    else:
        text = "on boundary"
    text += "".join(f" minus {name}" for name in place.minus)
    return text + (f" where {expression_text(place.where)}" if place.where is not None else "")


def functional_text(kind: str, integrand: sp.Expr, place: Place) -> str:
    """A functional as a call, such as ``integral(u, x = 0)`` or ``max(u, Omega)``."""
    if kind == "value":
        return expression_text(integrand)
    match place:
        case Interior(domain):
            where = domain or ""
        case Boundary():
            where = _boundary_text(place).removeprefix("on ")
        case OnInterface(name):
            where = name
        case _:
            raise TypeError(f"a functional has no place {place!r}")
    return f"{kind}({', '.join([expression_text(integrand), *([where] if where else [])])})"


def face_text(face: Face) -> str:
    """A side of a box, such as ``x = -1``."""
    return f"{face.axis} = {expression_text(face.value)}"


def problem_text(problem: Problem) -> str:
    """The whole problem, one declaration or law a line."""
    statements = [*_declarations(problem), *_laws(problem), *_known(problem)]
    outputs = [f"output {o.name} = {expression_text(o.expression)}" for o in problem.outputs]
    return "\n".join([*statements, *outputs]) + "\n"


def _declarations(problem: Problem) -> Iterator[str]:
    yield f'problem "{problem.title}"'
    for p in problem.parameters:
        yield f"param {p.symbol} = {expression_text(p.definition)}"
    for r in problem.ranges:
        yield f"param {r.symbol} in [{_pair((r.lower, r.upper))}]"
    for name, region in problem.regions:
        yield f"region {name} = {region_text(region)}"
    for d in problem.domains:
        yield f"domain {d.name}: {_coordinates_text(d.coordinates)} in {region_text(d.region)}"
    if t := problem.time:
        yield f"time {t.symbol} in [{_pair((t.lower, t.upper))}]"
    for i in problem.interfaces:
        yield f"interface {i.name} = {i.first} intersect {i.second}"
    for f in problem.fields:
        yield f"unknown {_field_text(f, several=len(problem.domains) > 1)}"
    for n in problem.numbers:
        yield f"unknown {_number_text(n)}"
    for table in problem.tables:
        headers = {name: f' = "{header}"' for name, header in table.headers.items()}
        units = {name: f' "{unit}"' for name, unit in table.units.items()}
        columns = ", ".join(n + headers.get(n, "") + units.get(n, "") for n in table.columns)
        how = f" {table.interpolation}" if table.interpolation else ""
        yield f'data {table.name}({columns}) from "{table.path}"{how}  # {table.rows} rows'


def _coordinates_text(symbols: tuple[sp.Symbol, ...]) -> str:
    names = _names(symbols)
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _names(symbols: tuple[sp.Symbol, ...]) -> list[str]:
    """Names of symbols, with the components of a vector of coordinates taken together."""
    return list(dict.fromkeys(s.name.partition("[")[0] for s in symbols))


def _field_text(field: Field, several: bool) -> str:
    text = f"{field.name}({', '.join(_names(field.arguments))})"
    text += f" in R^{len(field.components)}" if field.vector else ""
    return text + (f" in {field.domain}" if field.domain and several else "")


def _number_text(number: UnknownNumber) -> str:
    text = str(number.symbol)
    text += f" > {expression_text(number.lower)}" if number.lower is not None else ""
    text += f" < {expression_text(number.upper)}" if number.upper is not None else ""
    return f"{text} guess {expression_text(number.guess)}"


def _laws(problem: Problem) -> Iterator[str]:
    for law in problem.laws:
        pairs = (f"{expression_text(a)} = {expression_text(b)}" for a, b in law.equations)
        match law.place:
            case Interior() if len(problem.domains) < 2:
                place = ""
            case Global(fixed) if not fixed:
                place = ""
            case _:
                place = place_text(law.place)
        noise = _noise_text(law.sigma)
        yield f"{_head(law.kind, law.label)}: {', '.join(pairs)}  {place}{noise}".rstrip()
    for label in dict.fromkeys(p.label for p in problem.periodicities):
        group = [p for p in problem.periodicities if p.label == label]
        axes = ", ".join(str(p.axis) for p in group)
        yield f"{_head('bc', label)}: {', '.join(group[0].fields)} periodic in {axes}"


def _noise_text(sigma: tuple[sp.Expr, ...]) -> str:
    """``  sigma = 0.1``, with one number where it serves all equations."""
    texts = list(dict.fromkeys(map(expression_text, sigma)))
    if len(texts) > 1:
        texts = [f"({', '.join(map(expression_text, sigma))})"]
    return "".join(f"  sigma = {text}" for text in texts)


def _head(kind: str, label: str) -> str:
    """``bc lid``; the kind alone for a law that the file does not name."""
    numbered = label == kind or label.startswith(f"{kind}.")
    return kind if numbered else f"{kind} {label}"


def _known(problem: Problem) -> Iterator[str]:
    given = dict(problem.exact)
    for field in problem.fields:
        if field.components[0] in given:
            values = _pair(tuple(given[c] for c in field.components))
            yield f"exact {field.name} = {f'({values})' if len(field.components) > 1 else values}"
    for number in problem.numbers:
        if number.symbol in given:
            yield f"exact {number.symbol} = {expression_text(given[number.symbol])}"
    for reference in problem.references:
        components = {c for c, _ in reference.columns}
        fields = [f for f in problem.fields if f.components[0] in components]
        names = ", ".join(f"{f.name}({', '.join(_names(f.arguments))})" for f in fields)
        yield f'reference {names} from "{reference.table.path}"  # {reference.table.rows} rows'


def residual_text(problem: Problem) -> str:
    """The residual of each law, one scalar component a line, parameters replaced."""
    lines = []
    for law in problem.laws:
        for label, residual in zip(law.row_labels, law.residuals, strict=True):
            value = expression_text(problem.substitute(residual))
            lines.append(f"{label}: {value}  {place_text(law.place)}")
    return "\n".join(lines) + "\n"
