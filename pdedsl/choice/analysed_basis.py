r"""Basis, weights and preconditioner of a method that leaves them to the analysis of the problem.

What ``analysed = true`` of a basis stands for, where the method does not say it itself:

- the functions: plane waves over the box where these leave only rounding of the residual of a
  linear problem, else those of the total degree that the search of `auto` finds best;
- λ: the common weight of the conditions with the least κ(A(λ)) or κ(TᵀA(λ)T);
- γ: that with the least κ(TᵀA(λ)T);
- ``preconditioner = "auto"``: the symbol, or A^{−1/2} where the symbol leaves κ above 2000.

γ and λ are found on at most 150 functions of the family, as κ with the symbol hardly depends on
their number, and κ with A^{−1/2} not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch.linalg import lstsq

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import (
    Discretisation,
    component_axes,
    default_modes,
    discretise,
    function_count,
)
from pdedsl.conditioning.gram import Gram
from pdedsl.conditioning.preconditioners import GAMMAS, best_gamma, symbol_preconditioner
from pdedsl.conditioning.weights import best_weight, kappa_curve
from pdedsl.ir import Problem, TooLargeError
from pdedsl.models.bases import BasisOptions
from pdedsl.settings.method import Method, Sampling

from .allowance import Allowance
from .basis.condition_weights import condition_weights
from .basis.find_basis import SearchBounds
from .basis.total_degrees import search_total_degrees
from .basis.trial_method import basis_method
from .traits import traits
from .tuning import ANALYSIS, BUDGET, LINEAR


def complete(
    lowered: LoweredProblem,
    method: Method,
    budget: float | None,
    allowance: Allowance | None = None,
) -> tuple[Method, str]:
    """The method with numbers for what it leaves to the analysis; see the head of this module.

    Args:
        lowered: the problem.
        method: as given; one without ``analysed`` comes back as it is.
        budget: seconds of the training; the search for a basis has the part of it that it has in
            `auto`, without a march.
        allowance: of all that is done for the budget; None for no bound.

    Returns:
        The method, and in words what comes from the analysis; empty where nothing does.
    """
    problem, model = lowered.problem, method.model
    if not isinstance(model, BasisOptions) or not model.analysed:
        return method, ""
    chosen, why = _choose_functions(lowered, model, budget, allowance or Allowance(None))
    changes: dict[str, Any] = {
        "analysed": False, "family": chosen.family, "modes": chosen.modes, "index": chosen.index,
    }  # fmt: skip
    reasons = [why] if why else []
    weights: dict[str, float] = {}
    try:
        with np.errstate(all="ignore"):
            options, weights, words = _preconditioner(problem, model, chosen)
        changes |= options
        reasons += words
    except (ValueError, TooLargeError) as reason:
        if model.preconditioner == "auto":
            changes["preconditioner"] = "symbol"
        reasons.append(f"no condition number: {reason}")
    kinds = {law.label: law.kind for law in problem.laws}
    own = method.weights
    weights = {k: w for k, w in weights.items() if k not in own and kinds[k] not in own}
    if weights:
        reasons.append("weights " + ", ".join(f"{k} = {w:.3g}" for k, w in weights.items()))
    update: dict[str, Any] = {
        "model": model.model_copy(update=changes),
        "weights": {**own, **weights},
    }
    if not method.sampling.points and chosen.family == "mixed":
        update["sampling"] = _sampling(problem, method, chosen)
    return method.model_copy(update=update), "; ".join(reasons)


def _choose_functions(
    lowered: LoweredProblem, model: BasisOptions, budget: float | None, allowance: Allowance
) -> tuple[BasisOptions, str]:
    """The functions: those that the method names, else those that resolve the solution, and why."""
    problem, given = lowered.problem, model.model_fields_set
    # The section of a basis refuses modes for each axis, and breaks, with ``analysed``.
    assert isinstance(model.modes, int)
    if "family" in given:
        return _functions(model.family, model.modes, model.index), ""
    axes = component_axes(problem)
    if "modes" in given:
        modes, index = model.modes, model.index
    else:
        index = "box" if max(len(own) for own in axes) <= ANALYSIS.box_inputs else "total"
        modes = min(ANALYSIS.waves, default_modes(problem, "fourier", index))
    facts = traits(problem)
    weights = condition_weights(lowered, facts)
    waves = _functions("fourier", modes, index)
    if facts.linear and not all(axis.period for own in axes for axis in own):
        level = _level(lowered, waves, weights)
        if level is not None and level <= LINEAR.resolved:
            return waves, "plane waves over the box resolve the solution"
    if "modes" not in given:
        bounds = SearchBounds.of(BUDGET.default if budget is None else budget, facts.linear, False)
        best = search_total_degrees(
            lowered, facts.linear, weights, bounds.total, bounds.allowance(allowance)
        ).best
        if best is not None:
            assert isinstance(best.modes, int)
            why = f"{best.size} functions leave {best.residual:.0e} of the residual"
            return _functions("mixed", best.modes, "total"), why
    return _functions("mixed", modes, index), ""


def _functions(family: Any, modes: int, index: Any) -> BasisOptions:
    return BasisOptions(family=family, modes=modes, index=index)


def _level(
    lowered: LoweredProblem, functions: BasisOptions, weights: Mapping[str, float]
) -> float | None:
    """The residual level of a linear problem; None where it has none, or functions are too many.

    By the singular values, as the Jacobian may lack rank: waves that are zero on the boundary have
    no rows there.
    """
    if function_count(functions, component_axes(lowered.problem)) > ANALYSIS.most_waves:
        return None
    system = build(lowered, functions, sampling="gauss", weights=weights)
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    if not (residual.isfinite().all() and jacobian.isfinite().all()):
        return None
    step = lstsq(jacobian, -residual[:, None], driver="gelsd").solution[:, 0]
    first = float(system.loss(system.theta0))
    return float((system.loss(system.theta0 + step) / first) ** 0.5) if first else 0.0


def _preconditioner(
    problem: Problem, model: BasisOptions, functions: BasisOptions
) -> tuple[dict[str, Any], dict[str, float], list[str]]:
    """Options of the model, weights by label, and words about them."""
    small, gram = matrix_on(problem, functions, ANALYSIS.functions)
    wanted = model.preconditioner
    if wanted == "none" or wanted == "full":
        return {}, _weights(gram, best_weight(gram).weight), []
    gammas = (model.gamma,) if "gamma" in model.model_fields_set else GAMMAS
    gamma, best = best_gamma(gram, small, gammas)
    if wanted == "auto":
        space, whole = matrix_on(problem, functions, None)
        better = whole.transform(symbol_preconditioner(whole, space, gamma))
        kappa = float(kappa_curve(better, [best.weight])[0])
        if kappa > ANALYSIS.most_kappa:
            words = f"A^(-1/2), as κ = {kappa:.2g} with the symbol"
            return {"preconditioner": "full"}, _weights(gram, best_weight(gram).weight), [words]
    options = {"preconditioner": "symbol", "gamma": gamma}
    return options, _weights(gram, best.weight), [f"γ = {gamma:g}"]


def matrix_on(
    problem: Problem, functions: BasisOptions, most: int | None
) -> tuple[Discretisation, Gram]:
    """The matrix of the loss on the functions, or on at most so many of them.

    Raises:
        ValueError: there is none.
    """
    axes, modes = component_axes(problem), functions.modes_of(0)
    while most is not None and modes > 1 and function_count(functions, axes) > most:
        modes -= 1
        functions = functions.model_copy(update={"modes": modes})
    space = discretise(problem, functions.family, modes, functions.index)
    gram = assemble(problem, space)
    if not gram.equations:
        raise ValueError("; ".join(reason for _, reason in gram.skipped) or "there is no equation")
    return space, gram


def _weights(gram: Gram, weight: float) -> dict[str, float]:
    """Weights of the loss that are not 1, by label, in three digits."""
    found = gram.loss_weights(weight, relative=True)
    short = {label: float(f"{value:.3g}") for label, value in found.items()}
    return {label: value for label, value in short.items() if value != 1.0}


def _sampling(problem: Problem, method: Method, functions: BasisOptions) -> Sampling:
    """Points enough to keep the products of the functions apart."""
    found, given = basis_method(problem, functions.modes, {}).sampling, method.sampling
    kind = found.kind if given.kind == "gauss" else given.kind
    return given.model_copy(update={"points": found.points, "kind": kind})
