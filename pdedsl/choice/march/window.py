"""Windows of a march, solved one after another."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.tuning import MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.points.collocation import collocation_lines
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.geometry import hull_bounds
from pdedsl.models import Axis
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.training.windows.first_parameters import extrapolate, hold_initial_values
from pdedsl.training.windows.window_system import WindowState, window_system
from pdedsl.transforms.single_rows import split_rows

from .grid import Grid
from .measure import Levels, WindowMeasure
from .scales import Scales


@dataclass(frozen=True)
class WindowTrial:
    """A window that was solved.

    Args:
        system: its residual.
        theta: its parameters.
        levels: what is left of the residual.
    """

    system: ResidualSystem
    theta: Tensor
    levels: Levels


class WindowSolver:
    """Solves windows, each from the one that was accepted before.

    Args:
        lowered: a problem in time and at most one space coordinate.
        tolerance: of the march.
        allowance: of the march, which is checked between the steps of Newton's method.
    """

    def __init__(self, lowered: LoweredProblem, tolerance: float, allowance: Allowance) -> None:
        problem = split_rows(lowered.problem)
        self._lowered = lowered if problem is lowered.problem else lower(problem)
        self._tolerance, self._allowance = tolerance, allowance
        self._space = list(hull_bounds(problem).values())[:-1]
        self._like = torch.empty(0, dtype=torch.float64)
        self._measure = WindowMeasure(self._lowered, tolerance)
        self._tried: Scales | None = None  # of the first trial
        self._before: WindowTrial | None = None

    def accept(self, trial: WindowTrial) -> None:
        """The window is done; the next one begins at its end."""
        self._before = trial
        self._measure.remember(trial.levels)

    def solve(self, lower: float, upper: float, grid: Grid) -> WindowTrial | None:
        """A window with these functions; None where they are too many.

        Raises:
            SpentError: the time ends before.
        """
        if grid.functions * len(self._lowered.problem.components) > MARCH.most_functions:
            return None
        if self._tried is None:  # sizes are not known before
            self._tried = self._solve(lower, upper, grid, None).levels.scales
        before = self._tried if self._before is None else self._before.levels.scales
        return self._solve(lower, upper, grid, before)

    def _solve(self, lower: float, upper: float, grid: Grid, scales: Scales | None) -> WindowTrial:
        """A window whose laws are weighed by the scales of their rows."""
        bounds = [*self._space, (lower, upper)]
        models = tuple(
            (group, grid.options.build(_axes(bounds, group.periods), len(group.components)))
            for group in self._lowered.groups
        )
        last = self._before
        before = None if last is None else WindowState(last.system, last.theta)
        system = window_system(
            self._lowered, (lower, upper), models, before, self._like, points={}, kind="gauss",
            weights=self._measure.weights(upper - lower, scales),
            lines=collocation_lines(self._lowered.problem, grid.options, bounds),
        )  # fmt: skip
        theta = self._newton(system, before)
        return WindowTrial(system, theta, self._measure.levels(system, theta, bounds, grid))

    def _newton(self, system: ResidualSystem, before: WindowState | None) -> Tensor:
        theta, floor = system.theta0, 0.0
        if before is not None:
            floor = (MARCH.solved * self._tolerance) ** 2
        if not system.linear:
            near = extrapolate(before, system) if before else hold_initial_values(system)
            theta = theta if near is None else near
        steps = 1 if system.linear else MARCH.newton
        optimizer = LeastSquares(system, LstsqOptions(), theta)
        descent = Descent(optimizer, Limits(steps, floor, progress=MARCH.stalled))
        began = self._allowance.used
        for _ in descent:
            now = self._allowance.used
            if descent.ended is None:
                self._allowance.check(now - began)  # the next step takes as long as this one
            began = now
        return descent.best.theta


def _axes(bounds: list[tuple[float, float]], periods: tuple[float | None, ...]) -> tuple[Axis, ...]:
    return tuple(Axis(*ends, period) for ends, period in zip(bounds, periods, strict=True))
