"""From a problem, a model and options to the residual system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from pdedsl.compiler.evaluation.ansatz import ansatz_of
from pdedsl.compiler.evaluation.checks import check_points, check_weights, checked_dtype
from pdedsl.compiler.exact_conditions.hard_conditions import ExactConditions, harden
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import networks_of
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.lowering.stochastic_laplacian import with_estimates
from pdedsl.compiler.points.tensor_nodes import tensor_nodes
from pdedsl.geometry import KINDS
from pdedsl.ir import Problem
from pdedsl.models import GivenModel, model_options
from pdedsl.models.networks.layers import LayerOptions

from .law_integrals import LawIntegrals, integral_plans
from .sampler import Sampler
from .system import ResidualSystem


def build(
    problem: Problem | LoweredProblem,
    model: GivenModel = None,
    points: Mapping[str, int] | None = None,
    sampling: str = "sobol",
    weights: Mapping[str, float] | None = None,
    dtype: str | torch.dtype = "float64",
    device: str | torch.device = "cpu",
    seed: int = 0,
    derivatives: DerivativeOptions | Mapping[str, Any] | None = None,
    integrals: Mapping[str, LawIntegrals] | None = None,
) -> ResidualSystem:
    """Compile a problem.

    Args:
        problem: as made by sema, or lowered already.
        model: kind and options of the networks, see `models.registry`, or a module of torch,
            see `models.module`.
        points: number of points of a law, by its label, or by kind (``eq``, ``bc``, ``ic``,
            ``fit``) for each law of that kind; laws without either take a default that depends
            on the dimension, and so do laws between integrals alone where that is fewer than
            the number for their kind. The faces of a law share its points.
        sampling: ``sobol``, ``lhs``, ``uniform``, ``grid``, or ``gauss``: the nodes of a tensor
            quadrature, whose weights scale the rows (for bases with a degree for each axis only
            the number for equations counts, see `tensor_nodes`); or
            ``collocation``, for windows of bases: the nodes of `collocation` in each window,
            ``sobol`` for the whole.
        weights: w by label or kind; 1 for the others.
        dtype: ``float64`` or ``float32``.
        device: where the tensors live.
        seed: of the points and of the first parameters.
        derivatives: how they are taken; see `DerivativeOptions`.
        integrals: by label, the laws that are imposed by integrals in place of points.

    Raises:
        UserError: the problem cannot be solved yet (E901), a place is empty (E407), or a column
            cannot be used (E605).
        ValueError: an option is wrong; the message says what was expected and what came.
    """
    lowered = problem if isinstance(problem, LoweredProblem) else lower(problem)
    integrals = integrals or {}
    problem, plans = lowered.problem, {**lowered.plans, **integral_plans(lowered, integrals)}
    kinds = (*KINDS, "collocation")
    if sampling not in kinds:
        raise ValueError(f"sampling: expected one of {', '.join(kinds)}, got {sampling!r}")
    points, weights = dict(points or {}), dict(weights or {})
    check_points(problem, points)
    check_weights(problem, weights)
    like = torch.empty(0, dtype=checked_dtype(dtype), device=torch.device(device))
    options = model_options(model)
    networks = networks_of(problem, lowered.groups, options)
    wanted = isinstance(options, LayerOptions) and options.hard
    hard = harden(problem, networks, plans) if wanted else ExactConditions(networks)
    how = DerivativeOptions.of(derivatives)
    how.check_compiler()
    ansatz = ansatz_of(problem, hard.networks, plans, how.compile)
    plans = {label: with_estimates(made, how, hard.networks) for label, made in plans.items()}
    lines = tensor_nodes(problem, networks, points) if sampling == "gauss" else None
    sampler = Sampler(lowered, ansatz, plans, points, sampling, weights, like, lines, integrals)
    return ResidualSystem(sampler, seed, hard, how)
