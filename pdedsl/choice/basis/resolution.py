r"""How many functions of a basis the solution of a problem needs.

For a ladder of sizes P the residual of all laws is minimised over the span of a basis, plane
waves in the periodic axes and Legendre polynomials in the others, of total degree K. The part of
the residual of u = 0 that is left,

.. math:: ρ(K) = \Bigl(\min_θ ‖r(θ)‖² \Big/ ‖r(0)‖²\Bigr)^{1/2},

falls like e^{−cK} for a solution that is analytic (Canuto, Hussaini, Quarteroni and Zang,
Spectral Methods, 2006, chapter 5) once K has reached its wave number, down to rounding. A ladder
ends there, or where ρ no longer falls. These limits are sizes and counts, so that the same problem
has the same ladder on every machine but for rounding; an `Allowance` of time bounds what is dear
at any size, such as an integral over a domain for every value of a parameter.

A nonlinear problem has minima of ‖r‖ that are no solutions; a small ρ is one that is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.linalg import LinAlgError

from pdedsl.choice.allowance import Allowance
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem, TooLargeError

from .known_degrees import NotSmoothError
from .rungs import ROUNDING, Modes, Rung, SpentError, Work, functions_of, measured

PROMISING = 1e-4
"""ρ at which the next sizes are likely to resolve the solution."""

_FIRST = 10  # functions
_GROWTH = 1.4  # of the size from rung to rung
_LAST_GROWTH = 1.15
_FALL = 0.15  # ρ above this part of that two rungs before has stopped falling
# Sizes from which that counts: K may have to reach the wave number first, which costs little
# where a rung is one least-squares problem.
_PATIENT = {True: 350, False: 120}


@dataclass(frozen=True)
class Resolution:
    """The rungs that were tried, and why there are no more, in words.

    Args:
        rungs: in ascending order.
        end: the reason.
        cut: whether the time was spent, so that larger bases may do what these do not.
        rough: whether a known term is not smooth, so that none will.
    """

    rungs: tuple[Rung, ...]
    end: str
    cut: bool = False
    rough: bool = False

    @property
    def best(self) -> Rung | None:
        """The first rung with ρ within a factor 2 of the least, or at rounding level."""
        least = min((r.residual for r in self.rungs), default=math.inf)
        return next((r for r in self.rungs if r.residual <= max(ROUNDING, 2 * least)), None)


@dataclass(frozen=True)
class Limits:
    """Where a search ends before it runs out of sizes.

    Args:
        patience: functions from which ρ has to fall.
        dear: functions from which ``fine`` is enough.
        fine: ρ at or below this.
    """

    patience: int
    dear: float = math.inf
    fine: float = ROUNDING


Following = Callable[[Sequence[Rung]], tuple[Modes, Tensor | None] | str]
"""After some rungs the next size and the coefficients to begin with, or why there is none."""


def resolve(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    most: int = 800,
    allowance: Allowance | None = None,
    told: Callable[[Rung], None] | None = None,
) -> Resolution:
    """Climb the ladder.

    Args:
        lowered: a problem whose domains are boxes.
        linear: whether all laws are.
        weights: of the loss.
        most: functions of all components together.
        allowance: of computing, extended once ρ is `PROMISING`; a rung that would take longer than
            what is left is not begun, and one that does is given up. None for no bound.
        told: called with every rung.
    """
    sizes = ladder(lowered.problem, most)

    def following(rungs: Sequence[Rung]) -> tuple[Modes, Tensor | None] | str:
        modes = next(sizes, None)
        return larger(most) if modes is None else (modes, None)

    return climb(lowered, linear, weights, following, Limits(_PATIENT[linear]), allowance, told)


def larger(most: int) -> str:
    """Why a search ends at so many functions."""
    return f"larger ones have more than {most} functions"


def climb(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    following: Following,
    limits: Limits,
    allowance: Allowance | None = None,
    told: Callable[[Rung], None] | None = None,
) -> Resolution:
    """Measure one size after another.

    Args:
        lowered: a problem whose domains are boxes.
        linear: whether all laws are.
        weights: of the loss.
        following: the sizes.
        limits: of the search.
        allowance: as for `resolve`.
        told: called with every rung.
    """
    problem = lowered.problem
    if problem.numbers or any(law.kind == "fit" for law in problem.laws):
        return Resolution((), "numbers or data are to be fitted")
    rungs: list[Rung] = []
    allowance = allowance or Allowance(None)
    work = Work(allowance)
    try:
        while not isinstance(step := following(rungs), str):
            rung = measured(lowered, step[0], linear, weights, work, step[1])
            if rung is None:
                return Resolution(tuple(rungs), "more points would be needed")
            rungs.append(rung)
            if told is not None:
                told(rung)
            if end := _end(rungs, limits):
                return Resolution(tuple(rungs), end)
            if rung.residual <= PROMISING:
                allowance.extend()
    except SpentError:
        spent = f"the {allowance.seconds:.2g} s for them are spent"
        end = "the search was stopped" if allowance.stopped else spent
        return Resolution(tuple(rungs), end, cut=True)
    except NotSmoothError as error:
        return Resolution(tuple(rungs), str(error), rough=True)
    except (UserError, ValueError, TooLargeError, LinAlgError) as error:
        return Resolution(tuple(rungs), str(error))
    return Resolution(tuple(rungs), step)


def ladder(problem: Problem, most: int) -> Iterator[int]:
    """K, from rung to rung, with at most so many functions of all components together."""
    modes, last = 1, 0
    while (size := functions_of(problem, modes)) <= most:
        enough = size >= max(_FIRST, _GROWTH * last)
        final = size >= _LAST_GROWTH * last and functions_of(problem, modes + 1) > most
        if enough or final:
            last = size
            yield modes
        modes += 1


def _end(rungs: Sequence[Rung], limits: Limits) -> str | None:
    rung = rungs[-1]
    if not math.isfinite(rung.residual):
        return "the residual is not a finite number"
    if rung.residual <= (limits.fine if rung.size >= limits.dear else ROUNDING):
        return "the residual is at the level of rounding"
    before = rungs[-3].residual if len(rungs) > 2 else math.inf
    if rung.size >= limits.patience and rung.residual > _FALL * before:
        return "the residual no longer falls"
    return None
