"""A method whose domain is split: the problem in parts, or the model of overlapping windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from pdedsl.diagnostics import did_you_mean
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Problem, axis_obstacle, decomposition_obstacle
from pdedsl.solution.options.errors import refuse_option
from pdedsl.transforms.decomposition import decompose
from pdedsl.transforms.subdomains import interval_of

if TYPE_CHECKING:
    from pdedsl.compiler.lowering.lower import LoweredProblem
    from pdedsl.models.model import ModelOptions
    from pdedsl.settings.domain import Cuts
    from pdedsl.settings.method import Method
    from pdedsl.solution.planning import Plan

_LEAVE = "leave domain.split out"


def divided(lowered: LoweredProblem, method: Method) -> tuple[LoweredProblem, Method]:
    """What a method with ``[domain] split`` solves and with which options; both as they are else.

    The method that comes back has weights and points by the labels of the parts, and no split.

    Raises:
        UserError: the problem cannot be split there, or not with this model (E803).
    """
    from pdedsl.settings.domain import Division

    wanted, problem = method.domain, lowered.problem
    if not wanted.split:
        return lowered, method
    found = _resolved(problem, wanted.split, overlapping=wanted.overlapping)
    cuts = {axis: own for axis, own in found.items() if own not in (1, ())}
    if not cuts:  # one piece
        return lowered, method.model_copy(update={"domain": Division()})
    if wanted.overlapping:
        update: dict[str, Any] = {"model": _blended(lowered, method, cuts)}
        return lowered, method.model_copy(update=update | {"domain": Division()})
    _check_model(problem, method, cuts)
    return _in_parts(problem, method, cuts)


def in_parts(plan: Plan) -> Plan:
    """A plan that solves the problem in parts; the plan itself where its method splits nothing."""
    lowered, method = divided(plan.lowered, plan.method)
    return replace(plan, lowered=lowered, method=method)


def _in_parts(
    problem: Problem, method: Method, cuts: Mapping[sp.Symbol, Cuts]
) -> tuple[LoweredProblem, Method]:
    from pdedsl.compiler.lowering.lower import lower
    from pdedsl.settings.domain import Division

    wanted = method.domain
    positions = {axis.name: _positions(problem, axis, own) for axis, own in cuts.items()}
    assert wanted.coupling != "overlap"
    try:
        made = decompose(
            problem, {name: at for name, at in positions.items() if at},
            coupling=wanted.coupling, flux_row=wanted.flux_row,
        )  # fmt: skip
    except ValueError as error:
        axis = next(axis for axis in cuts if positions[axis.name])
        low, high = hull_bounds(problem)[axis]
        mend = f"write a number of pieces, as in split = {{ {axis} = 2 }}, or positions between "
        mend += f"{low:g} and {high:g}, as in split = {{ {axis} = [{(low + high) / 2:g}] }}"
        refuse_option(f"the split cannot be had: {error}", mend)
    division = made.division
    assert division is not None
    joints = {label: getattr(wanted.weights, joint) for label, joint in division.joints.items()}
    points = dict.fromkeys(division.joints, wanted.points) if wanted.points else {}
    sampling = method.sampling.model_copy(
        update={"points": _by_part(made, method.sampling.points) | points}
    )
    update = {
        "weights": _by_part(made, method.weights) | joints,
        "sampling": sampling,
        "domain": Division(),
    }
    return lower(made), method.model_copy(update=update)


def _by_part(made: Problem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by label of the whole problem to those by label of its parts; kinds stay."""
    from pdedsl.settings.labels import KINDS

    assert made.division is not None
    found: dict[str, Any] = {}
    for name, value in values.items():
        labels = {part.laws[name] for part in made.division.parts if name in part.laws}
        found |= dict.fromkeys([name] if name in KINDS else labels, value)
    return found


def _resolved(
    problem: Problem, split: int | Mapping[str, Cuts], *, overlapping: bool
) -> dict[sp.Symbol, Cuts]:
    """The inputs that are cut, and how."""
    if isinstance(split, int):
        reasons = {axis: _reason(problem, axis, overlapping) for axis in problem.inputs}
        for axis, reason in reasons.items():
            if reason is None:
                return {axis: split}
        reason = next(iter(reasons.values()))
        refuse_option(f"the domain cannot be split: {reason}", _mend(problem, overlapping))
    symbols = {axis.name: axis for axis in problem.inputs}
    for name in split:
        if name not in symbols:
            mend = did_you_mean(name, symbols) or f"one of {', '.join(symbols)}"
            refuse_option(f"split names {name!r}, which is no coordinate of the problem", mend)
        if split[name] != 1 and (reason := _reason(problem, symbols[name], overlapping)):
            refuse_option(
                f"the domain cannot be split along {name}: {reason}", _mend(problem, overlapping)
            )
    return {axis: split[axis.name] for axis in problem.inputs if axis.name in split}


