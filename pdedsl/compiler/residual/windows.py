r"""One window of a problem in time, with the window before as its initial condition.

A system whose models are `pdedsl.models.windows.Windows` is trained window by window. In window k
the equations and boundary conditions hold for t_k ≤ t ≤ t_{k+1}. Initial conditions
:math:`B u = g` at t = 0, which are linear in the fields, turn into

.. math:: B u_k - B u_{k-1} = 0 \quad\text{at } t = t_k,

the same rows with the residual of the piece before, at the same points, subtracted: so the pieces
have in common what the initial conditions fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import sympy as sp
import torch
from torch import Tensor

from pdedsl.compiler.exact_conditions.hard_conditions import Hardened
from pdedsl.compiler.lowering.derivative_options import DerivativeOptions
from pdedsl.compiler.lowering.groups import Group, Network
from pdedsl.compiler.lowering.items import Integral
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.lowering.plan import Plan
from pdedsl.compiler.points.collocation import collocation_lines, time_orders, window_weights
from pdedsl.compiler.points.place_points import Lines
from pdedsl.compiler.residual.drawing import Drawing, Targets
from pdedsl.geometry import input_bounds
from pdedsl.ir import Boundary, Global, Interval, Law, OnData, Place, Problem, Slice
from pdedsl.models import BasisModel, MisfitError, Model
from pdedsl.models.windows import Windows

from .blocks import Block
from .program import Pass, Setting, setting_of
from .system import ResidualSystem


@dataclass(frozen=True)
class Piece:
    """A part of a solution in time: models and their parameters.

    Args:
        setting: the models.
        theta: their parameters.
    """

    setting: Setting
    theta: Tensor


def why_not(lowered: LoweredProblem) -> str | None:
    """Why a problem cannot be solved window by window, or None where it can."""
    problem = lowered.problem
    time = problem.time
    if time is None:
        return "it has no time"
    if any(time.symbol not in field.arguments for field in problem.fields):
        return "a field does not depend on time"
    if problem.numbers:
        return "its unknown numbers belong to all times"
    if any(p.axis == time.symbol for p in problem.periodicities):
        return "it is periodic in time"
    for law in problem.laws:
        if reason := _why_not(problem, law, lowered.plans[law.label]):
            return f"{law.label} {reason}"
    return None


def _why_not(problem: Problem, law: Law, made: Plan) -> str | None:
    assert problem.time is not None
    time, place = problem.time, law.place
    if isinstance(place, OnData):
        return "has data of all times"
    if isinstance(place, Boundary) and place.where is not None and place.where.has(time.symbol):
        return "holds at some times alone"
    fixed = dict(place.fixed) if isinstance(place, Slice | Global) else {}
    if time.symbol not in fixed:
        return None if _at_one_time(made, time.symbol) else "has fields at several times"
    if problem.number(fixed[time.symbol]) != problem.number(time.lower):
        return "holds at one time after the start"
    return None if made.affine else "is a nonlinear initial condition"


def _at_one_time(made: Plan, time: sp.Symbol) -> bool:
    own = all([a for a in s.arguments if a.has(time)] == [time] for s, _ in made.sites)
    inner = (item.integrand for _, item in made.inputs if isinstance(item, Integral))
    return own and all(_at_one_time(other, time) for other in inner)


def restricted(lowered: LoweredProblem, lower: float, upper: float) -> LoweredProblem:
    """The problem on t ∈ [lower, upper], its initial laws moved to the lower end."""
    problem = lowered.problem
    assert problem.time is not None
    low, high = sp.Float(lower), sp.Float(upper)
    time = Interval(problem.time.symbol, low, high, problem.time.span)
    laws = tuple(replace(law, place=_moved(law.place, time.symbol, low)) for law in problem.laws)
    # Plans hold at whatever times their laws do.
    return replace(lowered, problem=replace(problem, time=time, laws=laws))


def _moved(place: Place, symbol: sp.Symbol, low: sp.Float) -> Place:
    if not isinstance(place, Slice | Global):
        return place
    return replace(place, fixed=tuple((s, low if s == symbol else v) for s, v in place.fixed))


def window_system(
    lowered: LoweredProblem,
    models: tuple[tuple[Group, Model], ...],
    before: Piece | None,
    like: Tensor,
    *,
    points: Mapping[str, int],
    kind: str,
    weights: Mapping[str, float],
    seed: int = 0,
    lines: Mapping[str, Lines] | None = None,
    derivatives: DerivativeOptions | None = None,
) -> ResidualSystem:
    """The system of one window.

    Args:
        lowered: the problem on the window, see `restricted`.
        models: of the window, each with its group.
        before: the piece before; None for the first window.
        like: a tensor of the precision, on the device.
        points: as for `build`.
        kind: of the sampling.
        weights: as for `build`.
        seed: of points and first parameters.
        lines: see `Drawing`.
        derivatives: as for `build`.
    """
    networks, offset = [], 0
    for group, model in models:
        networks.append(Network(group, model, offset))
        offset += model.size
    how = derivatives or DerivativeOptions()
    setting = setting_of(lowered.problem, tuple(networks), lowered.plans, how.compile)
    targets = _continued(before) if before is not None else None
    drawing = Drawing(
        lowered, setting, lowered.plans, points, kind, dict(weights), like, lines, targets=targets
    )  # fmt: skip
    return ResidualSystem(drawing, seed, Hardened(setting.networks), how)


def _continued(before: Piece) -> Targets:
    """The residuals of initial laws of the piece before, at the points of a block."""

    def targets(block: Block) -> tuple[Tensor, ...]:
        if block.kind != "ic":
            return ()
        rows = replace(block.data, targets=())
        with torch.no_grad():
            return tuple(Pass(before.setting, before.theta).run(block.plan, rows))

    return targets


@dataclass(frozen=True)
class WindowSystem:
    """A window of a system: where it lies in time and in θ, and how to build it.

    Args:
        lower: begin.
        upper: end.
        build: makes the system from the parameters of the window before (None for the first),
            and a seed.
        places: where its parameters lie in θ, in the order of the window's own.
    """

    lower: float
    upper: float
    build: Callable[[Tensor | None, int], ResidualSystem]
    places: tuple[slice, ...]

    def put(self, whole: Tensor, own: Tensor) -> Tensor:
        """θ with the parameters of this window in their places."""
        out, start = whole.clone(), 0
        for place in self.places:
            out[place] = own[start : start + place.stop - place.start]
            start += place.stop - place.start
        return out

    def take(self, whole: Tensor) -> Tensor:
        """The parameters of this window."""
        return torch.cat([whole[place] for place in self.places])


def windows_of(system: ResidualSystem) -> tuple[WindowSystem, ...]:
    """The windows of a system, in the order of time; none where its models have none.

    Raises:
        MisfitError: the problem cannot be solved window by window; the message says why.
    """
    networks = system.networks
    if not any(isinstance(network.model, Windows) for network in networks):
        return ()
    drawing = system.drawing
    reason = why_not(drawing.lowered)
    time = system.problem.time
    if reason is None and any(
        time is None or n.group.arguments[n.model.axis] != time.symbol  # type: ignore[attr-defined]
        for n in networks
    ):
        reason = "its windows are not those of time"
    if reason is None and drawing.kind == "collocation" and len(system.problem.inputs) > 2:
        reason = "the nodes of collocation are for at most one space coordinate; take sobol"
    if reason is not None:
        raise MisfitError(f"the problem cannot be solved window by window: {reason}")
    pieces = [piece for n in networks for piece in n.model.pieces]  # type: ignore[attr-defined]
    if drawing.kind == "collocation" and not all(map(_has_nodes, pieces)):
        raise MisfitError(
            "sampling collocation is for windows of bases with a degree for each axis; take sobol "
            "for networks"
        )
    return tuple(_windows(system))


def _windows(system: ResidualSystem) -> Iterator[WindowSystem]:
    networks, drawing = system.networks, system.drawing
    first = networks[0].model
    assert isinstance(first, Windows)
    settings: dict[int, Setting] = {}

    def builder(k: int, lowered: LoweredProblem) -> Callable[[Tensor | None, int], ResidualSystem]:
        def build(before: Tensor | None, seed: int) -> ResidualSystem:
            models = tuple((n.group, _own(n.model.pieces[k])) for n in networks)  # type: ignore[attr-defined]
            piece = None if before is None else Piece(settings[k - 1], before)
            kind, weights, lines = drawing.kind, dict(drawing.weights), None
            if kind == "collocation":
                kind, lines = "gauss", _lines(lowered.problem, models)
                weights = _collocated(lowered.problem, weights)
            made = window_system(
                lowered, models, piece, drawing.like, points=drawing.points,
                kind=kind, weights=weights, seed=seed, lines=lines,
                derivatives=system.derivatives,
            )  # fmt: skip
            settings[k] = made.drawing.setting
            settings.pop(k - 2, None)
            return made

        return build

    for k, (lower, upper) in enumerate(zip(first.edges, first.edges[1:], strict=False)):
        places = tuple(
            slice(n.offset + n.model.offsets[k], n.offset + n.model.offsets[k + 1])  # type: ignore[attr-defined]
            for n in networks
        )
        own = restricted(drawing.lowered, lower, upper)
        yield WindowSystem(lower, upper, builder(k, own), places)


def _own(model: Model) -> Model:
    """A basis with jets of its own, which are forgotten with the window."""
    if isinstance(model, BasisModel):
        return BasisModel(model.options, model.basis.axes, model.outputs)
    return model


def _has_nodes(model: Model) -> bool:
    return isinstance(model, BasisModel) and model.options.by_axis


def _lines(problem: Problem, models: tuple[tuple[Group, Model], ...]) -> dict[str, Lines]:
    """The nodes of collocation of a window."""
    options = models[0][1].options  # type: ignore[attr-defined]
    return collocation_lines(problem, options, list(input_bounds(problem).values()))


def _collocated(problem: Problem, weights: Mapping[str, float]) -> dict[str, float]:
    """The weights times those that give all rows the unit of the field."""
    lower, upper = list(input_bounds(problem).values())[-1]
    own = window_weights(time_orders(problem), upper - lower)
    given = {law.label: weights.get(law.label, weights.get(law.kind, 1.0)) for law in problem.laws}
    return {label: given[label] * weight for label, weight in own.items()}
