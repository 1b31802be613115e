r"""Marches of nonlinear and coupled evolutions, in two and three space coordinates.

A window is the collocation of `separable_march`: points of Radau in time, Chebyshev or equally
spaced nodes in space. Its stages satisfy :math:`(m_2 D^2/h^2 + m_1 D/h)\,U = F(U)`, which is solved
by Newton's method. Each of its linear systems, of all stages and components together, is solved by
`gmres` with products of matrices along the axes alone, and is preconditioned by the part of the
operator that is a sum along them (`mean_operator`): some four iterations for a step, whatever the
number of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import sympy as sp

from pdedsl.choice.tuning import NEWTON
from pdedsl.geometry.arrays import Array
from pdedsl.ir import evaluate

from .conditions import contradicts_the_start, lift
from .gmres import gmres
from .grid_function import GridFunction
from .line_operator import LineOperator, line_operator
from .mean_operator import Profiles, differ, mean_solver, profiles
from .nonlinear_form import NonlinearEvolution, Slot
from .separable_form import terms_at
from .separable_march import MarchedWindow
from .stage_solver import solve_stages
from .stages import Stages, radau
from .sum_solver import SumSolver, along_axes


class UnsolvedError(ArithmeticError):
    """Newton's method does not come to an end in a window."""


@dataclass(frozen=True, eq=False)
class March:
    """What a march carries from a window to the next.

    Args:
        states: u inside, and u_t where m_2 is not zero, of each component.
        before: the window that ends there; None at the begin.
    """

    states: tuple[tuple[Array, ...], ...]
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

    def step(self, lower: float, upper: float, state: March) -> tuple[MarchedWindow, March]:
        """The window between two times, and what the next one starts from.

        Raises:
            UnsolvedError: Newton's method does not come to an end.
        """
        own = _Window(self, lower, upper, state)
        free = own.newton()
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

    def lift(self, component: int, time: float) -> Array:
        """A function at all nodes with the given values and fluxes."""
        return lift(self._operators[component], self._given[component], self._grid, time)

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


