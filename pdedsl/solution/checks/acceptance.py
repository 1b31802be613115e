"""How good is good enough: one number, that a user may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdedsl.solution.solution import Solution

ACCEPT = 1e-3
"""Relative error, and relative residual where no error is known, up to which a result is accepted.

On the gallery, with `auto` and with networks, 9 seconds each, the largest relative residual was
0.2 to 14 times the largest relative error in 31 of 34 runs with errors above 1e-6; 0.06 times for
Allen-Cahn, which is unstable, and 70 times for a network on two materials. All runs with an error
above 1 % had a residual above 0.01. A thousandth is what a figure is drawn and compared with: bases
and marches end far below it, and a network that stays above says so.
"""
LOOSE = 30.0
"""Times that, up to which a residual is accepted where the error is known or estimated.

Derivatives make much of errors that are small: up to 14 times as much in these runs but for one.
"""


def check_accept(accept: float) -> float:
    """The number itself.

    Raises:
        ValueError: it is not between 0 and 1.
    """
    if not 0.0 < accept < 1.0:
        raise ValueError(f"accept: expected a number between 0 and 1, got {accept:g}")
    return accept


def errors_are_told(solution: Solution) -> bool:
    """Whether the error of every field is known from the spec, or estimated."""
    told = set(solution.errors or {})
    if solution.estimate is not None:
        told |= set(solution.estimate.fields)
    return all(
        field.name in told or {c.func.__name__ for c in field.components} <= told
        for field in solution.problem.fields
    )
