"""Narrow features of what is given, as a march meets them: times to stop at, elements to halve.

The residual of a window is looked at between its nodes, but at a density that the window and its
elements have. A pulse that is narrower than both is not seen there, so that windows begin and end
beside it and elements near it are as small as it is.
"""

from __future__ import annotations

import numpy as np

from pdedsl.calculus.features import Feature, FeaturePoint, features_in, features_of
from pdedsl.geometry import hull_bounds
from pdedsl.ir import Interior, Problem, Slice

_AROUND = 6.0
"""Widths on either side of a feature beyond which a Gaussian is 2e-16 of its height."""
_SHARP = 1e-7
"""Width of a jump or a kink, as a part of the interval: what stands beside one, such as the decay
of exp(-|t - c|/s), may have any."""

Place = tuple[float, float]
"""Centre and width in space."""


class GivenFeatures:
    """The features of a problem in time and at most one space coordinate.

    Args:
        problem: its sources, coefficients, and data.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        ends = list(hull_bounds(problem).values())
        self._time = ends[-1]
        self._early = 8 * float(np.spacing(max(map(abs, ends[-1]))))
        self._moving: list[Feature] = []
        self._initial: list[Place] = []
        self._fixed: list[tuple[float, float, Place]] = []  # times between which they are there
        self.pulses: list[tuple[float, float]] = []
        for law in problem.laws:
            for _, features in features_of(problem, law):
                for feature in features:
                    self._sort(feature, isinstance(law.place, Slice))

    def _sort(self, feature: Feature, initial: bool) -> None:
        last = len(self._problem.inputs) - 1
        for point in feature.points:
            place = (float(point.centre[0]), _width(point, 0))
            if initial:
                self._initial.append(place)
            elif point.fast == (last,) or (feature.isolated and last in point.fast):
                self.pulses.append(_interval(point, last, self._time))
                if len(point.fast) > 1:
                    self._fixed.append((*self.pulses[-1], place))
            elif last not in point.fast:
                self._fixed.append((*self._time, place))
            else:
                self._moving.append(feature)
                return

    @property
    def stops(self) -> list[float]:
        """Times at which windows end, ascending.

        They lie some units of rounding early: the last node of a window is its end, which is to be
        on the side of a jump on which the others are.
        """
        low, high = self._time
        times = {t - self._early for pulse in self.pulses for t in (*pulse, sum(pulse) / 2)}
        return sorted(t for t in times if low < t < high)

    def in_pulse(self, time: float) -> bool:
        """Whether a time is within a pulse."""
        return any(a <= time + self._early < b for a, b in self.pulses)

    def places(self, lower: float, upper: float) -> list[Place]:
        """Where in space features are in a window of time."""
        found = [p for a, b, p in self._fixed if a <= upper and b >= lower]
        if lower <= self._time[0]:
            found += self._initial
        if self._moving:
            for time in (lower, (lower + upper) / 2, upper):
                found += self._at(time)
        return list(dict.fromkeys(found))

    def _at(self, time: float) -> list[Place]:
        """Where those that move are at a time."""
        problem, symbol = self._problem, self._problem.inputs[-1]
        (x, ends), *_ = hull_bounds(problem).items()
        laws = (law for law in problem.laws if isinstance(law.place, Interior))
        terms = [problem.substitute(r).subs(symbol, time) for law in laws for r in law.residuals]
        found = features_in(terms, problem.inputs, {x: ends}, {symbol: time})
        return [(float(p.centre[0]), _width(p, 0)) for f in found for p in f.points]


def _width(point: FeaturePoint, column: int) -> float:
    """The width along an input."""
    lengths = np.abs(point.axes[:, column])
    along = lengths > 0
    widths = np.where(point.widths > 0, point.widths, _SHARP)
    return float((widths * lengths)[along].min()) if along.any() else 0.0


def _interval(point: FeaturePoint, column: int, ends: tuple[float, float]) -> tuple[float, float]:
    centre, reach = float(point.centre[column]), _AROUND * _width(point, column)
    return max(centre - reach, ends[0]), min(centre + reach, ends[1])
