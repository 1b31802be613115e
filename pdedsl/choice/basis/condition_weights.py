"""Weights of the conditions in a search for a basis."""

from __future__ import annotations

import numpy as np

from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import ANALYSIS, CONDITIONS_WEIGHT
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.weights import best_weight
from pdedsl.ir import Problem, TooLargeError

from .total_degrees import total_degrees


def condition_weights(problem: Problem, facts: Traits) -> dict[str, float]:
    """Weights of the conditions by kind; equations have 1.

    For linear problems the weight with the least condition number in a small basis; for others, and
    where there is no matrix, a round number.
    """
    weights = dict.fromkeys(("bc", "ic"), CONDITIONS_WEIGHT)
    if not facts.linear:
        return weights
    try:
        with np.errstate(all="ignore"):  # what is not finite in a law, training tells
            return weights | _best_conditioned(problem, weights)
    except (ValueError, TooLargeError):
        return weights  # no matrix, such as for coefficients that are not finite everywhere


def _best_conditioned(problem: Problem, kinds: dict[str, float]) -> dict[str, float]:
    """Kind of condition to its weight, the largest where laws of that kind differ."""
    degrees = list(total_degrees(problem, ANALYSIS.small_basis))
    if not degrees:
        return {}
    gram = assemble(problem, discretise(problem, "mixed", degrees[-1], "total"))
    if not (gram.equations and gram.conditions):
        return {}
    weights = gram.loss_weights(best_weight(gram).weight, relative=True)
    out: dict[str, float] = {}
    for term in gram.terms:
        if not term.interior and term.kind in kinds:
            value = min(max(weights[term.label], ANALYSIS.least_weight), ANALYSIS.most_weight)
            out[term.kind] = max(out.get(term.kind, 0.0), float(f"{value:.2g}"))
    return out
