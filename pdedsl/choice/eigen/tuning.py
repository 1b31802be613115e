"""The constants of bases for eigenvalues.

Each says what it bounds and the measurement that set it; † marks a choice, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EigenTuning:
    """Bases for unknown numbers without data."""

    first_degree: int = 8  # of each axis †
    growth: float = 1.4  # of it from one trial to the next †
    most_functions: int = 900  # a matrix of so many columns has its singular values in a second
    # Residual of an eigenpair of the basis that is taken for one of the problem: Newton's method
    # goes on from there. Functions that no basis of the size has leave 0.3 and more. †
    pair: float = 0.1
    steps: int = 30  # of Newton's method, at most †
    progress: float = 0.9  # part of the loss that a step must remain below for another one †
    fall: float = 0.5  # of the level, below which a trial is progress †
    patience: int = 2  # trials without progress that end it †
    rounding: float = 1e-13  # level that only rounding is left of
    resolved: float = 1e-6  # level that is taken; eigenvalues are right to its square, about
    check_points: int = 500  # points of each law at which the level is measured †
    # Sizes of fields that are tried, powers of ten either way and steps for each: the function of a
    # well of five nanometres is 1e4 in SI units. †
    decades: int = 12
    per_decade: int = 4
    named: int = 3  # eigenvalues beside the one that is found, which are told †
    zero: float = 1e-6  # coefficients of a function over the largest, and differences of fits †


EIGEN = EigenTuning()
