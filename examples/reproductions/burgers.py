"""Viscous Burgers by the network of Raissi et al. and L-BFGS, with drawn points, and by lm.

Departures: fewer points and steps than their 10,000 points of the equation, 100 of the conditions
and L-BFGS to convergence; and conditions weigh 10.
"""

from __future__ import annotations

from collections.abc import Iterator

from .common import Reproduction, Row, Study, error, how, spec

PUBLISHED = 6.7e-4
DEEP = {"model.width": 20, "model.depth": 8}
WEIGHTS = {"weights.bc": 10, "weights.ic": 10}
POINTS = {"sampling.points": {"eq": 2000, "bc": 50, "ic": 50}}
STEPS = 400


def measure(study: Study) -> Iterator[Row]:
    """Their network with points that stay or grow, then second-order steps."""
    problem = spec("burgers")
    by_auto = study.auto(problem, 40.0)
    solution = study.solve(problem, "lbfgs", STEPS, DEEP | WEIGHTS | POINTS)
    remark = "fewer steps and points than theirs"
    yield Row("8 layers of 20, L-BFGS", PUBLISHED, error(solution), by_auto, how(solution), remark)
    few = {"sampling.points": {"eq": 1000, "bc": 50, "ic": 50}, "sampling.resample": 50,
           "sampling.adaptive.kind": "rar_d", "sampling.adaptive.added": 140}  # fmt: skip
    solution = study.solve(problem, "lbfgs", STEPS, DEEP | WEIGHTS | few)
    yield Row(
        "the same, 1,000 points and 140 more each 50 steps (RAR-D)", None, error(solution),
        by_auto, how(solution),
    )  # fmt: skip
    layers = {"model.width": 20, "model.depth": 3}
    points = {"sampling.points": {"eq": 1500, "bc": 100, "ic": 100}}
    solution = study.solve(problem, "lm_deep_tanh", 40, layers | points)
    yield Row("3 layers of 20, lm", None, error(solution), by_auto, how(solution))


REPRODUCTION = Reproduction(
    __file__,
    "Burgers' equation",
    "Raissi, Perdikaris and Karniadakis, J. Comput. Phys. 378, 2019, and arXiv 1711.10561",
    measure,
)

if __name__ == "__main__":
    REPRODUCTION.main()
