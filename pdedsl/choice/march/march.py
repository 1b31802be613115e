r"""A solution in time, window by window, with steps and elements that follow the residual.

On each window :math:`[t, t + h]` the equations are solved by collocation (`window`). With the parts
η_t and η_e of the residual that is left (`measure`), a window is accepted where

.. math:: η_t ≤ τ, \qquad \sum_e η_e^2 ≤ τ^2 \max(h/T, 10^{-2}).

Else it is shortened where η_t is too large, by :math:`(0.3 τ/η_t)^{1/m}`, or the elements above
their share are halved. Elements far below it are merged for the next window, whose length follows
from η_t. This is what codes for ordinary differential equations do with the method Radau IIA
(Hairer and Wanner, Solving Ordinary Differential Equations II, 1996, IV.8), and BACOL with
elements (Wang, Keast and Muir, ACM Trans. Math. Software 30, 2004), here with functions of space
and time at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance, SpentError
from pdedsl.choice.tuning import MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.points.collocation import space_order
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Boundary, Interior
from pdedsl.models.bases import BasisOptions
from pdedsl.transforms.time_windows import window_obstacle

from .given_features import GivenFeatures
from .grid import Grid, first_grid
from .window import WindowSolver, WindowTrial

_LEAST = 1e-12  # η_t that is divided by


@dataclass(frozen=True)
class Window:
    """A window that is done.

    Args:
        upper: its end.
        grid: its functions.
        theta: their coefficients.
        sizes: number of coefficients of each group of fields, in order.
    """

    upper: float
    grid: Grid
    theta: Tensor
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class March:
    """A solution.

    Args:
        tolerance: τ.
        lower: the start of time.
        windows: in order.
        end: why there are no more, in words; empty where the end of time is reached.
        seconds: of computing.
    """

    tolerance: float
    lower: float
    windows: tuple[Window, ...]
    end: str = ""
    seconds: float = 0.0

    @property
    def edges(self) -> tuple[float, ...]:
        """Of the windows."""
        return (self.lower, *(window.upper for window in self.windows))

    @property
    def pieces(self) -> tuple[BasisOptions, ...]:
        """The models of the windows."""
        return tuple(window.grid.options for window in self.windows)

    @property
    def theta(self) -> Tensor:
        """The parameters of the whole solution, as a model of windows has them."""
        own = (window.theta.split(window.sizes) for window in self.windows)
        return torch.cat([part for group in zip(*own, strict=True) for part in group])

    @property
    def largest(self) -> int:
        """Functions of the largest window."""
        return max((len(window.theta) for window in self.windows), default=0)


def cannot_march(lowered: LoweredProblem) -> str | None:
    """Why a problem cannot be marched, or None where it can."""
    problem = lowered.problem
    if len(problem.domains) > 1 or problem.ranges:
        return "it has several domains or ranges"
    for domain in problem.domains:
        if not domain.is_box or domain.region.dimension > 1:
            return "it has more than one space coordinate"
    if any(field.arguments != problem.inputs for field in problem.fields):
        return "its fields do not depend on all inputs"
    circle = all(group.periods[0] is not None for group in lowered.groups)
    conditions = any(isinstance(law.place, Boundary) for law in problem.laws)
    if problem.time and problem.domains and not (circle or conditions) and space_order(problem):
        return "it has no boundary condition"
    for law in problem.laws:
        if law.kind == "eq" and not isinstance(law.place, Interior):
            return f"{law.label} does not hold at points"
    return window_obstacle(problem)


def march(
    lowered: LoweredProblem,
    tolerance: float,
    allowance: Allowance,
    notify: Callable[[str], None] | None = None,
    moment: float = 0.0,
) -> March:
    """Solve a problem of which `cannot_march` says nothing, at a tolerance; see `march_finely`.

    Args: those of `march_finely`, and
        moment: time in which what begins fast slows down; 0 where nothing does.
    """
    return _Marcher(lowered, tolerance, allowance, notify, moment).march()


class _Marcher:
    def __init__(
        self,
        lowered: LoweredProblem,
        tolerance: float,
        allowance: Allowance,
        notify: Callable[[str], None] | None,
        moment: float,
    ) -> None:
        self._lowered, self._tolerance, self._allowance = lowered, tolerance, allowance
        self._notify = notify
        self._solver = WindowSolver(lowered, tolerance, allowance)
        self._last = 0, 0.0  # functions of the last trial, and its seconds
        self._lower, self._upper = list(hull_bounds(lowered.problem).values())[-1]
        whole = self._upper - self._lower
        self._first, self._shortest = MARCH.first * whole, MARCH.shortest * whole
        if moment:
            self._first = min(self._first, MARCH.first_of_moment * moment)
            self._shortest = min(self._shortest, MARCH.shortest_of_moment * moment)
        self._hold = 0  # windows before elements are merged again
        self._given = GivenFeatures(lowered.problem)
        self._stops = [*self._given.stops, self._upper]

    def march(self) -> March:
        began, end = self._allowance.used, ""
        windows: list[Window] = []
        lower, length = self._lower, self._first
        merged = grid = first_grid(self._lowered, self._tolerance)
        outside = length  # of a window that is in no pulse
        while lower < self._upper:
            try:
                accepted = self._window(lower, length, grid, merged)
            except SpentError:
                accepted = self._why_spent
            if isinstance(accepted, str):
                end = f"{accepted} at t = {lower:.6g}"
                break
            window, length, merged = accepted
            windows.append(window)
            self._notify_of(windows)
            grid, lower = window.grid, window.upper
            if not self._given.in_pulse(lower):
                # One that was cut short, or small in a pulse, says nothing of the next.
                outside = length = max(length, outside) if lower in self._stops else length
        used = self._allowance.used - began
        return March(self._tolerance, self._lower, tuple(windows), end, used)

    def _window(
        self, lower: float, length: float, safe: Grid, merged: Grid
    ) -> tuple[Window, float, Grid] | str:
        """The window, the length of the next one and a grid for it; or why there is none.

        ``merged`` is the safe grid, that of the window before, with fewer elements; it is given up
        at the first trial that fails.
        """
        finite, stop = True, next(stop for stop in self._stops if stop > lower)
        places = self._given.places(lower, min(lower + length, stop))
        safe, merged = safe.resolving(places), merged.resolving(places)
        grid, coarser = merged, None  # a grid before elements were halved, and what it left
        for _ in range(MARCH.trials):
            if obstacle := self._obstacle(length, finite, grid):
                return obstacle
            upper = lower + length
            if upper > stop - 0.1 * length:
                upper = stop
            began = self._allowance.used
            trial = self._solver.solve(lower, upper, grid)
            self._last = grid.functions, self._allowance.used - began
            if trial is None:
                return f"more than {MARCH.most_functions} functions would be needed"
            finite = math.isfinite(trial.levels.estimate)
            share = max((upper - lower) / (self._upper - self._lower), MARCH.least_share)
            allowed = self._tolerance * math.sqrt(share)
            each = allowed / math.sqrt(grid.elements)
            if trial.levels.in_time <= self._tolerance and trial.levels.in_space <= allowed:
                return self._accept(trial, lower, upper, grid, each)
            if grid is merged and grid.elements < safe.elements:
                # The state has traces of the elements before, which fewer cannot carry yet.
                grid, self._hold = safe, MARCH.hold
            elif trial.levels.unsolved > MARCH.unsolved:
                length = (upper - lower) * MARCH.shorter
                coarser = None
            elif coarser is not None and trial.levels.in_space > MARCH.refined * coarser[1]:
                # What singularities in time leave is not that of elements.
                length, grid, coarser = (upper - lower) * MARCH.shorter, coarser[0], None
            elif not finite or trial.levels.in_time > self._tolerance or grid.ends is None:
                aim, change = MARCH.aim_after_failure, MARCH.change_after_failure
                length = (upper - lower) * self._factor(trial, grid, aim, change)
                coarser = None
            else:
                least = max(each, MARCH.near * trial.levels.elements.max())
                finer = grid.refined(trial.levels.elements > least)
                if finer.breaks == grid.breaks:
                    return "elements too small for rounding would be needed"
                grid, coarser = finer, (grid, trial.levels.in_space)
        return "no window is accepted"

    def _obstacle(self, length: float, finite: bool, grid: Grid) -> str | None:
        """Why no other trial of a window is made."""
        functions, seconds = self._last
        growth = (grid.functions / functions) ** MARCH.growth if functions else 0.0
        if not self._allowance.covers(growth * seconds):
            return self._why_spent
        if length >= self._shortest:
            return None
        if not finite:
            return "the residual is not finite"
        return f"windows shorter than {length:.1e} would be needed"

    @property
    def _why_spent(self) -> str:
        return "it was stopped" if self._allowance.stopped else "the time is spent"

    def _accept(
        self, trial: WindowTrial, lower: float, upper: float, grid: Grid, each: float
    ) -> tuple[Window, float, Grid]:
        """The window, the length of the next one and a grid for it.

        ``each`` is the part of the tolerance that each element has.
        """
        self._solver.accept(trial)
        sizes = tuple(network.model.size for network in trial.system.networks)
        window = Window(upper, grid, trial.theta, sizes)
        length = (upper - lower) * self._factor(trial, grid, MARCH.aim, MARCH.change)
        self._hold = max(self._hold - 1, 0)
        small = trial.levels.elements < MARCH.merged * each / 2 ** (
            grid.degree - grid.smoothness + 1
        )
        return window, length, grid if self._hold else grid.coarsened(small)

    def _factor(
        self, trial: WindowTrial, grid: Grid, aim: float, bounds: tuple[float, float]
    ) -> float:
        """What the length of a window is multiplied by, so that η_t is ``aim`` of the tolerance."""
        if not math.isfinite(trial.levels.estimate):
            return bounds[0]
        ratio = (aim * self._tolerance / max(trial.levels.in_time, _LEAST)) ** (1 / grid.modes)
        return min(max(ratio, bounds[0]), bounds[1])

    def _notify_of(self, windows: list[Window]) -> None:
        if self._notify is None:
            return
        last = windows[-1]
        part = (last.upper - self._lower) / (self._upper - self._lower)
        self._notify(
            f"tolerance {self._tolerance:.0e}: {part:.0%} of time in {len(windows)} windows, "
            f"{len(last.theta)} functions in the last one"
        )
