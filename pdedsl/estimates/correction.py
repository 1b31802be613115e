r"""A solution with a correction, as a residual system in the correction alone.

With u = u_h + e the residual r(u_h + e) of all laws in the strong form is a function of the
coefficients of e. Its linearisation at e = 0 is the equation of the error,

.. math:: L'(u_h)\, e = -r(u_h), \qquad B e = g - B u_h.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.compiler.evaluation.ansatz import ansatz_of
from pdedsl.compiler.exact_conditions.hard_conditions import ExactConditions
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import Network, axes_of
from pdedsl.compiler.points.counts import nodes_for, tensor_count
from pdedsl.compiler.points.drawing import Lines
from pdedsl.compiler.points.tensor_nodes import tensor_nodes
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.sampler import Sampler
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.ir import Global, Problem
from pdedsl.models import BasisModel
from pdedsl.models.bases import BasisOptions
from pdedsl.models.corrected import Corrected

from .shape_basis import shape_points

TENSOR_INPUTS = 3
"""Inputs up to which points are the nodes of a tensor quadrature, as those of bases."""
_CHECK_SHARE, _LEAST_CHECK = 0.25, 1_000  # of independent points, as for trials of bases
_PER_FUNCTION = 3  # points of a law beyond three inputs
_SEED = 20_023  # of the independent points, which no training draws


@dataclass(frozen=True)
class State:
    """A residual system and its parameters."""

    system: ResidualSystem
    theta: Tensor


def correct(
    solution: State, options: tuple[BasisOptions, ...], weights: Mapping[str, float]
) -> ResidualSystem:
    """The residual of u_h + e as a function of the coefficients of e and the unknown numbers.

    Args:
        solution: u_h. Laws that it holds exactly have rows here, and so have those that it holds
            against test functions.
        options: of the basis of e, for each of its networks.
        weights: of the loss, by label or kind.

    Raises:
        MisfitError: a basis is too large.
    """
    problem = solution.system.problem
    networks: list[Network] = []
    corrections: list[Network] = []
    offset = 0
    for network, own in zip(solution.system.networks, options, strict=True):
        place = slice(network.offset, network.offset + network.model.size)
        made = BasisModel(own, axes_of(problem, network.group), network.model.outputs)
        state = solution.theta[place].double()
        networks.append(Network(network.group, Corrected(network.model, state, made), offset))
        corrections.append(Network(network.group, made, offset))
        offset += made.size
    points, lines = _points(problem, corrections)
    return _system(solution.system, tuple(networks), points, lines, weights)


def options_of(system: ResidualSystem) -> tuple[BasisOptions, ...]:
    """The options of the corrections of a system that `correct` has made."""
    models = [n.model for n in system.networks if isinstance(n.model, Corrected)]
    return tuple(m.correction.options for m in models if isinstance(m.correction, BasisModel))


def first_state(solution: State, system: ResidualSystem) -> Tensor:
    """Parameters of e = 0, with the numbers of the solution."""
    numbers = solution.theta[solution.system.ansatz.numbers_at :].double()
    return torch.cat((numbers.new_zeros(system.ansatz.numbers_at), numbers))


def elsewhere(system: ResidualSystem, count: int | None = None) -> ResidualSystem:
    """The same laws at other points, drawn independently; ``count`` of each law, or a part."""
    sampler = system.sampler
    points = {block.label: _elsewhere(system.problem, block, count) for block in system.blocks}
    drawn = replace(sampler, kind="sobol", points=points, lines=None)
    return ResidualSystem(drawn, _SEED, ExactConditions(system.networks), system.derivatives)


def _elsewhere(problem: Problem, block: Block, count: int | None) -> int:
    own = len(block.data)
    if isinstance(problem.law(block.label).place, Global):
        return min(own, count or own)  # each of them is a quadrature
    return count or max(_LEAST_CHECK, int(_CHECK_SHARE * own))


def strongly(solution: State, weights: Mapping[str, float]) -> State:
    """The solution with rows of all its laws at points, in double precision."""
    system = solution.system
    made = _system(system, system.networks, {}, None, weights)
    return State(made, solution.theta.double())


def _system(
    system: ResidualSystem,
    networks: tuple[Network, ...],
    points: Mapping[str, int],
    lines: Mapping[str, Lines] | None,
    weights: Mapping[str, float],
) -> ResidualSystem:
    sampler, lowered = system.sampler, system.sampler.lowered
    problem = system.problem
    tensor = len(problem.inputs) <= TENSOR_INPUTS or on_shapes(problem)
    kind = "gauss" if points and tensor else "sobol"
    made = Sampler(
        lowered, ansatz_of(lowered.problem, networks, lowered.plans), lowered.plans, points, kind,
        dict(weights), sampler.like.double(), lines, targets=sampler.targets,
    )  # fmt: skip
    return ResidualSystem(made, 0, ExactConditions(networks), DerivativeOptions())


def _points(
    problem: Problem, corrections: list[Network]
) -> tuple[dict[str, int], Mapping[str, Lines] | None]:
    """Points by kind of law, all rows of tables, and the rule of each input where it has its own.

    The nodes keep the products of the functions apart, as those of a basis that is solved for.
    """
    if on_shapes(problem):
        made = [(n.group, n.model.options) for n in corrections if isinstance(n.model, BasisModel)]
        groups, options = zip(*made, strict=True)
        return shape_points(problem, groups, options), None
    models = [n.model for n in corrections if isinstance(n.model, BasisModel)]
    laws = [law for law in problem.laws if law.kind != "fit"]
    if len(problem.inputs) > TENSOR_INPUTS:
        most = _PER_FUNCTION * max(model.basis.size for model in models)
        return {law.kind: most for law in laws}, None
    degree = max(
        model.options.modes_of(axis) * (len(model.options.breaks_of(axis)) + 1)
        for model in models
        for axis in range(len(model.basis.axes))
    )
    points: dict[str, int] = {}
    for law in laws:
        points[law.kind] = max(points.get(law.kind, 1), tensor_count(problem, law, degree))
    first = models[0]
    periodic = [axis.period is not None for axis in first.basis.axes]
    nodes = [
        nodes_for(first.options.modes_of(axis), circle, len(periodic))
        for axis, circle in enumerate(periodic)
    ]
    return points, tensor_nodes(problem, corrections, {"eq": math.prod(nodes)})
