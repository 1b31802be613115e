"""The method for a problem that names none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pdedsl.choice.basis.axis_degrees import resolve_by_axis
from pdedsl.choice.basis.basis_choice import basis_choice, search_weights, taken
from pdedsl.choice.basis.resolution import Resolution, resolve
from pdedsl.choice.basis.rungs import Rung
from pdedsl.choice.march.march import cannot_march
from pdedsl.choice.march.tolerances import Marched, marched
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling
from pdedsl.settings.models import BasisModel, LayersModel, WindowsModel

from .allowance import Allowance
from .choice import Choice
from .network_rules import network_choice
from .traits import Traits, traits

DEFAULT_BUDGET = 50.0
"""Seconds of training where the user names neither a budget nor iterations."""

_SHORT = 10.0  # seconds
_SHARE = 0.2  # of the budget that the search for a basis may use
_SHARE_PROMISING = 0.7  # the same once the solution is nearly resolved
_SHARE_BY_AXIS = 0.6  # of that, for a degree for each axis; the rest is for total degrees
_SHARE_BEFORE_MARCH = 0.06  # the same for nonlinear problems that can be marched
_SHARE_OF_MARCH = 0.7
_LEAST_SEARCH = 2.0  # seconds, which small problems need whatever the budget
_MOST_FUNCTIONS = {True: 1_500, False: 800}  # of linear problems, and of others
_MOST_BY_AXIS = 2_500
_MOST_IN_SHORT, _MOST_BY_AXIS_IN_SHORT = 400, 1_500

_MARCH = Method(
    model=WindowsModel(pieces=(BasisModel(),)),
    optimizer=LstsqOptions(),
    sampling=Sampling(kind="collocation"),
)


def choose(
    lowered: LoweredProblem,
    budget: float | None = None,
    network: bool = False,
    basis: bool = False,
    told: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    march: bool = True,
) -> Choice:
    """A method from the laws of a problem: orders, linearity, inputs, sizes of coefficients.

    A basis, where one of at most some thousand functions is found to resolve the solution (see
    `axis_degrees` and `resolution`): then a few steps end at the level of rounding. Else, for an
    evolution in time and at most one space coordinate, splines on windows of time (see `march`).
    Elsewhere a network.

    All choices are least squares, with Newton's method or damping around it, in double precision,
    which is ahead of first-order methods by orders of magnitude for up to about two thousand
    parameters.

    Args:
        lowered: the problem.
        budget: seconds of training, or None for `DEFAULT_BUDGET`; a short one is spent on
            smaller bases and shorter starts. The search for a basis takes a fifth of it at most,
            or 6 % before a march of a nonlinear problem, but up to two seconds of a short one, and
            seven tenths once a solution is nearly resolved; so does the march.
        network: take a network in any case.
        basis: take a basis in any case in which one was tried.
        told: called with a text about every basis and window that is tried.
        should_stop: asked whether to end the search for a basis, and the march in time.
        march: carry out a march in time where that is the choice; without, the method is one of
            windows that are still to be found.
    """
    problem = lowered.problem
    facts = traits(problem)
    short = budget is not None and budget < _SHORT
    if network:
        return network_choice(lowered, facts, short)
    weights = search_weights(problem, facts)
    seconds, evolves = DEFAULT_BUDGET if budget is None else budget, cannot_march(lowered) is None
    bounds = _bounds(seconds, evolves, facts.linear, short)
    choice, found = _basis(lowered, facts, weights, bounds, told, should_stop)
    if choice is None and basis and found.best is not None:
        choice = taken(problem, facts, weights, found.best)
    if choice is not None:
        return choice
    if evolves and not march:
        return Choice(
            _MARCH, "evolution in time: windows whose lengths and elements are found anew"
        )
    done = marched(lowered, _SHARE_OF_MARCH * seconds, told, should_stop) if evolves else None
    if isinstance(done, Marched):
        return Choice(done.method, done.text, done.theta)
    choice = network_choice(lowered, facts, short)
    return Choice(choice.method, "; ".join([choice.why, *_tried(found, done)]))


@dataclass(frozen=True)
class _Bounds:
    """Of a search for a basis.

    Args:
        short: whether the budget is.
        evolves: whether a march can follow.
        seconds: of computing.
        longer: the same where the solution is nearly resolved.
        by_axis: functions with degrees by axis.
        total: functions of a total degree.
    """

    short: bool
    evolves: bool
    seconds: float
    longer: float
    by_axis: int
    total: int


def _bounds(seconds: float, evolves: bool, linear: bool, short: bool) -> _Bounds:
    """The bounds for a budget in seconds."""
    # A rung is one least-squares problem where all is linear, and then ends at rounding. Where it
    # is not, a march is to have the time, and the large systems.
    march = evolves and not linear
    allowed = max((_SHARE_BEFORE_MARCH if march else _SHARE) * seconds, _LEAST_SEARCH)
    longer = 0.0 if march else _SHARE_PROMISING * seconds
    most = _MOST_FUNCTIONS[linear] if march else _MOST_BY_AXIS, _MOST_FUNCTIONS[linear]
    if short:
        most = _MOST_BY_AXIS_IN_SHORT, _MOST_IN_SHORT
    return _Bounds(short, evolves, allowed, longer, *most)


def _basis(
    lowered: LoweredProblem,
    facts: Traits,
    weights: Mapping[str, float],
    bounds: _Bounds,
    told: Callable[[str], None] | None,
    should_stop: Callable[[], bool] | None,
) -> tuple[Choice | None, Resolution]:
    """The basis that resolves the solution, if one is found, and the search that came nearer."""
    problem, whole, linear = lowered.problem, Allowance(bounds.seconds), facts.linear
    tell = (lambda rung: told(_left(rung))) if told else None
    own = Allowance(_SHARE_BY_AXIS * bounds.seconds, should_stop, bounds.longer)
    first = resolve_by_axis(lowered, linear, weights, bounds.by_axis, own, tell)
    choice = basis_choice(problem, facts, weights, first, bounds.short, bounds.evolves)
    if choice is not None or first.rough:
        return choice, first
    left, longer = (max(0.0, most - whole.used) for most in (bounds.seconds, bounds.longer))
    rest = Allowance(left, should_stop, longer)
    second = resolve(lowered, linear, weights, bounds.total, rest, tell)
    choice = basis_choice(problem, facts, weights, second, bounds.short, bounds.evolves)
    if choice is not None:
        return choice, second
    nearer = min((second, first), key=_left_over)
    if rest.stopped or not (first.cut or second.cut):
        return None, nearer
    return None, replace(nearer, end=f"the {bounds.seconds:.2g} s for them are spent", cut=True)


def _left_over(found: Resolution) -> float:
    return math.inf if found.best is None else found.best.residual


def _tried(found: Resolution, march: str | None) -> list[str]:
    """What was tried before a network, in words; a march by the reason for its end."""
    parts = [] if march is None else [f"a march in time ended because {march}"]
    if found.rough:
        parts.append(f"no basis was tried, as {found.end}")
    if found.best is not None and math.isfinite(found.best.residual):
        parts.append(_left(found.best))
    if found.cut:
        parts.append(f"larger bases were not tried, as {found.end}")
    return parts


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
