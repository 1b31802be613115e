"""When an estimate of the error may be believed: what bases of several degrees say of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .correction import State
from .estimate import RELIABLE, Squares, unexplained

ENOUGH, CERTAIN = 0.1, 0.03
"""The part of the residual below which the degree is not raised, where the estimate is that of the
degree before, and where it need not be: the ratio of estimate and error was 0.94 to 1.04 in 30
cases with less than a tenth, but 0.34 for a solution of allen_cahn_anagram that is far off, whose
estimates grew by a third from degree to degree."""
_STEADY = 0.1  # the change of an estimate from degree to degree, a choice
_FAR_BETTER = 1e-3  # part of the largest relative error, below which that of a component is small
# Parts of `left` from degree to degree. Above the first one it has stalled: polynomials of degree 9
# to 50 leave 0.19 to 0.16 of the front of burgers, with an estimate of 0.6 to 0.7 of the error.
_STALLED, _FALLING = 0.93, 0.7
_HOLDS = 1e-5
"""The residual beside its terms from which on an error is no larger than the solution, unless the
equations hardly tell it: 6e-7 is that of a plane wave with an error of 7e-6."""
_NONE_AT_CORNERS = 1e-4  # of `left`, below which one degree is enough with corners: a choice


@dataclass(frozen=True)
class Correction:
    """What was found of the error.

    Args:
        state: u_h + e, and the coefficients of e; None where no basis was solved.
        squares: by component, see `squares_of`.
        left: see the module docstring.
        reason: why it is no better; empty where less than `ENOUGH` is left.
        at_rounding: whether the residual of u_h is rounding.
        complete: whether what is left is rounding, which no more functions lower.
        missed: given values beside the estimated error, see `missed_values`.
    """

    state: State | None
    squares: Mapping[str, Squares]
    left: float
    reason: str = ""
    at_rounding: bool = False
    complete: bool = False
    missed: float = 0.0


def is_settled(found: Sequence[Correction]) -> bool:
    """Whether little is left of the residual, and the estimate is that of the degree before."""
    last = found[-1]
    if len(found) < 2 or last.left < CERTAIN:
        return last.left < CERTAIN
    return last.left < ENOUGH and _change(found[-2], last) < _STEADY


def is_settled_at_corners(found: Sequence[Correction]) -> bool:
    """The same where the solution may be singular at corners.

    What a fit leaves there does not fall with the degree, is small beside the residual of a poor
    solution, and hides an error of the size of the solution: on poisson_lshape without functions
    for its corner 7 % are left of degrees 12 to 30, with estimates of 3 to 5 times the error.
    """
    last = found[-1]
    if len(found) < 2 or last.left < _NONE_AT_CORNERS:
        return last.left < _NONE_AT_CORNERS
    return last.left < ENOUGH and _falls(found[-2], last) and _change(found[-2], last) < _STEADY


def _falls(before: Correction, after: Correction) -> bool:
    return after.left <= _FALLING * before.left


def _change(before: Correction, after: Correction) -> float:
    """The largest change of an estimate, relative, among components that are not far better."""
    parts = {name: own.error / own.size if own.size else 0.0 for name, own in after.squares.items()}
    least = _FAR_BETTER**2 * max(parts.values(), default=0.0)
    own = {name: after.squares[name].error for name, part in parts.items() if part > least}
    ratios = (math.sqrt(before.squares[name].error / error) for name, error in own.items())
    return max((abs(ratio - 1) for ratio in ratios), default=0.0)


def best(found: Sequence[Correction], why: str, corners: bool) -> Correction:
    """The last correction where it may be believed, and else the best with the reason why not.

    The residual of a front that no degree resolves may be small beside that of a poor solution and
    hardly fall any more, while the error is twice the estimate.

    Args:
        found: of a solution, in the order of their degrees.
        why: no further degree was tried.
        corners: whether the solution may be singular at corners.
    """
    if not found:
        reason = f"no basis richer than that of the solution was tried: {why}"
        return Correction(None, {}, math.nan, reason)
    last, before = found[-1], found[-2] if len(found) > 1 else None
    if before is None:
        assert last.state is not None
        reliable = last.left < ENOUGH and last.state.system.linear and not corners
    else:
        falls = (last.left < ENOUGH and not corners) or _falls(before, last)
        reliable = last.left <= RELIABLE and falls and _change(before, last) < _STEADY
    if reliable:
        return last
    if corners and before is None and last.left < ENOUGH:
        return replace(last, reason=f"one degree alone tells nothing of corners; {why}")
    nearest = min(found, key=lambda correction: correction.left)
    if nearest.left < ENOUGH:
        found_so = "what is left of the residual does not fall, as at corners without functions"
        still = found_so if corners else "the estimate still changes with the functions"
        return replace(nearest, reason=f"{still}; {why}")
    return replace(nearest, reason=f"{unexplained(nearest.left)}; {why}")


def believed(found: Correction, level: float) -> Correction:
    """The correction, with a reason against it where there is one.

    One is that laws hold and it exceeds the solution; another that with it given values are still
    missed by more than itself.

    Args:
        found: of any kind.
        level: the residual of u_h beside the size of its terms.
    """
    error = sum(own.error for own in found.squares.values())
    size = sum(own.size for own in found.squares.values())
    if found.reason or found.at_rounding:
        return found
    if found.missed > 1:
        reason = "given values are missed by more than what is found of the error"
        return replace(found, reason=reason)
    if level < _HOLDS and error > size:
        reason = f"the laws hold to {level:.0e}, and with them an error as large as the solution"
        return replace(found, reason=reason)
    return found


def has_stalled(found: Sequence[Correction]) -> bool:
    """Whether the last two raises of the degree have changed little of what is left."""
    return len(found) > 2 and all(b.left > _STALLED * a.left for a, b in pairwise(found[-3:]))
