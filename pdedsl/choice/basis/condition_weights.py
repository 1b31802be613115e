"""Weights of the conditions in a search for a basis."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.choice.traits import Traits
from pdedsl.choice.tuning import ANALYSIS, CONDITIONS_WEIGHT
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.conditioning.weights import best_weight
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem, TooLargeError
from pdedsl.models import MisfitError

from .law_sizes import law_sizes
from .total_degrees import total_degrees

_USUAL = 1e3
"""Of (size of an equation / size of a condition)², what it is for the Laplacian and given values on
a box of side 1, where `CONDITIONS_WEIGHT` and the bounds of weights come from."""
_FAR = 1e7
"""From which on, above or below, the weights are those of the sizes: sides of a hundredth or of a
hundred, and the gallery's equations of fourth order, are nearer."""


def condition_weights(lowered: LoweredProblem, facts: Traits) -> dict[str, float]:
    """Weights of the conditions by kind; equations have 1.

    For linear problems the weight with the least condition number in a small basis; for others, and
    where there is no matrix, a round number. Where the units make one law hide another, weights by
    label that give all laws one size. On shapes none: those of a method there depend on its degree.
    """
    problem = lowered.problem
    if on_shapes(problem):
        return {}
    if by_size := sized_weights(lowered):
        return by_size
    weights = dict.fromkeys(("bc", "ic"), CONDITIONS_WEIGHT)
    if not facts.linear:
        return weights
    try:
        with np.errstate(all="ignore"):  # what is not finite in a law, training tells
            return weights | _best_conditioned(problem, weights)
    except (ValueError, TooLargeError):
        return weights  # no matrix, such as for coefficients that are not finite everywhere


def search_weights(
    lowered: LoweredProblem, facts: Traits, given: Mapping[str, float]
) -> dict[str, float]:
    """Those of `condition_weights`, where none is given by kind or label, and those given."""
    kinds = {law.label: law.kind for law in lowered.problem.laws}
    found = condition_weights(lowered, facts).items()
    free = {k: w for k, w in found if k not in given and kinds.get(k, k) not in given}
    return {**free, **given}


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


def sized_weights(lowered: LoweredProblem) -> dict[str, float]:
    """Label to weight where laws differ far more than on a box of side 1; empty elsewhere."""
    try:
        sizes = law_sizes(lowered)
    except (UserError, ValueError, TooLargeError, MisfitError):
        return {}
    kinds = {law.label: law.kind for law in lowered.problem.laws}
    inside = [size for label, size in sizes.items() if kinds[label] == "eq"]
    if not inside:
        return {}
    largest, out, far = max(inside), {}, False
    for label, size in sizes.items():
        condition = kinds[label] in ("bc", "ic")
        if not condition and kinds[label] != "eq":
            continue
        ratio = (largest / size) ** 2 / (_USUAL if condition else 1.0)
        far = far or abs(math.log(ratio)) > math.log(_FAR)
        out[label] = float(f"{ratio * (CONDITIONS_WEIGHT if condition else 1.0):.2g}")
    return out if far else {}
