r"""How far a solution is from rows of data that no training has seen, beside those that one has.

What is left of noise of deviation σ has the mean square σ² at rows that were not fitted, whatever
their number, and less at those that were, as the functions follow their noise. The quotient of the
mean squares of m and n rows is distributed as F(m, n) where nothing is overfitted; it is clear from
1.5² on, and where chance alone would give it once in a thousand times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from scipy.stats import f as f_distribution

from pdedsl.ir import OnData

from .sizes import FieldSize, root_mean_square
from .terms import rows_of
from .values import values_at

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

CLEAR = 1.5
"""Times the rms of the fitted rows from which that of the others is clearly larger: half as large
again, as where a number of functions over a half of that of the rows follow the noise."""
_CHANCE = 1e-3
_ROUNDING = 1e-12  # of the data: what rounding leaves of a fit of many functions; a choice


@dataclass(frozen=True)
class HeldOutData:
    """Residuals of a fit at rows that were held out, and at those that were fitted.

    Args:
        name: of the row of the law.
        rows: how many were held out.
        rms: of the residuals there.
        fitted_rows: how many were fitted.
        fitted_rms: of the residuals there.
        spread: rms of the deviation of the fitted data from their mean.
        size: rms of the fitted data.
        times: quotient of the rms, in units of the noise of each row where that is stated.
    """

    name: str
    rows: int
    rms: float
    fitted_rows: int
    fitted_rms: float
    spread: float
    size: float = 0.0
    times: float | None = None

    @property
    def overfitted(self) -> bool:
        """Whether the rows that were fitted are so at the cost of the others.

        Not where both are at the level of rounding.
        """
        if self.rms <= _ROUNDING * self.size:
            return False
        least = float(f_distribution.ppf(1 - _CHANCE, self.rows, self.fitted_rows))
        bound = max(CLEAR, least**0.5)
        if self.times is not None:
            return self.times > bound
        return self.rms > bound * self.fitted_rms


def held_out_data(system: ResidualSystem, theta: torch.Tensor) -> Iterator[HeldOutData]:
    """Those of every fit of which rows were held out, one for each row of the law.

    Args:
        system: of the problem as it was solved.
        theta: the state, shape (P,).
    """
    problem = system.problem
    for block in system.blocks:
        law = problem.law(block.label)
        held = system.sampler.held_out(law) if isinstance(law.place, OnData) else None
        if held is None:
            continue
        terms = rows_of(problem, law)
        left = [row.residual for row in terms]
        sigma = map(problem.substitute, law.sigma)  # none where the noise is not stated
        left += [own / each for own, each in zip(left, sigma, strict=False)]
        there = values_at(system, theta, held, left)
        here = values_at(system, theta, block, [*left, *(row.known for row in terms)])
        for i, name in enumerate(law.row_labels):
            known, times = here[len(left) + i], None
            if law.sigma:
                own = len(law.sigma) + i
                fitted = root_mean_square(here[own])
                times = root_mean_square(there[own]) / fitted if fitted else math.inf
            yield HeldOutData(
                name,
                len(there[i]),
                root_mean_square(there[i]),
                len(here[i]),
                root_mean_square(here[i]),
                FieldSize.of(known).spread,
                root_mean_square(known),
                times,
            )
