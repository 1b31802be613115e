"""Bases of growing size, until they resolve the solution, stop getting better, or the time ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from torch.linalg import LinAlgError

from pdedsl.choice.allowance import SpentError
from pdedsl.diagnostics import UserError
from pdedsl.ir import TooLargeError
from pdedsl.models import MisfitError


class Trial(Protocol):
    """What was found in one basis."""

    @property
    def level(self) -> float:
        """Part of the residual that is left; infinite where the basis resolves nothing."""


S = TypeVar("S")
T = TypeVar("T", bound=Trial)


def degrees(first: int, growth: float, functions: Callable[[int], int], most: int) -> Iterator[int]:
    """Degrees that grow by a factor, as long as a basis of the degree has no more functions.

    Args:
        first: the least degree.
        growth: the factor, above 1.
        functions: of a degree.
        most: functions that a basis may have.
    """
    degree = first
    while functions(degree) <= most:
        yield degree
        degree = math.ceil(growth * degree)


def best_of_growing(
    sizes: Iterable[S],
    solve: Callable[[S, T | None], T],
    fall: float,
    patience: int,
    rounding: float = 0.0,
    again: int = 0,
) -> T | None:
    """The trial of the least level; None where no basis resolves anything.

    Where the time ends or a basis cannot be built, what was found before stands.

    Args:
        sizes: of the bases, growing.
        solve: called with a size and the best so far.
        fall: part of the best level below which another is better.
        patience: trials in a row without a better one, after which it ends.
        rounding: a level at which it ends sooner.
        again: trials in a row without a better one, after which it ends there.
    """
    best: T | None = None
    idle = 0
    try:
        for size in sizes:
            found = solve(size, best)
            if best is None and math.isinf(found.level):
                continue
            better = best is None or found.level < fall * best.level
            best, idle = (found, 0) if best is None or better else (best, idle + 1)
            if idle == patience or (idle >= again and best.level <= rounding):
                break
    except (SpentError, UserError, MisfitError, ValueError, TooLargeError, LinAlgError):
        pass
    return best
