r"""The equations of the stages of a window: :math:`(m_2 D^2/h^2 + m_1 D/h)\,U - F(U) = 0`.

Derivatives in space are products of matrices along the axes. What is free are the values at the
nodes inside; those at the ends follow from the conditions (`line_operator`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdedsl.geometry.arrays import Array
from pdedsl.ir import evaluate

from .mean_operator import profiles
from .newton import NEWTON, Linearised, UnsolvedError, newton
from .nonlinear_form import Slot
from .stages import solve_stages
from .sum_solver import SumSolver

if TYPE_CHECKING:
    from .nonlinear_march import NonlinearMarch

States = tuple[tuple[Array, ...], ...]


class StageEquations:
    """The equations of the stages of a window, for what is free: shape (components, s, M …)."""

    def __init__(self, march: NonlinearMarch, lower: float, upper: float, states: States) -> None:
        self._march, self._form = march, march.form
        self._step, self._states = upper - lower, states
        own = march.stages
        self._matrix, self._first = own.matrix / self._step, own.first / self._step
        times = np.append(lower, lower + self._step * own.points)
        count = len(self._form.equations)
        self._lifts = np.stack([march.lift(c, times) for c in range(count)])
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
        state, spread = self._states[component], (None,) * len(self._march.lines)
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

    def solve(self, guess: Array | None) -> Array:
        """What is free, from a guess where that leads to it, and else from the begin.

        Raises:
            UnsolvedError: neither does.
        """
        if guess is not None:
            try:
                return self._newton(
                    guess[(slice(None), slice(None), *self._march.inside)] - self._lifted[:, 1:]
                )
            except UnsolvedError:
                pass
        return self._newton(self._first_guess())

    def _newton(self, start: Array) -> Array:
        march = self._march
        return newton(self._linearise, start, march.tolerance, march.linear)

    def _linearise(self, free: Array) -> Linearised:
        """The preconditioned residual and its derivative, each in units of the fields' sizes."""
        slots = self._known(free)
        slopes = self._slopes(slots)
        solvers = self._solvers(slopes)
        right = self._precondition(solvers, self.residual(slots, free))
        sizes = self._sizes(free)
        return (right / sizes).ravel(), self._operator(slopes, solvers, sizes), sizes

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
        begin = np.stack([own[0] for own in self._states]) - self._lifted[:, 0]
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
        begin = np.stack([own[0] for own in self._states]) - self._lifted[:, 0]
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
                own.append(speed + self._first[-1] * self._states[c][0])
            out.append(tuple(own))
        return tuple(out)
