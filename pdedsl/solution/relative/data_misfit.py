r"""How far a solution is from data, beside the scatter of what it leaves of them.

What a right solution leaves of noisy data is noise, which neighbours do not share; what a wrong one
leaves is alike for neighbours. With the residuals r_i at rows i and their nearest neighbours n(i),

.. math:: s^2 = \frac{1}{2m} \sum_i (r_i - r_{n(i)})^2

is σ² for noise of variance σ², and far less than mean r² for a smooth miss (von Neumann, Ann. Math.
Stat. 12, 1941, for rows in order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.spatial import cKDTree

from pdedsl.geometry import hull_bounds
from pdedsl.geometry.arrays import Array
from pdedsl.ir import OnData

from .sizes import FieldSize, root_mean_square
from .terms import rows_of
from .values import values_at

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

FEWEST = 20
"""Rows from which their scatter tells anything: see `NOISE`."""
NOISE = 3.0
"""Times their scatter, up to which residuals may be noise: in 600 draws of white noise each the
most was 3.4 for 10 rows, 2.2 for 20 and 1.6 for 50; half a wave has 13 for 20 rows, a wave 11."""


@dataclass(frozen=True)
class DataMisfit:
    """What a solution leaves of a column of data.

    Args:
        name: of the row of the law.
        rows: how many there are.
        rms: of the residuals r.
        scatter: s of the module docstring.
        spread: rms of the deviation of the data from their mean.
    """

    name: str
    rows: int
    rms: float
    scatter: float
    spread: float


def data_misfits(system: ResidualSystem, theta: torch.Tensor) -> Iterator[DataMisfit]:
    """Those of every fit, at the rows of its training.

    Args:
        system: of the problem as it was solved.
        theta: the state, shape (P,).
    """
    problem = system.problem
    lengths = [high - low for low, high in hull_bounds(problem).values()]
    for block in system.blocks:
        law = problem.law(block.label)
        if not isinstance(law.place, OnData) or len(block.data) < 2:
            continue
        places = block.points.cpu().numpy() / lengths
        rows = rows_of(problem, law)
        wanted = [e for row in rows for e in (row.residual, row.known)]
        values = values_at(system, theta, block, wanted)
        for name, left, known in zip(law.row_labels, values[::2], values[1::2], strict=True):
            spread = FieldSize.of(known).spread
            scatter = _scatter(places, left)
            yield DataMisfit(name, len(left), root_mean_square(left), scatter, spread)


def _scatter(places: Array, left: Array) -> float:
    """The scatter s at places of shape (n, inputs)."""
    nearest = cKDTree(places).query(places, k=2)[1]
    # Where rows are at one place the second of them may be the row itself.
    own = np.arange(len(places))
    other = np.where(nearest[:, 1] == own, nearest[:, 0], nearest[:, 1])
    return root_mean_square(left - left[other]) / float(np.sqrt(2.0))
