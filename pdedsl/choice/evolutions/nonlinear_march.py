r"""Marches of nonlinear and coupled evolutions, in two and three space coordinates.

A window is the collocation of `separable_march`: points of Radau in time, Chebyshev or equally
spaced nodes in space. Its stages satisfy :math:`(m_2 D^2/h^2 + m_1 D/h)\,U = F(U)`, which is solved
by Newton's method. Each of its linear systems, of all stages and components together, is solved by
GMRES with products of matrices along the axes alone, and is preconditioned by the part of the
operator that is a sum along them (`mean_operator`): some four iterations for a step, whatever the
number of nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array

from .conditions import contradicts_the_start, lift
from .grid_function import GridFunction
from .line_operator import LineOperator, line_operator
from .mean_operator import Profiles, differ, mean_solver
from .newton import NEWTON, UnsolvedError
from .nonlinear_form import NonlinearEvolution
from .separable_form import terms_at
from .separable_march import MarchedWindow
from .stage_equations import StageEquations, States
from .stages import Stages, radau
from .sum_solver import SumSolver, along_axes


@dataclass(frozen=True, eq=False)
class March:
    """What a march carries from a window to the next.

    Args:
        states: u inside, and u_t where m_2 is not zero, of each component.
        before: the window that ends there; None at the begin.
    """

    states: States
    before: MarchedWindow | None = None


class NonlinearMarch:
    """The march; see the module docstring.

    Args:
        form: the evolution.
        modes: degree, or waves, of each axis.
        stages: s.
        tolerance: of Newton's method, relative to the solution.

    Raises:
        ArithmeticError: an axis has no operator.
    """

    def __init__(
        self, form: NonlinearEvolution, modes: Sequence[int], stages: int, tolerance: float = 0.0
    ) -> None:
        self._form = form
        self.linear = form.linear
        self._tolerance = max(tolerance, NEWTON.tolerance)
        orders = [2] * len(form.lines)
        for own in form.equations:
            for _, alpha in own.slots:
                orders = [max(pair) for pair in zip(orders, alpha, strict=True)]
        self._operators: list[tuple[LineOperator, ...]] = [
            tuple(map(line_operator, lines, modes, orders)) for lines in form.sides
        ]
        self.lines = self._operators[0]
        self.stages: Stages = radau(stages)
        self._inner = [
            [[(p @ own.extension)[own.inside] for p in own.powers] for own in lines]
            for lines in self._operators
        ]
        self._grid = np.meshgrid(*(line.nodes for line in self.lines), indexing="ij")
        self._inside = tuple(line.inside for line in self.lines)
        self._symbols = (*(line.symbol for line in form.lines), form.time)
        self._given = [
            [[GridFunction(end.given, self._symbols) for end in line.ends] for line in lines]
            for lines in form.sides
        ]
        self._solvers: list[tuple[Profiles, SumSolver] | None] = [None] * len(form.sides)

    def is_sudden(self) -> bool:
        """Whether the conditions contradict the start, which no polynomial follows."""
        begin = self._form.times[0]
        return any(
            contradicts_the_start(
                terms_at(lines, start[0], self._form.time, begin), self._symbols, self._grid, begin
            )
            for lines, start in zip(self._form.sides, self._form.starts, strict=True)
        )

    def start(self) -> Array:
        """The fields at the begin, at all nodes, shape (components, N_1, …, N_d)."""
        begin, shape = self._form.times[0], self._grid[0].shape
        functions = [GridFunction(own[0], self._symbols) for own in self._form.starts]
        return np.stack([function(self._grid, begin, shape) for function in functions])

    def begin(self) -> March:
        """What the first window starts from."""
        begin, shape = self._form.times[0], self._grid[0].shape
        return March(
            tuple(
                tuple(
                    GridFunction(own, self._symbols)(self._grid, begin, shape)[self._inside]
                    for own in start
                )
                for start in self._form.starts
            )
        )

    def windows(self, edges: Sequence[float]) -> Iterator[MarchedWindow]:
        """The windows between some times, the begin and the end of the evolution among them.

        Raises:
            ArithmeticError: values are not finite, or Newton's method does not come to an end.
        """
        state = self.begin()
        for lower, upper in pairwise(edges):
            window, state = self.step(lower, upper, state)
            yield window

    def step(
        self, lower: float, upper: float, state: March, guess: Array | None = None
    ) -> tuple[MarchedWindow, March]:
        """The window between two times, and what the next one starts from.

        Args:
            lower: its begin.
            upper: its end.
            state: at its begin.
            guess: the fields at its stages and all nodes, about, shape (components, s, N …).

        Raises:
            UnsolvedError: Newton's method does not come to an end.
        """
        own = StageEquations(self, lower, upper, state.states)
        free = own.solve(guess)
        values = own.values(free)
        if not np.isfinite(values).all():
            raise UnsolvedError("values are not finite")
        window = MarchedWindow(lower, upper, values)
        return window, March(own.end(free), window)

    def derivative(self, component: int, alpha: tuple[int, ...], values: Array) -> Array:
        """∂^α of what satisfies the conditions with zero, from its values inside to those there."""
        for axis, order in enumerate(alpha):
            if order:
                matrix, place = self._inner[component][axis][order], axis + values.ndim - len(alpha)
                values = np.moveaxis(np.tensordot(matrix, values, (1, place)), 0, place)
        return values

    def lifted_derivative(self, component: int, alpha: tuple[int, ...], values: Array) -> Array:
        """∂^α inside, from values at all nodes."""
        lines = self._operators[component]
        matrices = [line.powers[k][line.inside] for line, k in zip(lines, alpha, strict=True)]
        return along_axes(matrices, values)

    def lift(self, component: int, times: Array) -> Array:
        """A function with the given values and fluxes for each time, shape (s, N_1, …, N_d)."""
        return lift(self._operators[component], self._given[component], self._grid, times)

    def extend(self, component: int, values: Array) -> Array:
        """What satisfies the conditions with zero, at all nodes, from its values inside."""
        return along_axes([line.extension for line in self._operators[component]], values)

    def known(self, times: Array) -> dict[sp.Basic, Array]:
        """Values of the inputs inside at some times, which broadcast against each other."""
        shape = (-1, *(1,) * len(self.lines))
        out: dict[sp.Basic, Array] = {self._form.time: np.reshape(times, shape)}
        for axis, (line, own) in enumerate(zip(self._form.lines, self.lines, strict=True)):
            place = [1] * (len(self.lines) + 1)
            place[axis + 1] = -1
            out[line.symbol] = own.nodes[own.inside].reshape(place)
        return out

    def solver(self, component: int, found: Profiles) -> SumSolver:
        """Of means of coefficients, or of some that are near them and were used before."""
        last = self._solvers[component]
        if last is None or differ(found, last[0], NEWTON.near):
            last = found, mean_solver(found, self._inner[component])
            self._solvers[component] = last
        return last[1]

    @property
    def form(self) -> NonlinearEvolution:
        """The evolution."""
        return self._form

    @property
    def tolerance(self) -> float:
        """Of Newton's method."""
        return self._tolerance

    @property
    def inside(self) -> tuple[slice, ...]:
        """The nodes whose values are free."""
        return self._inside
