r"""A solution of one input in splines on elements that follow the residual.

The equations are solved by least squares at p − s + 2 Gauss nodes of every element. With the
residual r at other nodes an element e has

.. math:: η_e^2 = \int_e r^2 \Big/ \int f^2,

f being the residual of zero, and those above their share τ/√n are halved. The first elements are as
narrow as the features of what is given (`pdedsl.calculus.features`), so that none is stepped over,
and end at its jumps and kinks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from pdedsl.calculus.features import features_of
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.choice import Choice
from pdedsl.choice.march.grid import Grid
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import ELEMENTS, by_linearity
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.geometry.tensor import composite_rule
from pdedsl.ir import Interior, Problem
from pdedsl.ir.expressions import derivative_order
from pdedsl.models.bases import BasisOptions
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.settings.method import Method, Sampling

_PART = 0.03
"""Width of the first elements at a feature, as a part of its own: where a coefficient falls to a
thousandth over a width, the solution has poles at a thirtieth of that, and residuals far away are
larger than those there until they are met."""
_MOST_SHIFTED = 40
"""Places of fields in an equation: with 160 nodes of an integral, rows that hold all functions took
4 minutes where the budget was 20 seconds."""
_SHARP = 1e-7
"""Width of elements beside a jump or a kink, as a part of the line: what is between two of them, or
decays from one, may have any."""
_LOW_ORDER, _WIDE_PART = 2, 1.0
"""The order up to which elements begin so narrow, and the first part above it, where a jump has
none: rounding of the derivatives grows with powers of the elements, and leaves more of the residual
than wide ones of a high degree. Of a beam under a load of a thousandth of its length that is 1e-1
beside 2e-6."""


@dataclass(frozen=True)
class ElementsTrial:
    """Some elements and their solution.

    Args:
        grid: the elements.
        theta: the coefficients.
        loss: that is left.
        shares: η_e, shape (elements,).
    """

    grid: Grid
    theta: Tensor
    loss: float
    shares: Array

    @property
    def level(self) -> float:
        """The root of the sum of η_e²."""
        return float(np.linalg.norm(self.shares))


def cannot_divide(problem: Problem) -> str | None:
    """Why no elements are tried, or None where they can be."""
    if len(problem.inputs) != 1 or len(problem.domains) > 1:
        return "there is more than one input"
    if problem.numbers or any(law.kind == "fit" for law in problem.laws):
        return "numbers or data are to be fitted"
    if any(law.kind == "eq" and not isinstance(law.place, Interior) for law in problem.laws):
        return "an equation does not hold at points"
    if max((_shifted(r) for law in problem.laws for r in law.residuals), default=0) > _MOST_SHIFTED:
        return "its integrals join all elements"
    return None


def _shifted(residual: sp.Expr) -> int:
    """At how many places a residual holds fields; an integral has one at each of its nodes."""
    return len({node.args for node in residual.atoms(AppliedUndef)})


def elements_choice(
    lowered: LoweredProblem,
    facts: Traits,
    weights: Mapping[str, float],
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
) -> Choice | None:
    """Splines on elements, or None where they do not resolve the solution.

    Args:
        lowered: a problem of which `cannot_divide` says nothing.
        facts: its traits.
        weights: of the conditions in the loss.
        allowance: of all trials.
        notify: called with a text about every trial.
    """
    grid, idle, best = _first_grid(lowered), 0, None
    for _ in range(ELEMENTS.trials):
        began = allowance.used
        trial = _try(lowered, grid, weights, facts.linear)
        idle = 0 if best is None or trial.level < ELEMENTS.fall * best.level else idle + 1
        if best is None or trial.level < best.level:
            best = trial
        if notify is not None:
            notify(f"splines on {grid.elements} elements leave a residual of {trial.level:.0e}")
        least = max(
            ELEMENTS.tolerance / math.sqrt(grid.elements), ELEMENTS.near * trial.shares.max()
        )
        finer = grid.refined(trial.shares > least, ELEMENTS.narrowest)
        enough = finer.elements == grid.elements or finer.functions > ELEMENTS.most_functions
        expected = (allowance.used - began) * finer.functions / grid.functions
        if enough or idle == ELEMENTS.patience or not allowance.covers(expected):
            break
        grid = finer
    if best is None or not best.level <= ELEMENTS.resolved:
        return None
    method = _method(best.grid, weights)
    left = "only rounding" if best.level < ELEMENTS.tolerance else f"{best.level:.0e}"
    why = (
        f"one input: splines of degree {best.grid.degree} on {best.grid.elements} elements that "
        f"follow the residual leave {left} of it"
    )
    return Choice(method, why, best.theta)


def _first_grid(lowered: LoweredProblem) -> Grid:
    """Elements that end at jumps and kinks, and are narrow where what is given is."""
    problem = lowered.problem
    (low, high), *_ = hull_bounds(problem).values()
    order = max(derivative_order(r) for law in problem.laws for r in law.residuals)
    circle = all(group.periods[0] is not None for group in lowered.groups)
    smoothness = order | 1 if circle and order % 2 else max(order - 1, 0)
    points = [p for law in problem.laws for _, fs in features_of(problem, law) for f in fs
              for p in f.points]  # fmt: skip
    sharp = {float(p.centre[0]) for p in points if not p.width}
    inner = np.linspace(low, high, ELEMENTS.first + 1)[1:-1].tolist()
    near = 0.5 * (high - low) / ELEMENTS.first
    far = {x for x in inner if all(abs(x - c) > near for c in sharp)}
    breaks = tuple(sorted(far | {c for c in sharp if low < c < high}))
    grid = Grid((low, high), breaks, smoothness + ELEMENTS.degree, smoothness, 0)
    part, least = (_PART, _SHARP) if order <= _LOW_ORDER else (_WIDE_PART, 1 / ELEMENTS.first)
    places = [(float(p.centre[0]), part * p.width or least * (high - low)) for p in points]
    return grid.graded().resolving(places, ELEMENTS.narrowest)


def _method(grid: Grid, weights: Mapping[str, float]) -> Method:
    model = BasisOptions(
        family="mixed", modes=(grid.degree,), breaks=(grid.breaks,), smoothness=grid.smoothness
    )
    sampling = Sampling(kind="gauss")
    return Method(
        model=model, optimizer=LstsqOptions(), sampling=sampling, weights=dict(weights)
    )  # fmt: skip


def _try(
    lowered: LoweredProblem, grid: Grid, weights: Mapping[str, float], linear: bool
) -> ElementsTrial:
    system = build(lowered, _method(grid, weights).model, {}, "gauss", weights)
    bounds, start = by_linearity(linear), system.theta0
    first = float(system.loss(start))
    limits = Limits(bounds.steps, 1e-30 * first, progress=bounds.progress)
    step = Descent(LeastSquares(system, LstsqOptions(), start), limits).run()
    return ElementsTrial(grid, step.theta, step.loss, _shares(system, step.theta, grid))


def _shares(system: ResidualSystem, theta: Tensor, grid: Grid) -> Array:
    """η_e of every element, shape (elements,)."""
    per = grid.degree - grid.smoothness + 5  # none of the nodes of the solution
    nodes, own = composite_rule(grid.edges, per)
    lines = {key: {0: (nodes, own)} for key in ("eq", "bc", "ic", "fit")}
    finely = system.with_sampler(replace(system.sampler, lines=lines))
    found, given = np.zeros(grid.elements), 0.0
    rows, zero = finely.residual(theta), finely.residual(torch.zeros_like(theta))
    for block in finely.blocks:
        part = rows[block.rows].square().numpy()
        given += float(zero[block.rows].square().sum())
        if block.kind == "eq":
            found += part.reshape(-1, grid.elements, per).sum(axis=(0, 2))
        else:
            found += part.sum() / grid.elements
    return np.asarray(np.sqrt(found / (given or 1.0)))
