"""Statements that declare names; each puts what it declares into the scope and the draft."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from pdedsl.diagnostics import Note, did_you_mean, reject
from pdedsl.ir import Domain, Field, Interval, Parameter, Region, UnknownNumber, coordinate
from pdedsl.syntax import ast, format_expression

from . import limits, mends, motions, sets
from .draft import Draft
from .names.derivatives import split_derivative
from .scope import BUILT_IN, Macro, ParameterVector
from .units import stated
from .units.stated import override_factor
from .values import Value, components, is_vector


def parameter(draft: Draft, item: ast.Binding | ast.Range) -> None:
    """``param k = 1`` or ``param beta in [1, 30]``."""
    if isinstance(item, ast.Range):
        lower, upper = _ends(draft, item, item.values, "a range of a parameter")
        interval = Interval(coordinate(item.name.id), lower, upper, item.name.span)
        draft.scope.declare(item.name, "a parameter with a range", interval)
        return
    what, mend = "a parameter", f"write let {item.name.id} = {format_expression(item.value)}"
    given = draft.elaborator.quantity(item.value)
    for component in components(given):
        draft.elaborator.check_constant(component, item.value.span, what, mend)
    if not is_vector(given):
        entry = _parameter(draft, item, item.name.id, given)
        draft.scope.declare(item.name, "a parameter", entry)
        return
    parts: list[Parameter] = []

    def named(value: Value, place: tuple[int, ...]) -> Any:
        """The symbols of a value, which are ``c[2]``, or ``c[2,1]`` in a matrix."""
        if isinstance(value, tuple):
            return tuple(named(v, (*place, i)) for i, v in enumerate(value, start=1))
        name = f"{item.name.id}[{','.join(map(str, place))}]"
        parts.append(_parameter(draft, item, name, value))
        return parts[-1].symbol

    vector = ParameterVector(named(given, ()), tuple(parts))
    draft.scope.declare(item.name, "a vector of parameters", vector)


def _parameter(draft: Draft, item: ast.Binding, name: str, value: sp.Expr) -> Parameter:
    """A number by name, with its value or the one that replaces it."""
    draft.given[name] = value
    value = value.xreplace(draft.scope.parameter_values())
    number = draft.elaborator.float_of(value, item.value.span)
    if name in draft.overrides:
        number = float(draft.overrides[name])
        if not math.isfinite(number):
            raise reject("E803", f"{name} is set to {number}, not a number", item.name.span)
        value = sp.Rational(repr(number)) * override_factor(draft.scope, item.value)
        number = float(value)
    return Parameter(coordinate(name), value, number, item.name.span)


def let(draft: Draft, item: ast.Definition) -> None:
    """``let us = …`` (a name) or ``let f(s) = …`` (a function of numbers)."""
    if item.formals is None:
        value = draft.elaborator.value(item.value)
        draft.scope.declare(item.name, "a name", value)
        return
    _check_body(draft, item.formals, item.value)
    draft.scope.declare(item.name, "a function", Macro(item.name, item.formals, item.value))


def operator(draft: Draft, node: ast.Operator) -> None:
    """``operator L[w] = …``."""
    _check_body(draft, node.formals, node.value)
    draft.scope.declare(node.name, "an operator", Macro(node.name, node.formals, node.value))


def _check_body(draft: Draft, formals: tuple[ast.Name, ...], body: ast.Expr) -> None:
    """Look at the names of a definition where it stands, before its first use."""
    seen: set[str] = set()
    for formal in formals:
        draft.scope.check_free(formal)
        if formal.id in seen:
            raise reject("E202", f"{formal.id} stands twice among the arguments", formal.span)
        seen.add(formal.id)
    nodes = list(mends.walk(body))
    own = seen | {n.index.id for n in nodes if isinstance(n, ast.Comprehension)}
    for name in (n for n in nodes if isinstance(n, ast.Name)):
        if name.id in own or name.id in BUILT_IN or draft.scope.get(name.id) is not None:
            continue
        fields = draft.scope.fields() | own
        if split_derivative(name.id, fields, draft.scope.coordinates()) is None:
            raise draft.scope.unknown(name, tuple(own), arguments=0)


def region(draft: Draft, node: ast.Region) -> None:
    """``region D = …``."""
    draft.scope.declare(node.name, "a region", sets.filled(draft.elaborator, node.value))


def domain(draft: Draft, node: ast.Domain) -> None:
    """``domain Omega: (x, y) in …``; one name for several coordinates is a vector."""
    stated.check_plain(draft.scope, node.unit, node.value)
    value = sets.bounded(draft.elaborator, node.value)
    if (size := stated.factor_of(draft.scope, node.unit)) != 1:
        value = motions.scaled(value, (size,))
    names = node.coordinates
    _check_distinct(names)
    stated.declare(draft.scope, names, node.unit)
    entries: list[tuple[ast.Name, str, Any]]
    if len(names) == 1 and value.dimension > 1:
        symbols = tuple(coordinate(f"{names[0].id}[{i}]") for i in range(1, value.dimension + 1))
        entries = [(names[0], "a vector of coordinates", symbols)]
    elif len(names) == value.dimension:
        symbols = tuple(coordinate(n.id) for n in names)
        entries = [(n, "a coordinate", s) for n, s in zip(names, symbols, strict=True)]
    else:
        raise _wrong_number_of_coordinates(node, value)
    draft.scope.check_free(node.name)
    for name, role, symbol in entries:
        earlier = draft.scope.entries.get(name.id)  # several domains may share a coordinate
        if earlier is None or (earlier.role, earlier.value) != (role, symbol):
            draft.scope.declare(name, role, symbol)
    draft.scope.declare(node.name, "a domain", Domain(node.name.id, symbols, value, node.name.span))


def _check_distinct(names: tuple[ast.Name, ...]) -> None:
    for place, name in enumerate(names):
        if name.id in {n.id for n in names[:place]}:
            raise reject("E202", f"the coordinate {name.id} stands twice", name.span)


def _wrong_number_of_coordinates(node: ast.Domain, value: Region) -> Exception:
    names = node.coordinates
    verb = "is" if len(names) == 1 else "are"
    given = f"{verb} {mends.count_of(len(names), 'coordinate')}"
    message = f"the set has {mends.count_of(value.dimension, 'dimension')}, and here {given}"
    mend = None
    if isinstance(node.value, ast.List):
        mend = f"write in {format_expression(node.value)}^{len(names)}"
    elif value.dimension <= 3:
        known = dict.fromkeys([*(n.id for n in names), "x", "y", "z"])
        mend = f"write ({', '.join(list(known)[: value.dimension])}) in …"
    return reject("E402", message, names[0].span.to(names[-1].span), mend)


def time(draft: Draft, node: ast.Time) -> None:
    """``time t in [0, 1]``."""
    if draft.time is not None:
        note = Note("the time is declared here", draft.time.span)
        raise reject("E406", "the time is declared twice", node.span, notes=(note,))
    lower, upper = _ends(draft, node, node.value, "the time")
    interval = Interval(coordinate(node.name.id), lower, upper, node.name.span)
    draft.scope.declare(node.name, "the time", interval)
    draft.time = interval


def _ends(
    draft: Draft, node: ast.Range | ast.Time, values: ast.Expr, what: str
) -> tuple[sp.Expr, sp.Expr]:
    """Both ends of an interval, in the SI where a unit stands behind it."""
    stated.check_plain(draft.scope, node.unit, values)
    lower, upper = sets.interval(draft.elaborator, values, what)
    stated.declare(draft.scope, (node.name,), node.unit)
    size = stated.factor_of(draft.scope, node.unit)
    return lower * size, upper * size


def unknown(draft: Draft, node: ast.Field) -> None:
    """A field ``v(x, y) in R^2``, or a number ``nu > 0 guess 0.1``."""
    if not node.bounds and node.guess is None and node.modes is None:
        _field(draft, node)
    elif node.formals is None:
        _unknown_number(draft, node)
    else:
        name, names = node.name.id, ", ".join(n.id for n in node.formals)
        message = f"{name} is a field; only an unknown number has bounds or a guess"
        mend = f"write {name}({names}), or leave the coordinates out for a number"
        raise reject("E206", message, node.span, mend)


def _unknown_number(draft: Draft, node: ast.Field) -> None:
    if node.memberships:
        (member, *_), name = node.memberships, node.name.id
        guess = "" if node.guess is None else f" guess {format_expression(node.guess)}"
        mend = f"write unknown {name}{_as_bounds(member)}{guess}"
        raise reject("E206", "an unknown number lives on no domain", member.span, mend)
    stated.check_plain(draft.scope, node.unit, *(b.value for b in node.bounds), node.guess)
    stated.declare(draft.scope, (node.name,), node.unit)
    size = stated.factor_of(draft.scope, node.unit)
    lower: sp.Expr | None = None
    upper: sp.Expr | None = None
    for bound in node.bounds:
        value = draft.elaborator.constant(bound.value, "a bound")
        if bound.op in (">", ">="):
            lower = value
        elif bound.op in ("<", "<="):
            upper = value
        else:
            message = "a bound is written with < or >"
            raise reject("E206", message, bound.span, f"write {node.name.id} > 0, say")
    guess = _guess(draft, node, lower, upper)
    lower, upper = (None if end is None else end * size for end in (lower, upper))
    number = UnknownNumber(coordinate(node.name.id), lower, upper, guess * size, node.name.span)
    draft.scope.declare(node.name, "an unknown number", number)
    if node.modes is not None:
        draft.modes[node.name.id] = _modes(draft, node.modes), node.modes.span


def _as_bounds(member: ast.Expr) -> str:
    """`` > a < b`` for an interval, else nothing."""
    if not isinstance(member, ast.List) or len(member.items) != 2:
        return ""
    low, high = (format_expression(end) for end in member.items)
    return f" > {low} < {high}"


def _modes(draft: Draft, node: ast.Expr) -> int:
    """How many eigenpairs are asked for."""
    value = draft.elaborator.constant(node, "a number of modes")
    if not value.is_Integer or not 1 <= value <= limits.MOST_MODES:
        message = f"modes are counted, from 1 to {limits.MOST_MODES}"
        raise reject("E206", message, node.span, "write modes 3, say")
    return int(value)


def _guess(draft: Draft, node: ast.Field, lower: sp.Expr | None, upper: sp.Expr | None) -> sp.Expr:
    low = None if lower is None else draft.elaborator.float_of(lower, node.span)
    high = None if upper is None else draft.elaborator.float_of(upper, node.span)
    if low is not None and high is not None and not low < high:
        message = f"no number is above {low:g} and below {high:g}"
        mend = f"write {node.name.id} > {high:g} < {low:g}" if high < low else None
        raise reject("E407", message, node.span, mend)
    if node.guess is None:
        if upper is not None:
            return upper - 1 if lower is None else (lower + upper) / 2
        return sp.Integer(1) if lower is None else lower + 1
    guess = draft.elaborator.constant(node.guess, "a guess")
    value = draft.elaborator.float_of(guess, node.guess.span)
    if low is not None and value <= low:
        raise reject("E407", f"the guess {value:g} is not above {low:g}", node.guess.span)
    if high is not None and value >= high:
        raise reject("E407", f"the guess {value:g} is not below {high:g}", node.guess.span)
    return guess


def _field(draft: Draft, node: ast.Field) -> None:
    stated.check_of_field(draft.scope, node)
    stated.declare(draft.scope, (node.name,), node.unit)
    size, home = _memberships(draft, node)
    ranges = [r.symbol for r in draft.scope.role("a parameter with a range").values()]
    if node.formals is None:
        space = home.coordinates if home else ()
        arguments = [*space, *([draft.time.symbol] if draft.time else [])]
    else:
        arguments = _arguments(draft, node.formals)
        home = home if set(arguments) & set(home.coordinates if home else ()) else None
    if not arguments:
        raise _without_arguments(draft, node)
    arguments += [r for r in ranges if r not in arguments]
    _check_names_free(draft, node.name)
    names = [node.name.id] if size is None else [f"{node.name.id}[{i + 1}]" for i in range(size)]
    components = tuple(sp.Function(name, real=True)(*arguments) for name in names)
    name, domain = node.name, home.name if home else None
    field = Field(name.id, components, size is not None, tuple(arguments), domain, name.span)
    draft.scope.declare(name, "an unknown function", field)


def _without_arguments(draft: Draft, node: ast.Field) -> Exception:
    """No domain and no time stands before the unknown."""
    draft.scope.check_complete()
    name = node.name.id
    message = f"{name} is a number, for no domain and no time is declared before it"
    return reject("E504", message, node.span, f"write {name} guess 1, or declare the domain first")


def _check_names_free(draft: Draft, name: ast.Name) -> None:
    """Refuse a field that would turn an earlier name into one of its derivatives."""
    for other, entry in draft.scope.entries.items():
        if split_derivative(other, {name.id}, draft.scope.coordinates()):
            note = Note(f"{other} is declared here", entry.span)
            message = f"{other} would read as a derivative of {name.id}"
            mend = f"rename one of them, {other} to {other.replace('_', '')} for example"
            raise reject("E205", message, name.span, mend, (note,))


def _arguments(draft: Draft, formals: tuple[ast.Name, ...]) -> list[sp.Symbol]:
    symbols: list[sp.Symbol] = []
    vectors = draft.scope.role("a vector of coordinates")
    for formal in formals:
        if draft.scope.get(formal.id) is None:
            raise _no_coordinate(draft, formal)
        if formal.id in vectors:
            symbols += vectors[formal.id]
        elif formal.id in draft.scope.coordinates():
            symbols.append(draft.elaborator.symbol(formal.id))
        else:
            role = draft.scope.entries[formal.id].role
            message = f"{formal.id} is {role}, not a coordinate"
            raise reject("E204", message, formal.span, "leave it out")
    if len(set(symbols)) < len(symbols):
        _check_distinct(formals)
    return symbols


def _no_coordinate(draft: Draft, name: ast.Name) -> Exception:
    if name.id in draft.scope.later:
        return draft.scope.unknown(name)
    if not draft.domains:
        draft.scope.check_complete()
    known = [*draft.scope.coordinates(), *draft.scope.role("a vector of coordinates")]
    example = "time t" if name.id == "t" else f"domain Omega: {name.id}"
    mend = did_you_mean(name.id, known) or f"declare it first: {example} in [0, 1]"
    return reject("E201", f"{name.id} is not a coordinate", name.span, mend)


def _memberships(draft: Draft, node: ast.Field) -> tuple[int | None, Domain | None]:
    """Read ``in R^2`` and ``in A``: the number of components, and the domain."""
    domains: dict[str, Domain] = draft.scope.role("a domain")
    size: int | None = None
    home: Domain | None = next(iter(domains.values())) if len(domains) == 1 else None
    for member in node.memberships:
        match member:
            case ast.Power(base=ast.Name(id="R")):
                size = _size(draft, member.exponent)
            case ast.Name(id=name) if name in domains:
                draft.scope.used.add(name)
                home = domains[name]
            case ast.Name(id="R"):
                size = None
            case _:
                mend = "write R^2 for a vector, R for a number"
                if (bounds := _as_bounds(member)) and not node.formals:
                    mend = f"write unknown {node.name.id}{bounds} for a number"
                if isinstance(member, ast.Name):
                    draft.scope.get(member.id)  # silent where its declaration failed
                    mend = did_you_mean(member.id, domains) or mend
                message = "an unknown is in a domain or in R^n"
                raise reject("E401", message, member.span, mend)
    if home is None and domains:
        names = " or ".join(f"in {name}" for name in sorted(domains))
        message = f"{node.name.id} lives on one of several domains: say which"
        raise reject("E405", message, node.span, f"add {names}")
    return size, home


def _size(draft: Draft, node: ast.Expr) -> int:
    number = draft.elaborator.number(node, "the number of components")
    if number != int(number) or not 1 <= number <= 100:
        raise reject("E303", f"a vector has 1 to 100 components, not {number:g}", node.span)
    return int(number)
