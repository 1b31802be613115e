"""Where a law holds: `in`, `on`, `at`, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Note, Span, did_you_mean, reject
from pdedsl.ir import (
    Boundary,
    Domain,
    DomainIntegral,
    Face,
    Global,
    Interior,
    OnData,
    OnInterface,
    Place,
    Slice,
    domain_of,
    is_normal,
)
from pdedsl.ir.text import expression_text
from pdedsl.syntax import ast, format_expression, located

from . import mends
from .boundaries import boundary_place, face
from .draft import Draft


def resolve(draft: Draft, law: ast.Law, residuals: Sequence[sp.Expr]) -> Place:
    """The place of a law, whose scalar residuals tell its domain where the place does not.

    Raises:
        Rejected: E403 no such face or point, E404 a place that does not fit the law,
            E405 a place is missing.
    """
    match law.place:
        case None:
            return _implied_place(draft, law, residuals)
        case ast.Inside(value=value):
            return _inside(draft, value)
        case ast.At(equations=equations):
            return _at(draft, law, equations, residuals)
        case ast.On():
            return _on(draft, law, law.place, residuals)
    raise AssertionError(law.place)


def _inside(draft: Draft, node: ast.Expr) -> Place:
    known = sorted(draft.domains)
    if isinstance(node, ast.Name):
        draft.scope.get(node.id)  # silent where its declaration failed
        if node.id in known:
            return Interior(node.id)
    mend = did_you_mean(node.id, known) if isinstance(node, ast.Name) else None
    mend = mend or (f"write in {' or in '.join(known)}" if known else None)
    raise reject("E404", "a law holds in a domain, by its name", node.span, mend)


def _implied_place(draft: Draft, law: ast.Law, residuals: Sequence[sp.Expr]) -> Place:
    """The place of a law that names none."""
    if law.kind == "fit":
        tables = sorted(draft.scope.role("a data table"))
        if not tables:
            draft.scope.check_complete()
        example = 'declare data first: data wake(x, u1) from "wake.csv"'
        mend = f"add on {tables[0]}" if tables else example
        raise reject("E505", "a fit needs the data that it is on", law.span, mend)
    if law.kind == "ic":
        message = "an initial condition needs its time"
        raise reject("E405", message, law.span, _with_time(draft, law))
    if _only_integrals(draft, residuals):
        return Global()
    home = _home(draft, law, residuals)
    moved = _moved_axes(draft, residuals)
    if law.kind == "bc" and not moved:
        raise reject("E405", "a boundary condition needs its place", law.span, "add on boundary")
    if moved:
        return Slice(home, tuple(sorted(moved.items(), key=lambda p: p[0].name)))
    return Interior(home)


def _only_integrals(draft: Draft, residuals: Sequence[sp.Expr]) -> bool:
    """Whether fields occur under integrals only, and nothing depends on a point in space."""
    space = {s for domain in draft.domains.values() for s in domain.coordinates}
    if any(r.free_symbols & space for r in residuals):
        return False
    integrals = {i for r in residuals for i in r.atoms(DomainIntegral)}
    bare = [r.xreplace(dict.fromkeys(integrals, sp.S.One)) for r in residuals]
    return bool(integrals) and not any(b.atoms(AppliedUndef) for b in bare)


def _moved_axes(draft: Draft, residuals: Sequence[sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
    """Coordinates that every field of the law has fixed, as x in u(x=0) = u(x=1)."""
    fixed: dict[sp.Symbol, sp.Expr] = {}
    arguments = {c.func: f.arguments for f in draft.fields for c in f.components}
    known = {s for f in draft.fields for s in f.arguments}
    free = {s for r in residuals for s in r.free_symbols}
    for residual in residuals:
        for node in sorted(residual.atoms(sp.Subs), key=str):
            for symbol, point in zip(node.variables, node.point, strict=True):
                if symbol in known - free and not point.free_symbols & known:
                    fixed.setdefault(symbol, point)
        for applied in sorted(residual.atoms(AppliedUndef), key=str):
            formals = arguments.get(applied.func, ())
            for symbol, argument in zip(formals, applied.args, strict=False):
                if symbol not in free and not argument.free_symbols & known:
                    fixed.setdefault(symbol, argument)
    return fixed


def _home(draft: Draft, law: ast.Law, residuals: Sequence[sp.Expr]) -> str | None:
    """The one domain that the law's fields live on; None without domains."""
    if not draft.domains:
        return None
    if len(draft.domains) == 1:
        return next(iter(draft.domains))
    homes = {field.domain for field in draft.fields_in(residuals)}
    if len(homes) != 1 or None in homes:
        names = " or ".join(f"in {name}" for name in sorted(draft.domains))
        raise reject("E405", "this law needs its domain", law.span, f"add {names}")
    return homes.pop()


