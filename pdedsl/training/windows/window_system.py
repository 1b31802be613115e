r"""The residual of one window of time, with the window before as its initial condition.

A system whose models are `pdedsl.models.windows.Windows` is trained window by window. In window k
the equations and boundary conditions hold for t_k ≤ t ≤ t_{k+1}. Initial conditions
:math:`B u = g` at t = 0, which are linear in the fields, turn into

.. math:: B u_k - B u_{k-1} = 0 \quad\text{at } t = t_k,

the same rows with the residual of the window before, at the same points, subtracted. So windows
agree where they meet in all that the initial conditions fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from pdedsl.compiler.evaluation.ansatz import ansatz_of
from pdedsl.compiler.evaluation.evaluation import evaluate
from pdedsl.compiler.exact_conditions.hard_conditions import ExactConditions
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import Group, Network
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.points.collocation import collocation_lines, time_orders, window_weights
from pdedsl.compiler.points.drawing import Lines
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.sampler import Sampler, Targets
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.models import BasisModel, MisfitError, Model
from pdedsl.models.windows import Windows
from pdedsl.transforms.time_windows import restrict_in_time, window_obstacle


@dataclass(frozen=True)
class WindowState:
    """A window that is solved: its residual and its parameters."""

    system: ResidualSystem
    theta: Tensor


def window_system(
    whole: LoweredProblem,
    ends: tuple[float, float],
    models: tuple[tuple[Group, Model], ...],
    before: WindowState | None,
    like: Tensor,
    *,
    points: Mapping[str, int],
    kind: str,
    weights: Mapping[str, float],
    seed: int = 0,
    lines: Mapping[str, Lines] | None = None,
    derivatives: DerivativeOptions | None = None,
) -> ResidualSystem:
    """The system of one window of the whole problem, from its models and their groups.

    ``before`` is None for the first window, ``seed`` that of points and first parameters; the
    others are as for `build` and `Sampler`.
    """
    # The plans hold at whatever times their laws do.
    lowered = replace(whole, problem=restrict_in_time(whole.problem, *ends))
    networks, offset = [], 0
    for group, model in models:
        networks.append(Network(group, model, offset))
        offset += model.size
    how = derivatives or DerivativeOptions()
    ansatz = ansatz_of(lowered.problem, tuple(networks), lowered.plans, how.compile)
    targets = None if before is None else _residuals_at_the_end(before)
    sampler = Sampler(
        lowered, ansatz, lowered.plans, points, kind, dict(weights), like, lines, targets=targets
    )  # fmt: skip
    return ResidualSystem(sampler, seed, ExactConditions(ansatz.networks), how)


def _residuals_at_the_end(before: WindowState) -> Targets:
    """The residuals of initial laws in the window before, at the points of a block."""
    # The models alone: a system would keep the one before it, and so on to the first window.
    ansatz, theta = before.system.ansatz, before.theta

    def targets(block: Block) -> tuple[Tensor, ...]:
        if block.kind != "ic":
            return ()
        batch = replace(block.data, targets=())
        with torch.no_grad():
            return tuple(evaluate(ansatz, theta, block.plan, batch))

    return targets


@dataclass(frozen=True)
class TimeWindow:
    """A window of a system whose models are `Windows`.

    Args:
        whole: the system.
        models: of the whole, in the order of its networks.
        number: of the window, from 0.
        lower: begin.
        upper: end.
    """

    whole: ResidualSystem
    models: tuple[Windows, ...]
    number: int
    lower: float
    upper: float

    def system(self, before: WindowState | None, seed: int) -> ResidualSystem:
        """The residual of the window; see `window_system`."""
        sampler = self.whole.sampler
        alone = [model.alone(self.number) for model in self.models]
        groups = (network.group for network in self.whole.networks)
        kind, weights, lines = sampler.kind, sampler.weights, None
        if kind == "collocation":
            (basis, *_) = (model for model in alone if isinstance(model, BasisModel))
            bounds = [*list(hull_bounds(sampler.problem).values())[:-1], (self.lower, self.upper)]
            lines = collocation_lines(sampler.problem, basis.options, bounds)
            units = window_weights(time_orders(sampler.problem), self.upper - self.lower)
            weights = {
                law.label: sampler.weight(law) * units[law.label] for law in sampler.problem.laws
            }
            kind = "gauss"
        return window_system(
            sampler.lowered, (self.lower, self.upper), tuple(zip(groups, alone, strict=True)),
            before, sampler.like, points=sampler.points, kind=kind, weights=weights, seed=seed,
            lines=lines, derivatives=self.whole.derivatives,
        )  # fmt: skip

    def insert(self, whole: Tensor, own: Tensor) -> Tensor:
        """The parameters of the whole, shape (P,), with those of this window in their places."""
        out = whole.clone()
        places = self._places()
        parts = own.split([place.stop - place.start for place in places])
        for place, part in zip(places, parts, strict=True):
            out[place] = part
        return out

    def extract(self, whole: Tensor) -> Tensor:
        """The parameters of this window, from those of the whole, shape (P,)."""
        return torch.cat([whole[place] for place in self._places()])

    def _places(self) -> list[slice]:
        offsets = (network.offset for network in self.whole.networks)
        own = (model.place(self.number) for model in self.models)
        return [slice(o + p.start, o + p.stop) for o, p in zip(offsets, own, strict=True)]


def windows_of(system: ResidualSystem) -> tuple[TimeWindow, ...]:
    """The windows of a system, in the order of time; none where its models have none.

    Raises:
        MisfitError: the problem cannot be solved window by window; the message says why.
    """
    found = (network.model for network in system.networks)
    models = tuple(model for model in found if isinstance(model, Windows))
    if not models:
        return ()
    if reason := _obstacle(system, models):
        raise MisfitError(
            f"the problem cannot be solved window by window: {reason}; --model mlp takes one "
            "network for the whole"
        )
    pieces = [piece for model in models for piece in model.pieces]
    if system.sampler.kind == "collocation" and not all(map(_has_nodes, pieces)):
        raise MisfitError(
            "sampling collocation is for windows of bases with a degree for each axis; take sobol "
            "for networks"
        )
    ends = enumerate(pairwise(models[0].edges))
    return tuple(TimeWindow(system, models, k, lower, upper) for k, (lower, upper) in ends)


def _obstacle(system: ResidualSystem, models: tuple[Windows, ...]) -> str | None:
    problem = system.problem
    if (reason := window_obstacle(problem)) or problem.time is None:
        return reason
    cut = [n.group.arguments[m.axis] for n, m in zip(system.networks, models, strict=True)]
    if any(symbol != problem.time.symbol for symbol in cut):
        return "its windows are not those of time"
    if system.sampler.kind == "collocation" and len(problem.inputs) > 2:
        return "the nodes of collocation are for at most one space coordinate; take sobol"
    if system.sampler.kind == "collocation" and len(problem.domains) > 1:
        return "the nodes of collocation are for one domain; take sobol"
    return None


def _has_nodes(model: Model) -> bool:
    return isinstance(model, BasisModel) and model.options.by_axis
