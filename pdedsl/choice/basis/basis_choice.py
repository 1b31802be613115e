"""A trial of a basis as the choice of a method, and whether it resolves the solution."""

from __future__ import annotations

from collections.abc import Mapping

from pdedsl.choice.choice import Choice
from pdedsl.choice.shapes.corner_columns import corner_columns
from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import ACCEPTANCE, LINEAR, NONLINEAR, by_linearity
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.ir import Problem

from .search import SearchResult
from .trial import BasisTrial
from .trial_method import basis_method


def resolves(facts: Traits, found: SearchResult, short: bool, marches: bool) -> bool:
    """Whether the best trial resolves the solution.

    Args:
        facts: traits of the problem.
        found: the trials.
        short: whether the budget is short, where less has to be resolved.
        marches: whether a march can follow, which resolves what a basis does not.
    """
    best = found.best
    if best is None:
        return False
    level = by_linearity(facts.linear).resolved
    if short:
        level = max(level, ACCEPTANCE.resolved_in_short)
    few = facts.linear and facts.inputs <= ACCEPTANCE.few_inputs
    if not marches and (short or few):
        level = ACCEPTANCE.good
    elif not marches and facts.linear and found.out_of_time:
        level = max(level, ACCEPTANCE.good_out_of_time)
    beside = facts.linear and not found.out_of_time and best.varying < ACCEPTANCE.offset
    if beside and not marches:
        level = max(level, ACCEPTANCE.good_beside_offset)
    level = max(level * best.varying, LINEAR.resolved)
    floor = max(best.residual, ACCEPTANCE.check_floor)
    return best.residual <= level and best.check <= ACCEPTANCE.check * floor


def basis_choice(
    problem: Problem, facts: Traits, weights: Mapping[str, float], trial: BasisTrial
) -> Choice:
    """The basis of a trial from a search with these weights."""
    # A run ends at once where the solution is resolved, and else at a minimum of the loss.
    resolved = trial.residual <= NONLINEAR.resolved * trial.varying
    tolerance = ACCEPTANCE.ends_at * trial.loss if resolved else 0.0
    method = basis_method(problem, trial.modes, weights, tolerance)
    digits = trial.residual >= ACCEPTANCE.only_rounding
    rest = f"{trial.residual:.0e}" if digits else "only rounding"
    left = (
        f"{trial.size} {_functions(problem)}{_beside(problem, trial)} leave {rest} of the residual"
    )
    if facts.linear:
        why = f"linear; {left}, so least-squares steps find their coefficients"
    else:
        why = f"nonlinear; {left} after steps of Newton's method"
    return Choice(method, why, trial.theta)


def _beside(problem: Problem, trial: BasisTrial) -> str:
    """How many of the functions are those of corners."""
    if not on_shapes(problem) or not isinstance(trial.modes, int):
        return ""
    own = corner_columns(problem, trial.modes)
    count, points = sum(len(c.terms) for c in own), len({c.centre for c in own})
    corners = f"{points} corner" + ("s" if points > 1 else "")
    return f" with {count} corner functions at {corners}" if count else ""


def _functions(problem: Problem) -> str:
    """What the functions of a mixed basis are."""
    periodic = [axis.period is not None for axes in component_axes(problem) for axis in axes]
    if not any(periodic):
        return "polynomials"
    return "plane waves" if all(periodic) else "products of waves and polynomials"