def _at(
    draft: Draft, law: ast.Law, equations: tuple[ast.Equation, ...], residuals: Sequence[sp.Expr]
) -> Place:
    fixed: dict[sp.Symbol, sp.Expr] = {}
    for equation in equations:
        own = _fixed_coordinates(draft, equation)
        _check_once(draft, fixed, own, equations)
        fixed |= own
    if _only_integrals(draft, residuals):
        return Global(tuple(fixed.items()))
    home = _home(draft, law, residuals)
    _check_inside(draft, home, fixed, equations)
    if law.kind == "ic" and (draft.time is None or draft.time.symbol not in fixed):
        start = _start(draft)
        if draft.time is None and (domain := _timed_domain(draft, fixed)) is not None:
            raise _undeclared_time(domain, next(iter(fixed)), equations[0].span)
        message = f"an initial condition is at a time, such as {start}"
        raise reject("E404", message, equations[0].span, f"write at {start}, or bc for a place")
    return Slice(home, tuple(fixed.items()))


def _check_once(
    draft: Draft,
    fixed: Mapping[sp.Symbol, sp.Expr],
    more: Mapping[sp.Symbol, sp.Expr],
    equations: tuple[ast.Equation, ...],
) -> None:
    """Refuse a coordinate with two values, as nothing is at both of them (E407)."""
    for symbol in fixed.keys() & more.keys():
        first, second = fixed[symbol], more[symbol]
        if draft.number(first) == draft.number(second):
            continue
        values = " and ".join(f"{symbol} = {expression_text(v)}" for v in (first, second))
        mend = "write a law for each"
        if _are_faces(draft, symbol, equations):
            named = [format_expression(side) for e in equations for side in (e.left, e.right)]
            pairs = zip(named[::2], named[1::2], strict=True)
            mend = f"write on {', '.join(f'{name} = {value}' for name, value in pairs)}"
        span = equations[0].span.to(equations[-1].span)
        raise reject("E407", f"no point has {values}: all after at holds together", span, mend)


def _are_faces(draft: Draft, symbol: sp.Symbol, equations: tuple[ast.Equation, ...]) -> bool:
    """Whether equations give one coordinate of a box the values that it has on its sides."""
    box = next((d for d in draft.domains.values() if symbol in d.intervals and d.is_box), None)
    if box is None:
        return False
    ends = {draft.number(end) for end in box.intervals[symbol]}
    found = [_fixed_coordinates(draft, equation) for equation in equations]
    return all(own.keys() == {symbol} and draft.number(own[symbol]) in ends for own in found)


def _with_time(draft: Draft, law: ast.Law) -> str:
    """``add at t = 0``; for ``u(x, 0) = 1`` the law with its time."""
    assert not isinstance(law.body, ast.Periodic)
    coordinates = {f.name: [s.name for s in f.arguments] for f in draft.fields}
    time = draft.time.symbol.name if draft.time else None
    text = located(law.body, coordinates, time)
    return f"write {text}" if text else f"add at {_start(draft)}"


