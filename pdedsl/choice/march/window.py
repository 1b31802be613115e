r"""One window of a march: its solution, and what its residual says.

The residual at finer nodes, relative to the size S of its field (`scales`), is taken apart into
Legendre polynomials, of degree i in time on the window and of degree j in space on each element.
What lies below the degree m − k in time, which collocation leaves free, comes from the functions in
space, the rest from those in time,

.. math:: η_e^2 = \sum_{i < m - k} \sum_j \frac{σ_{ej}^2 r_{eij}^2}{S^2}, \qquad
          η_t^2 = \sum_{i ≥ m - k} \sum_{e, j} \frac{σ_{ej}^2 r_{eij}^2}{S^2}.

A part of the residual with the wave number κ moves the field by r/ω with ω = |a| κ^n where the
leading term of the equation is :math:`u_t + a\, ∂_x^n u`, and by h r where ω h is small. The degree
j on an element of width w has wave numbers of about π j/w, hence
:math:`σ_{ej} = 1/(1 + h |a| (π j/w_e)^n)`. Without this factor the steps would follow every trace
that a change of elements leaves in the state, which the method damps at once (Hairer and Wanner,
Solving Ordinary Differential Equations II, 1996, IV.8, have (I − hγJ)⁻¹ in its place).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
import torch
from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.tuning import MARCH
from pdedsl.compiler.lowering.lower import LoweredProblem, lower
from pdedsl.compiler.points.collocation import (
    collocation_lines,
    finer_lines,
    space_order,
    time_orders,
    window_weights,
)
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.conditioning.arrays import Array
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Problem
from pdedsl.models import Axis
from pdedsl.optimizers.descent import Descent, Limits
from pdedsl.optimizers.gauss_newton.lstsq import LeastSquares, LstsqOptions
from pdedsl.training.windows.first_parameters import extrapolate, hold_initial_values
from pdedsl.training.windows.window_system import WindowState, window_system
from pdedsl.transforms.single_rows import split_rows

from .grid import Grid
from .scales import RowScales, Scales


@dataclass(frozen=True)
class WindowTrial:
    """A window that was solved; see the module docstring.

    Args:
        system: its residual.
        theta: its parameters.
        elements: η_e, shape (elements,).
        in_time: η_t.
        scales: of the fields and rows.
        unsolved: the residual at the nodes that Newton's method leaves, as a part of the scales.
    """

    system: ResidualSystem
    theta: Tensor
    elements: Array
    in_time: float
    scales: Scales
    unsolved: float

    @property
    def in_space(self) -> float:
        """The root of the sum of η_e²."""
        return float(np.linalg.norm(self.elements))

    @property
    def estimate(self) -> float:
        """The root of the sum of all squares."""
        return math.hypot(self.in_space, self.in_time)


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
        self._orders, self._leading = time_orders(problem), _leading(problem)
        self._like = torch.empty(0, dtype=torch.float64)
        self._scales = RowScales(self._lowered, tolerance)
        self._tried: Scales | None = None  # of the first trial
        self._before: WindowTrial | None = None

    def accept(self, trial: WindowTrial) -> None:
        """The window is done; the next one begins at its end."""
        self._before = trial
        self._scales.remember(trial.scales)

    def solve(self, lower: float, upper: float, grid: Grid) -> WindowTrial | None:
        """A window with these functions; None where they are too many.

        Raises:
            SpentError: the time ends before.
        """
        if grid.functions * len(self._lowered.problem.components) > MARCH.most_functions:
            return None
        if self._tried is None:  # sizes are not known before
            self._tried = self._solve(lower, upper, grid, None).scales
        before = self._tried if self._before is None else self._before.scales
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
            weights=self._weights(upper - lower, scales),
            lines=collocation_lines(self._lowered.problem, grid.options, bounds),
        )  # fmt: skip
        theta = self._newton(system, before)
        return self._estimate(system, theta, bounds, grid)

    def _weights(self, length: float, scales: Scales | None) -> dict[str, float]:
        """With which all rows have the unit of their field, and no field hides another."""
        units = window_weights(self._orders, length)
        if scales is None:
            return units
        return {label: unit / scales.rows[label] ** 2 for label, unit in units.items()}

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

    def _estimate(
        self, system: ResidualSystem, theta: Tensor, bounds: list[tuple[float, float]], grid: Grid
    ) -> WindowTrial:
        lines = finer_lines(system.problem, grid.options, bounds)
        finely = system.with_sampler(replace(system.sampler, lines=lines))
        times = len(lines["eq"][len(bounds) - 1][0])
        length = bounds[-1][1] - bounds[-1][0]
        scales = self._scales.of(system, theta, lines["eq"], length)
        rows = self._relative(finely, theta, scales, length)
        shares, in_time = np.zeros(grid.elements), 0.0
        for block in finely.blocks:
            part = rows[block.rows]
            if block.kind == "eq":
                table = part.view(grid.elements, -1, times)
                found = _coefficients(_coefficients(table).transpose(1, 2)).square().numpy()
                response = self._response(block.label, length, grid, found.shape[2])
                found = found * response[:, None] ** 2
                free = grid.modes - self._orders[block.label]
                shares += found[:, :free].sum((1, 2))
                in_time += float(found[:, free:].sum())
            elif block.kind == "ic":
                shares += part.view(grid.elements, -1).square().sum(1).numpy()
            else:
                shares += float(part.square().sum()) / grid.elements
        unsolved = float(self._relative(system, theta, scales, length).norm())
        return WindowTrial(system, theta, np.sqrt(shares), math.sqrt(in_time), scales, unsolved)

    def _relative(
        self, system: ResidualSystem, theta: Tensor, scales: Scales, length: float
    ) -> Tensor:
        """The rows of a system in the unit of their field, each over its scale."""
        out, units = system.residual(theta), window_weights(self._orders, length)
        for block in system.blocks:
            unit = math.sqrt(units[block.label] / block.weight)
            out[block.rows] *= unit / scales.rows[block.label]
        return out

    def _response(self, label: str, length: float, grid: Grid, degrees: int) -> Array:
        """The σ of each element for each degree in space, shape (elements, degrees)."""
        order, coefficient = self._leading[label]
        waves = math.pi * np.arange(degrees) / np.diff(grid.edges)[:, None]
        return 1 / (1 + length * coefficient * waves**order)


def _axes(bounds: list[tuple[float, float]], periods: tuple[float | None, ...]) -> tuple[Axis, ...]:
    return tuple(Axis(*ends, period) for ends, period in zip(bounds, periods, strict=True))


def _coefficients(table: Tensor) -> Tensor:
    """Coefficients of orthonormal Legendre polynomials along the last axis.

    Args:
        table: values at Gauss nodes times the roots of their weights.
    """
    n = table.shape[-1]
    nodes, weights = np.polynomial.legendre.leggauss(n)
    values = np.polynomial.legendre.legvander(nodes, n - 1) * np.sqrt(np.arange(n) + 0.5)
    return table @ torch.from_numpy(values * np.sqrt(weights)[:, None])


def _leading(problem: Problem) -> dict[str, tuple[int, float]]:
    """Label of an equation to its order n in space and |a|; 0 where a is not constant."""
    order = space_order(problem)
    return {
        law.label: (order, min(_coefficient(problem, problem.substitute(r), order)
                               for r in law.residuals))
        for law in problem.laws if law.kind == "eq"
    }  # fmt: skip


def _coefficient(problem: Problem, residual: sp.Expr, order: int) -> float:
    assert problem.time is not None
    space = [s for domain in problem.domains for s in domain.coordinates]
    atoms = residual.atoms(sp.Derivative)
    high = [d for d in atoms if dict(d.variable_count) in ({s: order} for s in space)]
    slopes = [d for d in atoms if dict(d.variable_count) == {problem.time.symbol: 1}]
    factors = [residual.diff(d) for d in (*high, *slopes)]
    if not (high and slopes) or not all(factor.is_number for factor in factors):
        return 0.0
    sizes = [abs(float(factor)) for factor in factors]
    return min(sizes[: len(high)]) / max(sizes[len(high) :])
