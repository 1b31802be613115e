r"""The time at which an evolution has no classical solution any more.

Two things end one: values grow without bound, as of u_t = u_xx + u², and slopes do, where
characteristics of first-order equations meet, as of u_t + u u_x = 0. Both are looked for on grids
of finite differences (`semidiscrete`), which have to agree on the time. Slopes G become infinite
like 1/(T − t), so that 1/G is a straight line, which ends at T; for ever growing ones it is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp
from sympy.core.function import AppliedUndef

from pdedsl.calculus.coefficients import coefficients
from pdedsl.geometry.arrays import Array
from pdedsl.ir import Interior, Problem

from .blow_up import follow
from .semidiscrete import Semidiscrete, semidiscrete

_GRIDS = {1: (100, 160), 2: (20, 28)}
"""Points along each coordinate, by the number of these, for values that grow."""
_LINES = ((800, 1200), (1600, 2400), (3200, 4000))
"""The same for slopes on a line; more where the solution is steep from the beginning."""
_AGREE = 0.03  # of the time from the start, the most that two grids may differ by: a choice
_MOST = 20_000  # evaluations of the right-hand side: a second or two
_TOLERANCE = 1e-6
# Points over which the solution changes by its size, where a slope is still resolved: with 8 of
# them the time for sin(πx) is 2 % late, with 16 one per cent.
_RESOLVED = 16
# Of its size, what a solution that grows changes by between neighbours at most, early on: what
# differences make grow oscillates from point to point.
_SMOOTH = 0.5
_EVERYWHERE = 0.5  # of the largest size, above which no place is singled out: a choice
_PARTS = (1 / 4, 1 / 2, 1.0)  # of the largest slope that is, at which 1/G has to be on a line
_STRAIGHT = 0.3  # of the time between them, what both lines may differ by: 0.5 for G = e^t
_JUMP = 0.3  # of its range, what an initial state changes by from point to point where it jumps


@dataclass(frozen=True)
class SingularTime:
    """When, where and what.

    Args:
        time: the last one with a classical solution; infinite where it is known to be smooth.
        component: name of the field.
        place: where it is, by the names of coordinates; empty where it is everywhere.
        kind: what happens there.
    """

    time: float
    component: str
    place: dict[str, float]
    kind: str


SMOOTH = SingularTime(math.inf, "", {}, "")
GROWS, HURRIES = "grows without bound", "changes infinitely fast"
STEEPENS, JUMPS = "becomes infinitely steep", "jumps"


@lru_cache(maxsize=4)
def singular_time(problem: Problem) -> SingularTime | None:
    """That of a problem in space and time before its end; None where nothing is known of it.

    A nonlinear equation in one or two coordinates on a box; slopes in one coordinate, and where no
    equation has second derivatives.
    """
    if problem.time is None or not problem.domains:
        return None
    inputs = len(problem.domains[0].coordinates)
    tries: list[tuple[Find, tuple[int, int]]] = []
    if inputs == 1 and _is_nonlinear(problem, quasilinear=True):
        tries += [(_steep, counts) for counts in _LINES]
    if inputs in _GRIDS and _is_nonlinear(problem, quasilinear=False):
        tries.append((_growth, _GRIDS[inputs]))
    start = problem.number(problem.time.lower)
    for find, counts in tries:
        one = _on_grid(problem, counts[0], find)
        two = None if one is None else _on_grid(problem, counts[1], find)
        if one is None or two is None or one.kind != two.kind:
            continue
        if one is two is SMOOTH:
            return SMOOTH
        if abs(one.time - two.time) <= _AGREE * (two.time - start):
            return two
    return None


Find = Callable[[Problem, Semidiscrete], SingularTime | None]


def _on_grid(problem: Problem, count: int, find: Find) -> SingularTime | None:
    system = semidiscrete(problem, count)
    if system is None:
        return None
    try:
        with np.errstate(all="ignore"):
            return find(problem, system)
    except (_TooLongError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None


class _TooLongError(Exception):
    """More evaluations than were meant."""


def _counted(slope: Callable[[float, Array], Array]) -> Callable[[float, Array], Array]:
    calls = [0]

    def counted(t: float, y: Array) -> Array:
        calls[0] += 1
        if calls[0] > _MOST:
            raise _TooLongError
        return slope(t, y)

    return counted


def _is_nonlinear(problem: Problem, quasilinear: bool) -> bool:
    """Whether an equation has products of unknowns; of derivatives with them, if so asked."""
    residuals = [
        problem.substitute(r).doit()
        for law in problem.laws if isinstance(law.place, Interior) for r in law.residuals
    ]  # fmt: skip
    return any(
        factor.has(AppliedUndef)
        for residual in residuals
        for node, factor in coefficients(residual).items()
        if isinstance(node, sp.Derivative) or not quasilinear
    )


def _growth(problem: Problem, system: Semidiscrete) -> SingularTime | None:
    """Values that grow without bound."""
    how: dict[str, object] = {"method": "BDF", "rtol": _TOLERANCE, "atol": _TOLERANCE}
    if not system.diffuses:
        how["method"] = "RK45"
    else:
        how["jac_sparsity"] = _pattern(system)
    found = follow(_counted(system.slope), system.first.ravel(), system.span, **how)
    state = _whole(system, found.end, found.state)
    early = _whole(system, *found.early) if found.early else state
    if not found.ends or not _is_smooth(system, early):
        return None
    if not found.grows:
        state = system.slope(found.end, found.state).reshape(system.first.shape)
    kind = GROWS if found.grows else HURRIES
    return _named(problem, system, found.end, np.abs(state[list(system.components)]), kind)


def _whole(system: Semidiscrete, t: float, flat: Array) -> Array:
    return system.whole(t, flat.reshape(system.first.shape))


def _is_smooth(system: Semidiscrete, states: Array) -> bool:
    """Whether neighbours differ by less than a part of the largest value."""
    for i in system.components:
        values = states[i].reshape(system.shape)
        steps = [float(np.abs(np.diff(values, axis=k)).max()) for k in range(values.ndim)]
        if max(steps) > _SMOOTH * max(
            float(np.abs(own).max()) for own in (values, system.first[i])
        ):
            return False
    return True


def _pattern(system: Semidiscrete) -> Array:
    """Which rates may depend on which values: neighbours, the next but one, and all states."""
    near = sum((abs(m) for m in system.slopes), start=abs(system.slopes[0]))
    near = ((near @ near @ near + near) != 0).astype(float).toarray()
    near += np.eye(len(near))
    states = len(system.first)
    return np.asarray(np.tile(near, (states, states)))


def _steep(problem: Problem, system: Semidiscrete) -> SingularTime | None:
    """Slopes that become infinite, where no equation has second derivatives."""
    if system.diffuses:
        return None
    (matrix,) = system.slopes
    sizes = np.array([max(float(np.ptp(system.first[i])), 1e-300) for i in system.components])
    step = float(system.grid[0][1] - system.grid[0][0])

    def slopes(t: float, flat: Array) -> Array:
        states = _whole(system, t, flat)
        own = [np.abs(matrix @ states[i]) for i in system.components]
        return np.asarray(np.array(own) / sizes.max())

    most = 1 / (_RESOLVED * step)
    first = slopes(system.span[0], system.first.ravel())
    if float(first.max()) * 2 * step > _JUMP:
        return _named(problem, system, system.span[0], first, JUMPS)
    levels = [most * part for part in _PARTS]
    if float(first.max()) > levels[0]:
        return None  # steeper than what these points follow

    def passes(level: float) -> Callable[[float, Array], float]:
        return lambda t, y: float(slopes(t, y).max()) - level

    events = [passes(level) for level in levels]
    events[-1].terminal = True  # type: ignore[attr-defined]
    found = solve_ivp(_counted(system.slope), system.span, system.first.ravel(), "RK45",
                      rtol=_TOLERANCE, atol=_TOLERANCE, events=events)  # fmt: skip
    times = [float(own[0]) for own in found.t_events if len(own)]
    if len(times) < len(levels):
        return SMOOTH if found.status == 0 else None
    ends = [b + (b - a) for a, b in pairwise(times)]  # 1/G has halved
    if abs(ends[1] - ends[0]) > _STRAIGHT * (times[-1] - times[0]):
        return None
    if ends[1] > system.span[1]:
        return SMOOTH
    return _named(problem, system, ends[1], slopes(times[-1], found.y[:, -1]), STEEPENS)


def _named(
    problem: Problem, system: Semidiscrete, time: float, sizes: Array, kind: str
) -> SingularTime:
    """The component and the place of the largest size, shape (components, points)."""
    which, at = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    names = [str(axis) for axis in problem.domains[0].coordinates]
    place = {name: float(own[at]) for name, own in zip(names, system.grid, strict=True)}
    if float(sizes[which].min()) > _EVERYWHERE * float(sizes[which].max()):
        place = {}
    return SingularTime(time, problem.components[int(which)].func.__name__, place, kind)