def _timed_domain(draft: Draft, fixed: dict[sp.Symbol, sp.Expr]) -> Domain | None:
    """The box of which the one fixed coordinate is a side, where no time is declared."""
    for domain in draft.domains.values():
        if domain.is_box and len(fixed) == 1 and set(fixed) < set(domain.coordinates):
            return domain
    return None


def _undeclared_time(domain: Domain, time: sp.Symbol, span: Span) -> Exception:
    """E404 for an initial condition where the time is a coordinate of the domain."""
    space = [s for s in domain.coordinates if s != time]
    names = ", ".join(s.name for s in space)
    names = f"({names})" if len(space) > 1 else names
    ends = {s: ", ".join(map(expression_text, pair)) for s, pair in domain.intervals.items()}
    box = " * ".join(f"[{ends[s]}]" for s in space)
    name = domain.name
    message = f"an initial condition is at a time, and {time} is a coordinate of {name} here"
    mend = f"write domain {name}: {names} in {box}, and time {time} in [{ends[time]}] below it"
    note = Note(f"{time} is declared here", domain.span)
    return reject("E404", message, span, mend, (note,))


def _start(draft: Draft) -> str:
    """``t = 0``: where time starts."""
    if draft.time is None:
        return "t = 0"
    return f"{draft.time.symbol} = {draft.time.lower}"


def _fixed_coordinates(draft: Draft, equation: ast.Equation) -> dict[sp.Symbol, sp.Expr]:
    left, right = equation.left, equation.right
    if isinstance(left, ast.Tuple) != isinstance(right, ast.Tuple):
        message = "both sides need as many coordinates"
        raise reject("E404", message, equation.span, "write (x, y) = (0, 0)")
    if isinstance(left, ast.Tuple) and isinstance(right, ast.Tuple):
        if len(left.items) != len(right.items):
            zeros = ", ".join("0" for _ in left.items)
            mend = f"write {format_expression(left)} = ({zeros})"
            raise reject("E404", "both sides need as many coordinates", equation.span, mend)
        pairs = list(zip(left.items, right.items, strict=True))
    else:
        pairs = [(left, right)]
    return {_axis(draft, a): draft.elaborator.constant(b, "a point") for a, b in pairs}


def _axis(draft: Draft, node: ast.Expr) -> sp.Symbol:
    inputs = set(draft.inputs)
    value = draft.elaborator.value(node)
    if value not in inputs:
        if not inputs:
            draft.scope.check_complete()
        names = ", ".join(sorted(str(s) for s in inputs))
        raise reject("E404", f"a place is given by coordinates ({names})", node.span)
    return value


def _check_inside(
    draft: Draft,
    home: str | None,
    fixed: dict[sp.Symbol, sp.Expr],
    equations: tuple[ast.Equation, ...],
) -> None:
    """Refuse points and times out of range (E403)."""
    limits: dict[sp.Symbol, tuple[sp.Expr, sp.Expr]] = {}
    if draft.time:
        limits[draft.time.symbol] = (draft.time.lower, draft.time.upper)
    domain = draft.domains.get(home or "")
    limits |= domain.intervals if domain else {}
    for symbol, value in fixed.items():
        if symbol not in limits:
            continue
        low, high = (draft.number(e) for e in limits[symbol])
        margin = 1e-9 * (high - low)
        if not low - margin <= draft.number(value) <= high + margin:
            message = f"{symbol} = {draft.number(value):g} is out of range: "
            message += f"{symbol} runs from {low:g} to {high:g}"
            raise reject("E403", message, equations[0].span.to(equations[-1].span))


