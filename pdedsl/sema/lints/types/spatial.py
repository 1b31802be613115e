"""How many conditions the boundary of an elliptic or parabolic problem has at each point."""

from __future__ import annotations

from pdedsl.calculus.types.classify import local_type
from pdedsl.calculus.types.local_type import ELLIPTIC, HYPERBOLIC, PARABOLIC, ULTRAHYPERBOLIC
from pdedsl.ir import Domain, Problem
from pdedsl.sema.lints.structure import Group

from .symbols import Symbols, symbols_of


def elliptic_order(problem: Problem, group: Group, domain: Domain) -> int | None:
    """Conditions due at each point of ∂Ω: m for a determinant of order 2m that is elliptic.

    The equations are elliptic in the sense of Douglis and Nirenberg, or parabolic with such a part
    in space, at all points and states that are looked at; None where they are not, or where the
    domain has one coordinate, as both conditions may stand at one end then.
    """
    time = problem.time.symbol if problem.time else None
    moving = time is not None and group.highest(time) > 0
    axes = domain.coordinates
    if moving and time is not None:
        whole = symbols_of(problem, group, (*axes, time))
        if whole is None or kinds(whole, len(axes)) != {PARABOLIC}:
            return None
    if len(axes) < 2:
        return None
    own = symbols_of(problem, group, axes)
    if own is None or kinds(own, None) != {ELLIPTIC}:
        return None
    degrees = {max(map(sum, s)) for s in own.points}
    return degrees.pop() // 2 if len(degrees) == 1 else None


def acts_like_time(problem: Problem, group: Group, domain: Domain) -> bool:
    """Whether steady equations have a coordinate like time somewhere, or nothing is known."""
    own = symbols_of(problem, group, domain.coordinates)
    return own is None or bool(kinds(own, None) & {HYPERBOLIC, ULTRAHYPERBOLIC})


def kinds(symbols: Symbols, time: int | None) -> set[str]:
    """Types at the points."""
    return {local_type(s, symbols.names, time).kind for s in symbols.points}
