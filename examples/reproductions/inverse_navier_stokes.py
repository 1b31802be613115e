"""Both coefficients of the Navier–Stokes equations from velocities behind a cylinder.

5,000 scattered velocities in time and space, clean or with noise of 1 % of each component's
standard deviation, as in Raissi's code. The true values are λ₁ = 1 and λ₂ = 0.01. Departures: the
data are of our own simulation (`specs/references/cylinder_wake.py`), the unknowns are velocity and
pressure where theirs are a stream function and the pressure, and the steps are those of
Levenberg–Marquardt on a smaller network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

import pdedsl
from pdedsl.ir import Problem
from pdedsl.results import Solution

from .common import Reproduction, Row, Study, how, spec

PUBLISHED = {0.0: (0.999, 0.01047), 0.01: (0.998, 0.01057)}
"""Part of the standard deviation that the noise has, to λ₁ and λ₂."""
NAMES = ("lambda1", "lambda2")
SETTINGS = {
    "model.width": 20,
    "model.depth": 3,
    "weights.fit": 10,
    "sampling.points": {"eq": 800, "fit": 1500},
}
STEPS = 110
AUTO_SECONDS = 60.0
REMARK = "other data, a smaller network and fewer steps"


def measure(study: Study) -> Iterator[Row]:
    """λ₁ and λ₂ from clean and from noisy data."""
    for noise, published in PUBLISHED.items():
        problem = with_noise(spec("cylinder_wake_inverse"), noise)
        solution = study.solve(problem, "lm", STEPS, SETTINGS)
        by_auto = _by_auto(study, problem)
        data = f"noise {noise:.0%}" if noise else "clean data"
        for k, name in enumerate(NAMES):
            ours = _of(solution)[k]
            yield Row(f"{data}: {name}", published[k], ours, by_auto[k], how(solution), REMARK)


def with_noise(problem: Problem, noise: float, seed: int = 0) -> Problem:
    """The problem with normal noise on its data, in parts of the standard deviation of each."""
    rng = np.random.default_rng(seed)
    (table,) = problem.tables
    columns = {
        name: values if name in table.coordinates
        else values + noise * values.std() * rng.standard_normal(len(values))
        for name, values in table.columns.items()
    }  # fmt: skip
    return replace(problem, tables=(replace(table, columns=columns),))


def _by_auto(study: Study, problem: Problem) -> Sequence[float | None]:
    if not study.with_auto:
        return [None, None]
    return _of(pdedsl.solve(problem, budget=max(1.0, AUTO_SECONDS * study.scale)))


def _of(solution: Solution) -> list[float]:
    return [solution.numbers[name] for name in NAMES]


REPRODUCTION = Reproduction(
    __file__,
    "Navier–Stokes: two coefficients from data",
    "Raissi, Perdikaris and Karniadakis, J. Comput. Phys. 378, 2019, section 4.1.1",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
