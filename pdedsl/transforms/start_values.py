"""What the laws of an evolution give at its start, and how fast its fields diffuse there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.given_values import Given, given
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Law, NotNumericError, Problem, Slice, evaluate
from pdedsl.ir.expressions import derivative_order

_U = sp.Dummy("u", real=True)


def at_start(problem: Problem, law: Law) -> Given | None:
    """What an initial law gives one component, as a value."""
    assert problem.time is not None
    place = law.place
    if not isinstance(place, Slice) or [s for s, _ in place.fixed] != [problem.time.symbol]:
        return None
    return given(problem.substitute(law.residuals[0]), law, problem.components)


def initial_of(problem: Problem, component: AppliedUndef) -> Given | None:
    """The initial value of a component; None where no law gives one."""
    found = (at_start(problem, law) for law in problem.laws)
    return next((g for g in found if g is not None and g.component == component), None)


def diffusivity(problem: Problem, start: Given, at: Mapping[sp.Symbol, float]) -> float | None:
    """α of u_t = α u_xx + … at a point and the initial values there; None where none is."""
    assert problem.time is not None
    (x,) = problem.domains[0].coordinates
    second = sp.Derivative(start.component, (x, 2))
    slope = sp.Derivative(start.component, problem.time.symbol)
    for law in problem.laws:
        residual = problem.substitute(law.residuals[0])
        if law.kind != "eq" or not isinstance(law.place, Interior) or not residual.has(slope):
            continue
        if derivative_order(residual, problem.time.symbol) > 1:
            return None
        factors = [sp.diff(residual.xreplace({node: _U}), _U) for node in (second, slope)]
        initial = {c: g.value for c in problem.components if (g := initial_of(problem, c))}
        level = {d: sp.S.Zero for f in factors for d in f.atoms(sp.Derivative)}
        of_second, of_slope = (f.xreplace(level).xreplace(initial).subs(at) for f in factors)
        ratio = number_of(-of_second / of_slope) if of_slope != 0 else None
        return ratio if ratio is not None and ratio > 0 else None
    return None


def size_of(value: sp.Expr, known: dict[sp.Basic, Array | float]) -> float:
    """The largest of some values; 0 where they have no numbers."""
    try:
        return float(np.nanmax(np.abs(np.asarray(evaluate(value, known), dtype=float))))
    except NotNumericError:
        return 0.0


def number_of(value: sp.Expr) -> float | None:
    """A finite real number; None where it is none."""
    try:
        found = complex(value)
    except TypeError:
        return None
    return found.real if found.imag == 0 and abs(found.real) < float("inf") else None
