r"""The error of a march, by a march of the equation that it satisfies.

In each window the equation of the error,

.. math:: L'(u_h)\, e = -r(u_h), \qquad e(t_k) = e_{k-1}(t_k) + u_{h,k-1}(t_k) - u_{h,k}(t_k),

is solved by collocation as the window was, with more polynomials in time and on every element. The
error at the end of a window begins the next. Where the problem is nonlinear that is the march of
u_h + e with a step or two of Newton's method for a window. What is left of the residual is measured
as a march measures it (`pdedsl.choice.march.measure`), at finer nodes, of all windows together,

.. math:: left = \Bigl(\sum_k η_k(u_h + e)^2 \Big/ \sum_k η_k(u_h)^2\Bigr)^{1/2}.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import sympy as sp
import torch
from torch import Tensor

from pdedsl.choice.march.grid import Grid
from pdedsl.choice.march.measure import WindowMeasure
from pdedsl.compiler.lowering.groups import axes_of
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.points.collocation import collocation_lines, finer_lines
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.diagnostics import UserError
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.tensor import product_rule
from pdedsl.ir import Problem
from pdedsl.models import BasisModel, MisfitError
from pdedsl.models.bases import BasisOptions
from pdedsl.models.corrected import Corrected
from pdedsl.models.model import Model
from pdedsl.models.runtime.deadline import DeadlineError
from pdedsl.models.windows import Windows
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.training.windows.window_system import TimeWindow, WindowState, window_system, windows_of
from pdedsl.transforms.single_rows import split_rows
from pdedsl.transforms.smooth_starts import start_jumps, started_later

from .correction import State
from .error_equation import NO_TIME, Correction
from .error_of_separable import compare_with_finer, separable_form_of, with_smoothing
from .error_of_smoothing import moves_others, smoothing_squares
from .estimate import RELIABLE, Squares, unexplained

_IN_TIME = _ON_ELEMENTS = 2
"""Degrees above those of the window. With one on elements 33 % of the residual of a soliton is left
where 1 % is with two; estimates of ten problems in all are 0.97 to 1.04 of the errors."""
_STEPS, _LEFT = 3, 0.03  # of Newton's method, and the part of r(u_h) at the nodes that it may leave
_TOLERANCE = 1e-10  # for the size of what is rounding, see `pdedsl.choice.march.scales`
# Seconds of a window, beside those by its functions and those of an element; on one core.
_SECONDS, _MORE_SECONDS = 0.03, 5.5e-9
_LEAST_SECONDS = 2.0  # which an estimate may take in any case, a choice
_ROUNDING = 1e-10  # η of all windows below which what is left may be rounding


def has_windows(system: ResidualSystem) -> bool:
    """Whether the models are windows of time."""
    return any(isinstance(network.model, Windows) for network in system.networks)


def correct_windows(
    solution: State, seconds: float = math.inf, clock: float = math.inf, moment: float = 0.0
) -> Correction:
    """Solve the equation of the error window by window.

    Args:
        solution: u_h, whose models are windows of bases at the nodes of collocation.
        seconds: of work, as foreseen from the numbers of functions; where more is needed there is
            no estimate.
        clock: seconds after which no window is begun, and there is none either.
        moment: by how much it starts later than its problem; what that changes is known by itself,
            see `error_of_smoothing`.
    """
    system = solution.system
    pieces = [
        piece
        for network in system.networks
        if isinstance(network.model, Windows)
        for piece in network.model.pieces
    ]
    if system.sampler.kind != "collocation" and (form := separable_form_of(solution, moment)):
        try:
            return with_smoothing(solution, compare_with_finer(solution, form), moment)
        except (DeadlineError, ArithmeticError, np.linalg.LinAlgError) as error:
            return Correction(None, {}, math.nan, f"a finer march fails: {error}")
    bases = all(isinstance(p, BasisModel) and p.options.by_axis for p in pieces)
    if not bases or system.sampler.kind != "collocation":
        own = "polynomials of a total degree" if isinstance(pieces[0], BasisModel) else "networks"
        return Correction(None, {}, math.nan, f"windows of {own} have no equation of the error")
    if still := _without_slope(system.problem):
        # Measured on q = u_x beside u_t = q_x: 0.47 to 0.64 of its error, with little left.
        reason = f"{still} has no derivative in time, and the march of its error tells too little"
        return Correction(None, {}, math.nan, reason)
    single = split_rows(system.problem)
    jumps = start_jumps(single) if moment else ()
    if moved := moves_others(single, jumps):
        reason = f"the start of {moved} is smoothed, and another field diffuses by it"
        return Correction(None, {}, math.nan, reason)
    try:
        return _ErrorMarch(solution, moment).run(seconds, clock)
    except DeadlineError:
        return Correction(None, {}, math.nan, NO_TIME)
    except (MisfitError, UserError, torch.linalg.LinAlgError) as error:
        return Correction(None, {}, math.nan, str(error))


def _without_slope(problem: Problem) -> str:
    """A component of whose derivatives in time no equation speaks; empty where there is none."""
    assert problem.time is not None
    slopes = {
        node.expr
        for law in problem.laws if law.kind == "eq"
        for residual in law.residuals
        for node in residual.atoms(sp.Derivative)
        if problem.time.symbol in node.variables
    }  # fmt: skip
    return next((c.func.__name__ for c in problem.components if c not in slopes), "")


class _ErrorMarch:
    """The windows one after another."""

    def __init__(self, solution: State, moment: float) -> None:
        whole = solution.system
        self._windows = windows_of(whole)
        self._theta, self._like = solution.theta, whole.sampler.like
        self._groups = [network.group for network in whole.networks]
        self._lowered = _by_rows(whole.sampler.lowered, moment)
        self._space = list(hull_bounds(whole.problem).values())[:-1]
        self._measure = WindowMeasure(self._lowered, _TOLERANCE)
        self._before: WindowState | None = None
        start, end = list(hull_bounds(whole.problem).values())[-1]
        jumps = start_jumps(split_rows(whole.problem)) if moment else ()
        smoothing = smoothing_squares(jumps, moment, end - start)
        self._squares = {name: Squares(own, 0.0) for name, own in smoothing.items()}
        self._given = self._left = 0.0

    def run(self, seconds: float, clock: float) -> Correction:
        """The squares of the errors of all windows, and what is left."""
        began, total = time.perf_counter(), len(self._windows)
        work = sum(map(_work, self._windows))
        for window in self._windows:
            # The first windows say nothing of the others' pace: they hold what is made once.
            used = time.perf_counter() - began
            if work > max(seconds, _LEAST_SECONDS) or used > max(clock, _LEAST_SECONDS):
                return Correction(None, {}, math.nan, f"there is no time for {total} windows")
            self._carry_on(window)
        left = math.sqrt(self._left / self._given) if self._given > 0 else 0.0
        lost = math.sqrt(self._left) < _ROUNDING and not left <= RELIABLE
        reason = "" if lost or left <= RELIABLE else unexplained(left)
        return Correction(None, self._squares, left, reason, lost)

    def _carry_on(self, window: TimeWindow) -> None:
        """The error in one window, from that at the end of the one before."""
        bounds = [*self._space, (window.lower, window.upper)]
        own = zip(self._groups, window.models, strict=True)
        alone = [(group, model.alone(window.number)) for group, model in own]
        (options, *_) = (_richer(model) for _, model in alone)
        offset, models = 0, []
        for group, model in alone:
            state = window.extract(self._theta)[offset : offset + model.size]
            offset += model.size
            axes = axes_of(self._lowered.problem, group)
            axes = (*axes[:-1], replace(axes[-1], lower=window.lower, upper=window.upper))
            models.append(
                (group, Corrected(model, state, BasisModel(options, axes, model.outputs)))
            )
        system = window_system(
            self._lowered, bounds[-1], tuple(models), self._before, self._like, points={},
            kind="gauss", weights=self._measure.weights(window.upper - window.lower, None),
            lines=collocation_lines(self._lowered.problem, options, bounds),
        )  # fmt: skip
        grid, zero = _grid(options, bounds), torch.zeros_like(system.theta0)
        before = self._measure.levels(system, zero, bounds, grid)
        weights = self._measure.weights(window.upper - window.lower, before.scales)
        system.set_weights(weights)
        theta = _solve(system, zero)
        after = self._measure.levels(system, theta, bounds, grid)
        self._measure.remember(after)
        self._given += before.estimate**2
        self._left += after.estimate**2
        for name, found in _squares(system, theta, options, bounds).items():
            self._squares[name] = self._squares[name] + found if name in self._squares else found
        self._before = WindowState(system, theta)


def _by_rows(lowered: LoweredProblem, moment: float) -> LoweredProblem:
    problem = started_later(lowered.problem, moment)
    return lowered if problem is lowered.problem else lower(problem)


def _work(window: TimeWindow) -> float:
    """Seconds that the error in a window is foreseen to take."""
    work = _SECONDS
    for model in window.models:
        own = model.alone(window.number)
        options = _richer(own)
        assert isinstance(options.modes, tuple)
        width = math.prod(n + 1 for n in options.modes) * own.outputs
        elements = len(options.breaks_of(0)) + 1 if len(options.modes) > 1 else 1
        work += _MORE_SECONDS * elements * float(width) ** 3
    return work


def _richer(model: Model) -> BasisOptions:
    """More polynomials on every element and in time."""
    assert isinstance(model, BasisModel) and isinstance(model.options.modes, tuple)
    *space, degree = model.options.modes
    modes = (*(n + _ON_ELEMENTS for n in space), degree + _IN_TIME)
    return model.options.model_copy(update={"modes": modes})


def _grid(options: BasisOptions, bounds: list[tuple[float, float]]) -> Grid:
    assert isinstance(options.modes, tuple)
    if len(bounds) == 1:
        return Grid(None, (), 0, 0, options.modes[-1])
    return Grid(bounds[0], options.breaks_of(0), options.modes[0], options.smoothness,
                options.modes[-1])  # fmt: skip


def _solve(system: ResidualSystem, theta: Tensor) -> Tensor:
    """Steps of Newton's method until little of the residual is left."""
    floor = _LEFT**2 * float(system.loss(theta))
    limits = Limits(1 if system.linear else _STEPS, floor)
    return Descent(LeastSquares(system, LstsqOptions(), theta), limits).run().theta


def _squares(
    system: ResidualSystem, theta: Tensor, options: BasisOptions, bounds: list[tuple[float, float]]
) -> dict[str, Squares]:
    """Integrals of the squares of e and u_h + e over a window, by component."""
    lines = finer_lines(system.problem, options, bounds)["eq"]
    nodes, weights = product_rule([lines[i] for i in range(len(lines))])
    points = torch.from_numpy(nodes).to(theta)
    means = torch.from_numpy(weights).to(theta) * math.prod(b - a for a, b in bounds)
    whole, fixed = (system.fields(state, points) for state in (theta, torch.zeros_like(theta)))
    return {
        name: Squares(float(means @ (value - fixed[name]).square()), float(means @ value.square()))
        for name, value in whole.items()
    }
