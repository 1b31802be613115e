"""One size of a basis: what the residual of all laws is left at in it, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.points.place_points import circles, fixed_inputs
from pdedsl.compiler.points.tensor_nodes import nodes_for
from pdedsl.compiler.residual.system import ResidualSystem, build
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.geometry import box_of
from pdedsl.ir import Boundary, Law, Problem
from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.optimizers.protocol import Optimizer, Step, advance
from pdedsl.settings.method import Method, Sampling
from pdedsl.settings.models import BasisModel

ROUNDING = 1e-14
"""ρ at or below this is the level of rounding."""

_STEPS = {True: 4, False: 12}
_PROGRESS = {True: 0.25, False: 0.98}  # of the loss in a step
_LOST = 0.1  # ρ of a nonlinear problem from which damped steps may lead further
_FAR = 1e-6  # ρ of a linear problem that a second step, which mends rounding, cannot lower
_MOST_NUMBERS = 2**24  # of the Jacobian
_TENSOR_INPUTS = 3
_CHECKED, _LEAST_CHECKED = 0.25, 1_000  # other points, as part of those of the fit, and at least

Modes = int | tuple[int, ...]
"""K of the total degree, or one degree for each axis."""


@dataclass(frozen=True)
class Rung:
    """One size.

    Args:
        modes: K, or one degree for each axis.
        size: functions of all components together.
        residual: ρ.
        loss: the loss that is left.
        check: ρ at other points, those of a Sobol sequence.
        theta: the coefficients, shape (P,).
    """

    modes: Modes
    size: int
    residual: float
    loss: float
    check: float
    theta: Tensor | None = field(default=None, compare=False, repr=False)


class SpentError(Exception):
    """The time is spent."""


def basis_method(
    problem: Problem,
    modes: Modes,
    weights: Mapping[str, float],
    tolerance: float = 0.0,
) -> Method:
    """The basis with its points and optimizer.

    Up to three inputs the points are the nodes of a tensor quadrature fine enough to keep the
    products of the functions apart; beyond, a Sobol sequence with several points a function.

    Args:
        problem: all its domains are boxes.
        modes: K of the total degree, or one degree for each axis.
        weights: of the loss.
        tolerance: the loss at which the run ends.
    """
    tensor = len(problem.inputs) <= _TENSOR_INPUTS
    return Method(
        model=BasisModel(**_space(modes)),
        optimizer=LstsqOptions(tolerance=tolerance),
        weights=dict(weights),
        sampling=Sampling(kind="gauss" if tensor else "sobol", points=_points(problem, modes)),
    )


def functions_of(problem: Problem, modes: Modes) -> int:
    """Number of functions of all components together.

    Args:
        problem: all its domains are boxes.
        modes: K of the total degree, or one degree for each axis.
    """
    return sum(basis_size(BasisOptions(**_space(modes)), axes) for axes in component_axes(problem))


def _space(modes: Modes) -> dict[str, Any]:
    index = "total" if isinstance(modes, int) else "box"
    return {"family": "mixed", "modes": modes, "index": index}


class Work:
    """What rungs cost, from which the cost of the next one is foreseen.

    Args:
        allowance: the time for all of them.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._entries, self._seconds, self._began = 0, 0.0, 0.0

    def begin(self, entries: int) -> None:
        """Begin a rung with so many entries of the Jacobian, to which its cost is proportional.

        Raises:
            SpentError: the time that is left is too short for it.
        """
        growth = entries / self._entries if self._entries else 0.0
        if not self._allowance.covers(growth * self._seconds):
            raise SpentError
        self._entries, self._began = entries, self._allowance.used

    def check(self) -> None:
        """Between two parts of a rung.

        Raises:
            SpentError: the time is spent.
        """
        if not self._allowance.covers():
            raise SpentError

    def end(self) -> None:
        """The rung is done."""
        self._seconds = self._allowance.used - self._began