class _Window:
    """The equations of the stages of a window, for what is free: shape (components, s, M …)."""

    def __init__(self, march: NonlinearMarch, lower: float, upper: float, state: March) -> None:
        self._march, self._form = march, march.form
        self._lower, self._step, self._state = lower, upper - lower, state
        own = march.stages
        self._matrix, self._first = own.matrix / self._step, own.first / self._step
        times = np.append(lower, lower + self._step * own.points)
        count = len(self._form.equations)
        self._lifts = np.stack([[march.lift(c, t) for t in times] for c in range(count)])
        self._lifted = self._lifts[(slice(None), slice(None), *march.inside)]
        slots = {slot for equation in self._form.equations for slot in equation.slots}
        self._slots = sorted(slots)
        self._fixed = {
            slot: march.lifted_derivative(*slot, self._lifts[slot[0], 1:]) for slot in self._slots
        }
        self._inputs = march.known(times[1:])
        self._shape = self._lifted[0, 1:].shape
        self._changes = np.stack([self._change(c) for c in range(count)])

    def _change(self, component: int) -> Array:
        """What the derivatives in time have of the begin."""
        slow, fast = self._form.equations[component].masses
        state, spread = self._state.states[component], (None,) * len(self._march.lines)
        out = slow * self._first[:, *spread] * state[0]
        if fast:
            out = out + fast * np.multiply.outer(self._matrix @ self._first, state[0])
            out = out + fast * np.multiply.outer(self._first, state[1])
        return np.asarray(out)

    def _in_time(self, component: int, values: Array) -> Array:
        slow, fast = self._form.equations[component].masses
        operator = slow * self._matrix + fast * self._matrix @ self._matrix
        return np.tensordot(operator, values, 1)

    def _evaluated(self, expression: sp.Expr, known: dict[sp.Basic, Array]) -> Array:
        return np.broadcast_to(np.asarray(evaluate(expression, known), dtype=float), self._shape)

    def _known(self, free: Array) -> dict[Slot, Array]:
        return {
            (c, alpha): self._fixed[c, alpha] + self._march.derivative(c, alpha, free[c])
            for c, alpha in self._slots
        }

    def _inputs_of(self, component: int, slots: dict[Slot, Array]) -> dict[sp.Basic, Array]:
        own = self._form.equations[component].slots
        return self._inputs | {symbol: slots[slot] for slot, symbol in own.items()}

    def residual(self, slots: dict[Slot, Array], free: Array) -> Array:
        """What the equations leave."""
        out = np.empty_like(free)
        for c, equation in enumerate(self._form.equations):
            change = self._in_time(c, free[c] + self._lifted[c, 1:]) + self._changes[c]
            out[c] = change - self._evaluated(equation.right, self._inputs_of(c, slots))
        return out

    def _slopes(self, slots: dict[Slot, Array]) -> list[dict[Slot, Array]]:
        return [
            {
                slot: self._evaluated(expression, self._inputs_of(c, slots))
                for slot, expression in equation.slopes.items()
                if expression != 0
            }
            for c, equation in enumerate(self._form.equations)
        ]

    def _product(self, slopes: list[dict[Slot, Array]], change: Array) -> Array:
        """The derivative of the residual in a direction."""
        wanted = {slot for own in slopes for slot in own}
        parts = {slot: self._march.derivative(*slot, change[slot[0]]) for slot in wanted}
        out = np.empty_like(change)
        for c, own in enumerate(slopes):
            out[c] = self._in_time(c, change[c])
            for slot, factor in own.items():
                out[c] -= factor * parts[slot]
        return out

    def _solvers(self, slopes: list[dict[Slot, Array]]) -> list[SumSolver]:
        out = []
        for c, own in enumerate(slopes):
            alone = {alpha: values for (j, alpha), values in own.items() if j == c}
            if not all(np.isfinite(values).all() for values in own.values()):
                raise UnsolvedError("coefficients are not finite")
            out.append(self._march.solver(c, profiles(alone)))
        return out

    def _precondition(self, solvers: list[SumSolver], right: Array) -> Array:
        march = self._march
        return np.stack([
            solve_stages(march.stages, solver, equation.masses, own, self._step)
            for solver, equation, own in zip(solvers, self._form.equations, right, strict=True)
        ])  # fmt: skip

    def newton(self) -> Array:
        """What is free, by Newton's method from the values at the begin.

        Raises:
            UnsolvedError: it does not come to an end.
        """
        free = self._first_guess()
        before = np.inf
        for count in range(NEWTON.steps):
            slots = self._known(free)
            slopes = self._slopes(slots)
            solvers = self._solvers(slopes)
            right = self._precondition(solvers, self.residual(slots, free))
            sizes = self._sizes(free)
            error = float(np.linalg.norm(right / sizes))
            if not np.isfinite(error):
                raise UnsolvedError("values are not finite")
            wanted = min(NEWTON.loose, max(error, NEWTON.part * self._march.tolerance / error))
            operator = self._operator(slopes, solvers, sizes)
            found, _ = gmres(operator, (right / sizes).ravel(), wanted, NEWTON.vectors)
            change = float(np.linalg.norm(found))
            free = free - found.reshape(free.shape) * sizes
            if change <= self._march.tolerance or (
                change < NEWTON.rounding and change > NEWTON.stalls * before
            ):
                return free
            if count >= NEWTON.patience and change > NEWTON.falls * before:
                break
            before = change
        raise UnsolvedError("Newton's method does not come to an end")

    def _operator(
        self, slopes: list[dict[Slot, Array]], solvers: list[SumSolver], sizes: Array
    ) -> Callable[[Array], Array]:
        """The preconditioned derivative of the residual, of vectors in units of sizes."""

        def operator(vector: Array) -> Array:
            change = vector.reshape(len(slopes), *self._shape) * sizes
            product = self._precondition(solvers, self._product(slopes, change))
            return np.asarray(product / sizes).ravel()

        return operator

    def _first_guess(self) -> Array:
        begin = np.stack([own[0] for own in self._state.states]) - self._lifted[:, 0]
        return np.repeat(begin[:, None], self._shape[0], axis=1)

    def _sizes(self, free: Array) -> Array:
        """Norms of the components, with the largest's where they are much smaller."""
        whole = free + self._lifted[:, 1:]
        norms = np.sqrt((whole.reshape(len(free), -1) ** 2).sum(axis=1))
        norms = np.maximum(norms, NEWTON.least * norms.max())
        norms[norms == 0] = 1.0
        return np.asarray(norms[:, *(None,) * (free.ndim - 1)])

    def values(self, free: Array) -> Array:
        """At the begin and the stages, at all nodes."""
        begin = np.stack([own[0] for own in self._state.states]) - self._lifted[:, 0]
        every = np.concatenate((begin[:, None], free), axis=1)
        return self._lifts + np.stack([
            self._march.extend(c, own) for c, own in enumerate(every)
        ])  # fmt: skip

    def end(self, free: Array) -> tuple[tuple[Array, ...], ...]:
        """What the next window starts from."""
        stages = free + self._lifted[:, 1:]
        out = []
        for c, equation in enumerate(self._form.equations):
            own = [stages[c, -1]]
            if equation.masses[1]:
                speed = np.tensordot(self._matrix[-1], stages[c], 1)
                own.append(speed + self._first[-1] * self._state.states[c][0])
            out.append(tuple(own))
        return tuple(out)
