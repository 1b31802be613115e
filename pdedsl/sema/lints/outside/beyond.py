r"""E403: a law that asks for a field where there is none, as y(t − 1) from t = 0 on.

A basis or network has values there, too, so that a delay without a history would be solved for one
of many continuations. A law asks for a field a at a point p where :math:`∂r/∂a ≠ 0`: so ``if(t < 1,
1, y(t - 1))`` does not ask for it before t = 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import domain_region
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.region import Mask
from pdedsl.ir import Domain, DomainIntegral, Law, NotNumericError, Problem, evaluate
from pdedsl.ir.text import expression_text
from pdedsl.sema.draft import Draft
from pdedsl.sema.lints.place_points import Known, Sample, sample

_POINTS = 256  # of a law's place, a choice; both ends of time and of every side come first
_MARGIN = 1e-9  # of the length of an interval, or of the size of a set: rounding
_GENERIC = 1.2345  # a field that stands beside another one


def beyond(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Fields at points outside of their domain, or of the times of the problem."""
    for law in problem.laws:
        moved = [(r, node) for r in law.residuals for node in _moved(problem, r)]
        places = sample(problem, law.place, _POINTS) if moved else None
        if places is None:
            continue
        known = _with_ends(problem, places)
        for residual, node in moved:
            found = _finding(problem, law, residual, node, known)
            if found is not None:
                yield found
                break


def _moved(problem: Problem, residual: sp.Expr) -> list[sp.Expr]:
    """Fields and derivatives at other points than that of the law, those under no integral."""
    outer = residual.xreplace(dict.fromkeys(residual.atoms(DomainIntegral), sp.S.Zero))
    own = {c.func: c.args for c in problem.components}
    inside = {n for s in outer.atoms(sp.Subs) for n in s.atoms(AppliedUndef)}
    fields = [
        n for n in outer.atoms(AppliedUndef)
        if n.func in own and n.args != own[n.func] and n not in inside
    ]  # fmt: skip
    return sorted([*outer.atoms(sp.Subs), *fields], key=sp.default_sort_key)


def _with_ends(problem: Problem, places: Sample) -> Known:
    """The values of a sample with both ends of all inputs that vary there among them."""
    out = {**places.known}
    bounds = {s: ends for d in problem.domains if d.is_box for s, ends in d.intervals.items()}
    if problem.time:
        bounds[problem.time.symbol] = problem.time.lower, problem.time.upper
    for symbol, ends in bounds.items():
        values = np.broadcast_to(out.get(symbol, 0.0), (places.count,))
        if places.count > 1 and np.ptp(values) > 0:
            both = [problem.number(end) for end in ends]
            out[symbol] = np.concatenate([both, values[len(both) :]])
    return out


def _finding(
    problem: Problem, law: Law, residual: sp.Expr, node: sp.Expr, known: Known
) -> Diagnostic | None:
    component, arguments = _place_of(problem, node)
    try:
        found = (_values(problem, a, known) for a in arguments)
        points = dict(zip(component.args, found, strict=True))
        outside = [own for own in _outside(problem, component, points) if own[1].any()]
        if not outside:
            return None
        asked = _asked(problem, residual, node, known)
    except NotNumericError:
        return None
    for names, where in outside:
        hit = np.flatnonzero(where & asked)
        if len(hit):
            shown = ", ".join(f"{s} = {points[s][hit[0]]:.4g}" for s in names)
            return _diagnostic(problem, law, node, component, arguments, names, shown)
    return None


def _place_of(problem: Problem, node: sp.Expr) -> tuple[AppliedUndef, tuple[sp.Expr, ...]]:
    """The component that is meant and where it is taken."""
    own = {c.func: c for c in problem.components}
    if isinstance(node, sp.Subs):
        field = next(n for n in sp.preorder_traversal(node.expr) if getattr(n, "func", None) in own)
        moved = dict(zip(node.variables, node.point, strict=True))
        return own[field.func], tuple(a.xreplace(moved) for a in field.args)
    return own[node.func], node.args


