r"""Basis, weights and preconditioner of a method that leaves them to the analysis of the problem.

What ``analysed = true`` of a basis stands for, where the method does not say it itself:

- the functions: plane waves over the box where these leave only rounding of the residual of a
  linear problem, else the best rung of the ladder of `pdedsl.choice.basis.resolution`;
- λ: the common weight of the conditions with the least κ(A(λ)) or κ(TᵀA(λ)T);
- γ: that with the least κ(TᵀA(λ)T);
- ``preconditioner = "auto"``: the symbol, or A^{−1/2} where the symbol leaves κ above 2000.

γ and λ are found on at most 150 functions of the family, as κ with the symbol hardly depends on
their number, and κ with A^{−1/2} not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pdedsl.ir import Problem, TooLargeError

if TYPE_CHECKING:
    from pdedsl.compiler.lowering.lower import LoweredProblem
    from pdedsl.conditioning.discretisation import Discretisation
    from pdedsl.conditioning.gram import Gram
    from pdedsl.settings.method import Method
    from pdedsl.settings.models import BasisModel

_WAVES = 10  # modes
_BOX_INPUTS = 3
_MOST_WAVES = 500  # functions
_RESOLVED = 1e-12  # of the relative residual
_MOST_FUNCTIONS = 800
_FEW = 150  # functions on which γ and λ are found
_MOST_KAPPA = 2e3
_SHARE, _LEAST, _USUAL = 0.2, 2.0, 50.0  # of the budget; seconds


@dataclass(frozen=True)
class _Space:
    family: str
    modes: int
    index: str
    why: str


def settled(lowered: LoweredProblem, method: Method, budget: float | None) -> tuple[Method, str]:
    """The method with numbers for what it leaves to the analysis; see the head of this module.

    Args:
        lowered: the problem.
        method: as given; one without ``analysed`` comes back as it is.
        budget: seconds of the training; a fifth of it at most goes into the search for a basis.

    Returns:
        The method, and what was taken, in words; empty where nothing was.
    """
    from pdedsl.settings.models import BasisModel

    problem, model = lowered.problem, method.model
    if not isinstance(model, BasisModel) or not model.analysed:
        return method, ""
    space = _space(lowered, model, budget)
    changes: dict[str, Any] = {
        "analysed": False, "family": space.family, "modes": space.modes, "index": space.index,
    }  # fmt: skip
    said = [space.why] if space.why else []
    weights: dict[str, float] = {}
    try:
        with np.errstate(all="ignore"):
            found, weights, words = _numbers(problem, model, space)
        changes |= found
        said += words
    except (ValueError, TooLargeError) as reason:
        if model.preconditioner == "auto":
            changes["preconditioner"] = "symbol"
        said.append(f"no condition number: {reason}")
    kinds = {law.label: law.kind for law in problem.laws}
    own = method.weights
    weights = {k: w for k, w in weights.items() if k not in own and kinds[k] not in own}
    if weights:
        said.append("weights " + ", ".join(f"{k} = {w:.3g}" for k, w in weights.items()))
    update: dict[str, Any] = {
        "model": model.model_copy(update=changes),
        "weights": {**own, **weights},
    }
    if not method.sampling.points and space.family == "mixed":
        update["sampling"] = _sampling(problem, method, space)
    return method.model_copy(update=update), "; ".join(said)


def _space(lowered: LoweredProblem, model: BasisModel, budget: float | None) -> _Space:
    """The functions: those that the method names, else those that resolve the solution."""
    from pdedsl.conditioning.discretisation import component_axes, default_modes

    problem = lowered.problem
    # The section of a basis refuses modes for each axis, and breaks, with ``analysed``.
    assert isinstance(model.modes, int)
    given = model.model_fields_set
    if "family" in given:
        return _Space(model.family, model.modes, model.index, "")
    axes = component_axes(problem)
    if "modes" in given:
        modes, index = model.modes, model.index
    else:
        index = "box" if max(len(own) for own in axes) <= _BOX_INPUTS else "total"
        modes = min(_WAVES, default_modes(problem, "fourier", index))
    if not all(axis.period for own in axes for axis in own):
        waves = _Space("fourier", modes, index, "")
        left = _left(lowered, waves)
        if left is not None and left <= _RESOLVED:
            return replace(waves, why="plane waves over the box resolve the solution")
    if "modes" in given:
        return _Space("mixed", modes, index, "")
    return _climbed(lowered, budget) or _Space("mixed", modes, index, "")


def _climbed(lowered: LoweredProblem, budget: float | None) -> _Space | None:
    from pdedsl.choice.basis.resolution import resolve

    from .allowance import Allowance
    from .traits import traits

    seconds = max(_SHARE * (_USUAL if budget is None else budget), _LEAST)
    linear, weights = traits(lowered.problem).linear, {"bc": 100.0, "ic": 100.0}
    best = resolve(lowered, linear, weights, _MOST_FUNCTIONS, Allowance(seconds)).best
    if best is None:
        return None
    assert isinstance(best.modes, int)  # the ladder is one of total degrees
    why = f"{best.size} functions leave {best.residual:.0e} of the residual"
    return _Space("mixed", best.modes, "total", why)


def _left(lowered: LoweredProblem, space: _Space) -> float | None:
    """The least relative residual of a linear problem in a basis; None where there is none."""
    from torch.linalg import lstsq

    from pdedsl.calculus.linearity import is_linear
    from pdedsl.compiler.residual.system import build

    problem = lowered.problem
    if problem.numbers or not all(is_linear(problem, law) for law in problem.laws):
        return None
    if _size(problem, space) > _MOST_WAVES:
        return None
    model = {"kind": "basis", "family": space.family, "modes": space.modes, "index": space.index}
    system = build(lowered, model, sampling="gauss", weights={"bc": 100.0, "ic": 100.0})
    residual, jacobian = system.residual_and_jacobian(system.theta0)
    if not (residual.isfinite().all() and jacobian.isfinite().all()):
        return None
    step = lstsq(jacobian, -residual[:, None], driver="gelsd").solution[:, 0]
    first = float(system.loss(system.theta0))
    return float((system.loss(system.theta0 + step) / first) ** 0.5) if first else 0.0


def _numbers(
    problem: Problem, model: BasisModel, space: _Space
) -> tuple[dict[str, Any], dict[str, float], list[str]]:
    """Options of the model, weights by label, and words about them."""
    from pdedsl.conditioning.gamma import GAMMAS, best_gamma
    from pdedsl.conditioning.weights import best_weight

    small, gram = _matrix(problem, space, _FEW)
    wanted = model.preconditioner
    if wanted == "none" or wanted == "full":
        return {}, _weights(gram, best_weight(gram).weight), []
    gammas = (model.gamma,) if "gamma" in model.model_fields_set else GAMMAS
    gamma, best = best_gamma(gram, small, gammas)
    if wanted == "auto":
        kappa = _kappa(problem, space, gamma, best.weight)
        if kappa > _MOST_KAPPA:
            words = f"A^(-1/2), as κ = {kappa:.2g} with the symbol"
            return {"preconditioner": "full"}, _weights(gram, best_weight(gram).weight), [words]
    words = f"γ = {gamma:g}"
    return {"preconditioner": "symbol", "gamma": gamma}, _weights(gram, best.weight), [words]


def _matrix(problem: Problem, space: _Space, most: int | None) -> tuple[Discretisation, Gram]:
    from pdedsl.conditioning.assembly import assemble
    from pdedsl.conditioning.discretisation import discretise

    while most is not None and space.modes > 1 and _size(problem, space) > most:
        space = replace(space, modes=space.modes - 1)
    made = discretise(problem, space.family, space.modes, space.index)
    gram = assemble(problem, made)
    if not gram.equations:
        raise ValueError("; ".join(reason for _, reason in gram.skipped) or "there is no equation")
    return made, gram


def _size(problem: Problem, space: _Space) -> int:
    """Functions of all components."""
    from pdedsl.conditioning.discretisation import basis_size, component_axes
    from pdedsl.models.bases import BasisOptions

    options = BasisOptions(family=space.family, modes=space.modes, index=space.index)  # type: ignore[arg-type]
    return sum(basis_size(options, own) for own in component_axes(problem))


def _kappa(problem: Problem, space: _Space, gamma: float, weight: float) -> float:
    """κ(TᵀA(λ)T) with the symbol on all functions."""
    from pdedsl.conditioning.preconditioners import symbol_preconditioner
    from pdedsl.conditioning.weights import kappa_curve

    made, gram = _matrix(problem, space, None)
    better = gram.transformed(symbol_preconditioner(gram, made, gamma))
    return float(kappa_curve(better, [weight])[0])


def _weights(gram: Gram, weight: float) -> dict[str, float]:
    """Weights of the loss that are not 1, by label, in three digits."""
    found: Mapping[str, float] = gram.loss_weights(weight, relative=True)
    short = {label: float(f"{value:.3g}") for label, value in found.items()}
    return {label: value for label, value in short.items() if value != 1.0}


def _sampling(problem: Problem, method: Method, space: _Space) -> Any:
    """Points enough to keep the products of the functions apart."""
    from pdedsl.choice.basis.rungs import basis_method

    found, given = basis_method(problem, space.modes, {}).sampling, method.sampling
    kind = found.kind if given.kind == "gauss" else given.kind
    return given.model_copy(update={"points": found.points, "kind": kind})