def _on(draft: Draft, law: ast.Law, node: ast.On, residuals: Sequence[sp.Expr]) -> Place:
    if law.kind == "ic":
        message = "an initial condition is at a time"
        raise reject("E404", message, node.span, f"write at {_start(draft)}")
    if (special := _on_named(draft, node)) is not None:
        return special
    if law.kind == "fit":
        tables = sorted(draft.scope.role("a data table"))
        if not tables:
            draft.scope.check_complete()
        mend = f"write on {tables[0]}" if tables else None
        last = node.loci[-1]
        if tables and last.target == ast.Name("sigma", span=node.span) and last.value is not None:
            mend = f"write on {tables[0]} sigma = {format_expression(last.value)}"
        raise reject("E505", "a fit is on a data table", node.span, mend)
    where = None if node.where is None else _where(draft, node.where)
    home = _home_of_boundary(draft, law, node, residuals)
    domain = draft.domains[home]
    faces = [loc for loc in node.loci if loc.value is not None]
    if len(faces) == len(node.loci):
        return on_faces(draft, domain, faces, where)
    assert len(node.loci) == 1, "lists of boundaries are divided before"
    return boundary_place(draft, domain, node.loci[0].target, where)


def _where(draft: Draft, node: ast.Expr) -> sp.Basic:
    """A condition that tells a part of a boundary; it may know coordinates alone."""
    condition = draft.elaborator.condition(node)
    numbers = draft.scope.numbers()
    strange = condition.atoms(AppliedUndef, DomainIntegral, sp.Subs)
    strange |= {s for s in condition.free_symbols if s in numbers or is_normal(s)}
    if strange:
        first = expression_text(min(strange, key=sp.default_sort_key))
        message = f"a part of the boundary is told by coordinates, and this depends on {first}"
        raise reject("E404", message, node.span, "write where y >= 0, say")
    return condition


def _on_named(draft: Draft, node: ast.On) -> Place | None:
    """``on wake`` or ``on Gamma``."""
    first = node.loci[0]
    if not isinstance(first.target, ast.Name) or first.value is not None:
        return None
    name = first.target.id
    entry = draft.scope.get(name)
    if entry is None or entry.role not in ("a data table", "an interface"):
        return None
    if len(node.loci) > 1 or node.where is not None:
        message = f"nothing may stand beside {name} here"
        raise reject("E404", message, node.span, f"write on {name}")
    return OnInterface(name) if entry.role == "an interface" else OnData(name)


def domains_of(draft: Draft, place: Place) -> tuple[str, ...]:
    """Names of the domains that a place touches: two for an interface, none for times."""
    if isinstance(place, OnInterface):
        interface = draft.scope.role("an interface")[place.name]
        return interface.first, interface.second
    name = domain_of(place)
    return () if name is None else (name,)


def on_faces(
    draft: Draft, domain: Domain, loci: Sequence[ast.Locus], where: sp.Basic | None
) -> Place:
    """``x = 0, x = 1``: faces of a box; on another set the points with these coordinates.

    Raises:
        Rejected: E403 no such face, E404 not a coordinate of space.
    """
    found: list[Face] = []
    conditions: list[sp.Basic] = []
    for locus in loci:
        assert locus.value is not None
        axis = _axis(draft, locus.target)
        if draft.time and axis == draft.time.symbol:
            value = format_expression(locus.value)
            mend = f"write ic: … at {axis} = {value}"
            raise reject("E404", "time has no boundary", locus.span, mend)
        value = draft.elaborator.constant(locus.value, "a face")
        if domain.is_box:
            found.append(face(draft, domain, axis, value, locus))
        else:
            conditions.append(sp.Eq(axis, value))
    if conditions:
        where = sp.And(sp.Or(*conditions), *([where] if where is not None else []))
    return Boundary(domain.name, tuple(found), where=where)


def _home_of_boundary(
    draft: Draft, law: ast.Law, node: ast.On, residuals: Sequence[sp.Expr]
) -> str:
    if not draft.domains:
        draft.scope.check_complete()
        message = "there is no boundary: the problem depends on time alone"
        raise reject("E404", message, node.span, f"write ic: … at {_start(draft)}")
    calls = (n for n in mends.walk(node.loci) if isinstance(n, ast.Call))
    for argument in (a for call in calls for a in call.arguments):
        if isinstance(argument, ast.Name) and argument.id in draft.domains:
            return argument.id
    home = _home(draft, law, residuals)
    assert home is not None
    return home
