r"""The likelihood profile of one unknown number, and the interval that follows from it.

With the number held at v, and all others and the fields of least squares,

.. math:: Δχ^2(v) = \frac{\min ‖r‖^2 - ‖r(\hat θ)‖^2}{s^2}, \qquad
   z(v) = \mathrm{sign}(v - \hat v) \sqrt{Δχ^2(v)}.

Where laws are linear z is a straight line of the slope 1/σ, and the interval of 95 %,
:math:`|z| ≤ 1.96`, is that of the standard deviation; else it is not symmetric, as for an enzyme
of which few data are near saturation.

Source: D. M. Bates and D. G. Watts, Nonlinear Regression Analysis (1988), section 6.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.fitting.number_steps import descend

from .covariance import covariance_of

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

QUANTILE = 1.959964  # of a normal variable, of which 95 % lie within either way: Δχ² = 3.84
_STEPS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)  # deviations from the estimate; a choice
_SECANTS = 12  # for an end; z is nearly straight, so that 4 suffice
_CLOSE = 1e-4  # of z at an end


@dataclass(frozen=True)
class Profile:
    """Of one number.

    Args:
        name: of the number.
        value: its estimate.
        deviation: σ, by the curvature there.
        values: v, ascending, the estimate among them.
        rises: Δχ²(v).
        lower: the lower end of the interval of 95 %; None where Δχ² does not rise so far.
        upper: its upper end, likewise.
    """

    name: str
    value: float
    deviation: float
    values: tuple[float, ...]
    rises: tuple[float, ...]
    lower: float | None
    upper: float | None


def profile_of(system: ResidualSystem, theta: Tensor, name: str, seconds: float | None) -> Profile:
    """The profile of a number.

    Args:
        system: a basis, with the rows and weights of the training.
        theta: its minimum, shape (P,).
        name: of the number.
        seconds: of computing at most; None for no bound.

    Raises:
        ValueError: there is no such number, or no deviation is known of it.
        SpentError: the time is spent before.
    """
    names = [number.name for number in system.ansatz.numbers]
    if name not in names:
        raise ValueError(f"{name} is no unknown number; there is {', '.join(names) or 'none'}")
    found = covariance_of(system, theta)
    if found is None or found.root is None or not found.noise:
        raise ValueError(f"no deviation is known of {name}, by whose size its profile is looked at")
    return _Walk(system, theta, names.index(name), found.noise, found.root, seconds).profile()


class _Walk:
    """States along a profile, each from the one before."""

    def __init__(
        self, system: ResidualSystem, theta: Tensor, index: int, noise: float, root: Tensor,
        seconds: float | None,
    ) -> None:  # fmt: skip
        self._system, self._index = system, index
        self._allowance = Allowance(seconds)
        self._number = system.ansatz.numbers[index]
        self._noise, self._at = noise, system.ansatz.numbers_at + index
        self._theta = descend(system, theta, self._allowance)
        self._least = float(system.loss(self._theta))
        raw = self._theta[self._at]
        self._value = float(self._number.value(raw))
        self._deviation = abs(float(self._number.slope(raw))) * float(root[self._at].norm())

    def profile(self) -> Profile:
        points, ends = {self._value: 0.0}, []
        for sign in (-1, 1):
            state = self._theta
            for step in _STEPS:
                value = self._value + sign * step * self._deviation
                if not self._is_within(value):
                    break
                state, points[value] = self._held(state, value)
            ends.append(self._end(sign, state))
        values = tuple(sorted(points))
        rises = tuple(points[value] for value in values)
        return Profile(self._number.name, self._value, self._deviation, values, rises, *ends)

    def _end(self, sign: int, state: Tensor) -> float | None:
        """Where z is the quantile, by secants in the distance from the estimate."""
        before, after = (0.0, 0.0), (0.0, 0.0)
        distance = QUANTILE * self._deviation
        for _ in range(_SECANTS):
            value = self._value + sign * distance
            if not self._is_within(value):
                return None
            state, rise = self._held(state, value)
            before, after = after, (distance, math.sqrt(rise))
            if abs(after[1] - QUANTILE) <= _CLOSE:
                return value
            slope = (after[1] - before[1]) / ((after[0] - before[0]) or math.inf)
            if slope <= 0:
                return None
            distance = after[0] + (QUANTILE - after[1]) / slope
        return None

    def _held(self, start: Tensor, value: float) -> tuple[Tensor, float]:
        """The state of least squares with the number held, and Δχ²."""
        theta = start.clone()
        theta[self._at] = replace(self._number, guess=value).raw()
        theta = descend(self._system, theta, self._allowance, held=(self._index,))
        return theta, max(float(self._system.loss(theta)) - self._least, 0.0) / self._noise**2

    def _is_within(self, value: float) -> bool:
        low, high = self._number.lower, self._number.upper
        return (low is None or value > low) and (high is None or value < high)