def measured(
    lowered: LoweredProblem,
    modes: Modes,
    linear: bool,
    weights: Mapping[str, float],
    work: Work,
    start: Tensor | None = None,
) -> Rung | None:
    """The rung of a size; None where the Jacobian would be too large.

    Args:
        lowered: a problem whose domains are boxes.
        modes: K of the total degree, or one degree for each axis.
        linear: whether all laws are.
        weights: of the loss.
        work: bounds the time.
        start: coefficients to begin with, shape (P,); None for zeros.

    Raises:
        SpentError: the time is spent.
    """
    size = functions_of(lowered.problem, modes)
    method = basis_method(lowered.problem, modes, weights)
    system = _system(lowered, method, method.sampling.kind, 0)
    if system.rows * size > _MOST_NUMBERS:
        return None
    work.begin(system.rows * size)
    first = float(system.loss(system.theta0))
    if first == 0:
        return Rung(modes, size, 0.0, 0.0, _check(lowered, method, system.theta0), system.theta0)
    step = _descended(system, system.theta0 if start is None else start, first, linear, work)
    check = _check(lowered, method, step.theta)
    work.end()
    residual = math.sqrt(step.loss / first)
    return Rung(modes, size, residual, step.loss, check, step.theta)


def _check(lowered: LoweredProblem, method: Method, theta: Tensor) -> float:
    """ρ at other points."""
    given = method.sampling.points.items()
    points = {kind: max(math.ceil(_CHECKED * count), _LEAST_CHECKED) for kind, count in given}
    few = method.sampling.model_copy(update={"points": points})
    other = _system(lowered, method.model_copy(update={"sampling": few}), "sobol", 1)
    left, first = float(other.loss(theta)), float(other.loss(other.theta0))
    if first == 0:
        return 0.0 if left == 0 else math.inf
    return math.sqrt(left / first)


def _system(lowered: LoweredProblem, method: Method, kind: str, seed: int) -> ResidualSystem:
    return build(
        lowered, method.model.options(), method.sampling.points, kind, method.weights, seed=seed
    )


def _descended(
    system: ResidualSystem, start: Tensor, first: float, linear: bool, work: Work
) -> Step:
    """The last of a few steps; damped ones where those of Newton's method end far away."""
    step = _steps(LeastSquares(system, LstsqOptions(), start), first, linear, work)
    if linear or not math.sqrt(step.loss / first) > _LOST:  # or not a number
        return step
    damped = LevenbergMarquardt(system, LmOptions(), step.theta)
    return min(step, _steps(damped, first, linear, work), key=lambda made: made.loss)


def _steps(optimizer: Optimizer, first: float, linear: bool, work: Work) -> Step:
    work.check()
    step = Step(optimizer.theta, math.inf)
    for _ in range(_STEPS[linear]):
        before, step = step.loss, advance(optimizer, 1)
        work.check()
        residual = math.sqrt(step.loss / first)
        flat = not step.loss < _PROGRESS[linear] * before
        if step.ended is not None or flat or residual <= ROUNDING or (linear and residual > _FAR):
            break
    return step


def _points(problem: Problem, modes: Modes) -> dict[str, int]:
    """Points by kind of law, enough for the law of that kind that needs the most."""
    counts: dict[str, int] = {}
    for law in problem.laws:
        counts[law.kind] = max(counts.get(law.kind, 1), _count(problem, law, modes))
    return counts


def _count(problem: Problem, law: Law, modes: Modes) -> int:
    inputs = len(problem.inputs)
    if inputs > _TENSOR_INPUTS:
        options = BasisOptions(**_space(modes))
        return 3 * max(basis_size(options, own) for own in component_axes(problem))
    round_axes = circles(problem)
    if not isinstance(modes, int):
        own = [axis.period is not None for axis in component_axes(problem)[0]]
        return math.prod(nodes_for(k, c, inputs) for k, c in zip(modes, own, strict=True))
    side, free = max(nodes_for(modes, c, inputs) for c in round_axes), inputs
    free -= len(fixed_inputs(problem, law))
    if not isinstance(law.place, Boundary):
        return int(side**free)
    # Faces share the points by area: the smallest has to get enough.
    box = box_of(problem, problem.domain(law.place.domain))
    areas = [box.face_area(problem.inputs.index(face.axis)) for face in law.place.faces]
    return math.ceil(side ** (free - 1) * sum(areas) / min(areas))
