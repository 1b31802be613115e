r"""A nonlinear problem that zero solves, where zero was found: it may have other solutions.

What is zero depends on the unit. The equations tell the size at which they are no longer linear:
with fields of size c, and derivatives by the lengths of the domain, a residual R(c) is c R'(0) but
for a tenth. Solutions beside zero are of about that size, 1 for sin u and s for u − u³/s².
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.features.values import values_of
from pdedsl.calculus.linearity import is_linear
from pdedsl.geometry import generic_points, hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Problem
from pdedsl.solution.check_rule import field_rule

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

_ZERO = 1e-6  # of the size of other solutions, what is zero up to the accuracy of a training
_BENT = 0.1  # of the linear part, from which an equation is not linear any more: a choice
_SIZES = np.logspace(-30, 30, 241)  # of fields that are looked at
_POINTS = 16  # at which the equations are


def trivial_solution(solution: Solution) -> str | None:
    """A note that there may be others; None of linear problems, and where zero was not found."""
    problem = solution.problem
    zero = [d for d in problem.lints if d.code == "L106"]
    if not zero or problem.numbers or all(is_linear(problem, law) for law in problem.laws):
        return None
    least = _ZERO * size_of_others(problem)
    for field in problem.fields:
        values = solution.at(field_rule(problem, field, dense=False).nodes)
        if any(np.nanmax(np.abs(values[c.func.__name__])) > least for c in field.components):
            return None
    names = " and ".join(f"{f.name} = 0" for f in problem.fields)
    return (
        f"{names} solves this nonlinear problem, and is what was found; others may exist, and a "
        "training may find one from another start (--model mlp --seed 1, 2, …)"
    )


def size_of_others(problem: Problem) -> float:
    """The least size of fields at which an equation is not linear; 1 where none is found."""
    found = []
    for law in problem.laws:
        if isinstance(law.place, Interior):
            found += [_bends_at(problem, residual) for residual in law.residuals]
    return min((size for size in found if size is not None), default=1.0)


def _bends_at(problem: Problem, residual: sp.Expr) -> float | None:
    """The size for one equation; None where it is linear, or has no numbers."""
    size = sp.Dummy(positive=True)
    whole = problem.substitute(residual).doit()
    nodes = {d for d in whole.atoms(sp.Derivative) if d.expr in problem.components}
    lengths = {s: high - low for s, (low, high) in hull_bounds(problem).items()}
    order = sorted({*nodes, *whole.atoms(AppliedUndef)}, key=sp.default_sort_key)
    factors = generic_points(1, max(len(order), 1))[0]  # no two alike, so that nothing cancels
    typical = {
        node: size * sp.Float(0.5 + f) / math.prod(
            lengths.get(s, 1.0) for s in (node.variables if isinstance(node, sp.Derivative) else ())
        )
        for node, f in zip(order, factors, strict=True)
    }  # fmt: skip
    plain = whole.xreplace(typical)
    low, high = np.array(list(hull_bounds(problem).values())).T
    points = low + (high - low) * generic_points(_POINTS, len(low))
    slope = values_of(plain.diff(size).subs(size, 0), problem.inputs, points)
    for c in _SIZES:
        value = values_of(plain.subs(size, sp.Float(c)), problem.inputs, points)
        if _differs(value, c * slope):
            return float(c)
    return None


def _differs(value: Array, linear: Array) -> bool:
    both = np.isfinite(value) & np.isfinite(linear)
    if not both.any():
        return False
    rest, size = (float(np.linalg.norm(v[both])) for v in (value - linear, linear))
    return rest > _BENT * size and rest > 0
