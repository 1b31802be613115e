"""L107: a Helmholtz-like equation on a box at or near one of its eigenvalues.

For Σ a_i ∂²u/∂x_i² + q u = f with constants a_i of one sign and conditions on u or ∂u/∂n, the
problem has no or many solutions where q = Σ a_i μ_i², with μ_i = mπ/L between two values or
two fluxes, (m − 1/2)π/L between a value and a flux, and 2πm/L on the torus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients
from pdedsl.diagnostics import Diagnostic
from pdedsl.ir import Box, Domain, Problem
from pdedsl.sema.draft import Draft

from .conditions import conditions_on
from .outlines import Part, parts
from .structure import Group, groups_on

NEAR = 0.01
MOST_MODES = 200_000


@dataclass(frozen=True)
class Axis:
    """Modes along one axis: wave numbers ``step · (m − shift)`` for m from ``first``."""

    step: float
    first: int
    shift: float
    weight: float


def eigenvalues(problem: Problem, draft: Draft) -> Iterator[Diagnostic]:
    """A factor of u within 1 % of an eigenvalue of the box, with the mode."""
    for domain in problem.domains:
        for group in groups_on(problem, domain):
            if domain.is_box and len(group.components) == len(group.equations) == 1:
                yield from _in_box(problem, domain, group)


def _in_box(problem: Problem, domain: Domain, group: Group) -> Iterator[Diagnostic]:
    component = group.components[0]
    split = _split(domain, component, group)
    if split is None:
        return
    weights, factor = split
    sign = np.sign(weights[0])
    axes = []
    for index, weight in enumerate(weights):
        axis = _axis(problem, domain, component, index, sign * weight)
        if axis is None:
            return
        axes.append(axis)
    found = nearest_mode(axes, sign * factor)
    if found is None:
        return
    modes, value = found
    if value > 0 and abs(sign * factor - value) <= NEAR * value:
        yield _finding(group, component, value, float(sign * factor), modes)


def _split(
    domain: Domain, component: AppliedUndef, group: Group
) -> tuple[list[float], float] | None:
    """The numbers a_i and q, where the equation is of that form."""
    found = coefficients(group.equations[0].residual)
    second = [sp.diff(component, axis, 2) for axis in domain.coordinates]
    if set(found) - {component} != set(second) or component not in found:
        return None
    numbers = [found[s] for s in second] + [found[component]]
    if any(not n.is_number for n in numbers):
        return None
    *weights, factor = (float(n) for n in numbers)
    if len({np.sign(w) for w in weights}) != 1 or weights[0] == 0:
        return None
    return weights, factor


def _axis(
    problem: Problem, domain: Domain, component: AppliedUndef, index: int, weight: float
) -> Axis | None:
    """The modes along one axis, None where the conditions are of another kind."""
    assert isinstance(domain.region, Box)
    lower, upper = (problem.number(e) for e in domain.region.intervals[index])
    if domain.coordinates[index] in problem.periodic_axes(component):
        return Axis(2 * np.pi / (upper - lower), 0, 0.0, weight)
    sides = [p for p in parts(problem, domain, 8) if p.face is not None and p.face[0] == index]
    kinds = [_kind(problem, part, component) for part in sides]
    if None in kinds:
        return None
    shift = 0.0 if kinds[0] == kinds[1] else 0.5
    return Axis(np.pi / (upper - lower), 0 if kinds[0] == kinds[1] == "flux" else 1, shift, weight)


def _kind(problem: Problem, part: Part, component: AppliedUndef) -> str | None:
    """``value`` for u = g, ``flux`` for ∂u/∂n = g, None for anything else."""
    own = [c for c in conditions_on(problem, part) if component.func in c.equation.functions]
    if len(own) != 1 or own[0].tied or not own[0].mask.all():
        return None
    assert part.face is not None
    axis = part.domain.coordinates[part.face[0]]
    nodes = coefficients(own[0].equation.residual)
    normals = {sp.Symbol(f"n[{i + 1}]", real=True): 0 for i in range(len(part.normals[0]))}
    normals[sp.Symbol(f"n[{part.face[0] + 1}]", real=True)] = part.face[1]
    active = {n for n, c in nodes.items() if c.xreplace(normals) != 0}
    if all(isinstance(n, AppliedUndef) for n in active) and len(active) == 1:
        return "value"
    if active == {sp.diff(component, axis)}:
        return "flux"
    return None


def nearest_mode(axes: list[Axis], target: float) -> tuple[tuple[int, ...], float] | None:
    """The mode whose eigenvalue is nearest to the target; None where there are too many."""
    if target <= 0:
        return None
    last = [np.sqrt(1.1 * target / a.weight) / a.step + a.shift + 1 for a in axes]
    counts = [max(end - a.first, 0.0) + 1 for end, a in zip(last, axes, strict=True)]
    if not np.prod(counts) <= MOST_MODES:
        return None
    ranges = [
        np.arange(a.first, max(int(end), a.first) + 1) for end, a in zip(last, axes, strict=True)
    ]
    total = np.zeros([len(r) for r in ranges])
    for i, (axis, modes) in enumerate(zip(axes, ranges, strict=True)):
        values = axis.weight * (axis.step * (modes - axis.shift)) ** 2
        total = total + values.reshape([-1 if j == i else 1 for j in range(len(axes))])
    at = np.unravel_index(int(np.argmin(np.abs(total - target))), total.shape)
    return tuple(int(r[k]) for r, k in zip(ranges, at, strict=True)), float(total[at])


def _finding(
    group: Group, component: AppliedUndef, value: float, factor: float, modes: tuple[int, ...]
) -> Diagnostic:
    numbers = ", ".join(str(m) for m in modes)
    mode = f"mode {numbers}" if len(modes) == 1 else f"mode ({numbers})"
    name = str(component.func)
    if abs(value - factor) <= 1e-9 * abs(value):
        message = f"the factor of {name} is {factor:.6g}, an eigenvalue of the box ({mode}): "
        message += "there is no solution, or there are many"
    else:
        message = f"the factor of {name} is {factor:.6g}, near the eigenvalue {value:.6g} of the "
        message += f"box ({mode}): small errors are magnified about "
        message += f"{abs(value / (value - factor)):.0f} times"
    return Diagnostic("L107", message, group.equations[0].law.span)
