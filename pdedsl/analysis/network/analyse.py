"""The driver: from a problem and a method to a report on the network of that method."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from pdedsl.conditioning.networks.drift import drift
from pdedsl.ir import Problem
from pdedsl.solution.options.errors import refuse_option
from pdedsl.solution.parts.division import in_parts
from pdedsl.solution.planning import Plan, plan
from pdedsl.solution.summary import origin

from .comparison import compare_models
from .coupled import coupled
from .measures import curvature, gradients, tangent
from .report import NetworkReport
from .system import measuring_system
from .training import Course, State

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem
    from pdedsl.settings.method import Method
    from pdedsl.solution.planning import Settings

DEFAULT_BUDGET = 20.0
"""Seconds of training where neither a budget nor iterations are given."""

_LEADING = 5
_PRECISE = torch.float64


class NoStateError(ArithmeticError):
    """The residual or its Jacobian is finite at no state, or the Jacobian is zero."""


def plan_training(
    problem: Problem,
    method: str | Path | Method,
    iterations: int | None,
    budget: float | None,
    *,
    seed: int = 0,
    settings: Settings = (),
) -> Plan:
    """The plan of a training; arguments and errors as `pdedsl.api.analyze_network`."""
    if iterations is None and budget is None:
        budget = DEFAULT_BUDGET
    chosen = plan(
        problem, method, budget=budget, settings=settings, iterations=iterations, seed=seed
    )
    if chosen.method.model.kind == "windows":
        refuse_option(
            "windows are trained one after another, so that there are no states of the whole model "
            "to be measured",
            "take a method without windows, such as lm",
        )
    return chosen


def measure_network(course: Course, tell: Callable[[str], None] | None = None) -> NetworkReport:
    """The report on a training.

    Args:
        course: by `train_keeping_states`.
        tell: called with what is measured next, in words.

    Raises:
        NoStateError: nothing can be measured.
    """
    said = tell or (lambda _: None)
    parted = in_parts(course.plan)
    system, notes = measuring_system(parted)
    states, lost = _finite(system, course)
    thetas = [state.theta.to(system.device, _PRECISE) for state in states]
    first, last = thetas[0], thetas[-1]
    said(f"measuring {len(states)} states: {system.rows:,} rows, {system.parameters:,} parameters")
    try:
        moved = drift(system, thetas, k=_LEADING)
    except ValueError as error:
        raise NoStateError(f"there is nothing to be measured: {error}") from error
    said("spectra at the start and at the end")
    start, end = tangent(system, first), tangent(system, last)
    said("the Hessian along the training")
    bent = curvature(system, thetas, moved.eigenvalues[:, 0])
    said("other networks at their start")
    others = compare_models(parted, system)
    return NetworkReport(
        origin=origin(course.plan.lowered.problem, course.plan.provenance),
        system=system,
        states=states,
        status=course.outcome.status,
        reason=course.outcome.reason,
        seconds=course.outcome.seconds,
        notes=(*course.notes, *notes, *lost),
        start=start,
        end=end,
        curvature=bent,
        gradients=(gradients(system, first), gradients(system, last)),
        drift=moved,
        comparison=others,
        coupled=coupled(system, last) if course.plan.method.domain.split else None,
    )


def _finite(system: ResidualSystem, course: Course) -> tuple[tuple[State, ...], tuple[str, ...]]:
    """The states at which the Jacobian is finite, and a note where some are not."""
    kept = tuple(s for s in course.states if _is_finite(system, s))
    if not kept:
        raise NoStateError(f"there is no state to be measured: {course.outcome.reason}")
    lost = len(course.states) - len(kept)
    return kept, ((f"{lost} states are left out: J is not finite there",) if lost else ())


def _is_finite(system: ResidualSystem, state: State) -> bool:
    theta = state.theta.to(system.device, _PRECISE)
    return all(bool(t.isfinite().all()) for t in system.residual_and_jacobian(theta))
