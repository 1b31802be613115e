"""The method for a problem that names none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from pdedsl.compiler.support import plan_laws
from pdedsl.compiler.windows import why_not
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import component_axes, discretise
from pdedsl.conditioning.traits import Traits, traits
from pdedsl.conditioning.weights import best_weight
from pdedsl.ir import Problem, TooLargeError

from .march import cannot_march
from .marching import Marched, marched
from .model_sections import BasisModel, LayersModel, MlpModel, WindowsModel
from .optimizer_options import LmOptions, LstsqOptions
from .resolution import Resolution, Rung, basis_method, ladder, resolve
from .spec import Method, Sampling, Schedule, Starts

DEFAULT_BUDGET = 50.0
"""Seconds of training where the user names neither a budget nor iterations."""

_SHARP = 5e-3  # stiffness below which a nonlinear equation is expected to form fronts
_MANY_INPUTS = 4
_LONG_TRAVEL = 2.0
_FEWEST_POINTS = 200
# For networks of linear problems as well. The weight with the least condition number in a basis,
# some 300 to 900, leaves wave at 5e-5 in place of 1e-15, helmholtz as it is, and advection better
# or worse by a factor of two or three as seeds and iterations go.
_WEIGHT = 100.0

_SHORT = 10.0  # seconds
_SHARE = 0.2  # of the budget that the search for a basis may use
_SHARE_BEFORE_MARCH = 0.06  # the same, where a march in time comes next
_SHARE_OF_MARCH = 0.7
_LEAST_SEARCH = 2.0  # seconds, which small problems need whatever the budget
_MOST_FUNCTIONS = 800
_MOST_IN_SHORT = 400
_ROUNDING = 1e-12  # of a relative residual, whose digits differ between machines
# What a basis has to leave of the residual to be preferred. Networks of linear problems come to
# 1e-15 where waves fit the solution and stay at 1e-8 where not (helmholtz, heat); those of
# nonlinear ones come to 1e-5 or so within the default budget.
_RESOLVED = {True: 1e-12, False: 1e-7}
_RESOLVED_IN_SHORT = 1e-9
_CHECKED = 100.0  # the most that ρ at other points may exceed ρ, above rounding level
_CHECK_FLOOR = 1e-13
_CLAMP = (1.0, 1e4)
_SMALL_BASIS = 50


_MARCH = Method(
    model=WindowsModel(pieces=(BasisModel(),)),
    optimizer=LstsqOptions(),
    sampling=Sampling(kind="collocation"),
)


@dataclass(frozen=True)
class Choice:
    """A method and, in one line, the reason for it.

    Args:
        method: the method.
        why: the reason.
        start: first parameters, where the choice has found good ones.
    """

    method: Method
    why: str
    start: Tensor | None = None


def choose(
    problem: Problem,
    budget: float | None = None,
    network: bool = False,
    told: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    march: bool = True,
) -> Choice:
    """A method from the laws of a problem: orders, linearity, inputs, sizes of coefficients.

    A basis, where one of at most some hundred functions is found to resolve the solution (see
    `resolution`): then a few steps end at the level of rounding. Else, for an evolution in time
    and at most one space coordinate, splines on windows of time (see `march`). Elsewhere a network.

    All choices are damped Gauss–Newton in double precision, which is ahead of first-order
    methods by orders of magnitude for up to about two thousand parameters.

    Args:
        problem: as made by sema.
        budget: seconds of training, or None for `DEFAULT_BUDGET`; a short one is spent on
            smaller bases and shorter starts. The search for a basis takes a fifth of it at most,
            or 6 % before a march in time, which takes seven tenths; two seconds in any case.
        network: take a network in any case.
        told: called with a text about every basis and window that is tried.
        should_stop: asked whether to end a march in time.
        march: carry out a march in time where that is the choice; without, the method is one of
            windows that are still to be found.
    """
    facts = traits(problem)
    short = budget is not None and budget < _SHORT
    if network:
        return _network(problem, facts, short)
    weights = _weights(problem, facts)
    seconds, evolves = DEFAULT_BUDGET if budget is None else budget, cannot_march(problem) is None
    found = resolve(
        problem,
        facts.linear,
        weights,
        _MOST_IN_SHORT if short else _MOST_FUNCTIONS,
        max((_SHARE_BEFORE_MARCH if evolves else _SHARE) * seconds, _LEAST_SEARCH),
        (lambda rung: told(_left(rung))) if told else None,
    )
    if choice := _basis(problem, facts, weights, found, short):
        return choice
    if evolves and not march:
        return Choice(
            _MARCH, "evolution in time: windows whose lengths and elements are found anew"
        )
    ended = ""
    if evolves:
        done = marched(problem, _SHARE_OF_MARCH * seconds, told, should_stop)
        if isinstance(done, Marched):
            return Choice(done.method, done.text, done.theta)
        ended = done
    choice = _network(problem, facts, short)
    parts = [choice.why, *([f"a march in time ended because {ended}"] if ended else [])]
    if found.rungs and math.isfinite(found.rungs[-1].residual):
        parts.append(_left(found.rungs[-1]))
    if found.cut:
        parts.append(f"larger bases were not tried, as {found.end}")
    return Choice(choice.method, "; ".join(parts))


def _left(rung: Rung) -> str:
    return f"a basis of {rung.size} functions leaves a residual of {rung.residual:.0e}"


def means_network(changes: Mapping[str, Any]) -> bool:
    """Whether changes of a method, such as ``model.width``, are those of a network.

    Args:
        changes: dotted keys and values.
    """
    if "model.kind" in changes:
        return changes["model.kind"] != "basis"
    if changes.get("derivatives.laplacian", "exact") != "exact":
        return True  # jets along lines, which a basis does not have
    own = {f"model.{key}" for key in LayersModel.model_fields}
    return any(key in own or key.startswith("schedule.starts") for key in changes)


def fitted(choice: Choice, changes: Mapping[str, Any]) -> tuple[Choice, dict[str, Any]]:
    """A choice of windows of networks, and changes that name the kind or options of a network.

    The kind that the windows have is no change; other options are those of one network for all of
    time, which the choice turns into.

    Args:
        choice: a choice.
        changes: dotted keys and values.
    """
    left, model = dict(changes), choice.method.model
    if not isinstance(model, WindowsModel) or not means_network(changes):
        return choice, left
    piece = model.pieces[0]
    if left.get("model.kind") == piece.kind:
        del left["model.kind"]
    if not means_network(left):
        return choice, left
    method = choice.method.model_copy(update={"model": piece})
    why = f"{choice.why}; by the changes one network for all of time"
    return replace(choice, method=method, why=why), left


def _weights(problem: Problem, facts: Traits) -> dict[str, float]:
    """Of the conditions of a basis, by kind; equations have 1.

    For linear problems the weight with the least condition number in a small basis. The error of
    a resolved solution hardly depends on it, so that a round number serves the others.
    """
    weights = dict.fromkeys(("bc", "ic"), _WEIGHT)
    if not facts.linear:
        return weights
    try:
        with np.errstate(all="ignore"):  # what is not finite in a law, training tells
            found = _analysed(problem)
    except (ValueError, TooLargeError):
        return weights  # no matrix, such as for coefficients that are not finite everywhere
    return weights | {kind: value for kind, value in found.items() if kind in weights}


def _analysed(problem: Problem) -> dict[str, float]:
    """Kind of condition to its weight, the largest where laws of that kind differ."""
    sizes = list(ladder(problem, _SMALL_BASIS))
    if not sizes:
        return {}
    gram = assemble(problem, discretise(problem, "mixed", sizes[-1][0], "total"))
    if not (gram.equations and gram.conditions):
        return {}
    weights = gram.loss_weights(best_weight(gram).weight, relative=True)
    out: dict[str, float] = {}
    for term in gram.terms:
        if not term.interior:
            value = min(max(weights[term.label], _CLAMP[0]), _CLAMP[1])
            out[term.kind] = max(out.get(term.kind, 0.0), float(f"{value:.2g}"))
    return out


def _basis(
    problem: Problem,
    facts: Traits,
    weights: Mapping[str, float],
    found: Resolution,
    short: bool,
) -> Choice | None:
    """The basis of the best rung, or None where that does not resolve the solution."""
    best = found.best
    if best is None:
        return None
    wanted = max(_RESOLVED[facts.linear], _RESOLVED_IN_SHORT if short else 0.0)
    agree = best.check <= _CHECKED * max(best.residual, _CHECK_FLOOR)
    if not (best.residual <= wanted and agree):
        return None
    # Where the residual is not at rounding level further steps would go on for nothing.
    method = basis_method(problem, best.modes, facts.linear, weights, 4 * best.loss)
    functions = f"{best.size} {_functions(problem)}"
    rest = "only rounding" if best.residual < _ROUNDING else f"{best.residual:.0e}"
    left = f"leave {rest} of the residual"
    if facts.linear:
        why = f"linear; {functions} {left}, so least-squares steps find their coefficients"
    else:
        why = f"nonlinear; {functions} {left} after Gauss–Newton steps from zero"
    return Choice(method, why)


def _functions(problem: Problem) -> str:
    """What the functions of a mixed basis are."""
    circles = [a.period is not None for own in component_axes(problem) for a in own]
    if not any(circles):
        return "polynomials"
    return "plane waves" if all(circles) else "products of waves and polynomials"


def _network(problem: Problem, facts: Traits, short: bool) -> Choice:
    rules: tuple[tuple[Callable[[Traits], bool], Callable[[Traits], Choice]], ...] = (
        (lambda t: t.inputs >= _MANY_INPUTS, _many_inputs),
        (lambda t: not t.linear and t.stiffness < _SHARP, _sharp),
        (lambda t: t.inputs == 1, _one_input),
        (lambda t: _pointwise_in_windows(problem, t), _pointwise),
        (lambda t: t.travel > _LONG_TRAVEL, _travelling),
        (lambda t: t.linear and t.time_order == 1, _diffusing),
        (lambda t: True, _smooth),
    )
    choice = next(make(facts) for holds, make in rules if holds(facts))
    return _shortened(choice) if short else choice


def _pointwise_in_windows(problem: Problem, facts: Traits) -> bool:
    """Whether each point has a nonlinear evolution of its own, which windows of time can have."""
    if facts.linear or not facts.time_order or facts.space_orders or problem.time is None:
        return False
    plans, reasons = plan_laws(problem)
    last = all(field.arguments[-1] == problem.time.symbol for field in problem.fields)
    return last and not reasons and why_not(problem, plans) is None


def _points(facts: Traits, eq: int, conditions: int) -> dict[str, int]:
    """Points of each law, so that the number of rows does not grow with the number of laws.

    Args:
        facts: of the problem.
        eq: rows of all equations together.
        conditions: rows of all boundary and initial conditions together.
    """
    each = max(_FEWEST_POINTS, eq // max(facts.equations, 1))
    few = min(conditions, max(_FEWEST_POINTS // 2, conditions // max(facts.conditions, 1)))
    return {"eq": each, "bc": few, "ic": few}


def _many_inputs(facts: Traits) -> Choice:
    why = f"{facts.inputs} inputs: one layer of low bandwidth, fresh points in every step"
    model = MlpModel(width=64, depth=1, activation="sin", bandwidth=0.5)
    points = _points(facts, 3000, 1000)
    return _choice(why, model, points, resample=1)


def _sharp(facts: Traits) -> Choice:
    why = (
        f"nonlinear with a leading coefficient {facts.stiffness:.1g} times the others: fronts are "
        "expected, so a deep narrow network and fresh points in every step"
    )
    model = MlpModel(width=20, depth=3, activation="tanh")
    points = _points(facts, 4000, 400)
    return _choice(why, model, points, weight=10.0, resample=1)


def _one_input(facts: Traits) -> Choice:
    model = MlpModel(width=50, depth=1, activation="sin")
    why = "one input: one layer of sines, its bandwidth found by short starts"
    if facts.linear:
        return _choice(why, model, {"eq": 400}, bandwidths=_around(max(4.0, facts.wavenumber / 3)))
    # A nonlinear equation in time has minima that are no solutions, such as a jump to a fixed
    # point just after the start, so more starts are worth their time; a heavy weight at the
    # start makes the jump cheaper.
    why += ", over several seeds since it is nonlinear"
    bands = (8.0, 16.0, 32.0)
    model = MlpModel(width=80, depth=1, activation="sin")
    return _choice(why, model, {"eq": 600}, weight=1.0, bandwidths=bands, seeds=4)


def _travelling(facts: Traits) -> Choice:
    why = (
        f"a wave that moves through {facts.travel:.2g} domain lengths: one wide layer of sines, "
        "its high bandwidth found by short starts"
    )
    model = MlpModel(width=100, depth=1, activation="sin")
    least = 2.0 ** round(facts.travel).bit_length() / 2
    bandwidths = (least, 2 * least, 4 * least)
    return _choice(why, model, _points(facts, 2000, 400), bandwidths=bandwidths)


def _pointwise(facts: Traits) -> Choice:
    why = (
        "nonlinear, without derivatives in space: errors of the start may grow, so a deep narrow "
        "network for each of five windows of time"
    )
    piece = MlpModel(width=20, depth=3, activation="tanh")
    choice = _choice(why, piece, _points(facts, 1000, 300))
    windows = WindowsModel(count=5, pieces=(piece,))
    return Choice(choice.method.model_copy(update={"model": windows}), why)


def _diffusing(facts: Traits) -> Choice:
    """Variable projection gains four digits on heat equations; on waves it loses all."""
    choice = _smooth(facts)
    assert isinstance(choice.method.model, MlpModel)
    model = choice.method.model.model_copy(update={"width": 200})
    optimizer = choice.method.optimizer.model_copy(update={"projection": True})
    why = choice.why.replace("layer of sines", "layer of sines at its least-squares optimum")
    changes = {"model": model, "optimizer": optimizer}
    return Choice(choice.method.model_copy(update=changes), why)


def _smooth(facts: Traits) -> Choice:
    kind = "linear" if facts.linear else "mildly nonlinear"
    why = f"{kind}, a smooth solution is expected: one wide layer of sines, its bandwidth found by "
    width = 100 if facts.components == 1 else 120
    model = MlpModel(width=width, depth=1, activation="sin")
    points = _points(facts, 1500 if width == 100 and facts.inputs == 2 else 3000, 600)
    bandwidths = _around(max(2.0, facts.wavenumber / 3))
    return _choice(why + "short starts", model, points, bandwidths=bandwidths)


def _around(bandwidth: float) -> tuple[float, ...]:
    """Bandwidths to be tried, the likeliest first, in case there is no time for all.

    Frequencies drawn from N(0, σ²) reach a wave number k well for σ near k/3.
    """
    return tuple(round(factor * bandwidth, 3) for factor in (1.0, 2.0, 0.5, 4.0))


def _choice(
    why: str,
    model: MlpModel,
    points: dict[str, int],
    *,
    weight: float = _WEIGHT,
    resample: int = 0,
    bandwidths: tuple[float, ...] = (),
    seeds: int = 1,
) -> Choice:
    starts = Starts(bandwidths=bandwidths, seeds=seeds, iterations=8) if bandwidths else None
    method = Method(
        model=model,
        optimizer=LmOptions(patience=500),
        weights={"bc": weight, "ic": weight, "fit": weight},
        sampling=Sampling(points=points, resample=resample),
        schedule=Schedule(starts=starts),
    )
    return Choice(method, why)


def _shortened(choice: Choice) -> Choice:
    """Half the iterations of each start, for a short budget."""
    starts = choice.method.schedule.starts
    if starts is None:
        return choice
    short = starts.model_copy(update={"iterations": 4})
    schedule = choice.method.schedule.model_copy(update={"starts": short})
    return Choice(choice.method.model_copy(update={"schedule": schedule}), choice.why)
