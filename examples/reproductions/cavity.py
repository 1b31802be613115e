"""The lid-driven cavity at Re = 100 with velocities and pressure, and with a stream function.

Velocities that are unknowns of their own, with div v = 0 as a law, are not trained well, while
those of a stream function have no divergence whatever the network is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import pdedsl
from pdedsl.results import Solution

from .common import SPECS, Reproduction, Row, Study, how

STEPS, THEIRS = 3000, 40_000
# A batch for each side, whose means are added up.
SIDES = {
    "weights.lid": 1, "weights.walls": 3, "sampling.points.lid": 128, "sampling.points.walls": 384
}  # fmt: skip
FLOW = """problem "Lid-driven cavity, {form}"
param Re = 100
domain Omega: (x, y) in [0, 1]^2
unknown {unknowns}
{velocity}eq momentum: advect(v, v) + grad(p) = lap(v)/Re
{mass}bc lid: v = (1, 0)  on y = 1
bc walls: v = (0, 0)  on x = 0, x = 1, y = 0
"""
PRIMITIVE = FLOW.format(
    form="velocity and pressure",
    unknowns="v(x, y) in R^2, p(x, y)",
    velocity="",
    mass="eq mass: div(v) = 0\n",
)
STREAM = FLOW.format(
    form="stream function and pressure",
    unknowns="psi(x, y), p(x, y)",
    velocity="let v = (psi_y, -psi_x)\n",
    mass="",
)
Velocity = Callable[[Solution], tuple[np.ndarray, np.ndarray]]
REFERENCE = np.loadtxt(SPECS / "data" / "cavity.csv", delimiter=",", skiprows=1)


def measure(study: Study) -> Iterator[Row]:
    """The relative L2 error of |v|, as the authors have it, of M1 and M4 on both forms."""
    yield from _form(study, "velocity and pressure", PRIMITIVE, _unknowns, 0.753)
    yield from _form(study, "stream function", STREAM, _derivatives, 3.42e-2)


def _form(
    study: Study, form: str, text: str, velocity: Velocity, published: float
) -> Iterator[Row]:
    """Both models on one form, whose solutions have a velocity at the points of the reference."""
    problem = pdedsl.parse(text)

    def figure(solution: Solution) -> float:
        return _error(*velocity(solution))

    by_auto = study.auto(problem, 60, figure)
    # The rate falls as much as theirs, in fewer steps.
    settings = SIDES | {"optimizer.decay_every": study.count(1000 * STEPS // THEIRS)}
    for method, value in (("m1", None), ("m4", published)):
        solution = study.solve(problem, method, STEPS, settings)
        case = f"cavity, {form}, {method.upper()}: error of |v|"
        remark = f"theirs {THEIRS:,} steps"
        yield Row(case, value, figure(solution), by_auto, how(solution), remark)


def _unknowns(solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    found = solution.at(REFERENCE[:, :2])
    return found["v[1]"], found["v[2]"]


def _derivatives(solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    points = REFERENCE[:, :2]
    return solution.sample("psi_y", points), -solution.sample("psi_x", points)


def _error(v1: np.ndarray, v2: np.ndarray) -> float:
    speed, known = np.hypot(v1, v2), np.hypot(REFERENCE[:, 2], REFERENCE[:, 3])
    return float(np.linalg.norm(speed - known) / np.linalg.norm(known))


REPRODUCTION = Reproduction(
    __file__, "Lid-driven cavity, Re = 100", "Wang, Teng and Perdikaris, arXiv 2001.04536", measure
)

if __name__ == "__main__":
    REPRODUCTION.main()