def _values(problem: Problem, expression: sp.Expr, known: Known) -> Array:
    count = max(np.size(v) for v in known.values())
    found = np.asarray(evaluate(problem.substitute(expression), known), dtype=float)
    return np.broadcast_to(found, (count,))


def _asked(problem: Problem, residual: sp.Expr, node: sp.Expr, known: Known) -> Mask:
    """Whether the residual depends on the field at all, shape (n,)."""
    name = sp.Dummy(real=True)
    slope = sp.diff(residual.xreplace({node: name}), name)
    others = (sp.Subs, sp.Derivative, AppliedUndef, DomainIntegral)
    generic = dict.fromkeys((name, *slope.atoms(*others)), sp.Float(_GENERIC))
    generic |= {n.symbol: sp.Float(_GENERIC) for n in problem.numbers}
    return np.asarray(_values(problem, slope.xreplace(generic), known) != 0)


def _outside(
    problem: Problem, component: AppliedUndef, points: dict[sp.Symbol, Array]
) -> Iterator[tuple[tuple[sp.Symbol, ...], Mask]]:
    """Inputs, and at which points they are outside of where the field is, one set after another."""
    periodic = problem.periodic_axes(component)
    if problem.time and problem.time.symbol in points and problem.time.symbol not in periodic:
        symbol = problem.time.symbol
        ends = problem.number(problem.time.lower), problem.number(problem.time.upper)
        yield (symbol,), _beyond(points[symbol], ends)
    for domain in _homes(problem, component):
        if domain.is_box:
            for symbol, (low, high) in domain.intervals.items():
                if symbol in points and symbol not in periodic:
                    ends = problem.number(low), problem.number(high)
                    yield (symbol,), _beyond(points[symbol], ends)
        elif all(s in points for s in domain.coordinates):
            region = domain_region(problem, domain)
            where = np.stack([points[s] for s in domain.coordinates], axis=1)
            yield domain.coordinates, region.level(where) > _MARGIN * region.size


def _homes(problem: Problem, component: AppliedUndef) -> list[Domain]:
    names = {f.domain for f in problem.fields if component in f.components}
    return [d for d in problem.domains if d.name in names or len(problem.domains) == 1]


def _beyond(values: Array, ends: tuple[float, float]) -> Mask:
    margin = _MARGIN * (ends[1] - ends[0])
    return np.asarray((values < ends[0] - margin) | (values > ends[1] + margin))


def _diagnostic(
    problem: Problem,
    law: Law,
    node: sp.Expr,
    component: AppliedUndef,
    arguments: tuple[sp.Expr, ...],
    names: tuple[sp.Symbol, ...],
    shown: str,
) -> Diagnostic:
    """The error, with the condition to write where one coordinate alone is moved."""
    text, name = expression_text(node), component.func
    if len(names) > 1:
        message = f"{text} asks for {name} at {shown}, outside of its domain"
        return Diagnostic("E403", message, law.span, "take it at points of the domain")
    symbol = names[0]
    low, high = _interval(problem, component, symbol)
    message = f"{text} asks for {name} at {shown}, and {symbol} runs from {low:g} to {high:g}"
    there = expression_text(arguments[component.args.index(symbol)])
    below = float(shown.split(" = ")[1]) < low
    condition = f"{there} < {low:g}" if below else f"{there} > {high:g}"
    mend = f"write if({condition}, 1, {text}) with what it is there in place of 1"
    return Diagnostic("E403", message, law.span, mend)


def _interval(problem: Problem, component: AppliedUndef, symbol: sp.Symbol) -> tuple[float, float]:
    if problem.time and symbol == problem.time.symbol:
        return problem.number(problem.time.lower), problem.number(problem.time.upper)
    ends = next(d.intervals[symbol] for d in _homes(problem, component) if symbol in d.intervals)
    return problem.number(ends[0]), problem.number(ends[1])
