"""L112: an equation in time whose short waves grow without bound.

With u = exp(λt + i k·x) a ∂_t^m u + Σ c_α ∂^α u = 0, m = 1 or 2, has λ^m = −Σ c_α (ik)^α / a. For
real coefficients, frozen at a point where they vary, Re λ^m comes from the even orders alone, for
short waves from the highest of them, where (ik)^α = (−1)^{|α|/2} k^α. Where that is positive for
some k at some point, short waves grow and the initial value problem is ill-posed (Hadamard 1923;
Kreiss and Lorenz, Initial-Boundary Value Problems and the Navier–Stokes Equations, 1989,
section 2.2). Systems and mixed derivatives: see `types.growth`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients
from pdedsl.diagnostics import Diagnostic
from pdedsl.geometry import field_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interval, NotNumericError, Problem, Slice, evaluate
from pdedsl.sema.draft import Draft

from .structure import Group, elsewhere, fitted, groups
from .types.growth import ill_posed

_DIRECTIONS = 64
_POINTS, _MOST_CORNERS = 200, 6  # of the inputs, at which coefficients that vary are frozen
_ROUNDING = 1e-9


def backward(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """Equations with values at the start alone in which short waves grow."""
    time = problem.time
    if time is None:
        return
    for group in groups(problem):
        if fitted(problem, group) or not group.equations or not _starts(problem, group, time):
            continue
        scalar = len(group.components) == len(group.equations) == 1
        component = group.components[0]
        growth = _growth(problem, group, component, time) if scalar else None
        if growth is not None:
            yield _finding(problem, group, component, growth, time)
        elif (found := ill_posed(problem, group, time)) is not None:
            yield found


class _Growth(NamedTuple):
    """Where short waves grow: a derivative that makes them, the order in time, the place."""

    derivative: sp.Expr
    order: int
    where: str


def _growth(
    problem: Problem, group: Group, component: AppliedUndef, time: Interval
) -> _Growth | None:
    found = {n: c for n, c in coefficients(group.equations[0].residual).items() if c != 0}
    nodes = [n for n in found if isinstance(n, sp.Derivative) and n.expr == component]
    in_time = [n for n in nodes if time.symbol in n.variables]
    order = max((len(n.variables) for n in in_time), default=0)
    pure = [n for n in in_time if set(n.variables) == {time.symbol}]
    if order not in (1, 2) or pure != in_time:
        return None
    rate = next(found[n] for n in pure if len(n.variables) == order)
    spatial = [n for n in nodes if n not in in_time]
    top = max((len(n.variables) for n in spatial if len(n.variables) % 2 == 0), default=0)
    leading = {n: found[n] for n in spatial if len(n.variables) == top}
    points = _points(problem, component)
    try:
        values = {n: evaluate(c / rate, points) for n, c in leading.items()}
    except NotNumericError:  # coefficients with fields
        return None
    if not values:
        return None
    axes = [s for s in component.args if s != time.symbol]
    used = set().union(*((c / rate).free_symbols for c in leading.values()))
    return _fastest(values, axes, {s: x for s, x in points.items() if s in used}, order)


def _points(problem: Problem, component: AppliedUndef) -> dict[sp.Symbol, Array]:
    """Inputs of the component at corners and random points of its bounds."""
    field = next(f for f in problem.fields if component in f.components)
    bounds = {s: field_bounds(problem, field)[s] for s in component.args}
    generator = np.random.default_rng(0)
    corners = np.array(list(product((0.0, 1.0), repeat=min(len(bounds), _MOST_CORNERS))))
    corners = np.hstack([corners, np.zeros((len(corners), len(bounds) - corners.shape[1]))])
    unit = np.vstack([corners, generator.random((_POINTS, len(bounds)))])
    ends = zip(bounds.items(), unit.T, strict=True)
    return {s: low + (high - low) * x for (s, (low, high)), x in ends}


def _fastest(
    values: dict[sp.Derivative, Array],
    axes: list[sp.Symbol],
    points: dict[sp.Symbol, Array],
    order: int,
) -> _Growth | None:
    """The wave and point of the fastest growth, by the coefficients over that of ∂_t^m u."""
    top = len(next(iter(values)).variables)
    generator = np.random.default_rng(0)
    waves = np.concatenate([np.eye(len(axes)), generator.standard_normal((_DIRECTIONS, len(axes)))])
    count = max((len(x) for x in points.values()), default=1)
    growth, scale, parts = np.zeros(()), np.zeros(()), {}
    for node, value in values.items():
        power = np.prod([waves[:, axes.index(s)] for s in node.variables], axis=0)
        coefficient = np.broadcast_to(np.asarray(value, dtype=float), (count,))
        parts[node] = -((-1) ** (top // 2)) * coefficient[:, None] * power
        growth, scale = growth + parts[node], scale + np.abs(parts[node])
    sure = np.where(np.isfinite(growth), growth - _ROUNDING * scale, -np.inf)
    worst = np.unravel_index(np.argmax(sure), sure.shape)
    if not sure[worst] > 0:
        return None
    node = max(parts, key=lambda n: float(parts[n][worst]))
    everywhere = bool((sure.max(axis=1) > 0).all())
    near = ", ".join(f"{s} = {values_of[worst[0]]:.3g}" for s, values_of in points.items())
    return _Growth(node, order, "" if everywhere else f" near {near}")


def _starts(problem: Problem, group: Group, time: Interval) -> bool:
    """Whether values are given at the start, and none later."""
    places = [e.law.place for e in elsewhere(problem) if group.functions & e.functions]
    times: set[float] = set()
    for place in places:
        fixed = dict(place.fixed) if isinstance(place, Slice) else {}
        if time.symbol in fixed:
            times.add(problem.number(fixed[time.symbol]))
    return times == {problem.number(time.lower)}


def _finding(
    problem: Problem, group: Group, component: AppliedUndef, growth: _Growth, time: Interval
) -> Diagnostic:
    law = group.equations[0].law
    name, t, end = str(component.func), time.symbol, f"{problem.number(time.upper):g}"
    letters = "".join(str(s) for s in growth.derivative.variables)
    what = f"runs backward in {t}" if growth.order == 1 else f"is no evolution in {t}"
    message = (
        f"{law.label} {what}{growth.where}: short waves grow without bound, so that "
        f"values of {name} at the start determine no stable solution"
    )
    mend = f"change the sign of {name}_{letters}, or give {name} at {t} = {end}"
    if growth.order > 1:
        mend += f" in place of {name}_{t} at the start"
    return Diagnostic("L112", message, law.span, mend)
