"""The search for a minimum in several variables with a bounded number of evaluations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from pdedsl.conditioning.arrays import Array

_ROUNDS = 4
_COARSE = 7


class _SpentError(Exception):
    """The evaluations are used up."""


@dataclass
class Search:
    """Lines along one axis after another, then the simplex method of Nelder and Mead.

    Args:
        value: the function.
        most: number of evaluations.
        at: the lowest place so far.
        least: the value there.
        evaluations: how many were made.
        spent: whether more were wanted.
    """

    value: Callable[[Array], float]
    most: int
    at: Array = field(default_factory=lambda: np.zeros(0))
    least: float = np.inf
    evaluations: int = 0
    spent: bool = False

    def run(self, start: Array, reach: float) -> None:
        """Search within a distance of the start along each axis."""
        try:
            self._descend(start, [(x - reach, x + reach) for x in start])
        except _SpentError:
            self.spent = True

    def _descend(self, start: Array, bounds: list[tuple[float, float]]) -> None:
        self._evaluate(start)
        for _ in range(_ROUNDS if len(start) > 1 else 1):
            before = self.least
            for i, ends in enumerate(bounds):
                self._along(i, ends)
            if before - self.least < 1e-3:
                break
        if len(start) > 1:
            options = {"maxfev": 60 * len(start), "xatol": 1e-3, "fatol": 1e-5}
            minimize(self._evaluate, self.at, method="Nelder-Mead", bounds=bounds, options=options)

    def _along(self, i: int, ends: tuple[float, float]) -> None:
        """The minimum along one axis."""
        at = self.at

        def value(x: float) -> float:
            moved = at.copy()
            moved[i] = x
            return self._evaluate(moved)

        grid = np.linspace(*ends, _COARSE)
        k = int(np.argmin([value(x) for x in grid]))
        bracket = grid[max(k - 1, 0)], grid[min(k + 1, _COARSE - 1)]
        minimize_scalar(value, bounds=bracket, method="bounded", options={"xatol": 1e-3})

    def _evaluate(self, at: Array) -> float:
        if self.evaluations >= self.most:
            raise _SpentError
        self.evaluations += 1
        found = self.value(at)
        if found < self.least:
            self.at, self.least = at.copy(), found
        return found
