"""The estimated errors of a solution, by the names of its fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from sympy.core.function import AppliedUndef

from pdedsl.calculus.unforced import unforced
from pdedsl.estimates.uncertainty import ends_along
from pdedsl.geometry.arrays import Array
from pdedsl.sema.jumps.unseen_fluxes import unseen_fluxes
from pdedsl.transforms.smooth_starts import as_started

from .outputs import output_values
from .sampled import sampler

if TYPE_CHECKING:
    from pdedsl.estimates.correction import State
    from pdedsl.estimates.estimate import ErrorEstimate, Squares
    from pdedsl.ir import Law, Problem

    from .solution import Solution


_NOISY = 1e-6
"""Relative deviation of a field from which the residual of a fit is noise, which richer functions
would follow: 2e-2 was estimated so where the deviation was 5e-3; a choice."""
_OF_LEFT = 0.9
"""Of the seconds that are left, those of work that may be foreseen for marches: a choice."""


def estimate_errors(solution: Solution, seconds: float, clock: float) -> ErrorEstimate:
    """Estimate the errors of all fields and outputs, or say why they are not.

    The state with the error added is kept as ``solution.correction``.

    Args:
        solution: with finite numbers.
        seconds: of foreseen work, after which no larger basis is begun.
        clock: the same by the clock.
    """
    from pdedsl.estimates.correction import State
    from pdedsl.estimates.error_equation import correct_solution
    from pdedsl.estimates.error_of_windows import correct_windows, has_windows
    from pdedsl.estimates.estimate import estimate_of, not_estimated

    system, problem = solution.system, solution.problem
    if any(True for _ in unseen_fluxes(system.problem)):
        return not_estimated("residuals at points say nothing of a flux that jumps")
    if (coarse := solution.coarse_integral) is not None:
        return not_estimated(f"the integral of {coarse.label} is not resolved by its nodes")
    if noise := _of_noise(solution):
        return not_estimated(noise)
    state = State(system, solution.theta)
    if has_windows(system):
        agreement = solution.provenance.agreement
        moment = 0.0 if agreement is None else agreement.moment
        foreseen = seconds if math.isinf(clock) else max(seconds, _OF_LEFT * clock)
        found = correct_windows(state, foreseen, clock, moment)
    else:
        found = correct_solution(state, seconds=seconds, clock=clock)
    solution.correction = found.state
    if found.reason:
        return not_estimated(found.reason, found.left)
    squares, zero = _of_fields(solution.problem, system.problem, found.squares), unforced(problem)
    zero |= {
        f.name for f in problem.fields if zero.issuperset(c.func.__name__ for c in f.components)
    }
    made = estimate_of(squares, found.left, found.at_rounding, zero)
    if made.fields and found.state is not None:
        solution.output_estimates = _changes(solution, found.state)
    return made


def deviations_of_fields(solution: Solution) -> dict[str, float]:
    """By field the L2 norm of its standard deviation, relative to its own.

    Empty without a fit, and where one is beyond its field, which the data leave free then.
    """
    squares = solution.uncertainty.squares
    if not squares:
        return {}
    found = _of_fields(solution.problem, solution.system.problem, squares)
    sizes = {name: math.sqrt(own.error / own.size) for name, own in found.items() if own.size > 0}
    return sizes if max(sizes.values(), default=0.0) <= 1 else {}


def deviations_at(solution: Solution, points: Array) -> dict[str, Array]:
    """By component its standard deviation at points (n, inputs), shape (n,): √(Σ_k (D_k u)²).

    D_k u is the derivative of the field along a column of the root of the covariance. Empty where
    `deviations_of_fields` is.
    """
    directions = solution.uncertainty.directions
    if directions is None or not solution.field_deviations:
        return {}
    problem, system = solution.problem, solution.system
    variance = {c.func.__name__: np.zeros(len(points)) for c in problem.components}
    for above, below, length in ends_along(solution.theta, directions):
        ends = [sampler(problem, system, theta).fields(points) for theta in (above, below)]
        for name in variance:
            variance[name] += ((ends[0][name] - ends[1][name]) / length) ** 2
    return {name: np.sqrt(own) for name, own in variance.items()}


def estimated_errors_at(solution: Solution, points: Array) -> dict[str, Array]:
    """The estimated error of every component at points (n, inputs); empty where there is none."""
    better = solution.correction
    if better is None or solution.estimate is None or not solution.estimate.fields:
        return {}
    found = sampler(solution.problem, better.system, better.theta).fields(points)
    own = solution.at(points)
    return {name: values - own[name] for name, values in found.items()}


def laws_at_smooth_start(solution: Solution) -> dict[str, Law]:
    """By label those at a start that is smoothed, whose error is part of the estimate."""
    agreement, problem = solution.provenance.agreement, solution.system.problem
    if agreement is None or not agreement.moment:
        return {}
    own, started = {law.label for law in problem.laws}, as_started(problem, agreement.moment)
    return {law.label: law for law in started.laws if law.kind == "ic" and law.label in own}


def refuse_deviation(solution: Solution) -> NoReturn:
    """Raise the ValueError that says why no deviation is known."""
    reason = "data leave fields or numbers free, or there are too many parameters"
    if all(law.kind != "fit" for law in solution.problem.laws):
        reason = "the problem has no fit"
    raise ValueError(f"no deviation is known: {reason}")


def _of_noise(solution: Solution) -> str:
    """The reason of no estimate where the noise of data is what is left of the laws."""
    deviation = max(solution.field_deviations.values(), default=0.0)
    if not (solution.laws_hold and deviation > _NOISY):
        return ""
    return "data are missed by their noise, whose effect is the deviation of each field"


def _name(component: AppliedUndef) -> str:
    name: str = component.func.__name__
    return name


def _changes(solution: Solution, corrected: State) -> dict[str, float]:
    """By output J the estimate of its error, J(u_h + e) − J(u_h)."""
    system, theta = corrected.system, corrected.theta
    numbers = {name: float(value) for name, value in system.numbers(theta).items()}
    fields = sampler(solution.problem, system, theta)
    better = output_values(solution.problem, fields, numbers)
    return {name: own.value - solution.outputs[name].value for name, own in better.items()}


def _of_fields(
    problem: Problem, solved: Problem, squares: Mapping[str, Squares]
) -> dict[str, Squares]:
    """By component of the whole problem, and by vector field, as errors are."""
    whole = {c.func.__name__: squares.get(c.func.__name__) for c in problem.components}
    if solved.division is not problem.division and solved.division is not None:
        for part in solved.division.parts:
            for component, own in part.components.items():
                name, found = component.func.__name__, squares[own.func.__name__]
                before = whole[name]
                whole[name] = found if before is None else before + found
    known = {name: own for name, own in whole.items() if own is not None}
    out: dict[str, Squares] = {}
    for field in problem.fields:
        names = [component.func.__name__ for component in field.components]
        first, *rest = (known[name] for name in names)
        out[field.name] = sum(rest, first)
        out |= {name: known[name] for name in names}
    return out


def as_data(estimate: ErrorEstimate | None) -> dict[str, Any] | None:
    """The estimate as plain data, as ``solve --json`` prints it."""
    return None if estimate is None else asdict(estimate)


def of_data(data: Mapping[str, Any] | None) -> ErrorEstimate | None:
    """The estimate from the plain data of a record; None where it has none."""
    from pdedsl.estimates.estimate import ErrorEstimate, FieldEstimate

    if data is None:
        return None
    fields = {name: FieldEstimate(**own) for name, own in data["fields"].items()}
    left = math.nan if data["left"] is None else data["left"]
    return ErrorEstimate(fields, left, data["reason"], data["at_rounding"])
