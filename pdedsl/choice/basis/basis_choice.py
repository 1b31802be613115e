"""The basis that a search has found to resolve a solution, and the weights of the search."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pdedsl.choice.choice import Choice
from pdedsl.choice.traits import Traits
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import component_axes, discretise
from pdedsl.conditioning.weights import best_weight
from pdedsl.ir import Problem, TooLargeError

from .resolution import Resolution, ladder
from .rungs import Rung, basis_method

_WEIGHT = 100.0
_ROUNDING = 1e-12  # of a relative residual, whose digits differ between machines
# What a basis has to leave of the residual to be preferred. Networks of linear problems come to
# 1e-15 where waves fit the solution and stay at 1e-8 where not (helmholtz, heat); those of
# nonlinear ones come to 1e-5 or so within the default budget.
_RESOLVED = {True: 1e-12, False: 1e-7}
_RESOLVED_IN_SHORT = 1e-9
# Where larger bases gain little or there is no time for them, and a network is what comes after.
# On a square with singular corners 961 functions leave 3e-5 and have an error of 7e-6, a network
# in ten seconds one of 5e-4.
_GOOD = 1e-4
_FEW_INPUTS = 2
_CHECKED = 100.0  # the most that ρ at other points may exceed ρ, above rounding level
_CHECK_FLOOR = 1e-13
_CLAMP = (1.0, 1e4)
_SMALL_BASIS = 50


def search_weights(problem: Problem, facts: Traits) -> dict[str, float]:
    """Of the conditions of a basis, by kind; equations have 1.

    For linear problems the weight with the least condition number in a small basis. The error of
    a resolved solution hardly depends on it, so that a round number serves the others.

    Args:
        problem: the problem.
        facts: its traits.
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
    gram = assemble(problem, discretise(problem, "mixed", sizes[-1], "total"))
    if not (gram.equations and gram.conditions):
        return {}
    weights = gram.loss_weights(best_weight(gram).weight, relative=True)
    out: dict[str, float] = {}
    for term in gram.terms:
        if not term.interior:
            value = min(max(weights[term.label], _CLAMP[0]), _CLAMP[1])
            out[term.kind] = max(out.get(term.kind, 0.0), float(f"{value:.2g}"))
    return out


def basis_choice(
    problem: Problem,
    facts: Traits,
    weights: Mapping[str, float],
    found: Resolution,
    short: bool,
    evolves: bool = False,
) -> Choice | None:
    """The basis of the best rung, or None where that does not resolve the solution.

    Args:
        problem: the problem.
        facts: its traits.
        weights: of the search.
        found: its rungs.
        short: whether the budget is short, where less has to be resolved.
        evolves: whether a march can follow, which resolves what a basis does not.
    """
    best = found.best
    if best is None:
        return None
    whole = facts.linear and facts.inputs <= _FEW_INPUTS and not found.cut
    wanted = max(_RESOLVED[facts.linear], _RESOLVED_IN_SHORT if short else 0.0)
    if not evolves and (short or whole):
        wanted = _GOOD
    agree = best.check <= _CHECKED * max(best.residual, _CHECK_FLOOR)
    if not (best.residual <= wanted and agree):
        return None
    return taken(problem, facts, weights, best)


def taken(problem: Problem, facts: Traits, weights: Mapping[str, float], best: Rung) -> Choice:
    """The basis of a rung.

    Args:
        problem: the problem.
        facts: its traits.
        weights: of the search.
        best: the rung.
    """
    # What resolves the solution is done there; what does not ends at a minimum, and is told so.
    resolved = best.residual <= _RESOLVED[False]
    method = basis_method(problem, best.modes, weights, 4 * best.loss if resolved else 0.0)
    functions = f"{best.size} {_functions(problem)}"
    rest = "only rounding" if best.residual < _ROUNDING else f"{best.residual:.0e}"
    left = f"leave {rest} of the residual"
    if facts.linear:
        why = f"linear; {functions} {left}, so least-squares steps find their coefficients"
    else:
        why = f"nonlinear; {functions} {left} after steps of Newton's method"
    return Choice(method, why, best.theta)


def _functions(problem: Problem) -> str:
    """What the functions of a mixed basis are."""
    circles = [a.period is not None for own in component_axes(problem) for a in own]
    if not any(circles):
        return "polynomials"
    return "plane waves" if all(circles) else "products of waves and polynomials"
