"""The checks of a result, in the order in which they decide what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .coarse_integrals import check_coarse_integrals
from .disagreement import check_disagreement
from .estimated_errors import check_estimated_errors
from .few_rows import check_few_rows
from .finding import Finding
from .known_errors import check_known_errors
from .lost_flux import check_lost_flux
from .missed_data import check_missed_data
from .no_solution import check_no_solution, check_out_of_reach
from .not_unique import check_not_unique
from .overfitted_data import check_overfitted_data
from .residuals import check_residuals
from .resolution import check_resolution

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

CHECKS: tuple[Callable[[Solution], Finding | None], ...] = (
    # What no budget changes comes first, then what is known, then what only points to an error.
    check_no_solution,
    check_not_unique,
    check_lost_flux,
    check_few_rows,
    check_resolution,
    check_coarse_integrals,
    check_missed_data,
    check_overfitted_data,
    check_known_errors,
    check_disagreement,
    check_out_of_reach,
    check_estimated_errors,
    check_residuals,
)


def first_finding(solution: Solution) -> Finding | None:
    """What speaks against a solution; None where nothing does."""
    if not solution.finite:
        return Finding("diverged", solution.outcome.reason)
    return next((found for check in CHECKS if (found := check(solution)) is not None), None)
