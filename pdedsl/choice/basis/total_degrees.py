"""The total degree K in which the solution of a problem is resolved.

For a solution that is analytic the residual level falls like e^{−cK} (Canuto, Hussaini, Quarteroni
and Zang, Spectral Methods, 2006, chapter 5) once K has reached its wave number, down to rounding.
The search ends there, or where the level no longer falls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from torch import Tensor

from pdedsl.choice.allowance import Allowance
from pdedsl.choice.shapes.shape_degrees import functions_of_waves, shape_degrees
from pdedsl.choice.shapes.shape_method import on_shapes
from pdedsl.choice.tuning import SEARCH, SHAPES, by_linearity
from pdedsl.choice.wavenumbers import known_wavenumber
from pdedsl.compiler.lowering.lower import LoweredProblem
from pdedsl.ir import Problem

from .search import SearchResult, StopRule, search, too_many
from .trial import BasisTrial
from .trial_method import Modes, functions_of


def search_total_degrees(
    lowered: LoweredProblem,
    linear: bool,
    weights: Mapping[str, float],
    most: int,
    allowance: Allowance | None = None,
    notify: Callable[[BasisTrial], None] | None = None,
) -> SearchResult:
    """Try larger and larger total degrees.

    ``most`` bounds the functions of all components together; other arguments as for `search`.
    """
    problem = lowered.problem
    if on_shapes(problem):
        degrees = shape_degrees(problem, most)
        waves = functions_of_waves(problem, known_wavenumber(problem))
        rule = StopRule(
            max(SHAPES.patience, waves), SHAPES.dear, SHAPES.fine, SHAPES.fall, SHAPES.settled
        )
    else:
        degrees, rule = total_degrees(problem, most), StopRule(by_linearity(linear).patience)

    def next_size(trials: Sequence[BasisTrial]) -> tuple[Modes, Tensor | None] | str:
        degree = next(degrees, None)
        return too_many(most) if degree is None else (degree, None)

    return search(lowered, linear, weights, next_size, rule, allowance, notify)


def total_degrees(problem: Problem, most: int) -> Iterator[int]:
    """K from trial to trial, with at most so many functions of all components together."""
    degree, last = 1, 0
    while (size := functions_of(problem, degree)) <= most:
        enough = size >= max(SEARCH.first_size, SEARCH.growth * last)
        final = size >= SEARCH.last_growth * last and functions_of(problem, degree + 1) > most
        if enough or final:
            last = size
            yield degree
        degree += 1
