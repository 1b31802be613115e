r"""A degree for each axis in which the solution of a problem is resolved.

The first degrees are those of the known terms (`known_degrees`): the solution of an elliptic
problem, or one that was made up, needs hardly more; products of waves in a nonlinear equation have
twice their wave number. Where the residual that is left (`trial`) is above rounding, the
coefficients say which axis is not resolved. The tail of axis i, the part of their square sum in its
last functions,

.. math:: τ_i = \Bigl(\sum_{n_i > K_i - 2} c_n² \Big/ \sum_n c_n²\Bigr)^{1/2},

falls with K_i like the residual; of waves it is those of the last third. Axes whose tail is near
the largest are refined.

Against polynomials of a total degree (`total_degrees`) all products of degrees up to K_i are fewer
where the solution is a product or differs between the axes, and more where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.choice.tuning import AXES, SEARCH, by_linearity
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.conditioning.discretisation import component_axes
from pdedsl.ir import Problem

from .known_degrees import known_degrees
from .search import SearchResult, StopRule, search, too_many
from .trial import BasisTrial
from .trial_method import Modes, functions_of


def search_axis_degrees(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    most: int,
    allowance: Allowance | None = None,
    notify: Callable[[BasisTrial], None] | None = None,
) -> SearchResult:
    """Refine the axes until the residual is at the level of rounding.

    The problem is on a box, all unknowns with the same inputs; ``most`` bounds the functions of all
    components together. Other arguments as for `search`.
    """
    problem = lowered.problem
    if on_shapes(problem):
        return SearchResult((), "the domain is no box, or has singular corners")

    def next_size(trials: Sequence[BasisTrial]) -> tuple[Modes, Tensor | None] | str:
        waves = [axis.period is not None for axis in component_axes(problem)[0]]
        degrees = _refine(trials[-1], waves) if trials else _first(problem, waves, linear, most)
        if degrees is None:
            return "the last coefficients are at the level of rounding"
        degrees = _fitting(problem, degrees, most)
        if trials and functions_of(problem, degrees) < SEARCH.last_growth * trials[-1].size:
            return too_many(most)
        return degrees, _prolong(trials[-1], degrees, waves) if trials and not linear else None

    patience = by_linearity(linear).patience_by_axis
    rule = StopRule(patience, SEARCH.dear, SEARCH.fine)
    return search(lowered, linear, weights, next_size, rule, allowance, notify)


def _first(problem: Problem, waves: Sequence[bool], linear: bool, most: int) -> tuple[int, ...]:
    """The degrees of the known terms, or smaller ones where these have too many functions.

    Then less than rounding is resolved, which may be enough: what is known of a Gaussian to 1e-14
    needs twice the degree of what is known to 1e-4.
    """
    degrees = _of_known_terms(problem, waves, linear)
    if functions_of(problem, degrees) <= most:
        return degrees
    return _fitting(problem, degrees, math.floor(AXES.first_share * most))


def _fitting(problem: Problem, degrees: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Degrees in the same proportion with at most so many functions of all components together."""
    while functions_of(problem, degrees) > most and max(degrees) > 1:
        degrees = tuple(max(1, math.floor(k * AXES.shrink)) for k in degrees)
    return degrees


def _of_known_terms(problem: Problem, waves: Sequence[bool], linear: bool) -> tuple[int, ...]:
    out = []
    for degree, periodic in zip(known_degrees(problem), waves, strict=True):
        # With more waves than are known: if their coefficients vanish, the axis is resolved.
        number = (degree if linear else 2 * degree) + AXES.tail_waves
        out.append(number if periodic else max(AXES.least_degree, degree))
    return tuple(out)


def _refine(trial: BasisTrial, waves: Sequence[bool]) -> tuple[int, ...] | None:
    """The degrees after those of a trial; None where all axes are resolved."""
    assert trial.theta is not None and not isinstance(trial.modes, int)
    return refined_degrees(trial.theta, trial.modes, waves, AXES.growth)


def refined_degrees(
    theta: Tensor, degrees: tuple[int, ...], waves: Sequence[bool], growth: float
) -> tuple[int, ...] | None:
    """Degrees of which those of the axes that are not resolved have grown; None where all are.

    Args:
        theta: coefficients, one component after another, the last axis fastest.
        degrees: of each axis.
        waves: whether an axis has waves for functions.
        growth: factor of a degree that grows.
    """
    tails = _tails(theta, degrees, waves)
    if max(tails) <= AXES.resolved:
        return None
    least = max(AXES.near * max(tails), AXES.resolved)
    return tuple(
        math.ceil(growth * degree) + 1 if tail >= least else degree
        for degree, tail in zip(degrees, tails, strict=True)
    )


def _prolong(trial: BasisTrial, degrees: tuple[int, ...], waves: Sequence[bool]) -> Tensor:
    """The coefficients of a trial in a basis with more functions, which come after its own."""
    assert trial.theta is not None and not isinstance(trial.modes, int)
    before, after = _counts(trial.modes, waves), _counts(degrees, waves)
    given = trial.theta.reshape(-1, *before)
    out = given.new_zeros((len(given), *after))
    out[(slice(None), *(slice(count) for count in before))] = given
    return out.flatten()


def _counts(degrees: tuple[int, ...], waves: Sequence[bool]) -> list[int]:
    """Functions of each axis; there are two waves of each number but 0."""
    return [2 * k + 1 if periodic else k + 1 for k, periodic in zip(degrees, waves, strict=True)]


def _tails(theta: Tensor, degrees: tuple[int, ...], waves: Sequence[bool]) -> list[float]:
    """τ of every axis, the largest of all components.

    θ has one component after another, the last axis fastest.
    """
    counts = _counts(degrees, waves)
    squares = theta.reshape(-1, *counts).square()
    total = squares.flatten(1).sum(1)
    total = total.clamp_min(max(AXES.zero * float(total.max()), 1e-300))
    out = []
    for axis, (degree, count, periodic) in enumerate(zip(degrees, counts, waves, strict=True)):
        # A solution of fewer symmetries than its waves has only every second one, or every third.
        numbers = max(AXES.tail_waves, math.ceil(AXES.tail_share * degree))
        last = min(count, 2 * numbers if periodic else AXES.tail_degrees)
        part = squares.narrow(axis + 1, count - last, last).flatten(1).sum(1)
        out.append(float((part / total).max().sqrt()))
    return out
