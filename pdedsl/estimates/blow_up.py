r"""Whether a solution of y' = f(t, y) ends at a finite time, as it or its slope has no bound.

Where it does, the times t_k at which |y| passes 10^4, 10^8, 10^16 and 10^32 times its first size
come closer and closer: for y' = y^{1+p} their distances fall like 10^{-4p·2^k}. For y' = y each is
twice the one before, and for y' = y log y, whose solution exists for ever, all are alike. Where y
has a bound, or grows like a logarithm, steps become shorter than rounding while f grows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from pdedsl.geometry.arrays import Array

Slope = Callable[[float, Array], Array]

_LEVELS = (1e4, 1e8, 1e16, 1e32)  # times the largest initial value, or 1
_CLOSER = 0.7
"""Part of the distance before that the next one is at most: 0.57 for y' = y^{1.1}, 1 for y log y,
1.4 for e^{t²}. A choice between."""
_EARLY = 4.0  # times the first size, where a solution that grows is looked at
_ROUNDING = 1e-13  # of the time, below which no more steps are possible
_STEEP = 1e6  # |f| times the time so far, over |y|, from which a slope has no bound: a choice


@dataclass(frozen=True)
class Followed:
    """What became of a solution.

    Args:
        end: the time to which it was followed, and the state there.
        state: shape (n,).
        grows: whether it grows without bound near that time.
        ends: whether it ends there: it grows so, or its slope does.
        whole: whether it came to the end of time.
        early: the time and the state where it is a few times its first size; None where it is not.
    """

    end: float
    state: Array
    grows: bool
    ends: bool
    whole: bool
    early: tuple[float, Array] | None = None


def follow(slope: Slope, first: Array, span: tuple[float, float], **how: Any) -> Followed:
    """Follow a solution to the end of time, or to where it is too large.

    Args:
        slope: f.
        first: y at the start, shape (n,).
        span: start and end of time.
        how: arguments of `scipy.integrate.solve_ivp`.
    """
    size = max(1.0, float(np.abs(first).max()))

    def passes(level: float) -> Callable[[float, Array], float]:
        return lambda t, y: float(np.abs(y).max()) - level * size

    events = [passes(level) for level in (*_LEVELS, _EARLY)]
    events[len(_LEVELS) - 1].terminal = True  # type: ignore[attr-defined]
    found = solve_ivp(slope, span, first, events=events, **how)
    times = [float(own[0]) for own in found.t_events[: len(_LEVELS)] if len(own)]
    early = [(float(t), y) for t, y in zip(found.t_events[-1], found.y_events[-1], strict=True)]
    end, state = float(found.t[-1]), np.asarray(found.y[:, -1])
    stuck = found.status < 0 and bool(times)  # steps below the rounding of t
    if stuck:
        times += [end] * (len(_LEVELS) - len(times))
    grows = _closer(times, span[0])
    steep = found.status < 0 and _is_steep(slope(end, state), end - span[0], state)
    ends = grows or (steep and not times)
    return Followed(end, state, grows, ends, found.status == 0, early[0] if early else None)


def _is_steep(slope: Array, time: float, state: Array) -> bool:
    largest = float(np.abs(slope).max())
    return bool(largest * time > _STEEP * max(1.0, float(np.abs(state).max())))


def _closer(times: list[float], start: float) -> bool:
    """Whether the times at which levels are passed have a limit."""
    if len(times) < len(_LEVELS):
        return False
    gaps = [later - before for before, later in pairwise(times)]
    least = _ROUNDING * (times[-1] - start)
    return all(later <= max(_CLOSER * before, least) for before, later in pairwise(gaps))
