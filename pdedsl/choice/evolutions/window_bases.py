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

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.basis.trial_method import basis_method, functions_of
from pdedsl.choice.choice import Choice
from pdedsl.choice.growing import best_of_growing, degrees
from pdedsl.choice.march.agreement import Agreement
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import EVOLUTIONS
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem
from pdedsl.models.bases import BasisOptions
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.training.windows.window_system import WindowState, windows_of
from pdedsl.transforms.time_windows import window_obstacle

from .law_levels import largest_level, weights_by_size


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
    """Windows that are solved.

    Args:
        method: of them.
        system: the laws at few points.
        theta: the parameters.
        size: functions of a window.
        level: what is left of the laws, see `largest_level`.
    """

    method: Method
    system: ResidualSystem
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
    tried: list[_Windows] = []

    def solve(degree: int, _best: _Windows | None) -> _Windows:
        nonlocal last
        began = allowance.used
        allowance.check(EVOLUTIONS.dearer * last)
        found = _solve(lowered, degree, allowance)
        last = allowance.used - began
        if notify is not None:
            notify(f"windows of {found.size} polynomials leave {found.level:.0e} of the laws")
        tried.append(found)
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
    others = [found for found in tried if found is not best]
    nearest = min(others, key=lambda found: found.level, default=None)
    error = None if nearest is None else _foretold_error(nearest, best)
    agreement = Agreement(best.level, error=error, alone=nearest is None)
    return Choice(best.method, why, best.theta, agreement)


def _foretold_error(other: _Windows, best: _Windows) -> float:
    """The relative error of windows from their distance from others, which leave more.

    The error of a linear evolution falls as what is left of its laws does, while that alone tells
    nothing of how much the evolution amplifies it: 5e-4 of the laws are an error of 2 % where a
    seed grows by four hundred.
    """
    points = torch.cat([b.data.points for b in best.system.blocks if b.kind == "eq"])
    own, far = (each.system.fields(each.theta, points) for each in (best, other))
    apart = math.sqrt(sum(float((own[k] - far[k]).square().sum()) for k in own))
    size = math.sqrt(sum(float(own[k].square().sum()) for k in own))
    return apart / size * min(1.0, best.level / other.level) if size else math.inf


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
        weights=weights_by_size(problem),
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
    check = _system(lowered, method, few, 1)
    level = largest_level(check, theta)
    return _Windows(method, check, theta, size, level if math.isfinite(level) else math.inf)


def _system(
    lowered: LoweredProblem, method: Method, points: dict[str, int], seed: int
) -> ResidualSystem:
    return build(lowered, method.model, points, "sobol", method.weights, seed=seed)
