r"""What the residual of a window says of its functions in time and of each element.

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

from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.compiler.points.collocation import finer_lines, space_order, time_orders, window_weights
from pdedsl.compiler.residual.block import Block
from pdedsl.compiler.residual.system import ResidualSystem
from pdedsl.conditioning.arrays import Array
from pdedsl.ir import Problem

from .grid import Grid
from .scales import RowScales, Scales


@dataclass(frozen=True)
class Levels:
    """What is left of the residual; see the module docstring.

    Args:
        elements: η_e, shape (elements,).
        in_time: η_t.
        scales: of the fields and rows.
        unsolved: the residual at the nodes that Newton's method leaves, as a part of the scales.
    """

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


class WindowMeasure:
    """Measures windows one after another.

    Args:
        lowered: a problem in time and at most one space coordinate, each of whose laws is one
            scalar equation.
        tolerance: τ of the march.
    """

    def __init__(self, lowered: LoweredProblem, tolerance: float) -> None:
        self._orders, self._leading = time_orders(lowered.problem), _leading(lowered.problem)
        self._scales = RowScales(lowered, tolerance)

    def remember(self, levels: Levels) -> None:
        """The window of these levels is done."""
        self._scales.remember(levels.scales)

    def weights(self, length: float, scales: Scales | None) -> dict[str, float]:
        """With which all rows have the unit of their field, and no field hides another."""
        units = window_weights(self._orders, length)
        if scales is None:
            return units
        return {label: unit / scales.rows[label] ** 2 for label, unit in units.items()}

    def levels(
        self, system: ResidualSystem, theta: Tensor, bounds: list[tuple[float, float]], grid: Grid
    ) -> Levels:
        """Those of a window.

        Args:
            system: of the window, at the nodes of collocation.
            theta: its parameters, shape (P,).
            bounds: of the inputs, time last.
            grid: the functions.
        """
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
                shares += self._of_condition(block, part, grid)
        unsolved = float(self._relative(system, theta, scales, length).norm())
        return Levels(np.sqrt(shares), math.sqrt(in_time), scales, unsolved)

    def _of_condition(self, block: Block, part: Tensor, grid: Grid) -> Array:
        """What a condition leaves, shape (elements,): that of the element at its end of space.

        One that is missed at the start, where it contradicts the initial values, would otherwise
        have all elements halved.
        """
        squares = part.square()
        out = np.zeros(grid.elements)
        if grid.ends is None or block.kind != "bc":
            return out + float(squares.sum()) / grid.elements
        x = block.data.points[:, 0].repeat(len(squares) // len(block.data))
        upper = x > sum(grid.ends) / 2
        out[-1] += float(squares[upper].sum())
        out[0] += float(squares[~upper].sum())
        return out

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
