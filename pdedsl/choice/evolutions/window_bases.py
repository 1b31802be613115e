r"""Polynomials of a total degree on windows of time that grow geometrically from the start.

What begins in a moment, such as a block that is put into a cold wind, has layers that widen like
:math:`\sqrt{t}`, and one polynomial for all of time would share the misfit at its start with all
times. Windows are solved one after another by least squares, in larger and larger degrees. Initial
values and conditions have weights with which a change of 1, over the length or the time, counts as
much in them as in the equations, but for factors that are measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.calculus import law_operators
from pdedsl.choice.allowance import Allowance
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.choice import Choice
from pdedsl.choice.growing import best_of_growing, degrees
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import EVOLUTIONS
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem, normal
from pdedsl.models.bases import BasisOptions
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.training.windows.window_system import WindowState, windows_of
from pdedsl.transforms.time_windows import window_obstacle


def cannot_evolve(problem: Problem, facts: Traits) -> str | None:
    """Why a problem has no such windows, or None where it can have them."""
    if reason := window_obstacle(problem):
        return reason
    if len(problem.domains) != 1 or not problem.domains[0].is_box or problem.ranges:
        return "it is not on one box"
    if len(problem.domains[0].coordinates) < 2:
        return "it has one space coordinate"
    if not facts.linear or facts.time_order != 1:
        return "it is no linear equation of first order in time"
    if any(field.arguments != problem.inputs for field in problem.fields):
        return "its fields do not depend on all inputs"
    if not all(law.kind != "eq" or isinstance(law.place, Interior) for law in problem.laws):
        return "an equation does not hold at points"
    return None


@dataclass(frozen=True)
class _Windows:
    """Windows that are solved: their method, parameters, functions and level, see `_level`."""

    method: Method
    theta: Tensor
    size: int
    level: float


def evolution_choice(
    lowered: LoweredProblem, allowance: Allowance, notify: Callable[[str], None] | None = None
) -> Choice | None:
    """Windows of polynomials, or None where no degree comes near the solution.

    Args:
        lowered: a problem of which `cannot_evolve` says nothing.
        allowance: of all trials.
        notify: called with a text about every trial.
    """
    problem, last = lowered.problem, 0.0

    def solve(degree: int, _best: _Windows | None) -> _Windows:
        nonlocal last
        began = allowance.used
        allowance.check(EVOLUTIONS.dearer * last)
        found = _solve(lowered, degree, allowance)
        last = allowance.used - began
        if notify is not None:
            notify(f"windows of {found.size} polynomials leave {found.level:.0e} of the laws")
        return found

    sizes = degrees(
        EVOLUTIONS.first_degree, EVOLUTIONS.growth, lambda d: functions_of(problem, d),
        EVOLUTIONS.most_functions,
    )  # fmt: skip
    best = best_of_growing(sizes, solve, EVOLUTIONS.fall, EVOLUTIONS.patience)
    if best is None or not best.level <= EVOLUTIONS.resolved:
        return None
    why = (
        f"linear evolution in {len(problem.inputs) - 1} space coordinates: "
        f"{len(EVOLUTIONS.edges) - 1} windows of {best.size} polynomials, which grow from the "
        f"start on, leave {best.level:.0e} of the laws"
    )
    return Choice(best.method, why, best.theta)


def _solve(lowered: LoweredProblem, degree: int, allowance: Allowance) -> _Windows:
    problem = lowered.problem
    size = functions_of(problem, degree)
    low, high = list(hull_bounds(problem).values())[-1]
    points = basis_method(problem, degree, {}).sampling.points
    each = {kind: max(EVOLUTIONS.points * size, EVOLUTIONS.least_points) for kind in points}
    method = Method(
        model=WindowsOptions(
            edges=tuple(low + (high - low) * share for share in EVOLUTIONS.edges),
            pieces=(BasisOptions(family="mixed", modes=degree, index="total"),),
        ),
        optimizer=LstsqOptions(),
        weights=_weights(problem),
        sampling=Sampling(kind="sobol", points=each),
    )
    system = _system(lowered, method, each, 0)
    theta = torch.zeros_like(system.theta0)
    before: WindowState | None = None
    for window in windows_of(system):
        allowance.check()
        own = window.system(before, 0)
        limits = Limits(EVOLUTIONS.steps, 0.0)
        step = Descent(LeastSquares(own, LstsqOptions(), own.theta0), limits).run()
        theta = window.insert(theta, step.theta)
        before = WindowState(own, step.theta)
    few = dict.fromkeys(each, EVOLUTIONS.check_points)
    level = _level(_system(lowered, method, few, 1), theta)
    return _Windows(method, theta, size, level if math.isfinite(level) else math.inf)


def _system(
    lowered: LoweredProblem, method: Method, points: dict[str, int], seed: int
) -> ResidualSystem:
    return build(lowered, method.model, points, "sobol", method.weights, seed=seed)


def _level(system: ResidualSystem, theta: Tensor) -> float:
    """The largest rms of a law over what fields of their size give in it; see `_sizes`.

    A flux that is zero has no terms to be compared with.
    """
    sizes, residual = _sizes(system.problem), system.residual(theta)
    inside = torch.cat([b.data.points for b in system.blocks if b.kind == "eq"])
    largest = max(float(v.square().mean().sqrt()) for v in system.fields(theta, inside).values())
    return max(
        math.sqrt(float(residual[b.rows].square().sum()) / b.weight) / (sizes[b.label] * largest)
        for b in system.blocks
        if sizes.get(b.label) and largest > 0
    )


def _weights(problem: Problem) -> dict[str, float]:
    """Label of a law to its weight in the loss; see the module docstring."""
    sizes = _sizes(problem)
    kinds = {law.label: law.kind for law in problem.laws}
    largest = max((size for label, size in sizes.items() if kinds[label] == "eq"), default=1.0)
    factors = {"eq": 1.0, "bc": EVOLUTIONS.boundary, "ic": EVOLUTIONS.initial}
    return {
        label: float(f"{factors[kinds[label]] * (largest / size) ** 2:.2g}")
        for label, size in sizes.items()
        if size > 0 and kinds[label] in factors
    }


def _sizes(problem: Problem) -> dict[str, float]:
    """Label to what a field of size 1 gives in it: of an equation its derivative in time."""
    assert problem.time is not None
    lengths = {symbol: high - low for symbol, (low, high) in hull_bounds(problem).items()}
    normals = {normal(k + 1): 1 for k in range(len(problem.inputs))}
    out: dict[str, float] = {}
    for law in law_operators(problem):
        if law.operator is None:
            continue
        inputs = law.operator.coordinates
        found = [0.0]
        for row in law.operator.rows:
            for alpha, coefficient in (term for entry in row for term in entry):
                factor = problem.substitute(coefficient).subs(normals)
                orders = dict(zip(inputs, alpha, strict=True))
                slow = law.law.kind == "eq" and not orders.get(problem.time.symbol, 0)
                if factor.is_number and not slow:
                    unit = math.prod(lengths[s] ** n for s, n in orders.items())
                    found.append(abs(float(factor)) / unit)
        out[law.law.label] = max(found)
    return out
