r"""The solution of a problem in one basis, and its residual level.

The residual of all laws is minimised over the span of the basis, plane waves in the periodic axes
and Legendre polynomials in the others. Its level is the part of the residual of u = 0 that is left,

.. math:: ρ = \Bigl(\min_θ ‖r(θ)‖² \Big/ ‖r(0)‖²\Bigr)^{1/2}.

A nonlinear problem has minima of ‖r‖ that are no solutions; where ρ is small it is one.

Most of ‖r(0)‖ may be that of a constant: a plate at 300 K with a spot that is warmer by 0.2 K has ρ
= 10⁻⁵ without the spot. The part of it that constants leave is the trial's ``varying``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance, TrialCosts
from pdedsl.choice.tuning import SEARCH, by_linearity
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.residual.build import build
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.linalg.least_squares import least_squares
from pdedsl.models import BasisModel
from pdedsl.models.bases import BasisOptions
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lm import LevenbergMarquardt, LmOptions
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.optimizers.protocol import Optimizer, Step
from pdedsl.ranks.sharing import shared
from pdedsl.settings.method import Method

from .row_levels import worst_row_level
from .trial_method import Modes, basis_method, functions_of

_SHARED = 1e10
"""N P² of a system that is shared by processes: its decomposition takes a second of a core, and
what others need to make it anew a few tenths."""


@dataclass(frozen=True)
class BasisTrial:
    """One size of a basis.

    Args:
        modes: K of a total degree, or one degree for each axis.
        size: functions of all components together.
        residual: ρ.
        loss: the loss that is left.
        check: ρ at other points, those of a Sobol sequence.
        theta: the coefficients, shape (P,).
        varying: part of the residual of u = 0 that is left by constants, at most 1.
    """

    modes: Modes
    size: int
    residual: float
    loss: float
    check: float
    theta: Tensor | None = field(default=None, compare=False, repr=False)
    varying: float = 1.0

    @property
    def level(self) -> float:
        """The larger one of both ρ: few points may be met by functions that are far off between."""
        return max(self.residual, self.check)

    @property
    def text(self) -> str:
        """Size and residual level in words."""
        return f"a basis of {self.size} functions leaves a residual of {self.residual:.0e}"


def try_basis(
    lowered: LoweredProblem,
    modes: Modes,
    linear: bool,
    weights: Mapping[str, float],
    costs: TrialCosts,
    start: Tensor | None = None,
) -> BasisTrial | None:
    """The trial of one size; None where the Jacobian would be too large.

    Arguments as for `search`; the costs bound the time, and coefficients begin at zero by default.

    Raises:
        SpentError: the time is spent.
    """
    size = functions_of(lowered.problem, modes)
    method = basis_method(lowered.problem, modes, weights)
    system = _system(lowered, method, method.sampling.kind, 0)
    if system.rows * size > SEARCH.most_entries:
        return None
    costs.begin(system.rows, size)
    theta, loss, first = system.theta0, 0.0, float(system.loss(system.theta0))
    varying = 1.0
    if first:
        varying = _left_by_constants(lowered, method, first)
        assert isinstance(method.optimizer, LstsqOptions)
        begin = theta if start is None else start
        optimizer = LeastSquares(system, method.optimizer, begin)
        step = _solve(optimizer, system, first, linear, costs.allowance)
        theta, loss = step.theta, step.loss
    check = _level_elsewhere(lowered, method, theta)
    costs.end()
    residual = math.sqrt(loss / first) if first else 0.0
    return BasisTrial(modes, size, residual, loss, check, theta, varying)


def row_level(lowered: LoweredProblem, weights: Mapping[str, float], trial: BasisTrial) -> float:
    """The level of the row of a law that a trial resolves least; see `row_levels`."""
    assert trial.theta is not None
    method = basis_method(lowered.problem, trial.modes, weights)
    return worst_row_level(_elsewhere(lowered, method), trial.theta)


def _left_by_constants(lowered: LoweredProblem, method: Method, first: float) -> float:
    """Part of the residual of u = 0 that the best constants leave, at the points of a method.

    They are those of one step of Newton's method, from zero.
    """
    alone = method.model_copy(update={"model": BasisOptions(family="mixed", modes=1)})
    system = _system(lowered, alone, method.sampling.kind, 0)
    theta = torch.zeros_like(system.theta0)
    columns = _constants(system)
    residual, jacobian = system.residual_and_jacobian(theta)
    if not (torch.isfinite(residual).all() and torch.isfinite(jacobian).all()):
        return 1.0
    theta[columns] = least_squares(jacobian[:, columns], -residual)
    left = float(system.loss(theta)) / first
    return math.sqrt(left) if left < 1 else 1.0


def _constants(system: ResidualSystem) -> list[int]:
    """The parameters of the constants of all components, which are the first of each."""
    starts: list[int] = []
    for network in system.networks:
        assert isinstance(network.model, BasisModel)
        size = network.model.basis.size
        starts += [network.offset + c * size for c in range(network.model.outputs)]
    return starts


def _elsewhere(lowered: LoweredProblem, method: Method) -> ResidualSystem:
    """The system at other points than those of the fit."""
    points = {
        kind: max(math.ceil(SEARCH.check_points * count), SEARCH.least_check_points)
        for kind, count in method.sampling.points.items()
    }
    few = method.sampling.model_copy(update={"points": points})
    return _system(lowered, method.model_copy(update={"sampling": few}), "sobol", 1)


def _level_elsewhere(lowered: LoweredProblem, method: Method, theta: Tensor) -> float:
    """ρ at other points than those of the fit."""
    other = _elsewhere(lowered, method)
    left, first = float(other.loss(theta)), float(other.loss(other.theta0))
    if first == 0:
        return 0.0 if left == 0 else math.inf
    return math.sqrt(left / first)


def _system(lowered: LoweredProblem, method: Method, kind: str, seed: int) -> ResidualSystem:
    """A system of a method; large ones are shared by the processes, where there are several."""
    options = (method.model, method.sampling.points, kind, method.weights, "float64", "cpu", seed)
    system = build(lowered, *options)
    system.recipe = build, (lowered.problem, *options)
    large = system.rows * system.parameters**2 > _SHARED
    return shared(system) if large else system


def _solve(
    optimizer: Optimizer, system: ResidualSystem, first: float, linear: bool, allowance: Allowance
) -> Step:
    """The last step of Newton's method, or of damped steps where that ends far away."""
    step = _iterate(optimizer, first, linear, allowance)
    if linear or not math.sqrt(step.loss / first) > SEARCH.damped:  # or not a number
        return step
    damped = LevenbergMarquardt(system, LmOptions(), step.theta)
    return min(step, _iterate(damped, first, linear, allowance), key=lambda made: made.loss)


def _iterate(optimizer: Optimizer, first: float, linear: bool, allowance: Allowance) -> Step:
    allowance.check()
    bounds, step = by_linearity(linear), Step(optimizer.theta, math.inf)
    rounding = SEARCH.rounding**2 * first
    began = allowance.used
    for step in Descent(optimizer, Limits(bounds.steps, rounding, progress=bounds.progress)):
        now = allowance.used
        # A second step of a linear problem removes rounding, which is not what is left here.
        if linear and math.sqrt(step.loss / first) > SEARCH.linear_step:
            break
        allowance.check(now - began)  # the next step takes as long as this one
        began = now
    return step