def _reason(problem: Problem, axis: sp.Symbol, overlapping: bool) -> str | None:
    """Why an input cannot be cut, or None."""
    reason = axis_obstacle(problem, axis)
    if reason or overlapping:
        return reason
    return decomposition_obstacle(problem, (axis,))


def _mend(problem: Problem, overlapping: bool) -> str:
    """What can be split instead."""
    free = [a.name for a in problem.inputs if _reason(problem, a, overlapping) is None]
    if free:
        return f"split along {' or '.join(free)}, as in split = {{ {free[0]} = 2 }}"
    windows = any(axis_obstacle(problem, axis) is None for axis in problem.inputs)
    if windows and not overlapping:
        return 'write coupling = "overlap", whose windows need no interface'
    return _LEAVE


def _positions(problem: Problem, axis: sp.Symbol, cuts: Cuts) -> list[float | sp.Expr]:
    """Positions of the cuts; of equal pieces exactly."""
    if not isinstance(cuts, int):
        return list(cuts)
    lower, upper = interval_of(problem, axis)
    return [lower + (upper - lower) * sp.Rational(k, cuts) for k in range(1, cuts)]


def _blended(
    lowered: LoweredProblem, method: Method, cuts: Mapping[sp.Symbol, Cuts]
) -> ModelOptions:
    """The model of overlapping windows whose pieces are of the model of the method."""
    from pydantic import ValidationError

    from pdedsl.models.partition import FbpinnOptions

    positions = [axis.name for axis, own in cuts.items() if not isinstance(own, int)]
    if positions:
        name = positions[0]
        refuse_option(
            f"windows that overlap have even distances, but split gives positions along {name}",
            f"a number of windows, as in split = {{ {name} = 4 }}",
        )
    starts = method.schedule.starts
    if starts is not None and starts.bandwidths:
        refuse_option(
            "bandwidths of starts are those of one network, and windows have one each",
            "leave bandwidths out of schedule.starts, and use seeds",
        )
    arguments = {group.arguments for group in lowered.groups}
    if len(arguments) > 1:
        refuse_option(
            "windows need fields of the same coordinates, which those of the problem are not",
            'write coupling = "flux"',
        )
    (inputs,) = arguments
    counts = tuple(cuts.get(axis, 1) for axis in inputs)
    how = {"counts": counts, "window": method.domain.window, "width": method.domain.width}
    try:
        return FbpinnOptions.model_validate({**how, "piece": method.model.model_dump()})
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        refuse_option(
            f"model {method.model.kind} cannot be a piece: {reason}", "a network or basis"
        )


def _check_model(problem: Problem, method: Method, cuts: Mapping[sp.Symbol, Cuts]) -> None:
    """Refuse what has the whole domain in view."""
    for reason, mend in _conflicts(problem, method, cuts):
        refuse_option(f"a split domain {reason}", mend)


def _conflicts(
    problem: Problem, method: Method, cuts: Mapping[sp.Symbol, Cuts]
) -> Iterator[tuple[str, str]]:
    from pdedsl.settings.labels import KINDS

    time = problem.time.symbol if problem.time else None
    model = method.model
    if getattr(model, "hard", False):
        yield (
            "has no hard conditions, which are built for the whole box",
            "write model.hard = false, or leave domain.split out",
        )
    if model.kind == "windows" and time in cuts:
        yield "with cuts in time has no windows of time as well", "cut in space alone"
    if model.kind == "fbpinn":
        yield (
            "with interfaces has no overlapping windows as well",
            'write coupling = "overlap", or a model that is a network or basis',
        )
    if method.sampling.kind == "collocation":
        yield "has no collocation, which is for one domain", 'write sampling.kind = "sobol"'
    rules = method.schedule.rules
    named = {name for rule in rules for name in getattr(rule, "weights", ())} - {*KINDS}
    if named:
        yield (
            f"has a law {min(named)} on each part, so that no rule can name it",
            "name its kind in the rule: eq, bc, ic or fit",
        )
