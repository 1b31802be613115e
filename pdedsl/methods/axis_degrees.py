r"""A degree for each axis in which the solution of a problem is resolved.

The first degrees are those of the known terms (`pdedsl.conditioning.known_degrees`): the solution
of an elliptic problem, or one that was made up, needs hardly more; products of waves in a nonlinear
equation have twice their wave number. Where the residual that is left (`rungs`) is above rounding,
the coefficients say which axis is too short: the part of their square sum in the last functions of
axis i,

.. math:: τ_i = \Bigl(\sum_{n_i > K_i - 2} c_n² \Big/ \sum_n c_n²\Bigr)^{1/2},

falls with K_i like the residual. Waves have two functions of one wave number. Axes with τ_i near
the largest get more functions.

Against polynomials of a total degree (`resolution`) all products of degrees up to K_i are fewer
where the solution is a product or differs between the axes, and more where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor
from torch.linalg import LinAlgError

from pdedsl.compiler.points import circles
from pdedsl.conditioning.known_degrees import known_degrees
from pdedsl.diagnostics import UserError
from pdedsl.ir import Problem, TooLargeError

from .allowance import Allowance
from .resolution import FITTED, Resolution, is_fitted
from .rungs import ROUNDING, Rung, SpentError, Work, functions_of, measured

_LEAST_DEGREE = 4
_GROWTH = 1.3
_LAST = 2  # functions of an axis whose coefficients are looked at
_NEAR = 0.03  # part of the largest τ at which an axis gets more functions as well
_SMALL = 1e-14  # τ of an axis that has enough
_FINE, _DEAR = 1e-13, 350  # ρ that is fine enough for so many functions
# As in `resolution`, but an axis of which nothing is known may have far to go.
_FALL = 0.15
_PATIENT = {True: 1_000, False: 350}


def resolve_by_axis(
    problem: Problem,
    linear: bool,
    weights: Mapping[str, float],
    most: int,
    seconds: float | None = None,
    told: Callable[[Rung], None] | None = None,
) -> Resolution:
    """Raise the degrees of the axes until the residual is at the level of rounding.

    Args:
        problem: on a box, all unknowns with the same inputs.
        linear: whether all laws are.
        weights: of the loss.
        most: functions of all components together.
        seconds: of computing, as for `resolution.resolve`.
        told: called with every rung.
    """
    if is_fitted(problem):
        return Resolution((), FITTED)
    rungs: list[Rung] = []
    work = Work(allowance := Allowance(seconds))
    try:
        degrees: tuple[int, ...] | None = _first(problem, linear)
        while degrees is not None and functions_of(problem, degrees) <= most:
            start = _extended(problem, rungs[-1], degrees) if rungs and not linear else None
            rung = measured(problem, degrees, linear, weights, work, start)
            if rung is None:
                return Resolution(tuple(rungs), "more points would be needed")
            rungs.append(rung)
            if told is not None:
                told(rung)
            if end := _end(rungs, linear):
                return Resolution(tuple(rungs), end)
            degrees = _raised(problem, rung)
    except SpentError:
        end = f"the {allowance.seconds:.2g} s for them are spent"
        return Resolution(tuple(rungs), end, cut=True)
    except (UserError, ValueError, TooLargeError, LinAlgError) as error:
        return Resolution(tuple(rungs), str(error))
    if degrees is None:
        return Resolution(tuple(rungs), "the last coefficients are at the level of rounding")
    return Resolution(tuple(rungs), f"larger ones have more than {most} functions")


def _first(problem: Problem, linear: bool) -> tuple[int, ...]:
    out = []
    for degree, circle in zip(known_degrees(problem), circles(problem), strict=True):
        waves = degree + 1 if linear else 2 * degree + 1
        out.append(waves if circle else max(_LEAST_DEGREE, degree))
    return tuple(out)


def _end(rungs: list[Rung], linear: bool) -> str | None:
    rung = rungs[-1]
    if not math.isfinite(rung.residual):
        return "the residual is not a finite number"
    if rung.residual <= (_FINE if rung.size >= _DEAR else ROUNDING):
        return "the residual is at the level of rounding"
    before = rungs[-3].residual if len(rungs) > 2 else math.inf
    if rung.size >= _PATIENT[linear] and rung.residual > _FALL * before:
        return "the residual no longer falls"
    return None


def _raised(problem: Problem, rung: Rung) -> tuple[int, ...] | None:
    """The degrees after those of a rung; None where all axes have enough."""
    assert rung.theta is not None and not isinstance(rung.modes, int)
    tails = _tails(rung.theta, rung.modes, circles(problem))
    if max(tails) <= _SMALL:
        return None
    least = max(_NEAR * max(tails), _SMALL)
    return tuple(
        math.ceil(_GROWTH * degree) + 1 if tail >= least else degree
        for degree, tail in zip(rung.modes, tails, strict=True)
    )


def _extended(problem: Problem, rung: Rung, degrees: tuple[int, ...]) -> Tensor:
    """The coefficients of a rung in a basis with more functions, which come after its own."""
    assert rung.theta is not None and not isinstance(rung.modes, int)
    signed = circles(problem)
    before, after = _counts(rung.modes, signed), _counts(degrees, signed)
    given = rung.theta.reshape(-1, *before)
    out = given.new_zeros((len(given), *after))
    out[(slice(None), *(slice(count) for count in before))] = given
    return out.flatten()


def _counts(degrees: tuple[int, ...], signed: Sequence[bool]) -> list[int]:
    """Functions of each axis."""
    return [2 * k + 1 if waves else k + 1 for k, waves in zip(degrees, signed, strict=True)]


def _tails(theta: Tensor, degrees: tuple[int, ...], signed: Sequence[bool]) -> list[float]:
    """τ of every axis, the largest of all components.

    Args:
        theta: coefficients, one component after another, the last axis fastest.
        degrees: K of each axis.
        signed: whether an axis has waves, two of each wave number.
    """
    counts = _counts(degrees, signed)
    squares = theta.reshape(-1, *counts).square()
    total = squares.flatten(1).sum(1)
    out = []
    for axis, count in enumerate(counts):
        last = min(count, _LAST)
        part = squares.narrow(axis + 1, count - last, last).flatten(1).sum(1)
        out.append(float((part / total.clamp_min(1e-300)).max().sqrt()))
    return out
