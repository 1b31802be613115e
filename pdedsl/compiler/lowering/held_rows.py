"""Which rows of a table a fit sees, and which are kept apart to check it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdedsl.ir import OnData, Problem, Table

Rows = NDArray[np.int64]

FEWEST = 50
"""Rows from which some are held out. A fit to fewer needs all of them, and five rows of noise tell
its deviation to a third at best."""
_SHARE = 10  # one row of so many is held out; the numbers of a fit lose a twentieth of their digits
_SEED = 20_027  # of the rows that are held out, which are the same for all methods and seeds


def table_of(problem: Problem, place: OnData) -> Table:
    """The table of a place."""
    return next(t for t in problem.tables if t.name == place.table)


def held_rows(rows: int) -> Rows:
    """Rows that no training sees: a tenth of them at random, of 50 or more; else none."""
    if rows < FEWEST:
        return np.arange(0)
    return np.sort(np.random.default_rng(_SEED).choice(rows, rows // _SHARE, replace=False))


def fitted_rows(rows: int, count: int, seed: int) -> Rows:
    """Rows that are fitted: those not held out, or ``count`` of them at random, in order."""
    own = np.setdiff1d(np.arange(rows), held_rows(rows))
    if count >= len(own):
        return own
    return np.sort(np.random.default_rng(seed).choice(own, count, replace=False))
