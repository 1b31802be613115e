r"""A degree for each axis in which the solution of a problem is resolved.

The first degrees are those of the known terms (`pdedsl.choice.basis.known_degrees`): the solution
of an elliptic problem, or one that was made up, needs hardly more; products of waves in a nonlinear
equation have twice their wave number. Where the residual that is left (`rungs`) is above rounding,
the coefficients say which axis is too short: the part of their square sum in the last functions of
axis i,

.. math:: τ_i = \Bigl(\sum_{n_i > K_i - 2} c_n² \Big/ \sum_n c_n²\Bigr)^{1/2},

falls with K_i like the residual; of waves it is those of the last third. Axes with τ_i near the
largest get more functions.

Against polynomials of a total degree (`resolution`) all products of degrees up to K_i are fewer
where the solution is a product or differs between the axes, and more where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.ir import Problem

from .known_degrees import known_degrees
from .resolution import Limits, Resolution, climb, larger
from .rungs import Modes, Rung, functions_of

_LEAST_DEGREE = 4
_GROWTH = 1.3
_LAST_DEGREES = 2
_LAST_WAVES, _WAVES = 2, 1 / 3  # at least, and as part of all
_NEAR = 0.03  # part of the largest τ at which an axis gets more functions as well
_SMALL = 1e-14  # τ of an axis that has enough
_ZERO = 1e-24  # square sum of a component that is rounding, as part of the largest
# As for the ladder, but an axis of which nothing is known may have far to go.
_LIMITS = {
    True: Limits(patience=1_000, dear=350, fine=1e-13),
    False: Limits(patience=350, dear=350, fine=1e-13),
}


def resolve_by_axis(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    most: int,
    allowance: Allowance | None = None,
    told: Callable[[Rung], None] | None = None,
) -> Resolution:
    """Raise the degrees of the axes until the residual is at the level of rounding.

    Args:
        lowered: a problem on a box, all unknowns with the same inputs.
        linear: whether all laws are.
        weights: of the loss.
        most: functions of all components together.
        allowance: as for `resolution.resolve`.
        told: called with every rung.
    """
    problem = lowered.problem

    def following(rungs: Sequence[Rung]) -> tuple[Modes, Tensor | None] | str:
        degrees = _raised(problem, rungs[-1]) if rungs else _first(problem, linear)
        if degrees is None:
            return "the last coefficients are at the level of rounding"
        if functions_of(problem, degrees) > most:
            return larger(most)
        return degrees, _extended(problem, rungs[-1], degrees) if rungs and not linear else None

    return climb(lowered, linear, weights, following, _LIMITS[linear], allowance, told)


def _circles(problem: Problem) -> list[bool]:
    """For each argument of the unknowns, whether they are periodic in it."""
    return [axis.period is not None for axis in component_axes(problem)[0]]


def _first(problem: Problem, linear: bool) -> tuple[int, ...]:
    out = []
    for degree, circle in zip(known_degrees(problem), _circles(problem), strict=True):
        # With room for waves that are not there, which say that the axis has enough.
        waves = (degree if linear else 2 * degree) + _LAST_WAVES
        out.append(waves if circle else max(_LEAST_DEGREE, degree))
    return tuple(out)


def _raised(problem: Problem, rung: Rung) -> tuple[int, ...] | None:
    """The degrees after those of a rung; None where all axes have enough."""
    assert rung.theta is not None and not isinstance(rung.modes, int)
    tails = _tails(rung.theta, rung.modes, _circles(problem))
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
    signed = _circles(problem)
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
    total = total.clamp_min(max(_ZERO * float(total.max()), 1e-300))
    out = []
    for axis, (degree, count, waves) in enumerate(zip(degrees, counts, signed, strict=True)):
        # A solution of fewer symmetries than its waves has only every second one, or every third.
        last = 2 * max(_LAST_WAVES, math.ceil(_WAVES * degree)) if waves else _LAST_DEGREES
        last = min(count, last)
        part = squares.narrow(axis + 1, count - last, last).flatten(1).sum(1)
        out.append(float((part / total).max().sqrt()))
    return out
