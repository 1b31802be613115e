"""The method for a problem that names none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.models.bases import BasisOptions
from pdedsl.models.networks.layers import LayerOptions
from pdedsl.models.windows import WindowsOptions
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling

from .allowance import Allowance
from .basis.basis_choice import basis_choice
from .basis.condition_weights import search_weights
from .basis.find_basis import SearchBounds, find_basis
from .basis.search import SearchResult
from .choice import Choice
from .eigen.number_choice import cannot_pair, number_choice, refuse_modes
from .elements.line_elements import cannot_divide, elements_choice
from .evolutions.marches import evolution_form
from .evolutions.separable_choice import separable_choice
from .evolutions.sudden_choice import sudden_choice
from .evolutions.window_bases import cannot_evolve, evolution_choice
from .fitting.fit_choice import cannot_fit, fit_choice
from .march.march import cannot_march
from .march.tolerances import FinestMarch, march_finely
from .network_rules import network_choice
from .shapes.shape_method import on_shapes
from .traits import traits
from .tuning import ACCEPTANCE, BUDGET, ELEMENTS, EVOLUTIONS, SEPARABLE

_UNFOUND_MARCH = Choice(
    Method(
        model=WindowsOptions(pieces=(BasisOptions(),)),
        optimizer=LstsqOptions(),
        sampling=Sampling(kind="collocation"),
    ),
    "evolution in time: windows whose lengths and elements are found anew",
)


def choose(
    lowered: LoweredProblem,
    budget: float | None = None,
    network: bool = False,
    basis: bool = False,
    notify: Callable[[str], None] | None = None,
    allowance: Allowance | None = None,
    march: bool = True,
    windows: bool = True,
    weights: Mapping[str, float] | None = None,
) -> Choice:
    """A method from the laws of a problem: orders, linearity, inputs, sizes of coefficients.

    A march axis by axis, for a linear evolution in two or three space coordinates whose operator is
    a sum along them (see `evolutions.separable_march`). A basis, where one of at most some thousand
    functions is found to resolve the solution (see `basis.axis_degrees` and `basis.total_degrees`):
    then a few steps end at the level of rounding. Else, for an evolution in time and at most one
    space coordinate, splines on windows of time (see `march`), and for one input splines on
    elements that follow the residual (see `elements`). Elsewhere a network.

    All choices are least squares, with Newton's method or damping around it, in double precision,
    which is ahead of first-order methods by orders of magnitude for up to about two thousand
    parameters.

    Args:
        lowered: the problem.
        budget: seconds, or None for those of `tuning.Budget`, which has the shares of the search
            for a basis and of the march too; a short one is spent on smaller bases and shorter
            starts.
        network: take a network in any case.
        basis: take a basis in any case in which one was tried.
        notify: called with a text about every basis and window that is tried.
        allowance: of all that is done for the budget; None for no bound by the clock.
        march: carry out a march in time where that is the choice; without, the method is one of
            windows that are still to be found.
        windows: take windows of time at all.
        weights: of laws, by label, that are none of its choice: those on interfaces.
    """
    facts, seconds = traits(lowered.problem), BUDGET.default if budget is None else budget
    short = seconds < BUDGET.short
    if network:
        refuse_modes(lowered.problem, "leave the choice of the model to auto")
        return network_choice(lowered, facts, short)
    given, weights = weights or {}, search_weights(lowered, facts, weights or {})
    marches = windows and cannot_march(lowered) is None
    whole, shapes = allowance or Allowance(None), on_shapes(lowered.problem)
    bounds = SearchBounds.of(seconds, facts.linear, marches, shapes)

    def part(share: float) -> Allowance:
        return whole.until(BUDGET.choice).part(share * seconds)

    if found_numbers := _for_numbers(lowered, given, lambda: part(BUDGET.numbers), notify):
        return found_numbers
    tell = (lambda trial: notify(trial.text)) if notify else None
    how = (lowered, facts, weights, bounds)
    form = evolution_form(lowered.problem) if windows and not basis else None
    marched = separable_choice(lowered, form, part(EVOLUTIONS.share), notify) if form else None
    if marched is not None and marched.level <= SEPARABLE.resolved:
        return marched.choice
    sudden = form and not marched and sudden_choice(lowered, part(EVOLUTIONS.share), notify)
    if sudden:
        return sudden.choice
    found, resolved = find_basis(*how, whole.until(BUDGET.choice), tell)
    if basis and found.best is None and found.out_of_time:
        # One that is asked for is tried however late it is.
        found, resolved = find_basis(*how, Allowance(None, whole.should_stop), tell)
    good_enough = shapes and found.level_of_varying <= ACCEPTANCE.on_shapes
    if found.best is not None and (resolved or basis or good_enough):
        best = found.best if resolved else min(found.trials, key=lambda trial: trial.level)
        return basis_choice(lowered.problem, facts, weights, best)
    if marches and not march:
        return _UNFOUND_MARCH
    done = march_finely(lowered, seconds, whole, notify) if marches else None
    if isinstance(done, FinestMarch):
        return Choice(done.method, done.text, done.theta, done.agreement)
    if (
        not marches
        and cannot_divide(lowered.problem) is None
        and (divided := elements_choice(lowered, facts, weights, part(ELEMENTS.share), notify))
    ):
        return divided
    if marched is not None:
        return marched.choice
    if (
        windows
        and cannot_evolve(lowered.problem, facts) is None
        and (evolved := evolution_choice(lowered, part(EVOLUTIONS.share), notify))
    ):
        return evolved
    choice = network_choice(lowered, facts, short)
    return Choice(choice.method, "; ".join([choice.why, *_attempts(found, done)]))


def _for_numbers(
    lowered: LoweredProblem,
    given: Mapping[str, float],
    allowance: Callable[[], Allowance],
    notify: Callable[[str], None] | None,
) -> Choice | None:
    """A basis for unknown numbers: those that are looked for over decades, then from the guess."""
    problem = lowered.problem
    if cannot_fit(problem) is None and all(number.modes == 1 for number in problem.numbers):
        fitted = fit_choice(lowered, given, allowance(), notify)
        if fitted is not None:
            return fitted
    why = cannot_pair(problem)
    found = None if why else number_choice(lowered, given, allowance(), notify)
    if found is None:
        more_time = "give it more time (--budget), or another guess"
        refuse_modes(problem, f"ask for one mode, for {why}" if why else more_time)
    return found


def _attempts(found: SearchResult, march: str | None) -> list[str]:
    """What was tried before a network, in words; a march by the reason for its end."""
    parts = [] if march is None else [f"a march in time ended because {march}"]
    if found.not_smooth:
        parts.append(f"no basis was tried, as {found.end}")
    if found.best is not None and math.isfinite(found.best.residual):
        parts.append(found.best.text)
    if found.out_of_time:
        parts.append(f"larger bases were not tried, as {found.end}")
    return parts


def means_network(changes: Mapping[str, Any]) -> bool:
    """Whether changes of a method, such as ``model.width`` to a number, are those of a network."""
    if "model.kind" in changes:
        return changes["model.kind"] != "basis"
    if changes.get("derivatives.laplacian", "exact") != "exact":
        return True  # jets along lines, which a basis does not have
    own = {f"model.{key}" for key in LayerOptions.model_fields}
    return any(key in own or key.startswith("schedule.starts") for key in changes)


def means_weak_form(changes: Mapping[str, Any]) -> bool:
    """Whether changes of a method ask for integrals, which are over all of time."""
    return bool(changes.get("form.kind") == "weak")


def without_windows(choice: Choice, changes: Mapping[str, Any]) -> tuple[Choice, dict[str, Any]]:
    """A choice, with one network in place of windows where the changes name options of one.

    Also the changes, without a kind of model that the windows have already.
    """
    left, model = dict(changes), choice.method.model
    weak = means_weak_form(changes)
    if not isinstance(model, WindowsOptions) or not (weak or means_network(changes)):
        return choice, left
    piece = model.pieces[0]
    if left.get("model.kind") == piece.kind:
        del left["model.kind"]
    if not (weak or means_network(left)):
        return choice, left
    method = choice.method.model_copy(update={"model": piece})
    why = f"{choice.why}; by the changes one network for all of time"
    return replace(choice, method=method, why=why), left
